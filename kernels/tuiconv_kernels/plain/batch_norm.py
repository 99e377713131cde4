"""Batch normalisation, one channel at a time."""

import math
from collections.abc import Iterator

import numpy as np

from tuiconv_kernels.checks import Array


def batch_norm(
    x: Array,
    running_mean: Array | None,
    running_var: Array | None,
    weight: Array | None = None,
    bias: Array | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Array:
    """Subtract the mean, divide by the standard deviation, scale, shift."""
    out = np.zeros_like(x)
    for c in range(x.shape[1]):
        mean, var = _statistics(x, c, running_mean, running_var, training)
        count = x.size // x.shape[1]
        if training and count and running_mean is not None:
            running_mean[c] = (1 - momentum) * float(running_mean[c]) + momentum * mean
        if training and count and running_var is not None:
            unbiased = var * count / (count - 1)
            running_var[c] = (1 - momentum) * float(running_var[c]) + momentum * unbiased
        for place in _places(x, c):
            y = (float(x[place]) - mean) / math.sqrt(var + eps)
            scaled = y if weight is None else y * float(weight[c])
            out[place] = scaled if bias is None else scaled + float(bias[c])
    return out


def batch_norm_backward(
    grad_out: Array,
    x: Array,
    running_mean: Array | None,
    running_var: Array | None,
    weight: Array | None = None,
    bias: Array | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> tuple[Array, None, None, Array | None, Array | None]:
    """Back through the shift, the scale, the normalised y and, in training, its statistics."""
    grad_x = np.zeros_like(x)
    grad_weight = None if weight is None else np.zeros_like(weight)
    grad_bias = None if bias is None else np.zeros_like(bias)
    for c in range(x.shape[1]):
        mean, var = _statistics(x, c, running_mean, running_var, training)
        deviation = math.sqrt(var + eps)
        gamma = 1.0 if weight is None else float(weight[c])
        total = product = 0.0
        for place in _places(x, c):
            y = (float(x[place]) - mean) / deviation
            total += float(grad_out[place])
            product += float(grad_out[place]) * y
        if grad_weight is not None:
            grad_weight[c] = product
        if grad_bias is not None:
            grad_bias[c] = total
        for place in _places(x, c):
            grad = float(grad_out[place])
            if training:
                count = x.size // x.shape[1]
                y = (float(x[place]) - mean) / deviation
                grad -= total / count + y * product / count
            grad_x[place] = gamma / deviation * grad
    return grad_x, None, None, grad_weight, grad_bias


def _statistics(
    x: Array, c: int, running_mean: Array | None, running_var: Array | None, training: bool
) -> tuple[float, float]:
    """Mean and variance of channel c: of the batch in training, else the running ones."""
    if running_mean is not None and running_var is not None and not training:
        return float(running_mean[c]), float(running_var[c])
    values = [float(x[place]) for place in _places(x, c)]
    if not values:
        return 0.0, 0.0
    mean = sum(values) / len(values)
    return mean, sum((value - mean) ** 2 for value in values) / len(values)


def _places(x: Array, c: int) -> Iterator[tuple[int, ...]]:
    """All indices of channel c of (n, c, …)."""
    for n, *place in np.ndindex(x.shape[0], *x.shape[2:]):
        yield n, c, *place
