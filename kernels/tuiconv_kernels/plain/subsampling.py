"""LeNet's subsampling layer: an average, a gain and a bias."""

import numpy as np

from tuiconv_kernels.checks import Array, Size
from tuiconv_kernels.plain.pooling import avg_pool2d, avg_pool2d_backward


def subsample2d(
    x: Array, gain: Array, bias: Array, kernel_size: Size = 2, stride: Size | None = None
) -> Array:
    """Average every window; every map has its own gain and bias."""
    average = avg_pool2d(x.astype(np.float64), kernel_size, stride)
    out = np.zeros(average.shape, x.dtype)
    for n, c, i, j in np.ndindex(out.shape):
        out[n, c, i, j] = float(gain[c]) * float(average[n, c, i, j]) + float(bias[c])
    return out


def subsample2d_backward(
    grad_out: Array,
    x: Array,
    gain: Array,
    bias: Array,
    kernel_size: Size = 2,
    stride: Size | None = None,
) -> tuple[Array, Array, Array]:
    """A product sends each factor the gradient times the other factor; a sum copies it."""
    average = avg_pool2d(x.astype(np.float64), kernel_size, stride)
    grad_average = np.zeros(average.shape)
    grad_gain, grad_bias = [0.0] * len(gain), [0.0] * len(bias)
    for n, c, i, j in np.ndindex(grad_out.shape):
        grad = float(grad_out[n, c, i, j])
        grad_average[n, c, i, j] = grad * float(gain[c])
        grad_gain[c] += grad * float(average[n, c, i, j])
        grad_bias[c] += grad
    grad_x = avg_pool2d_backward(grad_average, x, kernel_size, stride)
    return grad_x, np.array(grad_gain, x.dtype), np.array(grad_bias, x.dtype)
