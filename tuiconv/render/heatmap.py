"""Matrices as coloured half-blocks: the picture of every feature map, weight and gradient.

A cell of a terminal is about twice as high as wide. The half-block `▀` makes two square pixels of
it, the upper in its foreground colour, the lower in its background colour. Values are first cut
into few levels, because then every possible cell can be made once, before drawing, and a line of a
map is a look-up. Terminals without the colours get one glyph a cell, the mean of its two pixels.
"""

from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from rich.cells import cell_len
from rich.segment import Segment

from tuiconv.render.cells import NOTHING, STATES, Codes, half_blocks, lines_of, whole_lines
from tuiconv.render.depth import Display
from tuiconv.render.lines import Line
from tuiconv.render.palettes import LEVELS, MIDDLE_LEVEL, NAN_LEVEL, Palette

Levels: TypeAlias = npt.NDArray[np.uint8]
"""A grid of levels 0..62, and 63 for "not a number"."""
Values: TypeAlias = npt.NDArray[Any]
"""A matrix of numbers (height, width)."""


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


def shrink(values: Values, factor: int, across: int | None = None) -> npt.NDArray[np.float64]:
    """A thumbnail: the mean of every block of `factor` × `across` pixels, by default a square.

    Blocks at the right and lower edge average the pixels they have. Extra axes behind the first
    two are kept.

    Raises:
        ValueError: if a factor is less than 1.
    """
    total: npt.NDArray[np.float64] = np.asarray(values, dtype=np.float64)
    for axis, size in enumerate((factor, across or factor)):
        if size < 1:
            raise ValueError(f"shrink by a factor of at least 1, not {size}")
        if size == 1:
            continue
        length = total.shape[axis]
        starts = np.arange(0, length, size)
        counts = np.minimum(size, length - starts)
        shape = [-1 if i == axis else 1 for i in range(total.ndim)]
        total = np.add.reduceat(total, starts, axis=axis) / counts.reshape(shape)
    return total


def heatmap(levels: Levels, palette: Palette, display: Display) -> list[Line]:
    """A grid of levels (height, width) as ⌈height / 2⌉ lines, each `width` cells wide.

    Where the level is `NOTHING` the terminal shows through.
    """
    height, width = levels.shape
    padded = np.full((height + height % 2, width), NOTHING, dtype=np.intp)
    padded[:height] = levels
    if display.has_half_blocks:
        cells = half_blocks(palette, display.depth)
        padded = cells.alike[padded]
        return lines_of(padded[0::2] * STATES + padded[1::2], cells)
    return whole_lines(_merge(padded[0::2], padded[1::2]), palette, display)


def scale_line(limits: tuple[str, str], width: int, palette: Palette, display: Display) -> Line:
    """The legend of a map: the lower limit, all levels in order, and the upper limit.

    Exactly `width` cells, unless there is no room for the two limits and one level.
    """
    left, right = f"{limits[0]} ", f" {limits[1]}"
    room = max(1, width - cell_len(left) - cell_len(right))
    return [Segment(left), *ramp_line(room, palette, display), Segment(right)]


@lru_cache(maxsize=64)
def ramp_line(width: int, palette: Palette, display: Display) -> Line:
    """All levels in order."""
    ramp = (np.arange(width) * (LEVELS - 1) // max(1, width - 1)).astype(np.uint8)
    (line,) = heatmap(np.stack((ramp, ramp)), palette, display)
    return line


def _finite(values: Values) -> Values:
    exact: Values = np.asarray(values)
    finite: Values = exact[np.isfinite(exact)]
    return finite


def _merge(top: Codes, bottom: Codes) -> Codes:
    """The mean level of two pixels; NaN shows through, and a missing pixel counts for nothing."""
    mean = (top + bottom + 1) // 2
    mean = np.where((top == NAN_LEVEL) | (bottom == NAN_LEVEL), NAN_LEVEL, mean)
    mean = np.where(bottom == NOTHING, top, mean)
    return np.where(top == NOTHING, bottom, mean)
