"""A table of a scene: a row of it may be chosen; what is too wide goes on below."""

import re
from collections.abc import Sequence
from typing import Final

from rich.segment import Segment
from rich.style import Style

from tuiconv.lessons.scene import Table
from tuiconv.render.depth import Display
from tuiconv.render.drawing import Drawing, Spot
from tuiconv.render.layout import Need
from tuiconv.render.lines import Line, paragraph
from tuiconv.render.tables import BOLD, Column, table_lines, total_width

NUMBER: Final = re.compile(r"[-+−±≤≥<>~]?\d[\d.,_×x·:%e/ +−-]*[kMGx%]?|none|nan|[-+−]?inf|[-—–]?")
"""What stands to the right."""
FULL: Final = 10_000
"""As many lines as there are."""
LEAST_ROWS: Final = 5
"""Of a table with a chosen row, however few lines the other panels leave."""
HEAD: Final = 2
"""Lines of the head and the rule below it."""
MARGIN: Final = 2
"""Cells of the pointer before the chosen row."""


def draw_table(panel: Table, width: int, display: Display, height: int = FULL) -> Drawing:
    """The title, the head, a rule, and the rows; before the chosen one stands a pointer.

    Columns that do not fit `width` go on below, with the first column repeated. With a chosen row,
    where all of them are too many for the height, those around it are shown.
    """
    columns = columns_of(panel)
    margin = 0 if panel.chosen is None else MARGIN
    drawn = [table_lines(block, display) for block in blocks(columns, width - margin)]
    title = paragraph(panel.title, width, style=BOLD)
    room = (height - len(title)) // len(drawn) - HEAD
    begin, end = rows_shown(len(panel.rows), panel.chosen, max(room, LEAST_ROWS))
    if end - begin < len(panel.rows):
        place = f"{panel.title}, {begin} to {end - 1} of {len(panel.rows)}"
        title = paragraph(place, width, style=BOLD)
    lines, spots, chosen = title, [], []
    for block in drawn:
        first = len(lines) + HEAD
        for y, line in enumerate([*block[:HEAD], *block[HEAD + begin : HEAD + end]], begin - HEAD):
            is_chosen = y == panel.chosen
            lines.append(marked(line, is_chosen, display) if margin else line)
        if panel.chosen is not None:
            place_of_chosen = first + panel.chosen - begin
            chosen.append(range(place_of_chosen, place_of_chosen + 1))
        if panel.key:
            spots.append(Spot(0, first, width, end - begin, panel.key, lambda x, y: (begin + y,)))
    return Drawing(lines, spots, chosen)


def rows_shown(rows: int, chosen: int | None, room: int) -> tuple[int, int]:
    """The first row that is shown, and the one behind the last; the chosen one in the middle."""
    if chosen is None or rows <= room:
        return 0, rows
    begin = min(max(chosen - room // 2, 0), rows - room)
    return begin, begin + room


def lines_needed(panel: Table, width: int) -> Need:
    """The fewest lines in which a table can be drawn, and all that it has."""
    margin = 0 if panel.chosen is None else MARGIN
    count, most = len(blocks(columns_of(panel), width - margin)), len(panel.rows)
    least = most if panel.chosen is None else min(most, LEAST_ROWS)
    titles = len(paragraph(panel.title, width))
    return Need(titles + count * (HEAD + least), titles + count * (HEAD + most))


def marked(line: Line, is_chosen: bool, display: Display) -> Line:
    """A line behind a margin, and if it is the chosen row, behind a pointer and all in reverse."""
    if not is_chosen:
        return [Segment(" " * MARGIN), *line]
    pointer = "▶" if display.unicode else ">"
    text = "".join(segment.text for segment in line)
    return [Segment(f"{pointer} {text}", Style(bold=True, reverse=True))]


def columns_of(panel: Table) -> list[Column]:
    """The columns; those of numbers stand to the right."""
    columns = []
    for place, name in enumerate(panel.head):
        cells = [row[place] for row in panel.rows]
        is_text = not all(NUMBER.fullmatch(cell.strip()) for cell in cells)
        columns.append(Column(name, cells, is_text=is_text))
    return columns


def blocks(columns: Sequence[Column], width: int) -> list[list[Column]]:
    """The columns in as many blocks as it takes; the first column begins each."""
    found = [list(columns[:1])]
    for column in columns[1:]:
        if len(found[-1]) > 1 and total_width([*found[-1], column]) > width:
            found.append(list(columns[:1]))
        found[-1].append(column)
    return found


def least_width(panel: Table) -> int:
    """Cells that all columns take."""
    return total_width(columns_of(panel)) + (0 if panel.chosen is None else MARGIN)
