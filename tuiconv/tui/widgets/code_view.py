"""Sources to read: those of one kind, or of both beside each other, line by line.

Only the lines in sight are laid out: a kernel with all that it calls has hundreds.
"""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Final, TypeAlias

from rich.segment import Segment
from rich.text import Text
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tuiconv.render.lines import Line, text_line
from tuiconv.tui.widgets.strips import in_depth, to_strip

WIDE: Final = 170
"""Columns of a terminal from which both kinds stand beside each other."""
GAP: Final = 2
Source: TypeAlias = list[Text]
"""The lines of a source."""


class CodeView(ScrollView, can_focus=True):
    """Lines that are too long go on in the next one.

    Args:
        kinds: for each kind the same number of sources.
    """

    DEFAULT_CSS = """
    CodeView {
        height: 1fr;
        padding: 1 0 0 2;
        background: $surface;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
    }
    """

    def __init__(self, kinds: Sequence[Sequence[str]]) -> None:
        super().__init__()
        self._kinds: list[list[Source]] = [
            [[*map(Text, text.split("\n"))] for text in texts] for texts in kinds
        ]
        self._kind = 0
        self._rows: list[Sequence[Text | None]] = []
        """Pieces of lines that stand beside each other."""

    @property
    def shows_all(self) -> bool:
        """Whether there is room for all kinds."""
        return self.app.size.width >= WIDE

    def show_next(self) -> None:
        """Show another kind, from its beginning."""
        self._kind = (self._kind + 1) % len(self._kinds)
        self.scroll_to(y=0, animate=False)
        self._arrange()

    def colour(self, kind: int, sources: list[Source]) -> None:
        """The sources of a kind once more, in colours."""
        self._kinds[kind] = sources
        self._arrange()

    def on_resize(self) -> None:
        self._arrange()

    def _arrange(self) -> None:
        shown = self._kinds if self.shows_all else [self._kinds[self._kind]]
        width = self._width
        self._rows = []
        for sources in zip(*shown, strict=True):
            pieces = [[part for line in source for part in cut(line, width)] for source in sources]
            self._rows += [*zip_longest(*pieces), ()]
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._rows))
        self.refresh()

    @property
    def _width(self) -> int:
        """Cells of a column, and of the gap behind it."""
        columns = len(self._kinds) if self.shows_all else 1
        return max(1, self.scrollable_content_region.width // columns - GAP)

    def render_line(self, y: int) -> Strip:
        width, line = self._width, list[Segment]()
        y += self.scroll_offset.y
        for piece in self._rows[y] if y < len(self._rows) else ():
            segments: Line = [] if piece is None else [*piece.render(self.app.console)]
            line += [*Segment.adjust_line_length(segments, width), *text_line(" " * GAP)]
        ground = in_depth(self.rich_style, self.app.console)
        return to_strip(line, self.scrollable_content_region.width, ground)


def cut(line: Text, width: int) -> list[Text]:
    """The line in pieces of at most so many letters."""
    return [line] if len(line) <= width else [*line.divide(range(width, len(line), width))]
