"""Lines of segments: what every drawing function returns, and putting blocks of them together."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions
from rich.measure import Measurement
from rich.segment import Segment
from rich.style import Style

Line: TypeAlias = list[Segment]
"""One line of text; a Textual `Strip` takes it as it is."""


def line_width(line: Iterable[Segment]) -> int:
    """How many terminal cells a line takes."""
    return sum(cell_len(segment.text) for segment in line)


def block_width(lines: Iterable[Line]) -> int:
    """The width of the widest line; 0 for no lines."""
    return max(map(line_width, lines), default=0)


def text_line(text: str, width: int | None = None, style: Style | None = None) -> Line:
    """One line of text, cropped or filled with spaces to `width` cells if one is given."""
    return [Segment(text if width is None else set_cell_size(text, width), style)]


def paragraph(text: str, width: int, indent: int = 0, style: Style | None = None) -> list[Line]:
    """Text as lines of at most `width` cells, broken between words; all but the first indented."""
    lines = textwrap.wrap(text, width, subsequent_indent=" " * indent)
    return [text_line(line, style=style) for line in lines]


def side_by_side(blocks: Sequence[Sequence[Line]], gap: int = 2) -> list[Line]:
    """The blocks from left to right, tops level, `gap` cells apart.

    A block is as wide as its widest line. Every line comes out equally wide.
    """
    widths = [block_width(block) for block in blocks]
    height = max(map(len, blocks), default=0)
    space = Segment(" " * gap)
    rows: list[Line] = []
    for y in range(height):
        row: Line = []
        for i, (block, width) in enumerate(zip(blocks, widths, strict=True)):
            if i and gap:
                row.append(space)
            row += _padded(block[y] if y < len(block) else [], width)
        rows.append(row)
    return rows


def _padded(line: Line, width: int) -> Line:
    missing = width - line_width(line)
    return [*line, Segment(" " * missing)] if missing else line


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines as a Rich renderable, for `Console.print`."""

    lines: Sequence[Line]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for line in self.lines:
            yield from line
            yield Segment.line()

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        width = block_width(self.lines)
        return Measurement(width, width)
