"""Probabilities and losses, one score at a time."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.checks import Array


def softmax(x: Array) -> Array:
    """Every exponential as a share of all of them; a common factor e^−largest cancels."""
    out = np.zeros_like(x)
    for n, *place in _places(x):
        largest = max(float(x[n, k, *place]) for k in range(x.shape[1]))
        total = sum(math.exp(x[n, k, *place] - largest) for k in range(x.shape[1]))
        for c in range(x.shape[1]):
            out[n, c, *place] = math.exp(x[n, c, *place] - largest) / total
    return out


def softmax_backward(grad_out: Array, x: Array) -> Array:
    """A score gains as far as its own gradient is above the average under the probabilities."""
    probability = softmax(x.astype(np.float64))
    grad_x = np.zeros_like(x)
    for n, *place in _places(x):
        average = 0.0
        for k in range(x.shape[1]):
            average += float(probability[n, k, *place]) * float(grad_out[n, k, *place])
        for c in range(x.shape[1]):
            above = float(grad_out[n, c, *place]) - average
            grad_x[n, c, *place] = float(probability[n, c, *place]) * above
    return grad_x


def log_softmax(x: Array) -> Array:
    """Score minus the logarithm of the sum of all exponentials, at every place."""
    out = np.zeros_like(x)
    for n, *place in _places(x):
        largest = max(float(x[n, k, *place]) for k in range(x.shape[1]))
        total = sum(math.exp(x[n, k, *place] - largest) for k in range(x.shape[1]))
        for c in range(x.shape[1]):
            out[n, c, *place] = float(x[n, c, *place]) - largest - math.log(total)
    return out


def log_softmax_backward(grad_out: Array, x: Array) -> Array:
    """Every score raises its own output and, by its probability, lowers all of them."""
    log_probability = log_softmax(x.astype(np.float64))
    grad_x = np.zeros_like(x)
    for n, *place in _places(x):
        total = sum(float(grad_out[n, k, *place]) for k in range(x.shape[1]))
        for c in range(x.shape[1]):
            share = math.exp(log_probability[n, c, *place]) * total
            grad_x[n, c, *place] = float(grad_out[n, c, *place]) - share
    return grad_x


def cross_entropy(
    logits: Array, labels: npt.NDArray[np.integer[Any]], label_smoothing: float = 0.0
) -> float:
    """Mean of −target · log(probability); NaN if there is nothing to average."""
    log_probability = log_softmax(logits.astype(np.float64))
    total = 0.0
    for n, *place in np.ndindex(labels.shape):
        for c in range(logits.shape[1]):
            target = _target(labels[n, *place] == c, logits.shape[1], label_smoothing)
            if target > 0:
                total -= target * float(log_probability[n, c, *place])
    return total / labels.size if labels.size else math.nan


def cross_entropy_backward(
    grad_out: float,
    logits: Array,
    labels: npt.NDArray[np.integer[Any]],
    label_smoothing: float = 0.0,
) -> Array:
    """Probability minus target: without smoothing 1 for the right class, 0 for the others."""
    log_probability = log_softmax(logits.astype(np.float64))
    grad_logits = np.zeros_like(logits)
    for n, *place in np.ndindex(labels.shape):
        for c in range(logits.shape[1]):
            target = _target(labels[n, *place] == c, logits.shape[1], label_smoothing)
            probability = math.exp(log_probability[n, c, *place])
            grad_logits[n, c, *place] = grad_out * (probability - target) / labels.size
    return grad_logits


def multi_margin_loss(
    logits: Array, labels: npt.NDArray[np.integer[Any]], margin: float = 1.0
) -> float:
    """Mean of what every wrong class lacks to a lead of `margin`; the right class counts as 0."""
    total = 0.0
    for n, *place in np.ndindex(labels.shape):
        right = int(labels[n, *place])
        for c in range(logits.shape[1]):
            if c != right:
                lead = float(logits[n, right, *place]) - float(logits[n, c, *place])
                total += 0.0 if lead >= margin else margin - lead
    return total / logits.size if logits.size else math.nan


def multi_margin_loss_backward(
    grad_out: float,
    logits: Array,
    labels: npt.NDArray[np.integer[Any]],
    margin: float = 1.0,
) -> Array:
    """Push each class that is too near and the right class apart by the same amount."""
    grad_logits = np.zeros_like(logits)
    for n, *place in np.ndindex(labels.shape):
        right = int(labels[n, *place])
        for c in range(logits.shape[1]):
            lead = float(logits[n, right, *place]) - float(logits[n, c, *place])
            if c != right and not lead >= margin:
                push = grad_out / logits.size if lead < margin else math.nan
                grad_logits[n, c, *place] += push
                grad_logits[n, right, *place] -= push
    return grad_logits


def mse_loss(x: Array, target: Array) -> float:
    """Mean of (x − target)²; NaN if there is nothing to average."""
    total = 0.0
    for place in np.ndindex(x.shape):
        total += (float(x[place]) - float(target[place])) ** 2
    return total / x.size if x.size else math.nan


def mse_loss_backward(grad_out: float, x: Array, target: Array) -> tuple[Array, Array]:
    """The slope of a square is twice its side; x and target pull in opposite directions."""
    grad_x, grad_target = np.zeros_like(x), np.zeros_like(target)
    for place in np.ndindex(x.shape):
        slope = 2 * (float(x[place]) - float(target[place])) / x.size
        grad_x[place] = grad_out * slope
        grad_target[place] = -grad_out * slope
    return grad_x, grad_target


def _target(is_right: bool, classes: int, label_smoothing: float) -> float:
    """Return the probability that a class should get; smoothing gives every class a little."""
    return (1 - label_smoothing) * is_right + label_smoothing / classes


def _places(x: Array) -> np.ndindex:
    """All indices of (n, classes, …) but the class."""
    return np.ndindex(x.shape[0], *x.shape[2:])
