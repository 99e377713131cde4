"""Transposed convolution: `conv2d` run backwards, from few pixels to many.

Where `conv2d` gathers a window into one cell, the transposed convolution lays one cell out over a
window. The two are each other's input gradient, so the loops are those of `convolution`.
"""

import numpy as np

from tuiconv_kernels import jit, plain
from tuiconv_kernels.checks import (
    Array,
    Size,
    float_array,
    pair,
    same_dtype,
    same_shape,
    whole,
)
from tuiconv_kernels.correlation import bias_gradient, correlate, input_gradient, weight_gradient
from tuiconv_kernels.geometry import Sliding


def conv_transpose2d(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> Array:
    """Lay every pixel's kernel, scaled by the pixel, on the output; add up where they overlap.

        out[n, o, y, x'] = bias[o] + Σ c,i,j,u,v  weight[c, o, u, v] · x[n, c, i, j]
        over all i, j, u, v with  y = i·stride − padding + u·dilation,
                                 x' = j·stride − padding + v·dilation

    It is the adjoint of `conv2d` with the same weight, stride, padding and dilation; also called
    deconvolution (Zeiler et al. 2010), used to enlarge maps by learned kernels.

    Args:
        x: Input, (n, channels, height, width), float32 or float64.
        weight: Kernels, (channels, maps / groups, kernel_height, kernel_width), same dtype.
        bias: One number for each map, (maps,), or None.
        stride: Output pixels between kernels laid side by side; an int or (vertical, horizontal),
            as all spatial arguments.
        padding: Rows and columns cut off each side of the output.
        output_padding: Rows and columns added below and on the right: `conv2d` with a stride takes
            several input sizes to one output size, this chooses among them. Less than the stride
            or less than the dilation.
        groups: Into how many groups channels and maps are divided.
        dilation: Pixels between the taps of a kernel.

    Returns:
        (n, maps, out_height, out_width), the dtype of x; for each axis
        out = (size − 1)·stride − 2·padding + dilation·(kernel − 1) + output_padding + 1.

    Raises:
        ValueError: If a dtype, shape or number does not fit; the message quotes it.
    """
    x, weight, bias, shape, sliding = _checked(
        "conv_transpose2d", x, weight, bias, stride, padding, output_padding, groups, dilation
    )
    if not jit.ENABLED:
        return plain.conv_transpose2d(
            x, weight, bias, stride, padding, output_padding, groups, dilation
        )
    out = input_gradient(x, weight, shape, sliding, groups)
    if bias is not None:
        with np.errstate(all="ignore"):
            out += bias[:, np.newaxis, np.newaxis]
    return out


def conv_transpose2d_backward(
    grad_out: Array,
    x: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> tuple[Array, Array, Array | None]:
    """Carry the gradient of a loss back through `conv_transpose2d`.

        grad_x                  = conv2d(grad_out, weight)
        grad_weight[c, o, u, v] = Σ  x[n, c, i, j] · grad_out[n, o, y, x']
        grad_bias[o]            = Σ  grad_out[n, o, y, x']

    with the stride, padding, dilation and groups of the forward pass, and (y, x') as there. Long
    sums run in float64.

    Args:
        grad_out: ∂loss/∂out, in the shape that `conv_transpose2d` returns.
        x: As given to `conv_transpose2d`; so are all further arguments.
        weight: Kernels.
        bias: Biases or None.
        stride: Output pixels between kernels.
        padding: Rows and columns cut off.
        output_padding: Rows and columns added below and on the right.
        groups: Groups of channels.
        dilation: Pixels between taps.

    Returns:
        The gradients of x, weight and bias (None if there was none), in their shapes.

    Raises:
        ValueError: As `conv_transpose2d`, and if `grad_out` has another shape or dtype.
    """
    name = "conv_transpose2d_backward"
    x, weight, bias, shape, sliding = _checked(
        name, x, weight, bias, stride, padding, output_padding, groups, dilation
    )
    grad_out = float_array(name, "grad_out", grad_out, "n,o,h,w")
    same_dtype(name, grad_out=grad_out, x=x)
    same_shape(name, "grad_out", grad_out, shape)
    if not jit.ENABLED:
        return plain.conv_transpose2d_backward(
            grad_out, x, weight, bias, stride, padding, output_padding, groups, dilation
        )
    grad_x = correlate(grad_out, weight, None, sliding, (x.shape[2], x.shape[3]), groups)
    # The convolution that is run backwards takes grad_out for its input and gives x
    grad_weight = weight_gradient(x, grad_out, weight.shape, sliding, groups)
    grad_bias = None if bias is None else bias_gradient(grad_out, bias)
    return grad_x, grad_weight, grad_bias


def _checked(
    function: str,
    x: Array,
    weight: Array,
    bias: Array | None,
    stride: Size,
    padding: Size,
    output_padding: Size,
    groups: int,
    dilation: Size,
) -> tuple[Array, Array, Array | None, tuple[int, ...], Sliding]:
    """Return x, weight, bias, the output's shape, and how the kernel slides over it."""
    x = float_array(function, "x", x, "n,c,h,w")
    weight = float_array(function, "weight", weight, "c,o,h,w")
    groups = whole(function, "groups", groups, 1)
    channels, height, width = x.shape[1:]
    if channels % groups:
        raise ValueError(f"{function}: {channels} channels cannot be divided into groups={groups}")
    if weight.shape[0] != channels or 0 in weight.shape:
        raise ValueError(
            f"{function}: weight has shape {weight.shape}; x has {channels} channels, so "
            f"({channels}, maps / groups, height, width), each at least 1, is needed"
        )
    maps = weight.shape[1] * groups
    if bias is not None:
        bias = float_array(function, "bias", bias, "o")
        same_shape(function, "bias", bias, (maps,))
    same_dtype(function, x=x, weight=weight, bias=bias)
    steps = pair(function, "stride", stride, 1)
    pads = pair(function, "padding", padding, 0)
    extras = pair(function, "output_padding", output_padding, 0)
    gaps = pair(function, "dilation", dilation, 1)
    geometry = zip(weight.shape[2:], steps, pads, extras, gaps, strict=True)
    out_height = _size(function, "height", height, *next(geometry))
    out_width = _size(function, "width", width, *next(geometry))
    shape = (len(x), maps, out_height, out_width)
    return x, weight, bias, shape, Sliding((weight.shape[2], weight.shape[3]), steps, pads, gaps)


def _size(
    function: str,
    axis: str,
    size: int,
    kernel: int,
    stride: int,
    padding: int,
    extra: int,
    dilation: int,
) -> int:
    if extra >= max(stride, dilation):
        raise ValueError(
            f"{function}: output_padding is {extra} along the {axis}; less than the stride "
            f"{stride} or the dilation {dilation} is allowed"
        )
    out = (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + extra + 1
    if size < 1 or out < 1:
        formula = f"({size} − 1)·{stride} − 2·{padding} + {dilation}·({kernel} − 1) + {extra} + 1"
        raise ValueError(
            f"{function}: {axis} {size} with kernel {kernel}, stride {stride}, padding {padding}, "
            f"dilation {dilation}, output_padding {extra} gives {formula} = "
            f"{str(out).replace('-', '−')}: at least 1 is needed"
        )
    return out
