"""Lines of segments: what every drawing function returns, and putting blocks of them together."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions
from rich.measure import Measurement
from rich.segment import Segment
from rich.style import Style

Line: TypeAlias = list[Segment]
"""One line of text; a Textual `Strip` takes it as it is."""


class Painted(Segment):
    """A segment that has a background of its own, as the cells of pictures and maps have.

    Its colours are of the terminal's depth.
    """

    @cached_property
    def ansi(self) -> str:
        """The segment as the terminal gets it; most cells are drawn again and again."""
        return self.style.render(self.text) if self.style else self.text


class Measured(list[Segment]):
    """A line of which the width is known: lines of maps have too many segments to measure them.

    Args:
        segments: the line, which is not changed afterwards.
        width: the cells that it takes.
    """

    __slots__ = ("width",)

    def __init__(self, segments: Iterable[Segment], width: int) -> None:
        super().__init__(segments)
        self.width = width


def line_width(line: Iterable[Segment]) -> int:
    """How many terminal cells a line takes."""
    if isinstance(line, Measured):
        return line.width
    return cell_len("".join([segment.text for segment in line]))


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
    taken = [[line_width(line) for line in block] for block in blocks]
    widths = [max(each, default=0) for each in taken]
    space = Segment(" " * gap)
    rows: list[Line] = []
    for y in range(max(map(len, blocks), default=0)):
        row: Line = []
        for i, (block, width) in enumerate(zip(blocks, widths, strict=True)):
            if i and gap:
                row.append(space)
            missing = width
            if y < len(block):
                row += block[y]
                missing -= taken[i][y]
            if missing:
                row.append(Segment(" " * missing))
        rows.append(Measured(row, sum(widths) + gap * (len(blocks) - 1)))
    return rows


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
