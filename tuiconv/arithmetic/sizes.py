"""The two formulas of a sliding window, in integers: how many places it takes, and what it sees."""

from dataclasses import dataclass
from typing import TypeAlias

Pair: TypeAlias = tuple[int, int]
"""(vertical, horizontal)."""


@dataclass(frozen=True)
class Window:
    """A window that slides over maps: (vertical, horizontal) pairs as in `torch.nn.Conv2d`."""

    kernel_size: Pair = (1, 1)
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)

    def output_size(self, size: int, axis: int) -> int:
        """How many places the window takes along `axis` (0 vertical, 1 horizontal) of `size` cells.

        floor((size + 2·padding − dilation·(kernel − 1) − 1) / stride) + 1; less than 1 when the
        window does not fit (CS231n, "Spatial arrangement").
        """
        reach = self.dilation[axis] * (self.kernel_size[axis] - 1) + 1
        return (size + 2 * self.padding[axis] - reach) // self.stride[axis] + 1

    def formula(self, size: int, axis: int) -> str:
        """The size formula with this axis's numbers in it, for messages and lessons."""
        kernel, stride = self.kernel_size[axis], self.stride[axis]
        padding, dilation = self.padding[axis], self.dilation[axis]
        return (
            f"floor(({size} + 2·{padding} − {dilation}·({kernel} − 1) − 1) / {stride}) + 1"
            f" = {self.output_size(size, axis)}"
        )


@dataclass(frozen=True)
class ReceptiveField:
    """What one unit sees of the input image, along (vertical, horizontal).

    Unit i of a map sees the image cells `start + i·jump … start + i·jump + size − 1`; cells below
    zero or past the edge are padding.
    """

    size: Pair = (1, 1)
    """Cells of the input image that one unit depends on."""
    jump: Pair = (1, 1)
    """Cells of the input image between neighbouring units: the overall (effective) stride."""
    start: Pair = (0, 0)
    """The first image cell that unit 0 sees; −start is the effective padding."""

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
