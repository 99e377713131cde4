"""How sums become pixels: clamped, as magnitudes, with zero in the middle, or stretched."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

import numpy as np

from tuiconv.images.filters.filter import Values

Range: TypeAlias = Literal["clamp", "signed", "abs", "minmax"]
RANGES: Final[tuple[Range, ...]] = get_args(Range)

DECIMALS: Final = 9
"""What sums have behind these is noise."""


@dataclass(frozen=True)
class Scale:
    """value = sum · factor + offset, of the sum or of its magnitude."""

    factor: float
    offset: float
    magnitude: bool
    most: int
    """The largest number a pixel holds: 255 or 65535."""

    def values(self, sums: Values) -> Values:
        """The values of some sums, neither rounded nor clamped."""
        if self.magnitude:
            sums = np.abs(sums)
        if (self.factor, self.offset) == (1.0, 0.0):
            return sums
        return sums * self.factor + self.offset

    def rounded(self, sums: Values) -> Values:
        """The values rounded, halves to even; they may still be more or less than a pixel holds.

        Noise, which depends on the order of adding up, does not decide whether a value is a half:
        five times 0.1 is one.
        """
        exact: Values = np.rint(np.round(self.values(sums), DECIMALS))
        return exact


def scale(range_: Range, most: int, lowest: float, highest: float) -> Scale:
    """How a range makes pixels of sums.

    - clamp: the sum itself.
    - abs: its magnitude.
    - signed: 0 becomes the middle, (most + 1) / 2, and ±m, the largest magnitude there is,
      become 1 and most: middle + sum / m · (most − 1) / 2.
    - minmax: the lowest sum becomes 0, the highest `most`; if they are equal, the middle.

    Noise is not stretched: a flat picture stays flat.

    Args:
        range_: one of `RANGES`.
        most: the largest number a pixel holds.
        lowest: the lowest sum of the whole picture.
        highest: the highest one.
    """
    lowest, highest = round(lowest, DECIMALS), round(highest, DECIMALS)
    middle = (most + 1) / 2
    largest = max(-lowest, highest)
    if range_ == "signed":
        return Scale((most - 1) / 2 / largest if largest else 1.0, middle, False, most)
    if range_ == "minmax":
        if highest == lowest:
            return Scale(0.0, middle, False, most)
        factor = most / (highest - lowest)
        return Scale(factor, -lowest * factor, False, most)
    return Scale(1.0, 0.0, range_ == "abs", most)
