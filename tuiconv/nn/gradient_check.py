"""The gradient of single parameters beside the slope that changing them gives.

Backpropagation says how the loss changes with a parameter w; so does trying:

    numeric = (loss(w + h) − loss(w − h)) / 2h

whose error shrinks with h² until rounding shows (Rikkyo slides, backpropagation with numbers).
Everything is computed in float64.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tuiconv.errors import RequestError
from tuiconv.nn.evaluation import EvaluationError
from tuiconv.nn.layers import Array, Labels
from tuiconv.nn.losses import loss_named
from tuiconv.nn.network import Network

Place: TypeAlias = tuple[str, tuple[int, ...]]
"""A parameter's name and an index into it."""
Flags: TypeAlias = npt.NDArray[np.bool_]

STEPS = (1e-5, 1e-6, 1e-7)
"""Tried in turn until the two agree. Where ReLU or a maximum switches between w − h and w + h, the
slope is that of neither side; a smaller step misses the switch. A wrong gradient is wrong at all
of them."""

RELATIVE = 1e-5
ABSOLUTE = 1e-9
"""What rounding of the loss does to the numeric slope."""

_WHOLE = re.compile("[0-9]{1,9}")
_NAME = re.compile(r"\s*([\w.]+)\s*(?:\[([^\[\]]*)\])?\s*")


@dataclass(frozen=True)
class Slope:
    """One parameter's gradient, found in two ways."""

    parameter: str
    """Such as conv1.weight[2,0,1,1]."""
    value: float
    """The parameter itself."""
    analytic: float
    """By backpropagation."""
    numeric: float
    """By central difference."""
    step: float
    """The h of the central difference."""

    @property
    def relative_error(self) -> float:
        """|analytic − numeric| / max(|analytic|, |numeric|); 0 if both are 0."""
        largest = max(abs(self.analytic), abs(self.numeric))
        return abs(self.analytic - self.numeric) / largest if largest else 0.0

    @property
    def agrees(self) -> bool:
        """Whether the two differ by no more than rounding explains."""
        largest = max(abs(self.analytic), abs(self.numeric))
        return abs(self.analytic - self.numeric) <= RELATIVE * largest + ABSOLUTE


def check_gradients(
    net: Network,
    x: Array,
    labels: Labels,
    places: Sequence[Place],
    loss: str = "cross_entropy",
) -> list[Slope]:
    """Both gradients of a loss on a batch, for some parameters.

    The network is copied to float64 first and stays as it is.

    Args:
        net: in evaluation mode.
        x: (n, channels, height, width), normalised.
        labels: class numbers, (n,).
        places: parameters by name and index, as `find_places` or `sample_places` give them.
        loss: "cross_entropy", "squared" or "svm".

    Raises:
        ValueError: the batch does not fit the network.
        EvaluationError: the loss is not a number.
    """
    exact, judge = in_float64(net), loss_named(loss)
    trace = exact.trace(x, labels, loss)
    if trace.loss is None or not math.isfinite(trace.loss):
        raise EvaluationError(f"the loss is {trace.loss}: the network's training diverged")
    images, gradients = exact.checked(x), trace.parameter_gradients
    arrays = exact.named(exact.parameters)

    def loss_with(name: str, place: tuple[int, ...], value: float) -> float:
        before = arrays[name][place]
        arrays[name][place] = value
        mean = judge.mean(exact.forward(images)[exact.seen(judge)], labels)
        arrays[name][place] = before
        return mean

    def slope(name: str, place: tuple[int, ...], step: float) -> Slope:
        value = float(arrays[name][place])
        above, below = value + step, value - step
        rise = loss_with(name, place, above) - loss_with(name, place, below)
        return Slope(
            parameter=f"{name}[{','.join(map(str, place))}]",
            value=value,
            analytic=float(gradients[name][place]),
            numeric=rise / (above - below),  # what rounding left of 2h
            step=step,
        )

    return [nearest(slope(name, place, step) for step in STEPS) for name, place in places]


def nearest(tried: Iterable[Slope]) -> Slope:
    """The first whose two gradients agree; if none do, the one where they differ least."""
    slopes = []
    for slope in tried:
        if slope.agrees:
            return slope
        slopes.append(slope)
    return min(slopes, key=lambda slope: slope.relative_error)


def in_float64(net: Network) -> Network:
    """A copy of the network that computes in float64."""
    exact = Network(net.spec, 0, net.class_names, net.preprocessing, np.float64)
    exact.load_state_dict(net.state_dict())
    return exact


def learned(net: Network) -> dict[str, Flags]:
    """Which numbers of every parameter are learned: all but weights without a connection."""
    flags = {name: np.ones(array.shape, bool) for name, array in net.named(net.parameters).items()}
    for layer in net.layers:
        if layer.connections is not None:
            flags[f"{layer.name}.weight"][~layer.connections] = False
    return flags


def find_places(
    flags: Mapping[str, Flags], text: str, count: int, rng: np.random.Generator
) -> list[Place]:
    """The parameter that `conv1.weight[2,0,1,1]` names; of `conv1.weight`, `count` at random.

    Args:
        flags: as `learned` returns them.
        text: a name, and an index if one number alone is meant.
        count: how many are drawn where there is no index.
        rng: draws them.

    Raises:
        RequestError: no such parameter, with the nearest name, an index outside its shape, or a
            weight that is not learned.
    """
    matched = _NAME.fullmatch(text)
    if matched is None:
        raise RequestError(f'"{text}": expected a parameter such as conv1.weight[2,0,1,1]')
    name, index = matched.groups()
    if name not in flags:
        close = get_close_matches(name, flags, 1)
        hint = f"did you mean {close[0]}? " if close else ""
        raise RequestError(
            f'no parameter is called "{name}": {hint}the network has {", ".join(flags)}'
        )
    if index is None:
        return sample_places({name: flags[name]}, count, rng)
    place = parse_index(name, flags[name].shape, index)
    if not flags[name][place]:
        raise RequestError(
            f"{name}[{index}]: not learned; the layer's table has no such connection"
        )
    return [(name, place)]


def parse_index(name: str, shape: tuple[int, ...], index: str) -> tuple[int, ...]:
    """The whole numbers of an index such as `2,0,1,1`, one for every axis of the shape.

    Raises:
        RequestError: other things than numbers, too few or too many, or one out of range.
    """
    numbers = [number.strip() for number in index.split(",")]
    if len(numbers) == len(shape) and all(_WHOLE.fullmatch(number) for number in numbers):
        place = tuple(map(int, numbers))
        if all(i < length for i, length in zip(place, shape, strict=True)):
            return place
    ranges = ", ".join(f"0 to {length - 1}" for length in shape)
    raise RequestError(f"{name}[{index}]: the shape is {shape}; expected indices {ranges}")


def sample_places(flags: Mapping[str, Flags], count: int, rng: np.random.Generator) -> list[Place]:
    """Up to `count` different learned numbers of every parameter, at random, in order."""
    places: list[Place] = []
    for name, learned_here in flags.items():
        candidates = np.argwhere(learned_here)
        chosen = rng.choice(len(candidates), min(count, len(candidates)), replace=False)
        places += [(name, tuple(index)) for index in candidates[np.sort(chosen)].tolist()]
    return places
