"""Which weight meets which input for which output: all there is to know of where a window lies."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from tuiconv.arithmetic import layers as specs
from tuiconv.lessons.convolution.sliding import Spec
from tuiconv.lessons.convolution.view import Pair

Along: TypeAlias = tuple[int, int, int]
"""Along an axis: a tap of the kernel, a cell of the input, a unit of the output."""


@dataclass(frozen=True)
class Meeting:
    """A product: `weight` times `input`, which is a part of `output`; each a row and a column."""

    weight: Pair
    input: Pair
    output: Pair


@dataclass(frozen=True)
class Meetings:
    """All products of a map and a channel.

    Of a window that slides over the input, cells of the padding are inputs as well, below 0 or
    behind the end. A transposed convolution slides over its output instead: there such units are
    outputs that are cut off.
    """

    rows: tuple[Along, ...]
    columns: tuple[Along, ...]

    @classmethod
    def of(cls, spec: Spec) -> "Meetings":
        """Those of a layer."""
        rows, columns = (tuple(along(spec, axis)) for axis in (0, 1))
        return cls(rows, columns)

    def of_output(self, unit: Pair) -> tuple[Meeting, ...]:
        """What an output adds up, in the order of the weights."""
        return crossed(
            (each for each in self.rows if each[2] == unit[0]),
            (each for each in self.columns if each[2] == unit[1]),
        )

    def of_input(self, cell: Pair) -> tuple[Meeting, ...]:
        """Which outputs an input has a part in, and by which weights, in their order."""
        return crossed(
            (each for each in self.rows if each[1] == cell[0]),
            (each for each in self.columns if each[1] == cell[1]),
        )

    def of_weight(self, tap: Pair) -> tuple[Meeting, ...]:
        """Every input that a weight ever meets, in the order of the outputs."""
        return crossed(
            (each for each in self.rows if each[0] == tap[0]),
            (each for each in self.columns if each[0] == tap[1]),
        )

    def reached(self) -> tuple[set[int], set[int]]:
        """The rows and the columns of the input in which any window has a cell."""
        return {each[1] for each in self.rows}, {each[1] for each in self.columns}


def along(spec: Spec, axis: int) -> Iterable[Along]:
    """All meetings along an axis, in the order of the taps, then of what the window slides over."""
    window = spec.window
    stride, before, dilation = (
        each[axis] for each in (window.stride, window.before, window.dilation)
    )
    taps = range(window.kernel_size[axis])
    if isinstance(spec, specs.TransposedConv):
        for tap, cell in product(taps, range(spec.input[1 + axis])):
            yield tap, cell, cell * stride - before + tap * dilation
        return
    for tap, unit in product(taps, range(spec.output[1 + axis])):
        yield tap, unit * stride - before + tap * dilation, unit


def crossed(rows: Iterable[Along], columns: Iterable[Along]) -> tuple[Meeting, ...]:
    """Every row with every column."""
    return tuple(
        Meeting((u, v), (y, x), (i, j)) for (u, y, i), (v, x, j) in product(rows, [*columns])
    )
