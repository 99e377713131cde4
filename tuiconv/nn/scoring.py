"""How well a network does: its mean loss and how many images it gets right."""

import math
from dataclasses import dataclass

from tuiconv.nn.layers import Array, Labels
from tuiconv.nn.losses import CROSS_ENTROPY, Loss, placed


@dataclass(frozen=True)
class Score:
    """How well a network does on some images."""

    loss: float
    """The mean over the images."""
    correct: int
    """Images whose largest output is their label's."""
    images: int

    @property
    def accuracy(self) -> float:
        """The share that is correct."""
        return self.correct / self.images


def score(output: Array, labels: Labels, loss: Loss = CROSS_ENTROPY) -> Score:
    """How well a network's output fits the labels; for other losses, `Network.outputs` for them."""
    correct = int((output.argmax(axis=1) == placed(labels, output)).sum())
    return Score(loss.mean(output, labels), correct, len(labels))


def total(scores: list[Score]) -> Score:
    """The score on all the images of several scores together."""
    images = sum(part.images for part in scores)
    loss = math.fsum(part.loss * part.images for part in scores) / images
    return Score(loss, sum(part.correct for part in scores), images)
