"""The locally connected layer, one multiplication at a time."""

from collections.abc import Iterator

import numpy as np

from tuiconv_kernels.checks import Array, Size
from tuiconv_kernels.plain.sizes import both

Place = tuple[int, ...]


def local2d(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
) -> Array:
    """For every output cell: lay its own kernel on the input, multiply what meets, add up."""
    sums = np.zeros((len(x), *weight.shape[:3]))
    if bias is not None:
        sums += bias
    for pixel, tap, cell in _products(x, weight, both(stride), both(padding), both(dilation)):
        sums[cell] += float(x[pixel]) * float(weight[tap])
    return sums.astype(x.dtype)


def local2d_backward(
    grad_out: Array,
    x: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
) -> tuple[Array, Array, Array | None]:
    """A product sends each factor the gradient times the other factor; a sum copies it."""
    grad_x, grad_weight = np.zeros(x.shape), np.zeros(weight.shape)
    for pixel, tap, cell in _products(x, weight, both(stride), both(padding), both(dilation)):
        grad_x[pixel] += float(grad_out[cell]) * float(weight[tap])
        grad_weight[tap] += float(grad_out[cell]) * float(x[pixel])
    if bias is None:
        return grad_x.astype(x.dtype), grad_weight.astype(x.dtype), None
    grad_bias = np.zeros_like(bias)
    for o, i, j in np.ndindex(bias.shape):
        grad_bias[o, i, j] = sum(float(grad) for grad in grad_out[:, o, i, j])
    return grad_x.astype(x.dtype), grad_weight.astype(x.dtype), grad_bias


def _products(
    x: Array,
    weight: Array,
    stride: tuple[int, int],
    padding: tuple[int, int],
    dilation: tuple[int, int],
) -> Iterator[tuple[Place, Place, Place]]:
    """Yield for every product the places of its pixel, its weight and the output it adds to."""
    for n in range(len(x)):
        for o, i, j, c, u, v in np.ndindex(weight.shape):
            row = i * stride[0] - padding[0] + u * dilation[0]
            column = j * stride[1] - padding[1] + v * dilation[1]
            if 0 <= row < x.shape[2] and 0 <= column < x.shape[3]:
                yield (n, c, row, column), (o, i, j, c, u, v), (n, o, i, j)
