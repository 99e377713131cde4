"""Tensors of an ONNX graph as the outputs of our layers.

Some nodes are no layers but views: they say the same numbers in another order or other rows
(Reshape, Transpose, Squeeze), with padding around, or by a factor. A view waits until a node takes
it; then it becomes a FLATTEN or a SHUFFLE, a convolution's padding, or is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import prod
from typing import TypeAlias

import numpy as np

from tuiconv.arithmetic import Shape, SpecError, parse
from tuiconv.arithmetic.joins import JOINS
from tuiconv.arithmetic.sizes import Pair
from tuiconv.arithmetic.specs import show_shape
from tuiconv.errors import UserError
from tuiconv.exchange.onnx_constants import Array
from tuiconv.exchange.onnx_graph import Graph, Node, Sizes

UNPADDED: tuple[Pair, Pair] = ((0, 0), (0, 0))

ONLY_WINDOWS = "as only a convolution or a pool can"

Setting: TypeAlias = "int | float | str | Pair | tuple[Pair, Pair]"


@dataclass(frozen=True)
class Layer:
    """A layer of the pattern language, and where in the graph it comes from."""

    word: str
    settings: Mapping[str, Setting]
    """By the language's words."""
    sources: tuple[int, ...]
    shape: Shape
    """What leaves it."""
    node: Node
    weights: str = ""
    """The tensor of its weights."""


@dataclass(frozen=True)
class Tensor:
    """What a layer makes, as one tensor of the graph shows it."""

    place: int
    """Of the layer."""
    sizes: Sizes
    """The batch first."""
    moved: tuple[Sizes, tuple[int, ...]] | None = None
    """The axes, by their sizes, and the order they were brought into."""
    padding: tuple[Pair, Pair] = UNPADDED
    """Rows above and below, columns left and right, that lie around what the layer makes."""
    padded_with: float = 0.0
    factor: float = 1.0
    """What it is multiplied with."""
    squashed: bool = False
    """Whether it is the tanh of that, which a factor makes a STANH."""


@dataclass
class Layers:
    """The layers that a graph is read as, one behind the other, and the tensors they make."""

    graph: Graph
    layers: list[Layer] = field(default_factory=list)
    tensors: dict[str, Tensor] = field(default_factory=dict)

    def add_image(self, node: Node) -> None:
        """Begin with the input, as an image; a vector is one whose features are channels."""
        sizes = self.graph.image
        self.tensors[self.graph.input] = Tensor(0, sizes)
        self.layers.append(image(node, self.shape(node, sizes), sizes))

    def add(
        self, node: Node, word: str, *taken: Tensor, weights: str = "", **settings: Setting
    ) -> Tensor:
        """Put a layer behind others, which make the tensors that it takes."""
        sources = tuple(tensor.place for tensor in taken)
        shapes = [self.layers[place].shape for place in sources]
        layer = Layer(word, settings, sources, shapes[0], node, weights)
        try:
            layer = replace(layer, shape=output_shape(layer, shapes))
        except SpecError as error:
            raise node.refuse(str(error)) from error
        self.layers.append(layer)
        batch, axes = self.graph.image[0], len(taken[0].sizes)
        sides = layer.shape[1:] if axes > 3 else layer.shape[2:]
        return Tensor(len(self.layers) - 1, (batch, layer.shape[0], *sides))

    def shape(self, node: Node, sizes: Sizes) -> Shape:
        """A tensor's sizes as ours: maps are (channels, height, width), one row high in 1-D."""
        batch = self.graph.image[0]
        if len(sizes) not in (2, 3, 4) or sizes[0] != batch or min(sizes) < 1:
            raise node.refuse(
                f"expected vectors or maps for a batch of {batch}; found a tensor of {sizes}"
            )
        return (sizes[1], 1, sizes[2]) if len(sizes) == 3 else sizes[1:]

    def any_tensor(self, node: Node, place: int = 0) -> Tensor:
        """What a node takes, as it is."""
        name = node.input(place)
        if name in self.tensors:
            return self.tensors[name]
        if name in self.graph.sizes:
            raise node.refuse(f'expected what a layer makes; "{name}" is constant')
        raise self.missing(node, name)

    def tensor(self, node: Node, place: int = 0) -> Tensor:
        """What a node takes, as what a layer makes; views become layers."""
        found = self.padded_tensor(node, place)
        if found.padding != UNPADDED:
            raise node.refuse(f"it takes padded maps, {ONLY_WINDOWS}")
        return found

    def padded_tensor(self, node: Node, place: int = 0) -> Tensor:
        """The same for a node that can take over the padding; the sizes are those without."""
        found = self.any_tensor(node, place)
        if found.factor != 1 or found.squashed:
            raise node.refuse("it takes what is multiplied by a constant, which no layer does")
        self.tensors[node.input(place)] = plain = self.as_layer(node, found)
        return plain

    def sizes(self, node: Node) -> Array:
        """What a Shape makes: the sizes of a tensor, from the axis `start` to `end`."""
        tensor = self.unpadded(node)
        start, end = node.whole("start", 0), node.whole("end", len(tensor.sizes))
        return np.array(tensor.sizes[start:end], np.int64)

    def unpadded(self, node: Node) -> Tensor:
        """What a view takes: anything but padded maps."""
        tensor = self.any_tensor(node)
        if tensor.padding != UNPADDED:
            raise node.refuse(f"it takes padded maps, {ONLY_WINDOWS}")
        if not tensor.sizes:
            raise node.refuse("it takes a single number")
        return tensor

    def as_layer(self, node: Node, tensor: Tensor) -> Tensor:
        """A view as what a layer makes: the same layer, or one that is put behind it."""
        before = self.layers[tensor.place]
        shape = self.shape(node, tensor.sizes)
        if tensor.moved is None and shape == before.shape:
            return tensor
        if tensor.place == 0 and self.is_image(tensor):
            self.layers[0] = image(before.node, shape, tensor.sizes)
            return replace(tensor, moved=None)
        if shape == (prod(before.shape),):  # the order in it does not change what is counted
            return self.add(node, "FLATTEN", tensor)
        if tensor.moved is not None and len(before.shape) == len(shape) == 3:
            found = shuffle(before.shape, shape, *tensor.moved)
            if found is not None:
                word, factor = found
                return self.add(node, word, tensor, factor=factor)
        raise node.refuse(
            f"it takes {show_shape(before.shape)} in another order, as {show_shape(shape)},"
            " which no layer makes"
        )

    def is_image(self, tensor: Tensor) -> bool:
        """Whether a view of the input is the image as layers take it, which the input is not yet.

        Its channels may stand last there, it may be one long vector, or an axis of length 1 may
        stand elsewhere.
        """
        given, axes = self.graph.image, len(tensor.sizes)
        if axes < 3 or len(self.graph.users(self.graph.input)) > 1:
            return False
        if tensor.moved is not None:
            return tensor.moved == (given, (0, axes - 1, *range(1, axes - 1)))
        return len(given) == 2 or without_ones(given) == without_ones(tensor.sizes)

    def stack_of(self, tensors: Sequence[Tensor]) -> tuple[int, Tensor] | None:
        """The longest beginning of these that a CONCAT has stacked before: how many, and it."""
        for count in range(len(tensors), 1, -1):
            sources = tuple(tensor.place for tensor in tensors[:count])
            for place, layer in enumerate(self.layers):
                if layer.word == "CONCAT" and layer.sources == sources:
                    batch, _, *sides = tensors[0].sizes
                    return count, Tensor(place, (batch, layer.shape[0], *sides))
        return None

    def taken_once(self, node: Node, place: int) -> tuple[Tensor, Layer]:
        """What a layer makes for this node alone, and the layer, which the node may complete."""
        tensor = self.tensor(node, place)
        if len(self.graph.users(node.input(place))) > 1 or node.input(place) == self.graph.output:
            raise node.refuse("it changes by constants what other nodes take too")
        return tensor, self.layers[tensor.place]

    def constant_beside(self, node: Node) -> tuple[int, str] | None:
        """The place of the one input that a layer makes and the name of the other, a constant.

        None if layers make all inputs.
        """
        made = [place for place, name in enumerate(node.inputs) if name in self.tensors]
        others = [name for name in node.inputs if name not in self.tensors]
        for name in others:
            if name not in self.graph.sizes:
                raise self.missing(node, name)
        if not others:
            return None
        if len(made) != 1 or len(others) != 1:
            raise node.refuse("expected one constant beside what a layer makes, or none")
        return made[0], others[0]

    def missing(self, node: Node, name: str) -> UserError:
        """The error for a tensor that a node takes and that is not there."""
        return node.refuse(f'it takes "{name}", which no node before it makes')


def output_shape(layer: Layer, shapes: Sequence[Shape]) -> Shape:
    """What leaves a layer, by the shapes that arrive."""
    if layer.word in JOINS:
        channels = sum(shape[0] for shape in shapes) if layer.word == "CONCAT" else shapes[0][0]
        return channels, *shapes[0][1:]
    before, image = ("", shapes[0]) if len(shapes[0]) == 3 else ("FLATTEN -> ", (*shapes[0], 1, 1))
    return parse(before + show_layer(layer), image).output


def show_layer(layer: Layer) -> str:
    """A layer in the language, with all its settings; INPUT without names for them."""
    if layer.word == "INPUT":
        return f"INPUT({','.join(str(size) for size in layer.settings.values())})"
    settings = ",".join(f"{word}={show(value)}" for word, value in layer.settings.items())
    return f"{layer.word}({settings})" if settings else layer.word


def show(value: Setting) -> str:
    """A setting in the language, whose decimals are six digits, the last of them the eighth."""
    if isinstance(value, float):
        return f"{float(f'{value:.6g}'):.8f}".rstrip("0") + "0"
    return str(value)


def image(node: Node, shape: Shape, sizes: Sizes) -> Layer:
    """The INPUT whose tensor has these sizes; of three axes it is in 1-D."""
    channels, height, width = (*shape, 1, 1)[:3]
    settings = {"channels": channels, "height": height, "width": width}
    if len(sizes) == 3:
        del settings["height"]
    return Layer("INPUT", settings, (), (channels, height, width), node)


def shuffle(
    before: Shape, after: Shape, cut: Sizes, order: tuple[int, ...]
) -> tuple[str, int] | None:
    """The pixel shuffle, or its inverse, that cuts maps like this and orders the pieces like this.

    Returns:
        Its word and its factor; None if it is no shuffle.
    """
    word, large, small = "SHUFFLE", after, before
    if after[1] < before[1]:
        word, large, small = "UNSHUFFLE", before, after
    factor, (channels, height, width) = large[1] // small[1], (large[0], *small[1:])
    if word == "SHUFFLE":
        pieces, places = (channels, factor, factor, height, width), (1, 4, 2, 5, 3)
    else:
        pieces, places = (channels, height, factor, width, factor), (1, 3, 5, 2, 4)
    wanted = without_ones((cut[0], *pieces), (0, *places))
    return (word, factor) if without_ones(cut, order) == wanted else None


def without_ones(sizes: Sizes, order: Sequence[int] = ()) -> tuple[Sizes, ...]:
    """Sizes in an order, each with its place before; axes of length 1 do not count."""
    long = [axis for axis, size in enumerate(sizes) if size > 1]
    places = [axis for axis in order or range(len(sizes)) if axis in long]
    return tuple((sizes[axis], long.index(axis)) for axis in places)
