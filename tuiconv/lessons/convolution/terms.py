"""The products that the place under the cursor has a part in, and what they add up to.

Forward, an output is a sum of them; an input or a weight has a part in several outputs. Backward it
is the other way round: an input's and a weight's gradient are sums, and an output's gradient goes
to several inputs and weights.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np

from tuiconv.arithmetic import layers as specs
from tuiconv.lessons.convolution.look import Look
from tuiconv.lessons.convolution.meetings import Meeting
from tuiconv.lessons.network.adding import Added, add_up
from tuiconv.lessons.network.sums import Part, WeightedSum
from tuiconv.nn.layers import Array
from tuiconv_kernels.products import STRETCH

Factor: TypeAlias = Callable[[int, int, Meeting], float]
"""By map, channel and meeting."""


@dataclass(frozen=True)
class Term:
    """A product."""

    map: int
    channel: int
    meeting: Meeting
    left: float
    right: float

    @property
    def product(self) -> float:
        """Of two float32 exact, as it has at most 48 binary digits."""
        return self.left * self.right + 0.0  # 0 times −1 is 0, not −0


@dataclass(frozen=True, eq=False)
class Terms:
    """Products, what their factors are called, and what they are good for."""

    terms: tuple[Term, ...]
    left: str
    right: str
    to: str = ""
    """Where each product goes, if they are not added up: `output`, `input`."""
    stored: float | None = None
    """What they add up to, by the kernel."""
    bias: float | None = None
    stretch: int | None = None
    """As in `WeightedSum`."""

    def added(self) -> Added:
        """The products added up as the kernel does, one by one."""
        assert self.stored is not None
        kind = np.float64 if self.right == SHARE else np.float32
        parts = tuple(
            Part("", np.array([[term.left]], np.float32), np.array([[term.right]], kind))
            for term in self.terms
        )
        return add_up(WeightedSum(parts, self.stored, self.bias, stretch=self.stretch))


X: Final = "input"
W: Final = "weight"
DELTA: Final = "δ"
SHARE: Final = "share"
SOFT: Final = ("lp", "log-prob")
"""Pools whose kernels go back from output to output; the others go from tap to tap."""


@lru_cache(maxsize=1)  # a scene asks several times
def terms_of(look: Look) -> Terms:
    """The products of a view whose layer has a kernel, or of a pool going backward."""
    view, sliding = look.view, look.sliding
    if view.backward:
        return backward(look)
    maps, channels = [view.map], [view.channel]
    if view.at == "input":
        maps = [*range(len(sliding.out))]
    if view.at == "output":
        channels = [*range(len(sliding.x))]
    terms = made(look, maps, channels, x_of(look), w_of(look))
    if view.at != "output":
        return Terms(terms, X, W, "output")
    bias = None if sliding.bias is None else float(sliding.bias[view.map])
    return Terms(terms, X, W, stored=float(sliding.out[view.map, *look.cell]), bias=bias)


def backward(look: Look) -> Terms:
    """The products that gradients are made of."""
    view, sliding = look.view, look.sliding
    grad_x = sliding.backward[0]
    channels = [*range(len(sliding.x))]
    if look.is_pool:
        terms = made(look, [view.map], [look.channel], delta_of(look), share_of(look))
        if view.at == "output":
            return Terms(terms, DELTA, SHARE, "input")
        stored = float(grad_x[look.channel, *look.cell])
        if view.operation in SOFT:
            terms = terms[::-1]
        return Terms(terms, DELTA, SHARE, stored=stored)
    match view.at:
        case "output":
            terms = made(look, [view.map], channels, delta_of(look), w_of(look))
            return Terms(terms, DELTA, W, "input")
        case "input":
            maps = [*range(len(sliding.out))]
            terms = made(look, maps, [view.channel], delta_of(look), w_of(look))
            return Terms(terms, DELTA, W, stored=float(grad_x[view.channel, *look.cell]))
        case "weight":
            terms = made(look, [view.map], [view.channel], x_of(look), delta_of(look))
            stored = float(grad_of_weights(look)[view.map, view.channel, *look.cell])
            return Terms(terms, X, DELTA, stored=stored, stretch=STRETCH)


def grad_of_weights(look: Look) -> Array:
    """The gradient of the kernel as it is laid on, (maps, channels, height, width)."""
    gradient = look.sliding.backward[1]["weight"]
    is_transposed = isinstance(look.sliding.spec, specs.TransposedConv)
    return gradient.transpose(1, 0, 2, 3) if is_transposed else gradient


def made(
    look: Look, maps: Iterable[int], channels: Iterable[int], left: Factor, right: Factor
) -> tuple[Term, ...]:
    """The products of some maps and channels, and of all meetings of the cursor's place."""
    met, channels = [each for each in look.chosen if counts(look, each)], [*channels]
    return tuple(
        Term(o, c, each, left(o, c, each), right(o, c, each))
        for o in maps
        for c in channels
        for each in met
    )


def counts(look: Look, met: Meeting) -> bool:
    """Whether a product is to be shown.

    The kernels add up products with padding, too, and with what is cut off: they are 0. But a pool
    leaves padding out, and nothing goes to where there is nothing.
    """
    at, backward = look.view.at, look.view.backward
    if not look.is_inside("input", met.input):
        return not (look.is_pool or (backward and at == "output"))
    return look.is_inside("output", met.output) or (backward and at != "output")


def x_of(look: Look) -> Factor:
    """The input of a product."""
    return lambda o, c, each: look.x_at(c, each.input)


def w_of(look: Look) -> Factor:
    """The weight of a product."""
    weight = look.sliding.weight
    assert weight is not None
    return lambda o, c, each: float(weight[o, c, *each.weight])


def delta_of(look: Look) -> Factor:
    """The gradient of the output that a product is a part of."""
    return lambda o, c, each: look.delta_at(o, each.output)


def share_of(look: Look) -> Factor:
    """By how much an output of a pool grows with one of its inputs."""
    found = {
        unit: look.sliding.share_of(look.view.map, unit)
        for unit in {each.output for each in look.chosen}
    }
    return lambda o, c, each: float(found[each.output][c, *each.input])
