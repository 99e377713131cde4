"""From scores to log-probabilities, losses and their gradients, one decision after the other.

A decision's scores lie `step` apart in a flat array. Sums run in float64.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.checks import Array
from tuiconv_kernels.jit import exact_kernel
from tuiconv_kernels.lanes import LANES


@exact_kernel
def _log_partition(scores: Array, first: int, step: int, classes: int) -> tuple[float, float]:
    """The largest score, and the logarithm of Σ exp(score − largest); NaN if there is one."""
    largest = np.float64(scores[first])
    for c in range(1, classes):
        score = np.float64(scores[first + c * step])
        if score > largest or score != score:
            largest = score
    total = 0.0
    for c in range(classes):
        total += math.exp(np.float64(scores[first + c * step]) - largest)
    return largest, math.log(total)


@exact_kernel
def log_probabilities(scores: Array, classes: int, step: int, out: Array) -> None:
    """Fill flat out with the log-probabilities of scores (n, classes, step)."""
    for n in range(len(scores) // (classes * step)):
        for place in range(step):
            first = n * classes * step + place
            largest, log_total = _log_partition(scores, first, step, classes)
            for c in range(classes):
                at = first + c * step
                out[at] = np.float64(scores[at]) - largest - log_total


@exact_kernel
def log_probabilities_back(
    grad_out: Array, log_probability: Array, classes: int, step: int, grad_x: Array
) -> None:
    """Fill flat grad_x with grad_out − probability · Σ grad_out."""
    for n in range(len(grad_x) // (classes * step)):
        for place in range(step):
            first = n * classes * step + place
            total = 0.0
            for c in range(classes):
                total += grad_out[first + c * step]
            for c in range(classes):
                at = first + c * step
                probability = math.exp(np.float64(log_probability[at]))
                grad_x[at] = grad_out[at] - probability * total


@exact_kernel
def labels_back(
    log_probability: Array,
    classes: int,
    step: int,
    labels: npt.NDArray[np.integer[Any]],
    share: float,
    smoothing: float,
    grad: Array,
) -> None:
    """Fill flat grad with (probability − target) · share; labels are flat, (n, step).

    The target is smoothing / classes, and 1 − smoothing more for the label.
    """
    for n in range(len(labels) // step):
        for place in range(step):
            first = n * classes * step + place
            for c in range(classes):
                at = first + c * step
                target = smoothing / classes
                if c == labels[n * step + place]:
                    target += 1.0 - smoothing
                probability = math.exp(np.float64(log_probability[at]))
                grad[at] = probability * share - target * share


@exact_kernel
def _largest(scores: Array, first: int, classes: int) -> int:
    """The first class of the largest score in a lane."""
    best = 0
    for c in range(1, classes):
        if scores[first + c * LANES] > scores[first + best * LANES]:
            best = c
    return best


@exact_kernel
def learn_labels(
    scores: Array, classes: int, labels: npt.NDArray[np.integer[Any]], share: float, grad: Array
) -> tuple[float, int]:
    """Score blocks of images, (block, classes, lane), and begin their backward pass.

    Args:
        scores: flat.
        classes: how many each image has.
        labels: the right class of every image.
        share: the weight of one image's −log p[label] in the loss; −share is its gradient.
        grad: filled with the gradient of the scores; 0 where a lane has no image.

    Returns:
        Σ −log p[label], and for how many images the label had the first of the largest scores.
    """
    loss, correct = 0.0, 0
    grad[:] = 0
    for n in range(len(labels)):
        first = n // LANES * classes * LANES + n % LANES
        largest, log_total = _log_partition(scores, first, LANES, classes)
        for c in range(classes):
            at = first + c * LANES
            log_probability = scores.dtype.type(np.float64(scores[at]) - largest - log_total)
            probability = math.exp(np.float64(log_probability))
            if c == labels[n]:
                loss -= float(log_probability)
                grad[at] = probability * share - share
            else:
                grad[at] = probability * share
        correct += _largest(scores, first, classes) == labels[n]
    return loss, correct


@exact_kernel
def score(
    scores: Array,
    classes: int,
    labels: npt.NDArray[np.int64],
    share: float,
    grad: Array,
    verdict: npt.NDArray[np.float64],
) -> None:
    """Do as `learn_labels`, and write what it returns to `verdict`."""
    verdict[0], verdict[1] = learn_labels(scores, classes, labels, share, grad)


@exact_kernel
def score_squares(
    scores: Array,
    classes: int,
    labels: npt.NDArray[np.int64],
    share: float,
    grad: Array,
    verdict: npt.NDArray[np.float64],
) -> None:
    """Do as `score` with the loss ½ Σ (score − target)²: 1 for the label, −1 for the others."""
    loss, correct = 0.0, 0
    grad[:] = 0
    for n in range(len(labels)):
        first = n // LANES * classes * LANES + n % LANES
        for c in range(classes):
            at = first + c * LANES
            target = scores.dtype.type(1.0 if c == labels[n] else -1.0)
            difference = scores[at] - target
            loss += np.float64(difference) * np.float64(difference) / 2
            grad[at] = difference * scores.dtype.type(share)
        correct += _largest(scores, first, classes) == labels[n]
    verdict[0], verdict[1] = loss, correct


@exact_kernel
def score_margins(
    scores: Array,
    classes: int,
    labels: npt.NDArray[np.int64],
    share: float,
    grad: Array,
    verdict: npt.NDArray[np.float64],
) -> None:
    """Do as `score` with the loss Σ max(0, 1 − lead) over the label's leads before the others."""
    loss, correct = 0.0, 0
    grad[:] = 0
    for n in range(len(labels)):
        first = n // LANES * classes * LANES + n % LANES
        right = first + labels[n] * LANES
        slopes = 0.0
        for c in range(classes):
            at = first + c * LANES
            excess = np.float64(scores[at]) - np.float64(scores[right]) + 1.0
            if at == right or excess <= 0:
                continue
            loss += excess
            slope = 1.0 if excess > 0 else excess  # NaN stays visible
            slopes += slope
            grad[at] = slope * share
        grad[right] = -slopes * share
        correct += _largest(scores, first, classes) == labels[n]
    verdict[0], verdict[1] = loss, correct
