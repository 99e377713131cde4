"""A unit of a layer without weights as its formula, with the numbers in it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from tuiconv.arithmetic import joins
from tuiconv.arithmetic import layers as specs
from tuiconv.arithmetic.pooling import GlobalPool, Pool
from tuiconv.lessons.network.digits import exact, in_brackets, short, signed
from tuiconv.lessons.network.sums import Unit, span, under_window
from tuiconv.nn.joins import Join
from tuiconv.nn.layers import Array, Layer


@dataclass(frozen=True, eq=False)
class Told:
    """How a unit came about."""

    formula: str
    """With the numbers in it."""
    value: float | None
    """What the formula gives; None if it only names where the number is from."""
    window: Array | None = None
    """The numbers that it is made of, (rows, columns)."""
    winner: tuple[int, int] | None = None
    """The one of them that is passed on."""
    title: str = ""
    """What the window is."""
    origin: tuple[int, int] = (0, 0)
    """Its first row and column."""


def told(layer: Layer | Join, inputs: Sequence[Array], unit: Unit) -> Told | None:
    """The formula of a unit; None for a kind whose units depend on too much to be spelled out.

    Args:
        layer: without weights.
        inputs: what it is given, (c, h, w) or (c,) each.
        unit: of the layer.
    """
    spec = layer.spec
    if isinstance(spec, joins.Join):
        return joined(spec, inputs, unit)
    (x,) = inputs
    if isinstance(spec, Pool | GlobalPool):
        return pooled(layer, spec, x, unit)
    if isinstance(spec, specs.Flatten):
        place = np.unravel_index(unit[0], x.shape)
        return moved(spec.input, x, tuple(map(int, place)))
    if isinstance(spec, specs.Shuffle | specs.Unshuffle):
        numbers = np.arange(x.size, dtype=np.float64).reshape(1, *x.shape)
        (number,) = layer.forward(numbers)[0][unit].reshape(1)
        return moved(spec.input, x, tuple(map(int, np.unravel_index(int(number), x.shape))))
    if isinstance(spec, specs.ResponseNorm):
        return damped(spec, x, unit)
    if spec.output != spec.input or isinstance(
        spec, specs.Whiten | specs.SubtractiveNorm | specs.DivisiveNorm | specs.Softmax
    ):
        return None
    return pointwise(layer, float(x[unit[: x.ndim]]), unit[0])


def pointwise(layer: Layer | Join, x: float, channel: int) -> Told | None:
    """A function of one number."""
    text, at = exact(x), in_brackets(x)
    match layer.spec:
        case specs.ReLU():
            return Told(f"max(0, {text})", max(0.0, x))
        case specs.ReLU6():
            return Told(f"min(max(0, {text}), 6)", min(max(0.0, x), 6.0))
        case specs.LeakyReLU(slope=slope):
            if x > 0:
                return Told(f"{text}, as it is above 0", x)
            return Told(f"{slope:g} · {at}, as it is not above 0", slope * x)
        case specs.Tanh():
            return Told(f"tanh({text})", math.tanh(x))
        case specs.ScaledTanh():
            return Told(f"1.7159 · tanh(2/3 · {at})", 1.7159 * math.tanh(2 / 3 * x))
        case specs.Sigmoid():
            return Told(f"1 / (1 + exp(−{at}))", 1 / (1 + math.exp(-x)) if x > -700 else 0.0)
        case specs.Shrink(threshold=threshold):
            if abs(x) <= threshold:
                return Told(f"0, as {text} is no further from 0 than {threshold:g}", 0.0)
            return Told(f"{text} drawn to 0 by {threshold:g}", x - math.copysign(threshold, x))
        case specs.Dropout():
            return Told(f"{text}: only in training is anything dropped", x)
        case specs.BatchNorm(eps=eps):
            mean, variance = (
                float(layer.buffers[name][channel]) for name in ("running_mean", "running_var")
            )
            gain, bias = (float(layer.parameters[name][channel]) for name in ("weight", "bias"))
            value = (x - mean) / math.sqrt(variance + eps) * gain + bias
            return Told(
                f"({text} − {in_brackets(mean)}) / √({exact(variance)} + {eps:g})"
                f" · {in_brackets(gain)}{signed(bias)}",
                value,
            )
        case _:
            return None


def pooled(layer: Layer | Join, spec: Pool | GlobalPool, x: Array, unit: Unit) -> Told:
    """One number of a window, or of a map."""
    channel, *place = unit
    if isinstance(spec, GlobalPool):
        rows, columns = (list(range(size)) for size in x.shape[1:])
    else:
        rows, columns = (
            [cell for _, cell in under_window(spec.window, axis, at) if 0 <= cell < size]
            for axis, (at, size) in enumerate(zip(place, x.shape[1:], strict=True))
        )
    cells = x[channel][np.ix_(rows, columns)]
    numbers = cells.astype(np.float64)
    whole, count = math.fsum(numbers.ravel().tolist()), numbers.size
    title, origin = f"map {channel}, rows {span(rows)}, columns {span(columns)}", (0, 0)
    if rows[-1] - rows[0] < len(rows) and columns[-1] - columns[0] < len(columns):
        origin = rows[0], columns[0]
    match spec:
        case specs.MaxPool() | specs.GlobalMaxPool():
            row, column = map(int, np.unravel_index(int(cells.argmax()), cells.shape))
            formula = f"the largest of {count}: that of row {rows[row]}, column {columns[column]}"
            return Told(formula, float(cells.max()), cells, (row, column), title, origin)
        case specs.AvgPool(count="all"):
            counted = all_cells(spec, x.shape[1:], place)
            formula, value = f"sum {short(whole)} / {counted}", whole / counted
            if counted > count:
                formula += f", as the padding's {counted - count} zeros count"
        case specs.AvgPool() | specs.GlobalAvgPool():
            formula, value = f"sum {short(whole)} / {count}", whole / count
        case specs.Subsample():
            gain, bias = (float(layer.parameters[name][channel]) for name in ("gain", "bias"))
            formula = f"sum {short(whole)} / {count} · {in_brackets(gain)}{signed(bias)}"
            value = whole / count * gain + bias
        case specs.LpPool(power=power):
            total = float((np.abs(numbers) ** power).sum())
            formula, value = (
                f"(Σ |x|^{power:g})^(1/{power:g}) = {short(total)}^(1/{power:g})",
                (total ** (1 / power)),
            )
        case specs.LogProbPool(beta=beta):
            top = float(numbers.max())
            total = float(np.exp(beta * (numbers - top)).sum())
            formula = f"log(Σ exp({beta:g}·x)) / {beta:g}"
            value = top + math.log(total) / beta
        case _:
            raise AssertionError(spec)
    return Told(formula, value, cells, None, title, origin)


def all_cells(spec: specs.AvgPool, size: Sequence[int], place: Sequence[int]) -> int:
    """The cells of a window that lie in the maps or in their padding."""
    window, counts = spec.window, []
    for axis in (0, 1):
        end = size[axis] + window.behind[axis]
        counts.append(sum(cell < end for _, cell in under_window(window, axis, place[axis])))
    return math.prod(counts)


def moved(shape: tuple[int, ...], x: Array, place: tuple[int, ...]) -> Told:
    """A number that is only put somewhere else."""
    at = f"channel {place[0]}" + (f", row {place[1]}, column {place[2]}" if len(shape) > 1 else "")
    return Told(f"what arrives at {at}", float(x[place]))


def damped(spec: specs.ResponseNorm, x: Array, unit: Unit) -> Told:
    """A value divided by a power of what its neighbouring channels say at the same place."""
    channel, row, column = unit
    begin, end = max(channel - spec.size // 2, 0), channel + (spec.size - 1) // 2 + 1
    channels = x[begin:end, row, column]
    squares = float((channels.astype(np.float64) ** 2).sum())
    divisor = spec.k + spec.alpha / spec.size * squares
    value = float(x[unit])
    return Told(
        f"{exact(value)} / ({spec.k:g} + {spec.alpha:g}/{spec.size} · {short(squares)})"
        f"^{spec.beta:g}; {short(squares)} is the sum of the squares below",
        value / divisor**spec.beta,
        channels[np.newaxis],
        (0, channel - begin),
        f"channels {span(range(begin, begin + len(channels)))} at row {row}, column {column}",
    )


def joined(spec: joins.Join, inputs: Sequence[Array], unit: Unit) -> Told:
    """What becomes of the ends of branches."""
    if isinstance(spec, joins.Concat):
        ends = list(accumulate(len(x) for x in inputs))
        branch = next(number for number, end in enumerate(ends) if unit[0] < end)
        channel = unit[0] - (ends[branch] - len(inputs[branch]))
        place = (channel, *unit[1:])[: inputs[branch].ndim]
        at = f"channel {channel}"
        return Told(f"what branch {branch} brings in its {at}", float(inputs[branch][place]))
    values = [float(x[unit[: x.ndim]]) for x in inputs]
    sign, value = (
        (" · ", math.prod(values)) if isinstance(spec, joins.Product) else (" + ", sum(values))
    )
    return Told(sign.join((exact(values[0]), *map(in_brackets, values[1:]))), value)
