"""Probabilities of classes, and the losses that networks are trained with.

Classes lie on axis 1: (n, classes) for one decision an image, (n, classes, h, w) for one at every
place, as a network gives that is larger than its training window.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.checks import Array, float_array, same_dtype, same_shape
from tuiconv_kernels.decisions import (
    labels_back,
    log_probabilities,
    log_probabilities_back,
)
from tuiconv_kernels.ranges import real


def softmax(x: Array) -> Array:
    """Turn scores into probabilities.

        out[c] = exp(x[c]) / Σ k exp(x[k])

    The largest score is subtracted first, so that no exponential overflows.

    Args:
        x: Scores, (n, classes) or (n, classes, h, w), float32 or float64.

    Returns:
        The shape and dtype of x.

    Raises:
        ValueError: If a dtype or shape does not fit; the message quotes it.
    """
    return _softmax(_checked_scores("softmax", "x", x))


def softmax_backward(grad_out: Array, x: Array) -> Array:
    """Return softmax(x) · (grad_out − Σ k grad_out[k] · softmax(x)[k]).

    Args:
        grad_out: ∂loss/∂out, shape and dtype of x.
        x: As given to `softmax`.

    Raises:
        ValueError: If dtypes or shapes do not fit.
    """
    grad_out, x = _checked_grad("softmax_backward", grad_out, x)
    out = _softmax(x)
    with np.errstate(all="ignore"):
        grad_x: Array = out * (grad_out - (grad_out * out).sum(axis=1, keepdims=True))
    return grad_x


def log_softmax(x: Array) -> Array:
    """Turn scores into log-probabilities.

        out[c] = x[c] − log Σ k exp(x[k])

    The largest score is subtracted first, so that no exponential overflows.

    Args:
        x: Scores, (n, classes) or (n, classes, h, w), float32 or float64.

    Returns:
        The shape and dtype of x.

    Raises:
        ValueError: If a dtype or shape does not fit; the message quotes it.
    """
    return _log_softmax(_checked_scores("log_softmax", "x", x))


def log_softmax_backward(grad_out: Array, x: Array) -> Array:
    """Return grad_out − softmax(x) · Σ k grad_out[k].

    Args:
        grad_out: ∂loss/∂out, shape and dtype of x.
        x: As given to `log_softmax`.

    Raises:
        ValueError: If dtypes or shapes do not fit.
    """
    grad_out, x = _checked_grad("log_softmax_backward", grad_out, x)
    log_probability, grad_x = _log_softmax(x).reshape(-1), np.empty_like(x)
    with np.errstate(all="ignore"):
        log_probabilities_back(
            grad_out.reshape(-1), log_probability, x.shape[1], math.prod(x.shape[2:]),
            grad_x.reshape(-1),
        )  # fmt: skip
    return grad_x


def cross_entropy(
    logits: Array, labels: npt.NDArray[np.integer[Any]], label_smoothing: float = 0.0
) -> float:
    """Average, over all decisions, −log of the probability given to the right class.

        loss = −(1 / count) Σ n Σ c target[c] · log_softmax(logits)[n, c]

    With label smoothing ε the target is 1 − ε for the right class, plus ε / classes for each of
    them (Szegedy et al. 2016); without, it is 1 for the right class alone.

    Args:
        logits: Scores, (n, classes) or (n, classes, h, w), float32 or float64.
        labels: The right classes, integers from 0 to classes − 1, (n,) or (n, h, w).
        label_smoothing: ε, from 0 to 1.

    Returns:
        The mean loss; NaN for an empty batch, the mean of nothing.

    Raises:
        ValueError: If a dtype or shape does not fit, or a label or ε is out of range; the message
            quotes it.
    """
    name = "cross_entropy"
    logits, chosen = checked_labels(name, logits, labels)
    smoothing = real(name, "label_smoothing", label_smoothing, least=0, most=1)
    if chosen.size == 0:
        return float("nan")
    log_probability = _log_softmax(logits)
    picked = np.take_along_axis(log_probability, chosen, axis=1)
    with np.errstate(all="ignore"):
        loss = -float(picked.mean(dtype=np.float64))
        if smoothing == 0:  # or an excluded class, with log-probability −∞, would count
            return loss
        uniform_loss = -float(log_probability.mean(dtype=np.float64))
        return (1 - smoothing) * loss + smoothing * uniform_loss


def cross_entropy_backward(
    grad_out: float,
    logits: Array,
    labels: npt.NDArray[np.integer[Any]],
    label_smoothing: float = 0.0,
) -> Array:
    """Return grad_out · (softmax(logits) − target) / count.

    Args:
        grad_out: ∂loss/∂out, one number; 1.0 if the cross-entropy is the loss itself.
        logits: As given to `cross_entropy`; so are all further arguments.
        labels: The right classes.
        label_smoothing: ε, from 0 to 1.

    Returns:
        The gradient of logits, in their shape and dtype.

    Raises:
        ValueError: As `cross_entropy`.
    """
    name = "cross_entropy_backward"
    logits, chosen = checked_labels(name, logits, labels)
    smoothing = real(name, "label_smoothing", label_smoothing, least=0, most=1)
    grad_logits, log_probability = np.empty_like(logits), _log_softmax(logits)
    share = float(grad_out) / max(chosen.size, 1)
    with np.errstate(all="ignore"):
        labels_back(
            log_probability.reshape(-1), logits.shape[1], math.prod(logits.shape[2:]),
            chosen.reshape(-1), share, smoothing, grad_logits.reshape(-1),
        )  # fmt: skip
    return grad_logits


def multi_margin_loss(
    logits: Array, labels: npt.NDArray[np.integer[Any]], margin: float = 1.0
) -> float:
    """Average the multiclass hinge loss: the right class must lead every other by the margin.

        loss = (1 / count) Σ n (1 / classes) Σ c≠y max(0, margin − logits[n, y] + logits[n, c])

    with y = labels[n]. The support vector machine of CS231n does not divide by the number of
    classes; PyTorch does, and so does this: the lecture's loss is classes times as large.

    Args:
        logits: Scores, (n, classes) or (n, classes, h, w), float32 or float64.
        labels: The right classes, integers from 0 to classes − 1, (n,) or (n, h, w).
        margin: The lead that costs nothing, finite.

    Returns:
        The mean loss; NaN for an empty batch, the mean of nothing.

    Raises:
        ValueError: If a dtype or shape does not fit, a label is out of range or the margin not
            finite; the message quotes it.
    """
    logits, chosen = checked_labels("multi_margin_loss", logits, labels)
    excess = _excess("multi_margin_loss", logits, chosen, margin)
    if chosen.size == 0:
        return float("nan")
    with np.errstate(all="ignore"):
        return float(np.maximum(excess, 0).mean())


def multi_margin_loss_backward(
    grad_out: float,
    logits: Array,
    labels: npt.NDArray[np.integer[Any]],
    margin: float = 1.0,
) -> Array:
    """Raise every class that comes too near, and lower the right class by all of that.

    Each class inside the margin gets grad_out / (count · classes), the right class minus their
    sum. At the margin itself the slope is taken as 0.

    Args:
        grad_out: ∂loss/∂out, one number.
        logits: As given to `multi_margin_loss`; so are all further arguments.
        labels: The right classes.
        margin: The lead that costs nothing.

    Returns:
        The gradient of logits, in their shape and dtype.

    Raises:
        ValueError: As `multi_margin_loss`.
    """
    logits, chosen = checked_labels("multi_margin_loss_backward", logits, labels)
    excess = _excess("multi_margin_loss_backward", logits, chosen, margin)
    slopes = np.heaviside(excess, 0)  # of NaN it is NaN
    np.put_along_axis(slopes, chosen, -slopes.sum(axis=1, keepdims=True), axis=1)
    with np.errstate(all="ignore"):
        slopes *= float(grad_out) / max(slopes.size, 1)
    return slopes.astype(logits.dtype)


def mse_loss(x: Array, target: Array) -> float:
    """Average the squared differences: (1 / size) Σ (x − target)², over all values.

    Args:
        x: What a network gave, any shape, float32 or float64.
        target: What it should have given, shape and dtype of x.

    Returns:
        The mean; NaN for empty arrays, the mean of nothing.

    Raises:
        ValueError: If dtypes or shapes do not fit; the message quotes them.
    """
    x, target = _checked_target("mse_loss", x, target)
    if x.size == 0:
        return float("nan")
    with np.errstate(all="ignore"):
        return float(np.square(x - target, dtype=np.float64).mean())


def mse_loss_backward(grad_out: float, x: Array, target: Array) -> tuple[Array, Array]:
    """Return grad_out · 2 · (x − target) / size for x, and its negative for the target.

    Args:
        grad_out: ∂loss/∂out, one number.
        x: As given to `mse_loss`.
        target: As given to `mse_loss`.

    Returns:
        The gradients of x and target, in their shape and dtype.

    Raises:
        ValueError: As `mse_loss`.
    """
    x, target = _checked_target("mse_loss_backward", x, target)
    grad_x = np.empty_like(x)
    with np.errstate(all="ignore"):
        np.subtract(x, target, out=grad_x)
        grad_x *= 2 * float(grad_out) / max(x.size, 1)
    return grad_x, np.negative(grad_x, out=np.empty_like(x))


def _log_softmax(x: Array) -> Array:
    out = np.empty_like(x)
    with np.errstate(all="ignore"):  # for where the JIT is disabled
        log_probabilities(x.reshape(-1), x.shape[1], math.prod(x.shape[2:]), out.reshape(-1))
    return out


def _softmax(x: Array) -> Array:
    with np.errstate(all="ignore"):
        out: Array = np.exp(x - x.max(axis=1, keepdims=True))
        out /= out.sum(axis=1, keepdims=True)
    return out


def _excess(
    function: str, logits: Array, chosen: npt.NDArray[np.intp], margin: float
) -> npt.NDArray[np.float64]:
    """By how much every class comes too near to the right one, in float64; 0 for the right one."""
    lead = real(function, "margin", margin)
    with np.errstate(all="ignore"):
        scores = logits.astype(np.float64)
        excess: npt.NDArray[np.float64] = scores - np.take_along_axis(scores, chosen, axis=1) + lead
    np.put_along_axis(excess, chosen, 0, axis=1)
    return excess


def _checked_scores(function: str, name: str, scores: Array) -> Array:
    scores = float_array(function, name, scores)
    if scores.ndim not in (2, 4) or 0 in scores.shape[1:]:
        raise ValueError(
            f"{function}: {name} has shape {scores.shape}; (n, classes) and (n, classes, h, w) "
            "with at least one class and place are allowed"
        )
    return scores


def _checked_grad(function: str, grad_out: Array, x: Array) -> tuple[Array, Array]:
    x = _checked_scores(function, "x", x)
    grad_out = float_array(function, "grad_out", grad_out)
    same_dtype(function, grad_out=grad_out, x=x)
    same_shape(function, "grad_out", grad_out, x.shape)
    return grad_out, x


def checked_labels(
    function: str, logits: Array, labels: npt.NDArray[np.integer[Any]]
) -> tuple[Array, npt.NDArray[np.intp]]:
    """Return logits, and labels with an axis of length 1 where logits have their classes.

    Raises:
        ValueError: If a dtype or shape does not fit, or a label is out of range.
    """
    logits = _checked_scores(function, "logits", logits)
    labels = np.asarray(labels)
    if labels.dtype.kind not in "iu":
        raise ValueError(f"{function}: labels are {labels.dtype}; integers are allowed")
    same_shape(function, "labels", labels, (len(logits), *logits.shape[2:]))
    classes = logits.shape[1]
    bad = np.argwhere((labels < 0) | (labels >= classes))
    if len(bad):
        place = tuple(bad[0].tolist())
        raise ValueError(
            f"{function}: label {labels[place]} at position {', '.join(map(str, place))} is not "
            f"a class; 0 to {classes - 1} are allowed"
        )
    return logits, np.expand_dims(labels, 1).astype(np.intp)


def _checked_target(function: str, x: Array, target: Array) -> tuple[Array, Array]:
    x = float_array(function, "x", x)
    target = float_array(function, "target", target)
    same_dtype(function, x=x, target=target)
    same_shape(function, "target", target, x.shape)
    return x, target
