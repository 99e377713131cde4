"""Picture filters, one pixel at a time."""

from typing import Any

import numpy as np
import numpy.typing as npt


def filter2d(
    image: npt.NDArray[Any],
    kernel: npt.ArrayLike,
    edge: str = "reflect",
    threads: int | None = None,
) -> npt.NDArray[Any]:
    """For every pixel: lay the kernel's centre on it, multiply what meets, add up, round."""
    height, width = image.shape[:2]
    weights = np.asarray(kernel, np.float64)
    out = np.zeros_like(image)
    for y, x, *channel in np.ndindex(image.shape):
        total = 0.0
        for u, row_of_weights in enumerate(weights):
            # the products of a row first, then the rows
            row_total = 0.0
            for v, weight in enumerate(row_of_weights):
                row = _beyond(y + u - weights.shape[0] // 2, height, edge)
                column = _beyond(x + v - weights.shape[1] // 2, width, edge)
                if row is not None and column is not None:
                    row_total += float(weight) * float(image[row, column, *channel])
            total += row_total
        if image.dtype.kind == "u":
            # Python's round also sends halves to the even neighbour
            total = round(min(max(total, 0), np.iinfo(image.dtype).max))
        out[y, x, *channel] = total
    return out


def _beyond(position: int, size: int, edge: str) -> int | None:
    """Walk a position outside 0 … size − 1 back in; None where the edge is black."""
    if edge == "zero":
        return position if 0 <= position < size else None
    if edge == "replicate":
        return min(max(position, 0), size - 1)
    while not 0 <= position < size:
        if edge == "wrap":
            position += size if position < 0 else -size
        elif size == 1:
            position = 0
        else:
            position = -position if position < 0 else 2 * (size - 1) - position
    return position
