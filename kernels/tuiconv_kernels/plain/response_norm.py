"""Local response normalisation, one value at a time."""

from collections.abc import Iterator

import numpy as np

from tuiconv_kernels.checks import Array


def local_response_norm(
    x: Array, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Array:
    """Every value divided by a power of k and the squares in the channels beside its own."""
    out = np.zeros_like(x)
    for n, c, i, j in np.ndindex(x.shape):
        value = float(x[n, c, i, j])
        out[n, c, i, j] = value / _divisor(x, n, c, i, j, size, alpha, k) ** beta
    return out


def local_response_norm_backward(
    grad_out: Array, x: Array, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Array:
    """Each output raises its own value, and lowers every value of its sum by what that adds."""
    totals = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(x.shape):
        grad, value = float(grad_out[n, c, i, j]), float(x[n, c, i, j])
        divisor = _divisor(x, n, c, i, j, size, alpha, k)
        totals[n, c, i, j] += grad / divisor**beta
        grad_divisor = -beta * grad * value / divisor ** (beta + 1)
        for m in _neighbours(x, c, size):
            totals[n, m, i, j] += grad_divisor * alpha / size * 2 * float(x[n, m, i, j])
    return totals.astype(x.dtype)


def _neighbours(x: Array, c: int, size: int) -> Iterator[int]:
    """The channels that a value of channel c is compared with."""
    for m in range(c - size // 2, c + (size - 1) // 2 + 1):
        if 0 <= m < x.shape[1]:
            yield m


def _divisor(x: Array, n: int, c: int, i: int, j: int, size: int, alpha: float, k: float) -> float:
    total = 0.0
    for m in _neighbours(x, c, size):
        total += float(x[n, m, i, j]) ** 2
    return k + alpha / size * total
