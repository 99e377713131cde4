"""Training images changed anew for every epoch, while the network waits as little as possible."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tuiconv.data.dataset import Images
from tuiconv.errors import RequestError
from tuiconv.nn.team import Team

Augment: TypeAlias = Callable[[Images, np.random.Generator], Images]
"""Returns images (n, channels, height, width) uint8 changed by chance, such as `Distortions`."""

Numbers: TypeAlias = npt.NDArray[np.int64]

AHEAD = 512
"""Images that are changed together, if these are enough for a batch for each thread: to wake a
thread costs as much as some images."""


class Augmentation:
    """Changes batches, some at once, each by a Generator of its own.

    The Generator comes from a seed and the batch's place in the run, so that the images are the
    same for any number of threads, and in a run that was interrupted.

    Args:
        augment: called by several threads at once.
        seed: what all Generators begin with.
        team: who does it.
    """

    def __init__(self, augment: Augment, seed: int, team: Team) -> None:
        self.augment = augment
        self.seed = seed
        self._team = team

    def __call__(
        self, images: Images, batches: Sequence[Numbers], epoch: int, first: int
    ) -> Iterator[Images]:
        """The changed images of some batches, one batch after the other.

        Args:
            images: of the whole data set.
            batches: which of them each batch has.
            epoch: in which they are learned, from 1.
            first: the number in that epoch of the first of the batches.

        Raises:
            RequestError: what came back has another shape or dtype.
        """
        together = max(self._team.size, AHEAD // len(batches[0])) if batches else 1
        for start in range(0, len(batches), together):
            yield from self._group(images, batches[start : start + together], epoch, first + start)

    def _group(
        self, images: Images, batches: Sequence[Numbers], epoch: int, first: int
    ) -> list[Images]:
        """The changed images of a few batches, all threads taking one after the other."""
        group = [images[:0]] * len(batches)
        waiting = iter(enumerate(batches))

        def change(member: int) -> None:
            for k, chosen in waiting:
                rng = np.random.default_rng((self.seed, epoch, first + k))
                group[k] = self._changed(images[chosen], rng)

        self._team.run(change, members=len(batches))
        return group

    def _changed(self, images: Images, rng: np.random.Generator) -> Images:
        changed = self.augment(images, rng)
        if (changed.shape, changed.dtype) != (images.shape, images.dtype):
            raise RequestError(
                f"augment returned {changed.dtype} of shape {changed.shape}; expected"
                f" {images.dtype} of shape {images.shape}"
            )
        return changed
