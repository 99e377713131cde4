"""ONNX operations with weights as layers of ours: convolutions and full connection."""

from math import prod
from typing import Any

from tuiconv.arithmetic.sizes import Pair
from tuiconv.exchange.onnx_graph import Node, Sizes
from tuiconv.exchange.onnx_layers import UNPADDED, Layers, Tensor
from tuiconv.exchange.onnx_windows import in_2d, window


def convolution(layers: Layers, node: Node) -> Tensor:
    """CONV; CAUSAL where all the padding lies before the beginning of a row."""
    tensor = layers.padded_tensor(node)
    if tensor.padding != UNPADDED and tensor.padded_with != 0:
        raise node.refuse(f"it takes maps padded with {tensor.padded_with}; expected zeros")
    maps, channels, *kernel = weight_sizes(layers, node, len(tensor.sizes))
    settings = window(node, tensor, kernel)
    groups = settings["groups"] = node.whole("group", 1)
    check_channels(node, channels * groups, tensor)
    (rows, columns), (row_pads, column_pads) = settings["kernel"], settings["pad"]
    past = (columns - 1) * settings["dilation"][1]
    is_row = layers.layers[tensor.place].shape[1] == rows == 1 and row_pads == (0, 0)
    if is_row and settings["stride"][1] == 1 and column_pads == (past, 0) and past > 0:
        settings = {"kernel": columns, "dilation": settings["dilation"][1], "groups": groups}
        return weighted(layers, node, "CAUSAL", tensor, channels=maps, **settings)
    return weighted(layers, node, "CONV", tensor, channels=maps, **settings)


def transposed_convolution(layers: Layers, node: Node) -> Tensor:
    """CONVT. With an `output_shape` the padding is what takes away the rest."""
    tensor = layers.tensor(node)
    channels, maps, *kernel = weight_sizes(layers, node, len(tensor.sizes))
    check_channels(node, channels, tensor)
    axes = len(kernel)
    more = node.numbers("output_padding", [0] * axes)
    settings = window(node, tensor, kernel)
    if "output_shape" in node.attributes or node.word("auto_pad", "NOTSET").startswith("SAME"):
        settings["pad"] = cut(node, tensor, settings, more)
    groups = node.whole("group", 1)
    settings |= {"output_pad": in_2d(more, 0), "groups": groups}
    return weighted(layers, node, "CONVT", tensor, channels=maps * groups, **settings)


def cut(node: Node, tensor: Tensor, settings: dict[str, Any], more: list[int]) -> tuple[Pair, Pair]:
    """The padding that leaves `output_shape`; without it, `stride` times what arrives.

    What cannot be halved lies behind for SAME_UPPER and before else.
    """
    sides, axes = tensor.sizes[2:], len(more)
    stride, kernel, dilation = (settings[key][-axes:] for key in ("stride", "kernel", "dilation"))
    same = [size * step for size, step in zip(sides, stride, strict=True)]
    wanted = node.numbers("output_shape", same)
    pads = []
    for axis, size in enumerate(wanted):
        span = dilation[axis] * (kernel[axis] - 1) + 1
        laid = (sides[axis] - 1) * stride[axis] + span + more[axis]
        if laid < size:
            raise node.refuse(f"{laid} rows or columns cannot be cut to {size}")
        halves = ((laid - size) // 2, laid - size - (laid - size) // 2)
        pads.append(halves if node.word("auto_pad", "NOTSET") == "SAME_UPPER" else halves[::-1])
    return in_2d(pads, (0, 0))


def weighted(layers: Layers, node: Node, word: str, tensor: Tensor, **settings: Any) -> Tensor:  # noqa: ANN401 - a layer's settings
    """A layer of weights, the second input, with or without biases, the third."""
    if not node.input(2):
        settings["bias"] = "none"
    else:
        biases = prod(layers.graph.constant_sizes(node, node.input(2)))
        outputs = settings.get("channels", settings.get("features"))
        if biases != outputs:
            raise node.refuse(f"expected a bias for each of {outputs}; found {biases}")
    return layers.add(node, word, tensor, weights=node.input(1), **settings)


def weight_sizes(layers: Layers, node: Node, axes: int) -> Sizes:
    """The sizes of a node's weights."""
    name = node.input(1)
    if name in layers.tensors:
        raise node.refuse("expected constant weights; they are made by layers")
    sizes = layers.graph.constant_sizes(node, name)
    if len(sizes) != axes or min(sizes) < 1:
        raise node.refuse(f"expected weights of {axes} axes; found {sizes}")
    return sizes


def check_channels(node: Node, expected: int, tensor: Tensor) -> None:
    """Refuse weights that are made for another number of channels, or of numbers."""
    if tensor.sizes[1] != expected:
        what = "numbers" if len(tensor.sizes) == 2 else "channels"
        raise node.refuse(f"its weights take {expected} {what}; {tensor.sizes[1]} arrive")


def gemm(layers: Layers, node: Node) -> Tensor:
    """FC: the weights are (outputs, inputs) or, without `transB`, (inputs, outputs)."""
    if node.whole("transA", 0):
        raise node.refuse("expected transA 0, a row for each image")
    if node.number("alpha", 1) != 1 or node.number("beta", 1) != 1:
        raise node.refuse("expected alpha and beta of 1, as layers do not scale")
    return fully_connected(layers, node, bool(node.whole("transB", 0)))


def matmul(layers: Layers, node: Node) -> Tensor:
    """FC without biases; an Add behind it has them."""
    return fully_connected(layers, node, outputs_first=False)


def fully_connected(layers: Layers, node: Node, outputs_first: bool) -> Tensor:
    """FC, by weights of two axes."""
    tensor = layers.tensor(node)
    if len(tensor.sizes) != 2:
        raise node.refuse(f"expected a vector for each image; found a tensor of {tensor.sizes}")
    inputs, outputs = weight_sizes(layers, node, 2)[:: -1 if outputs_first else 1]
    check_channels(node, inputs, tensor)
    return weighted(layers, node, "FC", tensor, features=outputs)
