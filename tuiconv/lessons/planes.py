"""One number for every pixel of a picture that may be large: read in rows, and made smaller."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from tuiconv.images.filters.filter import Values
from tuiconv.images.pictures import Picture

if TYPE_CHECKING:  # with Numba, which a map of a kernel need not wait for
    from tuiconv.images.stages import Rows

Numbers: TypeAlias = npt.NDArray[np.float64]
"""(height, width)."""
Box: TypeAlias = tuple[int, int, int, int]
"""(x, y, width, height) of a part of a picture, in pixels; x counts to the right, y down."""

LONGEST: Final = 1024
"""Pixels a side that are kept of a plane: more than a screen shows."""
BAND: Final = 1 << 18
"""Numbers that are made at a time."""


@dataclass(frozen=True)
class Plane:
    """A number for every pixel, of which one can ask for rows."""

    height: int
    width: int
    rows: Callable[[int, int], Numbers]
    """The numbers of the rows from the first to the one before the second."""

    def part(self, x: int, y: int, width: int, height: int) -> "Plane":
        """The numbers of so many columns from x on, and rows from y on."""
        return Plane(
            height, width, lambda first, end: self.rows(y + first, y + end)[:, x : x + width]
        )

    def numbers(self) -> Numbers:
        """All numbers, or the strongest of every square if there are more than can be shown."""
        from tuiconv_kernels.cores import usable_cores  # with Numba, after the first paint

        factor = -(-max(self.height, self.width) // LONGEST)
        step = factor * max(1, BAND // (self.width * factor))
        across = np.arange(0, self.width, factor)

        def band_from(first: int) -> Numbers:
            band = self.rows(first, min(first + step, self.height))
            return strongest_from(band, np.arange(0, len(band), factor), across)

        with ThreadPoolExecutor(usable_cores(), "tuiconv-planes") as pool:
            return np.concatenate(list(pool.map(band_from, range(0, self.height, step))))


def strongest(numbers: Numbers, height: int, width: int) -> Numbers:
    """Fewer numbers: of every area the one farthest from 0, whatever its sign.

    A mean would not do: above and below an edge the sums of an edge filter cancel each other.
    """
    old_height, old_width = numbers.shape
    down = np.arange(height) * old_height // height
    return strongest_from(numbers, down, np.arange(width) * old_width // width)


def strongest_from(
    numbers: Numbers, down: npt.NDArray[np.int64], across: npt.NDArray[np.int64]
) -> Numbers:
    """The strongest number of every area; areas begin in the rows `down` and columns `across`."""
    rows = np.split(numbers, down[1:])
    low = np.minimum.reduceat(np.stack([row.min(axis=0) for row in rows]), across, axis=1)
    high = np.maximum.reduceat(np.stack([row.max(axis=0) for row in rows]), across, axis=1)
    return np.where(-low > high, low, high)


def mean_sums(sums: "Rows") -> Plane:
    """The mean over the colours of every pixel's sums."""
    return Plane(
        sums.height, sums.width, lambda first, end: mean_colour(sums.rows(first, end).values)
    )


def mean_colour(values: Values) -> Numbers:
    """The mean over the colours; these are few, so whole planes are added up."""
    colours = values.shape[2]
    total = values[:, :, 0]
    for colour in range(1, colours):
        total = total + values[:, :, colour]
    mean: Numbers = total / colours
    return mean


def difference(before: Picture, after: Picture) -> Plane:
    """The mean over the colours of after − before; both have the same size and colours."""

    def rows(first: int, end: int) -> Numbers:
        shape, colours = (end - first, before.width, -1), before.colours
        new, old = (each.pixels[first:end].reshape(shape) for each in (after, before))
        return mean_colour(new[:, :, :colours].astype(np.float64) - old[:, :, :colours])

    return Plane(before.height, before.width, rows)
