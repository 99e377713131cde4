"""The cells that maps are made of, each made once and then looked up.

A map is first turned into codes, one for each cell. Equal neighbours are found by NumPy for all
lines at once, and every run of them is one segment out of a dictionary: a screen full of maps has
ten thousand cells, and making a style for each would take longer than a learner wants to wait.
"""

from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import Line, Measured, Painted
from tuiconv.render.palettes import NAN_GLYPH, NAN_LEVEL, NAN_RGB, NAN_XTERM, Palette, srgb_to_oklab

Codes: TypeAlias = npt.NDArray[np.intp]
"""A code for each cell (lines, cells)."""

NOTHING: Final = NAN_LEVEL + 1
"""Where there is no map: the terminal shows through."""
RING: Final = NOTHING + 1
"""The first of the codes that a ring is drawn with: light and dark pixels, or `CORNERS`."""
CORNERS: Final = ("┌┐└┘─│", "++++-|")
"""The cells of a ring that has no pixels, in Unicode and in ASCII."""
STATES: Final = RING + len(CORNERS[0])
"""How many codes there are for one pixel, or for a whole cell."""
_RUN: Final = STATES * STATES
"""What is added to a cell's code for every further cell of a run."""
_MOST: Final = 1 << 15
"""Runs that are kept."""

LIGHT_RGB, DARK_RGB = (255, 255, 255), (225, 0, 0)
LIGHT_XTERM, DARK_XTERM = 231, 160
BRIGHT: Final = 0.6
"""The lightness in Oklab above which black can be read better than white."""


class Cells(dict[int, Segment]):
    """A segment for each run of equal cells, made when it is first asked for.

    Args:
        make: gives the segment of a single cell by its code.
        looks: what a pixel or a cell of each code looks like; equal ones need not be told apart.
    """

    def __init__(self, make: Callable[[int], Segment], looks: Sequence[Hashable]) -> None:
        super().__init__()
        self._make = make
        firsts: dict[Hashable, int] = {}
        self.alike = np.array([firsts.setdefault(look, code) for code, look in enumerate(looks)])
        """For each code the first that looks the same."""

    def __missing__(self, key: int) -> Segment:
        if len(self) >= _MOST:
            self.clear()
        more, code = divmod(key, _RUN)
        if more:
            cell = self[code]
            self[key] = type(cell)(cell.text * (more + 1), cell.style)
        else:
            self[key] = self._make(code)
        return self[key]


def lines_of(codes: Codes, cells: Cells) -> list[Line]:
    """A grid of codes as lines; runs of the same code are one segment."""
    if not codes.size:
        return [[] for _ in codes]
    is_first = np.ones(codes.shape, np.bool_)
    is_first[:, 1:] = codes[:, 1:] != codes[:, :-1]
    starts = np.flatnonzero(is_first)
    lengths = np.diff(starts, append=codes.size)
    keys = codes.ravel()[starts] + (lengths - 1) * _RUN
    segments = list(map(cells.__getitem__, keys.tolist()))
    ends = np.cumsum(is_first.sum(axis=1)).tolist()
    width = codes.shape[1]
    begins = [0, *ends[:-1]]
    return [Measured(segments[a:b], width) for a, b in zip(begins, ends, strict=True)]


def whole_lines(codes: Codes, palette: Palette, display: Display) -> list[Line]:
    """A grid of levels as lines of whole cells: coloured spaces, or else glyphs in one segment."""
    if display.has_palettes:
        cells = whole_cells(palette, display)
        return lines_of(cells.alike[codes], cells)
    glyphs = (
        palette.glyphs(display.unicode) + NAN_GLYPH + " " + CORNERS[0 if display.unicode else 1]
    )
    texts = np.array(list(glyphs))[codes].tolist()
    return [Measured([Segment("".join(row))] if row else [], len(row)) for row in texts]


@lru_cache(maxsize=64)
def half_blocks(palette: Palette, depth: ColorDepth) -> Cells:
    """Cells of two pixels, by top · `STATES` + bottom."""
    if depth is ColorDepth.TRUECOLOR:
        ring = [Color.from_rgb(*LIGHT_RGB), Color.from_rgb(*DARK_RGB)]
    else:
        ring = [Color.from_ansi(LIGHT_XTERM), Color.from_ansi(DARK_XTERM)]
    pixels = [*colours(palette, depth), None, *ring]

    def make(code: int) -> Segment:
        top, bottom = divmod(code, STATES)
        return two_pixels(pixels[top], pixels[bottom])

    return Cells(make, pixels)


def two_pixels(top: Color | None, bottom: Color | None) -> Segment:
    """One pixel above another; what has no colour is left to the terminal."""
    if top is None:
        return Segment(" ") if bottom is None else Segment("▄", Style.from_color(bottom))
    if bottom is None:
        return Segment("▀", Style.from_color(top))
    return Painted("▀", Style.from_color(top, bottom))


@lru_cache(maxsize=64)
def whole_cells(palette: Palette, display: Display) -> Cells:
    """Cells of one level, which are coloured spaces."""
    cells: list[Segment] = [
        Painted(" ", Style(bgcolor=each)) for each in colours(palette, display.depth)
    ]
    cells += [Segment(sign) for sign in " " + CORNERS[0 if display.unicode else 1]]
    return Cells(cells.__getitem__, cells)


@lru_cache(maxsize=64)
def colours(palette: Palette, depth: ColorDepth) -> list[Color]:
    """The colours of the 63 levels and of NaN."""
    if depth is ColorDepth.TRUECOLOR:
        return [Color.from_rgb(*rgb) for rgb in (*palette.truecolor, NAN_RGB)]
    return [Color.from_ansi(index) for index in (*palette.xterm, NAN_XTERM)]


@lru_cache(maxsize=64)
def inks(palette: Palette) -> list[Color]:
    """Black or white, what can be read better, for the 63 levels and NaN."""
    light = srgb_to_oklab((*palette.truecolor, NAN_RGB))[:, 0]
    return [Color.from_ansi(16 if each > BRIGHT else 231) for each in light]
