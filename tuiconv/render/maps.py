"""Feature maps side by side on one scale, as large as they fit, the chosen one pointed at."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from tuiconv.lessons.scene import Maps
from tuiconv.render.cells import NOTHING
from tuiconv.render.depth import Display
from tuiconv.render.drawing import Drawing, Index, Spot
from tuiconv.render.heatmap import heatmap, quantise, shrink
from tuiconv.render.lines import Line
from tuiconv.render.scales import ends_of, heading, scale_of

SMALLEST: Final = 4
"""Maps are not shrunk below this many pixels a side."""
LARGEST: Final = 4
"""Pixels a side that a number may take."""


@dataclass(frozen=True)
class Wall:
    """How maps are laid out."""

    shape: tuple[int, int, int]
    """(n, height, width) of the maps."""
    width: int
    """Cells across."""
    times: int
    """Pixels a side of a number."""
    factor: int
    """Numbers a side of a pixel."""

    @property
    def has_labels(self) -> bool:
        """Whether every map has its number above it; units of one cell stand too close."""
        return self.shape[0] > 1 and not (self.is_of_units and self.times == 1)

    @property
    def is_of_units(self) -> bool:
        """Whether a map is a single number, as those of a fully connected layer are."""
        return self.shape[1:] == (1, 1)

    @property
    def gap(self) -> int:
        """Cells between maps."""
        return 0 if self.is_of_units and self.times == 1 else 1

    @property
    def side(self) -> int:
        """Cells across of one map."""
        return -(-self.shape[2] // self.factor) * self.times

    @property
    def lines(self) -> int:
        """Lines of one map: a line of cells has two rows of pixels."""
        rows = 2 if self.is_of_units else -(-self.shape[1] // self.factor)
        return -(-rows * self.times // 2)

    @property
    def per_row(self) -> int:
        """Maps beside each other."""
        return max(1, (self.width + self.gap) // (self.side + self.gap))

    @property
    def rows(self) -> int:
        """Rows of maps."""
        return -(-self.shape[0] // self.per_row)

    @property
    def height(self) -> int:
        """Lines of everything, but for what points at the chosen one of units without labels."""
        return self.rows * (self.lines + self.has_labels)


@lru_cache(maxsize=1024)
def wall_of(shape: tuple[int, int, int], width: int, most_lines: int) -> Wall:
    """The largest maps that fit the width and the lines, or else tiny ones."""
    for times in range(LARGEST, 0, -1):
        wall = Wall(shape, width, times, 1)
        if wall.side <= width and wall.height <= most_lines:
            return wall
    factor = 1
    while min(shape[1:]) // (factor + 1) >= SMALLEST:
        factor += 1
        wall = Wall(shape, width, 1, factor)
        if wall.side <= width and wall.height <= most_lines:
            break
    return Wall(shape, width, 1, factor)


def draw_maps(panel: Maps, width: int, most_lines: int, display: Display) -> Drawing:
    """A heading, then the maps in rows that fill `width` cells, each below its number.

    The heading has the title, how far the maps are shrunk or enlarged, and the scale with its
    limits. Maps are as large as they may be in `most_lines` lines, or tiny.
    """
    limits = None if panel.apart else panel.limits
    low, high, palette = scale_of(panel.maps, panel.quantity, limits, display)
    maps, ends, tops = panel.maps, ends_of(low, high), [""] * len(panel.maps)
    if panel.apart:
        most = largest(panel.maps)
        maps, ends = maps / most[:, np.newaxis, np.newaxis], ("-max" if low < 0 else "0", "max")
        low, high, tops = np.sign(low), 1.0, [f" max {each:.3g}" for each in most]
    wall = wall_of(shape_of(panel), width, most_lines)
    note = f"at 1/{wall.factor}" if wall.factor > 1 else f"×{wall.times}" if wall.times > 1 else ""
    lines = [
        Segment.adjust_line_length(line, width)
        for line in heading(panel.title, note, ends, palette, width, display)
    ]
    texts = [f"{panel.origin + number}" for number in range(len(panel.maps))]
    spots, chosen = [], []
    drawn = heatmap(pixels_of(maps, wall, (low, high)), palette, display)
    for row in range(wall.rows):
        first = row * wall.per_row
        shown = range(first, min(first + wall.per_row, len(maps)))
        if wall.has_labels or panel.chosen in shown:
            named = [(texts[i], tops[i], i == panel.chosen) for i in shown]
            lines.append(labels(named, wall, display))
        if panel.key:
            spots.append(spot(panel.key, shown, wall, len(lines)))
        if panel.chosen in shown:
            chosen.append(range(len(lines) - 1, len(lines) + wall.lines))
        lines += drawn[row * wall.lines : (row + 1) * wall.lines]
    return Drawing(lines, spots, chosen)


def largest(maps: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """The largest magnitude of every map, 1 for a map of zeros."""
    flat = np.abs(maps.reshape(len(maps), -1).astype(np.float64))
    most = np.where(np.isfinite(flat), flat, 0).max(axis=1)
    return np.where(most > 0, most, 1.0)


def pixels_of(
    maps: npt.NDArray[Any], wall: Wall, limits: tuple[float, float]
) -> npt.NDArray[np.uint8]:
    """The pixels of all rows of maps, row below row, two to a line."""
    levels = quantise(shrink(maps.transpose(1, 2, 0), wall.factor), *limits)  # h w n
    down = wall.times * (2 if wall.is_of_units else 1)
    levels = levels.repeat(down, axis=0).repeat(wall.times, axis=1)
    height, width, count = levels.shape
    room = width + wall.gap
    page = np.full((wall.rows, 2 * wall.lines, wall.per_row, room), NOTHING, np.uint8)
    full = np.full((height, width, wall.rows * wall.per_row), NOTHING, np.uint8)
    full[:, :, :count] = levels
    rows = full.reshape(height, width, wall.rows, wall.per_row)  # h w row n
    page[:, :height, :, :width] = rows.transpose(2, 0, 3, 1)
    found = np.full((2 * wall.rows * wall.lines, wall.width), NOTHING, np.uint8)
    flat = page.reshape(len(found), -1)[:, : wall.width]
    found[:, : flat.shape[1]] = flat
    return found


def labels(maps: Sequence[tuple[str, str, bool]], wall: Wall, display: Display) -> Line:
    """The number of every map, from its left edge on; a pointer and a bar are above the chosen.

    Args:
        maps: for each its number, what else is to be said if there is room, whether it is chosen.
        wall: how they are laid out.
        display: what the terminal can show.
    """
    pointer = "▼" if display.unicode else "v"
    line: Line = []
    for place, (number, top, is_chosen) in enumerate(maps):
        if is_chosen and not wall.has_labels:
            return around(f"{pointer}{number}", place * (wall.side + wall.gap), wall.width)
        before = pointer if is_chosen else ""
        fits = [text for text in (number + top, number) if len(before + text) <= wall.side]
        text = before + (fits[0] if fits and wall.has_labels else "")
        style = Style(bold=True, reverse=True) if is_chosen else None
        line += [Segment(text.ljust(wall.side), style), Segment(" " * wall.gap)]
    return Segment.adjust_line_length(line, wall.width)


def around(text: str, x: int, width: int) -> Line:
    """A pointer at x, and a number behind it, or before it at the right edge."""
    if x + cell_len(text) > width:
        text, x = text[1:] + text[0], x + 1 - cell_len(text)
    style = Style(bold=True, reverse=True)
    line = [Segment(" " * max(x, 0)), Segment(text, style)]
    return Segment.adjust_line_length(line, width)


def spot(key: str, shown: range, wall: Wall, y: int) -> Spot:
    """A row of maps, to be pointed at."""
    room = wall.side + wall.gap

    def index(across: int, down: int) -> Index | None:
        place, within = divmod(across, room)
        return (shown[place],) if within < wall.side else None

    return Spot(0, y, min(room * len(shown), wall.width), wall.lines, key, index)


def shape_of(panel: Maps) -> tuple[int, int, int]:
    """(n, height, width)."""
    count, height, width = panel.maps.shape
    return count, height, width


def count_lines(panel: Maps, width: int, most_lines: int) -> int:
    """How many lines `draw_maps` makes of a panel in a wide page, its heading included."""
    return 1 + wall_of(shape_of(panel), width, most_lines).height
