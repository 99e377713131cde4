"""Filters for pictures: one kernel slides over every channel of an image."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from tuiconv_kernels import jit, plain
from tuiconv_kernels.checks import loop_ready, whole
from tuiconv_kernels.cores import usable_cores
from tuiconv_kernels.filter_plan import FloatSums, WholeSums, plan
from tuiconv_kernels.filter_rows import Kernel, Picture, Room, Target, filter_bytes, filter_floats
from tuiconv_kernels.pixels import RUN

Image: TypeAlias = npt.NDArray[Any]
"""uint8, uint16, float32 or float64; (height, width) or (height, width, channels)."""

Edge: TypeAlias = Literal["zero", "replicate", "reflect", "wrap"]
"""What stands beyond the border; see `filter2d`."""

_DTYPES = ("uint8", "uint16", "float32", "float64")

_WORTH_A_THREAD = 2**22
"""Products that take longer to compute than a thread takes to start."""


def filter2d(
    image: Image, kernel: npt.ArrayLike, edge: Edge = "reflect", threads: int | None = None
) -> Image:
    """Filter a picture: every pixel becomes the weighted sum of its neighbourhood.

        out[y, x] = Σ u,v  kernel[u, v] · image[y + u − kernel_height // 2, x + v − …]

    The kernel is not flipped (correlation, as in `conv2d`). Integer results are the sum in float64
    (of each row of products, then of the rows) rounded to the nearest number, halves to even, and
    clamped to what the dtype holds: always exactly that, whichever way it is computed. Results
    for floats are sums in float64 in any order, rounded to the dtype; kernels that are outer
    products, but for the rounding of their weights, are applied as a column and a row. A NaN or an
    infinity reaches every window it lies in, also where its weight is 0, and no other.

    Args:
        image: uint8, uint16, float32 or float64; (height, width), or (height, width, channels)
            with 1 to 4 channels, each filtered alone.
        kernel: Weights, 2-D, of odd height and width; it may be larger than the image.
        edge: The pixels beyond the border: "zero" (black), "replicate" (a a | a b c),
            "reflect" (c b | a b c, the border pixel not repeated) or "wrap" (b c | a b c).
        threads: How many threads share a picture that is worth it; None for one on each core this
            process may use. The result is the same for any number.

    Returns:
        The shape and dtype of the image.

    Raises:
        ValueError: If a dtype, shape, number or the edge does not fit; the message quotes it.
    """
    image, weights = _checked(image, kernel, edge)
    if threads is not None:
        threads = whole("filter2d", "threads", threads, 1)
    if not jit.ENABLED:
        return plain.filter2d(image, weights, edge)
    height, values = len(image), image.size // len(image)
    # the kernels fill two rows at a time, and runs of values
    out = np.empty((height + height % 2, max(values, RUN)), image.dtype)
    if image.size * weights.size < _WORTH_A_THREAD:
        threads = 1
    _fill(out, _extended(image, weights, edge), weights, threads or usable_cores())
    return np.ascontiguousarray(out[:height, :values]).reshape(image.shape)


def _checked(image: Image, kernel: npt.ArrayLike, edge: Edge) -> tuple[Image, Kernel]:
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
    largest = np.iinfo(image.dtype).max if image.dtype.kind == "u" else 1
    with np.errstate(over="ignore"):
        weights = loop_ready(weights.astype(np.float64))
        most = np.abs(weights).sum() * largest
    if not np.isfinite(most):
        raise ValueError(
            f"filter2d: kernel is {weights.tolist()}; finite numbers are allowed, "
            f"whose sum times {largest} is finite too"
        )
    if edge not in get_args(Edge):
        raise ValueError(f"filter2d: edge is {edge!r}; {', '.join(get_args(Edge))} are allowed")
    return image, weights


def _extended(image: Image, weights: Kernel, edge: Edge) -> Picture:
    """The image with what stands around it."""
    height, width = image.shape[:2]
    channels = image.size // (height * width)
    values = width * channels
    rows = sources(height, weights.shape[0] // 2, edge)
    columns = sources(width, weights.shape[1] // 2, edge)[:, np.newaxis]
    columns = np.where(columns < 0, -1, columns * channels + np.arange(channels)).reshape(-1)
    return Picture(
        image.reshape(-1),
        np.pad(np.where(rows < 0, -1, rows * values), (0, height % 2), constant_values=-1),
        np.pad(columns, (0, max(RUN - values, 0)), constant_values=-1),
        weights.shape[1] // 2 * channels,
        values,
        channels,
    )


def sources(size: int, radius: int, edge: Edge) -> npt.NDArray[np.int64]:
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


def _fill(out: Image, picture: Picture, weights: Kernel, threads: int) -> None:
    """Filter bands of rows in several threads; whoever is done takes the next band."""
    height, values = out.shape
    step = max(-(-height // (8 * threads)), 16)
    step += step % 2
    bands = [
        Target(out.reshape(-1), values, begin, min(begin + step, height))
        for begin in range(0, height, step)
    ]
    sums, todo = plan(weights, out.dtype), iter(bands)
    helpers = min(threads, len(bands)) - 1
    if helpers == 0:
        _fill_bands(todo, picture, weights, sums)
        return
    with ThreadPoolExecutor(helpers, "tuiconv-filter") as pool:
        jobs = [pool.submit(_fill_bands, todo, picture, weights, sums) for _ in range(helpers)]
        _fill_bands(todo, picture, weights, sums)
        for job in jobs:
            job.result()


def _fill_bands(
    todo: Iterator[Target], picture: Picture, weights: Kernel, sums: WholeSums | FloatSums
) -> None:
    """Filter one band after the other, in room that is theirs alone."""
    height, width = weights.shape
    length = max(picture.values, RUN) + (width - 1) * picture.channels
    if isinstance(sums, WholeSums):
        kept = (height + 1) // 2
        lines, doubts = np.empty(kept * length, np.int32), np.empty(2 * RUN, np.float32)
        room = Room(lines, np.empty(kept * width, np.int64), doubts)
        for band in todo:
            filter_bytes(picture, weights, sums.weights, sums.limits, room, band)
    else:
        kept, dtype = height + 1, sums.across.dtype
        lines, doubts = np.empty((kept + 2) * length, dtype), np.empty(2 * RUN, dtype)
        room = Room(lines, np.empty(kept * width, np.int64), doubts)
        for band in todo:
            filter_floats(picture, weights, sums.down, sums.across, sums.limit, room, band)
