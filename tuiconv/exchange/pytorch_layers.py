"""Every kind of layer as PyTorch source: the module that holds it, and the steps through it."""

from typing import Any, NamedTuple

from tuiconv.arithmetic import Spec
from tuiconv.arithmetic import layers as specs
from tuiconv.arithmetic.sizes import Padding, sides
from tuiconv.exchange.margins import margins_behind

DEFAULTS: dict[str, Any] = {
    "stride": (1, 1),
    "padding": (0, 0),
    "output_padding": (0, 0),
    "dilation": (1, 1),
    "groups": 1,
    "bias": True,
    "ceil_mode": False,
    "count_include_pad": True,
    "eps": 0.00001,
    "momentum": 0.1,
}
"""PyTorch's own, which are left out."""


class Written(NamedTuple):
    """A layer in PyTorch source."""

    module: str
    """What `__init__` makes; "" if the layer holds nothing."""
    steps: list[str]
    """Expressions for `forward`, one after the other; `{}` stands for what arrives."""


def written(layer: Spec) -> Written:
    """A layer in PyTorch source; not a join, which takes more than one thing."""
    here = f"self.{layer.name}"
    match layer:
        case specs.Conv():
            before, padding = split(layer.padding)
            return Written(convolution(layer, padding), [*before, f"{here}({{}})"])
        case specs.Local():
            before = pad(layer.padding) if layer.padding != (0, 0) else []
            return Written(local(layer), [*before, f"{here}({{}})"])
        case specs.CausalConv():
            past = layer.dilation * (layer.kernel - 1)
            before = [f"F.pad({{}}, ({past}, 0))"] if past else []
            return Written(causal(layer), [*before, f"{here}({{}}.squeeze(2)).unsqueeze(2)"])
        case specs.TransposedConv():
            return transposed(layer)
        case specs.FullyConnected():
            outputs, inputs = layer.weight_shape
            before = ["torch.flatten({}, 1)"] if len(layer.input) > 1 else []
            module = call("nn.Linear", inputs, outputs, bias=layer.bias != "none")
            return Written(module, [*before, f"{here}({{}})"])
        case specs.MaxPool() | specs.AvgPool():
            return Written("", padded_pool(layer))
        case specs.LpPool() | specs.LogProbPool():
            return Written("", soft_pool(layer))
    module = module_of(layer)
    return Written(module, [f"{here}({{}})" if module else function(layer)])


def module_of(layer: Spec) -> str:
    """The module of a layer that needs no more than its call; "" if a function will do."""
    match layer:
        case specs.Subsample():
            return call("Subsample", layer.maps, layer.kernel_size, **moves(layer))
        case specs.Dropout():
            return call("nn.Dropout", layer.p)
        case specs.BatchNorm():
            kind = "nn.BatchNorm1d" if len(layer.input) == 1 else "nn.BatchNorm2d"
            return call(kind, layer.channels, eps=layer.eps, momentum=layer.momentum)
        case specs.Whiten():
            return call("Whiten", *layer.input)
        case specs.SubtractiveNorm() | specs.DivisiveNorm():
            return call(type(layer).__name__, *layer.kernel_size)
    return ""


def function(layer: Spec) -> str:
    """A layer that holds nothing, as an expression."""
    match layer:
        case specs.ReLU():
            return "F.relu({})"
        case specs.ReLU6():
            return "F.relu6({})"
        case specs.LeakyReLU():
            return call("F.leaky_relu", "{}", layer.slope)
        case specs.Tanh():
            return "torch.tanh({})"
        case specs.ScaledTanh():
            return "1.7159 * torch.tanh(2 / 3 * {})"
        case specs.Sigmoid():
            return "torch.sigmoid({})"
        case specs.Shrink():
            return call("F.softshrink", "{}", layer.threshold)
        case specs.ResponseNorm():
            strength = {"alpha": layer.alpha, "beta": layer.beta, "k": layer.k}
            return call("F.local_response_norm", "{}", layer.size, **strength)
        case specs.GlobalAvgPool():
            return "F.adaptive_avg_pool2d({}, 1)"
        case specs.GlobalMaxPool():
            return "F.adaptive_max_pool2d({}, 1)"
        case specs.Shuffle():
            return call("F.pixel_shuffle", "{}", layer.factor)
        case specs.Unshuffle():
            return call("F.pixel_unshuffle", "{}", layer.factor)
        case specs.Flatten():
            return "torch.flatten({}, 1)"
        case specs.Softmax():
            return "F.log_softmax({}, dim=1)"
    raise NotImplementedError(f"{layer.name} {layer}: no PyTorch source is known for it")


def convolution(layer: specs.Conv, padding: Padding) -> str:
    """The module of a convolution."""
    kind = "Conv2d"
    options: dict[str, Any] = {"bias": layer.bias != "none"}
    if layer.bias == "unit":
        kind, options["units"] = f"UnitBias{kind}", str(layer.output)
    if layer.table is not None:
        kind, options["table"] = f"Partial{kind}", layer.table.upper()
    return call(
        f"nn.{kind}" if kind == "Conv2d" else kind,
        layer.input[0],
        layer.channels,
        kernel_size=layer.kernel_size,
        stride=layer.stride,
        padding=padding,
        dilation=layer.dilation,
        groups=layer.groups,
        **options,
    )


def local(layer: specs.Local) -> str:
    """The module of unshared kernels, which does not pad."""
    sizes = layer.input[0], str(layer.output), str(layer.kernel_size), str(layer.stride)
    return call("LocallyConnected2d", *sizes, bias=layer.bias != "none")


def causal(layer: specs.CausalConv) -> str:
    """The module of a convolution in time, which does not pad."""
    dilation = (layer.dilation, layer.dilation)
    options = {"kernel_size": layer.kernel, "dilation": dilation, "groups": layer.groups}
    bias = layer.bias != "none"
    return call("nn.Conv1d", layer.input[0], layer.channels, **options, bias=bias)


def transposed(layer: specs.TransposedConv) -> Written:
    """A transposed convolution; what uneven padding takes away is cut off behind it."""
    (above, below), (left, right) = map(sides, layer.padding)
    even = above == below and left == right
    module = call(
        "nn.ConvTranspose2d",
        layer.input[0],
        layer.channels,
        kernel_size=layer.kernel_size,
        stride=layer.stride,
        padding=layer.padding if even else (0, 0),
        output_padding=layer.output_padding,
        dilation=layer.dilation,
        groups=layer.groups,
        bias=layer.bias != "none",
    )
    cut = ", ".join(f"{first or ''}:{-last or ''}" for first, last in map(sides, layer.padding))
    after = [] if even else [f"{{}}[:, :, {cut}]"]
    return Written(module, [f"self.{layer.name}({{}})", *after])


def padded_pool(layer: specs.MaxPool | specs.AvgPool) -> list[str]:
    """The steps of a pool that may pad, in a step of its own where PyTorch's pools cannot."""
    options: dict[str, Any] = {**moves(layer), "ceil_mode": layer.rounding == "up"}
    (above, left), ((below, right), _) = layer.window.before, margins_behind(layer)
    pads = f"({left}, {right}, {above}, {below})"
    fits = layer.window.before == layer.window.behind and all(
        2 * pad <= kernel
        for pad, kernel in zip(layer.window.before, layer.kernel_size, strict=True)
    )
    if fits:
        options["padding"] = layer.padding
    if isinstance(layer, specs.MaxPool):
        options["dilation"] = layer.dilation
        before = [] if fits else [f"F.pad({{}}, {pads}, value=-torch.inf)"]
        return [*before, call("F.max_pool2d", "{}", layer.kernel_size, **options)]
    if fits:
        options["count_include_pad"] = layer.count == "all"
        return [call("F.avg_pool2d", "{}", layer.kernel_size, **options)]
    if layer.count == "all":
        return [f"F.pad({{}}, {pads})", call("F.avg_pool2d", "{}", layer.kernel_size, **options)]
    return [call("avg_pool2d_inside", "{}", pads, layer.kernel_size, **options)]


def soft_pool(layer: specs.LpPool | specs.LogProbPool) -> list[str]:
    """The steps of a pool between the mean and the maximum."""
    if isinstance(layer, specs.LpPool):
        return [call("F.lp_pool2d", "{}.abs()", layer.power, layer.kernel_size, **moves(layer))]
    (height, width), (down, across) = layer.kernel_size, layer.window.stride
    windows = f"{{}}.unfold(2, {height}, {down}).unfold(3, {width}, {across})"
    if layer.beta == 1:
        return [windows, "torch.logsumexp({}, dim=(4, 5))"]
    return [windows, f"torch.logsumexp({layer.beta} * {{}}, dim=(4, 5)) / {layer.beta}"]


def moves(layer: specs.MaxPool | specs.AvgPool | specs.LpPool | specs.Subsample) -> dict[str, str]:
    """The stride of a pool; without one it is the window's size, in PyTorch too."""
    stride = layer.window.stride
    return {} if stride == layer.kernel_size else {"stride": show(stride)}


def split(padding: Padding) -> tuple[list[str], Padding]:
    """The step that pads where PyTorch's layers cannot, and the padding that they can."""
    if any(isinstance(side, tuple) for side in padding):
        return pad(padding), (0, 0)
    return [], padding


def pad(padding: Padding) -> list[str]:
    """The step that pads with zeros; PyTorch names the last axis first."""
    (above, below), (left, right) = map(sides, padding)
    return [f"F.pad({{}}, ({left}, {right}, {above}, {below}))"]


def call(function: str, *values: Any, **options: Any) -> str:  # noqa: ANN401 - what is shown
    """A call in source, without options that have their default; texts are source already."""
    shown = [show(value) for value in values]
    shown += [
        f"{name}={show(value)}"
        for name, value in options.items()
        if name not in DEFAULTS or value != DEFAULTS[name]
    ]
    return f"{function}({', '.join(shown)})"


def show(value: Any) -> str:  # noqa: ANN401 - whatever is shown
    """`5` for an equal pair."""
    if isinstance(value, tuple) and value[0] == value[1]:
        value = value[0]
    return str(value)
