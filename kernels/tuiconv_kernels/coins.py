"""Random numbers without a state: number k after a seed is the same, whoever asks for it and when.

They are those of SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number
generators"): the seed goes on by the same odd step for every number, and its bits are mixed.
"""

import numpy as np

from tuiconv_kernels.tiles import inlined

STEP, FIRST, SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
SEEDS = 2**64
"""How many there are."""


@inlined
def bits(seed: np.uint64, k: np.uint64) -> np.uint64:
    """Return number k, counted from 0, after a seed."""
    mixed = seed + (k + np.uint64(1)) * np.uint64(STEP)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(FIRST)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(SECOND)
    return mixed ^ (mixed >> np.uint64(31))


def number(seed: int, k: int) -> int:
    """As `bits`, for Python: from a seed and a number, such as a layer's, another seed."""
    mixed = (seed + (k + 1) * STEP) % SEEDS
    mixed = (mixed ^ mixed >> 30) * FIRST % SEEDS
    mixed = (mixed ^ mixed >> 27) * SECOND % SEEDS
    return mixed ^ mixed >> 31


def skipped(seed: int, count: int) -> int:
    """The seed after which come the numbers of `seed`, but for the first `count`."""
    return (seed + count * STEP) % SEEDS
