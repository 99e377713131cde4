"""One panel of a scene, drawn to the widget's size."""

from collections.abc import Sequence

from textual.filter import LineFilter
from textual.strip import Strip
from textual.widget import Widget

from tuiconv.lessons.scene import Panel
from tuiconv.render.depth import Display
from tuiconv.render.scene import draw_panel
from tuiconv.tui.widgets.strips import to_strip, without_truecolor_filter


class PanelView(Widget):
    """Shows a panel: its title, and below it the drawing, in the room there is."""

    DEFAULT_CSS = """
    PanelView { height: 1fr; }
    """

    def __init__(
        self,
        display_depth: Display,
        *,
        name: str | None = None,
        id: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id)
        self._depth = display_depth
        self._panel: Panel | None = None
        self._strips: list[Strip] = []

    def show(self, panel: Panel) -> None:
        """Draw another panel."""
        self._panel = panel
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._draw()

    def _draw(self) -> None:
        width, height = self.size
        self._strips = []
        if self._panel is not None and width and height > 1:
            lines = draw_panel(self._panel, width, height, self._depth)
            base = self.rich_style
            self._strips = [to_strip(line, width, base) for line in lines]
        self.refresh()

    def render_line(self, y: int) -> Strip:
        if y < len(self._strips):
            return self._strips[y]
        return Strip.blank(self.size.width, self.rich_style)

    def get_line_filters(self) -> Sequence[LineFilter]:
        return without_truecolor_filter(super().get_line_filters())
