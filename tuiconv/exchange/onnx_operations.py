"""Every ONNX operation that is a layer of ours, or a part of one."""

from collections.abc import Callable
from dataclasses import replace
from math import inf, isclose, prod
from typing import Any, TypeAlias

from tuiconv.arithmetic.specs import show_shape
from tuiconv.exchange.onnx_graph import Node
from tuiconv.exchange.onnx_layers import UNPADDED, Layers, Tensor
from tuiconv.exchange.onnx_pools import average_pool, global_pool, lp_pool, max_pool
from tuiconv.exchange.onnx_views import flatten, pad, reshape, squeeze, transpose, unsqueeze
from tuiconv.exchange.onnx_weighted import convolution, gemm, matmul, transposed_convolution

Operation: TypeAlias = Callable[[Layers, Node], Tensor]

TANH_FACTORS = (2 / 3, 1.7159)
"""Of STANH: what goes into the tanh, and what comes out of it."""


def batch_norm(layers: Layers, node: Node) -> Tensor:
    """BATCHNORM: ONNX's momentum is the weight of the old statistics, ours that of the new."""
    tensor = layers.tensor(node)
    scales = layers.graph.constant_sizes(node, node.input(1))
    if scales != tensor.sizes[1:2]:
        raise node.refuse(f"expected a scale for each channel; found {scales}")
    momentum = round(1 - node.number("momentum", 0.9), 6)
    eps = float(node.number("epsilon", 1e-5))
    weights = node.input(1)
    return layers.add(node, "BATCHNORM", tensor, weights=weights, momentum=momentum, eps=eps)


def response_norm(layers: Layers, node: Node) -> Tensor:
    """LRN."""
    size = node.whole("size", 0)
    alpha, beta = float(node.number("alpha", 1e-4)), float(node.number("beta", 0.75))
    k = float(node.number("bias", 1))
    return layers.add(node, "LRN", layers.tensor(node), size=size, alpha=alpha, beta=beta, k=k)


def plain(word: str) -> Operation:
    """A layer without settings."""
    return lambda layers, node: layers.add(node, word, layers.tensor(node))


def leaky_relu(layers: Layers, node: Node) -> Tensor:
    """LEAKYRELU."""
    slope = float(node.number("alpha", 0.01))
    return layers.add(node, "LEAKYRELU", layers.tensor(node), slope=slope)


def clip(layers: Layers, node: Node) -> Tensor:
    """RELU6. Up to opset 10 its limits are attributes, then inputs."""
    least, most = (
        layers.graph.value(node, node.input(place)) if node.input(place) else node.number(key, none)
        for place, key, none in ((1, "min", -inf), (2, "max", inf))
    )
    if (least, most) != (0, 6):
        raise node.refuse(f"expected limits of 0 and 6; found {least:.9g} and {most:.9g}")
    return layers.add(node, "RELU6", layers.tensor(node))


def shrink(layers: Layers, node: Node) -> Tensor:
    """SHRINK, which draws every value to 0 by the threshold below which it is 0."""
    threshold = float(node.number("lambd", 0.5))
    if threshold != node.number("bias", 0):
        raise node.refuse("expected a bias equal to lambd, soft shrinkage")
    return layers.add(node, "SHRINK", layers.tensor(node), threshold=threshold)


def tanh(layers: Layers, node: Node) -> Tensor:
    """TANH, or the middle of STANH."""
    tensor = layers.any_tensor(node)
    if isclose(tensor.factor, TANH_FACTORS[0], rel_tol=1e-4) and not tensor.squashed:
        return replace(tensor, factor=1.0, squashed=True)
    return layers.add(node, "TANH", layers.tensor(node))


def softmax(layers: Layers, node: Node) -> Tensor:
    """SOFTMAX over features or channels."""
    tensor = layers.tensor(node)
    axis = node.whole("axis", 1 if len(tensor.sizes) == 2 else -1)
    if axis % len(tensor.sizes) != 1:
        raise node.refuse(f"expected it over the channels, axis 1; found axis {axis}")
    return layers.add(node, "SOFTMAX", tensor)


def dropout(layers: Layers, node: Node) -> Tensor:
    """DROPOUT."""
    p = node.number("ratio", 0.5)
    if node.input(1):
        p = layers.graph.value(node, node.input(1))
    return layers.add(node, "DROPOUT", layers.tensor(node), p=float(p))


def depth_to_space(layers: Layers, node: Node) -> Tensor:
    """SHUFFLE, if the channels of a cell stand together."""
    tensor = layers.tensor(node)
    factor = node.whole("blocksize", 0)
    if node.word("mode", "DCR") != "CRD" and tensor.sizes[1] != factor**2:
        raise node.refuse("expected mode CRD, the pieces of a channel one behind the other")
    return layers.add(node, "SHUFFLE", tensor, factor=factor)


def space_to_depth(layers: Layers, node: Node) -> Tensor:
    """UNSHUFFLE, of one channel; ONNX puts the pieces of several in another order."""
    tensor = layers.tensor(node)
    if tensor.sizes[1] != 1:
        raise node.refuse("expected one channel, as the pieces of several stand in another order")
    return layers.add(node, "UNSHUFFLE", tensor, factor=node.whole("blocksize", 0))


def identity(layers: Layers, node: Node) -> Tensor:
    """The same."""
    return layers.any_tensor(node)


def join(word: str) -> Operation:
    """RES or MUL: branches of equal shape, as one."""

    def joined(layers: Layers, node: Node) -> Tensor:
        tensors = [layers.tensor(node, place) for place in range(len(node.inputs))]
        shapes = [layers.shape(node, tensor.sizes) for tensor in tensors]
        if len(set(shapes)) > 1:
            found = " and ".join(map(show_shape, shapes))
            raise node.refuse(f"expected equal shapes; found {found}")
        if len(tensors) == 1:
            return tensors[0]
        return layers.add(node, word, *tensors)

    return joined


def concat(layers: Layers, node: Node) -> Tensor:
    """CONCAT. Where another stacks the first of the same maps, the rest is stacked on that one.

    So a layer that takes all layers before it (DenseNet) takes one stack that grows.
    """
    tensors = [layers.tensor(node, place) for place in range(len(node.inputs))]
    axis = node.whole("axis", 1) % len(tensors[0].sizes)
    if axis != 1:
        raise node.refuse(f"expected channels to be stacked, axis 1; found axis {axis}")
    sides = {tensor.sizes[2:] for tensor in tensors}
    if len(sides) > 1:
        found = " and ".join(show_shape(layers.shape(node, tensor.sizes)) for tensor in tensors)
        raise node.refuse(f"expected maps of equal height and width; found {found}")
    while stack := layers.stack_of(tensors):
        count, tensor = stack
        tensors[:count] = [tensor]
    return tensors[0] if len(tensors) == 1 else layers.add(node, "CONCAT", *tensors)


def add(layers: Layers, node: Node) -> Tensor:
    """RES, or the biases of the layer before."""
    beside = layers.constant_beside(node)
    if beside is None:
        return join("RES")(layers, node)
    place, constant = beside
    tensor, layer = layers.taken_once(node, place)
    per = constant_per(layers, node, constant, tensor)
    if layer.settings.get("bias") != "none" or not per:
        raise node.refuse("it adds a constant that is no bias of the layer before")
    if per == "unit" and layer.word not in ("CONV", "FC"):
        raise node.refuse("it adds a number to every unit; expected one for each channel")
    settings = {word: value for word, value in layer.settings.items() if word != "bias"}
    if per == "unit" and layer.word == "CONV":
        settings["bias"] = "unit"
    layers.layers[tensor.place] = replace(layer, settings=settings)
    return tensor


def multiply(layers: Layers, node: Node) -> Tensor:
    """MUL, a part of STANH, or the gains of a SUBSAMPLE, whose biases come with an Add."""
    beside = layers.constant_beside(node)
    if beside is None:
        return join("MUL")(layers, node)
    place, constant = beside
    if prod(layers.graph.constant_sizes(node, constant)) == 1:
        factor = layers.graph.value(node, constant)
        return scaled(layers, node, layers.any_tensor(node, place), factor)
    tensor, layer = layers.taken_once(node, place)
    per = constant_per(layers, node, constant, tensor)
    is_plain = layer.settings.get("pad") == UNPADDED and "round" not in layer.settings
    if layer.word != "AVGPOOL" or not is_plain or per != "map":
        raise node.refuse("it multiplies by constants, which no layer does")
    settings: dict[str, Any] = {**layer.settings, "bias": "none"}
    del settings["pad"]
    layers.layers[tensor.place] = replace(layer, word="SUBSAMPLE", settings=settings)
    return tensor


def divide(layers: Layers, node: Node) -> Tensor:
    """A part of STANH."""
    beside = layers.constant_beside(node)
    if beside is None or beside[0] != 0 or prod(layers.graph.constant_sizes(node, beside[1])) != 1:
        raise node.refuse("it divides, which no layer does")
    divisor = layers.graph.value(node, beside[1])
    return scaled(layers, node, layers.any_tensor(node), 1 / divisor if divisor else inf)


def scaled(layers: Layers, node: Node, tensor: Tensor, factor: float) -> Tensor:
    """What is multiplied by a number: STANH if that completes it."""
    if tensor.squashed and isclose(tensor.factor * factor, TANH_FACTORS[1], rel_tol=1e-4):
        return layers.add(node, "STANH", tensor)
    return replace(tensor, factor=tensor.factor * factor)


def constant_per(layers: Layers, node: Node, name: str, tensor: Tensor) -> str:
    """What has a number of its own in a constant that meets a tensor: "map", "unit" or ""."""
    sizes = layers.graph.constant_sizes(node, name)
    aligned = (*[1] * (len(tensor.sizes) - len(sizes)), *sizes)
    if aligned == (1, *tensor.sizes[1:]):
        return "unit"
    return "map" if aligned == (1, tensor.sizes[1], *[1] * (len(tensor.sizes) - 2)) else ""


OPERATIONS: dict[str, Operation] = {
    "Add": add,
    "AveragePool": average_pool,
    "BatchNormalization": batch_norm,
    "Cast": identity,
    "Clip": clip,
    "Concat": concat,
    "Conv": convolution,
    "ConvTranspose": transposed_convolution,
    "DepthToSpace": depth_to_space,
    "Div": divide,
    "Dropout": dropout,
    "Flatten": flatten,
    "Gemm": gemm,
    "GlobalAveragePool": global_pool("GLOBALAVGPOOL"),
    "GlobalMaxPool": global_pool("GLOBALMAXPOOL"),
    "Identity": identity,
    "LRN": response_norm,
    "LeakyRelu": leaky_relu,
    "LogSoftmax": softmax,
    "LpPool": lp_pool,
    "MatMul": matmul,
    "MaxPool": max_pool,
    "Mul": multiply,
    "Pad": pad,
    "ReduceMax": global_pool("GLOBALMAXPOOL"),
    "ReduceMean": global_pool("GLOBALAVGPOOL"),
    "Relu": plain("RELU"),
    "Reshape": reshape,
    "Shrink": shrink,
    "Sigmoid": plain("SIGMOID"),
    "Softmax": softmax,
    "SpaceToDepth": space_to_depth,
    "Squeeze": squeeze,
    "Sum": add,
    "Tanh": tanh,
    "Transpose": transpose,
    "Unsqueeze": unsqueeze,
}
"""Every operation that can be read."""
