"""Boxes on an image as a panel of a scene."""

from typing import Final

from tuiconv.lessons.scene import Boxes
from tuiconv.render.boxes import Page, draw_boxes, page_of
from tuiconv.render.depth import Display
from tuiconv.render.drawing import Drawing, Spot
from tuiconv.render.images import title_lines

WIDEST: Final = 10_000
"""As many cells across as there are."""
LEAST: Final = 12
"""Lines that a drawing may count on."""


def draw_box_panel(panel: Boxes, width: int, height: int, display: Display) -> Drawing:
    """The title, and the boxes as large as there is room for; the image can be pointed at."""
    title = title_lines(panel.title, width)
    room = max(height - len(title), 3)
    lines = [*title, *draw_boxes(panel.boxes, panel.size, width, room, display)]
    if not panel.key:
        return Drawing(lines)
    page = page_in(panel, width, height)
    return Drawing(lines, [Spot(0, len(title), page.width, page.lines, panel.key, page.pixel)])


def count_lines(panel: Boxes, width: int, height: int) -> int:
    """Lines of the largest drawing that fits the width and so many lines."""
    return len(title_lines(panel.title, width)) + page_in(panel, width, height).lines


def most_width(panel: Boxes, height: int) -> int:
    """Cells across of the largest drawing in so many lines."""
    return page_in(panel, WIDEST, max(height, LEAST)).width


def page_in(panel: Boxes, width: int, height: int) -> Page:
    """The largest page that fits, with the title, into so many cells and lines."""
    titles = len(title_lines(panel.title, width))
    return page_of(panel.boxes, panel.size, width, max(height - titles, 3))
