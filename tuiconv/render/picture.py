"""Photographs and drawings in their own colours, made small enough for the terminal."""

from functools import lru_cache
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
from rich.color import Color, ColorType
from rich.color_triplet import ColorTriplet
from rich.segment import Segment

from tuiconv.render.cells import two_pixels
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.heatmap import heatmap, quantise
from tuiconv.render.lines import Line, Painted
from tuiconv.render.palettes import GREY, srgb_to_oklab

Colours: TypeAlias = npt.NDArray[np.uint8]
"""Opaque RGB pixels (height, width, 3)."""
Codes: TypeAlias = npt.NDArray[np.int64]
"""Pixels (height, width) by the numbers of their colours."""
Floats: TypeAlias = npt.NDArray[np.float32]

TINY: Final = 32
"""A picture whose sides are at most this long may be shown larger than one pixel a half-block."""
LARGEST: Final = 8
"""Half-blocks a side that a pixel may take."""
_BEHIND: Final = 128.0
"""The grey seen through transparent pixels."""
_BAND: Final = 16
"""Rows that are converted at a time: they stay in the processor's cache."""
_STEPS: Final = (0, 95, 135, 175, 215, 255)
_XTERM_RGB: Final = np.array(
    [(r, g, b) for r in _STEPS for g in _STEPS for b in _STEPS]
    + [(grey, grey, grey) for grey in range(8, 248, 10)]
)
"""xterm's colours 16..255: a cube of 6 × 6 × 6, then 24 greys."""
LUMA: Final = np.array([0.299, 0.587, 0.114])
"""What red, green and blue add to how bright a pixel looks (ITU-R BT.601)."""


def fitted(
    height: int, width: int, columns: int, rows: int, zoomed: bool = False
) -> tuple[int, int]:
    """(height, width) at which a picture fits into `columns` × `rows` cells of two pixels each.

    It keeps its proportions. Pictures of at most 32 × 32 pixels, and any that is zoomed, are
    enlarged by a whole factor if there is room.
    """
    if width <= columns and height <= 2 * rows:
        grows = zoomed or max(height, width) <= TINY
        times = min(columns // width, 2 * rows // height, LARGEST) if grows else 1
        return height * times, width * times
    if columns * height <= 2 * rows * width:
        return max(1, height * columns // width), columns
    return 2 * rows, max(1, width * 2 * rows // height)


def fit(pixels: npt.NDArray[Any], columns: int, rows: int, zoomed: bool = False) -> Colours:
    """The picture as opaque RGB, in the size that `fitted` gives.

    Larger pictures are averaged down, every new pixel being the mean of the area it covers. Alpha
    is laid over middle grey.

    Args:
        pixels: uint8 or uint16, (height, width) or (height, width, channels) with channels 1
            (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGB, alpha).
        columns: cells across.
        rows: cells down.
        zoomed: whether pictures of any size are enlarged.

    Returns:
        uint8 (h, w, 3) with h ≤ 2 · rows and w ≤ columns.

    Raises:
        ValueError: for an array of another shape or dtype, or no room at all.
    """
    if columns < 1 or rows < 1:
        raise ValueError(f"a picture needs at least one cell, not {columns} × {rows}")
    _check(pixels)
    old_height, old_width = pixels.shape[:2]
    height, width = fitted(old_height, old_width, columns, rows, zoomed)
    if height >= old_height and width >= old_width:
        times = height // old_height
        shown = _opaque(pixels).repeat(times, axis=0).repeat(times, axis=1)
    else:
        shown = _area_means(pixels, height, width)
    return np.broadcast_to(np.rint(shown).astype(np.uint8), (height, width, 3))


def picture(
    pixels: npt.NDArray[Any], columns: int, rows: int, display: Display, zoomed: bool = False
) -> list[Line]:
    """The picture fitted to `columns` × `rows` cells, as lines of equal width.

    In true colour every half-block has the pixel's own colour, with 256 colours the nearest of
    them; otherwise the grey of the pixels decides the weight of a glyph. Arguments and errors are
    those of `fit`.
    """
    small = fit(pixels, columns, rows, zoomed)
    if not display.has_half_blocks:
        return heatmap(quantise(small @ LUMA, 0, 255), GREY, display)
    return half_blocks(codes_of(small, display.depth), display.depth)


def codes_of(colours: Colours, depth: ColorDepth) -> Codes:
    """A number for every pixel's colour: true colours by their bits, or the nearest of xterm's."""
    if depth is ColorDepth.TRUECOLOR:
        codes: Codes = colours.astype(np.int64) @ np.array([1 << 16, 1 << 8, 1])
        return codes
    return nearest_xterm(colours).astype(np.int64)


def half_blocks(codes: Codes, depth: ColorDepth) -> list[Line]:
    """Pixels (height, width) by the numbers of their colours, −1 for none, as lines of cells."""
    cell = _rgb_cell if depth is ColorDepth.TRUECOLOR else _xterm_cell
    if len(codes) % 2:
        codes = np.vstack((codes, np.full(codes.shape[1], -1)))
    return [
        [cell(top, bottom) for top, bottom in zip(upper, lower, strict=True)]
        for upper, lower in zip(codes[0::2].tolist(), codes[1::2].tolist(), strict=True)
    ]


def nearest_xterm(colours: Colours) -> npt.NDArray[np.uint8]:
    """The index of the nearest of xterm's colours 16..255, for every pixel.

    Nearest is by distance in Oklab, where what looks alike is near.
    """
    pixels, where = np.unique(colours.reshape(-1, 3), axis=0, return_inverse=True)
    wanted, offered = srgb_to_oklab(pixels), srgb_to_oklab(_XTERM_RGB)
    # |wanted - offered|² without the |wanted|² that all candidates share
    distance = (offered**2).sum(axis=1) - 2 * wanted @ offered.T
    index: npt.NDArray[np.uint8] = (16 + distance.argmin(axis=1)).astype(np.uint8)
    nearest: npt.NDArray[np.uint8] = index[where].reshape(colours.shape[:-1])
    return nearest


def _check(pixels: npt.NDArray[Any]) -> None:
    if pixels.ndim not in (2, 3) or pixels.shape[2:] > (4,) or pixels.size == 0:
        raise ValueError(
            f"a picture is (height, width) or (height, width, 1 to 4 channels), not {pixels.shape}"
        )
    if pixels.dtype not in (np.uint8, np.uint16):
        raise ValueError(f"a picture has uint8 or uint16 pixels, not {pixels.dtype}")


def _opaque(pixels: npt.NDArray[Any]) -> Floats:
    """Grey or RGB (height, width, 1 or 3), 0..255, as float32; transparent ones laid over grey."""
    height, width = pixels.shape[:2]
    image: Floats = pixels.reshape(height, width, -1).astype(np.float32)
    if pixels.dtype == np.uint16:
        image /= 257
    if image.shape[2] in (2, 4):
        alpha = image[:, :, -1:] / 255
        over = image[:, :, :-1] * alpha + _BEHIND * (1 - alpha)
        image = over.astype(np.float32)
    return image


def _area_means(pixels: npt.NDArray[Any], height: int, width: int) -> Floats:
    """The picture at a smaller size, every pixel the mean of the area under it."""
    old_height, old_width = pixels.shape[:2]
    down, across = _overlaps(old_height, height), _overlaps(old_width, width)
    shorter = np.stack([_weighted_rows(pixels, shares) for shares in down])
    smaller: Floats = np.einsum("wx,hxc->hwc", across, shorter, optimize=True)
    return smaller


def _weighted_rows(pixels: npt.NDArray[Any], shares: Floats) -> Floats:
    """Σ y share[y] · row y of the opaque picture: (width, channels)."""
    used = np.flatnonzero(shares)
    first, end = used[0], used[-1] + 1
    total = np.zeros(1, np.float32)
    for start in range(first, end, _BAND):
        band = slice(start, min(start + _BAND, end))
        total = total + np.tensordot(shares[band], _opaque(pixels[band]), axes=1)
    return total


def _overlaps(old: int, new: int) -> Floats:
    """Row i: the share that each of `old` pixels has in new pixel i. Rows add up to 1."""
    edges = np.linspace(0, old, new + 1)
    pixel = np.arange(old)
    overlap = np.minimum(edges[1:, None], pixel + 1) - np.maximum(edges[:-1, None], pixel)
    shares: Floats = (np.clip(overlap, 0, None) * new / old).astype(np.float32)
    return shares


@lru_cache(maxsize=32768)
def _rgb_cell(top: int, bottom: int) -> Segment:
    cell = two_pixels(_rgb(top), _rgb(bottom))
    if isinstance(cell, Painted):  # as its style would write it, which takes ten times as long
        cell.ansi = f"\x1b[38;2;{_numbers(top)};48;2;{_numbers(bottom)}m{cell.text}\x1b[0m"
    return cell


def _numbers(code: int) -> str:
    """Red, green and blue as a terminal reads them."""
    return f"{code >> 16};{code >> 8 & 255};{code & 255}"


@lru_cache(maxsize=8192)
def _xterm_cell(top: int, bottom: int) -> Segment:
    return two_pixels(_xterm(top), _xterm(bottom))


@lru_cache(maxsize=32768)
def _rgb(code: int) -> Color | None:
    if code < 0:
        return None
    # as `Color.from_rgb`, which takes ten times as long
    triplet = ColorTriplet(code >> 16, code >> 8 & 255, code & 255)
    return Color(f"#{code:06x}", ColorType.TRUECOLOR, triplet=triplet)


def _xterm(code: int) -> Color | None:
    return None if code < 0 else Color.from_ansi(code)
