"""Tables of text; where the terminal is too narrow, whole columns are left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from tuiconv.render.depth import Display
from tuiconv.render.lines import Line, text_line

BOLD = Style(bold=True)


@dataclass(frozen=True)
class Column:
    """A heading, a cell for every row, and what stands below them."""

    name: str
    cells: Sequence[str]
    below: str = ""
    is_text: bool = False
    """Text begins at the left, numbers end at the right."""
    gap: int = 2
    """Cells of space before it."""
    rank: int = 0
    """0 for a column that is always there, else the larger the sooner it is left out."""
    style: Style | None = None
    broken: tuple[str, ...] = ()
    """The heading on several lines, where it is longer than what stands below it."""

    @property
    def heading(self) -> tuple[str, ...]:
        """The lines of the heading."""
        return self.broken or (self.name,)

    @cached_property
    def width(self) -> int:
        """Cells of the widest of its texts."""
        return max(map(cell_len, (*self.heading, self.below, *self.cells)))

    def laid(self, text: str, width: int) -> str:
        """A text of this column with the space around it."""
        space = " " * (width - cell_len(text))
        return " " * self.gap + (text + space if self.is_text else space + text)


def total_width(columns: Iterable[Column]) -> int:
    """Cells that columns take beside each other; the first has no gap before it."""
    columns = list(columns)
    return sum(column.gap + column.width for column in columns) - sum(
        column.gap for column in columns[:1]
    )


def fitting(columns: Sequence[Column], width: int) -> list[Column]:
    """The columns, in their order, for which `width` has room: by rank, equal ranks together."""
    kept = {0}
    for rank in sorted({column.rank for column in columns} - kept):
        if total_width(column for column in columns if column.rank in kept | {rank}) <= width:
            kept.add(rank)
    return [column for column in columns if column.rank in kept]


def table_lines(
    columns: Sequence[Column], display: Display, begin: int = 0, end: int | None = None
) -> list[Line]:
    """Headings, a rule, a line for every row, and below another rule the last line, if any.

    Of all rows those from `begin` on, up to `end`; the columns are as wide as all need.
    """
    widths = [column.width for column in columns]
    rule = text_line(("─" if display.unicode else "-") * total_width(columns))
    below = [column.below for column in columns]
    rows = zip(*(column.cells[begin:end] for column in columns), strict=True)
    high = max(len(column.heading) for column in columns)
    headings = [("",) * (high - len(column.heading)) + column.heading for column in columns]
    lines = [row_line(columns, widths, texts, BOLD) for texts in zip(*headings, strict=True)]
    lines += [rule]
    lines += [row_line(columns, widths, row) for row in rows]
    if any(below):
        lines += [rule, row_line(columns, widths, below, BOLD)]
    return lines


def row_line(
    columns: Sequence[Column],
    widths: Sequence[int],
    texts: Sequence[str],
    style: Style | None = None,
) -> Line:
    """A line of a table: as few segments as there are changes of style."""
    line: Line = []
    plain = ""
    for column, width, text in zip(columns, widths, texts, strict=True):
        laid = column.laid(text, width)[0 if plain or line else column.gap :]
        if column.style is None or style is not None:
            plain += laid
            continue
        line += [Segment(plain, style), Segment(laid, column.style)]
        plain = ""
    return [*line, Segment(plain.rstrip(), style)]


def markdown_lines(columns: Sequence[Column]) -> list[str]:
    """A table of Markdown; columns without a heading are left out."""
    columns = [column for column in columns if column.name]
    widths = [max(column.width, 3) for column in columns]

    def row(texts: Iterable[str]) -> str:
        laid = (
            column.laid(escaped(text), width)[column.gap :]
            for column, width, text in zip(columns, widths, texts, strict=True)
        )
        return f"| {' | '.join(laid)} |"

    rule = (
        "-" * width if column.is_text else "-" * (width - 1) + ":"
        for column, width in zip(columns, widths, strict=True)
    )
    below = [column.below for column in columns]
    cells = zip(*(column.cells for column in columns), strict=True)
    return [
        row(column.name for column in columns),
        row(rule),
        *(row(texts) for texts in cells),
        *([row(below)] if any(below) else []),
    ]


def escaped(text: str) -> str:
    """A text whose signs Markdown takes as they are."""
    return "".join(f"\\{sign}" if sign in "|\\*_`<[" else sign for sign in text)
