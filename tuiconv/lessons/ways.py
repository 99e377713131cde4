"""Ways from one value of a view to the next, which all lessons have in common."""

from collections.abc import Iterable, Sequence
from typing import Final, TypeVar, get_args

from tuiconv.lessons.view import Depth

T = TypeVar("T")
Number = TypeVar("Number", int, float)

DEPTHS: Final[tuple[Depth, ...]] = get_args(Depth)
SAME: Final = 1e-9
"""The share of a number within which another counts as the same."""


def after(values: Sequence[T], value: T, step: int = 1) -> T:
    """The value so many places behind one, round the end; the first if it is none of them."""
    if value not in values:
        return values[0]
    return values[(values.index(value) + step) % len(values)]


def rung(ladder: Iterable[Number], value: Number, step: int) -> Number:
    """The next larger number of a ladder, or (step −1) the next smaller; at the end the value."""
    rungs = [each for each in ladder if (each - value) * step > abs(value) * SAME]
    if not rungs:
        return value
    return min(rungs) if step > 0 else max(rungs)


def inward(depth: Depth) -> Depth:
    """One level further in: from everything to one map, from a map to one number."""
    return DEPTHS[min(DEPTHS.index(depth) + 1, len(DEPTHS) - 1)]


def outward(depth: Depth) -> Depth:
    """One level back out; at the overview the overview."""
    return DEPTHS[max(DEPTHS.index(depth) - 1, 0)]


def inside(cell: tuple[int, int], size: Sequence[int]) -> tuple[int, int]:
    """The cell of a map of some size that is nearest to one."""
    row, column = (min(max(at, 0), most - 1) for at, most in zip(cell, size, strict=True))
    return row, column
