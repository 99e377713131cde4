"""The two formulas of a sliding window, exact: how many places it takes, and what it sees."""

from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import TypeAlias

Pair: TypeAlias = tuple[int, int]
"""(vertical, horizontal)."""
Lengths: TypeAlias = tuple[int | Fraction, int | Fraction]
"""(vertical, horizontal), in cells of the input image."""


@dataclass(frozen=True)
class Window:
    """A window that slides over maps: (vertical, horizontal) pairs as in `torch.nn.Conv2d`."""

    kernel_size: Pair = (1, 1)
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    rounds_up: bool = False
    """Whether a last window may reach beyond what there is, if it begins before its end."""

    def output_size(self, size: int, axis: int) -> int:
        """How many places the window takes along `axis` (0 vertical, 1 horizontal) of `size` cells.

        floor((size + 2·padding − dilation·(kernel − 1) − 1) / stride) + 1; less than 1 when the
        window does not fit (CS231n, "Spatial arrangement"). Where it rounds up, ceil(…) + 1, less
        the window that would begin in the padding behind (as PyTorch's pools with ceil_mode).
        """
        reach = self.dilation[axis] * (self.kernel_size[axis] - 1) + 1
        stride, free = self.stride[axis], size + 2 * self.padding[axis] - reach
        if not self.rounds_up:
            return free // stride + 1
        places = -(-free // stride) + 1
        return places - ((places - 1) * stride >= size + self.padding[axis])

    def formula(self, size: int, axis: int) -> str:
        """The size formula with this axis's numbers in it, for messages and lessons."""
        kernel, stride = self.kernel_size[axis], self.stride[axis]
        padding, dilation = self.padding[axis], self.dilation[axis]
        rounding = "ceil" if self.rounds_up else "floor"
        return (
            f"{rounding}(({size} + 2·{padding} − {dilation}·({kernel} − 1) − 1) / {stride}) + 1"
            f" = {self.output_size(size, axis)}"
        )


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

    def through(self, window: Window) -> "ReceptiveField":
        """The receptive field after one more layer: size += reach·jump, jump *= stride."""
        (kernel, stride) = (window.kernel_size, window.stride)
        (padding, dilation) = (window.padding, window.dilation)
        rows, columns = (
            (
                self.size[axis] + dilation[axis] * (kernel[axis] - 1) * self.jump[axis],
                self.jump[axis] * stride[axis],
                self.start[axis] - padding[axis] * self.jump[axis],
            )
            for axis in (0, 1)
        )
        return ReceptiveField(*zip(rows, columns, strict=True))

    def spread(self, window: Window) -> "ReceptiveField":
        """The receptive field after a layer that lays its window on the output for every cell.

        Cell j reaches the units j·stride − padding … + reach, so unit i sees the cells from
        (i + padding − reach) / stride to (i + padding) / stride.
        """
        (kernel, stride) = (window.kernel_size, window.stride)
        rows, columns = (
            (
                whole(self.size[axis] + self.jump[axis] * Fraction(reach, stride[axis])),
                whole(self.jump[axis] * Fraction(1, stride[axis])),
                whole(
                    self.start[axis]
                    + self.jump[axis] * Fraction(window.padding[axis] - reach, stride[axis])
                ),
            )
            for axis in (0, 1)
            for reach in (window.dilation[axis] * (kernel[axis] - 1),)
        )
        return ReceptiveField(*zip(rows, columns, strict=True))


def whole(length: Fraction) -> int | Fraction:
    """The length as an integer if it is one."""
    return int(length) if length.denominator == 1 else length
