"""A whole network as arithmetic: its layers in order, and their totals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from tuiconv.arithmetic.joins import Concat, Join
from tuiconv.arithmetic.specs import Shape, Spec, SpecError, automatic_name
from tuiconv.errors import nearest

MOST_NAMES = 20
"""Layers that a message lists."""


@dataclass(frozen=True)
class Totals:
    """Sums over the layers of a network."""

    parameters: int
    """Numbers learned, biases included."""
    macs: int
    """Multiply-adds for one image."""
    connections: int
    """The inputs of all units, biases included."""
    units: int
    """Units, the pixels of the input included."""
    activations: int
    """Numbers kept for backpropagation, for one image, the image included."""


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
        return show_chain(self.layers, automatic_names(self.layers), -1, len(self.layers) - 1)

    @property
    def input(self) -> Shape:
        """(channels, height, width) of the image the network is made for."""
        return self.layers[0].output

    @property
    def output(self) -> Shape:
        """The shape that leaves the last layer."""
        return self.layers[-1].output

    @cached_property
    def totals(self) -> Totals:
        """The sums over all layers."""
        return Totals(
            parameters=sum(layer.parameters for layer in self.layers),
            macs=sum(layer.macs for layer in self.layers),
            connections=sum(layer.connections for layer in self.layers),
            units=sum(layer.units for layer in self.layers),
            activations=sum(layer.activations for layer in self.layers),
        )

    @property
    def has_branches(self) -> bool:
        """Whether some layer joins branches."""
        return any(isinstance(layer, Join) for layer in self.layers)

    @cached_property
    def by_name(self) -> dict[str, Spec]:
        """The layers by their names."""
        return {layer.name: layer for layer in self.layers}

    def named(self, name: str) -> Spec:
        """The layer of a name.

        Raises:
            SpecError: no layer has it; the nearest name is told.
        """
        if name in self.by_name:
            return self.by_name[name]
        names = list(self.by_name)
        others = ", ".join(names[:MOST_NAMES]) + ", …" * (len(names) > MOST_NAMES)
        raise SpecError(f'no layer is called "{name}"; there are {others}{nearest(name, names)}')


def show_chain(layers: Sequence[Spec], names: Sequence[str], after: int, last: int) -> str:
    """The layers behind the one at `after` up to the one at `last`, in the language."""
    items = []
    while last != after:
        layer = layers[last]
        name = "" if layer.name == names[last] else f"{layer.name}: "
        if isinstance(layer, Join):
            items.append(name + show_join(layer, layers, names))
            last = layer.fork
        else:
            items.append(name + str(layer))
            last = layer.sources[0] if layer.sources else after
    return " -> ".join(reversed(items))


def show_join(join: Join, layers: Sequence[Spec], names: Sequence[str]) -> str:
    """A join with its branches; what arrives, as the last of two, goes without saying."""
    ends = join.sources
    if not isinstance(join, Concat) and ends[1:] == (join.fork,):
        ends = ends[:1]
    chains = (show_chain(layers, names, join.fork, end) for end in ends)
    return f"{join.word}[{' | '.join(chains)}]"


def automatic_names(layers: Sequence[Spec]) -> list[str]:
    """What each layer is called unless the text names it."""
    counts: dict[str, int] = {}
    names = []
    for layer in layers:
        counts[layer.word] = number = counts.get(layer.word, 0) + 1
        names.append(automatic_name(type(layer), number))
    return names


def resized(layers: Sequence[Spec], shape: Shape) -> tuple[Spec, ...]:
    """The same layers behind an image of another shape, (channels, height, width).

    Raises:
        SpecError: a layer does not fit what would arrive.
    """
    sizes: dict[str, Any] = dict(zip(("channels", "height", "width"), shape, strict=True))
    done = [replace(layers[0], **sizes)]
    for layer in layers[1:]:
        values: dict[str, Any] = {}
        before = done[layer.sources[0]]
        if isinstance(layer, Join):
            ends = [done[place] for place in layer.sources]
            values["inputs"] = tuple(end.output for end in ends)
            values["input_fields"] = tuple(end.receptive_field for end in ends)
            before = done[layer.fork]
        values |= {"input": before.output, "input_field": before.receptive_field}
        done.append(replace(layer, **values))
    return tuple(done)
