"""Joins: the ends of several branches become one output.

Their gradients say why the joins are what they are: a sum hands the whole gradient to every branch,
a stack cuts it up, and a product gives each branch the gradient as the others let it through.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from itertools import accumulate
from math import prod
from typing import TypeAlias

import numpy as np

from tuiconv.arithmetic import joins as specs
from tuiconv.arithmetic.specs import show_shape
from tuiconv.errors import RequestError
from tuiconv.nn.coins import Coins
from tuiconv.nn.layers import Array, Arrays, Layer, Part


class Join(Part, ABC):
    """One output of several inputs."""

    spec: specs.Join

    def in_training(self, coins: Coins) -> "Join":
        """The join as it is in a step of training: as in evaluation."""
        return self

    @abstractmethod
    def forward(self, *inputs: Array) -> Array:
        """The output for what the branches end with (n first), in order."""

    @abstractmethod
    def backward(self, grad_out: Array, inputs: Sequence[Array]) -> list[Array]:
        """The loss's gradient with respect to each of the inputs that `forward` was given."""

    def check_alike(self, inputs: Sequence[Array], axis: int = 0) -> None:
        """Raise RequestError unless the inputs have equal shapes, from an axis of the image on."""
        if len({x.shape[1 + axis :] for x in inputs}) > 1:
            arriving = " and ".join(show_shape(x.shape[1:]) for x in inputs)
            made_for = " and ".join(map(show_shape, self.spec.inputs))
            raise RequestError(
                f"{self.name} {self.spec.word}[…]: {arriving} arrive; its branches fit for"
                f" {made_for}, so the network cannot run on images of this size"
            )


class Add(Join):
    """The sum of the inputs."""

    def forward(self, *inputs: Array) -> Array:
        self.check_alike(inputs)
        first, *others = inputs
        with np.errstate(all="ignore"):
            return sum(others, start=first)

    def backward(self, grad_out: Array, inputs: Sequence[Array]) -> list[Array]:
        return [grad_out for _ in inputs]


class Concat(Join):
    """The channels of all inputs, one input behind the other."""

    def forward(self, *inputs: Array) -> Array:
        self.check_alike(inputs, axis=1)
        return np.concatenate(inputs, axis=1)

    def backward(self, grad_out: Array, inputs: Sequence[Array]) -> list[Array]:
        *ends, _ = accumulate(x.shape[1] for x in inputs)
        return np.split(grad_out, ends, axis=1)


class Product(Join):
    """The product of the inputs, unit by unit."""

    def forward(self, *inputs: Array) -> Array:
        self.check_alike(inputs)
        with np.errstate(all="ignore"):
            return prod(inputs[1:], start=inputs[0])

    def backward(self, grad_out: Array, inputs: Sequence[Array]) -> list[Array]:
        with np.errstate(all="ignore"):
            return [
                prod((*inputs[:k], *inputs[k + 1 :]), start=grad_out) for k in range(len(inputs))
            ]


Layers: TypeAlias = tuple[Layer | Join, ...]
"""All of a network's but its INPUT."""


def arriving(
    layer: Layer | Join, activations: Sequence[Array] | Mapping[int, Array]
) -> list[Array]:
    """What a layer takes, of what left the others by their places in the network."""
    return [activations[place] for place in layer.spec.sources]


def carry_back(
    layer: Layer | Join, grad_out: Array, inputs: Sequence[Array], gradients: Arrays
) -> list[Array]:
    """The loss's gradient with respect to each input of a layer, of which only joins have several.

    Args:
        layer: a layer or a join.
        grad_out: the loss's gradient with respect to what left it.
        inputs: what it was given.
        gradients: where its parameters' gradients are written, by name.
    """
    if isinstance(layer, Join):
        return layer.backward(grad_out, inputs)
    (x,) = inputs
    return [layer.backward(grad_out, x, gradients)]
