"""`?`: what there is to see on a screen, and every key that works on it."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.table import Table
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from tuiconv.tui.keys import Keys
from tuiconv.tui.screens.sheet import Sheet


class HelpScreen(Sheet):
    """Sentences, and below them the keys.

    Args:
        title: of the screen.
        sentences: what there is to see there.
        keys: those that work.
    """

    DEFAULT_CSS = """
    HelpScreen .sentence { margin-bottom: 1; max-width: 100; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark", "dismiss", "Close", key_display="esc ?")
    ]

    def __init__(self, title: str, sentences: Sequence[str], keys: Iterable[Keys]) -> None:
        super().__init__(title)
        self._sentences = sentences
        # What Textual has keys for everywhere, such as scrolling, comes last.
        self._keys = sorted(keys, key=lambda each: not each.sentence)

    def compose_sheet(self) -> ComposeResult:
        table = Table.grid(padding=(0, 2))
        table.add_column(style="bold", no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column()
        for each in self._keys:
            table.add_row(each.keys, each.name, each.sentence)
        with VerticalScroll():
            for sentence in self._sentences:
                yield Static(sentence, classes="sentence", markup=False)
            yield Static(table, id="all-keys")
