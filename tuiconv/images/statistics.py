"""The sums of a picture in few numbers, added up band by band."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from tuiconv.images.filters.filter import Values
from tuiconv.images.ranges import Scale


@dataclass(frozen=True)
class Statistics:
    """The sums of a whole picture, over all colours, and how many of them did not fit."""

    minimum: float
    maximum: float
    mean: float
    below: int
    """Numbers that round to less than 0, and are stored as 0."""
    above: int
    """Numbers that round to more than a pixel holds, and are stored as the most it holds."""
    clipped_pixels: int
    """Pixels of which at least one colour did not fit."""
    pixels: int
    numbers: int
    """Pixels times colours."""


def measured(sums: Values, rounded: Values, how: Scale) -> Statistics:
    """The statistics of a band.

    Args:
        sums: (height, width, colours).
        rounded: what they become before they are clamped.
        how: what a pixel holds.
    """
    below, above = rounded < 0, rounded > how.most
    # a colour after the other: all at once, `any` takes ten times as long for so few
    clipped = reduce(np.logical_or, np.moveaxis(below | above, 2, 0))
    return Statistics(
        minimum=float(sums.min()),
        maximum=float(sums.max()),
        mean=float(sums.mean()),
        below=int(np.count_nonzero(below)),
        above=int(np.count_nonzero(above)),
        clipped_pixels=int(np.count_nonzero(clipped)),
        pixels=sums.shape[0] * sums.shape[1],
        numbers=sums.size,
    )


def together(parts: Sequence[Statistics]) -> Statistics:
    """The statistics of all bands of a picture."""
    numbers = sum(part.numbers for part in parts)
    return Statistics(
        minimum=min(part.minimum for part in parts),
        maximum=max(part.maximum for part in parts),
        mean=math.fsum(part.mean * part.numbers for part in parts) / numbers,
        below=sum(part.below for part in parts),
        above=sum(part.above for part in parts),
        clipped_pixels=sum(part.clipped_pixels for part in parts),
        pixels=sum(part.pixels for part in parts),
        numbers=numbers,
    )
