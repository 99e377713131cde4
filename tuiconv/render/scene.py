"""A whole scene as text, for a terminal of a given size."""

from collections.abc import Sequence
from itertools import chain, groupby
from textwrap import wrap
from typing import Final

from rich.cells import cell_len
from rich.style import Style

from tuiconv.lessons.scene import Bars, Curve, Maps, Panel, Pixels, Scene, Signed, Text
from tuiconv.render.bars import bar_list
from tuiconv.render.chart import Series, line_chart
from tuiconv.render.depth import Display
from tuiconv.render.images import GAP, draw_image, draw_images, images_in, title_lines
from tuiconv.render.lines import Line, Lines, paragraph, side_by_side, text_line
from tuiconv.render.maps import draw_maps

MOST_LINES: Final = 40
"""Where no screen limits it, a scene is drawn no taller than this, unless its texts are."""
LEAST_LINES: Final = 8
"""For pictures, however few lines the other panels leave."""
CHART_LINES: Final = 10


def draw_scene(scene: Scene, width: int, display: Display, height: int = MOST_LINES) -> Lines:
    """The scene's title and panels, a blank line before each row of them.

    Neighbours of one kind share a row; pictures get the lines that all others leave of `height`.
    """
    lines: list[Line] = [text_line(line) for line in wrap(scene.title, width)]
    rows = rows_of(scene.panels)
    drawn = [draw_row(row, width, display) for row in rows]
    pictures = drawn.count(None)
    left = height - len(lines) - len(rows) - sum(len(block) for block in drawn if block)
    for row, block in zip(rows, drawn, strict=True):
        lines.append(text_line(""))
        if block is None:
            room = max(LEAST_LINES, left // pictures)
            lines += draw_images(images_in(row), width, room, display)
        else:
            lines += block
    return Lines(lines)


def rows_of(panels: Sequence[Panel]) -> list[list[Panel]]:
    """Pictures that follow each other and texts that do in one row, all others alone."""
    found: list[list[Panel]] = []
    for kind, alike in groupby(panels, kind_of):
        row = list(alike)
        found += [row] if kind else [[panel] for panel in row]
    return found


def kind_of(panel: Panel) -> str:
    """What a panel can share a row with; nothing if it cannot."""
    match panel:
        case Pixels() | Signed():
            return "pictures"
        case Text():
            return "texts"
        case _:
            return ""


def draw_row(row: Sequence[Panel], width: int, display: Display) -> list[Line] | None:
    """Panels whose height does not depend on the others; None for pictures."""
    if isinstance(row[0], Pixels | Signed):
        return None
    if not isinstance(row[0], Text):
        height = CHART_LINES if isinstance(row[0], Curve) else MOST_LINES
        return draw_panel(row[0], width, height, display)
    texts = [panel for panel in row if isinstance(panel, Text)]
    share = (width - GAP * (len(texts) - 1)) // len(texts)
    widths = [max(cell_len(line) for line in (text.title, *text.lines)) for text in texts]
    if sum(widths) + GAP * (len(texts) - 1) > width:
        below = ([text_line(""), *draw_text(text, width)] for text in texts[1:])
        return [*draw_text(texts[0], width), *chain.from_iterable(below)]
    columns = [share] * len(texts) if max(widths) <= share else widths
    blocks = [draw_text(text, column) for text, column in zip(texts, columns, strict=True)]
    return side_by_side(blocks, GAP)


def draw_panel(panel: Panel, width: int, height: int, display: Display) -> list[Line]:
    """A panel with its title above it, in about `height` lines of at most `width` cells."""
    title, below = text_line(panel.title, width, Style(bold=True)), height - 1
    match panel:
        case Maps():
            return draw_maps(panel, width, below, display)
        case Pixels() | Signed():
            return draw_image(panel, width, height, display)
        case Curve():
            return [title, *line_chart([Series("", panel.values)], width, below, display)]
        case Bars():
            values = panel.values.tolist()
            return [title, *bar_list(panel.labels, values, width, display, panel.marked)]
        case Text():
            return draw_text(panel, width)


def draw_text(panel: Text, width: int) -> list[Line]:
    """A title and lines of text; what is longer than the width goes on, indented, in the next."""
    lines = title_lines(panel.title, width)
    for line in panel.lines:
        lines += paragraph(line, width, indent=2)
    return lines
