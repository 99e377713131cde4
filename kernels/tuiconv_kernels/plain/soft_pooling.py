"""Soft pooling, one window at a time."""

import math
from collections.abc import Iterator

import numpy as np

from tuiconv_kernels.checks import Array, Size
from tuiconv_kernels.plain.sizes import both, windows


def lp_pool2d(x: Array, norm_type: float, kernel_size: Size, stride: Size | None = None) -> Array:
    """Add up the p-th powers of all magnitudes, and take the p-th root."""
    out = np.zeros(_out_shape(x, kernel_size, stride), x.dtype)
    for n, c, i, j in np.ndindex(out.shape):
        cells = _cells(i, j, kernel_size, stride)
        total = sum(abs(float(x[n, c, *cell])) ** norm_type for cell in cells)
        out[n, c, i, j] = total ** (1 / norm_type)
    return out


def lp_pool2d_backward(
    grad_out: Array, x: Array, norm_type: float, kernel_size: Size, stride: Size | None = None
) -> Array:
    """The chain rule gives the sign times (magnitude / norm) to the power p − 1."""
    norms = lp_pool2d(x.astype(np.float64), norm_type, kernel_size, stride)
    grad_x = np.zeros_like(x)
    for n, c, i, j in np.ndindex(grad_out.shape):
        norm = float(norms[n, c, i, j])
        for cell in _cells(i, j, kernel_size, stride):
            value = float(x[n, c, *cell])
            if value != 0:
                slope = math.copysign((abs(value) / norm) ** (norm_type - 1), value)
                grad_x[n, c, *cell] += float(grad_out[n, c, i, j]) * slope
    return grad_x


def log_prob_pool2d(x: Array, beta: float, kernel_size: Size, stride: Size | None = None) -> Array:
    """Add up e^βx over every window; the logarithm of that, divided by β."""
    out = np.zeros(_out_shape(x, kernel_size, stride), x.dtype)
    for n, c, i, j in np.ndindex(out.shape):
        exponents = [beta * float(x[n, c, *cell]) for cell in _cells(i, j, kernel_size, stride)]
        # e^largest is taken out of the sum, where it could overflow, and put back after the log
        largest = max(exponents)
        total = sum(math.exp(exponent - largest) for exponent in exponents)
        out[n, c, i, j] = (largest + math.log(total)) / beta
    return out


def log_prob_pool2d_backward(
    grad_out: Array, x: Array, beta: float, kernel_size: Size, stride: Size | None = None
) -> Array:
    """Every cell gets the share that its e^βx has in the sum of its window."""
    pooled = log_prob_pool2d(x.astype(np.float64), beta, kernel_size, stride)
    grad_x = np.zeros_like(x)
    for n, c, i, j in np.ndindex(grad_out.shape):
        for cell in _cells(i, j, kernel_size, stride):
            share = math.exp(beta * (float(x[n, c, *cell]) - float(pooled[n, c, i, j])))
            grad_x[n, c, *cell] += float(grad_out[n, c, i, j]) * share
    return grad_x


def _out_shape(x: Array, kernel_size: Size, stride: Size | None) -> tuple[int, int, int, int]:
    images, channels, height, width = x.shape
    kernel, steps = both(kernel_size), both(kernel_size if stride is None else stride)
    out_height = windows(height, kernel[0], steps[0], padding=0, dilation=1)
    return images, channels, out_height, windows(width, kernel[1], steps[1], padding=0, dilation=1)


def _cells(i: int, j: int, kernel_size: Size, stride: Size | None) -> Iterator[tuple[int, int]]:
    """Yield, row by row, the (row, column) of every pixel in window (i, j)."""
    kernel, steps = both(kernel_size), both(kernel_size if stride is None else stride)
    for u, v in np.ndindex(kernel):
        yield i * steps[0] + u, j * steps[1] + v
