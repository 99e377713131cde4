"""Every kind of layer as ONNX nodes. What ONNX has no operation for is composed of several."""

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper

from tuiconv.arithmetic import Spec
from tuiconv.arithmetic import layers as specs
from tuiconv.arithmetic.joins import Concat, Join, Residual
from tuiconv.arithmetic.sizes import Window
from tuiconv.errors import RequestError, UserError
from tuiconv.exchange.margins import margins_behind

Numbers = npt.NDArray[Any]

LARGEST = 2**31 - 2**24
"""Bytes of numbers that a file can have: 2 GB, less what nodes and names may take."""


class Graph:
    """The nodes and constants of a graph in the making.

    Args:
        graph: to which they are added.
        arrays: what the layers have learned, by name, such as conv1.weight.
    """

    def __init__(self, graph: onnx.GraphProto, arrays: Mapping[str, Numbers]) -> None:
        self.graph = graph
        self.arrays = arrays
        self.size = 0

    def node(self, name: str, operation: str, *inputs: str, **attributes: Any) -> str:  # noqa: ANN401 - as make_node
        """Add a node, whose output has its name."""
        self.graph.node.append(helper.make_node(operation, inputs, [name], name, **attributes))
        return name

    def constant(self, name: str, values: npt.ArrayLike, dtype: str = "float32") -> str:
        """Add numbers for nodes to take.

        Raises:
            UserError: there are more than ONNX allows in a file.
        """
        array = np.asarray(values, np.dtype(dtype).newbyteorder("<"))
        self.size += array.nbytes
        if self.size > LARGEST:
            raise UserError(
                f"{name}: with it there are {self.size:,} bytes of numbers; ONNX allows at most"
                f" {LARGEST:,} in a file"
            )
        self.graph.initializer.add(
            name=name,
            dims=array.shape,
            data_type=helper.np_dtype_to_tensor_dtype(np.dtype(dtype)),
            raw_data=array.tobytes(),
        )
        return name

    def learned(self, name: str, *shape: int) -> str:
        """Add what a layer has learned, in the shape that its node takes."""
        array = self.arrays[name]
        return self.constant(name, array.reshape(shape) if shape else array)


def add_layer(graph: Graph, layer: Spec, inputs: list[str]) -> None:
    """Add the nodes of a layer; the last of them has its name.

    Args:
        graph: to which they are added.
        layer: what they compute.
        inputs: the names of what arrives; of a join several.

    Raises:
        RequestError: runtimes cannot do what the layer does.
        UserError: there are more numbers than ONNX allows in a file.
    """
    name, x = layer.name, inputs[0]
    match layer:
        case Join():
            join(graph, layer, inputs)
        case specs.Conv() | specs.CausalConv():
            convolution(graph, layer, x)
        case specs.TransposedConv():
            transposed(graph, layer, x)
        case specs.Local():
            local(graph, layer, x)
        case specs.FullyConnected():
            flat = graph.node(f"{name}/flat", "Flatten", x) if len(layer.input) > 1 else x
            graph.node(name, "Gemm", flat, *weights(graph, layer), transB=1)
        case specs.MaxPool() | specs.AvgPool():
            pool(graph, layer, x)
        case specs.Subsample():
            subsample(graph, layer, x)
        case specs.LpPool() | specs.LogProbPool():
            soft_pool(graph, layer, x)
        case specs.ResponseNorm():
            response_norm(graph, layer, x)
        case specs.SubtractiveNorm() | specs.DivisiveNorm():
            local_norm(graph, layer, x)
        case specs.Unshuffle():
            unshuffle(graph, layer, x)
        case specs.BatchNorm():
            kept = ("weight", "bias", "running_mean", "running_var")
            statistics = [graph.learned(f"{name}.{each}") for each in kept]
            settings = {"epsilon": layer.eps, "momentum": 1 - layer.momentum}
            graph.node(name, "BatchNormalization", x, *statistics, **settings)
        case specs.Whiten():
            centred = graph.node(f"{name}/centred", "Sub", x, graph.learned(f"{name}.mean"))
            flat = graph.node(f"{name}/flat", "Flatten", centred)
            white = graph.node(f"{name}/white", "MatMul", flat, graph.learned(f"{name}.matrix"))
            shape = graph.constant(f"{name}/shape", [-1, *layer.input], "int64")
            graph.node(name, "Reshape", white, shape)
        case specs.ScaledTanh():
            inner = graph.constant(f"{name}/inner", 2 / 3)
            scaled = graph.node(f"{name}/scaled", "Mul", x, inner)
            squashed = graph.node(f"{name}/squashed", "Tanh", scaled)
            graph.node(name, "Mul", squashed, graph.constant(f"{name}/outer", 1.7159))
        case specs.ReLU6():
            limits = graph.constant(f"{name}/least", 0), graph.constant(f"{name}/most", 6)
            graph.node(name, "Clip", x, *limits)
        case specs.Dropout():
            graph.node(name, "Dropout", x, graph.constant(f"{name}/p", layer.p))
        case _:
            operation, attributes = single(layer)
            graph.node(name, operation, x, **attributes)


def single(layer: Spec) -> tuple[str, dict[str, Any]]:
    """The operation that a layer without numbers of its own is, and its attributes."""
    match layer:
        case specs.ReLU():
            return "Relu", {}
        case specs.LeakyReLU():
            return "LeakyRelu", {"alpha": layer.slope}
        case specs.Tanh():
            return "Tanh", {}
        case specs.Sigmoid():
            return "Sigmoid", {}
        case specs.Shrink():
            return "Shrink", {"lambd": layer.threshold, "bias": layer.threshold}
        case specs.Shuffle():
            return "DepthToSpace", {"blocksize": layer.factor, "mode": "CRD"}
        case specs.GlobalAvgPool():
            return "GlobalAveragePool", {}
        case specs.GlobalMaxPool():
            return "GlobalMaxPool", {}
        case specs.Flatten():
            return "Flatten", {}
        case specs.Softmax():
            return "LogSoftmax", {"axis": 1}
    raise NotImplementedError(f"{layer.name} {layer}: no ONNX is known for it")


def join(graph: Graph, layer: Join, inputs: list[str]) -> None:
    """A sum, a stack or a product of branches."""
    if isinstance(layer, Concat):
        graph.node(layer.name, "Concat", *inputs, axis=1)
    elif isinstance(layer, Residual):
        graph.node(layer.name, "Sum", *inputs)
    else:
        first, *others, last = inputs
        for number, each in enumerate(others, 1):
            first = graph.node(f"{layer.name}/{number}", "Mul", first, each)
        graph.node(layer.name, "Mul", first, last)


def sliding(window: Window) -> dict[str, Any]:
    """A window as the attributes of operations that know no dilation."""
    return {
        "kernel_shape": window.kernel_size,
        "strides": window.stride,
        "pads": [*window.before, *window.behind],
    }


def weights(graph: Graph, layer: Spec, *shape: int) -> list[str]:
    """The weight of a layer, in another shape if one is given, and its biases if it has any."""
    weight, bias = f"{layer.name}.weight", f"{layer.name}.bias"
    added = [graph.learned(weight, *shape)]
    return [*added, graph.learned(bias)] if bias in graph.arrays else added


def convolution(graph: Graph, layer: specs.Conv | specs.CausalConv, x: str) -> None:
    """Kernels that slide, biases for every unit apart."""
    window = layer.window
    options = {**sliding(window), "dilations": window.dilation, "group": layer.groups}
    # of a causal one too, which has no axis for the one row
    shape = (*layer.weight_shape[:2], *window.kernel_size)
    if isinstance(layer, specs.CausalConv):
        options["pads"] = [0, layer.dilation * (layer.kernel - 1), 0, 0]
    if layer.bias != "unit":
        graph.node(layer.name, "Conv", x, *weights(graph, layer, *shape), **options)
        return
    weight, bias = weights(graph, layer)
    sums = graph.node(f"{layer.name}/sums", "Conv", x, weight, **options)
    graph.node(layer.name, "Add", sums, bias)


def transposed(graph: Graph, layer: specs.TransposedConv, x: str) -> None:
    """Kernels laid on the output, of which less is cut off at the end by what is added there."""
    window = layer.window
    pairs = list(zip(window.behind, layer.output_padding, strict=True))
    added = [max(adds - cuts, 0) for cuts, adds in pairs]
    for adds, stride in zip(added, window.stride, strict=True):
        if adds >= stride:
            raise RequestError(
                f"{layer.name} {layer}: ONNX runtimes do not add {adds} cells at the end where the"
                f" stride is {stride}; expected an output_pad below pad + stride"
            )
    options = {**sliding(window), "dilations": window.dilation, "group": layer.groups}
    options["pads"] = [*window.before, *(max(cuts - adds, 0) for cuts, adds in pairs)]
    options["output_padding"] = added
    graph.node(layer.name, "ConvTranspose", x, *weights(graph, layer), **options)


def local(graph: Graph, layer: specs.Local, x: str) -> None:
    """Kernels that are not shared: a convolution cuts out the windows, k = c·u·v cells in each."""
    cells = layer.input[0] * prod(layer.kernel_size)
    cut = np.eye(cells).reshape(cells, layer.input[0], *layer.kernel_size)
    one_each = graph.constant(f"{layer.name}/cut", cut)
    windows = graph.node(f"{layer.name}/windows", "Conv", x, one_each, **sliding(layer.window))
    weight, *biases = weights(graph, layer, *layer.output, cells)
    name = f"{layer.name}/sums" if biases else layer.name
    graph.node(name, "Einsum", windows, weight, equation="nkij,oijk->noij")
    for bias in biases:
        graph.node(layer.name, "Add", name, bias)


def pool(graph: Graph, layer: specs.MaxPool | specs.AvgPool, x: str) -> None:
    """The largest value or the mean of every window.

    Sizes are never rounded up: in which windows there are then, runtimes differ. Padding that is
    as wide as the last window needs comes to the same.
    """
    name, options = layer.name, sliding(layer.window)
    before, (padded, beyond) = layer.window.before, margins_behind(layer)
    reached = [inner + outer for inner, outer in zip(padded, beyond, strict=True)]
    options["pads"] = [*before, *reached]
    if isinstance(layer, specs.MaxPool):
        sides = zip(options["pads"], layer.kernel_size * 2, strict=True)
        if any(pad >= kernel for pad, kernel in sides):  # which runtimes refuse
            x = margin(graph, name, x, options.pop("pads"), -np.inf)
        graph.node(name, "MaxPool", x, **options, dilations=layer.dilation)
        return
    counts_padding = layer.count == "all"
    if counts_padding and any(beyond):  # what lies beyond the padding is not counted
        x = margin(graph, name, x, [*before, *padded], 0)
        options["pads"], counts_padding = [0, 0, *beyond], False
    graph.node(name, "AveragePool", x, **options, count_include_pad=int(counts_padding))


def margin(graph: Graph, name: str, x: str, pads: list[int], value: float) -> str:
    """Maps with rows and columns of a value around them: (top, left, bottom, right) of them."""
    top, left, bottom, right = pads
    sides = graph.constant(f"{name}/pads", [0, 0, top, left, 0, 0, bottom, right], "int64")
    return graph.node(f"{name}/padded", "Pad", x, sides, graph.constant(f"{name}/value", value))


def subsample(graph: Graph, layer: specs.Subsample, x: str) -> None:
    """The mean of every window, with a gain and a bias for every map."""
    name, maps = layer.name, layer.maps
    mean = graph.node(f"{name}/mean", "AveragePool", x, **sliding(layer.window))
    gain = graph.learned(f"{name}.gain", maps, 1, 1)
    scaled = graph.node(f"{name}/scaled", "Mul", mean, gain)
    graph.node(name, "Add", scaled, graph.learned(f"{name}.bias", maps, 1, 1))


def soft_pool(graph: Graph, layer: specs.LpPool | specs.LogProbPool, x: str) -> None:
    """What lies between the mean and the maximum."""
    name, options, area = layer.name, sliding(layer.window), prod(layer.kernel_size)
    if isinstance(layer, specs.LpPool):
        if layer.power == int(layer.power):
            graph.node(name, "LpPool", x, p=int(layer.power), **options)
            return
        sizes = graph.node(f"{name}/sizes", "Abs", x)
        power = graph.constant(f"{name}/power", layer.power)
        powers = graph.node(f"{name}/powers", "Pow", sizes, power)
        mean = graph.node(f"{name}/mean", "AveragePool", powers, **options)
        total = graph.node(f"{name}/total", "Mul", mean, graph.constant(f"{name}/cells", area))
        graph.node(name, "Pow", total, graph.constant(f"{name}/root", 1 / layer.power))
        return
    beta = graph.constant(f"{name}/beta", layer.beta)
    scaled = graph.node(f"{name}/scaled", "Mul", x, beta)
    # a convolution cuts out the windows of every map, k = u·v cells in each
    cut = np.tile(np.eye(area).reshape(area, 1, *layer.kernel_size), (layer.maps, 1, 1, 1))
    one_each = graph.constant(f"{name}/cut", cut)
    windows = graph.node(f"{name}/windows", "Conv", scaled, one_each, **options, group=layer.maps)
    maps, rows, columns = layer.output
    shape = graph.constant(f"{name}/shape", [-1, maps, area, rows, columns], "int64")
    apart = graph.node(f"{name}/apart", "Reshape", windows, shape)  # n c k i j
    total = graph.node(f"{name}/total", "ReduceLogSumExp", apart, axes=[2], keepdims=0)
    graph.node(name, "Div", total, beta)


def unshuffle(graph: Graph, layer: specs.Unshuffle, x: str) -> None:
    """Cells as channels, those of a map side by side, as SpaceToDepth does not have them."""
    (channels, height, width), factor = layer.input, layer.factor
    split = [-1, channels, height // factor, factor, width // factor, factor]
    cells = graph.constant(f"{layer.name}/cells", split, "int64")
    apart = graph.node(f"{layer.name}/apart", "Reshape", x, cells)
    moved = graph.node(f"{layer.name}/moved", "Transpose", apart, perm=[0, 1, 3, 5, 2, 4])
    shape = graph.constant(f"{layer.name}/shape", [-1, *layer.output], "int64")
    graph.node(layer.name, "Reshape", moved, shape)


def response_norm(graph: Graph, layer: specs.ResponseNorm, x: str) -> None:
    """Division by the squares of channels nearby; ONNX has another middle for an even number."""
    name, size = layer.name, layer.size
    if size % 2:
        settings = {"alpha": layer.alpha, "beta": layer.beta, "bias": layer.k}
        graph.node(name, "LRN", x, size=size, **settings)
        return
    channels = layer.input[0]
    apart = np.subtract.outer(np.arange(channels), np.arange(channels))
    near = layer.alpha / size * ((apart <= size // 2) & (apart >= -((size - 1) // 2)))
    squares = graph.node(f"{name}/squares", "Mul", x, x)
    by_channel = graph.constant(f"{name}/near", near[:, :, None, None])
    k = graph.constant(f"{name}/k", np.full(channels, layer.k))
    sums = graph.node(f"{name}/sums", "Conv", squares, by_channel, k, kernel_shape=[1, 1])
    power = graph.node(f"{name}/power", "Pow", sums, graph.constant(f"{name}/beta", layer.beta))
    graph.node(name, "Div", x, power)


def local_norm(graph: Graph, layer: specs.SubtractiveNorm | specs.DivisiveNorm, x: str) -> None:
    """Comparison with the neighbourhood, all channels together, under a Gaussian window."""
    if isinstance(layer, specs.SubtractiveNorm):
        graph.node(layer.name, "Sub", x, local_mean(graph, layer, x))
        return
    name = layer.name
    square = local_mean(graph, layer, graph.node(f"{name}/squares", "Mul", x, x))
    contrast = graph.node(f"{name}/contrast", "Sqrt", square)
    mean = graph.node(f"{name}/mean", "ReduceMean", contrast, axes=[2, 3])
    least = graph.constant(f"{name}/least", 1e-4)
    divisor = graph.node(f"{name}/divisor", "Max", contrast, mean, least)
    graph.node(name, "Div", x, divisor)


def local_mean(graph: Graph, layer: specs.SubtractiveNorm | specs.DivisiveNorm, x: str) -> str:
    """The weighted mean, over all channels, of those cells around each that there are."""
    name = layer.name
    gaussians = [
        np.exp(-8 * ((np.arange(size) - size // 2) / size) ** 2)  # a deviation of size / 4
        for size in layer.kernel_size
    ]
    sums_there = [  # at the edges fewer weights lie on the maps
        np.convolve(np.ones(size), gaussian)[len(gaussian) // 2 :][:size]
        for size, gaussian in zip(layer.input[1:], gaussians, strict=True)
    ]
    window = graph.constant(f"{name}/window", np.outer(*gaussians)[None, None])
    means = graph.node(f"{name}/means", "ReduceMean", x, axes=[1])
    sums = graph.node(f"{name}/sums", "Conv", means, window, **sliding(layer.window))
    weights = graph.constant(f"{name}/weights", np.outer(*sums_there))
    return graph.node(f"{name}/local", "Div", sums, weights)
