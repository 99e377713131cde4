"""Nonlinearities, one value at a time."""

import math

import numpy as np

from tuiconv_kernels.checks import Array


def relu(x: Array) -> Array:
    """Negative values become 0; NaN is not negative and stays."""
    out = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        out[place] = 0.0 if x[place] < 0 else x[place]
    return out


def relu_backward(grad_out: Array, x: Array) -> Array:
    """The gradient passes where the value passed; at 0 it is stopped."""
    grad_x = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        grad_x[place] = 0.0 if x[place] <= 0 else grad_out[place]
    return grad_x


def relu6(x: Array) -> Array:
    """Negative values become 0, and those above 6 become 6; NaN is neither and stays."""
    out = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        if x[place] > 6:
            out[place] = 6.0
        elif not x[place] < 0:
            out[place] = x[place]
    return out


def relu6_backward(grad_out: Array, x: Array) -> Array:
    """The gradient passes where the value passed; at 0 and at 6 it is stopped."""
    grad_x = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        stopped = x[place] <= 0 or x[place] >= 6
        grad_x[place] = 0.0 if stopped else grad_out[place]
    return grad_x


def tanh(x: Array) -> Array:
    """Squash every value into −1 … 1."""
    out = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        out[place] = math.tanh(x[place])
    return out


def tanh_backward(grad_out: Array, x: Array) -> Array:
    """The slope of tanh is 1 / cosh²; written as 1 − tanh² it cannot overflow."""
    grad_x = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        grad_x[place] = float(grad_out[place]) * (1 - math.tanh(x[place]) ** 2)
    return grad_x


def scaled_tanh(x: Array) -> Array:
    """LeNet-5's 1.7159 · tanh(2x/3), which passes through (1, 1) and (−1, −1)."""
    out = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        out[place] = 1.7159 * math.tanh(2 * float(x[place]) / 3)
    return out


def scaled_tanh_backward(grad_out: Array, x: Array) -> Array:
    """The chain rule: outer factor, inner factor, slope of tanh in between."""
    grad_x = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        slope = 1.7159 * (1 - math.tanh(2 * float(x[place]) / 3) ** 2) * 2 / 3
        grad_x[place] = float(grad_out[place]) * slope
    return grad_x


def sigmoid(x: Array) -> Array:
    """Squash every value into 0 … 1; e to a positive power could overflow and is avoided."""
    out = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        value = float(x[place])
        if value < 0:
            out[place] = math.exp(value) / (1 + math.exp(value))
        else:
            out[place] = 1 / (1 + math.exp(-value))
    return out


def sigmoid_backward(grad_out: Array, x: Array) -> Array:
    """The slope is probability times counter-probability, and σ(−x) is 1 − σ(x)."""
    wide = x.astype(np.float64)
    yes, no = sigmoid(wide), sigmoid(-wide)
    grad_x = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        grad_x[place] = float(grad_out[place]) * float(yes[place]) * float(no[place])
    return grad_x


def softshrink(x: Array, lambd: float = 0.5) -> Array:
    """Values between −λ and λ become 0, the others come nearer by λ."""
    threshold = float(x.dtype.type(lambd))
    out = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        value = float(x[place])
        if value > threshold:
            out[place] = value - threshold
        elif value < -threshold:
            out[place] = value + threshold
        elif math.isnan(value):
            out[place] = value
    return out


def softshrink_backward(grad_out: Array, x: Array, lambd: float = 0.5) -> Array:
    """The gradient passes where the value was not made 0."""
    threshold = float(x.dtype.type(lambd))
    grad_x = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        stopped = abs(float(x[place])) <= threshold
        grad_x[place] = 0.0 if stopped else grad_out[place]
    return grad_x


def leaky_relu(x: Array, negative_slope: float = 0.01) -> Array:
    """Negative values are made small, but not 0."""
    out = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        value = float(x[place])
        out[place] = value * negative_slope if value <= 0 else value
    return out


def leaky_relu_backward(grad_out: Array, x: Array, negative_slope: float = 0.01) -> Array:
    """The gradient passes where the value passed; else as small a part of it as of the value."""
    grad_x = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        grad = float(grad_out[place])
        grad_x[place] = grad * negative_slope if x[place] <= 0 else grad
    return grad_x
