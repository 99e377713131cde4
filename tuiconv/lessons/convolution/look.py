"""What a settled view is of: the layer, and what meets what in it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tuiconv.arithmetic.pooling import Pool
from tuiconv.lessons.convolution.meetings import Meeting, Meetings
from tuiconv.lessons.convolution.sliding import Sliding
from tuiconv.lessons.convolution.view import At, ConvolutionView, Pair
from tuiconv.nn.layers import Array


@dataclass(frozen=True, eq=False)
class Look:
    """A view, and what it is of."""

    view: ConvolutionView
    sliding: Sliding

    @property
    def cell(self) -> Pair:
        """The place that is pointed at."""
        assert self.view.cell is not None
        return self.view.cell

    @cached_property
    def meetings(self) -> Meetings:
        """All products of a map and a channel."""
        return Meetings.of(self.sliding.spec)

    @property
    def is_pool(self) -> bool:
        """Whether there is no kernel."""
        return isinstance(self.sliding.spec, Pool)

    @property
    def has_kernels(self) -> bool:
        """Whether there are several kernels, for each map and channel one."""
        weight = self.sliding.weight
        return weight is not None and weight.shape[:2] != (1, 1)

    @cached_property
    def chosen(self) -> tuple[Meeting, ...]:
        """The products that the place under the cursor has a part in."""
        found = {
            "output": self.meetings.of_output,
            "weight": self.meetings.of_weight,
            "input": self.meetings.of_input,
        }
        return found[self.view.at](self.cell)

    @property
    def channel(self) -> int:
        """Of the input: a pool's maps see the channel of their own number."""
        return self.view.map if self.is_pool else self.view.channel

    @property
    def size(self) -> Pair:
        """Rows and columns of the grid that the cursor is in."""
        return self.size_of(self.view.at)

    def size_of(self, grid: At) -> Pair:
        """Rows and columns of a grid."""
        return self._sizes[grid]

    @cached_property
    def _sizes(self) -> dict[At, Pair]:
        made = self.sliding
        (_, rows, columns), (_, height, width) = made.out.shape, made.x.shape
        kernel = made.spec.window.kernel_size
        return {"output": (rows, columns), "weight": kernel, "input": (height, width)}

    def x_at(self, channel: int, cell: Pair) -> float:
        """A number of the input; 0 if it is padding."""
        return float(self.sliding.x[channel, *cell]) if self.is_inside("input", cell) else 0.0

    def delta_at(self, map_: int, unit: Pair) -> float:
        """The gradient that comes back to an output; 0 if it is cut off."""
        return float(self.sliding.delta[map_, *unit]) if self.is_inside("output", unit) else 0.0

    def is_inside(self, grid: At, cell: Pair) -> bool:
        """Whether a cell is one of a grid, and is neither padding nor cut off."""
        (row, column), (height, width) = cell, self._sizes[grid]
        return 0 <= row < height and 0 <= column < width

    @property
    def padded(self) -> tuple[Array, Pair]:
        """The input with its padding, (channels, height, width), and its first row and column."""
        window, x = self.sliding.spec.window, self.sliding.x
        if self.view.operation == "transposed":
            return x, (0, 0)
        (top, left), (bottom, right) = window.before, window.behind
        fill = -np.inf if self.view.operation == "max" else 0.0
        wide = np.pad(x, ((0, 0), (top, bottom), (left, right)), constant_values=fill)
        return wide, (-top, -left)
