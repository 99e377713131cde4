"""Filtering a picture: the sums band by band, and what is stored of them."""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, overload

import numpy as np
import numpy.typing as npt

from tuiconv.arithmetic.sizes import Pair
from tuiconv.images.files.limits import check_padded
from tuiconv.images.filters.filter import Filter, weighted_sums
from tuiconv.images.filters.recipes import parse_filters
from tuiconv.images.pictures import MODES, Picture
from tuiconv.images.ranges import Range, Scale, scale
from tuiconv.images.stages import Rows, Source, Stage, check_kernels_fit
from tuiconv.images.statistics import Statistics, measured, together

if TYPE_CHECKING:
    from tuiconv_kernels.filtering import Edge

Pixels: TypeAlias = npt.NDArray[Any]
"""uint8, uint16 or floats; (height, width) or (height, width, channels)."""
T = TypeVar("T")

DTYPES = ("uint8", "uint16", "float32", "float64")
BAND = 1 << 18
"""Numbers of the picture that are filtered at a time: about what a core's cache holds."""


@dataclass(frozen=True)
class Settings:
    """How filters are applied: each of them as a convolution layer with this window."""

    edge: "Edge" = "reflect"
    """What lies beyond the border, as `filter2d` names it."""
    stride: Pair = (1, 1)
    """(vertical, horizontal) pixels from one window to the next."""
    padding: Pair | None = None
    """(vertical, horizontal) rows and columns laid around; None to keep the size at stride 1."""
    range: Range = "clamp"
    """What is stored of the sums."""
    threads: int | None = None
    """Threads that share a picture; None for one a core. The result is the same for any number."""
    large: bool = False
    """Whether padding may make more pixels of it than are read without being asked to."""
    may_exceed: bool = True
    """Whether a kernel may be larger than what it is laid on."""


@dataclass(frozen=True, eq=False)
class Filtered:
    """A picture after some filters."""

    picture: Picture
    """What is stored."""
    statistics: Statistics
    """Of the sums, before they became pixels."""
    scale: Scale
    """How the sums became pixels."""
    stages: tuple[Stage, ...]
    """One a filter; the rows of the last are the sums."""


def filter_picture(
    picture: Picture, filters: Sequence[Filter], settings: Settings | None = None
) -> Filtered:
    """Send a picture through some filters.

    Between them the sums in float64 go on as they are; in the end they are made into pixels as
    `settings.range` says, rounded half to even. Alpha is kept; see `weighted_sums`.

    Raises:
        RequestError: a filter does not fit on the picture.
    """
    (filtered,) = filter_frames((picture,), filters, settings)
    return filtered


def filter_frames(
    frames: Sequence[Picture], filters: Sequence[Filter], settings: Settings | None = None
) -> tuple[Filtered, ...]:
    """Send the frames of an animation through some filters, and make pixels of all by one scale.

    Otherwise an animation would flicker where the range follows the largest sums. For the rest see
    `filter_picture`.

    Raises:
        RequestError: a filter does not fit on a frame, or padding makes them too large, or a kernel
            is larger than a frame and that was not allowed.
    """
    from tuiconv_kernels.cores import usable_cores  # with Numba, not before there is a picture

    settings = settings or Settings()
    threads = settings.threads or usable_cores()
    sources = [Source(frame.pixels, frame.has_alpha, frame.most) for frame in frames]
    stages = [through(source, filters, settings) for source in sources]
    if settings.padding is not None and not settings.large:
        check_padded(stages)
    if not settings.may_exceed:
        for each in stages:
            check_kernels_fit(each)
    lowest, highest = 0.0, 0.0
    if settings.range in ("signed", "minmax"):
        lows, highs = zip(*(extremes(each, threads) for each in stages), strict=True)
        lowest, highest = min(lows), max(highs)
    scales = [scale(settings.range, frame.most, lowest, highest) for frame in frames]
    return tuple(
        stored(frame, each, how, threads)
        for frame, each, how in zip(frames, stages, scales, strict=True)
    )


def filter_rows(
    picture: Picture, filters: Sequence[Filter], settings: Settings, first: int, end: int
) -> Filtered:
    """As `filter_picture`, but of the rows from `first` to `end` − 1 only; all others are black.

    Raises:
        ValueError: the range needs the sums of all rows.
        RequestError: a filter does not fit on the picture.
    """
    if settings.range not in ("clamp", "abs"):
        raise ValueError(f"range {settings.range} needs all rows; clamp and abs do not")
    source = Source(picture.pixels, picture.has_alpha, picture.most)
    how = scale(settings.range, picture.most, 0.0, 0.0)
    return stored(picture, through(source, filters, settings), how, 1, range(first, end))


def load_kernels() -> None:
    """Have Numba load what pictures are filtered by, which takes longer than to read most of them.

    Whatever is filtered next need not wait for that.
    """
    one = np.ones((1, 1))
    weighted_sums(one[:, :, np.newaxis], one)


def stored(
    picture: Picture,
    stages: tuple[Stage, ...],
    how: Scale,
    threads: int,
    rows: range | None = None,
) -> Filtered:
    """Make pixels of the sums of the last stage, or of some rows of it."""
    sums = stages[-1]
    mode = mode_with(picture.mode, sums.colours)
    dtype, names = MODES[mode]
    pixels: npt.NDArray[Any] = np.zeros((sums.height, sums.width, len(names)), dtype)

    def store(first: int, end: int) -> Statistics:
        band = sums.rows(first, end)
        rounded = how.rounded(band.values)
        pixels[first:end, :, : sums.colours] = rounded.clip(0, how.most)
        if band.opacity is not None:
            pixels[first:end, :, -1:] = np.rint(band.opacity * how.most)
        return measured(band.values, rounded, how)

    parts = in_bands(stages, store, threads) if rows is None else [store(rows.start, rows.stop)]
    statistics = together(parts)
    shaped = pixels if len(names) > 1 else pixels[:, :, 0]
    return Filtered(replace(picture, pixels=shaped, mode=mode), statistics, how, stages)


def through(source: Rows, filters: Sequence[Filter], settings: Settings) -> tuple[Stage, ...]:
    """The stages of some filters, each laid on the one before.

    Raises:
        ValueError: there are none.
        RequestError: one does not fit.
    """
    if not filters:
        raise ValueError("a picture is filtered by at least one filter; there are none")
    stages: list[Stage] = []
    for applied in filters:
        below = stages[-1] if stages else source
        stages.append(Stage(below, applied, settings.edge, settings.stride, settings.padding))
    return tuple(stages)


def in_bands(stages: Sequence[Stage], work: Callable[[int, int], T], threads: int) -> list[T]:
    """Do something with every band of the last stage, in several threads; the results in order."""
    height, step = stages[-1].height, band_height(stages)
    firsts = range(0, height, step)
    ends = [min(first + step, height) for first in firsts]
    if threads == 1 or len(ends) == 1:
        return list(map(work, firsts, ends))
    with ThreadPoolExecutor(min(threads, len(ends)), "tuiconv-bands") as pool:
        return list(pool.map(work, firsts, ends))


def band_height(stages: Sequence[Stage]) -> int:
    """How many rows of the last stage are made at a time.

    They are made of `BAND` numbers of the picture, or of more if the kernels are high: what these
    reach over is read again for the next band.
    """
    reach = sum(each.applied.size[0] for each in stages)
    widest = max(each.padded[1] * each.below.colours for each in stages)
    rows = max(BAND // widest, 2 * reach, 16)
    return max(rows // math.prod(each.window.stride[0] for each in stages), 1)


def extremes(stages: Sequence[Stage], threads: int) -> tuple[float, float]:
    """The smallest and the largest sum of a whole picture."""

    def of_band(first: int, end: int) -> tuple[float, float]:
        values = stages[-1].rows(first, end).values
        return float(values.min()), float(values.max())

    lows, highs = zip(*in_bands(stages, of_band, threads), strict=True)
    return min(lows), max(highs)


def mode_with(mode: str, colours: int) -> str:
    """The mode like another, with so many colours."""
    dtype, names = MODES[mode]
    alpha = names[-1] == "alpha"
    if len(names) - alpha == colours:
        return mode
    return next(
        other
        for other, (kind, channels) in MODES.items()
        if kind is dtype and len(channels) == colours + alpha and ("alpha" in channels) == alpha
    )


@overload
def apply_filter(image: Picture, filter: str | Filter, edge: "Edge" = ...) -> Picture: ...
@overload
def apply_filter(image: Pixels, filter: str | Filter, edge: "Edge" = ...) -> Pixels: ...
def apply_filter(
    image: Picture | Pixels, filter: str | Filter, edge: "Edge" = "reflect"
) -> Picture | Pixels:
    """The picture filtered: same type, size and dtype as came in.

    Of an array of three colours that a filter makes one of, as a learned one does, that one comes
    out as a picture in greys: (height, width), or (height, width, 2) if there is alpha.

    Every colour channel is correlated with the kernel, rounded half to even and clamped to the
    dtype's range; alpha is kept as it is, and what is transparent does not bleed into the rest.

    Args:
        image: a `Picture`, or an array (height, width) or (height, width, channels) of uint8,
            uint16 or floats. An array of 2 or 4 channels is taken to end in alpha, which is 1
            where a picture of floats is opaque.
        filter: as `parse_filters` reads it, such as "gaussian(2) | sobel-x", or one of your own.
        edge: what lies beyond the border, as `filter2d` names it.

    Raises:
        ValueError: for an unknown filter or edge, or an array of another shape or dtype.
    """
    filters = parse_filters(filter) if isinstance(filter, str) else (filter,)
    settings = Settings(edge=edge)
    if isinstance(image, Picture):
        return filter_picture(image, filters, settings).picture
    check_pixels(image)
    if image.dtype.kind == "f":
        return filter_floats(image, filters, settings)
    grey = image.reshape(image.shape[:2]) if image.shape[2:] == (1,) else image
    channels = 1 if grey.ndim == 2 else grey.shape[2]
    modes = {(kind, len(names)): mode for mode, (kind, names) in reversed(MODES.items())}
    picture = Picture(grey, modes[image.dtype.type, channels])
    return in_shape_of(image, filter_picture(picture, filters, settings).picture.pixels)


def filter_floats(image: Pixels, filters: Sequence[Filter], settings: Settings) -> Pixels:
    """The sums of a picture of floats, in its dtype, neither rounded nor clamped; alpha is kept."""
    has_alpha = image.ndim == 3 and image.shape[2] in (2, 4)
    sums = through(Source(image, has_alpha, 1.0), filters, settings)[-1]
    out: Pixels = sums.rows(0, sums.height).values.astype(image.dtype)
    if has_alpha:
        out = np.concatenate([out, image[:, :, -1:]], axis=2)
    return in_shape_of(image, out)


def in_shape_of(image: Pixels, pixels: Pixels) -> Pixels:
    """Pixels shaped as the image was, or as greys if they have less colours."""
    if pixels.size == image.size:
        return pixels.reshape(image.shape)
    return pixels[:, :, 0] if pixels.shape[2:] == (1,) else pixels


def check_pixels(image: Pixels) -> None:
    """Refuse what is no picture.

    Raises:
        ValueError: another shape or dtype.
    """
    if image.dtype not in DTYPES:
        raise ValueError(f"image is {image.dtype}; {', '.join(DTYPES)} are allowed")
    if image.ndim not in (2, 3) or image.size == 0 or (image.ndim == 3 and image.shape[2] > 4):
        raise ValueError(
            f"image has shape {image.shape}; (height, width) and (height, width, 1 to 4), each at"
            " least 1, are allowed"
        )
