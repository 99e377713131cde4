"""The fully connected layer, one multiplication at a time."""

import numpy as np

from tuiconv_kernels.checks import Array


def linear(x: Array, weight: Array, bias: Array | None = None) -> Array:
    """Every unit: its bias, and every feature times its weight."""
    out = np.zeros((len(x), len(weight)), x.dtype)
    for n, unit in np.ndindex(out.shape):
        total = 0.0 if bias is None else float(bias[unit])
        for feature in range(x.shape[1]):
            total += float(x[n, feature]) * float(weight[unit, feature])
        out[n, unit] = total
    return out


def linear_backward(
    grad_out: Array, x: Array, weight: Array, bias: Array | None = None
) -> tuple[Array, Array, Array | None]:
    """A product sends each factor the gradient times the other factor; a sum copies it."""
    grad_x = np.zeros_like(x)
    for n, feature in np.ndindex(x.shape):
        total = 0.0
        for unit in range(len(weight)):
            total += float(grad_out[n, unit]) * float(weight[unit, feature])
        grad_x[n, feature] = total
    grad_weight = np.zeros_like(weight)
    for unit, feature in np.ndindex(weight.shape):
        total = 0.0
        for n in range(len(x)):
            total += float(grad_out[n, unit]) * float(x[n, feature])
        grad_weight[unit, feature] = total
    if bias is None:
        return grad_x, grad_weight, None
    grad_bias = np.zeros_like(bias)
    for unit in range(len(bias)):
        grad_bias[unit] = sum(float(grad_out[n, unit]) for n in range(len(x)))
    return grad_x, grad_weight, grad_bias
