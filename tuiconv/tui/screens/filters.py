"""Filters: a picture before and after, for every named filter."""

from importlib.resources import as_file, files
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tuiconv.images.filters.catalog import FILTERS
from tuiconv.lessons.scene import Pixels, Scene
from tuiconv.tui.messages import PictureFiltered
from tuiconv.tui.screens.lesson import LessonScreen
from tuiconv.tui.widgets.panel import PanelView

PANELS = ("before", "after", "kernel", "result")
"""The widgets' names, in the order of the scene's panels."""
STEP = 8
"""Pixels that one key moves by."""


class FiltersScreen(LessonScreen):
    """The up and down keys choose the filter."""

    HEADING = "Filters"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("z", "zoom", "Whole/pixels", id="zoom"),
        Binding("left", "move(0, -1)", "Move", id="left", key_display="←→jk", priority=True),
        Binding("right", "move(0, 1)", "Move", id="right", show=False, priority=True),
        Binding("k", "move(-1, 0)", "Move", id="up", show=False),
        Binding("j", "move(1, 0)", "Move", id="down", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._scene: Scene | None = None
        self._zoomed = True
        self._row = self._column = 0

    def compose_lesson(self) -> ComposeResult:
        with Horizontal():
            yield OptionList(
                *(Option(name, id=name) for name in FILTERS), id="filters", markup=False
            )
            with Vertical():
                yield Static(id="about", markup=False)
                with Horizontal(id="pictures"):
                    yield PanelView(self.explorer.depth, id="before")
                    yield PanelView(self.explorer.depth, id="after")
                with Horizontal(id="sums"):
                    yield PanelView(self.explorer.depth, id="kernel")
                    yield PanelView(self.explorer.depth, id="result")

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    @on(OptionList.OptionHighlighted)
    def choose(self, event: OptionList.OptionHighlighted) -> None:
        """Have the picture filtered by the filter under the cursor."""
        name = event.option.id
        assert name is not None
        self.explorer.compute.submit(lambda: self.filter_sample(name))

    def filter_sample(self, name: str) -> None:
        """In the compute thread: filter the sample picture."""
        from tuiconv.images.apply import filter_picture  # with Numba, after the first paint
        from tuiconv.images.files.reading import read_picture
        from tuiconv.lessons.filters import filter_scene

        with as_file(files("tuiconv") / "assets" / "sample.png") as path:
            picture = read_picture(path)
        filters = (FILTERS[name],)
        filtered = filter_picture(picture, filters)
        self.post_message(PictureFiltered(filter_scene(picture, filtered, filters, shown="clamp")))

    @on(PictureFiltered)
    def show_filtered(self, event: PictureFiltered) -> None:
        """Draw what came back."""
        self._scene = event.scene
        self.query_one("#about", Static).update(self._scene.title)
        self.draw()

    def draw(self) -> None:
        """Draw the scene, whole or the part that fits pixel for pixel."""
        if self._scene is None:
            return
        for name, panel in zip(PANELS, self._scene.panels, strict=True):
            view = self.query_one(f"#{name}", PanelView)
            view.show(self.part(panel, view) if isinstance(panel, Pixels) else panel)

    def part(self, panel: Pixels, view: PanelView) -> Pixels:
        """What of a picture is shown: a part pixel for pixel, or all of it, shrunk to fit."""
        if not self._zoomed:
            return panel
        height, width = panel.pixels.shape[:2]
        rows, columns = min(height, 2 * (view.size.height - 1)), min(width, view.size.width)
        self._row = min(max(self._row, 0), height - rows)
        self._column = min(max(self._column, 0), width - columns)
        pixels = panel.pixels[self._row : self._row + rows, self._column : self._column + columns]
        shown = "" if pixels.shape == panel.pixels.shape else f", at {self._column},{self._row}"
        return Pixels(f"{panel.title}{shown}", pixels)

    def on_resize(self) -> None:
        self.call_after_refresh(self.draw)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Moving is greyed out while the whole picture is shown."""
        return None if action == "move" and not self._zoomed else True

    def action_zoom(self) -> None:
        self._zoomed = not self._zoomed
        self.refresh_bindings()
        self.draw()

    def action_move(self, rows: int, columns: int) -> None:
        self._row += STEP * rows
        self._column += STEP * columns
        self.draw()
