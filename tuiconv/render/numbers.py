"""A grid of numbers written out, each on the colour that it has in a map."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, product
from typing import Final

import numpy as np
import numpy.typing as npt
from rich.segment import Segment
from rich.style import Style

from tuiconv.lessons.scene import Numbers
from tuiconv.render.cell_signs import Signs
from tuiconv.render.cells import colours, inks
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.drawing import Drawing, Index, Spot
from tuiconv.render.heatmap import Values, quantise
from tuiconv.render.lines import Painted, paragraph, text_line
from tuiconv.render.palettes import Palette
from tuiconv.render.scales import scale_of
from tuiconv.render.tables import BOLD

STEPS: Final = 2
"""In which numbers grow where there is room."""
TALLER: Final = 2
"""Lines that a number gains by a step."""
WIDER: Final = 4
"""Cells that it gains."""
SMALL: Final = 0.1
LARGE: Final = 1e5
"""Where the largest magnitude is below or not below these, a power of ten is taken out."""


def draw_numbers(panel: Numbers, width: int, display: Display, grown: int = 0) -> Drawing:
    """The title with how the numbers are rounded, a line of column indices, a line for each row.

    Where not all columns fit `width`, those around the chosen number are shown, and said to be.
    Numbers that have grown have three lines, or five.
    """
    texts, note = texts_of(panel)
    rows, count = panel.values.shape
    top, left = panel.origin
    margin = margin_of(panel)
    cell, tall = cell_width(panel, texts) + WIDER * grown, 1 + TALLER * grown
    first, end = window(panel, (width - margin) // cell)
    if end - first < count:
        note += f", columns {left + first} to {left + end - 1} of {left} to {left + count - 1}"
    lines = paragraph(f"{panel.title}{note}", width, style=BOLD)
    titles = len(lines) + 1
    numbers = [f"{left + x}" for x in range(first, end)]
    indices = [each.center(cell) if grown else f"{each} ".rjust(cell) for each in numbers]
    lines.append(text_line(" " * margin + "".join(indices)))
    low, high, palette = scale_of(panel.values, panel.quantity, panel.limits, display)
    levels = quantise(panel.values, low, high).tolist()
    signs = Signs.of(panel, display)
    for y, part in product(range(rows), range(tall)):
        is_number = part == tall // 2
        line = [Segment(f"{top + y} ".rjust(margin) if is_number else " " * margin)]
        for x in range(first, end):
            text = signs.dot if (y, x) in signs.unwritten else texts[y][x]
            if grown:
                text = signs.within((y, x), text if is_number else "", cell)
            else:
                text = signs.around((y, x), text.rjust(cell - 2))
            line.append(painted(text, (y, x), levels[y][x], signs, palette, display))
        lines.append(line)
    legend = [*signs.legend()]
    together = "  ".join(legend)
    for words in [together] if len(together) <= width else legend:
        lines += paragraph(words, width)

    def index(across: int, down: int) -> Index:
        return down // tall, first + across // cell

    spot = Spot(margin, titles, cell * (end - first), rows * tall, panel.key, index)
    chosen = [] if panel.chosen is None else [titles + panel.chosen[0] * tall]
    return Drawing(lines, [spot] if panel.key else [], [range(y, y + tall) for y in chosen])


def steps(grids: Sequence[tuple[Numbers, int]], height: int) -> int:
    """By how many steps grids beside each other, each with its width, can grow alike."""
    found = STEPS
    for panel, width in grids:
        rows, columns = panel.values.shape
        wider = (width - least_width(panel)) // (WIDER * max(columns, 1))
        taller = (height - fewest_lines(panel, width)) // (TALLER * max(rows, 1))
        found = min(found, max(min(wider, taller), 0))
    return found


@lru_cache(maxsize=32)
def fewest_lines(panel: Numbers, width: int) -> int:
    """The lines of the title, the indices, a line for each row, and what the signs mean."""
    _, note = texts_of(panel)
    title = len(paragraph(f"{panel.title}{note}", width))
    legend = bool(panel.padding) + bool(panel.unreached) + bool(panel.unwritten)
    return title + 1 + len(panel.values) + legend


def lines_used(panel: Numbers, width: int, grown: int) -> int:
    """How many lines a grid takes."""
    return fewest_lines(panel, width) + TALLER * grown * len(panel.values)


def painted(
    text: str, at: tuple[int, int], level: int, signs: Signs, palette: Palette, display: Display
) -> Segment:
    """A number with its signs, on its colour; the chosen one stands out, and so do marked ones."""
    is_strong = signs.is_strong(at)
    if not display.has_palettes or not signs.has_ground(at):
        is_chosen, is_faint = at == signs.chosen, signs.is_faint(at) and not is_strong
        plain = Style(bold=is_strong, dim=is_faint, reverse=is_chosen)
        return Segment(text, plain if is_strong or is_faint else None)
    return Painted(text, ink_on_ground(level, is_strong, palette, display.depth))


@lru_cache(maxsize=512)
def ink_on_ground(level: int, is_strong: bool, palette: Palette, depth: ColorDepth) -> Style:
    """How a number on its colour looks."""
    ground = colours(palette, depth)[level]
    return Style(color=inks(palette)[level], bgcolor=ground, bold=is_strong)


def margin_of(panel: Numbers) -> int:
    """Cells of the index before every row."""
    return index_width(panel, 0) + 1


def index_width(panel: Numbers, axis: int) -> int:
    """Cells of the longest index along an axis; padding begins below 0."""
    first, count = panel.origin[axis], panel.values.shape[axis]
    return max(len(f"{first}"), len(f"{first + count - 1}"))


def cell_width(panel: Numbers, texts: Sequence[Sequence[str]]) -> int:
    """Cells of a number with a blank, or another sign, on both sides."""
    return max(2 + max(map(len, chain(*texts)), default=0), 1 + index_width(panel, 1))


@lru_cache(maxsize=32)
def least_width(panel: Numbers) -> int:
    """Cells that all columns take."""
    texts, _ = texts_of(panel)
    columns: int = panel.values.shape[1]
    return margin_of(panel) + columns * cell_width(panel, texts)


def window(panel: Numbers, most: int) -> tuple[int, int]:
    """The first column that is shown, and the one behind the last: around the chosen number."""
    count: int = panel.values.shape[1]
    shown = min(max(most, 1), count)
    middle = panel.chosen[1] if panel.chosen else 0
    first = min(max(middle - shown // 2, 0), count - shown)
    return first, first + shown


@lru_cache(maxsize=32)  # how a page is laid out is tried several times
def texts_of(panel: Numbers) -> tuple[list[list[str]], str]:
    """The numbers of a panel as `written`."""
    return written(panel.values, panel.decimals)


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
    if not is_written_out(texts, shown, values.dtype):
        note += f", rounded to {decimals} decimal{'s' * (decimals != 1)}"
    return texts, note


def is_written_out(texts: list[list[str]], numbers: Values, dtype: npt.DTypeLike) -> bool:
    """Whether the texts, read as numbers of a dtype, are these: 0.1 is all of a float32."""
    read = np.array(texts, np.float64)
    if dtype == np.float32:
        return np.array_equal(read.astype(dtype), numbers.astype(dtype), equal_nan=True)
    return np.array_equal(read, numbers, equal_nan=True)
