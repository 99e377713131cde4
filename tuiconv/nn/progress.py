"""How far a run of training has come, as it can be kept and taken up again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from tuiconv.errors import RequestError
from tuiconv.nn.scoring import Score

State: TypeAlias = Mapping[str, Any]
"""Arrays, numbers and texts by name, and dictionaries of numbers and texts."""


@dataclass
class Progress:
    """What is done of a run, and what the epoch in hand needs."""

    order: State
    """The state of the random numbers before they gave the epoch in hand its order of images."""
    completed: int = 0
    """Epochs."""
    test_accuracy: float | None = None
    """After the last of these."""
    scores: list[Score] = field(default_factory=list)
    """Of the batches done in the epoch in hand."""

    def complete(self, test_accuracy: float, order: State) -> None:
        """End an epoch; `order` is the random numbers' state for the next."""
        self.order, self.test_accuracy, self.scores = order, test_accuracy, []
        self.completed += 1

    def state(self) -> State:
        """As arrays and plain values."""
        return {
            "order": self.order,
            "completed": self.completed,
            "test_accuracy": self.test_accuracy,
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
            completed, accuracy = int(state["completed"]), state["test_accuracy"]
            if completed < 0:
                raise ValueError(f"{completed} epochs completed")
            return cls(
                state["order"],
                completed,
                None if accuracy is None else float(accuracy),
                [Score(*row) for row in zip(*columns, strict=True)],
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
