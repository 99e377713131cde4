"""The feature maps of all layers, one below the other, to scroll through."""

from collections.abc import Sequence

from textual.filter import LineFilter
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tuiconv.lessons.scene import Maps
from tuiconv.render.depth import Display
from tuiconv.render.maps import draw_maps
from tuiconv.tui.widgets.strips import to_strip, without_truecolor_filter

LEAST_LINES = 8
FULL_SIZE = 10_000
"""More lines than the maps of any layer take."""


class MapsWall(ScrollView, can_focus=True):
    """Draws every layer's maps on the layer's own scale.

    One widget for all maps: a widget for each of some eighty maps would be slow to lay out.
    """

    DEFAULT_CSS = """
    MapsWall {
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
    }
    """

    def __init__(self, display_depth: Display, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._depth = display_depth
        self._panels: Sequence[Maps] = ()
        self._strips: list[Strip] = []
        self._full_size = False

    def toggle_full_size(self) -> None:
        """Draw a cell for every two numbers where the width allows it, or shrink maps again."""
        self._full_size = not self._full_size
        self._draw()

    def show(self, panels: Sequence[Maps]) -> None:
        """Draw the maps of these layers."""
        self._panels = panels
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._draw()

    def _draw(self) -> None:
        width = self.scrollable_content_region.width
        if not self._panels or width < 1:
            return
        # Small enough that a layer is in sight with part of the next, unless asked otherwise.
        most_lines = FULL_SIZE if self._full_size else max(LEAST_LINES, self.size.height * 2 // 3)
        base = self.rich_style
        space = Strip.blank(width, base)
        strips: list[Strip] = []
        for panel in self._panels:
            if strips:
                strips.append(space)
            lines = draw_maps(panel, width, most_lines, self._depth)
            strips += [to_strip(line, width, base) for line in lines]
        self._strips = strips
        self.virtual_size = Size(width, len(strips))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        line = y + self.scroll_offset.y
        if line < len(self._strips):
            return self._strips[line]
        return Strip.blank(self.size.width, self.rich_style)

    def get_line_filters(self) -> Sequence[LineFilter]:
        return without_truecolor_filter(super().get_line_filters())
