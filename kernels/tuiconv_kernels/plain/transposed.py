"""Transposed convolution, one multiplication at a time."""

from collections.abc import Iterator

import numpy as np

from tuiconv_kernels.checks import Array, Size
from tuiconv_kernels.plain.sizes import both

Place = tuple[int, int, int, int]


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
    """Every pixel lays its kernel, scaled by itself, on the output."""
    steps, pads, extras, gaps = both(stride), both(padding), both(output_padding), both(dilation)
    out_height, out_width = (
        (size - 1) * step - 2 * pad + gap * (taps - 1) + extra + 1
        for size, taps, step, pad, extra, gap in zip(
            x.shape[2:], weight.shape[2:], steps, pads, extras, gaps, strict=True
        )
    )
    sums = np.zeros((len(x), weight.shape[1] * groups, out_height, out_width))
    if bias is not None:
        sums += bias.reshape(-1, 1, 1)
    for pixel, tap, cell in _products(x, weight, sums.shape, steps, pads, groups, gaps):
        sums[cell] += float(x[pixel]) * float(weight[tap])
    return sums.astype(x.dtype)


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
    """A product sends each factor the gradient times the other; grad_out shows output_padding."""
    steps, pads, gaps = both(stride), both(padding), both(dilation)
    grad_x, grad_weight = np.zeros(x.shape), np.zeros(weight.shape)
    for pixel, tap, cell in _products(x, weight, grad_out.shape, steps, pads, groups, gaps):
        grad_x[pixel] += float(grad_out[cell]) * float(weight[tap])
        grad_weight[tap] += float(grad_out[cell]) * float(x[pixel])
    if bias is None:
        return grad_x.astype(x.dtype), grad_weight.astype(x.dtype), None
    grad_bias = np.zeros_like(bias)
    for o in range(len(bias)):
        grad_bias[o] = sum(float(grad) for grad in grad_out[:, o].flat)
    return grad_x.astype(x.dtype), grad_weight.astype(x.dtype), grad_bias


def _products(
    x: Array,
    weight: Array,
    out_shape: tuple[int, ...],
    stride: tuple[int, int],
    padding: tuple[int, int],
    groups: int,
    dilation: tuple[int, int],
) -> Iterator[tuple[Place, Place, Place]]:
    """Yield for every product the places of its pixel, its weight and the output it adds to."""
    channels, group_maps, kernel_height, kernel_width = weight.shape
    for n, c, i, j in np.ndindex(x.shape):
        first_map = c // (channels // groups) * group_maps
        for o, u, v in np.ndindex(group_maps, kernel_height, kernel_width):
            row = i * stride[0] - padding[0] + u * dilation[0]
            column = j * stride[1] - padding[1] + v * dilation[1]
            if 0 <= row < out_shape[2] and 0 <= column < out_shape[3]:
                yield (n, c, i, j), (c, o, u, v), (n, first_map + o, row, column)
