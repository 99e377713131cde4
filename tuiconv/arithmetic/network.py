"""A whole network as arithmetic: its layers in order, and their totals."""

from collections.abc import Iterator
from dataclasses import dataclass

from tuiconv.arithmetic.specs import Shape, Spec


@dataclass(frozen=True)
class Totals:
    """Sums over the layers of a network."""

    parameters: int
    """Numbers learned, biases included."""
    macs: int
    """Multiply-adds for one image."""
    links: int
    """Connections: the inputs of all units, biases included."""
    units: int
    """Units, the pixels of the input included."""


@dataclass(frozen=True)
class NetworkSpec:
    """The specs of a network's layers, from its INPUT on."""

    layers: tuple[Spec, ...]

    def __iter__(self) -> Iterator[Spec]:
        return iter(self.layers)

    def __len__(self) -> int:
        return len(self.layers)

    def __str__(self) -> str:
        """The network in the layer-pattern language; `parse` reads it back as an equal one."""
        return " -> ".join(map(str, self.layers))

    @property
    def input(self) -> Shape:
        """(channels, height, width) of the image the network is made for."""
        return self.layers[0].output

    @property
    def output(self) -> Shape:
        """The shape that leaves the last layer."""
        return self.layers[-1].output

    @property
    def totals(self) -> Totals:
        """The sums over all layers."""
        return Totals(
            parameters=sum(layer.parameters for layer in self.layers),
            macs=sum(layer.macs for layer in self.layers),
            links=sum(layer.links for layer in self.layers),
            units=sum(layer.units for layer in self.layers),
        )
