"""One map as large as there is room for, and rings around what is pointed at."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from tuiconv.lessons.scene import Frame, Map
from tuiconv.render.cells import (
    CORNERS,
    NOTHING,
    RING,
    STATES,
    Codes,
    half_blocks,
    lines_of,
    whole_lines,
)
from tuiconv.render.depth import Display
from tuiconv.render.drawing import Drawing, Index, Spot
from tuiconv.render.heatmap import quantise, shrink
from tuiconv.render.lines import Line
from tuiconv.render.palettes import Palette
from tuiconv.render.scales import ends_of, heading, scale_of

LARGEST: Final = 8
"""Pixels a side that a number may take."""
LIGHT, DARK = RING, RING + 1
"""The pixels of a ring in turn: on any ground one of them stands out."""


@dataclass(frozen=True)
class Grid:
    """How the numbers of a map are laid out as pixels: half-blocks, or whole cells without them.

    Pixel (0, 0) is the upper left one of the map; what frames take beyond it has negative places.
    """

    shape: tuple[int, int]
    """(height, width) of the map."""
    frames: tuple[Frame, ...]
    times: tuple[int, int]
    """Pixels down and across that a number takes."""
    factor: tuple[int, int]
    """Numbers down and across that a pixel takes."""
    per_line: int
    """Rows of pixels in a line of cells."""

    @property
    def counts(self) -> tuple[int, int]:
        """Blocks of `factor` numbers down and across."""
        return -(-self.shape[0] // self.factor[0]), -(-self.shape[1] // self.factor[1])

    def ring(self, frame: Frame) -> tuple[int, int, int, int]:
        """The first row and column of pixels of a ring, and the last ones."""
        first = [
            a // f * t - 1 for a, f, t in zip(frame.first, self.factor, self.times, strict=True)
        ]
        last = [
            (a // f + 1) * t for a, f, t in zip(frame.last, self.factor, self.times, strict=True)
        ]
        return first[0], first[1], last[0], last[1]

    @cached_property
    def extent(self) -> tuple[int, int, int, int]:
        """The first row and column of pixels of everything, and the last ones."""
        high, wide = (count * times for count, times in zip(self.counts, self.times, strict=True))
        rings = [self.ring(frame) for frame in self.frames]
        tops, lefts, bottoms, rights = zip((0, 0, high - 1, wide - 1), *rings, strict=True)
        # With rings there is always a line for one at the edge: the map stays where it is.
        edge = 1 if rings else 0
        return (
            min(-edge, *tops),
            min(-edge, *lefts),
            max(high - 1 + edge, *bottoms),
            max(wide - 1 + edge, *rights),
        )

    @property
    def width(self) -> int:
        """Cells across."""
        _, left, _, right = self.extent
        return right + 1 - left

    @property
    def lines(self) -> int:
        """Lines of cells."""
        top, _, bottom, _ = self.extent
        return -(-(bottom + 1 - top) // self.per_line)


def grids(panel: Map, display: Display) -> Iterator[Grid]:
    """The ways to lay a map out, from the largest to the smallest."""
    height, width = panel.values.shape
    if display.has_half_blocks:
        for times in range(LARGEST, 0, -1):
            yield Grid((height, width), panel.frames, (times, times), (1, 1), 2)
        for factor in range(2, max(height, width) + 1):
            yield Grid((height, width), panel.frames, (1, 1), (factor, factor), 2)
    else:  # a cell is twice as high as wide
        for times in range(LARGEST // 2, 0, -1):
            yield Grid((height, width), panel.frames, (times, 2 * times), (1, 1), 1)
        for factor in range(1, max(height, width) + 1):
            yield Grid((height, width), panel.frames, (1, 1), (2 * factor, factor), 1)


def grid_of(panel: Map, width: int, lines: int, display: Display) -> Grid:
    """The largest way to lay a map out in so many cells and lines."""
    for grid in grids(panel, display):
        if grid.width <= width and grid.lines <= lines:
            break
    return grid


def draw_map(panel: Map, width: int, height: int, display: Display) -> Drawing:
    """A heading with the scale, and the map in at most `height` lines with it.

    Where pixels are larger than one number, the frame of a number is that of its pixel.
    """
    low, high, palette = scale_of(panel.values, panel.quantity, panel.limits, display)

    def titled(note: str) -> list[Line]:
        return heading(panel.title, note, ends_of(low, high), palette, width, display)

    grid = grid_of(panel, width, height - len(titled("at 1/10")), display)
    lines = titled(note_of(grid))
    levels = quantise(shrink(panel.values, *grid.factor), low, high).astype(np.intp)
    codes = levels.repeat(grid.times[0], axis=0).repeat(grid.times[1], axis=1)
    spots = [spot_of(panel.key, grid, len(lines))] if panel.key else []
    return Drawing([*lines, *drawn(codes, grid, palette, display)], spots)


def note_of(grid: Grid) -> str:
    """How far the map is enlarged or shrunk."""
    down, across = grid.factor
    if (down, across) == (1, 1):
        return f"×{grid.times[0]}" if grid.times[0] > 1 else ""
    return f"at 1/{across}" if down == across else f"{down}×{across} a sign"


def drawn(codes: Codes, grid: Grid, palette: Palette, display: Display) -> list[Line]:
    """The map with its rings as lines of cells."""
    page = page_of(codes, grid, display)
    if display.has_half_blocks:
        cells = half_blocks(palette, display.depth)
        page = cells.alike[page]
        return lines_of(page[0::2] * STATES + page[1::2], cells)
    return whole_lines(page, palette, display)


def page_of(codes: Codes, grid: Grid, display: Display) -> Codes:
    """The map with its rings as codes of cells or, where there are half-blocks, of pixels."""
    top, left, *_ = grid.extent
    page = np.full((grid.lines * grid.per_line, grid.width), NOTHING, np.intp)
    page[-top : len(codes) - top, -left : codes.shape[1] - left] = codes
    for frame in grid.frames:
        first_row, first, last_row, last = grid.ring(frame)
        put_ring(page, first_row - top, first - left, last_row - top, last - left, display)
    return page


def put_ring(page: Codes, top: int, left: int, bottom: int, right: int, display: Display) -> None:
    """Draw a ring: pixels light and dark in turn, or the signs of a frame."""
    if display.has_half_blocks:
        for rows, columns in (
            (top, slice(left, right + 1)),
            (bottom, slice(left, right + 1)),
            (slice(top, bottom + 1), left),
            (slice(top, bottom + 1), right),
        ):
            y, x = np.mgrid[: page.shape[0], : page.shape[1]]
            page[rows, columns] = np.where((x + y) // 2 % 2, DARK, LIGHT)[rows, columns]
        return
    signs = {sign: RING + place for place, sign in enumerate(CORNERS[0])}
    page[[top, bottom], left + 1 : right] = signs["─"]
    page[top + 1 : bottom, [left, right]] = signs["│"]
    page[top, left], page[top, right] = signs["┌"], signs["┐"]
    page[bottom, left], page[bottom, right] = signs["└"], signs["┘"]


def spot_of(key: str, grid: Grid, y: int) -> Spot:
    """The map, to be pointed at.

    A cell stands for its upper pixel, unless only the lower is of the map.
    """
    top, left, *_ = grid.extent
    (tall, wide), (rows, columns) = grid.times, grid.factor

    def index(across: int, down: int) -> Index | None:
        column = (across + left) // wide * columns
        for pixel in range(down * grid.per_line + top, (down + 1) * grid.per_line + top):
            row = pixel // tall * rows
            if 0 <= row < grid.shape[0] and 0 <= column < grid.shape[1]:
                return row, column
        return None

    return Spot(0, y, grid.width, grid.lines, key, index)


def keeps_all(panel: Map, width: int, height: int, display: Display) -> bool:
    """Whether every number has a pixel of its own in the largest map that fits."""
    lines = height - heading_lines(panel, width, display)
    return grid_of(panel, width, lines, display).factor == (1, 1)


def count_lines(panel: Map, width: int, height: int, display: Display) -> int:
    """Lines of the largest map, with its heading, that fits the width and so many lines."""
    title = heading_lines(panel, width, display)
    return title + grid_of(panel, width, height - title, display).lines


def heading_lines(panel: Map, width: int, display: Display) -> int:
    """Lines of a heading that says how far the map is shrunk."""
    low, high, palette = scale_of(panel.values, panel.quantity, panel.limits, display)
    return len(heading(panel.title, "at 1/10", ends_of(low, high), palette, width, display))
