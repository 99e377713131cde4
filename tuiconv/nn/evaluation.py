"""What a network gets right and wrong on a data set, class by class."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

import tuiconv_kernels as kernels
from tuiconv.data.dataset import Dataset
from tuiconv.errors import UserError
from tuiconv.nn.fitting import check_fits
from tuiconv.nn.layers import Array
from tuiconv.nn.network import Network

Counts = npt.NDArray[np.int64]

IMAGES = 1024
"""Images that go through the network together."""


class EvaluationError(UserError):
    """A network whose outputs cannot be judged."""


@dataclass(frozen=True)
class Mistake:
    """An image that was read as another class than its label's."""

    index: int
    """Its place in the data set."""
    label: int
    read_as: int
    probability: float
    """Of the class it was read as."""
    label_probability: float


@dataclass(frozen=True, eq=False)
class Evaluation:
    """How a network does on a data set."""

    loss: float
    """Mean cross-entropy."""
    confusion: Counts
    """(classes, classes): images of the label of the row that were read as the column."""
    mistakes: tuple[Mistake, ...]
    """All of them, from the one whose label was given the least probability."""

    @property
    def images(self) -> int:
        """How many images there were."""
        return int(self.confusion.sum())

    @property
    def correct(self) -> int:
        """How many were read as their label."""
        return int(self.confusion.trace())

    @property
    def accuracy(self) -> float:
        """The share that is correct."""
        return self.correct / self.images

    @property
    def precision(self) -> list[float | None]:
        """Of the images read as a class, the share that are; None if none was read so."""
        return shares(self.confusion.diagonal(), self.confusion.sum(axis=0))

    @property
    def recall(self) -> list[float | None]:
        """Of the images of a class, the share that was read so; None if there are none."""
        return shares(self.confusion.diagonal(), self.confusion.sum(axis=1))


def shares(parts: Counts, wholes: Counts) -> list[float | None]:
    """Each part / its whole; None where there is no whole."""
    pairs = zip(parts.tolist(), wholes.tolist(), strict=True)
    return [part / whole if whole else None for part, whole in pairs]


def evaluate(net: Network, dataset: Dataset) -> Evaluation:
    """Read every image of a data set and compare with its label.

    Raises:
        RequestError: an empty data set, or images or classes that do not fit the network.
        EvaluationError: an output is not a number.
    """
    check_fits(net.spec, dataset)
    starts = range(0, len(dataset), IMAGES)
    parts = [
        log_probabilities(net, net.preprocessing(dataset.images[start : start + IMAGES]))
        for start in starts
    ]
    log_p, labels = np.concatenate(parts), dataset.labels
    broken = int((~np.isfinite(log_p)).any(axis=1).sum())
    if broken:
        raise EvaluationError(
            f"the network's outputs are not all numbers for {broken:,} of {len(dataset):,} images:"
            " its training diverged"
        )
    read_as = log_p.argmax(axis=1)
    confusion = np.zeros((dataset.classes, dataset.classes), np.int64)
    np.add.at(confusion, (labels, read_as), 1)
    of_label = log_p[np.arange(len(labels)), labels]
    wrong = np.flatnonzero(read_as != labels)
    mistakes = tuple(
        Mistake(
            index=int(i),
            label=int(labels[i]),
            read_as=int(read_as[i]),
            probability=math.exp(log_p[i, read_as[i]]),
            label_probability=math.exp(of_label[i]),
        )
        for i in wrong[of_label[wrong].argsort(kind="stable")]
    )
    return Evaluation(-math.fsum(of_label) / len(labels), confusion, mistakes)


def log_probabilities(net: Network, x: Array) -> Array:
    """(n, classes) of a batch x, whether the network ends in SOFTMAX or not."""
    output = net(x).reshape(len(x), -1)
    return output if net.ends_in_softmax else kernels.log_softmax(output)
