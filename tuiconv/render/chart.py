"""Line charts in braille: loss and accuracy curves, eight dots to a cell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import Line, text_line

FloatArray: TypeAlias = npt.NDArray[np.float64]

# A braille character is U+2800 plus one bit for each of its dots, by [row, column].
DOTS: Final = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
_SOLID: Final = (1, 1)
_DASHES: Final = (_SOLID, (8, 5), (3, 1), (6, 2))
"""(period, drawn) in dot columns: solid, dashed, dotted, short dashes; no colour needed."""
_MARKS: Final = "*o+x"
_LEGEND: Final = ((4, 3), (2, 2), (1, 1))
"""Cells of a curve's sample in the legend, and of the gap behind its label."""
STYLES: Final[dict[ColorDepth, tuple[Style | None, ...]]] = {
    # Orange, sky blue, green and pink keep apart for colour-blind eyes (Okabe and Ito, 2008).
    ColorDepth.TRUECOLOR: tuple(
        Style(color=Color.from_rgb(*rgb))
        for rgb in ((230, 159, 0), (86, 180, 233), (0, 158, 115), (204, 121, 167))
    ),
    ColorDepth.EIGHT_BIT: tuple(Style(color=Color.from_ansi(n)) for n in (214, 74, 36, 175)),
    ColorDepth.STANDARD: tuple(Style(color=Color.from_ansi(n)) for n in (3, 6, 2, 5)),
    ColorDepth.NONE: (None,),
}


@dataclass(frozen=True, eq=False)
class Series:
    """One curve. Points that are not finite are gaps."""

    label: str
    y: npt.ArrayLike
    x: npt.ArrayLike | None = None
    """By default 0, 1, 2, ..."""
    joined: bool = True
    """Whether neighbouring points are joined to a curve; otherwise each is a dot."""
    colour: int | None = None
    """Which of the four colours, or marks, it has; by default that of its place."""


@dataclass(frozen=True)
class _Stroke:
    """How a series is drawn."""

    colour: int
    dash: tuple[int, int] | None
    """None for dots."""


@dataclass(frozen=True)
class _Extent:
    """The rectangle of values that the plot shows."""

    left: float
    right: float
    low: float
    high: float


def line_chart(
    series: Sequence[Series],
    width: int,
    height: int,
    display: Display,
    y_range: tuple[float, float] | None = None,
    y_label: Callable[[float], str] = "{:.4g}".format,
) -> list[Line]:
    """Curves over common axes, as exactly `height` lines of exactly `width` cells.

    From the top: a line of labels if any series has one, the plot with y labels on its left,
    and the extent of x. A chart too small for these shows the curves alone. In Unicode a cell has
    2 × 4 dots and curves differ in colour and in dashes; in ASCII each has its own mark. A series
    that is not joined is dots of its colour, or its marks.

    Args:
        series: curves, drawn in order; later ones lie on top.
        width: cells across.
        height: cells down.
        display: what the terminal can show.
        y_range: values at the bottom and the top; by default the extent of what is finite.
        y_label: how a value is written beside the chart.

    Raises:
        ValueError: if x and y of a series differ in length, the size is not positive, or
            `y_range` is not two finite limits.
    """
    if width < 1 or height < 1:
        raise ValueError(f"a chart needs at least one cell, not {width} × {height}")
    if y_range and not -np.inf < y_range[0] < y_range[1] < np.inf:
        raise ValueError(f"y_range needs finite limits, low < high, not {y_range}")
    curves = [_points(one) for one in series]
    strokes = [_stroke(series, i) for i in range(len(series))]
    extent = _extent(curves, y_range)
    legend = [one.label for one in series] if any(one.label for one in series) else []
    labels = [y_label(value) for value in (extent.high, _mid(extent), extent.low)]
    margin = max(map(len, labels))
    axes = width >= margin + 6 and height >= 4
    plot_width = width - margin - 2 if axes else width
    plot_height = height - 1 - bool(legend) if axes else height
    plot = _plot(curves, strokes, extent, plot_width, plot_height, display)
    if not axes:
        return plot
    at_row = {0: labels[0], plot_height - 1: labels[2]}
    if plot_height > 2 and plot_height % 2:  # an even number of rows has none in the middle
        at_row[plot_height // 2] = labels[1]
    tick, wall, corner = ("┤", "│", "└") if display.unicode else ("+", "|", "+")
    lines = [_legend(legend, strokes, width, display)] if legend else []
    for row, line in enumerate(plot):
        side = tick if row in at_row else wall
        lines.append([Segment(f"{at_row.get(row, '').rjust(margin)} {side}"), *line])
    left, right = f"{extent.left:.4g}", f"{extent.right:.4g}"
    between = plot_width - len(left) - len(right)
    below = left + " " * between + right if between > 0 and left != right else left
    lines.append(text_line(" " * (margin + 1) + corner + below, width))
    return lines


def _points(series: Series) -> tuple[FloatArray, FloatArray]:
    y = np.asarray(series.y, dtype=np.float64).ravel()
    x = np.arange(len(y)) if series.x is None else np.asarray(series.x, dtype=np.float64).ravel()
    if len(x) != len(y):
        raise ValueError(f"series {series.label!r}: {len(x)} x values for {len(y)} y values")
    return x.astype(np.float64), y


def _extent(
    curves: list[tuple[FloatArray, FloatArray]], y_range: tuple[float, float] | None
) -> _Extent:
    """The smallest rectangle around all finite points; a flat one is made higher."""
    seen = [(x[ok], y[ok]) for x, y in curves if (ok := np.isfinite(x) & np.isfinite(y)).any()]
    if not seen:
        return _Extent(0, 1, *(y_range or (0, 1)))
    xs, ys = (np.concatenate(parts) for parts in zip(*seen, strict=True))
    low, high = y_range or (float(ys.min()), float(ys.max()))
    if low == high:
        half = abs(low) / 2 or 1.0
        low, high = low - half, high + half
    return _Extent(float(xs.min()), float(xs.max()), low, high)


def _mid(extent: _Extent) -> float:
    return extent.low / 2 + extent.high / 2


def _plot(
    curves: list[tuple[FloatArray, FloatArray]],
    strokes: list[_Stroke],
    extent: _Extent,
    width: int,
    height: int,
    display: Display,
) -> list[Line]:
    """The curves alone, `height` lines of `width` cells."""
    across, down = (2, 4) if display.unicode else (1, 1)
    bits = np.zeros((height, width), dtype=np.int64)
    owner = np.full((height, width), -1)
    for (x, y), stroke in zip(curves, strokes, strict=True):
        column, row, joining = _dots(
            x, y, extent, width * across, height * down, joined=stroke.dash is not None
        )
        if display.unicode and column.size:
            period, drawn = stroke.dash or _SOLID
            shown = ~joining | ((column - column.min()) % period < drawn)
            column, row = column[shown], row[shown]
            np.bitwise_or.at(bits, (row // 4, column // 2), DOTS[row % 4, column % 2])
        owner[row // down, column // across] = stroke.colour
    lines = []
    for cells in zip(owner.tolist(), bits.tolist(), strict=True):
        line: Line = []
        for i, run in groupby(zip(*cells, strict=True), itemgetter(0)):
            dots = [each for _, each in run]
            if i < 0:
                line.append(Segment(" " * len(dots)))
            else:
                braille = "".join([chr(0x2800 + each) for each in dots])
                glyphs = braille if display.unicode else _mark(i) * len(dots)
                line.append(Segment(glyphs, _style(i, display.depth)))
        lines.append(line)
    return lines


def _dots(
    x: FloatArray, y: FloatArray, extent: _Extent, columns: int, rows: int, *, joined: bool
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """Column and row of every dot of a curve, from the upper left, and whether it joins points.

    If `joined`, neighbouring points are joined when both are finite; a point without such a
    neighbour is one dot. Dots above and below the extent are left out.
    """
    ok = np.isfinite(x) & np.isfinite(y)
    span = extent.right - extent.left or 1.0
    at_x = (np.where(ok, x, extent.left) - extent.left) / span * (columns - 1)
    at_y = (extent.high - np.where(ok, y, extent.low)) / (extent.high - extent.low) * (rows - 1)
    at_y = np.clip(at_y, -4 * rows, 5 * rows)  # a far-off point needs no dots all the way
    both = ok[:-1] & ok[1:] & joined
    alone = ok & ~np.append(both, False) & ~np.append(False, both)
    step_x, step_y = np.diff(at_x)[both], np.diff(at_y)[both]
    # As many steps as the longer side has dots: no holes.
    steps = np.ceil(np.maximum(np.maximum(np.abs(step_x), np.abs(step_y)), 1)).astype(np.intp)
    line = np.repeat(np.arange(len(steps)), steps + 1)
    share = (np.arange(len(line)) - np.searchsorted(line, line)) / steps[line]
    dot_x = np.concatenate((at_x[alone], at_x[:-1][both][line] + share * step_x[line]))
    dot_y = np.concatenate((at_y[alone], at_y[:-1][both][line] + share * step_y[line]))
    joining = np.arange(len(dot_x)) >= np.count_nonzero(alone)
    column, row = np.rint(dot_x).astype(np.intp), np.rint(dot_y).astype(np.intp)
    inside = (row >= 0) & (row < rows)
    return column[inside], row[inside], joining[inside]


def _stroke(series: Sequence[Series], i: int) -> _Stroke:
    """How the i-th series is drawn: the dashes are those of its place among the curves."""
    one = series[i]
    place = sum(other.joined for other in series[:i])
    dash = _DASHES[place % len(_DASHES)] if one.joined else None
    return _Stroke(i if one.colour is None else one.colour, dash)


def _legend(labels: list[str], strokes: list[_Stroke], width: int, display: Display) -> Line:
    """A sample of each curve's stroke and its label, filled to `width`.

    Samples and gaps are smaller where there is no room.
    """
    room = width - sum(map(cell_len, labels))
    cells, gap = next(
        (size for size in _LEGEND if room >= len(labels) * (size[0] + 1 + size[1]) - size[1]),
        _LEGEND[-1],
    )
    line: Line = []
    for label, stroke in zip(labels, strokes, strict=True):
        sample = _sample(stroke, cells) if display.unicode else _mark(stroke.colour) * cells
        line.append(Segment(sample, _style(stroke.colour, display.depth)))
        line.append(Segment(f" {label}{' ' * gap}"))
    return Segment.adjust_line_length(line, width)


def _sample(stroke: _Stroke, cells: int) -> str:
    """Some cells of a curve's stroke, or of dots."""
    period, drawn = stroke.dash or (2, 1)
    on = np.arange(2 * cells) % period < drawn
    return "".join(
        chr(0x2800 + int(DOTS[1, 0] * on[c] + DOTS[1, 1] * on[c + 1]))
        for c in range(0, 2 * cells, 2)
    )


def _mark(i: int) -> str:
    return _MARKS[i % len(_MARKS)]


def _style(i: int, depth: ColorDepth) -> Style | None:
    styles = STYLES[depth]
    return styles[i % len(styles)]
