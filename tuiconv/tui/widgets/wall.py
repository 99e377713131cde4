"""The feature maps of all layers, one below the other, to scroll through."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tuiconv.lessons.scene import Maps
from tuiconv.render.depth import Display
from tuiconv.render.maps import count_lines, draw_maps
from tuiconv.tui.widgets.strips import to_strip, without_truecolor_filter

LEAST_LINES = 8
FULL_SIZE = 10_000
"""More lines than the maps of any layer take."""


class MapsWall(ScrollView, can_focus=True):
    """Draws every layer's maps on the layer's own scale, a blank line between layers.

    One widget for all maps: a widget for each of some eighty maps would be slow to lay out. Only
    the layers in sight are drawn.
    """

    DEFAULT_CSS = """
    MapsWall {
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "scroll_down", "Maps", id="layers", key_display="↑↓"),
    ]

    def __init__(self, display_depth: Display, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._depth = display_depth
        self._panels: Sequence[Maps] = ()
        self._tops: list[int] = []
        self._drawn: dict[int, list[Strip]] = {}
        self._full_size = False

    def toggle_full_size(self) -> None:
        """Draw a cell for every two numbers where the width allows it, or shrink maps again."""
        self._full_size = not self._full_size
        self._lay_out()

    def show(self, panels: Sequence[Maps]) -> None:
        """Draw the maps of these layers."""
        self._panels = panels
        self._lay_out()

    def on_resize(self) -> None:
        self._lay_out()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._lay_out()

    @property
    def _most_lines(self) -> int:
        """Few enough that a layer is in sight with part of the next, unless asked otherwise."""
        return FULL_SIZE if self._full_size else max(LEAST_LINES, self.size.height * 3 // 4)

    def _lay_out(self) -> None:
        """Find out where each layer begins; the drawing waits until a line of it is asked for."""
        width = self.scrollable_content_region.width
        self._drawn.clear()
        if width > 0:
            counts = [count_lines(panel, width, self._most_lines) + 1 for panel in self._panels]
            self._tops = list(accumulate(counts, initial=0))
            self.virtual_size = Size(width, max(self._tops[-1] - 1, 0))
        self.refresh()

    def _strips(self, layer: int) -> list[Strip]:
        """The lines of one layer, drawn if they were not yet."""
        if layer not in self._drawn:
            width = self.scrollable_content_region.width
            lines = draw_maps(self._panels[layer], width, self._most_lines, self._depth)
            self._drawn[layer] = [to_strip(line, width, self.rich_style) for line in lines]
        return self._drawn[layer]

    def render_line(self, y: int) -> Strip:
        line = y + self.scroll_offset.y
        layer = bisect_right(self._tops, line) - 1
        if 0 <= layer < len(self._panels) and self._tops[-1] > line:
            strips = self._strips(layer)
            if line - self._tops[layer] < len(strips):
                return strips[line - self._tops[layer]]
        return Strip.blank(self.scrollable_content_region.width, self.rich_style)

    def get_line_filters(self) -> Sequence[LineFilter]:
        return without_truecolor_filter(super().get_line_filters())
