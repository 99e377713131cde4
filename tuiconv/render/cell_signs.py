"""Signs on both sides of a number in a grid, which tell without colours what it is.

The chosen number stands in brackets, those under a window between bars, padding in parentheses, and
what no window reaches between slashes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from tuiconv.lessons.scene import Numbers
from tuiconv.render.depth import Display

Cell: TypeAlias = tuple[int, int]

BRACKETS: Final = ("[", "]")
PARENTHESES: Final = ("(", ")")
SLASHES: Final = ("/", "/")
BLANKS: Final = (" ", " ")


@dataclass(frozen=True)
class Signs:
    """What the numbers of a panel are beside their values."""

    chosen: Cell | None
    marked: frozenset[Cell]
    padding: frozenset[Cell]
    unreached: frozenset[Cell]
    unwritten: frozenset[Cell]
    bar: str
    """On both sides of what is marked."""
    dot: str
    """In the place of a number that is not there yet."""

    @classmethod
    def of(cls, panel: Numbers, display: Display) -> "Signs":
        """Those of a panel."""
        return cls(
            panel.chosen,
            frozenset(panel.marked),
            frozenset(panel.padding),
            frozenset(panel.unreached),
            frozenset(panel.unwritten),
            bar="│" if display.unicode else "|",
            dot="·" if display.unicode else ".",
        )

    def around(self, at: Cell, text: str) -> str:
        """A number between its signs; marked neighbours stand between bars together."""
        if at == self.chosen:
            return f"[{text}]"
        left, right = (
            bar.strip() or sign for bar, sign in zip(self._bars(at), self._what(at), strict=True)
        )
        return f"{left}{text}{right}"

    def within(self, at: Cell, text: str, width: int) -> str:
        """A number with its signs in the middle of a large cell, at whose sides the bars are."""
        left, right = BRACKETS if at == self.chosen else self._what(at)
        inner = f"{left}{text}{right}" if text else ""
        first, last = self._bars(at)
        return f"{first}{inner.center(width - 2)}{last}"

    def _bars(self, at: Cell) -> tuple[str, str]:
        if at not in self.marked:
            return BLANKS
        (row, column), blank = at, " "
        left, right = (row, column - 1) in self.marked, (row, column + 1) in self.marked
        return blank if left else self.bar, blank if right else self.bar

    def _what(self, at: Cell) -> tuple[str, str]:
        if at in self.padding:
            return PARENTHESES
        return SLASHES if at in self.unreached else BLANKS

    def has_ground(self, at: Cell) -> bool:
        """Whether it lies on its colour: if numbers are marked, only they do."""
        if self.marked:
            return self.is_strong(at)
        return not self.is_faint(at)

    def is_faint(self, at: Cell) -> bool:
        """Whether it is no number that counts."""
        return any(at in cells for cells in (self.padding, self.unreached, self.unwritten))

    def is_strong(self, at: Cell) -> bool:
        """Whether it stands out."""
        return at == self.chosen or at in self.marked

    def legend(self) -> Iterator[str]:
        """What the signs mean that need it."""
        if self.padding:
            yield "( ) padding"
        if self.unreached:
            yield "/ / under no window"
        if self.unwritten:
            yield f"{self.dot} not written yet"
