"""Where the gradient of a unit comes from: the units behind it, each with its own gradient."""

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import get_args

import numpy as np

from tuiconv.arithmetic import joins
from tuiconv.arithmetic import layers as specs
from tuiconv.arithmetic.pooling import GlobalPool
from tuiconv.arithmetic.specs import Spec
from tuiconv.lessons.network.passing import Passing
from tuiconv.lessons.network.sums import Unit, Weighted, WeightedSum, gradient_sum, meeting_cell
from tuiconv.nn.joins import Join, arriving, carry_back
from tuiconv.nn.layers import Array, Layer

MOST_SHARES = 1000
"""Units behind one that are gone through; a map may have more."""


@dataclass(frozen=True)
class Share:
    """What comes back from one unit behind: its gradient times how it follows the unit before."""

    unit: Unit
    gradient: float
    derivative: float
    """Of the unit behind with respect to the one before."""


@dataclass(frozen=True, eq=False)
class Back:
    """What comes back from one layer behind."""

    layer: Spec
    total: float
    """As the layer's backward pass gives it."""
    sum: WeightedSum | None = None
    """Of a layer with weights."""
    shares: tuple[Share, ...] | None = None
    """Of another; None for a layer through which every unit depends on all."""


def backs(passing: Passing, place: int, unit: Unit) -> list[Back]:
    """What comes back to a unit, from the last layer that takes it to the first.

    Args:
        passing: an image in the network.
        place: of the unit's layer.
        unit: of it.
    """
    found = []
    layers = list(enumerate(passing.net.layers, 1))
    for behind, layer in reversed(layers):
        inputs = arriving(layer, passing.activations)
        for number, source in enumerate(layer.spec.sources):
            if source == place:
                found.append(back(passing, behind, layer, inputs, number, unit))
    return found


def back(
    passing: Passing, behind: int, layer: Layer | Join, inputs: list[Array], number: int, unit: Unit
) -> Back:
    """What comes back through one input of a layer."""
    spec, grad_out = layer.spec, passing.gradients[behind]
    x = inputs[number]
    total = float(derivative(layer, grad_out, inputs, number)[(0, *unit[: x.ndim - 1])])
    if isinstance(spec, get_args(Weighted)):
        whole = gradient_sum(spec, layer.parameters, grad_out[0], unit, x.shape[1:], total)
        return Back(spec, total, whole)
    reached = units_behind(layer, inputs, number, unit, grad_out.shape[1:])
    if reached is None:
        return Back(spec, total)
    shares = []
    for each in reached:
        at = (0, *each[: grad_out.ndim - 1])
        one = np.zeros_like(grad_out)
        one[at] = 1
        slope = derivative(layer, one, inputs, number)[(0, *unit[: x.ndim - 1])]
        shares.append(Share(each, float(grad_out[at]), float(slope)))
    return Back(spec, total, shares=tuple(shares))


def derivative(layer: Layer | Join, grad_out: Array, inputs: list[Array], number: int) -> Array:
    """What a gradient becomes on its way back through one input of a layer."""
    unused = {name: np.empty_like(array) for name, array in layer.parameters.items()}
    return carry_back(layer, grad_out, inputs, unused)[number]


def units_behind(
    layer: Layer | Join, inputs: list[Array], number: int, unit: Unit, size: tuple[int, ...]
) -> list[Unit] | None:
    """The units of a layer without weights that depend on a unit before it; None if they are all.

    Args:
        layer: behind the unit.
        inputs: what the layer is given.
        number: which of the inputs the unit is in.
        unit: of that input.
        size: the shape of what leaves the layer.
    """
    spec, (channel, row, column) = layer.spec, unit
    channels = range(channel, channel + 1)
    rows, columns = [row], [column]
    match spec:
        case joins.Concat():
            begin = sum(x.shape[1] for x in inputs[:number])
            channels = range(begin + channel, begin + channel + 1)
        case joins.Join():
            pass
        case specs.Softmax():
            channels = range(size[0])
        case specs.ResponseNorm():
            begin = max(channel - (spec.size - 1) // 2, 0)
            channels = range(begin, min(channel + spec.size // 2 + 1, size[0]))
        case specs.Whiten() | specs.SubtractiveNorm() | specs.DivisiveNorm():
            return None
        case specs.Flatten() | specs.Shuffle() | specs.Unshuffle():
            assert isinstance(layer, Layer)
            numbers = np.arange(1.0, prod(inputs[0].shape) + 1).reshape(inputs[0].shape)
            moved = layer.forward(numbers)[0]
            place = np.argwhere(moved == numbers[(0, *unit[: numbers.ndim - 1])])[0].tolist()
            channel, row, column = (*place, 0, 0)[:3]
            return [(channel, row, column)]
        case GlobalPool():
            rows, columns = [0], [0]
        case _:
            if len(size) == 3:
                rows, columns = (
                    [behind for _, behind in meeting_cell(spec.window, axis, at, units)]
                    for axis, (at, units) in enumerate(zip(unit[1:], size[1:], strict=True))
                )
    if len(channels) > MOST_SHARES:
        return None
    return [(c, i, j) for c, i, j in product(channels, sorted(rows), sorted(columns))]
