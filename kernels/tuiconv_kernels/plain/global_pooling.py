"""Global pooling: a window as large as the map."""

from tuiconv_kernels.checks import Array
from tuiconv_kernels.plain.pooling import (
    avg_pool2d,
    avg_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
)


def global_avg_pool2d(x: Array) -> Array:
    """Average each whole map."""
    return avg_pool2d(x, (x.shape[2], x.shape[3]))


def global_avg_pool2d_backward(grad_out: Array, x: Array) -> Array:
    """Give each pixel of a map the same share."""
    return avg_pool2d_backward(grad_out, x, (x.shape[2], x.shape[3]))


def global_max_pool2d(x: Array) -> Array:
    """Keep the winner of each whole map."""
    return max_pool2d(x, (x.shape[2], x.shape[3]))


def global_max_pool2d_backward(grad_out: Array, x: Array) -> Array:
    """Give the gradient of each map to its winner."""
    return max_pool2d_backward(grad_out, x, (x.shape[2], x.shape[3]))
