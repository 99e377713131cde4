"""Where things lie: feature maps in a flat array, and the tables of offsets that walk over them.

A table says, once and for a whole layer, which elements a kernel multiplies; kernel, stride,
padding and dilation exist only here. All tables are one-dimensional int64 arrays.
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.lanes import LANES

Pair = tuple[int, int]
"""(vertical, horizontal)."""
Table = npt.NDArray[np.int64]
Span = tuple[int, int, int, int]
"""First place, end, first term, end: see `sum_products`."""

CACHE_LINE = 64
"""Bytes that come from memory together."""
LONG_SUM, TERMS, PLACES = 512, 96, 64
"""A sum of more terms than the first goes through so many at a time, for so many places: what all
rows of a weight multiply then stays in the L1 cache, and the sums in the L2 cache."""


@dataclass(frozen=True)
class Layout:
    """Feature maps side by side in a flat array, each within a margin of zeros."""

    count: int
    """Blocks of LANES images with the images innermost; or single images, if `lanes` is 1."""
    channels: int
    height: int
    width: int
    margin: Pair = (0, 0)
    """Rows above and below, columns left and right of every map."""
    lanes: int = LANES

    @property
    def plane(self) -> int:
        """Elements from one map to the next."""
        top, left = self.margin
        return (self.height + 2 * top) * (self.width + 2 * left) * self.lanes

    @property
    def size(self) -> int:
        """Elements of the whole array."""
        return self.count * self.channels * self.plane

    def zeros(self, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        """The whole array, all 0; it begins with a cache line, so that no lanes lie in two."""
        data = np.zeros(self.size + CACHE_LINE, dtype)
        first = -data.ctypes.data % CACHE_LINE // data.itemsize
        return data[first : first + self.size]

    def offsets(self, n: Any, c: Any, y: Any, x: Any) -> Table:
        """Where pixel (y, x) of channel c of block n lies; NumPy's broadcasting, flattened."""
        top, left = self.margin
        pitch = (self.width + 2 * left) * self.lanes
        plane = (np.asarray(n) * self.channels + c) * self.plane
        inside = (np.asarray(y) + top) * pitch + (np.asarray(x) + left) * self.lanes
        return np.asarray(plane + inside, np.int64).reshape(-1)

    def inside(self, data: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The maps in `data` without their margins: n c y x lane."""
        (top, left), lanes = self.margin, self.lanes
        rows, columns = self.height + 2 * top, self.width + 2 * left
        maps = data[: self.size].reshape(self.count, self.channels, rows, columns, lanes)
        return maps[:, :, top : top + self.height, left : left + self.width]


@dataclass(frozen=True)
class Sliding:
    """A kernel that slides over an image."""

    taps: Pair
    """Height and width of the kernel."""
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)

    def tops(self, axis: int, count: int) -> Table:
        """The first row (axis 0) or column (1) that each of `count` windows meets."""
        return np.arange(count) * self.stride[axis] - self.padding[axis]

    def windows(self, x: Layout) -> Pair:
        """How many windows lie below and beside each other."""
        counts = [
            (size + 2 * pad - gap * (taps - 1) - 1) // step + 1
            for size, taps, step, pad, gap in zip(
                (x.height, x.width), self.taps, self.stride, self.padding, self.dilation,
                strict=True,
            )
        ]  # fmt: skip
        return counts[0], counts[1]

    def covers(self, x: Layout) -> bool:
        """Whether there is one window, as large as the image: a fully connected layer."""
        return self.padding == (0, 0) and self.taps == (x.height, x.width)


@dataclass(frozen=True)
class Tables:
    """What `sum_products` walks over; see there."""

    places: Table
    offsets: Table
    spans: npt.NDArray[np.int64]
    taps: Table
    out_places: Table


def _axes(*sizes: npt.ArrayLike) -> list[Any]:
    """Arrays that broadcast against each other, each along an axis of its own."""
    return list(np.ix_(*(np.atleast_1d(size) for size in sizes)))


def forward(sliding: Sliding, x: Layout, out: Layout, channels: int | None = None) -> Tables:
    """Tables of a convolution: place n i j, offset and tap c u v (of `channels`, a group's)."""
    channels = x.channels if channels is None else channels
    n, i, j = _axes(np.arange(x.count), np.arange(out.height), np.arange(out.width))
    tables = _windows(sliding, x, out, channels, n, i, j)
    spans = _in_parts((0, len(tables.places), 0, len(tables.offsets)))
    return replace(tables, spans=np.array(spans))


def forward_pooled(
    sliding: Sliding, x: Layout, pooled: Layout, channels: int, full: Layout | None = None
) -> Tables:
    """Tables of a convolution whose maps are pooled 2×2: the four places of a pool lie together.

    The out_places are those of the pool; of the four places, if the layout `full` is given.
    """
    n, i, j = _axes(*map(np.arange, (pooled.count, pooled.height, pooled.width)))
    to = pooled.offsets(n, 0, i, j)
    a, b = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    n, i, j = n[..., np.newaxis], 2 * i[..., np.newaxis] + a, 2 * j[..., np.newaxis] + b
    tables = _windows(sliding, x, full or pooled, channels, n, i, j)
    return tables if full else replace(tables, out_places=to)


def along_rows(sliding: Sliding, x: Layout, out: Layout, channels: int) -> Tables:
    """Tables of a convolution with stride 1 on single images: lanes are neighbours in a row.

    The last lanes of a row begin early enough to end with it, and repeat some outputs.
    """
    starts = np.minimum(np.arange(0, out.width, LANES), out.width - LANES)
    n, i, j = _axes(np.arange(x.count), np.arange(out.height), starts)
    return _windows(sliding, x, out, channels, n, i, j)


def _windows(
    sliding: Sliding, x: Layout, out: Layout, channels: int, n: Any, i: Any, j: Any
) -> Tables:
    (down, right), (top, left) = sliding.stride, sliding.padding
    c, u, v = _axes(np.arange(channels), *(np.arange(taps) for taps in sliding.taps))
    corner = x.offsets(0, 0, 0, 0)
    steps = x.offsets(0, c, u * sliding.dilation[0], v * sliding.dilation[1]) - corner
    places = x.offsets(n, 0, i * down - top, j * right - left)
    return Tables(
        places=places,
        offsets=steps,
        spans=np.array([[0, len(places), 0, len(steps)]]),
        taps=np.arange(len(steps)),
        out_places=out.offsets(n, 0, i, j),
    )


def _in_parts(span: Span) -> list[Span]:
    """A span, or parts of it if its sums are long; a part has a multiple of four places or all."""
    begin, end, first, last = span
    terms, whole = last - first, end - (end - begin) % 4
    if terms <= LONG_SUM or whole - begin < 8:
        return [span]
    parts = -(-terms // TERMS)
    cuts = [first + terms * part // parts for part in range(parts + 1)]
    spans = [
        (place, min(place + PLACES, whole), *cut)
        for place in range(begin, whole, PLACES)
        for cut in pairwise(cuts)
    ]
    return spans if whole == end else [*spans, (whole, end, first, last)]


def back_to_x(sliding: Sliding, x: Layout, grad: Layout, weight_shape: tuple[int, ...]) -> Tables:
    """Tables of a convolution's input gradient: a place is a pixel, its taps are o u v.

    Pixels that lie under the same taps of the kernel, in windows equally far away, make a span: at
    the border there are fewer, and with a stride the pixels take turns. A row is an input channel,
    and the weight's step from one channel to the next is kernel_height · kernel_width.
    """
    maps, channels, height, width = weight_shape
    places, offsets, taps, out_places = [], [], [], []
    spans: list[Span] = []
    first_place = first_tap = 0
    for rows, i, u, up in _meetings(sliding, 0, x.height, grad.height):
        for columns, j, v, left in _meetings(sliding, 1, x.width, grad.width):
            n, i_, j_ = _axes(np.arange(x.count), i, j)
            places.append(grad.offsets(n, 0, i_, j_))
            out_places.append(x.offsets(n, 0, *_axes(0, rows, columns)[1:]))
            o, up_, left_ = _axes(np.arange(maps), up, left)
            offsets.append(grad.offsets(0, o, up_, left_) - grad.offsets(0, 0, 0, 0))
            o, u_, v_ = _axes(np.arange(maps), u, v)
            taps.append(np.asarray((o * channels * height + u_) * width + v_).reshape(-1))
            end_place, end_tap = first_place + len(places[-1]), first_tap + len(taps[-1])
            spans += _in_parts((first_place, end_place, first_tap, end_tap))
            first_place, first_tap = end_place, end_tap
    return Tables(
        places=np.concatenate(places),
        offsets=np.concatenate(offsets),
        spans=np.array(spans, np.int64),
        taps=np.concatenate(taps),
        out_places=np.concatenate(out_places),
    )


def in_phase(sliding: Sliding, axis: int, phase: int, size: int) -> Table:
    """The rows or columns of an image that, with the padding, are `phase` modulo the stride."""
    stride, padding = sliding.stride[axis], sliding.padding[axis]
    return np.arange((phase - padding) % stride, size, stride)


def back_along_rows(
    sliding: Sliding,
    pixels: tuple[Table, Table],
    x: Layout,
    grad: Layout,
    weight_shape: tuple[int, ...],
) -> Tables:
    """Tables of an input gradient on single images, for the pixels in one phase of the stride.

    They all meet the same taps; those that lie beside the gradient meet its margin of zeros. Lanes
    are pixels of the phase that are neighbours in a row; the last of a row are as in `along_rows`.

    Args:
        sliding: the convolution's.
        pixels: rows and columns of the image: see `in_phase`.
        x: of these pixels alone.
        grad: with a margin as wide as `reach` says.
        weight_shape: (maps, channels, kernel_height, kernel_width) of a group.
    """
    maps, channels, height, width = weight_shape
    windows, taps, steps = [], [], []
    for axis, lines in enumerate(pixels):
        stride, gap = sliding.stride[axis], sliding.dilation[axis]
        near, phases = np.divmod(lines + sliding.padding[axis], stride)
        met = np.arange(sliding.taps[axis])
        met = met[met * gap % stride == phases[0]]
        windows.append(near)
        taps.append(met)
        steps.append((phases[0] - met * gap) // stride)
    starts = np.minimum(np.arange(0, x.width, LANES), x.width - LANES)
    n, i, j = _axes(np.arange(x.count), np.arange(x.height), starts)
    o, u, v = _axes(np.arange(maps), *taps)
    places = grad.offsets(n, 0, windows[0][i], windows[1][j])
    offsets = grad.offsets(0, *_axes(np.arange(maps), *steps)) - grad.offsets(0, 0, 0, 0)
    return Tables(
        places=places,
        offsets=offsets,
        spans=np.array([[0, len(places), 0, len(offsets)]]),
        taps=np.asarray((o * channels * height + u) * width + v).reshape(-1),
        out_places=x.offsets(n, 0, i, j),
    )


def reach(sliding: Sliding, axis: int, size: int, windows: int) -> int:
    """How far beyond its ends an axis of a gradient is looked at from `size` pixels."""
    stride, padding = sliding.stride[axis], sliding.padding[axis]
    before = -(-sliding.dilation[axis] * (sliding.taps[axis] - 1) // stride)
    return max(before, (size - 1 + padding) // stride - (windows - 1), 0)


def back_to_covered(x: Layout, grad: Layout, maps: int, size: int) -> Tables:
    """Tables of the same gradient where the kernel covers the input of `size` numbers.

    Every pixel meets one tap of every map: a row is a pixel, and its step in the weight is 1.
    """
    n, o = np.arange(x.count), np.arange(maps)
    return Tables(
        places=grad.offsets(n, 0, 0, 0),
        offsets=o * grad.plane,
        spans=np.array([[0, x.count, 0, maps]]),
        taps=o * size,
        out_places=x.offsets(n, 0, 0, 0),
    )


def _meetings(
    sliding: Sliding, axis: int, size: int, windows: int
) -> list[tuple[Table, Table, Table, Table]]:
    """Along one axis: pixels that meet the same taps, a window near each, the taps, the steps.

    Pixel y is met by tap u of window i where y + padding = i·stride + u·dilation. The step leads
    from the window near the pixel to window i.
    """
    stride, padding, gap = sliding.stride[axis], sliding.padding[axis], sliding.dilation[axis]
    groups: dict[tuple[int, ...], list[int]] = {}
    for y in range(size):
        met = []
        for u in range(sliding.taps[axis]):
            i, between = divmod(y + padding - u * gap, stride)
            if between == 0 and 0 <= i < windows:
                met.append(u)
        groups.setdefault(((y + padding) % stride, *met), []).append(y)
    meetings = []
    for (phase, *met), pixels in groups.items():
        ys, taps = np.array(pixels, np.int64), np.array(met, np.int64)
        near = (ys + padding - phase) // stride
        meetings.append((ys, near, taps, (phase - taps * gap) // stride))
    return meetings


def planes(layout: Layout) -> Table:
    """Where each map begins: n c."""
    n, c = _axes(np.arange(layout.count), np.arange(layout.channels))
    return layout.offsets(n, c, 0, 0)


def cells(layout: Layout) -> Table:
    """Where each cell of the first map of every block lies: n i j."""
    n, i, j = _axes(*map(np.arange, (layout.count, layout.height, layout.width)))
    return layout.offsets(n, 0, i, j)


def image_runs(layout: Layout) -> tuple[Table, int]:
    """Where the longest runs of pixels without a margin begin, and how many pixels each has."""
    if layout.margin != (0, 0):
        return image_rows(layout), layout.width
    size = layout.channels * layout.height * layout.width
    return np.arange(layout.count) * size * layout.lanes, size


def image_rows(layout: Layout) -> Table:
    """Where each row of pixels begins: n c y."""
    n, c, y = _axes(np.arange(layout.count), np.arange(layout.channels), np.arange(layout.height))
    return layout.offsets(n, c, y, 0)


def window_counts(
    sliding: Sliding, size: tuple[int, ...], out: Pair, include_pad: bool = True
) -> npt.NDArray[np.float64]:
    """By how many cells the sum of each window is divided, (out_height, out_width).

    Without those beyond the padding and, unless `include_pad`, without those in it.
    """
    counts = []
    for axis in (0, 1):
        pad = sliding.padding[axis]
        start = np.arange(out[axis]) * sliding.stride[axis] - pad
        stop = np.minimum(start + sliding.taps[axis], size[axis] + pad)
        if not include_pad:
            start, stop = np.maximum(start, 0), np.minimum(stop, size[axis])
        counts.append(stop - start)
    return np.asarray(counts[0][:, np.newaxis] * counts[1], np.float64)


@dataclass(frozen=True)
class PoolTables:
    """Windows of a pool on one map; cells that lie outside the map are not listed."""

    starts: Table
    """Window p has the cells number starts[p] to starts[p + 1] of `cells` and `taps`."""
    cells: Table
    """Where a cell lies, from the first element of the map."""
    taps: Table
    """Which cell of its window it is, counted row by row."""
    windows: Table
    """Where each window's result lies, from the first element of its map."""


def pool_windows(sliding: Sliding, x: Layout, out: Layout) -> PoolTables:
    """The windows of a pool in row order, each with its cells in row order."""
    i, j, u, v = _axes(*map(np.arange, (out.height, out.width, *sliding.taps)))
    (down, right), (top, left), (gap_y, gap_x) = sliding.stride, sliding.padding, sliding.dilation
    y, x_ = np.broadcast_arrays(i * down - top + u * gap_y, j * right - left + v * gap_x)
    shape = (out.height * out.width, sliding.taps[0] * sliding.taps[1])
    y, x_ = y.reshape(shape), x_.reshape(shape)
    inside = (y >= 0) & (y < x.height) & (x_ >= 0) & (x_ < x.width)
    window, tap = np.nonzero(inside)
    return PoolTables(
        starts=np.searchsorted(window, np.arange(len(inside) + 1)),
        cells=x.offsets(0, 0, y[inside], x_[inside]),
        taps=np.ascontiguousarray(tap),
        windows=out.offsets(0, 0, *_axes(np.arange(out.height), np.arange(out.width))),
    )
