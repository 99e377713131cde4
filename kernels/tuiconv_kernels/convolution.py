"""Two-dimensional convolution (cross-correlation, as networks use the word) and its gradients."""

import numpy as np

from tuiconv_kernels import jit, plain
from tuiconv_kernels.checks import (
    Array,
    Size,
    float_array,
    loop_ready,
    output_size,
    pair,
    same_dtype,
    same_shape,
    whole,
)
from tuiconv_kernels.correlation import (
    Connections,
    bias_gradient,
    correlate,
    input_gradient,
    weight_gradient,
)
from tuiconv_kernels.geometry import Pair, Sliding


def conv2d(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
    connections: Connections | None = None,
) -> Array:
    """Slide every kernel over the input: multiply, add, write one cell.

        out[n, o, i, j] = bias[o] + Σ c,u,v  weight[o, c, u, v] · x[n, first + c, y, x']
        y = i·stride − padding + u·dilation,  x' = j·stride − padding + v·dilation

    Pixels outside the input count as 0. Group g of the outputs sees only group g of the input
    channels; `first` is where that group begins. A table of `connections` chooses more freely, as
    in the third layer of LeNet-5 (LeCun et al. 1998, Table I): the sum leaves out the channels
    that map o does not see, whatever they and their weights hold.

    Args:
        x: Input, (n, channels, height, width), float32 or float64.
        weight: Kernels, (maps, channels / groups, kernel_height, kernel_width), same dtype.
        bias: One number for each map, (maps,); or for each unit, (maps, out_height, out_width), as
            in the digit networks of 1989 (LeCun et al.); or None.
        stride: Pixels between windows; an int or (vertical, horizontal), as all spatial arguments.
        padding: Rows and columns of zeros on each side.
        dilation: Pixels between the taps of a kernel.
        groups: Into how many groups channels and maps are divided.
        connections: Which map sees which channel, bool, (maps, channels); None for all. Only with
            groups=1.

    Returns:
        (n, maps, out_height, out_width), the dtype of x.

    Raises:
        ValueError: If a dtype, shape or number does not fit; the message quotes it.
    """
    name = "conv2d"
    x, weight, bias, sliding, out_size = _checked(
        name, x, weight, bias, stride, padding, dilation, groups
    )
    connections = _checked_connections(name, connections, x, weight, groups)
    if not jit.ENABLED:
        return plain.conv2d(x, weight, bias, stride, padding, dilation, groups, connections)
    if bias is None or bias.ndim == 1:
        return correlate(x, weight, bias, sliding, out_size, groups, connections)
    out = correlate(x, weight, None, sliding, out_size, groups, connections)
    with np.errstate(all="ignore"):
        out += bias
    return out


def conv2d_backward(
    grad_out: Array,
    x: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
    connections: Connections | None = None,
) -> tuple[Array, Array, Array | None]:
    """Carry the gradient of a loss back through `conv2d`.

        grad_x[n, c, y, x']     = Σ  weight[o, c, u, v] · grad_out[n, o, i, j]
        grad_weight[o, c, u, v] = Σ  x[n, c, y, x'] · grad_out[n, o, i, j]
        grad_bias[o]            = Σ  grad_out[n, o, i, j]

    each over all windows (i, j) and taps (u, v) that meet at (y, x'). The gradient of a bias per
    unit is the sum over the images alone, that of a weight without a connection is 0. Sums over
    more than 32 images run in float64.

    Args:
        grad_out: ∂loss/∂out, in the shape that `conv2d` returns.
        x: As given to `conv2d`; so are all further arguments.
        weight: Kernels.
        bias: Biases, of maps or of units, or None.
        stride: Pixels between windows.
        padding: Rows and columns of zeros on each side.
        dilation: Pixels between taps.
        groups: Groups of channels.
        connections: Which map sees which channel.

    Returns:
        The gradients of x, weight and bias (None if there was none), in their shapes.

    Raises:
        ValueError: As `conv2d`, and if `grad_out` has another shape or dtype.
    """
    name = "conv2d_backward"
    x, weight, bias, sliding, out_size = _checked(
        name, x, weight, bias, stride, padding, dilation, groups
    )
    connections = _checked_connections(name, connections, x, weight, groups)
    grad_out = float_array(name, "grad_out", grad_out, "n,o,h,w")
    same_dtype(name, grad_out=grad_out, x=x)
    same_shape(name, "grad_out", grad_out, (len(x), len(weight), *out_size))
    if not jit.ENABLED:
        return plain.conv2d_backward(
            grad_out, x, weight, bias, stride, padding, dilation, groups, connections
        )
    grad_bias = None if bias is None else bias_gradient(grad_out, bias)
    grad_x = input_gradient(grad_out, weight, x.shape, sliding, groups, connections)
    grad_weight = weight_gradient(grad_out, x, weight.shape, sliding, groups, connections)
    return grad_x, grad_weight, grad_bias


def _checked(
    function: str,
    x: Array,
    weight: Array,
    bias: Array | None,
    stride: Size,
    padding: Size,
    dilation: Size,
    groups: int,
) -> tuple[Array, Array, Array | None, Sliding, Pair]:
    x = float_array(function, "x", x, "n,c,h,w")
    weight = float_array(function, "weight", weight, "o,c,h,w")
    if bias is not None:
        bias = float_array(function, "bias", bias)
    same_dtype(function, x=x, weight=weight, bias=bias)
    check_groups(function, x, weight, groups, "height, width")
    taps = (weight.shape[2], weight.shape[3])
    steps = pair(function, "stride", stride, 1)
    pads = pair(function, "padding", padding, 0)
    gaps = pair(function, "dilation", dilation, 1)
    along = zip(("height", "width"), x.shape[2:], taps, steps, pads, gaps, strict=True)
    out_height, out_width = (output_size(function, *axis) for axis in along)
    maps = len(weight)
    if bias is not None and bias.shape not in ((maps,), (maps, out_height, out_width)):
        raise ValueError(
            f"{function}: bias has shape {bias.shape}; {(maps,)} is needed, or "
            f"{(maps, out_height, out_width)} for one bias a unit"
        )
    return x, weight, bias, Sliding(taps, steps, pads, gaps), (out_height, out_width)


def check_groups(function: str, x: Array, weight: Array, groups: int, kernel_axes: str) -> None:
    """Raise a ValueError unless weight fits the channels of x in so many groups."""
    groups = whole(function, "groups", groups, 1)
    channels, maps = x.shape[1], weight.shape[0]
    if channels % groups or maps % groups:
        raise ValueError(
            f"{function}: {channels} channels and {maps} maps cannot be divided into "
            f"groups={groups}"
        )
    if weight.shape[1] != channels // groups or 0 in weight.shape:
        raise ValueError(
            f"{function}: weight has shape {weight.shape}; x has {channels} channels in groups="
            f"{groups}, so (maps, {channels // groups}, {kernel_axes}), each at least 1, is needed"
        )


def _checked_connections(
    function: str, connections: Connections | None, x: Array, weight: Array, groups: int
) -> Connections | None:
    if connections is None:
        return None
    if groups != 1:
        raise ValueError(
            f"{function}: groups is {groups} and connections are given; a table of connections "
            "is allowed with groups=1 only"
        )
    connections = loop_ready(connections)
    if connections.dtype != np.bool_:
        raise ValueError(f"{function}: connections are {connections.dtype}; bool is allowed")
    same_shape(function, "connections", connections, (len(weight), x.shape[1]))
    return connections
