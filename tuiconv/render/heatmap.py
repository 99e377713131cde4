"""Matrices as coloured half-blocks: the picture of every feature map, weight and gradient.

A cell of a terminal is about twice as high as wide. The half-block `▀` makes two square pixels of
it, the upper in its foreground colour, the lower in its background colour. Values are first cut
into few levels, because then every possible cell can be made once, before drawing, and a line of a
map is a look-up. Terminals without the colours get one glyph a cell, the mean of its two pixels.
"""

from functools import lru_cache
from itertools import groupby
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import Line
from tuiconv.render.palettes import (
    LEVELS,
    MIDDLE_LEVEL,
    NAN_GLYPH,
    NAN_LEVEL,
    NAN_RGB,
    NAN_XTERM,
    Palette,
)

Levels: TypeAlias = npt.NDArray[np.uint8]
"""A grid of levels 0..62, and 63 for "not a number"."""
Values: TypeAlias = npt.NDArray[Any]
"""A matrix of numbers (height, width)."""

_NOTHING: Final = NAN_LEVEL + 1
"""Stands for the missing lower pixel below a map of odd height."""
_STATES: Final = _NOTHING + 1


def signed_range(values: Values) -> tuple[float, float]:
    """(−m, m) with m the largest magnitude of the finite values: zero is in the middle."""
    finite = _finite(values)
    most = float(np.abs(finite).max()) if finite.size else 0.0
    return -most, most


def minmax_range(values: Values) -> tuple[float, float]:
    """The smallest and the largest finite value; (0, 0) if there are none."""
    finite = _finite(values)
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)


def quantise(values: Values, low: float, high: float) -> Levels:
    """The level of each value: round((value − low) / (high − low) · 62), kept within 0..62.

    `low` itself is level 0, `high` level 62, their mean 31. If both are equal, so are all values:
    level 31. Infinities are at the ends. NaN is level 63.

    Raises:
        ValueError: if the limits are not finite or `low` is above `high`.
    """
    if not (np.isfinite(low) and np.isfinite(high) and low <= high):
        raise ValueError(f"a range needs finite limits, low <= high, not {low} to {high}")
    exact = np.asarray(values, dtype=np.float64)
    if low == high:
        position = np.full(exact.shape, float(MIDDLE_LEVEL))
    else:
        position = np.clip((exact - low) / (high - low), 0, 1) * (LEVELS - 1)
    return np.where(np.isnan(exact), NAN_LEVEL, np.rint(np.nan_to_num(position))).astype(np.uint8)


def shrink(values: Values, factor: int) -> npt.NDArray[np.float64]:
    """A thumbnail: the mean of every `factor` × `factor` block of pixels.

    Blocks at the right and lower edge average the pixels they have. Extra axes behind the first
    two are kept.

    Raises:
        ValueError: if `factor` is less than 1.
    """
    if factor < 1:
        raise ValueError(f"shrink by a factor of at least 1, not {factor}")
    total: npt.NDArray[np.float64] = np.asarray(values, dtype=np.float64)
    for axis in (0, 1):
        length = total.shape[axis]
        starts = np.arange(0, length, factor)
        counts = np.minimum(factor, length - starts)
        shape = [-1 if i == axis else 1 for i in range(total.ndim)]
        total = np.add.reduceat(total, starts, axis=axis) / counts.reshape(shape)
    return total


def heatmap(levels: Levels, palette: Palette, display: Display) -> list[Line]:
    """A grid of levels (height, width) as ⌈height / 2⌉ lines, each `width` cells wide."""
    height, width = levels.shape
    padded = np.full((height + height % 2, width), _NOTHING, dtype=np.intp)
    padded[:height] = levels
    top, bottom = padded[0::2], padded[1::2]
    if display.has_half_blocks:
        cells, codes = _half_blocks(palette, display.depth), top * _STATES + bottom
    else:
        cells, codes = _whole_cells(palette, display), _merge(top, bottom)
    return [_line(row, cells) for row in codes]


def scale_line(low: float, high: float, width: int, palette: Palette, display: Display) -> Line:
    """The legend of a map: the lower limit, all levels in order, and the upper limit.

    Exactly `width` cells, unless there is no room for the two numbers and one level.
    """
    left, right = f"{low:.4g} ", f" {high:.4g}"
    room = max(1, width - cell_len(left) - cell_len(right))
    ramp = (np.arange(room) * (LEVELS - 1) // max(1, room - 1)).astype(np.uint8)
    (line,) = heatmap(np.stack((ramp, ramp)), palette, display)
    return [Segment(left), *line, Segment(right)]


def _finite(values: Values) -> Values:
    exact: Values = np.asarray(values)
    finite: Values = exact[np.isfinite(exact)]
    return finite


def _merge(top: npt.NDArray[np.intp], bottom: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """The mean level of two pixels; NaN shows through, and a missing pixel counts for nothing."""
    mean = (top + bottom + 1) // 2
    mean = np.where((top == NAN_LEVEL) | (bottom == NAN_LEVEL), NAN_LEVEL, mean)
    return np.where(bottom == _NOTHING, top, mean)


def _line(codes: npt.NDArray[np.intp], cells: list[Segment]) -> Line:
    """One row of codes as segments, runs of the same code as one segment."""
    runs = ((cells[code], len(list(run))) for code, run in groupby(codes.tolist()))
    return [
        cell if length == 1 else Segment(cell.text * length, cell.style) for cell, length in runs
    ]


def _colours(palette: Palette, depth: ColorDepth) -> list[Color]:
    """The colours of the 63 levels and of NaN."""
    if depth is ColorDepth.TRUECOLOR:
        return [Color.from_rgb(*rgb) for rgb in (*palette.truecolor, NAN_RGB)]
    return [Color.from_ansi(index) for index in (*palette.xterm, NAN_XTERM)]


@lru_cache(maxsize=16)
def _half_blocks(palette: Palette, depth: ColorDepth) -> list[Segment]:
    """Every cell there can be, at index top · 65 + bottom."""
    colours = _colours(palette, depth)
    backgrounds = [*colours, None]
    made: dict[tuple[Color, Color | None], Segment] = {}
    for top in colours:
        for bottom in backgrounds:
            if (top, bottom) not in made:
                made[top, bottom] = Segment("▀", Style(color=top, bgcolor=bottom))
    return [made[top, bottom] for top in colours for bottom in backgrounds]


@lru_cache(maxsize=16)
def _whole_cells(palette: Palette, display: Display) -> list[Segment]:
    """The cell of each of the 63 levels and of NaN: a coloured space, or else a glyph."""
    if display.has_palettes:
        return [Segment(" ", Style(bgcolor=colour)) for colour in _colours(palette, display.depth)]
    return [Segment(glyph) for glyph in palette.glyphs(display.unicode) + NAN_GLYPH]
