"""A text as someone wrote it, broken into lines, with a caret below what is wrong in it."""

from typing import Final

from rich.cells import cell_len

from tuiconv.lessons.scene import Source
from tuiconv.render.depth import Display
from tuiconv.render.drawing import Drawing
from tuiconv.render.layout import Need
from tuiconv.render.lines import paragraph, text_line
from tuiconv.render.tables import BOLD

LEAST: Final = 2
"""Lines of the text that are shown, however few lines the other panels leave."""
MOST: Final = 4
"""Lines that it makes use of: it is there to be found one's way in, not to be read."""
FULL: Final = 10_000
"""As many lines as there are."""


def draw_source(panel: Source, width: int, height: int, display: Display) -> Drawing:
    """The title and the text; of one too long for the height, the lines around the caret."""
    rows = broken(panel.text, width)
    wrong = row_of(panel, rows)
    room = max(height - (wrong is not None) - 1, LEAST)
    begin = 0 if wrong is None else min(max(wrong - room + 1, 0), max(len(rows) - room, 0))
    shown = rows[begin : begin + room]
    title = panel.title
    if len(shown) < len(rows):
        title += f", lines {begin} to {begin + len(shown) - 1} of {len(rows)}"
    lines = paragraph(title, width, style=BOLD)
    for number, (start, row) in enumerate(shown, begin):
        lines.append(text_line(row.rstrip()))
        if number == wrong and panel.caret is not None:
            before = min(cell_len(row[: panel.caret - start]), width - 1)
            lines.append(text_line(" " * before + ("▲" if display.unicode else "^"), style=BOLD))
    return Drawing(lines)


def lines_needed(panel: Source, width: int) -> Need:
    """The fewest lines in which it can be drawn, and those that it makes use of."""
    rows = len(broken(panel.text, width))
    other = len(paragraph(panel.title, width)) + (panel.caret is not None)
    return Need(other + min(rows, LEAST), other + min(rows, MOST))


def broken(text: str, width: int) -> list[tuple[int, str]]:
    """The lines of a text, broken between words, each with the place where it begins.

    What a terminal would obey, or not show, is a question mark.
    """
    text = "".join(sign if sign.isprintable() or sign == "\n" else "?" for sign in text)
    rows: list[tuple[int, str]] = []
    start = 0
    for line in text.split("\n"):
        rest = line
        while (end := fitting(rest, width)) < len(rest):
            end = rest.rfind(" ", 0, end + 1) + 1 or end
            rows.append((start, rest[:end]))
            start, rest = start + end, rest[end:]
        rows.append((start, rest))
        start += len(rest) + 1
    return rows


def fitting(text: str, width: int) -> int:
    """How many letters of a text fit a width: one at least."""
    end = min(len(text), width)
    while end > 1 and cell_len(text[:end]) > width:
        end -= 1
    return end


def row_of(panel: Source, rows: list[tuple[int, str]]) -> int | None:
    """The line with the caret."""
    caret = panel.caret
    if caret is None:
        return None
    return max(number for number, (start, _) in enumerate(rows) if start <= caret)
