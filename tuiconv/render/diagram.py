"""The units of a one-dimensional network as signs in rows, and lines between them.

A line of a diagram that is made of connections is braille, or slanted strokes in ASCII. What was
added has another sign and another colour than what was there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np
import numpy.typing as npt
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from tuiconv.lessons.scene import Diagram, UnitRow
from tuiconv.render.chart import DOTS, STYLES
from tuiconv.render.depth import Display
from tuiconv.render.drawing import Drawing, Index, Spot
from tuiconv.render.layout import Need
from tuiconv.render.lines import Line, line_width, paragraph
from tuiconv.render.tables import BOLD

OLD, NEW, LEFT_OVER, FAINT = range(4)
"""What a unit is: there before, added, seen by nobody, or not what is pointed out."""
SIGNS: Final = ("●◆○·", "o#.,")
"""Of each of them, in Unicode and in ASCII."""
COLOURS: Final = {OLD: 1, NEW: 0}
"""Which of the colours of curves a sign, and a connection to it, has."""
PITCHES: Final = (20, 16, 12, 10, 8, 6, 4, 2)
"""Cells from one input to the next; even, as units may stand between two of them."""
BETWEEN: Final = Need(1, 8)
"""Lines of connections between two rows."""

Dots = npt.NDArray[np.intp]
"""For each dot of the connections 0, or 1 + the kind of unit that they lead to."""


@dataclass(frozen=True)
class Page:
    """How a diagram is laid out."""

    pitch: int
    """Cells from one input to the next."""
    between: int
    """Lines from one row of units to the next."""
    margin: int
    """Cells of the names before a row."""
    first: int
    """The first cell of the rows that is shown."""
    cells: int
    """How many of them are shown."""

    def cell(self, place: float) -> int:
        """Where a unit stands in its row."""
        return round(self.pitch * place) + 1


def draw_diagram(panel: Diagram, width: int, height: int, display: Display) -> Drawing:
    """The title, then the rows from the last to the inputs, what is pointed at in brackets.

    Where not all inputs fit `width`, those around what is pointed at are shown.
    """
    title = heading(panel, width, display)
    page = page_of(panel, width, height - len(title))
    lines, spots, chosen = title, [], []
    for place in reversed(range(len(panel.rows))):
        if place == panel.chosen[0]:
            chosen.append(range(len(lines), len(lines) + 1))
        if panel.key:
            spots.append(spot_of(panel, place, page, len(lines)))
        lines.append(row_line(panel, place, page, display))
        if place and panel.rows[place].places:
            lines += connections(panel, place, page, display)
    return Drawing(lines, spots, chosen)


def lines_needed(panel: Diagram, width: int, display: Display) -> Need:
    """The fewest lines in which a diagram can be drawn, and the most it makes use of."""
    title, gaps = len(heading(panel, width, display)), gaps_of(panel)
    least, most = (title + len(panel.rows) + each * gaps for each in (BETWEEN.least, BETWEEN.most))
    return Need(least, most)


def lines_used(panel: Diagram, width: int, height: int, display: Display) -> int:
    """How many of so many lines the drawing takes."""
    title, rows, gaps = len(heading(panel, width, display)), len(panel.rows), gaps_of(panel)
    return title + rows + gaps * between(height - title - rows, gaps)


def heading(panel: Diagram, width: int, display: Display) -> list[Line]:
    """The title, and behind it the signs that there are, each with what it stands for."""
    kinds = {
        kind_of(panel, place, unit)
        for place, row in enumerate(panel.rows)
        for unit in range(len(row.places))
    }
    legend: Line = []
    for kind in sorted(kinds - {FAINT}):
        sign = SIGNS[not display.unicode][kind]
        legend += [Segment(sign, style_of(kind, display)), Segment(f" {panel.legend[kind]}  ")]
    title = Segment(f"{panel.title}  ", BOLD)
    if line_width([title, *legend]) <= width:
        return [[title, *legend]]
    return [*paragraph(panel.title, width, style=BOLD), *legend_lines(legend, width)]


def legend_lines(legend: Line, width: int) -> list[Line]:
    """A legend on a line of its own or, if that is too short, a line for each sign."""
    if line_width(legend) <= width:
        return [legend]
    pairs = zip(legend[::2], legend[1::2], strict=True)
    return [Segment.adjust_line_length([*pair], width, pad=False) for pair in pairs]


def gaps_of(panel: Diagram) -> int:
    """How many rows of units stand above another."""
    return sum(bool(row.places) for row in panel.rows[1:])


def between(lines: int, gaps: int) -> int:
    """How many lines each of the gaps has."""
    return min(max(lines // max(gaps, 1), BETWEEN.least), BETWEEN.most)


def least_width(panel: Diagram) -> int:
    """Cells of the whole diagram where units stand as close as they may."""
    margin, notes = margins(panel)
    return margin + cells_of(panel, PITCHES[-1]) + notes


def most_width(panel: Diagram) -> int:
    """Cells of the whole diagram where they stand as far apart as they may."""
    margin, notes = margins(panel)
    return margin + cells_of(panel, PITCHES[0]) + notes


def margins(panel: Diagram) -> tuple[int, int]:
    """Cells before and behind the units: of names with a pointer, and of notes."""
    names = max(cell_len(row.name) for row in panel.rows)
    return names + 3, max(cell_len(row.note) for row in panel.rows) + 1


def cells_of(panel: Diagram, pitch: int) -> int:
    """Cells of the units, with a bracket before the first and behind the last."""
    return pitch * (len(panel.rows[0].places) - 1) + 3


def page_of(panel: Diagram, width: int, height: int) -> Page:
    """The diagram as wide and as high as it fits; a part of it if it does not fit."""
    margin, notes = margins(panel)
    room = max(width - margin - notes, 1)
    pitch = next((each for each in PITCHES if cells_of(panel, each) <= room), PITCHES[-1])
    cells, row = cells_of(panel, pitch), panel.rows[panel.chosen[0]]
    lines = between(height - len(panel.rows), gaps_of(panel))
    whole = Page(pitch, lines, margin, 0, min(cells, room))
    if cells <= room or not row.places:
        return whole
    middle = whole.cell(row.places[-1 if panel.chosen[1] is None else panel.chosen[1]])
    first = min(max(middle - room // 2, 0), cells - room)
    return Page(pitch, lines, margin, first, room)


def row_line(panel: Diagram, place: int, page: Page, display: Display) -> Line:
    """The name of a row, its units, and what is to be said of them."""
    row, (chosen, unit) = panel.rows[place], panel.chosen
    cells: list[tuple[str, Style | None]] = [(" ", None)] * (page.first + page.cells + 2)
    for number, middle in enumerate(row.places):
        kind, x = kind_of(panel, place, number), page.cell(middle)
        if x < len(cells) - 1:
            cells[x] = SIGNS[not display.unicode][kind], style_of(kind, display)
            if (place, number) == (chosen, unit):
                mark = Style(bold=True, reverse=True)
                cells[x - 1], cells[x], cells[x + 1] = ("[", mark), (cells[x][0], mark), ("]", mark)
    pointer = ("▶" if display.unicode else ">") if place == chosen else " "
    name = Segment(f"{pointer} {row.name}".ljust(page.margin), BOLD if place == chosen else None)
    return [name, *segments(cells[page.first : page.first + page.cells]), Segment(f" {row.note}")]


def kind_of(panel: Diagram, place: int, unit: int) -> int:
    """What a unit is."""
    row = panel.rows[place]
    if panel.chosen[1] is not None and not is_marked(row, unit):
        return FAINT
    if place + 1 < len(panel.rows) and not is_seen(panel.rows[place + 1], unit):
        return LEFT_OVER
    return OLD if unit < row.old else NEW


def is_marked(row: UnitRow, unit: int) -> bool:
    """Whether it is among the units that are pointed out."""
    return row.marked is not None and row.marked[0] <= unit <= row.marked[1]


def is_seen(above: UnitRow, unit: int) -> bool:
    """Whether a unit of the row above sees it."""
    return any(first <= unit <= last for first, last in above.sees)


def style_of(kind: int, display: Display) -> Style | None:
    """The colour of a sign; those of units that do not count are the terminal's."""
    if kind not in COLOURS:
        return None
    styles = STYLES[display.depth]
    return styles[COLOURS[kind] % len(styles)]


def segments(cells: list[tuple[str, Style | None]]) -> Line:
    """Signs with their styles as a line; neighbours of one style are one segment."""
    return [
        Segment("".join(sign for sign, _ in run), style)
        for style, run in ((s, list(r)) for s, r in groupby(cells, lambda cell: cell[1]))
    ]


def connections(panel: Diagram, place: int, page: Page, display: Display) -> list[Line]:
    """The lines from the units of a row to what they see of the row before, which is below it."""
    ends = sorted(links(panel, place), key=lambda link: link[2])  # new ones lie on top
    draw = braille if display.unicode else strokes
    grid = draw(ends, page)
    lines = []
    for row in grid:
        cells = [(sign, style_of(kind, display)) for sign, kind in row]
        shown = cells[page.first : page.first + page.cells]
        lines.append([Segment(" " * page.margin), *segments(shown)])
    return lines


def links(panel: Diagram, place: int) -> Iterator[tuple[float, float, int]]:
    """Where every connection begins above and ends below, in inputs, and the kind of its unit."""
    row, before = panel.rows[place], panel.rows[place - 1]
    for number, (first, last) in enumerate(row.sees):
        for seen in range(first, last + 1):
            if FAINT not in (kind_of(panel, place, number), kind_of(panel, place - 1, seen)):
                yield row.places[number], before.places[seen], OLD if number < row.old else NEW


def braille(ends: list[tuple[float, float, int]], page: Page) -> list[list[tuple[str, int]]]:
    """Connections as lines of 2 × 4 dots to a cell; a cell has the kind of what is on top."""
    width = page.first + page.cells + 2
    dots: Dots = np.zeros((4 * page.between, 2 * width), np.intp)
    for above, below, kind in ends:
        begin, end = (2 * page.cell(each) for each in (above, below))
        steps = max(abs(end - begin), len(dots) - 1, 1)
        down = np.arange(steps + 1) / steps
        x = np.rint(begin + (end - begin) * down).astype(int)
        y = np.rint((len(dots) - 1) * down).astype(int)
        dots[y[x < 2 * width], x[x < 2 * width]] = 1 + kind
    squares = dots.reshape(page.between, 4, width, 2).transpose(0, 2, 1, 3)
    signs = 0x2800 + np.where(squares > 0, DOTS, 0).sum(axis=(2, 3))
    kinds = squares.max(axis=(2, 3)) - 1
    return [
        [(chr(sign) if kind >= 0 else " ", kind) for sign, kind in zip(*row, strict=True)]
        for row in zip(signs.tolist(), kinds.tolist(), strict=True)
    ]


def strokes(ends: list[tuple[float, float, int]], page: Page) -> list[list[tuple[str, int]]]:
    """Connections as slanted strokes, a cross where two of them meet."""
    grid = [[(" ", -1)] * (page.first + page.cells + 2) for _ in range(page.between)]
    for above, below, kind in ends:
        begin, end = page.cell(above), page.cell(below)
        stroke = "|" if begin == end else "\\" if end > begin else "/"
        for y, row in enumerate(grid):
            x = round(begin + (end - begin) * (y + 0.5) / page.between)
            if x < len(row):
                there = row[x][0]
                row[x] = (stroke if there in (" ", stroke) else "X"), kind
    return grid


def spot_of(panel: Diagram, place: int, page: Page, y: int) -> Spot:
    """A row of units, to be pointed at: a cell stands for the nearest unit."""
    cells = [page.cell(each) for each in panel.rows[place].places]

    def index(across: int, down: int) -> Index | None:
        if not cells:
            return None
        x = across + page.first
        return place, min(range(len(cells)), key=lambda unit: abs(cells[unit] - x))

    return Spot(page.margin, y, page.cells, 1, panel.key, index)
