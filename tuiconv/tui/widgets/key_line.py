"""The keys that work now, in one line: those that fit whole, the most important first."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual.binding import Binding
from textual.screen import Screen
from textual.widget import Widget

FIRST: Final = ("deeper", "outer")
"""Bindings by their ids: the ways in and out are told before the screen's own keys."""
LAST: Final = ("help", "quit")
"""They stand at the right end, and are never left out: all other keys are told in the help."""
GAP: Final = 2


class KeyLine(Widget):
    """Shows the bindings of its screen; a click on one presses its key."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyLine {
        dock: bottom;
        height: 1;
        padding: 0 1;
        background: $footer-background;
        color: $footer-description-foreground;
        link-color: $footer-key-foreground;
        link-style: bold;
        link-background: $footer-background;
    }
    """

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self.show_bindings)

    def show_bindings(self, screen: Screen[Any]) -> None:
        """What works has changed, or where the focus is."""
        self.refresh()

    def render(self) -> Text:
        width = self.size.width
        bindings = list(shown_bindings(self.screen))
        last = [each for each in bindings if each.id in LAST]
        right = self._items(last, width)
        left = self._items(
            (each for each in bindings if each.id not in LAST), width - right.cell_len - GAP
        )
        blank = " " * (width - left.cell_len - right.cell_len)
        return Text.assemble(left, blank, right, no_wrap=True)

    def _items(self, bindings: Iterable[Binding], width: int) -> Text:
        """As many keys, with what they do, as fit whole."""
        items = Text()
        for binding in bindings:
            key = self.app.get_key_display(binding)
            gap = GAP if items else 0
            if items.cell_len + gap + cell_len(key) + 1 + cell_len(binding.description) > width:
                continue
            press = Style.from_meta({"@click": f"app.simulate_key({binding.key!r})"})
            items.append(" " * gap).append(key, press).append(f" {binding.description}")
        return items


def shown_bindings(screen: Screen[Any]) -> Iterator[Binding]:
    """The bindings that work now and are to be told, the most important first; each once."""
    own = [binding.action for binding in Binding.make_bindings(type(screen).BINDINGS)]

    def rank(binding: Binding) -> int:
        if binding.id in FIRST:
            return -1
        return own.index(binding.action) if binding.action in own else len(own)

    works = [
        active.binding
        for active in screen.active_bindings.values()
        if active.enabled and active.binding.show
    ]
    told = {binding.action: binding for binding in reversed(works)}
    yield from sorted((each for each in works if told[each.action] is each), key=rank)
