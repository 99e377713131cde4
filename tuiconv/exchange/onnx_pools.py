"""ONNX operations that make one number of every window, or of every map, as layers of ours."""

from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import Any

from tuiconv.exchange.onnx_graph import Node
from tuiconv.exchange.onnx_layers import UNPADDED, Layers, Tensor
from tuiconv.exchange.onnx_views import numbers
from tuiconv.exchange.onnx_windows import window


def max_pool(layers: Layers, node: Node) -> Tensor:
    """POOL. Zeros around maps that are nowhere negative are as good as no padding."""
    tensor = layers.padded_tensor(node)
    if tensor.padding != UNPADDED and tensor.padded_with != -inf:
        before = layers.layers[tensor.place].word
        if tensor.padded_with != 0 or before not in ("RELU", "RELU6", "SIGMOID"):
            raise node.refuse(
                f"the {tensor.padded_with:g} around its maps could be the largest value;"
                " expected zeros straight behind a Relu, or padding of its own"
            )
    return layers.add(node, "POOL", tensor, **pool_window(node, tensor))


def average_pool(layers: Layers, node: Node) -> Tensor:
    """AVGPOOL, whose own padding does not count unless `count_include_pad` says so."""
    tensor = layers.padded_tensor(node)
    settings = pool_window(node, tensor)
    is_padded, pads_itself = tensor.padding != UNPADDED, settings["pad"] != tensor.padding
    counts_inside = pads_itself and not node.whole("count_include_pad", 0)
    if is_padded and (counts_inside or tensor.padded_with != 0):
        raise node.refuse("only a part of the padding around its maps counts, or it is not zeros")
    if settings.pop("dilation") != (1, 1):
        raise node.refuse("expected dilations of 1 for an average")
    if counts_inside:
        settings["count"] = "inside"
    return layers.add(node, "AVGPOOL", tensor, **settings)


def lp_pool(layers: Layers, node: Node) -> Tensor:
    """LPPOOL, without padding."""
    tensor = layers.tensor(node)
    settings = pool_window(node, tensor)
    is_padded = settings.pop("pad") != UNPADDED
    if is_padded or settings.pop("dilation") != (1, 1) or "round" in settings:
        raise node.refuse("expected no padding, dilations of 1 and ceil_mode 0")
    settings["power"] = float(node.number("p", 2))
    return layers.add(node, "LPPOOL", tensor, **settings)


def pool_window(node: Node, tensor: Tensor) -> dict[str, Any]:
    """The window of a pool, and whether the last may reach beyond the maps."""
    settings = window(node, tensor)
    if settings["stride"] == settings["kernel"]:
        del settings["stride"]
    if node.whole("ceil_mode", 0):
        settings["round"] = "up"
    return settings


def global_pool(word: str) -> Callable[[Layers, Node], Tensor]:
    """GLOBALAVGPOOL or GLOBALMAXPOOL, as such or as a mean or maximum over all places."""

    def pool(layers: Layers, node: Node) -> Tensor:
        tensor = layers.tensor(node)
        axes = len(tensor.sizes)
        if node.operation.startswith("Reduce"):
            found = numbers(layers, node, "axes")
            if sorted(axis % axes for axis in found) != list(range(2, axes)):
                raise node.refuse(f"expected it over all places of maps; found axes {found}")
        made = layers.add(node, word, tensor)
        if node.whole("keepdims", 1):
            return made
        return replace(made, sizes=made.sizes[:2])

    return pool
