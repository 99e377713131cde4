"""The two formulas of a sliding window, exact: how many places it takes, and what it sees."""

from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Final, TypeAlias

Pair: TypeAlias = tuple[int, int]
"""(vertical, horizontal)."""
Side: TypeAlias = int | Pair
"""What is laid before and behind an axis: one number for both, or (before, behind)."""
Padding: TypeAlias = tuple[Side, Side]
"""(vertical, horizontal)."""
Lengths: TypeAlias = tuple[int | Fraction, int | Fraction]
"""(vertical, horizontal), in cells of the input image."""


@dataclass(frozen=True)
class Window:
    """A window that slides over maps: (vertical, horizontal) pairs as in `torch.nn.Conv2d`."""

    kernel_size: Pair = (1, 1)
    stride: Pair = (1, 1)
    padding: Padding = (0, 0)
    dilation: Pair = (1, 1)
    rounds_up: bool = False
    """Whether a last window may reach beyond what there is, if it begins before its end."""

    @property
    def before(self) -> Pair:
        """The padding above and on the left."""
        vertical, horizontal = self.padding
        return sides(vertical)[0], sides(horizontal)[0]

    @property
    def behind(self) -> Pair:
        """The padding below and on the right."""
        vertical, horizontal = self.padding
        return sides(vertical)[1], sides(horizontal)[1]

    @property
    def span(self) -> Pair:
        """Cells from the window's first to its last: dilation·(kernel − 1) + 1."""
        (high, wide), (down, across) = self.kernel_size, self.dilation
        return down * (high - 1) + 1, across * (wide - 1) + 1

    def output_size(self, size: int, axis: int) -> int:
        """How many places the window takes along `axis` (0 vertical, 1 horizontal) of `size` cells.

        floor((size + padding before and behind − span) / stride) + 1; less than 1 when the window
        does not fit (CS231n, "Spatial arrangement"). Where it rounds up, ceil(…) + 1, less the
        window that would begin behind the maps (as PyTorch's pools with ceil_mode).
        """
        return self.places(size, axis) - self.begins_behind(size, axis)

    def places(self, size: int, axis: int) -> int:
        """How many places there are by the formula alone."""
        free = size + self.before[axis] + self.behind[axis] - self.span[axis]
        stride = self.stride[axis]
        return (-(-free // stride) if self.rounds_up else free // stride) + 1

    def begins_behind(self, size: int, axis: int) -> bool:
        """Whether by rounding up a last window would begin behind the maps: it is left out."""
        if not self.rounds_up:
            return False
        start = (self.places(size, axis) - 1) * self.stride[axis] - self.before[axis]
        return start >= size

    def discarded(self, size: int, axis: int) -> int:
        """How many cells at the end no window reaches, as the formula rounds down.

        Padding is not counted, nor are cells between windows that lie apart.
        """
        place = self.output_size(size, axis) - 1
        _, last = self.sees(place, place, axis)
        return max(size - 1 - max(last, -1), 0)

    def sees(self, first: int, last: int, axis: int) -> Pair:
        """The first and the last cell under the windows from place `first` to `last`."""
        stride, start = self.stride[axis], -self.before[axis]
        return start + first * stride, start + last * stride + self.span[axis] - 1

    def reaches(self, first: int, last: int, axis: int) -> Pair:
        """The first and the last place whose window touches the cells from `first` to `last`.

        The last is before the first where they lie between windows, or between a window's cells.
        """
        stride, before = self.stride[axis], self.before[axis]
        taps = range(0, self.span[axis], self.dilation[axis])

        def places(tap: int) -> Pair:
            # the first and the last at which this cell of the window is one of them
            return -((tap - before - first) // stride), (last + before - tap) // stride

        firsts = (low for low, high in map(places, reversed(taps)) if low <= high)
        lasts = (high for low, high in map(places, taps) if low <= high)
        low = next(firsts, places(taps[-1])[0])
        return low, next(lasts, low - 1)

    def formula(self, size: int, axis: int) -> str:
        """The size formula with this axis's numbers in it, for messages and lessons.

        `floor((32 + 2·2 − 5) / 2) + 1 = 16`; with a dilation of 2 the span of 5 cells is
        `(2·(5 − 1) + 1)`, with unequal padding 2·2 is `1 + 2`.
        """
        rounding = "ceil" if self.rounds_up else "floor"
        free = f"{size}{added(self.padding[axis])} − {self.spelled_span(axis)}"
        places = f"{rounding}(({free}) / {self.stride[axis]}) + 1"
        left = f"= {self.output_size(size, axis)}"
        if self.begins_behind(size, axis):
            return f"{places} − 1 {left} (one more window would begin behind the maps)"
        return f"{places} {left}"

    def spelled_span(self, axis: int) -> str:
        """The span as a number, or in brackets how it comes about."""
        kernel, dilation = self.kernel_size[axis], self.dilation[axis]
        return str(kernel) if dilation == 1 else f"({dilation}·({kernel} − 1) + 1)"


SINGLE: Final = Window()
"""A single cell, as a layer that changes every number by itself has it."""


def sides(side: Side) -> Pair:
    """(before, behind)."""
    return side if isinstance(side, tuple) else (side, side)


def added(side: Side, sign: str = "+") -> str:
    """Padding as part of a formula: ` + 2·1`, or ` + 1 + 2` if it is unequal."""
    if isinstance(side, tuple):
        return f" {sign} {side[0]} {sign} {side[1]}"
    return f" {sign} 2·{side}"


@dataclass(frozen=True)
class ReceptiveField:
    """What one unit sees of the input image, along (vertical, horizontal).

    Unit i of a map sees the image cells `start + i·jump … start + i·jump + size − 1`; cells below
    zero or past the edge are padding. Behind a layer that enlarges maps these may be fractions: a
    unit then sees the whole cells between the two ends, and neighbours may see the same.
    """

    size: Lengths = (1, 1)
    """Cells of the input image that one unit depends on."""
    jump: Lengths = (1, 1)
    """Cells of the input image between neighbouring units: the overall (effective) stride."""
    start: Lengths = (0, 0)
    """The first image cell that unit 0 sees; −start is the effective padding."""

    @property
    def cells(self) -> Pair:
        """The whole cells that a unit sees, at most."""
        return floor(self.size[0]), floor(self.size[1])

    def exceeds(self, image: tuple[int, ...]) -> bool:
        """Whether a unit sees more than an image (channels, height, width) has: always padding."""
        return any(seen > size for seen, size in zip(self.size, image[1:], strict=True))

    def through(self, window: Window) -> "ReceptiveField":
        """The receptive field after one more layer: size += (span − 1)·jump, jump *= stride."""
        if window == SINGLE:
            return self
        rows, columns = (
            (
                self.size[axis] + (window.span[axis] - 1) * self.jump[axis],
                self.jump[axis] * window.stride[axis],
                self.start[axis] - window.before[axis] * self.jump[axis],
            )
            for axis in (0, 1)
        )
        return ReceptiveField(*zip(rows, columns, strict=True))

    def spread(self, window: Window) -> "ReceptiveField":
        """The receptive field after a layer that lays its window on the output for every cell.

        Cell j reaches the units j·stride − padding … + span − 1, so unit i sees the cells from
        (i + padding − span + 1) / stride to (i + padding) / stride.
        """
        rows, columns = (
            (
                whole(self.size[axis] + jump * (window.span[axis] - 1)),
                whole(jump),
                whole(self.start[axis] + jump * (window.before[axis] - window.span[axis] + 1)),
            )
            for axis in (0, 1)
            for jump in (self.jump[axis] * Fraction(1, window.stride[axis]),)
        )
        return ReceptiveField(*zip(rows, columns, strict=True))


def whole(length: Fraction) -> int | Fraction:
    """The length as an integer if it is one."""
    return int(length) if length.denominator == 1 else length
