"""Chance in training, the same for any number of threads and in a run that is taken up again."""

import numpy as np

from tuiconv_kernels.coins import SEEDS, number, skipped


class Coins:
    """What some images of a batch toss by: a coin follows from these numbers, a layer and a unit.

    Args:
        seed: of the step of training.
        first: the place in the batch of the first of the images.
    """

    def __init__(self, seed: int = 0, first: int = 0) -> None:
        self.numbers = np.array([0, first], np.int64)
        """The seed, as the int64 of the same bits, and the place; kernels read them here."""
        self.reseed(seed)

    def reseed(self, seed: int) -> None:
        """Toss anew, for another step of training."""
        self.numbers[0] = np.uint64(seed).view(np.int64)

    def seed_of(self, layer: int, units: int) -> int:
        """What a layer tosses by for these images, each of which has so many units."""
        seed, first = self.numbers.tolist()
        return skipped(number(seed % SEEDS, layer), first * units)
