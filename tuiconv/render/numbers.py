"""A grid of numbers written out, each on the colour that it has in a map."""

from collections.abc import Sequence
from itertools import chain
from typing import Final

import numpy as np
from rich.segment import Segment
from rich.style import Style

from tuiconv.lessons.scene import Numbers
from tuiconv.render.cells import colours, inks
from tuiconv.render.depth import Display
from tuiconv.render.drawing import Drawing, Index, Spot
from tuiconv.render.heatmap import Values, quantise
from tuiconv.render.lines import Painted, paragraph, text_line
from tuiconv.render.palettes import Palette
from tuiconv.render.scales import scale_of
from tuiconv.render.tables import BOLD

SMALL: Final = 0.1
LARGE: Final = 1e5
"""Where the largest magnitude is below or not below these, a power of ten is taken out."""


def draw_numbers(panel: Numbers, width: int, display: Display) -> Drawing:
    """The title with how the numbers are rounded, a line of column indices, a line for each row.

    Where not all columns fit `width`, those around the chosen number are shown, and said to be.
    """
    texts, note = written(panel.values, panel.decimals)
    height, count = panel.values.shape
    top, left = panel.origin
    margin, cell = margin_of(panel), cell_width(panel, texts)
    first, end = window(panel, (width - margin) // cell)
    if end - first < count:
        note += f", columns {left + first} to {left + end - 1} of {left} to {left + count - 1}"
    lines = paragraph(f"{panel.title}{note}", width, style=BOLD)
    titles = len(lines) + 1
    indices = "".join(f"{left + x} ".rjust(cell) for x in range(first, end))
    lines.append(text_line(" " * margin + indices))
    low, high, palette = scale_of(panel.values, panel.quantity, panel.limits, display)
    levels = quantise(panel.values, low, high).tolist()
    for y, row in enumerate(texts):
        line = [Segment(f"{top + y} ".rjust(margin))]
        for x in range(first, end):
            is_chosen = (y, x) == panel.chosen
            line.append(number(row[x], levels[y][x], cell, is_chosen, palette, display))
        lines.append(line)

    def index(across: int, down: int) -> Index:
        return down, first + across // cell

    spot = Spot(margin, titles, cell * (end - first), height, panel.key, index)
    chosen = [] if panel.chosen is None else [titles + panel.chosen[0]]
    return Drawing(lines, [spot] if panel.key else [], [range(y, y + 1) for y in chosen])


def number(
    text: str, level: int, cell: int, is_chosen: bool, palette: Palette, display: Display
) -> Segment:
    """A number on its colour; the chosen one in brackets."""
    written = f"[{text.rjust(cell - 2)}]" if is_chosen else f" {text.rjust(cell - 2)} "
    if not display.has_palettes:
        return Segment(written, Style(bold=True, reverse=True) if is_chosen else None)
    ground = colours(palette, display.depth)[level]
    return Painted(written, Style(color=inks(palette)[level], bgcolor=ground, bold=is_chosen))


def margin_of(panel: Numbers) -> int:
    """Cells of the index before every row."""
    return len(f"{panel.origin[0] + len(panel.values) - 1} ")


def cell_width(panel: Numbers, texts: Sequence[Sequence[str]]) -> int:
    """Cells of a number with a blank, or a bracket, on both sides."""
    last = panel.origin[1] + panel.values.shape[1] - 1
    return 2 + max(len(text) for text in (f"{last}", *chain(*texts)))


def least_width(panel: Numbers) -> int:
    """Cells that all columns take."""
    texts, _ = written(panel.values, panel.decimals)
    columns: int = panel.values.shape[1]
    return margin_of(panel) + columns * cell_width(panel, texts)


def window(panel: Numbers, most: int) -> tuple[int, int]:
    """The first column that is shown, and the one behind the last: around the chosen number."""
    count: int = panel.values.shape[1]
    shown = min(max(most, 1), count)
    middle = panel.chosen[1] if panel.chosen else 0
    first = min(max(middle - shown // 2, 0), count - shown)
    return first, first + shown


def written(values: Values, decimals: int) -> tuple[list[list[str]], str]:
    """Every number as text, and what is to be said of them: a power of ten, rounding."""
    numbers = np.asarray(values, np.float64)
    finite = np.abs(numbers[np.isfinite(numbers)])
    most = float(finite.max()) if finite.size else 0.0
    if (numbers == np.rint(numbers)).all() and most < LARGE:
        return [[f"{number:.0f}" for number in row] for row in numbers.tolist()], ""
    note, exponent = "", 0
    if most and not SMALL <= most < LARGE:
        exponent = 3 * int(np.floor(np.log10(most) / 3))
        note = f", in 1e{exponent:+03d}"
    shown = numbers / 10.0**exponent
    texts = [[f"{number:.{decimals}f}" for number in row] for row in shown.tolist()]
    if not np.array_equal(np.array(texts, np.float64), shown, equal_nan=True):
        note += f", rounded to {decimals} decimals"
    return texts, note
