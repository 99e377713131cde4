"""A whole scene as text, for a terminal of a given width."""

from collections.abc import Sequence
from textwrap import wrap

from rich.style import Style

from tuiconv.lessons.scene import Bars, Curve, Maps, Panel, Pixels, Scene, Text
from tuiconv.render.bars import bar_list
from tuiconv.render.chart import Series, line_chart
from tuiconv.render.depth import Display
from tuiconv.render.lines import Line, Lines, block_width, side_by_side, text_line
from tuiconv.render.maps import draw_maps
from tuiconv.render.picture import picture

GAP = 2
MOST_LINES = 40
"""A panel is drawn no taller than this, so that before and after stay in sight together."""
CHART_LINES = 10
WIDE = 2
"""Widths over heights of pictures from which on they stand below each other."""


def draw_scene(scene: Scene, width: int, display: Display) -> Lines:
    """The scene's title and panels; pictures that follow each other share the width."""
    lines: list[Line] = [text_line(line) for line in wrap(scene.title, width)]
    for group in groups(scene.panels):
        share = (width - GAP * (len(group) - 1)) // len(group)
        drawn = [draw_panel(panel, share, height_of(panel), display) for panel in group]
        beside = side_by_side(drawn, GAP)
        if block_width(beside) > width:  # text keeps its own width: it goes below instead
            beside = [line for block in drawn for line in block]
        lines += [text_line(""), *beside]
    return Lines(lines)


def groups(panels: Sequence[Panel]) -> list[list[Panel]]:
    """Neighbours of one kind that read best side by side, the others alone."""
    found: list[list[Panel]] = []
    for panel in panels:
        alike = bool(found) and type(panel) is type(found[-1][-1])
        if alike and not stands_alone(panel) and not stands_alone(found[-1][-1]):
            found[-1].append(panel)
        else:
            found.append([panel])
    return found


def stands_alone(panel: Panel) -> bool:
    """Whether a panel needs the whole width: all but texts, and pictures that are not very wide."""
    if isinstance(panel, Pixels):
        height, width = panel.pixels.shape[:2]
        return bool(width > WIDE * height)
    return not isinstance(panel, Text)


def height_of(panel: Panel) -> int:
    """The lines a panel may fill where the height is not limited by a screen."""
    return CHART_LINES if isinstance(panel, Curve) else MOST_LINES


def draw_panel(panel: Panel, width: int, height: int, display: Display) -> list[Line]:
    """A panel with its title above it, in about `height` lines of at most `width` cells."""
    title, below = text_line(panel.title, width, Style(bold=True)), height - 1
    match panel:
        case Maps():
            return draw_maps(panel, width, below, display)
        case Pixels():
            return draw_picture(panel, width, below, display)
        case Curve():
            return [title, *line_chart([Series("", panel.values)], width, below, display)]
        case Bars():
            values = panel.values.tolist()
            return [title, *bar_list(panel.labels, values, width, display, panel.marked)]
        case Text():
            return [title, *(text_line(line) for line in panel.lines)]


def draw_picture(panel: Pixels, width: int, height: int, display: Display) -> list[Line]:
    """A picture below its title, which says how far it is shrunk to fit."""
    rows, columns = panel.pixels.shape[:2]
    scale = min(1.0, width / columns, 2 * height / rows)
    title = panel.title if scale == 1 else f"{panel.title}, at {scale:.0%}"
    bold = Style(bold=True)
    return [text_line(title, width, bold), *picture(panel.pixels, width, height, display)]
