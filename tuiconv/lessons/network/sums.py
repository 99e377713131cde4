"""The products that make up a number of a weighted layer, in parts that can be opened one by one.

A unit adds up what it sees, times its kernel. A gradient adds up those of the units behind it,
times the weights with which they saw the unit: the same products, gathered the other way round.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from tuiconv.arithmetic import layers as specs
from tuiconv.arithmetic.sizes import Window
from tuiconv.lessons.figures import minus
from tuiconv.nn.layers import Array, Arrays

Floats: TypeAlias = npt.NDArray[np.float64]
Weighted: TypeAlias = (
    specs.Conv | specs.Local | specs.CausalConv | specs.TransposedConv | specs.FullyConnected
)
Unit: TypeAlias = tuple[int, int, int]
"""(map, row, column); of a vector row and column are 0."""
Meetings: TypeAlias = list[tuple[int, int]]
"""Along an axis: a tap of the kernel, and the cell or the unit that it meets."""

GROUP: Final = 8
"""So many numbers of a vector, or of a long row, are opened together: they fit any screen."""


@dataclass(frozen=True, eq=False)
class Part:
    """The products of one channel, or of some numbers of a vector."""

    name: str
    """`channel 3`, or `inputs 16–23`."""
    values: Array
    """(rows, columns); 0 where there is padding."""
    weights: Array
    """(rows, columns)."""
    origin: tuple[int, int] = (0, 0)
    """What the first row and column are counted as, unless the whole sum says it for all parts."""

    @property
    def products(self) -> Floats:
        """Exact: a product of two float32 has at most 48 binary digits."""
        with np.errstate(all="ignore"):
            return self.values.astype(np.float64) * self.weights + 0.0  # 0 times −1 is 0, not −0


@dataclass(frozen=True, eq=False)
class WeightedSum:
    """Σ parts Σ products, and the bias if there is one."""

    parts: tuple[Part, ...]
    stored: float
    bias: float | None = None
    rows: tuple[int, ...] = ()
    """Those of the cells, or of the units, that the values of every part are."""
    columns: tuple[int, ...] = ()
    padding: int = 0
    """How many of a part's values are padding."""
    turned: bool = False
    """Whether a kernel's taps, in their order, meet the units from the last to the first."""
    stretch: int | None = None
    """After so many products the kernel begins anew, and adds up these sums in float64."""


def unit_sum(
    spec: Weighted, parameters: Arrays, arriving: Array, unit: Unit, stored: float
) -> WeightedSum:
    """What a unit adds up.

    Args:
        spec: of its layer.
        parameters: of its layer.
        arriving: what the layer is given, (c, h, w) or (c,).
        unit: of the layer.
        stored: what left the layer there.
    """
    output, *place = unit
    weight, biases = parameters["weight"], parameters.get("bias")
    bias = None
    if biases is not None:
        bias = float(biases[output] if biases.ndim == 1 else biases[unit])
    if isinstance(spec, specs.FullyConnected):
        if arriving.ndim == 1:
            return WeightedSum(grouped("inputs", arriving, weight[output]), stored, bias)
        parts = by_map(
            "channel", range(len(arriving)), arriving, weight.reshape(-1, *arriving.shape)[output]
        )
        return WeightedSum(parts, stored, bias)
    window = spec.window
    rows, columns = (
        meeting_cell(window, axis, at, size)
        if isinstance(spec, specs.TransposedConv)
        else under_window(window, axis, at)
        for axis, (at, size) in enumerate(zip(place, arriving.shape[1:], strict=True))
    )
    channels = seen_channels(spec, output)
    kernel = kernel_of(spec, weight, unit, channels)
    (y, u), (x, v) = apart(rows), apart(columns)
    values = cells(arriving[channels], y, x)
    beyond = cells(np.ones_like(arriving[:1]), y, x) == 0
    weights = kernel[:, u[:, None], v]
    parts = by_map("channel", channels, values, weights)
    return WeightedSum(parts, stored, bias, tuple(y.tolist()), tuple(x.tolist()), int(beyond.sum()))


def gradient_sum(
    spec: Weighted,
    parameters: Arrays,
    leaving: Array,
    unit: Unit,
    size: tuple[int, ...],
    stored: float,
) -> WeightedSum:
    """What the gradient of a unit adds up: those of the units that see it, times their weights.

    Args:
        spec: of the layer that sees it.
        parameters: of that layer.
        leaving: the gradient of what leaves that layer, (c, h, w) or (c,).
        unit: of the layer before, on which it is.
        size: the shape of what leaves the layer before.
        stored: the gradient of the unit.
    """
    channel, *place = unit
    weight = parameters["weight"]
    if isinstance(spec, specs.FullyConnected):
        flat = int(np.ravel_multi_index(unit[: len(size)], size))
        return WeightedSum(grouped("units", leaving, weight[:, flat]), stored)
    window = spec.window
    rows, columns = (
        under_window(window, axis, at)
        if isinstance(spec, specs.TransposedConv)
        else meeting_cell(window, axis, at, units)
        for axis, (at, units) in enumerate(zip(place, leaving.shape[1:], strict=True))
    )
    if isinstance(spec, specs.Local):  # its kernel goes through the units, not through the taps
        rows, columns = rows[::-1], columns[::-1]
    outputs = [o for o in range(len(leaving)) if channel in seen_channels(spec, o)]
    (i, u), (j, v) = apart(rows), apart(columns)
    values = cells(leaving[outputs], i, j)
    if isinstance(spec, specs.Local):
        weights = weight[:, i[:, None], j, channel, u[:, None], v]
    else:
        kernels = [kernel_of(spec, weight, (o, 0, 0), [channel])[0] for o in outputs]
        weights = np.stack(kernels)[:, u[:, None], v]
    parts = by_map("map", outputs, values, weights)
    turned = not isinstance(spec, specs.Local | specs.TransposedConv)
    return WeightedSum(
        parts, stored, rows=tuple(i.tolist()), columns=tuple(j.tolist()), turned=turned
    )


def under_window(window: Window, axis: int, unit: int) -> Meetings:
    """Every tap of a unit's window, and the cell beneath it, which may be padding."""
    begin = unit * window.stride[axis] - window.before[axis]
    return [(tap, begin + tap * window.dilation[axis]) for tap in range(window.kernel_size[axis])]


def meeting_cell(window: Window, axis: int, cell: int, units: int) -> Meetings:
    """Every tap with which some unit's window meets a cell, and that unit; taps in their order."""
    found = []
    for tap in range(window.kernel_size[axis]):
        begin = cell + window.before[axis] - tap * window.dilation[axis]
        unit, rest = divmod(begin, window.stride[axis])
        if rest == 0 and 0 <= unit < units:
            found.append((tap, unit))
    return found


def apart(meetings: Meetings) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The cells, and the taps."""
    taps, places = np.array(meetings, np.intp).reshape(-1, 2).T
    return places, taps


def cells(maps: Array, rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp]) -> Array:
    """The cells (c, rows, columns) of maps (c, h, w); 0 where there is none."""
    _, height, width = maps.shape
    y, x = np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)
    inside = (y == rows)[:, None] & (x == columns)
    return np.where(inside, maps[:, y[:, None], x], maps.dtype.type(0))


def span(numbers: Sequence[int]) -> str:
    """`4–8`; `4` if it is one, and each if there are gaps."""
    if not numbers:
        return "none"
    if len(numbers) == 1 or numbers[-1] - numbers[0] + 1 != len(numbers):
        return ", ".join(map(minus, map(str, numbers)))
    return f"{minus(str(numbers[0]))}–{minus(str(numbers[-1]))}"


def seen_channels(spec: Weighted, output: int) -> list[int]:
    """The channels that a map sees."""
    channels = spec.input[0]
    if isinstance(spec, specs.Conv) and spec.connection_table is not None:
        return [c for c, is_seen in enumerate(spec.connection_table[output]) if is_seen]
    if isinstance(spec, specs.Local | specs.FullyConnected) or spec.groups == 1:
        return list(range(channels))
    share = channels // spec.groups
    begin = output // (spec.channels // spec.groups) * share
    return list(range(begin, begin + share))


def kernel_of(spec: Weighted, weight: Array, unit: Unit, channels: list[int]) -> Array:
    """The weights (channels, kernel height, kernel width) with which a unit sees some channels."""
    output, row, column = unit
    if isinstance(spec, specs.Local):
        kernel = weight[output, row, column, channels]
    elif isinstance(spec, specs.TransposedConv):
        kernel = weight[channels, output % weight.shape[1]]
    elif isinstance(spec, specs.Conv) and spec.connection_table is not None:
        kernel = weight[output, channels]
    else:
        kernel = weight[output, [channel % weight.shape[1] for channel in channels]]
    return np.asarray(kernel).reshape(len(channels), *spec.window.kernel_size)


def by_map(what: str, numbers: Iterable[int], values: Array, weights: Array) -> tuple[Part, ...]:
    """A part for every channel or map."""
    return tuple(
        Part(f"{what} {number}", *pair)
        for number, *pair in zip(numbers, values, weights, strict=True)
    )


def grouped(what: str, values: Array, weights: Array) -> tuple[Part, ...]:
    """The numbers of a vector, some in a part."""
    return tuple(
        Part(
            f"{what} {begin}–{min(begin + GROUP, len(values)) - 1}",
            values[np.newaxis, begin : begin + GROUP],
            weights[np.newaxis, begin : begin + GROUP],
            (0, begin),
        )
        for begin in range(0, len(values), GROUP)
    )
