"""A table of a scene: a row of it may be chosen; what is too wide goes on below."""

import re
from collections.abc import Sequence
from functools import lru_cache
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
FOOT: Final = 2
"""Lines of a last row of sums and the rule above it."""
MARGIN: Final = 2
"""Cells of the pointer before the chosen row."""


def draw_table(panel: Table, width: int, display: Display, height: int = FULL) -> Drawing:
    """The title, the head, a rule, and the rows; before the chosen one stands a pointer.

    Columns that do not fit `width` go on below, with the first column repeated, unless they are to
    spare. With a chosen row, where all of them are too many for the height, those around it are
    shown.
    """
    margin = 0 if panel.chosen is None else MARGIN
    parts = blocks(columns_of(panel, width - margin), width - margin)
    title = paragraph(panel.title, width, style=BOLD)
    foot = FOOT if panel.below else 0
    room = (height - len(title)) // len(parts) - HEAD - foot
    begin, end = 0, len(panel.rows)
    if panel.chosen is not None and end > room:
        room -= len(paragraph(part_title(panel, end, end), width)) - len(title)
        begin, end = rows_shown(end, panel.chosen, max(room, LEAST_ROWS))
        title = paragraph(part_title(panel, begin, end), width, style=BOLD)
    lines, spots, chosen = title, [], []
    for part in parts:
        first = len(lines) + HEAD
        for y, line in enumerate(table_lines(part, display, begin, end), begin - HEAD):
            is_chosen = y == panel.chosen
            lines.append(marked(line, is_chosen, display) if margin else line)
        if panel.chosen is not None:
            place_of_chosen = first + panel.chosen - begin
            chosen.append(range(place_of_chosen, place_of_chosen + 1))
        if panel.key:
            spots.append(Spot(0, first, width, end - begin, panel.key, lambda x, y: (begin + y,)))
    return Drawing(lines, spots, chosen)


def part_title(panel: Table, begin: int, end: int) -> str:
    """The title, and which rows are shown if these are not all."""
    rows = len(panel.rows)
    is_whole = begin == 0 and end == rows
    return panel.title if is_whole else f"{panel.title}, {begin} to {end - 1} of {rows}"


def rows_shown(rows: int, chosen: int | None, room: int) -> tuple[int, int]:
    """The first row that is shown, and the one behind the last; the chosen one in the middle."""
    if chosen is None or rows <= room:
        return 0, rows
    begin = min(max(chosen - room // 2, 0), rows - room)
    return begin, begin + room


def lines_needed(panel: Table, width: int) -> Need:
    """The fewest lines in which a table can be drawn, and all that it has."""
    margin = 0 if panel.chosen is None else MARGIN
    columns = columns_of(panel, width - margin)
    count, most = len(blocks(columns, width - margin)), len(panel.rows)
    least = most if panel.chosen is None else min(most, LEAST_ROWS)
    titles = len(paragraph(panel.title, width))
    other = HEAD + (FOOT if panel.below else 0)
    part = len(paragraph(part_title(panel, most, most), width)) if least < most else titles
    return Need(part + count * (other + least), titles + count * (other + most))


def marked(line: Line, is_chosen: bool, display: Display) -> Line:
    """A line behind a margin, and if it is the chosen row, behind a pointer and all in reverse."""
    if not is_chosen:
        return [Segment(" " * MARGIN), *line]
    pointer = "▶" if display.unicode else ">"
    text = "".join(segment.text for segment in line)
    return [Segment(f"{pointer} {text}", Style(bold=True, reverse=True))]


def columns_of(panel: Table, width: int) -> list[Column]:
    """The columns, less those to spare where not all have room."""
    columns = dict(enumerate(all_columns(panel.head, panel.rows, panel.below)))
    for place in panel.spare:
        if total_width(columns.values()) > width:
            del columns[place]
    return [*columns.values()]


@lru_cache(maxsize=16)  # of one table, every key that is pressed draws other rows
def all_columns(
    head: tuple[str, ...], rows: tuple[tuple[str, ...], ...], below: tuple[str, ...]
) -> list[Column]:
    """The columns of a table; those of numbers stand to the right."""
    columns = []
    for place, name in enumerate(head):
        cells = [row[place] for row in rows]
        is_text = not all(NUMBER.fullmatch(cell.strip()) for cell in cells)
        columns.append(Column(name, cells, below[place] if below else "", is_text))
    return columns


def blocks(columns: Sequence[Column], width: int) -> list[list[Column]]:
    """The columns in as many blocks as it takes; the first column begins each."""
    found = [list(columns[:1])]
    for column in columns[1:]:
        if len(found[-1]) > 1 and total_width([*found[-1], column]) > width:
            found.append(list(columns[:1]))
        found[-1].append(column)
    return found


def widths(panel: Table) -> Need:
    """Cells that all columns take but those to spare, and all columns."""
    margin = 0 if panel.chosen is None else MARGIN
    least, most = (total_width(columns_of(panel, width)) for width in (0, FULL))
    return Need(least + margin, most + margin)
