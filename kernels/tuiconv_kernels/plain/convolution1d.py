"""Convolution along one axis, one multiplication at a time."""

from collections.abc import Iterator
from typing import Literal

import numpy as np

from tuiconv_kernels.checks import Array
from tuiconv_kernels.plain.sizes import windows

Place = tuple[int, int, int]


def conv1d(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    stride: int = 1,
    padding: int | Literal["causal"] = 0,
    dilation: int = 1,
    groups: int = 1,
) -> Array:
    """For every output value: lay the kernel on the input, multiply what meets, add up."""
    length, taps = x.shape[2], weight.shape[2]
    if padding == "causal":
        out_length = windows(length, 1, stride, 0, 1)
    else:
        out_length = windows(length, taps, stride, padding, dilation)
    sums = np.zeros((len(x), len(weight), out_length))
    if bias is not None:
        sums += bias.reshape(-1, 1)
    for value, tap, cell in _products(x, weight, out_length, stride, padding, dilation, groups):
        sums[cell] += float(x[value]) * float(weight[tap])
    return sums.astype(x.dtype)


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
    """A product sends each factor the gradient times the other factor; a sum copies it."""
    grad_x, grad_weight = np.zeros(x.shape), np.zeros(weight.shape)
    out_length = grad_out.shape[2]
    for value, tap, cell in _products(x, weight, out_length, stride, padding, dilation, groups):
        grad_x[value] += float(grad_out[cell]) * float(weight[tap])
        grad_weight[tap] += float(grad_out[cell]) * float(x[value])
    if bias is None:
        return grad_x.astype(x.dtype), grad_weight.astype(x.dtype), None
    grad_bias = np.zeros_like(bias)
    for o in range(len(bias)):
        grad_bias[o] = sum(float(grad) for grad in grad_out[:, o].flat)
    return grad_x.astype(x.dtype), grad_weight.astype(x.dtype), grad_bias


def _products(
    x: Array,
    weight: Array,
    out_length: int,
    stride: int,
    padding: int | Literal["causal"],
    dilation: int,
    groups: int,
) -> Iterator[tuple[Place, Place, Place]]:
    """Yield for every product the places of its value, its weight and the output it adds to."""
    maps, group_channels, taps = weight.shape
    # Causal: the last tap lies on the present
    front = dilation * (taps - 1) if padding == "causal" else padding
    for n, o, t in np.ndindex(len(x), maps, out_length):
        first_channel = o // (maps // groups) * group_channels
        for c, k in np.ndindex(group_channels, taps):
            s = t * stride - front + k * dilation
            if 0 <= s < x.shape[2]:
                yield (n, first_channel + c, s), (o, c, k), (n, o, t)
