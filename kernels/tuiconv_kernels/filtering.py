"""Filters for pictures: one kernel slides over every channel of an image."""

from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.checks import loop_ready
from tuiconv_kernels.jit import kernel as compiled

Image: TypeAlias = npt.NDArray[Any]
"""uint8, uint16, float32 or float64; (height, width) or (height, width, channels)."""

Edge: TypeAlias = Literal["zero", "replicate", "reflect", "wrap"]
"""What stands beyond the border; see `filter2d`."""

_DTYPES = ("uint8", "uint16", "float32", "float64")


def filter2d(image: Image, kernel: npt.ArrayLike, edge: Edge = "reflect") -> Image:
    """Filter a picture: every pixel becomes the weighted sum of its neighbourhood.

        out[y, x] = Σ u,v  kernel[u, v] · image[y + u − kernel_height // 2, x + v − …]

    The kernel is not flipped (correlation, as in `conv2d`). Sums run in float64; integer results
    are rounded to the nearest number, halves to even, and clamped to what the dtype holds.

    Args:
        image: uint8, uint16, float32 or float64; (height, width), or (height, width, channels)
            with 1 to 4 channels, each filtered alone.
        kernel: Weights, 2-D, of odd height and width; it may be larger than the image.
        edge: The pixels beyond the border: "zero" (black), "replicate" (a a | a b c),
            "reflect" (c b | a b c, the border pixel not repeated) or "wrap" (b c | a b c).

    Returns:
        The shape and dtype of the image.

    Raises:
        ValueError: If a dtype, shape or the edge does not fit; the message quotes it.
    """
    image, weights = _checked(image, kernel, edge)
    height, width = image.shape[:2]
    channels = image.size // (height * width)
    rows = _sources(height, weights.shape[0] // 2, edge)
    columns = _sources(width, weights.shape[1] // 2, edge)
    out = np.empty_like(image)
    lines = np.empty((weights.shape[0], len(columns) * channels))
    largest = float(np.iinfo(image.dtype).max) if image.dtype.kind == "u" else 0.0
    shape = (height, width, channels)
    _filter(image.reshape(shape), weights, rows, columns, lines, largest, out.reshape(shape))
    return out


def _checked(
    image: Image, kernel: npt.ArrayLike, edge: Edge
) -> tuple[Image, npt.NDArray[np.float64]]:
    image = loop_ready(image)
    if image.dtype not in _DTYPES:
        raise ValueError(f"filter2d: image is {image.dtype}; {', '.join(_DTYPES)} are allowed")
    if image.ndim not in (2, 3) or image.size == 0 or (image.ndim == 3 and image.shape[2] > 4):
        raise ValueError(
            f"filter2d: image has shape {image.shape}; (height, width) and "
            "(height, width, 1 to 4), each at least 1, are allowed"
        )
    weights = np.asarray(kernel)
    if weights.dtype.kind not in "iuf":
        raise ValueError(f"filter2d: kernel is {weights.dtype}; real numbers are allowed")
    if weights.ndim != 2 or weights.shape[0] % 2 == 0 or weights.shape[1] % 2 == 0:
        raise ValueError(
            f"filter2d: kernel has shape {weights.shape}; two odd sizes are needed, "
            "so that it has a centre"
        )
    if not np.isfinite(weights).all():
        raise ValueError(f"filter2d: kernel is {weights.tolist()}; finite numbers are allowed")
    if edge not in get_args(Edge):
        raise ValueError(f"filter2d: edge is {edge!r}; {', '.join(get_args(Edge))} are allowed")
    return image, loop_ready(weights.astype(np.float64))


def _sources(size: int, radius: int, edge: Edge) -> npt.NDArray[np.int64]:
    """For positions −radius … size − 1 + radius: the pixel that stands there, −1 for black."""
    position = np.arange(-radius, size + radius)
    if edge == "zero":
        return np.where((position >= 0) & (position < size), position, -1)
    if edge == "replicate":
        return np.clip(position, 0, size - 1)
    if edge == "wrap":
        return position % size
    period = max(2 * (size - 1), 1)
    folded = position % period
    return np.minimum(folded, period - folded)


@compiled
def _filter(
    image: Image,
    weights: npt.NDArray[np.float64],
    rows: npt.NDArray[np.int64],
    columns: npt.NDArray[np.int64],
    lines: npt.NDArray[np.float64],
    largest: float,
    out: Image,
) -> None:
    # lines is a ring: each row of the extended image is converted once, into slot e mod kh
    kernel_height, kernel_width = weights.shape
    channels = image.shape[2]
    sums = np.empty(image.shape[1] * channels)
    for e in range(len(rows)):
        _extend(image, rows[e], columns, lines[e % kernel_height])
        y = e - kernel_height + 1
        if y < 0:
            continue
        sums[:] = 0.0
        for u in range(kernel_height):
            line = lines[(y + u) % kernel_height]
            for v in range(kernel_width):
                weight = weights[u, v]
                met = line[v * channels : v * channels + len(sums)]
                for k in range(len(sums)):
                    sums[k] += weight * met[k]
        _store(sums, largest, out[y].reshape(-1))


@compiled
def _extend(
    image: Image, row: int, columns: npt.NDArray[np.int64], line: npt.NDArray[np.float64]
) -> None:
    if row < 0:
        line[:] = 0.0
        return
    _, width, channels = image.shape
    radius = (len(columns) - width) // 2
    pixels = image[row].reshape(-1)
    for k in range(len(pixels)):
        line[radius * channels + k] = pixels[k]
    for k in range(radius):
        for end in (k, radius + width + k):
            for c in range(channels):
                source = columns[end] * channels + c
                line[end * channels + c] = pixels[source] if source >= 0 else 0.0


@compiled
def _store(sums: npt.NDArray[np.float64], largest: float, out: Image) -> None:
    # largest is 0 for float images, which are neither rounded nor clamped
    for k in range(len(sums)):
        if largest > 0:
            out[k] = min(max(np.rint(sums[k]), 0.0), largest)
        else:
            out[k] = sums[k]
