"""The keys that work now, in a line or two: those that fit whole, the most important first."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual.binding import Binding
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget

FIRST: Final = ("deeper", "outer")
"""Bindings by their ids: the ways in and out are told before the screen's own keys."""
LAST: Final = ("help", "quit")
"""They stand at the right end, and are never left out: all other keys are told in the help."""
GAP: Final = 2
TALL: Final = 30
"""Lines of a terminal in which there is room for a second line of keys."""


class KeyLine(Widget):
    """Shows the bindings of its screen; a click on one presses its key."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyLine {
        dock: bottom;
        height: auto;
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
        self.refresh(layout=len(self._lines(self.size.width)) > self.size.height)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as it takes, and as it took: all above is drawn anew when that changes."""
        before = self.size.height if self._has_room and width == self.size.width else 0
        return max(before, len(self._lines(width)))

    @property
    def _has_room(self) -> bool:
        return self.screen.size.height >= TALL

    def render(self) -> Text:
        return Text("\n").join(self._lines(self.size.width))

    def _lines(self, width: int) -> list[Text]:
        """The most important keys and the last ones; in a tall terminal more, where there are."""
        bindings = list(shown_bindings(self.screen))
        right, _ = self._items([each for each in bindings if each.id in LAST], width)
        others = [each for each in bindings if each.id not in LAST]
        left, more = self._items(others, width - right.cell_len - GAP)
        blank = " " * (width - left.cell_len - right.cell_len)
        lines = [Text.assemble(left, blank, right, no_wrap=True)]
        if more and self._has_room:
            lines.append(self._items(more, width)[0])
        return lines

    def _items(self, bindings: Iterable[Binding], width: int) -> tuple[Text, list[Binding]]:
        """As many keys, with what they do, as fit whole; and the others."""
        items, others = Text(), list[Binding]()
        for binding in bindings:
            key = self.app.get_key_display(binding)
            gap = GAP if items else 0
            if items.cell_len + gap + cell_len(key) + 1 + cell_len(binding.description) > width:
                others.append(binding)
                continue
            press = Style.from_meta({"@click": f"app.simulate_key({binding.key!r})"})
            items.append(" " * gap).append(key, press).append(f" {binding.description}")
        return items, others


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
