"""Losses: one number for how far a network's scores are from what its labels ask for.

The scores are what leaves the network, or what enters its SOFTMAX if it ends in one. A loss is the
mean over all decisions: one an image, or one at every place of a map.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import tuiconv_kernels as kernels
from tuiconv.errors import unknown
from tuiconv.nn.layers import Array, Labels
from tuiconv_kernels import decisions
from tuiconv_kernels.losses import checked_labels


@dataclass(frozen=True)
class Loss:
    """A loss, as two functions of scores (n, classes, …) and labels (n, …), and as one kernel."""

    name: str
    mean: Callable[[Array, Labels], float]
    """The loss itself; a ValueError for labels that do not fit the scores."""
    gradient: Callable[[Array, Labels], Array]
    """Its gradient with respect to the scores."""
    kernel: Callable[..., None]
    """Both at once, for images in blocks; see `tuiconv_kernels.decisions.score`."""


def cross_entropy(scores: Array, labels: Labels) -> float:
    """−log p[label], with p the softmax of the scores; of log-probabilities it is the same."""
    return kernels.cross_entropy(scores, placed(labels, scores))


def cross_entropy_gradient(scores: Array, labels: Labels) -> Array:
    """(p − 1 for the label, p for the others) / decisions."""
    return kernels.cross_entropy_backward(1.0, scores, placed(labels, scores))


def squared(scores: Array, labels: Labels) -> float:
    """½ Σ c (scores[c] − target[c])², the target being 1 for the label and −1 for the others.

    So the nets of 1989 learned, whose units answer between these two (LeCun 1989).
    """
    classes: int = scores.shape[1]
    return classes / 2 * kernels.mse_loss(scores, targets(scores, labels))


def squared_gradient(scores: Array, labels: Labels) -> Array:
    """(scores − target) / decisions."""
    classes = scores.shape[1]
    return kernels.mse_loss_backward(classes / 2, scores, targets(scores, labels))[0]


def svm(scores: Array, labels: Labels) -> float:
    """Σ c≠y max(0, scores[c] − scores[y] + 1) for the label y: the SVM of the CS231n notes.

    PyTorch's `multi_margin_loss` is the same, divided by the number of classes.
    """
    classes: int = scores.shape[1]
    return classes * kernels.multi_margin_loss(scores, placed(labels, scores))


def svm_gradient(scores: Array, labels: Labels) -> Array:
    """1 for every class inside the margin, minus their number for the label; over decisions."""
    classes = scores.shape[1]
    return kernels.multi_margin_loss_backward(classes, scores, placed(labels, scores))


def targets(scores: Array, labels: Labels) -> Array:
    """Like the scores: 1 for the label's class, −1 for the others."""
    _, chosen = checked_labels("squared", scores, placed(labels, scores))
    wanted = np.full_like(scores, -1)
    np.put_along_axis(wanted, chosen, 1, axis=1)
    return wanted


def placed(labels: Labels, scores: Array) -> Labels:
    """Labels (n,) as those of the one place that scores (n, classes, 1, 1) have; others as is."""
    labels = np.asarray(labels)
    return labels[:, None, None] if labels.ndim == 1 and scores.shape[2:] == (1, 1) else labels


CROSS_ENTROPY = Loss("cross_entropy", cross_entropy, cross_entropy_gradient, decisions.score)

LOSSES = {
    loss.name: loss
    for loss in (
        CROSS_ENTROPY,
        Loss("squared", squared, squared_gradient, decisions.score_squares),
        Loss("svm", svm, svm_gradient, decisions.score_margins),
    )
}
"""By name."""


def loss_named(name: str) -> Loss:
    """A loss by name.

    Raises:
        RequestError: there is none of that name; the nearest is named.
    """
    if name not in LOSSES:
        raise unknown("loss", name, LOSSES)
    return LOSSES[name]
