"""Drawings: lines, and where in them something can be pointed at; and putting them together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from tuiconv.render.lines import Line, Lines, block_width, side_by_side, text_line

Index: TypeAlias = tuple[int, ...]
"""A map, a row, or a number's row and column."""
Pointed: TypeAlias = tuple[str, Index]
"""A panel by its key, and what of it."""


Place: TypeAlias = tuple[float, float]
"""A row and column with parts of them; the middle of a number is whole."""


@dataclass(frozen=True, eq=False)
class Spot:
    """Cells of a drawing that stand for something of a panel."""

    x: int
    y: int
    width: int
    height: int
    key: str
    index: Callable[[int, int], Index | None]
    """What the cell so far to the right of the spot's corner, and so far below it, stands for."""
    place: Callable[[float, float], Place] | None = None
    """Where in the panel a point is, so far to the right and below; None if it is not drawn on."""

    def moved(self, x: int, y: int) -> "Spot":
        """The spot of a drawing that was put somewhere into another."""
        return replace(self, x=self.x + x, y=self.y + y)

    def at(self, x: int, y: int) -> Pointed | None:
        """What a cell stands for; None if it is nothing of this."""
        across, down = x - self.x, y - self.y
        if not (0 <= across < self.width and 0 <= down < self.height):
            return None
        index = self.index(across, down)
        return None if index is None else (self.key, index)


@dataclass(frozen=True, eq=False)
class Drawing(Lines):
    """Lines, and the spots in them."""

    spots: Sequence[Spot] = ()
    chosen: Sequence[range] = ()
    """The lines of everything that is pointed at, so that they can be scrolled to."""

    def at(self, x: int, y: int) -> Pointed | None:
        """What the cell at column x of line y stands for."""
        return next((found for spot in self.spots if (found := spot.at(x, y))), None)

    def place_at(self, x: float, y: float) -> Place | None:
        """Where a point of the drawing is in the panel there, if that can be drawn on."""
        for spot in self.spots:
            if spot.place is not None and spot.at(int(x), int(y)):
                return spot.place(x - spot.x, y - spot.y)
        return None


def below(drawings: Sequence[Drawing], gap: int = 0) -> Drawing:
    """The drawings from top to bottom, so many blank lines apart."""
    lines: list[Line] = []
    spots: list[Spot] = []
    chosen: list[range] = []
    for place, drawing in enumerate(drawings):
        if place:
            lines += [[] for _ in range(gap)]
        y = len(lines)
        spots += [spot.moved(0, y) for spot in drawing.spots]
        chosen += [range(each.start + y, each.stop + y) for each in drawing.chosen]
        lines += drawing.lines
    return Drawing(lines, spots, chosen)


def beside(drawings: Sequence[Drawing], widths: Sequence[int], gap: int) -> Drawing:
    """The drawings from left to right, tops level, in columns of such widths, so many cells apart.

    A drawing that is wider than its column makes it wider.
    """
    spots: list[Spot] = []
    blocks: list[list[Line]] = []
    x = 0
    for drawing, width in zip(drawings, widths, strict=True):
        room = max(width, block_width(drawing.lines))
        spots += [spot.moved(x, 0) for spot in drawing.spots]
        blocks.append([text_line("", room), *drawing.lines])  # the first line sets the width
        x += room + gap
    chosen = [each for drawing in drawings for each in drawing.chosen]
    return Drawing(side_by_side(blocks, gap)[1:], spots, chosen)
