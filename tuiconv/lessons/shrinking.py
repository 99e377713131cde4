"""Large pictures in fewer pixels: each the mean of a square of them."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Pixels: TypeAlias = npt.NDArray[Any]
"""uint8 or uint16, (height, width) or (height, width, channels), alpha last of 2 or 4."""


def shrunk(pixels: Pixels, times: int) -> Pixels:
    """The picture with sides so many times smaller.

    Colours count as far as they are opaque. The last squares take what is left at the border.
    """
    height, width = (max(size // times, 1) for size in pixels.shape[:2])
    channels = pixels.reshape(*pixels.shape[:2], -1)
    across = np.arange(width) * times
    out = np.empty((height, width, channels.shape[2]), pixels.dtype)
    for y in range(height):
        end = (y + 1) * times if y < height - 1 else len(channels)
        out[y] = means(channels[y * times : end], across)
    return out.reshape(height, width, *pixels.shape[2:])


def means(rows: Pixels, across: npt.NDArray[np.int64]) -> Pixels:
    """The means of rows that become one; areas begin in the columns `across`."""
    if rows.shape[2] in (2, 4):
        rows, alpha = rows.astype(np.float64), rows[:, :, -1:]
        rows[:, :, :-1] *= alpha
    columns = np.add.reduce(rows, axis=0, dtype=np.float64)
    sums = np.add.reduceat(columns, across, axis=0)
    counts = np.diff(across, append=len(columns))[:, np.newaxis] * len(rows)
    if rows.shape[2] in (2, 4):
        sums[:, :-1] /= np.maximum(sums[:, -1:], 1)
        sums[:, -1:] /= counts
    else:
        sums /= counts
    return np.rint(sums)
