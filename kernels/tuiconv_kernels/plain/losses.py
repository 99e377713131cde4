"""Log-probabilities and cross-entropy, one score at a time."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.checks import Array


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


def cross_entropy(logits: Array, labels: npt.NDArray[np.integer[Any]]) -> float:
    """Mean of −log(probability of the right class); NaN if there is nothing to average."""
    log_probability = log_softmax(logits.astype(np.float64))
    total = 0.0
    for n, *place in np.ndindex(labels.shape):
        total -= float(log_probability[n, labels[n, *place], *place])
    return total / labels.size if labels.size else math.nan


def cross_entropy_backward(
    grad_out: float, logits: Array, labels: npt.NDArray[np.integer[Any]]
) -> Array:
    """Probability minus 1 for the right class, probability minus 0 for the others."""
    log_probability = log_softmax(logits.astype(np.float64))
    grad_logits = np.zeros_like(logits)
    for n, *place in np.ndindex(labels.shape):
        for c in range(logits.shape[1]):
            right = 1.0 if labels[n, *place] == c else 0.0
            probability = math.exp(log_probability[n, c, *place])
            grad_logits[n, c, *place] = grad_out * (probability - right) / labels.size
    return grad_logits


def _places(x: Array) -> np.ndindex:
    """All indices of (n, classes, …) but the class."""
    return np.ndindex(x.shape[0], *x.shape[2:])
