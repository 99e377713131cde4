"""Feature maps side by side on one scale, shrunk only as far as the room demands."""

from typing import Any

import numpy as np
import numpy.typing as npt
from rich.segment import Segment
from rich.style import Style

from tuiconv.lessons.scene import Maps
from tuiconv.render.depth import Display
from tuiconv.render.heatmap import (
    Levels,
    heatmap,
    minmax_range,
    quantise,
    scale_line,
    shrink,
    signed_range,
)
from tuiconv.render.lines import Line
from tuiconv.render.palettes import DIVERGING, GREY, SEQUENTIAL, Palette

SMALLEST = 4
"""Maps are not shrunk below this many pixels a side."""
RAMP = 9
"""Cells of the scale in a heading: enough for every glyph of a signed one."""


def draw_maps(panel: Maps, width: int, most_lines: int, display: Display) -> list[Line]:
    """A heading, then the maps in rows that fill `width` cells.

    The heading has the title, how far the maps are shrunk, and the scale with its limits. Maps
    are shrunk, by a whole factor, until they take at most `most_lines` lines or are tiny.
    """
    low, high, palette = scale_of(panel)
    factor = shrink_factor(panel, width, most_lines)
    shown = "" if factor == 1 else f"at 1/{factor}  "
    heading = [
        Segment(f"{panel.title}  ", Style(bold=True)),
        Segment(shown),
        *scale_line(low, high, RAMP + len(f"{low:.4g}  {high:.4g}"), palette, display),
    ]
    maps = draw_grids(panel.maps, factor, (low, high), palette, width, display)
    return [Segment.adjust_line_length(heading, width), *maps]


def draw_grids(
    maps: npt.NDArray[Any],
    factor: int,
    limits: tuple[float, float],
    palette: Palette,
    width: int,
    display: Display,
) -> list[Line]:
    """Maps (n, height, width) shrunk by `factor`, in rows; units (n, 1, 1) one cell each."""
    if maps.shape[1:] == (1, 1):
        return draw_units(quantise(maps[:, 0, 0], *limits), palette, width, display)
    grids = [heatmap(quantise(shrink(one, factor), *limits), palette, display) for one in maps]
    side = -(-maps.shape[2] // factor)
    per_row = max(1, (width + 1) // (side + 1))
    lines: list[Line] = []
    for start in range(0, len(grids), per_row):
        if start:
            lines.append([Segment(" " * width)])
        for row in zip(*grids[start : start + per_row], strict=True):
            line = [part for cells in row for part in (*cells, Segment(" "))]
            lines.append(Segment.adjust_line_length(line, width))
    return lines


def draw_units(levels: Levels, palette: Palette, width: int, display: Display) -> list[Line]:
    """The units of a fully connected layer, one cell each."""
    lines: list[Line] = []
    for start in range(0, len(levels), width):
        row = levels[start : start + width]
        (line,) = heatmap(np.stack((row, row)), palette, display)
        lines.append(Segment.adjust_line_length(line, width))
    return lines


def scale_of(panel: Maps) -> tuple[float, float, Palette]:
    """The range and palette of a layer: greys as they are; with signs, zero in the middle."""
    if panel.grey:
        return 0.0, 255.0, GREY
    low, high = minmax_range(panel.maps)
    if low < 0:
        return *signed_range(panel.maps), DIVERGING
    return 0.0, high or 1.0, SEQUENTIAL


def shrink_factor(panel: Maps, width: int, most_lines: int) -> int:
    """The smallest whole factor at which the maps fit the width and the lines, or are tiny."""
    _, height, columns = panel.maps.shape
    factor = 1
    while min(height, columns) // (factor + 1) >= SMALLEST:
        fits = -(-columns // factor) <= width
        if fits and grid_lines(panel.maps.shape, factor, width) <= most_lines:
            break
        factor += 1
    return factor


def count_lines(panel: Maps, width: int, most_lines: int) -> int:
    """How many lines `draw_maps` makes of a panel, its heading included."""
    factor = shrink_factor(panel, width, most_lines)
    return 1 + grid_lines(panel.maps.shape, factor, width)


def grid_lines(shape: tuple[int, ...], factor: int, width: int) -> int:
    """The lines that maps (n, height, width) take when shrunk by `factor`."""
    count, height, columns = shape
    if (height, columns) == (1, 1):
        return -(-count // width)
    rows = -(-count // max(1, (width + 1) // (-(-columns // factor) + 1)))
    # A line of cells shows two rows of pixels; a blank line parts the rows of maps.
    return rows * (-(-height // (2 * factor)) + 1) - 1
