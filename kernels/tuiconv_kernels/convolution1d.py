"""Convolution along one axis, for signals: sound, text, prices; causal where the axis is time."""

from typing import Literal

import numpy as np

from tuiconv_kernels.checks import (
    Array,
    float_array,
    output_size,
    same_dtype,
    same_shape,
    whole,
)
from tuiconv_kernels.convolution import check_groups, conv2d, conv2d_backward
from tuiconv_kernels.windows import Pair


def conv1d(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    stride: int = 1,
    padding: int | Literal["causal"] = 0,
    dilation: int = 1,
    groups: int = 1,
) -> Array:
    """Slide every kernel along the input: multiply, add, write one value.

        out[n, o, t] = bias[o] + Σ c,k  weight[o, c, k] · x[n, first + c, s]
        s = t·stride − padding + k·dilation

    Values outside the input count as 0; groups are those of `conv2d`. With padding="causal" there
    are dilation·(kernel − 1) zeros in front and none behind: the last tap of the kernel lies on
    the present, s = t·stride, the others on the past, and out[…, t] knows no later input. Causal
    layers of growing dilation are how WaveNet (van den Oord et al. 2016) foretells a sample from
    those before it.

    Args:
        x: Input, (n, channels, length), float32 or float64.
        weight: Kernels, (maps, channels / groups, kernel), same dtype.
        bias: One number for each map, (maps,), or None.
        stride: Steps between windows.
        padding: How many zeros on each side, or "causal".
        dilation: Steps between the taps of a kernel.
        groups: Into how many groups channels and maps are divided.

    Returns:
        (n, maps, out_length), the dtype of x; with padding="causal" and stride 1 the length of x.

    Raises:
        ValueError: If a dtype, shape or number does not fit; the message quotes it.
    """
    x, weight, bias, _, pads = _checked(
        "conv1d", x, weight, bias, stride, padding, dilation, groups
    )
    return conv2d(x, weight, bias, (1, stride), pads, (1, dilation), groups)[:, :, 0]


def conv1d_backward(
    grad_out: Array,
    x: Array,
    weight: Array,
    bias: Array | None = None,
    stride: int = 1,
    padding: int | Literal["causal"] = 0,
    dilation: int = 1,
    groups: int = 1,
) -> tuple[Array, Array, Array | None]:
    """Carry the gradient of a loss back through `conv1d`.

        grad_x[n, c, s]      = Σ  weight[o, c, k] · grad_out[n, o, t]
        grad_weight[o, c, k] = Σ  x[n, c, s] · grad_out[n, o, t]
        grad_bias[o]         = Σ  grad_out[n, o, t]

    each over all windows t and taps k that meet at s.

    Args:
        grad_out: ∂loss/∂out, in the shape that `conv1d` returns.
        x: As given to `conv1d`; so are all further arguments.
        weight: Kernels.
        bias: Biases or None.
        stride: Steps between windows.
        padding: How many zeros on each side, or "causal".
        dilation: Steps between taps.
        groups: Groups of channels.

    Returns:
        The gradients of x, weight and bias (None if there was none), in their shapes.

    Raises:
        ValueError: As `conv1d`, and if `grad_out` has another shape or dtype.
    """
    name = "conv1d_backward"
    x, weight, bias, front, pads = _checked(
        name, x, weight, bias, stride, padding, dilation, groups
    )
    grad_out = float_array(name, "grad_out", grad_out, "n,o,length")
    same_dtype(name, grad_out=grad_out, x=x)
    out_length = output_size(name, "length", x.shape[3], weight.shape[3], stride, pads[1], dilation)
    same_shape(name, "grad_out", grad_out, (len(x), len(weight), out_length))
    grad_x, grad_weight, grad_bias = conv2d_backward(
        grad_out[:, :, np.newaxis], x, weight, bias, (1, stride), pads, (1, dilation), groups
    )
    return np.ascontiguousarray(grad_x[:, :, 0, front:]), grad_weight[:, :, 0], grad_bias


def _checked(
    function: str,
    x: Array,
    weight: Array,
    bias: Array | None,
    stride: int,
    padding: int | Literal["causal"],
    dilation: int,
    groups: int,
) -> tuple[Array, Array, Array | None, int, Pair]:
    """Return x and weight as images of one row, bias, and the padding.

    Zeros that stand in front alone are already part of x; the number tells how many.
    """
    x = float_array(function, "x", x, "n,c,length")
    weight = float_array(function, "weight", weight, "o,c,k")
    if bias is not None:
        bias = float_array(function, "bias", bias, "o")
        same_shape(function, "bias", bias, weight.shape[:1])
    same_dtype(function, x=x, weight=weight, bias=bias)
    check_groups(function, x, weight, groups, "kernel")
    images, channels, length = x.shape
    if length < 1:
        raise ValueError(f"{function}: x has shape {x.shape}; a length of at least 1 is needed")
    whole(function, "stride", stride, 1)
    gap = whole(function, "dilation", dilation, 1)
    front, each_side = 0, 0
    if padding == "causal":
        front = gap * (weight.shape[2] - 1)
        x = np.concatenate([np.zeros((images, channels, front), x.dtype), x], axis=2)
    elif isinstance(padding, str):
        raise ValueError(
            f"{function}: padding is {padding!r}; an integer of at least 0 or 'causal' is needed"
        )
    else:
        each_side = whole(function, "padding", padding, 0)
    output_size(function, "length", x.shape[2], weight.shape[2], stride, each_side, gap)
    return x[:, :, np.newaxis], weight[:, :, np.newaxis], bias, front, (0, each_side)
