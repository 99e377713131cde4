"""The gradient of one weight: over all places, what it was multiplied with times what came back."""

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from tuiconv.arithmetic import layers as specs
from tuiconv.arithmetic.sizes import Window
from tuiconv.lessons.network.sums import (
    GROUP,
    Part,
    Weighted,
    WeightedSum,
    cells,
    seen_channels,
    span,
)
from tuiconv.nn.layers import Array
from tuiconv_kernels.products import STRETCH

Index: TypeAlias = tuple[int, ...]

ONE_PLACE: Final = "its place"
WHOLE_ROW: Final = 10
"""Places of a row that are still opened together."""


def weight_sum(
    spec: Weighted, name: str, index: Index, arriving: Array, leaving: Array, stored: float
) -> WeightedSum:
    """What the gradient of a parameter adds up, a part for each row of places.

    Args:
        spec: of its layer.
        name: `weight` or `bias`.
        index: of the number in that array.
        arriving: what the layer was given, (c, h, w) or (c,).
        leaving: the gradient of what left it.
        stored: the gradient of the parameter.
    """
    if name == "bias":
        deltas = leaving[index]
        return by_row(np.ones_like(deltas), deltas, stored)
    if isinstance(spec, specs.FullyConnected):
        output, place = index
        return by_row(arriving.reshape(-1)[place], leaving[output], stored)
    if isinstance(spec, specs.Local):
        output, row, column, channel, *tap = index
        y, x = (
            under(spec.window, axis, at, 1 + (row, column)[axis])[-1:]
            for axis, at in enumerate(tap)
        )
        return by_row(cells(arriving[[channel]], y, x), leaving[output, row, column], stored)
    first, second, *tap = index
    taps = (0, *tap)[-2:]
    if isinstance(spec, specs.TransposedConv):
        share = spec.channels // spec.groups
        output = first // (spec.input[0] // spec.groups) * share + second
        sizes = arriving.shape[1:]
        i, j = (under(spec.window, axis, at, sizes[axis]) for axis, at in enumerate(taps))
        return by_row(arriving[first], cells(leaving[[output]], i, j)[0], stored)
    channels = seen_channels(spec, first)
    if isinstance(spec, specs.Conv) and spec.table is not None:
        if second not in channels:  # no connection
            return WeightedSum((), stored)
        channels = list(range(spec.input[0]))
    channel = channels[second]
    sizes = leaving.shape[1:]
    y, x = (under(spec.window, axis, at, sizes[axis]) for axis, at in enumerate(taps))
    return by_row(cells(arriving[[channel]], y, x)[0], leaving[first], stored)


def under(window: Window, axis: int, tap: int, units: int) -> npt.NDArray[np.intp]:
    """The cells beneath one tap of the windows of so many units."""
    begin = tap * window.dilation[axis] - window.before[axis]
    return begin + window.stride[axis] * np.arange(units)


def by_row(values: Array, deltas: Array, stored: float) -> WeightedSum:
    """A part for every row of places, or for every stretch of a long one."""
    deltas = np.atleast_2d(deltas)
    values = np.asarray(values).reshape(deltas.shape)
    if deltas.size == 1:
        return WeightedSum((Part(ONE_PLACE, values, deltas),), stored)
    rows, width = deltas.shape
    size = width if width <= WHOLE_ROW else GROUP
    parts = []
    for row in range(rows):
        for begin in range(0, width, size):
            end = min(begin + size, width)
            name = f"row {row}" + f", columns {span(range(begin, end))}" * (size < width)
            part = values[[row], begin:end], deltas[[row], begin:end]
            parts.append(Part(name, *part, (row, begin)))
    return WeightedSum(tuple(parts), stored, stretch=STRETCH)
