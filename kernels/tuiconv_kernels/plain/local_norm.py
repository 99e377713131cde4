"""Local contrast normalisation, one window at a time."""

import math
from collections.abc import Iterator

import numpy as np

from tuiconv_kernels.checks import Array, Size
from tuiconv_kernels.plain.sizes import both


def subtractive_norm(x: Array, kernel_size: Size = 9, sigma: float | None = None) -> Array:
    """Every pixel minus the weighted mean of its window, over all channels."""
    out = np.zeros_like(x)
    for n, c, i, j in np.ndindex(x.shape):
        mean = 0.0
        for weight, k, row, column in _window(x, i, j, kernel_size, sigma):
            mean += weight * float(x[n, k, row, column])
        out[n, c, i, j] = float(x[n, c, i, j]) - mean
    return out


def subtractive_norm_backward(
    grad_out: Array, x: Array, kernel_size: Size = 9, sigma: float | None = None
) -> Array:
    """Each output raises its own pixel and lowers, by its weight, each pixel of its window."""
    totals = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(x.shape):
        grad = float(grad_out[n, c, i, j])
        totals[n, c, i, j] += grad
        for weight, k, row, column in _window(x, i, j, kernel_size, sigma):
            totals[n, k, row, column] -= weight * grad
    return totals.astype(x.dtype)


def divisive_norm(
    x: Array, kernel_size: Size = 9, sigma: float | None = None, eps: float = 1e-4
) -> Array:
    """Every pixel divided by the local contrast, the mean contrast or eps."""
    out = np.zeros_like(x)
    for n in range(len(x)):
        contrast = _contrasts(x, n, kernel_size, sigma)
        mean = sum(contrast.values()) / len(contrast)
        for c, i, j in np.ndindex(x.shape[1:]):
            out[n, c, i, j] = float(x[n, c, i, j]) / _largest(contrast[i, j], mean, eps)
    return out


def divisive_norm_backward(
    grad_out: Array,
    x: Array,
    kernel_size: Size = 9,
    sigma: float | None = None,
    eps: float = 1e-4,
) -> Array:
    """Back through the quotient, the maximum, the mean and the root, image by image."""
    totals = np.zeros(x.shape)
    for n in range(len(x)):
        contrast = _contrasts(x, n, kernel_size, sigma)
        mean = sum(contrast.values()) / len(contrast)
        grad_contrast = dict.fromkeys(contrast, 0.0)
        for c, i, j in np.ndindex(x.shape[1:]):
            grad, divisor = float(grad_out[n, c, i, j]), _largest(contrast[i, j], mean, eps)
            totals[n, c, i, j] += grad / divisor
            grad_divisor = -grad * float(x[n, c, i, j]) / divisor**2
            if contrast[i, j] == divisor:
                grad_contrast[i, j] += grad_divisor
            elif mean == divisor:
                for place in grad_contrast:
                    grad_contrast[place] += grad_divisor / len(contrast)
        for (i, j), grad in grad_contrast.items():
            if contrast[i, j] == 0:
                continue
            for weight, k, row, column in _window(x, i, j, kernel_size, sigma):
                slope = weight * float(x[n, k, row, column]) / contrast[i, j]
                totals[n, k, row, column] += grad * slope
    return totals.astype(x.dtype)


def _window(
    x: Array, i: int, j: int, kernel_size: Size, sigma: float | None
) -> Iterator[tuple[float, int, int, int]]:
    """Yield (weight, channel, row, column) of what the window around (i, j) meets; the sum is 1."""
    height, width = both(kernel_size)
    down, across = (height / 4, width / 4) if sigma is None else (sigma, sigma)
    met = []
    for k in range(x.shape[1]):
        for p in range(-(height // 2), height // 2 + 1):
            for q in range(-(width // 2), width // 2 + 1):
                if 0 <= i + p < x.shape[2] and 0 <= j + q < x.shape[3]:
                    gauss = math.exp(-((p / down) ** 2) / 2 - (q / across) ** 2 / 2)
                    met.append((gauss, k, i + p, j + q))
    total = sum(gauss for gauss, *_ in met)
    for gauss, k, row, column in met:
        yield gauss / total, k, row, column


def _contrasts(
    x: Array, n: int, kernel_size: Size, sigma: float | None
) -> dict[tuple[int, int], float]:
    """For every (i, j) of image n: the root of the weighted mean square of its window."""
    contrast = {}
    for i, j in np.ndindex(x.shape[2:]):
        square = 0.0
        for weight, k, row, column in _window(x, i, j, kernel_size, sigma):
            square += weight * float(x[n, k, row, column]) ** 2
        contrast[i, j] = math.sqrt(square)
    return contrast


def _largest(contrast: float, mean: float, eps: float) -> float:
    """The maximum; NaN if there is one (Python's own `max` may lose it)."""
    return math.nan if math.isnan(mean) else max(contrast, mean, eps)
