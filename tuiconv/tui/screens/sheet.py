"""Something to read in front of a screen, until it is put away."""

from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static

from tuiconv.tui.widgets.key_line import KeyLine


class Sheet(ModalScreen[None]):
    """A title, something below it to scroll through, and the keys that work.

    Args:
        title: what it is.
    """

    # What is opaque has no screen behind it that would have to be drawn as well.
    DEFAULT_CSS = """
    Sheet { background: $surface; }
    Sheet > VerticalScroll { height: 1fr; padding: 1 2; background: $surface; }
    """

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        yield Static(self._title, id="top", markup=False)
        yield from self.compose_sheet()
        yield KeyLine(id="keys")

    def compose_sheet(self) -> ComposeResult:
        """What there is to read, in a widget that scrolls."""
        yield from ()
