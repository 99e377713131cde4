"""An ONNX file as nodes and constants, of which only the sizes are needed: nothing is run.

The sizes of weights stand in the file even if the weights are kept beside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from tuiconv.errors import RequestError, UserError
from tuiconv.exchange.onnx_constants import Array, fold, read_small

if TYPE_CHECKING:
    import onnx

Sizes: TypeAlias = tuple[int, ...]
"""Of a tensor, the batch included."""

LARGEST = 2**31 - 1
"""Bytes that a protocol buffer can have."""

INPUTS = {
    2: "(batch, features)",
    3: "(batch, channels, length)",
    4: "(batch, channels, height, width)",
}
"""What the axes of an input may be, by their number."""


@dataclass(frozen=True)
class Node:
    """One operation of a graph."""

    operation: str
    """Such as Conv; with its domain in front unless it is ONNX's own."""
    name: str
    inputs: tuple[str, ...]
    """Names of tensors; "" for one that is left out."""
    outputs: tuple[str, ...]
    attributes: dict[str, Any]

    def __str__(self) -> str:
        if self.name:
            return f'node "{self.name}" ({self.operation})'
        return f'the {self.operation} that makes "{"".join(self.outputs[:1])}"'

    def refuse(self, why: str) -> UserError:
        """The error that names this node."""
        return UserError(f"{self}: {why}")

    def input(self, place: int) -> str:
        """The name of an input, "" if it is left out."""
        return self.inputs[place] if place < len(self.inputs) else ""

    def numbers(self, key: str, default: Sequence[int]) -> list[int]:
        """An attribute of whole numbers, as many as there are in `default`."""
        found = self.attributes.get(key, default)
        if not isinstance(found, Sequence) or len(found) != len(default):
            raise self.refuse(f"expected {len(default)} numbers for {key}; found {found}")
        if not all(isinstance(number, int) for number in found):
            raise self.refuse(f"expected whole numbers for {key}; found {found}")
        return list(found)

    def number(self, key: str, default: float) -> float:
        """An attribute of one number."""
        found = self.attributes.get(key, default)
        if not isinstance(found, int | float):
            raise self.refuse(f"expected a number for {key}; found {found}")
        return found

    def whole(self, key: str, default: int) -> int:
        """An attribute of one whole number."""
        found = self.attributes.get(key, default)
        if not isinstance(found, int):
            raise self.refuse(f"expected a whole number for {key}; found {found}")
        return found

    def word(self, key: str, default: str) -> str:
        """An attribute that is a word."""
        return str(self.attributes.get(key, default))


class Graph:
    """The nodes of a model from one input to one output, and its constants.

    Args:
        model: what the file holds.
        shape: of the image, without the batch, instead of the size that the model says.

    Raises:
        RequestError: the model leaves the size of its input open, or `shape` has not its axes.
        UserError: it has several inputs or outputs.
    """

    def __init__(self, model: "onnx.ModelProto", shape: Sizes | None = None) -> None:
        self.sizes: dict[str, Sizes] = {}
        """Of constants."""
        self.numbers: dict[str, Array] = {}
        """Of small constants."""
        for tensor in model.graph.initializer:
            self.keep(tensor.name, tensor)
        given = [each for each in model.graph.input if each.name not in self.sizes]
        self.input = only([each.name for each in given], "input")
        self.output = only([each.name for each in model.graph.output], "output")
        nodes = [read_node(node) for node in model.graph.node]
        self.nodes = [node for node in nodes if not self.fold(node)]
        self.keep_needed()
        self.image = self.image_sizes(given[0], shape)

    def keep_needed(self) -> None:
        """Forget nodes that the output does not depend on; find out who makes and takes what."""
        needed, nodes = {self.output}, []
        for node in reversed(self.nodes):
            if not needed.isdisjoint(node.outputs):
                needed.update(node.inputs)
                nodes.append(node)
        self.nodes = nodes[::-1]
        self.makers = {name: node for node in self.nodes for name in node.outputs if name}
        self.takers: dict[str, list[Node]] = {}
        for node in self.nodes:
            if node.operation != "Shape":  # which does not ask for the numbers
                for name in set(node.inputs):
                    self.takers.setdefault(name, []).append(node)

    def keep(self, name: str, tensor: "onnx.TensorProto") -> None:
        """Keep the sizes of a constant, and of a small one the numbers."""
        self.sizes[name] = tuple(tensor.dims)
        numbers = read_small(tensor)
        if numbers is not None:
            self.numbers[name] = numbers

    def keep_numbers(self, name: str, numbers: Array) -> None:
        """Keep a constant that was worked out."""
        self.sizes[name] = numbers.shape
        self.numbers[name] = numbers

    def fold(self, node: Node) -> bool:
        """Keep what a node makes of constants; whether it does."""
        if not node.outputs:
            return False
        name, first = node.outputs[0], self.sizes.get(node.input(0))
        if node.operation == "Constant" and hasattr(node.attributes.get("value"), "dims"):
            self.keep(name, node.attributes["value"])
        elif all(each in self.numbers for each in node.inputs):
            inputs = (self.numbers[each] for each in node.inputs)
            found = fold(node.operation, node.attributes, *inputs)
            if found is not None:
                self.keep_numbers(name, found)
        elif first is not None and node.operation in ("Identity", "Cast"):
            self.sizes[name] = first
        elif first is not None and node.operation == "Transpose":
            order = node.numbers("perm", range(len(first))[::-1])
            if sorted(order) == list(range(len(first))):
                self.sizes[name] = tuple(first[axis] for axis in order)
        return name in self.sizes

    def image_sizes(self, proto: "onnx.ValueInfoProto", shape: Sizes | None) -> Sizes:
        """The sizes of the input: as the file says, a batch of 1 if it leaves that open."""
        dims = proto.type.tensor_type.shape.dim
        sizes: list[int | str] = [
            dim.dim_value if dim.dim_value > 0 else dim.dim_param or "?" for dim in dims
        ]
        batch = sizes[0] if sizes and isinstance(sizes[0], int) else 1
        if shape is not None:
            if len(shape) == 2 and sizes[2:3] == [1]:  # maps one row high
                shape = (shape[0], 1, shape[1])
            if dims and len(dims) != len(shape) + 1:
                raise RequestError(f"its input is {show(sizes)}; {show(shape)} is given for it")
            return batch, *self.channels_first(shape)
        known = [size for size in sizes[1:] if isinstance(size, int)]
        if not dims or len(known) < len(sizes) - 1:
            raise RequestError(
                f'it leaves the size of its input "{self.input}" open, {show(sizes)};'
                " say the size with --input, such as --input 3,224,224"
            )
        if len(sizes) not in INPUTS:
            allowed = ", ".join(INPUTS.values())
            raise UserError(f'its input "{self.input}" is {show(sizes)}; expected {allowed}')
        return batch, *known

    def channels_first(self, shape: Sizes) -> Sizes:
        """(channels, height, width) as the input has them: some have the channels last."""
        takers = self.users(self.input)
        if len(takers) == 1 and takers[0].operation == "Transpose" and len(shape) > 1:
            moved = takers[0].numbers("perm", range(len(shape) + 1))
            if moved == [0, len(shape), *range(1, len(shape))]:
                return *shape[1:], shape[0]
        return shape

    def constant_sizes(self, node: Node, name: str) -> Sizes:
        """The sizes of a constant that a node takes."""
        if name not in self.sizes:
            raise node.refuse(f'expected a constant; "{name}" is none, or is computed')
        return self.sizes[name]

    def values(self, node: Node, name: str) -> list[float]:
        """The numbers of a small constant that a node takes, in one row."""
        if name not in self.numbers:
            raise node.refuse(f'expected a constant; the numbers of "{name}" are not in the file')
        return [float(x) for x in self.numbers[name].flat]

    def value(self, node: Node, name: str) -> float:
        """The only number of a constant that a node takes."""
        found = self.values(node, name)
        if len(found) != 1:
            raise node.refuse(f'expected one number; "{name}" has {len(found)}')
        return found[0]

    def users(self, name: str) -> list[Node]:
        """The nodes that take a tensor."""
        return self.takers.get(name, [])


def load_model(path: Path) -> "onnx.ModelProto":
    """What an ONNX file holds, without weights that are kept in other files.

    Raises:
        UserError: the package onnx is not installed, or the file is no ONNX model.
        OSError: it cannot be read.
    """
    try:
        import onnx
        from google.protobuf.message import DecodeError
    except ImportError as error:
        raise UserError(
            f'{path}: to read ONNX, pip install "tuiconv[onnx]" ({error.name} is not installed)'
        ) from error
    if path.exists() and not path.is_file():
        raise UserError(f"{path} is no file; an ONNX model is expected")
    if (size := path.stat().st_size) > LARGEST:
        raise UserError(f"{path} is no ONNX model: it has {size:,} bytes, at most {LARGEST:,}")
    model = onnx.ModelProto()
    try:
        model.ParseFromString(path.read_bytes())
    except DecodeError as error:
        raise UserError(f"{path} is no ONNX model, or only a part of one") from error
    if not model.graph.node:
        raise UserError(f"{path} is no ONNX model: there is no graph in it")
    if not all(isinstance(name, str) for name in names(model.graph)):
        raise UserError(f"{path} is no ONNX model: it has names that are no text")
    return model


def names(graph: "onnx.GraphProto") -> Iterator[str | bytes]:
    """All names in a graph; what is no text, Protocol Buffers give as bytes."""
    for each in (*graph.input, *graph.output, *graph.initializer):
        yield each.name
    for node in graph.node:
        yield from (node.name, node.op_type, node.domain, *node.input, *node.output)
        for attribute in node.attribute:
            yield attribute.name
            yield from names(attribute.g)


def read_node(proto: "onnx.NodeProto") -> Node:
    """A node with its attributes as numbers, words and lists."""
    attributes: dict[str, Any] = {}
    inputs, outputs = list(proto.input), tuple(proto.output)
    for attribute in proto.attribute:
        inputs += taken_inside(attribute.g)
        kind = attribute.AttributeType.Name(attribute.type)
        if kind == "STRING":
            attributes[attribute.name] = attribute.s.decode(errors="replace")
        elif kind in ("INT", "FLOAT"):
            attributes[attribute.name] = getattr(attribute, kind[0].lower())
        elif kind == "TENSOR":
            attributes[attribute.name] = attribute.t
        elif kind in ("INTS", "FLOATS"):
            attributes[attribute.name] = list(getattr(attribute, kind.lower()))
    domain = "" if proto.domain in ("", "ai.onnx") else f"{proto.domain}."
    return Node(domain + proto.op_type, proto.name, tuple(inputs), outputs, attributes)


def taken_inside(graph: "onnx.GraphProto") -> list[str]:
    """What the nodes of a graph inside a node, such as a branch of an If, take from outside."""
    made = {name for node in graph.node for name in node.output}
    return [name for node in graph.node for name in node.input if name not in made]


def only(names: list[str], what: str) -> str:
    """The one name there is."""
    if len(names) != 1:
        raise UserError(
            f"it has {len(names)} {what}s ({', '.join(names)}); a network with one is expected"
        )
    return names[0]


def show(sizes: Sequence[int | str]) -> str:
    """`(batch, 3, height, width)`."""
    return f"({', '.join(map(str, sizes))})"
