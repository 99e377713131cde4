"""A screen on Home: its number, its name, what there is to see, and a small picture of it."""

from dataclasses import dataclass
from textwrap import shorten, wrap
from typing import TYPE_CHECKING, Final, cast

from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tuiconv.render.lines import Line, side_by_side, text_line
from tuiconv.tui.catalogue import Entry
from tuiconv.tui.widgets.strips import in_depth, to_strip

if TYPE_CHECKING:
    from tuiconv.lessons.home import Glimpse
    from tuiconv.render.depth import Display
    from tuiconv.tui.app import TuiconvApp

BOLD: Final = Style(bold=True)
CHOSEN: Final = Style(bold=True, reverse=True)
DIM: Final = Style(dim=True)
NAME: Final = 26
"""Cells for the number and the name, where all stand in a list."""


class Card(Widget):
    """One line where there is room for no more, else with a picture to the right."""

    DEFAULT_CSS = "Card { height: 1fr; }"

    @dataclass
    class Clicked(Message):
        """With the mouse."""

        entry: Entry

    def __init__(self, entry: Entry) -> None:
        super().__init__(id=entry.mode)
        self.entry = entry
        self._is_chosen = False
        self._glimpse: tuple[Glimpse, Display] | None = None
        self._drawn: list[Line] | None = None
        """The picture, which stays when only the pointer moves."""
        self._lines: list[Line] = []

    def show(self, glimpse: "Glimpse", display: "Display") -> None:
        """Show a small picture as well."""
        self._glimpse = glimpse, display
        self.on_resize()

    def choose(self, is_chosen: bool) -> None:
        """Point at this screen, or not any more.

        The focus does not go from card to card: with it Textual would draw all of them.
        """
        self._is_chosen = is_chosen
        self._draw()

    def on_resize(self) -> None:
        self._drawn = None
        self._draw()

    def on_click(self) -> None:
        self.post_message(self.Clicked(self.entry))

    def _draw(self) -> None:
        width, height = self.size
        if not width:
            return  # it is not laid out yet
        self._lines = [self._in_a_line()] if height == 1 else self._with_picture(width, height)
        self.refresh()

    def _in_a_line(self) -> Line:
        name = f"{self._pointer} {self.entry.key}  {self.entry.name}".ljust(NAME)
        about = shorten(self.entry.about, max(self.size.width - NAME - 1, 5), placeholder=" …")
        return [Segment(name, self._look), Segment(f" {about}")]

    def _with_picture(self, width: int, height: int) -> list[Line]:
        """What is said on the left, the picture in the right half."""
        left, right = width - width // 2, width // 2
        named = wrap(f"{self.entry.key} {self.entry.name}", left - 3)
        lines = [
            [Segment(f"{self._pointer if not y else ' '} {line} ", self._look)]
            for y, line in enumerate(named)
        ]
        lines += [[Segment(f"  {line}")] for line in wrap(self.entry.about, left - 3)]
        if self._glimpse is None:
            return lines
        from tuiconv.render.glimpse import draw_glimpse  # with NumPy, after the first paint

        glimpse, display = self._glimpse
        told = [[Segment(f"  {line}", DIM)] for line in wrap(glimpse.about, left - 3)]
        if len(lines) + 1 + len(told) <= height:
            lines += [[], *told]
        lower = height - 1 if height > 5 else height  # there is a gap to the next, if there is room
        if self._drawn is None:
            self._drawn = draw_glimpse(glimpse.pictures, right, lower, display)
        return side_by_side([[text_line("", left), *lines], [[], *self._drawn]], gap=0)[1:]

    @property
    def _pointer(self) -> str:
        explorer = cast("TuiconvApp", self.app)
        pointer = "▶" if explorer.depth.unicode else ">"
        return pointer if self._is_chosen else " "

    @property
    def _look(self) -> Style:
        return CHOSEN if self._is_chosen else BOLD

    def render_line(self, y: int) -> Strip:
        line = self._lines[y] if y < len(self._lines) else []
        ground = in_depth(self.rich_style, self.app.console)
        return to_strip(line, self.size.width, ground)
