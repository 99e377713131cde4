"""Single panels: what each needs of the page, and how it is drawn."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from rich.cells import cell_len

from tuiconv.lessons.scene import (
    Bars,
    Boxes,
    Canvas,
    Chart,
    Confusion,
    Diagram,
    Map,
    Maps,
    Numbers,
    Panel,
    Pixels,
    Signed,
    Source,
    Sweep,
    Table,
    Text,
)
from tuiconv.render import box_panel, canvas, diagram, numbers, source, sweep, table_panel
from tuiconv.render.bars import bar_list
from tuiconv.render.chart import Series, line_chart
from tuiconv.render.confusion import confusion_lines, confusion_width
from tuiconv.render.depth import Display
from tuiconv.render.drawing import Drawing
from tuiconv.render.enlarged import count_lines as map_lines
from tuiconv.render.enlarged import draw_map, keeps_all
from tuiconv.render.framed import count_lines as framed_lines
from tuiconv.render.framed import draw_framed
from tuiconv.render.images import draw_image, title_lines
from tuiconv.render.layout import Need, Row, fixed
from tuiconv.render.lines import Line, paragraph
from tuiconv.render.maps import count_lines, draw_maps
from tuiconv.render.picture import TINY

FULL: Final = 10_000
"""As many lines as there are."""
LEAST_LINES: Final = 8
"""For pictures and maps, however few lines the other panels leave."""
MAP_LINES: Final = 12
"""For one map, whose single numbers are looked at."""
WHOLE_MAP: Final = 20
"""For one that would leave numbers out in fewer: nearly all of a small screen."""
LEAST_BARS: Final = 6
"""That are shown however few lines the other panels leave."""
CHART: Final = Need(6, 24)
"""Lines of a chart with its title."""
NARROWEST: Final = 24
"""Cells that a map, a chart or bars must have beside something else."""
SCALE: Final = 36
"""Cells behind the title of maps, for how far they are shrunk and the scale with its ends."""
TITLE: Final = 14
"""Cells of a longer title that are not broken, if only few numbers stand below it."""
READABLE: Final = 36
"""Cells of a column in which longer lines of text are broken."""


def row_of(
    panel: Panel,
    width: int,
    display: Display,
    is_whole: bool = False,
    beside: Sequence[tuple[Numbers, int]] = (),
) -> Row:
    """A panel as a row of the page: maps and charts take what height others leave.

    So do tables and bars, unless they are to be whole.
    """

    def draw(height: int) -> Drawing:
        return draw_panel(panel, width, height, display)

    match panel:
        case Maps():
            full = count_lines(panel, width, FULL)
            least = max(count_lines(panel, width, 0), min(LEAST_LINES, full))
            return Row(
                Need(least, full), draw, lambda height: count_lines(panel, width, height - 1)
            )
        case Map():
            full = map_lines(panel, width, FULL, display)
            keeps = keeps_all(panel, width, MAP_LINES, display)
            least = MAP_LINES if keeps else map_lines(panel, width, WHOLE_MAP, display)
            need = Need(min(least, full), full)
            return Row(need, draw, lambda height: map_lines(panel, width, height, display))
        case Numbers() if not is_whole:
            return numbers_row(panel, width, display, beside or ((panel, width),))
        case Chart():
            need = CHART
        case Diagram():
            need = diagram.lines_needed(panel, width, display)
            return Row(need, draw, lambda height: diagram.lines_used(panel, width, height, display))
        case Canvas():
            need = canvas.lines_needed(panel, width)
            return Row(need, draw, lambda height: canvas.lines_used(panel, width, height))
        case Sweep():
            need = sweep.lines_needed(panel, width, display)
            return Row(need, draw, lambda height: sweep.lines_used(panel, width, height, display))
        case Table() if not is_whole:
            need = table_panel.lines_needed(panel, width)
        case Source():
            need = source.lines_needed(panel, width)
        case Boxes():
            full = box_panel.count_lines(panel, width, FULL)
            need = Need(min(MAP_LINES, full), full)
            return Row(need, draw, lambda height: box_panel.count_lines(panel, width, height))
        case Bars() if not is_whole:
            title, bars = len(title_lines(panel.title, width)), len(panel.labels)
            need = Need(title + min(LEAST_BARS, bars), title + bars)
        case Pixels(frames=[_, *_]):
            full = framed_lines(panel, width, FULL, display)
            need = Need(min(LEAST_LINES, full), full)
        case Pixels() | Signed():
            need = Need(LEAST_LINES, FULL)
        case _:
            return fixed(draw_panel(panel, width, FULL, display))
    return Row(need, draw)


def numbers_row(
    panel: Numbers, width: int, display: Display, beside: Sequence[tuple[Numbers, int]]
) -> Row:
    """A grid of numbers, which grow as far as those of all grids beside it can."""
    least = numbers.lines_used(panel, width, 0)

    def used(height: int) -> int:
        grown = numbers.steps(beside, height)
        return max(numbers.lines_used(*each, grown) for each in beside) if grown else least

    def draw(height: int) -> Drawing:
        return numbers.draw_numbers(panel, width, display, numbers.steps(beside, height))

    return Row(Need(least, used(FULL)), draw, used, is_map=False)


def cells_of(panel: Panel, height: int, display: Display) -> Need:
    """The cells that a panel needs, and makes use of in so many lines."""
    match panel:
        case Maps():
            count, _, columns = panel.maps.shape
            heading = cell_len(panel.title) + SCALE
            return Need(NARROWEST, max(heading, count * (columns + 1)))
        case Map() | Pixels() | Signed():
            pixels = panel.pixels.shape if isinstance(panel, Pixels) else panel.values.shape
            lines = max(height, WHOLE_MAP) if isinstance(panel, Map) else height
            most = max(min(TINY, pixels[1]), 2 * (lines - 2) * pixels[1] // pixels[0])
            return Need(NARROWEST, max(NARROWEST, most))
        case Boxes():
            return Need(NARROWEST, max(NARROWEST, box_panel.most_width(panel, height)))
        case Source():
            return Need(READABLE, FULL)
        case Chart():
            return Need(NARROWEST, FULL)
        case Diagram():
            return Need(diagram.least_width(panel), diagram.most_width(panel))
        case Sweep():
            return Need(NARROWEST, sweep.most_cells(panel))
        case Canvas():
            return canvas.cells_needed(panel, height)
        case Bars():
            label = max(map(cell_len, panel.labels))
            return Need(min(NARROWEST, label + 16), label + 40)
        case Numbers():
            title = min(cell_len(panel.title), TITLE)
            least = max(numbers.least_width(panel), title)
            return Need(least, least + numbers.STEPS * numbers.WIDER * panel.values.shape[1])
        case Table():
            return table_panel.widths(panel)
        case Confusion():
            cells = confusion_width(panel.counts, panel.labels)
        case Text():
            longest = max(1, *map(cell_len, (panel.title, *panel.lines)))
            return Need(min(READABLE, longest), longest)
    return Need(cells, cells)


def draw_panel(panel: Panel, width: int, height: int, display: Display) -> Drawing:
    """A panel with its title above it, in about `height` lines of at most `width` cells."""
    match panel:
        case Maps():
            return draw_maps(panel, width, height - 1, display)
        case Map():
            return draw_map(panel, width, height, display)
        case Numbers():
            return numbers.draw_numbers(panel, width, display)
        case Table():
            return table_panel.draw_table(panel, width, display, height)
        case Diagram():
            return diagram.draw_diagram(panel, width, height, display)
        case Sweep():
            return sweep.draw_sweep(panel, width, height, display)
        case Canvas():
            return canvas.draw_canvas(panel, width, height, display)
        case Source():
            return source.draw_source(panel, width, height, display)
        case Boxes():
            return box_panel.draw_box_panel(panel, width, height, display)
        case Pixels(frames=[_, *_]):
            return draw_framed(panel, width, height, display)
        case Pixels() | Signed():
            return draw_image(panel, width, height, display)
        case Text():
            return Drawing(draw_text(panel, width))
        case Bars():
            return Drawing(draw_bars(panel, width, height, display))
    title = title_lines(panel.title, width)
    match panel:
        case Chart():
            room = max(height - len(title), 1)
            return Drawing([*title, *draw_chart(panel, width, room, display)])
        case Confusion():
            return Drawing([*title, *confusion_lines(panel.counts, panel.labels, width, display)])


def draw_bars(panel: Bars, width: int, height: int, display: Display) -> list[Line]:
    """A title and the bars; where there are too few lines, the longest and the marked one."""
    title, values = title_lines(panel.title, width), panel.values
    before = values if panel.before is None else panel.before
    rows = np.arange(len(values))
    if height < len(title) + len(rows):
        title = title_lines(f"{panel.title}, {LEAST_BARS} largest", width)
        room = max(height - len(title), min(LEAST_BARS, len(rows)))
        title = title_lines(f"{panel.title}, {room} largest", width)
        rows = np.argsort(-np.nan_to_num(np.fmax(values, before)), kind="stable")[:room]
        if panel.marked is not None and panel.marked not in rows:
            rows[-1] = panel.marked
        rows.sort()
    bars = bar_list(
        [panel.labels[row] for row in rows],
        values[rows].tolist(),
        width,
        display,
        None if panel.marked is None else rows.tolist().index(panel.marked),
        earlier=None if panel.before is None else before[rows].tolist(),
    )
    return [*title, *bars]


def draw_chart(panel: Chart, width: int, height: int, display: Display) -> list[Line]:
    """A chart without its title."""
    if not panel.is_logarithmic:
        curves = [Series(s.label, s.y, s.x, s.joined, s.colour) for s in panel.series]
        return line_chart(curves, width, height, display, panel.y_range)
    with np.errstate(divide="ignore", invalid="ignore"):  # what has no logarithm is a gap
        curves = [Series(s.label, np.log10(s.y), s.x, s.joined, s.colour) for s in panel.series]
    ends = panel.y_range and (math.log10(panel.y_range[0]), math.log10(panel.y_range[1]))
    return line_chart(curves, width, height, display, ends, lambda y: f"{10**y:.3g}")


def draw_text(panel: Text, width: int) -> list[Line]:
    """A title and lines of text; what is longer than the width goes on, indented, in the next."""
    lines = title_lines(panel.title, width)
    for line in panel.lines:
        lines += paragraph(line, width, indent=2)
    return lines
