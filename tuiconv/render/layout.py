"""Where the panels of a scene stand: rows below each other, columns beside each other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from tuiconv.render.drawing import Drawing, below, beside

GAP: Final = 3
"""Cells between columns."""


WELL: Final = 0.6
"""The share of a screen's lines that a map has at most below the first screen of a long page."""


@dataclass(frozen=True)
class Need:
    """Lines or cells: the fewest that something can be drawn in, and the most it makes use of."""

    least: int
    most: int


@dataclass(frozen=True, eq=False)
class Row:
    """Something that takes the whole width of the page or of a column."""

    need: Need
    """Lines."""
    draw: Callable[[int], Drawing]
    """The drawing in about so many lines."""
    used: Callable[[int], int] = lambda height: height
    """How many of so many lines the drawing takes; maps grow in steps."""
    blanks: int = 0
    """How many of the fewest lines are blank, and are left out if all fits without them."""
    is_map: bool = True
    """Whether it is drawn large below the first screen of a long page, too."""


def fixed(drawing: Drawing) -> Row:
    """A row that is what it is, however many lines there are."""
    lines = len(drawing.lines)
    return Row(Need(lines, lines), lambda height: drawing)


def column(rows: Sequence[Row]) -> Row:
    """Rows below each other, blank lines between them."""
    between = max(len(rows) - 1, 0)
    blanks = sum(row.blanks for row in rows) + between
    need = Need(
        sum(row.need.least for row in rows) + between, sum(row.need.most for row in rows) + between
    )

    def split(height: int) -> tuple[list[int], int]:
        """The lines of every row, and those between rows."""
        is_tight = need.least - blanks <= height < need.least
        saved, gap = (1, 0) if is_tight else (0, 1)
        needs = [Need(row.need.least - saved * row.blanks, row.need.most) for row in rows]
        lines = [
            scrolled(each, height) if row.is_map else each.least
            for each, row in zip(needs, rows, strict=True)
        ]
        first = first_screen(needs, height, gap)
        room = height - gap * max(first - 1, 0)
        lines[:first] = shares(needs[:first], room)
        for i in range(first):  # what one does not use the others may have
            taken = max(needs[i].least, rows[i].used(lines[i]))
            if taken < lines[i]:
                needs[i] = Need(taken, taken)
        lines[:first] = shares(needs[:first], room)
        return lines, gap

    def draw(height: int) -> Drawing:
        lines, gap = split(height)
        return below([row.draw(share) for row, share in zip(rows, lines, strict=True)], gap)

    def used(height: int) -> int:
        lines, gap = split(height)
        return sum(lines) + gap * between

    return Row(need, draw, used, blanks, any(row.is_map for row in rows))


def columns(rows: Sequence[Row], widths: Sequence[int]) -> Row:
    """Columns of such widths beside each other, as high as the highest."""
    need = Need(max(row.need.least for row in rows), max(row.need.most for row in rows))
    tight = max(row.need.least - row.blanks for row in rows)

    def draw(height: int) -> Drawing:
        return beside([row.draw(height) for row in rows], widths, GAP)

    def used(height: int) -> int:
        return max(row.used(height) for row in rows)

    return Row(need, draw, used, need.least - tight, any(row.is_map for row in rows))


def first_screen(needs: Sequence[Need], height: int, gap: int) -> int:
    """How many rows, from the first on, have room in so many lines at their least."""
    ends = accumulate(need.least + gap for need in needs)
    return sum(end - gap <= height for end in ends)


def scrolled(need: Need, height: int) -> int:
    """The lines of a row below the first screen, to which one has to scroll: enough to see well."""
    return max(need.least, min(need.most, int(height * WELL)))


def shares(needs: Sequence[Need], total: int) -> list[int]:
    """How a total is shared out: nobody less than the least, and beyond that all alike.

    What one does not need the others have.
    """
    found = [0] * len(needs)
    waiting = sorted(range(len(needs)), key=lambda i: needs[i].most)
    for place, i in enumerate(waiting):
        others = sum(needs[j].least for j in waiting[place + 1 :])
        fair = min(total // (len(needs) - place), total - others)
        found[i] = max(needs[i].least, min(needs[i].most, fair))
        total -= found[i]
    return found


def bands(needs: Sequence[Need], width: int) -> list[list[int]]:
    """Which columns stand beside each other: as many as there is room for, the others below."""
    found: list[list[int]] = []
    taken = width + 1
    for place, need in enumerate(needs):
        taken += GAP + need.least
        if taken > width:
            found.append([])
            taken = need.least
        found[-1].append(place)
    return found
