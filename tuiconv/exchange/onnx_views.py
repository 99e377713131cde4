"""ONNX operations that are views: the same numbers in other rows, in another order or padded."""

from dataclasses import replace
from math import prod

from tuiconv.arithmetic.sizes import Pair
from tuiconv.exchange.onnx_graph import Node
from tuiconv.exchange.onnx_layers import Layers, Tensor
from tuiconv.exchange.onnx_windows import in_2d


def flatten(layers: Layers, node: Node) -> Tensor:
    """The axes up to one as rows, the others as columns."""
    tensor = layers.unpadded(node)
    axis = node.whole("axis", 1)
    return replace(tensor, sizes=(prod(tensor.sizes[:axis]), prod(tensor.sizes[axis:])))


def reshape(layers: Layers, node: Node) -> Tensor:
    """Rows of other lengths; 0 keeps a length, −1 stands for what is left."""
    tensor = layers.unpadded(node)
    wanted = numbers(layers, node, "shape")
    if not node.whole("allowzero", 0):
        wanted = [
            tensor.sizes[i] if n == 0 and i < len(tensor.sizes) else n for i, n in enumerate(wanted)
        ]
    there, rest = prod(tensor.sizes), prod(n for n in wanted if n != -1)
    sizes = tuple(there // max(rest, 1) if n == -1 else n for n in wanted)
    if wanted.count(-1) > 1 or prod(sizes) != there:
        raise node.refuse(f"a tensor of {tensor.sizes} has no rows of {tuple(wanted)}")
    return replace(tensor, sizes=sizes)


def squeeze(layers: Layers, node: Node) -> Tensor:
    """Without axes of length 1, all of them or those that are given."""
    tensor = layers.unpadded(node)
    sizes = list(tensor.sizes)
    axes = [axis for axis, size in enumerate(sizes) if size == 1]
    if node.input(1) or "axes" in node.attributes:
        axes = [axis % len(sizes) for axis in numbers(layers, node, "axes")]
    if any(sizes[axis] != 1 for axis in axes):
        raise node.refuse(f"expected axes of length 1; found {axes} of {tensor.sizes}")
    return replace(tensor, sizes=tuple(n for axis, n in enumerate(sizes) if axis not in axes))


def unsqueeze(layers: Layers, node: Node) -> Tensor:
    """With more axes of length 1."""
    tensor = layers.unpadded(node)
    given = numbers(layers, node, "axes")
    total = len(tensor.sizes) + len(given)
    axes = {axis % total for axis in given}
    if len(axes) != len(given):
        raise node.refuse(f"expected different axes; found {given}")
    rest = iter(tensor.sizes)
    return replace(tensor, sizes=tuple(1 if axis in axes else next(rest) for axis in range(total)))


def numbers(layers: Layers, node: Node, key: str, place: int = 1) -> list[int]:
    """Whole numbers that are an attribute or, since later versions, an input."""
    found = node.attributes.get(key)
    if node.input(place):
        found = layers.graph.values(node, node.input(place))
    if not isinstance(found, list) or not all(float(number).is_integer() for number in found):
        raise node.refuse(f"expected whole numbers for {key}; found {found}")
    return [int(number) for number in found]


def transpose(layers: Layers, node: Node) -> Tensor:
    """The axes in another order."""
    tensor = layers.unpadded(node)
    axes = len(tensor.sizes)
    order = node.numbers("perm", range(axes)[::-1])
    if sorted(order) != list(range(axes)):
        raise node.refuse(f"expected an order of {axes} axes; found {order}")
    sizes = tuple(tensor.sizes[axis] for axis in order)
    long = [axis for axis in order if tensor.sizes[axis] > 1]
    if long == sorted(long):  # axes of length 1 have no order
        return replace(tensor, sizes=sizes)
    before = tensor.sizes
    if tensor.moved is not None:
        before, first = tensor.moved
        if tuple(before[axis] for axis in first) != tensor.sizes:
            raise node.refuse("it reorders what was reordered and cut anew before")
        order = [first[axis] for axis in order]
    moved = None if order == sorted(order) else (before, tuple(order))
    return replace(tensor, sizes=sizes, moved=moved)


def pad(layers: Layers, node: Node) -> Tensor:
    """Padding for the convolution or the pool behind."""
    tensor = layers.tensor(node)
    axes = len(tensor.sizes)
    if node.word("mode", "constant") != "constant":
        raise node.refuse(f"expected padding with a constant; found {node.word('mode', '')}")
    given = numbers(layers, node, "pads")
    padded = list(range(axes))
    if node.input(3):
        padded = [axis % axes for axis in numbers(layers, node, "axes", 3)]
    if len(given) != 2 * len(padded):
        raise node.refuse(f"expected padding before and behind {padded}; found {given}")
    value = node.number("value", 0)
    if node.input(2):
        value = layers.graph.value(node, node.input(2))
    pads: list[Pair] = [(0, 0)] * axes
    half = len(given) // 2
    for axis, before, behind in zip(padded, given[:half], given[half:], strict=True):
        pads[axis] = (before, behind)
    if axes < 3 or pads[:2] != [(0, 0)] * 2 or min(map(min, pads)) < 0:
        raise node.refuse(f"expected padding around maps, of at least 0; found {pads}")
    return replace(tensor, padding=in_2d(pads[2:], (0, 0)), padded_with=float(value))
