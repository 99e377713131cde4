"""Stretches of an image, in pixels that need not be whole, and letters for boxes made of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_letters, digits

LETTERS = ascii_letters + digits
"""One for each box; those further in than there are letters share the last."""


@dataclass(frozen=True)
class Extent:
    """Where something begins and ends along an axis, in pixels from the first edge of the image."""

    begin: float
    end: float

    def cells(self, places: Sequence[float]) -> range:
        """Which of some places are in it; the nearest one if it lies between two of them."""
        inside = [number for number, place in enumerate(places) if self.begin <= place < self.end]
        if not inside:
            middle = (self.begin + self.end) / 2
            inside = [min(range(len(places)), key=lambda number: abs(places[number] - middle))]
        return range(inside[0], inside[-1] + 1)
