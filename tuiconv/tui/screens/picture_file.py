"""`o`: a picture to be opened, chosen from a folder or named by its path."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tuiconv.errors import printable
from tuiconv.lessons.scene import Scene, Table
from tuiconv.tui.messages import in_a_line
from tuiconv.tui.widgets.entry_line import Entry
from tuiconv.tui.widgets.key_line import KeyLine
from tuiconv.tui.widgets.scene_view import SceneView

if TYPE_CHECKING:
    from tuiconv.lessons.filters_files import Listing
    from tuiconv.tui.app import TuiconvApp

UP, SAMPLE = "..", "the picture that comes with the program"


class PictureScreen(ModalScreen[str | None]):
    """Folders and pictures; what is written narrows the list, or is a path.

    Comes back with a path, "" for the program's own picture, or None.

    Args:
        folder: which is shown first.
    """

    DEFAULT_CSS = """
    PictureScreen > Vertical { background: $surface; }
    PictureScreen Entry { margin: 0 1; }
    PictureScreen #wrong { height: auto; padding: 0 1; color: $text-error; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="open", priority=True),
        Binding("escape", "dismiss", "Close", key_display="esc"),
        Binding("up", "choose(-1)", "Choose", key_display="↑↓", priority=True),
        Binding("down", "choose(1)", "Choose", show=False, priority=True),
    ]

    @dataclass
    class Listed(Message):
        """What is in a folder."""

        listing: "Listing"

    @dataclass
    class Failed(Message):
        """A folder cannot be read."""

        error: OSError

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._all: tuple[str, ...] = ()
        """Names in the folder, and other ways to go on."""
        self._names: list[str] = []
        """Those with what is written in them."""
        self._chosen = 0
        """Which of these."""

    def compose(self) -> ComposeResult:
        yield Static("open a picture", id="top", markup=False)
        with Vertical():
            yield Entry(compact=True, placeholder="a part of a name, or a path (drop a file here)")
            yield SceneView(cast("TuiconvApp", self.app).depth, id="names")
            yield Static(id="wrong", markup=False)
        yield KeyLine(id="keys")

    def on_mount(self) -> None:
        self.query_one(Entry).focus()
        self.look_into(self._folder)

    def look_into(self, folder: Path) -> None:
        """Have the compute thread, which may wait for a disk, look into a folder."""

        def job() -> None:
            from tuiconv.lessons.filters_files import listing

            try:
                self.post_message(self.Listed(listing(folder)))
            except OSError as error:
                self.post_message(self.Failed(error))

        cast("TuiconvApp", self.app).compute.submit(job)

    @on(Listed)
    def show_listing(self, event: Listed) -> None:
        """Another folder, in which the first picture is chosen."""
        found = event.listing
        self._folder = found.folder
        self._all = (SAMPLE, UP, *(f"{name}/" for name in found.folders), *found.pictures)
        self.query_one("#wrong", Static).update("")
        entry = self.query_one(Entry)
        with self.prevent(Input.Changed):
            entry.clear()
        entry.focus()
        first = len(self._all) - len(found.pictures)
        self.show_names("", first if found.pictures else 0)

    @on(Failed)
    def show_failure(self, event: Failed) -> None:
        """Why a folder cannot be shown."""
        self.query_one("#wrong", Static).update(in_a_line(event.error))

    @on(Input.Changed)
    def narrow(self, event: Input.Changed) -> None:
        """Only names with what is written in them."""
        event.stop()
        self.show_names(event.value, 0)

    def show_names(self, part: str, chosen: int) -> None:
        """The names that have a part in common, and one of them chosen."""
        self._names = [name for name in self._all if part.lower() in name.lower()]
        self._choose(chosen)

    def _choose(self, place: int) -> None:
        self._chosen = min(max(place, 0), len(self._names) - 1)
        rows = tuple((printable(name),) for name in self._names)
        names = Table(printable(str(self._folder)), ("name",), rows, self._chosen, "names")
        self.query_one(SceneView).show(Scene("", (names,) if rows else ()))

    @on(SceneView.Pointed)
    def open_clicked(self, event: SceneView.Pointed) -> None:
        """A click on a name opens it, unless the list has become shorter meanwhile."""
        if event.index[0] < len(self._names):
            self.open(self._names[event.index[0]])

    def action_choose(self, step: int) -> None:
        self._choose(self._chosen + step)

    def action_open(self) -> None:
        text = self.query_one(Entry).value
        if self._names and "/" not in text:
            self.open(self._names[self._chosen])
        elif text:
            self.open_path(text)

    def open(self, name: str) -> None:
        """Go to a folder of the list, or come back with a picture."""
        if name == SAMPLE:
            self.dismiss("")
        elif name == UP or name.endswith("/"):
            self.look_into(self._folder / name)
        else:
            self.dismiss(str(self._folder / name))

    def open_path(self, text: str) -> None:
        """Go to a folder, or come back with a path."""
        # The compute thread, which lists the folder, has it loaded.
        from tuiconv.lessons.filters_files import path_in

        try:
            path = path_in(text, self._folder)
            is_folder = Path(path).is_dir()
        except OSError as error:
            self.show_failure(self.Failed(error))
            return
        if is_folder:
            self.look_into(Path(path))
        else:
            self.dismiss(path)
