"""Log-probabilities of classes, and the cross-entropy loss.

Classes lie on axis 1: (n, classes) for one decision an image, (n, classes, h, w) for one at every
place, as a network gives that is larger than its training window.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.checks import Array, float_array, same_dtype, same_shape


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
    name = "log_softmax_backward"
    x = _checked_scores(name, "x", x)
    grad_out = float_array(name, "grad_out", grad_out)
    same_dtype(name, grad_out=grad_out, x=x)
    same_shape(name, "grad_out", grad_out, x.shape)
    with np.errstate(all="ignore"):
        grad_x: Array = grad_out - np.exp(_log_softmax(x)) * grad_out.sum(axis=1, keepdims=True)
    return grad_x


def cross_entropy(logits: Array, labels: npt.NDArray[np.integer[Any]]) -> float:
    """Average, over all decisions, −log of the probability given to the right class.

        loss = −(1 / count) Σ log_softmax(logits)[n, labels[n]]

    Args:
        logits: Scores, (n, classes) or (n, classes, h, w), float32 or float64.
        labels: The right classes, integers from 0 to classes − 1, (n,) or (n, h, w).

    Returns:
        The mean loss; NaN for an empty batch, the mean of nothing.

    Raises:
        ValueError: If a dtype or shape does not fit, or a label is out of range; the message
            quotes it.
    """
    logits, chosen = _checked_labels("cross_entropy", logits, labels)
    if chosen.size == 0:
        return float("nan")
    picked = np.take_along_axis(_log_softmax(logits), chosen, axis=1)
    with np.errstate(all="ignore"):
        return -float(picked.mean(dtype=np.float64))


def cross_entropy_backward(
    grad_out: float, logits: Array, labels: npt.NDArray[np.integer[Any]]
) -> Array:
    """Return grad_out · (softmax(logits) − one_hot(labels)) / count.

    Args:
        grad_out: ∂loss/∂out, one number; 1.0 if the cross-entropy is the loss itself.
        logits: As given to `cross_entropy`.
        labels: The right classes.

    Returns:
        The gradient of logits, in their shape and dtype.

    Raises:
        ValueError: As `cross_entropy`.
    """
    logits, chosen = _checked_labels("cross_entropy_backward", logits, labels)
    grad_logits = np.exp(_log_softmax(logits))
    right = np.take_along_axis(grad_logits, chosen, axis=1)
    np.put_along_axis(grad_logits, chosen, right - 1, axis=1)
    with np.errstate(all="ignore"):
        grad_logits *= float(grad_out) / max(chosen.size, 1)
    return grad_logits


def _log_softmax(x: Array) -> Array:
    with np.errstate(all="ignore"):
        out: Array = x - x.max(axis=1, keepdims=True)
        out -= np.log(np.exp(out).sum(axis=1, keepdims=True))
    return out


def _checked_scores(function: str, name: str, scores: Array) -> Array:
    scores = float_array(function, name, scores)
    if scores.ndim not in (2, 4) or 0 in scores.shape[1:]:
        raise ValueError(
            f"{function}: {name} has shape {scores.shape}; (n, classes) and (n, classes, h, w) "
            "with at least one class and place are allowed"
        )
    return scores


def _checked_labels(
    function: str, logits: Array, labels: npt.NDArray[np.integer[Any]]
) -> tuple[Array, npt.NDArray[np.intp]]:
    """Return logits, and labels with an axis of length 1 where logits have their classes."""
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
