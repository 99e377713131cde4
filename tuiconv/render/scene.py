"""A whole scene as text, for a terminal of a given size."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, groupby
from operator import itemgetter
from textwrap import wrap
from typing import Final, TypeVar

from rich.cells import cell_len

from tuiconv.lessons.scene import (
    Bars,
    Columns,
    Confusion,
    Diagram,
    Map,
    Numbers,
    Panel,
    Pixels,
    Scene,
    Signed,
    Table,
    Text,
)
from tuiconv.render.depth import Display
from tuiconv.render.drawing import Drawing
from tuiconv.render.images import GAP, Image, draw_images, images_in
from tuiconv.render.layout import GAP as BETWEEN
from tuiconv.render.layout import Need, Row, bands, column, columns, fixed, shares
from tuiconv.render.lines import Line, side_by_side, text_line
from tuiconv.render.nothing import told
from tuiconv.render.panels import (
    FULL,
    LEAST_BARS,
    LEAST_LINES,
    MAP_LINES,
    cells_of,
    draw_text,
    row_of,
)

ASCII: Final = dict(zip("×−·…–—→›≤≥≈±Σηδ²←▸◂✓✗≠┌│├└", "x-*~-->><>~+Snd2<><+X!,|+'", strict=True))
"""What stands for signs that are common in titles and texts."""
P = TypeVar("P", bound=Panel | Columns)

MOST_LINES: Final = 40
"""Where no screen limits it, a scene is drawn no taller than this, unless its texts are, and its
tables, of which it has all rows."""


def draw_scene(scene: Scene, width: int, display: Display, height: int | None = None) -> Drawing:
    """The scene's title and panels, a blank line before each row of them.

    Columns stand beside each other where all their panels have room. Neighbouring pictures share
    a row, and so do texts. Pictures, maps and charts get the lines that all others leave of
    `height`, which is that of a screen; None if there is none.
    """
    title = fixed(Drawing([text_line(line) for line in wrap(scene.title, width)]))
    parts = [*map(told, scene.panels)]
    drawing = column([title, *rows_of(parts, width, height, display)]).draw(
        MOST_LINES if height is None else height
    )
    if display.unicode:
        return drawing
    return replace(drawing, lines=[in_ascii(line) for line in drawing.lines])


def in_ascii(line: Line) -> Line:
    """A line without signs that cannot be printed, as wide as before."""
    if all(segment.text.isascii() for segment in line):
        return line
    return [
        segment._replace(
            text="".join(
                sign if sign.isascii() else ASCII.get(sign, "?" * cell_len(sign))
                for sign in segment.text
            )
        )
        for segment in line
    ]


def rows_of(
    parts: Sequence[Panel | Columns],
    width: int,
    height: int | None,
    display: Display,
    grids: Sequence[tuple[Numbers, int]] = (),
) -> list[Row]:
    """What stands below each other: columns, pictures or texts that share a row, other panels.

    Args:
        parts: from top to bottom.
        width: of all.
        height: of the screen; None if there is none.
        display: the terminal's abilities.
        grids: with their widths those that stand in these and other columns beside each other.
    """
    rows: list[Row] = []
    together = groups(parts)
    fewest = sum(max(map(fewest_lines, group)) for group in together)
    for group in together:
        texts = [part for part in group if isinstance(part, Text)]
        if images := images_in(group):
            rows.append(picture_row(images, width, display))
        elif texts:
            rows.append(fixed(Drawing(text_lines(texts, width))))
        elif isinstance(group[0], Columns):
            others = fewest - fewest_lines(group[0])
            left = None if height is None else height - others
            rows += column_rows(group[0], width, left, display)
        else:
            rows.append(row_of(group[0], width, display, height is None, grids))
    return rows


def fewest_lines(part: Panel | Columns) -> int:
    """About how many lines a part takes at least, with a blank one before it."""
    match part:
        case Columns():
            return max((sum(map(fewest_lines, panels)) for panels in part.columns), default=0)
        case Table():
            return len(part.rows) + 4
        case Numbers():
            return len(part.values) + 3 + bool(part.padding or part.unreached or part.unwritten)
        case Bars():
            return min(len(part.labels), LEAST_BARS) + 2
        case Confusion():
            return len(part.labels) + 2
        case Text():
            return len(part.lines) + 2
        case Diagram():
            return 2 * len(part.rows) + 1
        case Map():
            return MAP_LINES + 1
        case _:
            return LEAST_LINES + 1


def groups(parts: Sequence[P]) -> list[list[P]]:
    """Pictures that follow each other and texts that do together, all others alone."""
    found: list[list[P]] = []
    for kind, alike in groupby(parts, kind_of):
        group = list(alike)
        found += [group] if kind else [[part] for part in group]
    return found


def kind_of(part: Panel | Columns) -> str:
    """What can share a row with its neighbours; nothing if it cannot."""
    match part:
        case Pixels(frames=()) | Signed():
            return "pictures"
        case Text():
            return "texts"
        case _:
            return ""


def column_rows(part: Columns, width: int, height: int | None, display: Display) -> list[Row]:
    """Columns beside each other as far as there is room, the others in a row below."""
    rows = []
    for band in bands_of(part, width, height, display):
        grids = [(p, share) for panels, share in band for p in panels if isinstance(p, Numbers)]
        parts = [column(rows_of(panels, share, height, display, grids)) for panels, share in band]
        widths = [share for _, share in band]
        rows.append(columns(parts, widths) if len(parts) > 1 else parts[0])
    return rows


def bands_of(
    part: Columns, width: int, height: int | None, display: Display
) -> list[list[tuple[tuple[Panel, ...], int]]]:
    """The columns of each row with their widths."""
    needs = []
    lines = MOST_LINES if height is None else height
    filled = [panels for panels in part.columns if panels]
    for panels in filled:
        cells = [group_cells(group, lines, display) for group in groups(panels)]
        least = min(width, max(n.least for n in cells))
        needs.append(Need(least, max(n.most for n in cells)))
    found = []
    for band in bands(needs, width):
        room = width - BETWEEN * (len(band) - 1)
        beside = [needs[place] for place in band]
        widths = shares(beside, room)
        # what needs as much gets as much: the least of it, as there is no more room
        alike = dict(sorted(zip(beside, widths, strict=True), key=itemgetter(1), reverse=True))
        widths = [alike[need] for need in beside]
        found.append([(filled[i], share) for i, share in zip(band, widths, strict=True)])
    return found


def group_cells(group: Sequence[Panel], height: int, display: Display) -> Need:
    """The cells of panels below each other, or beside each other if they are pictures."""
    cells = [cells_of(panel, height, display) for panel in group]
    if kind_of(group[0]) != "pictures":
        return Need(max(each.least for each in cells), max(each.most for each in cells))
    gaps = GAP * (len(group) - 1)
    return Need(sum(each.least for each in cells) + gaps, sum(each.most for each in cells) + gaps)


def picture_row(images: Sequence[Image], width: int, display: Display) -> Row:
    """Pictures beside each other, or below each other where that makes them larger."""
    return Row(
        Need(LEAST_LINES, FULL),
        lambda height: draw_images(images, width, max(height, LEAST_LINES), display),
    )


def text_lines(texts: Sequence[Text], width: int) -> list[Line]:
    """Texts beside each other if there is room, else below each other."""
    share = (width - GAP * (len(texts) - 1)) // len(texts)
    full = [max(cell_len(line) for line in (text.title, *text.lines)) for text in texts]
    if sum(full) + GAP * (len(texts) - 1) > width:
        below = ([text_line(""), *draw_text(text, width)] for text in texts[1:])
        return [*draw_text(texts[0], width), *chain.from_iterable(below)]
    columns = [share] * len(texts) if max(full) <= share else full
    blocks = [draw_text(text, column) for text, column in zip(texts, columns, strict=True)]
    return side_by_side(blocks, GAP)
