"""`y`: the command line that prints what a screen shows."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static


class CommandLineScreen(ModalScreen[None]):
    """A command line to copy.

    Args:
        command: it.
    """

    DEFAULT_CSS = """
    CommandLineScreen { align: center middle; }
    CommandLineScreen > VerticalScroll {
        width: 90%;
        max-width: 100;
        height: auto;
        max-height: 100%;
        padding: 1 2;
        background: $panel;
    }
    CommandLineScreen:nocolor > VerticalScroll { border: solid $foreground; }
    CommandLineScreen #command { margin: 1 0; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,y,enter", "dismiss", "Close", key_display="esc y")
    ]

    def __init__(self, command: str) -> None:
        super().__init__()
        self._command = command

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static("This command prints the same scene, anywhere and at any time:")
            yield Static(self._command, id="command", markup=False)
            yield Static(
                "It is on the clipboard now, if your terminal lets programs put text there;"
                " otherwise mark it with the mouse (hold shift). esc closes this."
            )

    def on_mount(self) -> None:
        self.app.copy_to_clipboard(self._command)
