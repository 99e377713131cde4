"""How far a run of training has come, as it can be kept and taken up again."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias

import numpy as np

from tuiconv.errors import RequestError
from tuiconv.nn.events import EpochDone
from tuiconv.nn.scoring import Score

State: TypeAlias = Mapping[str, Any]
"""Arrays, numbers and texts by name, and dictionaries of numbers and texts."""


@dataclass
class Progress:
    """What is done of a run, and what the epoch in hand needs."""

    order: State
    """The state of the random numbers before they gave the epoch in hand its order of images."""
    last: EpochDone | None = None
    """The epoch completed last."""
    scores: list[Score] = field(default_factory=list)
    """Of the batches done in the epoch in hand."""
    seconds: float = 0.0
    """Of learning and testing."""

    @property
    def completed(self) -> int:
        """Epochs."""
        return self.last.epoch if self.last else 0

    def complete(self, epoch: EpochDone, order: State) -> None:
        """End an epoch; `order` is the random numbers' state for the next."""
        self.order, self.last, self.scores = order, epoch, []

    def state(self) -> State:
        """As arrays and plain values."""
        return {
            "order": self.order,
            "epoch": asdict(self.last) if self.last else None,
            "seconds": self.seconds,
            "losses": np.array([score.loss for score in self.scores], np.float64),
            "correct": np.array([score.correct for score in self.scores], np.int64),
            "images": np.array([score.images for score in self.scores], np.int64),
        }

    @classmethod
    def restored(cls, state: State, random: np.random.BitGenerator) -> "Progress":
        """The progress that gave a state, with random numbers of the same kind.

        Raises:
            RequestError: the state is none of a progress.
        """
        try:
            type(random)().state = state["order"]
            columns = (state[name].tolist() for name in ("losses", "correct", "images"))
            return cls(
                state["order"],
                None if state["epoch"] is None else whole_epoch(state["epoch"]),
                [Score(*row) for row in zip(*columns, strict=True)],
                float(state["seconds"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise RequestError(f"no state of a run: {error}") from error

    def check_fits(self, images: int, batch_size: int) -> None:
        """Raise RequestError unless the batches done can be those of so many images."""
        starts = range(0, images, batch_size)
        expected = [min(batch_size, images - start) for start in starts[: len(self.scores)]]
        found = [score.images for score in self.scores]
        if found != expected:
            raise RequestError(
                f"the state has {len(found)} batches of {sum(found)} images;"
                f" {images} images make {len(starts)} batches of up to {batch_size}"
            )


def whole_epoch(figures: Mapping[str, Any]) -> EpochDone:
    """The event with these figures.

    Raises:
        TypeError: a figure is missing, unknown or no number.
        ValueError: a number is impossible.
    """
    epoch = EpochDone(**figures)
    if not (type(epoch.epoch) is type(epoch.epochs) is int and epoch.epoch >= 1):
        raise ValueError(f"epoch {epoch.epoch} of {epoch.epochs}")
    if not all(math.isfinite(figure) for figure in figures.values()):
        raise ValueError(f"epoch with figures {figures}")
    return epoch
