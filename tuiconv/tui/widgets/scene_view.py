"""A scene drawn to the widget's width, to scroll through where it is taller than the widget."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.style import Style
from textual import events
from textual.filter import LineFilter
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tuiconv.lessons.scene import Panel, Scene
from tuiconv.render.depth import Display
from tuiconv.render.drawing import Drawing, Place
from tuiconv.render.drawing import Pointed as PointedAt
from tuiconv.render.scene import draw_scene
from tuiconv.tui.widgets.strips import changed_span, in_depth, to_strip, without_truecolor_filter


class SceneView(ScrollView, can_focus=True):
    """Draws scenes; of a new one only what differs is sent to the terminal."""

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    SceneView {
        height: 1fr;
        margin: 0 0 0 1;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
    }
    """

    @dataclass
    class Pointed(Message):
        """Something was clicked."""

        key: str
        index: tuple[int, ...]

    @dataclass
    class Hovered(Message):
        """The mouse has come over something else."""

        key: str
        index: tuple[int, ...]

    @dataclass
    class Dragged(Message):
        """The mouse was pressed on something (`begins`), or moved on from there with its button."""

        key: str
        index: tuple[int, ...]
        begins: bool
        place: Place | None = None
        """The row and column as exactly as the terminal tells, where the panel can be drawn on."""

    def __init__(self, display_depth: Display, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._depth = display_depth
        self._scene: Scene | None = None
        self._drawing = Drawing([])
        self._strips: list[Strip | None] = []
        """The lines as the terminal gets them, as far as they were asked for."""
        self._ground: Style | None = None
        """The widget's own style, which takes long to find out."""
        self._under_mouse: PointedAt | None = None
        self._dragged: PointedAt | None = None
        """What the mouse was last over, since it was pressed on something."""
        self._dragged_to: Place | None = None
        """Where it was then, exactly."""
        self._is_drag = False

    def show(self, scene: Scene) -> None:
        """Draw another scene: from its top after a step in or out, else where one has scrolled to.

        What is pointed at is scrolled into sight when it has moved among the same panels.
        """
        is_elsewhere = self._scene is not None and len(scene.path) != len(self._scene.path)
        is_alike = self._scene is not None and kinds(scene) == kinds(self._scene)
        self._scene = scene
        before = self._drawing.chosen
        self._draw()
        if is_elsewhere:
            self.scroll_to(y=0, animate=False)
        moved = [lines for lines in self._drawing.chosen if lines not in before]
        if moved and (is_alike or is_elsewhere) and before:
            self._scroll_into_sight(moved[-1])

    def show_with(self, display: Display) -> None:
        """Draw for other abilities of the terminal, or with other palettes."""
        self._depth = display
        self._draw()

    def on_resize(self) -> None:
        self._drawing, self._strips = Drawing([]), []  # no line is as it was
        self._draw()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._ground = None
        self._strips = [None] * len(self._strips)

    def _draw(self) -> None:
        region = self.scrollable_content_region
        if self._scene is None or not region.width:
            return
        before = self._drawing.lines
        self._drawing = draw_scene(self._scene, region.width, self._depth, region.height)
        lines = self._drawing.lines
        strips: list[Strip | None] = [None] * len(lines)
        changed = []
        top = self.scroll_offset.y
        for y in range(max(len(lines), len(before))):
            old, new = (each[y] if y < len(each) else [] for each in (before, lines))
            span = changed_span(old, new)
            if span is None:
                if y < min(len(lines), len(self._strips)):
                    strips[y] = self._strips[y]
            elif 0 <= y - top < region.height:
                # to cut a line costs more than to send all of it, unless that is long
                is_short = 2 * span.stop < region.width
                x, end = (span.start, span.stop) if is_short else (0, self.outer_size.width)
                changed.append(Region(x, y - top, end - x, 1))
        self._strips = strips
        self.virtual_size = Size(region.width, len(lines))
        if changed:  # without regions all would be refreshed
            self.refresh(*merged(changed))

    def _scroll_into_sight(self, lines: range) -> None:
        """Scroll as far as it takes to see these lines."""
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        if lines.start < top:
            self.scroll_to(y=lines.start, animate=False)
        elif lines.stop > top + height:
            self.scroll_to(y=min(lines.start, lines.stop - height), animate=False)

    def _found_at(self, event: events.MouseEvent) -> PointedAt | None:
        """What the mouse is over."""
        offset = event.get_content_offset(self)
        if offset is None:
            return None
        return self._drawing.at(offset.x, offset.y + self.scroll_offset.y)

    def _place_at(self, event: events.MouseEvent) -> Place | None:
        """Where the mouse is in a panel that can be drawn on.

        Terminals that count in pixels tell parts of cells; of others it is the middle of a cell.
        """
        offset = event.get_content_offset(self)
        if offset is None:
            return None
        across, down = event.pointer_x % 1 or 0.5, event.pointer_y % 1 or 0.5
        return self._drawing.place_at(offset.x + across, offset.y + down + self.scroll_offset.y)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        found, before = self._found_at(event), self._under_mouse
        self._under_mouse = found
        if self._dragged is not None:
            self._drag_on(event, found)
        elif found is not None and found != before:
            self.post_message(self.Hovered(*found))

    def _drag_on(self, event: events.MouseMove, found: PointedAt | None) -> None:
        """Tell where the mouse is dragged to, if that is something else of the same panel."""
        if found is None or self._dragged is None or found[0] != self._dragged[0]:
            return
        place = self._place_at(event)
        if (found, place) != (self._dragged, self._dragged_to):
            self._dragged, self._dragged_to, self._is_drag = found, place, True
            self.post_message(self.Dragged(*found, begins=False, place=place))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._is_drag = False
        self._dragged = self._under_mouse = self._found_at(event)
        if self._dragged is not None:
            self._dragged_to = self._place_at(event)
            self.capture_mouse()
            self.post_message(self.Dragged(*self._dragged, begins=True, place=self._dragged_to))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        self._dragged = None
        self.release_mouse()

    def on_leave(self, event: events.Leave) -> None:
        self._under_mouse = None

    def on_click(self, event: events.Click) -> None:
        found = self._found_at(event)
        if found is not None and not self._is_drag:
            self.post_message(self.Pointed(*found))

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines as they are: there is no border and no tint, for which Textual copies each."""
        left, right = crop.column_span
        if self.get_line_filters() or left:
            return super().render_lines(crop)
        lines = range(crop.y + self.scroll_offset.y, crop.bottom + self.scroll_offset.y)
        return [strip.crop(0, right) for strip in self._strips_of(lines)]

    def render_line(self, y: int) -> Strip:
        line = y + self.scroll_offset.y
        (strip,) = self._strips_of(range(line, line + 1))
        return strip

    def _strips_of(self, lines: range) -> Iterator[Strip]:
        """Lines of the drawing as the terminal gets them, and blank ones beyond its end."""
        # the scrollbar, where there is one, is drawn by itself
        has_bar = self.show_vertical_scrollbar
        width = (self.scrollable_content_region if has_bar else self.content_region).width
        if self._ground is None:
            self._ground = in_depth(self.rich_style, self.app.console)
        for line in lines:
            if line >= len(self._strips):
                yield Strip.blank(width, self._ground)
                continue
            strip = self._strips[line]
            if strip is None or strip.cell_length != width:
                strip = to_strip(self._drawing.lines[line], width, self._ground)
                self._strips[line] = strip
            yield strip

    def get_line_filters(self) -> Sequence[LineFilter]:
        return without_truecolor_filter(super().get_line_filters())


def merged(regions: Sequence[Region]) -> list[Region]:
    """The regions, of which those that are just as wide and below each other are one."""
    found = [*regions[:1]]
    for each in regions[1:]:
        last = found[-1]
        if last.column_span == each.column_span and last.bottom == each.y:
            found[-1] = Region(last.x, last.y, last.width, last.height + each.height)
        else:
            found.append(each)
    return found


def kinds(scene: Scene) -> list[type[Panel]]:
    """The kinds of a scene's panels, in reading order."""
    return [type(panel) for panel in scene.leaves]
