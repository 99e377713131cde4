"""How well a network does: mean cross-entropy and how many images it gets right."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tuiconv.nn.layers import Array, Labels

if TYPE_CHECKING:
    from tuiconv.nn.network import Network


@dataclass(frozen=True)
class Score:
    """How well a network does on some images."""

    loss: float
    """Mean cross-entropy."""
    correct: int
    """Images whose largest output is their label's."""
    images: int

    @property
    def accuracy(self) -> float:
        """The share that is correct."""
        return self.correct / self.images


def score(net: "Network", output: Array, labels: Labels) -> Score:
    """How well a network's output fits the labels."""
    correct = int((output.argmax(axis=1) == labels).sum())
    return Score(net.loss(output, labels), correct, len(labels))


def total(scores: list[Score]) -> Score:
    """The score on all the images of several scores together."""
    images = sum(part.images for part in scores)
    loss = math.fsum(part.loss * part.images for part in scores) / images
    return Score(loss, sum(part.correct for part in scores), images)
