"""`s`: where what came out is saved."""

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tuiconv.errors import UserError, printable
from tuiconv.files import path_of
from tuiconv.tui.messages import in_a_line
from tuiconv.tui.widgets.entry_line import Entry

HINT = (
    "All of the picture is saved in full size, in the format that the name ends in (.png, .tif,"
    " .jpg, …). enter saves it, esc does not."
)


class SavePictureScreen(ModalScreen[Path | None]):
    """A name for a file; one that is there already is replaced only if asked twice.

    Args:
        name: to begin with.
    """

    DEFAULT_CSS = """
    SavePictureScreen { align: center middle; }
    SavePictureScreen > Vertical { width: 90%; height: auto; padding: 1 2; background: $panel; }
    SavePictureScreen:nocolor > Vertical { border: solid $foreground; }
    SavePictureScreen Entry { margin: 1 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Close", key_display="esc")
    ]

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._replaces = ""
        """The name of the file that there is, as told."""

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static("save the filtered picture as", markup=False)
            yield Entry(self._name, compact=True, select_on_focus=False)
            yield Static(HINT, id="told", markup=False)

    def on_mount(self) -> None:
        self.query_one(Entry).focus()

    @on(Input.Changed)
    def ask_again(self, event: Input.Changed) -> None:
        """Another name may be that of another file."""
        if self._replaces != event.value:
            self._replaces = ""
            self.tell(HINT)

    @on(Input.Submitted)
    def save(self, event: Input.Submitted) -> None:
        """Enter: the file, unless one is there of which that was not told yet."""
        # The compute thread, which suggested the name, has it loaded.
        from tuiconv.lessons.filters_files import is_there

        if not event.value.strip():
            return
        path = path_of(event.value.strip())
        try:
            replaces = is_there(path)
        except (UserError, OSError, ValueError) as error:  # the last for the character 0
            self.tell(in_a_line(error))
            return
        if replaces and self._replaces != event.value:
            self._replaces = event.value
            name = printable(str(path))
            self.tell(f"{name} is there already: enter again replaces it, esc does not")
        else:
            self.dismiss(path)

    def tell(self, text: str) -> None:
        """Say something of the name."""
        self.query_one("#told", Static).update(text)
