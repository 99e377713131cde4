"""A small network of one dimension over any number of inputs (lecture N, "dynamic input length").

Its weights and inputs are whole numbers and halves, so that every number in it is exact.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

import numpy as np

from tuiconv.arithmetic import NetworkSpec, SpecError
from tuiconv.arithmetic.network import resized
from tuiconv.arithmetic.specs import Spec
from tuiconv.arithmetic.units import Unit, reached_by, seen_by
from tuiconv.errors import RequestError
from tuiconv.nn.layers import Array
from tuiconv.nn.network import Network

AT_FIRST: Final = 10
"""Inputs for which the lecture draws it: as many as its one output sees."""
LENGTHS: Final = (1, 30)
"""The fewest and the most inputs."""
LAYERS: Final = "CONV(1,3) -> POOL(2) -> CONV(1,3) -> POOL(2)"
FLAT: Final = "FLATTEN -> FC(3)"
"""What makes a network of one size only."""
KERNELS: Final = {"conv1": ((0.5, 1, 0.5), -1), "conv2": ((1, -1, 1), 0.5)}
"""The weights and the bias of each convolution."""
DIGITS_OF_PI: Final = "314159265358979323846264338327"
"""The inputs."""


@cache
def network(behind: str = "") -> Network:
    """The network for ten inputs, with something behind it."""
    parts = (f"INPUT(1,{AT_FIRST})", LAYERS, *((behind,) if behind else ()))
    net = Network.parse(" -> ".join(parts))
    for layer in net.layers:
        if layer.name in KERNELS:
            weight, bias = KERNELS[layer.name]
            layer.parameters["weight"][...] = weight
            layer.parameters["bias"][...] = bias
    return net


@dataclass(frozen=True)
class Pyramid:
    """The network over so many inputs."""

    length: int

    @cached_property
    def fitting(self) -> tuple[NetworkSpec, SpecError | None]:
        """Its layers as far as their windows fit, and why the next does not."""
        layers, error = network().spec.layers, None
        for count in range(len(layers), 0, -1):
            try:
                return NetworkSpec(resized(layers[:count], (1, 1, self.length))), error
            except SpecError as refused:
                error = refused
        raise AssertionError("INPUT fits every length")

    @property
    def spec(self) -> NetworkSpec:
        """The layers that have units."""
        return self.fitting[0]

    @cached_property
    def values(self) -> list[Array]:
        """What leaves each layer, a row of numbers each, the inputs first."""
        inputs = np.array(list(DIGITS_OF_PI[: self.length]), np.float32)
        found = [inputs.reshape(1, 1, 1, -1)]
        for layer in network().layers[: len(self.spec) - 1]:
            found.append(layer.forward(found[-1]))
        return [each[0, 0, 0] for each in found]

    def count(self, layer: str) -> int:
        """How many units a layer has; none where its window does not fit."""
        return units(self.spec.named(layer)) if layer in self.spec.by_name else 0

    def place(self, layer: str) -> int:
        """Which of the layers has a name."""
        return [each.name for each in self.spec].index(layer)

    def seen(self, layer: str, unit: int) -> dict[str, tuple[int, int]]:
        """The first and the last unit, by layer, that belong to a unit: what it sees and reaches.

        The layers behind it that it does not reach are left out.
        """
        at = Unit(layer, 0, unit)
        seen = {name: each.inside for name, each in seen_by(self.spec, at).items()}
        boxes = seen | reached_by(self.spec, at)
        return {name: (box.first[1], box.last[1]) for name, box in boxes.items() if box}

    @cached_property
    def flat_error(self) -> str | None:
        """Why the network with a full layer behind a FLATTEN cannot go on; None if it can."""
        net = network(FLAT)
        if len(self.spec) < len(network().spec):
            return str(self.fitting[1])
        try:
            net.forward(self.values[0].reshape(1, 1, 1, -1))
        except RequestError as error:
            return str(error)
        return None


def units(layer: Spec) -> int:
    """How many there are."""
    return layer.output[-1]


def middle(layer: Spec, unit: int) -> float:
    """The middle of what a unit sees, in inputs."""
    field = layer.receptive_field
    return float(field.start[1] + unit * field.jump[1] + (field.size[1] - 1) / 2)
