"""Pooling: one number for every window of a feature map, and its gradients."""

import math

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.checks import Array, Size, float_array, pair, same_dtype, same_shape
from tuiconv_kernels.geometry import Sliding, window_counts
from tuiconv_kernels.jit import kernel
from tuiconv_kernels.windows import (
    Pair,
    Windows,
    from_phases,
    lay_windows,
    to_lines,
    to_phases,
)


def max_pool2d(
    x: Array,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
) -> Array:
    """Keep the largest value of every window.

        out[n, c, i, j] = max u,v  x[n, c, i·stride − padding + u·dilation, …]

    Padding counts as −∞. A NaN in a window wins, so that it stays visible.

    Args:
        x: Feature maps, (n, c, height, width), float32 or float64.
        kernel_size: Size of the window; an int or (vertical, horizontal), as all sizes here.
        stride: Pixels between windows; None means `kernel_size`.
        padding: Rows and columns added on each side, at most half a window.
        dilation: Pixels between the values of a window.
        ceil_mode: Round the number of windows up: the last may reach beyond the input, but must
            start inside it or in the padding before it.

    Returns:
        (n, c, out_height, out_width), the dtype of x.

    Raises:
        ValueError: If a dtype, shape or number does not fit; the message quotes it.
    """
    x, windows, _, _ = pool_windows(
        "max_pool2d", x, kernel_size, stride, padding, dilation, ceil_mode
    )
    planes = to_phases(x, windows, fill=-np.inf)
    best = np.empty(windows.grid, x.dtype)
    out = np.empty((*x.shape[:2], *windows.out), x.dtype)
    _keep_largest(planes, windows.offsets, windows.length, best, out)
    return out


def max_pool2d_backward(
    grad_out: Array,
    x: Array,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
) -> Array:
    """Send the gradient of every window to the value that won it.

    Among equal values, and among several NaNs, the first in row order has won.

    Args:
        grad_out: ∂loss/∂out, in the shape that `max_pool2d` returns.
        x: As given to `max_pool2d`; so are all further arguments.
        kernel_size: Size of the window.
        stride: Pixels between windows.
        padding: Rows and columns added on each side.
        dilation: Pixels between the values of a window.
        ceil_mode: Round the number of windows up.

    Returns:
        The gradient of x, in its shape.

    Raises:
        ValueError: As `max_pool2d`, and if `grad_out` has another shape or dtype.
    """
    name = "max_pool2d_backward"
    x, windows, taps, gaps = pool_windows(
        name, x, kernel_size, stride, padding, dilation, ceil_mode
    )
    grad_out = pool_grad(name, grad_out, x, windows)
    planes = to_phases(x, windows, fill=-np.inf)
    grad_planes = np.zeros_like(planes)
    _send_to_winners(
        to_lines(grad_out, windows),
        planes,
        windows.offsets,
        _first_taps(windows, taps, gaps)[: windows.length],
        np.empty(windows.length, x.dtype),
        np.empty(windows.length, np.int32),
        grad_planes,
    )
    return from_phases(grad_planes, x.shape, windows)


def max_pool2d_with_indices(
    x: Array,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
) -> tuple[Array, npt.NDArray[np.int64]]:
    """Keep the largest value of every window, and say where in its map it stood.

    Indices have no gradient, so there is no backward of its own: `max_pool2d_backward` sends the
    gradient of the values to these very places.

    Args:
        x: As for `max_pool2d`; so are all further arguments.
        kernel_size: Size of the window.
        stride: Pixels between windows.
        padding: Rows and columns added on each side.
        dilation: Pixels between the values of a window.
        ceil_mode: Round the number of windows up.

    Returns:
        What `max_pool2d` returns, and in the same shape row · width + column of each winner in x,
        the first in row order among equals. Dilation can lay a window around all pixels of a
        small map: its value is −∞ and its index −1.

    Raises:
        ValueError: As `max_pool2d`.
    """
    name = "max_pool2d_with_indices"
    x, windows, taps, gaps = pool_windows(
        name, x, kernel_size, stride, padding, dilation, ceil_mode
    )
    out = np.empty((*x.shape[:2], *windows.out), x.dtype)
    winning_taps = np.empty(out.shape, np.int32)
    _keep_winners(
        to_phases(x, windows, fill=-np.inf),
        windows.offsets,
        _first_taps(windows, taps, gaps)[: windows.length],
        np.empty(windows.grid, x.dtype),
        np.empty(windows.grid, np.int32),
        out,
        winning_taps,
    )
    height, width = x.shape[2:]
    i, j = np.ogrid[: windows.out[0], : windows.out[1]]
    u, v = np.divmod(winning_taps, taps[1])
    row = i * windows.stride[0] - windows.padding[0] + u * gaps[0]
    column = j * windows.stride[1] - windows.padding[1] + v * gaps[1]
    inside = (row < height) & (column < width)
    return out, np.where(inside, row * width + column, -1)


def avg_pool2d(
    x: Array,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Array:
    """Average every window.

        out[n, c, i, j] = Σ u,v x[n, c, i·stride − padding + u, …] / count

    Padding counts as 0. `count` is the number of cells in the window, without those that
    `ceil_mode` adds beyond the padding and, unless `count_include_pad`, without the padding.

    Args:
        x: Feature maps, (n, c, height, width), float32 or float64.
        kernel_size: Size of the window; an int or (vertical, horizontal), as all sizes here.
        stride: Pixels between windows; None means `kernel_size`.
        padding: Rows and columns of zeros on each side, at most half a window.
        ceil_mode: Round the number of windows up, as in `max_pool2d`.
        count_include_pad: Whether padding counts in the average.

    Returns:
        (n, c, out_height, out_width), the dtype of x.

    Raises:
        ValueError: If a dtype, shape or number does not fit; the message quotes it.
    """
    x, windows, taps, _ = pool_windows("avg_pool2d", x, kernel_size, stride, padding, 1, ceil_mode)
    counts = window_counts(
        Sliding(taps, windows.stride, windows.padding), x.shape[2:], windows.out, count_include_pad
    )
    out = np.empty((*x.shape[:2], *windows.out), x.dtype)
    _average(to_phases(x, windows), windows.offsets, counts, np.empty(windows.grid), out)
    return out


def avg_pool2d_backward(
    grad_out: Array,
    x: Array,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Array:
    """Share the gradient of every window equally among its cells.

    Args:
        grad_out: ∂loss/∂out, in the shape that `avg_pool2d` returns.
        x: As given to `avg_pool2d`; so are all further arguments.
        kernel_size: Size of the window.
        stride: Pixels between windows.
        padding: Rows and columns of zeros on each side.
        ceil_mode: Round the number of windows up.
        count_include_pad: Whether padding counts in the average.

    Returns:
        The gradient of x, in its shape.

    Raises:
        ValueError: As `avg_pool2d`, and if `grad_out` has another shape or dtype.
    """
    name = "avg_pool2d_backward"
    x, windows, taps, _ = pool_windows(name, x, kernel_size, stride, padding, 1, ceil_mode)
    grad_out = pool_grad(name, grad_out, x, windows)
    counts = window_counts(
        Sliding(taps, windows.stride, windows.padding), x.shape[2:], windows.out, count_include_pad
    ).astype(x.dtype)
    grad_planes = np.zeros((*x.shape[:2], math.prod(windows.stride + windows.phase)), x.dtype)
    _share(to_lines(grad_out / counts, windows), windows.offsets, windows.length, grad_planes)
    return from_phases(grad_planes, x.shape, windows)


def pool_windows(
    function: str,
    x: Array,
    kernel_size: Size,
    stride: Size | None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
) -> tuple[Array, Windows, Pair, Pair]:
    """Return x, its windows, and the window's taps and the gaps between them."""
    x = float_array(function, "x", x, "n,c,h,w")
    taps = pair(function, "kernel_size", kernel_size, 1)
    steps = taps if stride is None else pair(function, "stride", stride, 1)
    pads = pair(function, "padding", padding, 0)
    gaps = pair(function, "dilation", dilation, 1)
    for count, pad, gap in zip(taps, pads, gaps, strict=True):
        reach = (count - 1) * gap + 1
        if pad > reach // 2:
            raise ValueError(
                f"{function}: padding is {padding!r}; a window that reaches over {reach} pixels "
                f"allows at most floor({reach} / 2) = {reach // 2}"
            )
    return x, lay_windows(function, x.shape, taps, steps, pads, gaps, ceil_mode), taps, gaps


def pool_grad(function: str, grad_out: Array, x: Array, windows: Windows) -> Array:
    """Return the gradient of a pooled map if it has that map's shape and the dtype of x."""
    grad_out = float_array(function, "grad_out", grad_out, "n,c,h,w")
    same_dtype(function, grad_out=grad_out, x=x)
    same_shape(function, "grad_out", grad_out, (*x.shape[:2], *windows.out))
    return grad_out


def _first_taps(windows: Windows, taps: Pair, gaps: Pair) -> npt.NDArray[np.int32]:
    """For every position on the grid: the first tap that does not lie in the padding before x."""
    u, v = (
        np.maximum(-((np.arange(count) * step - pad) // gap), 0)
        for count, step, pad, gap in zip(
            windows.grid, windows.stride, windows.padding, gaps, strict=True
        )
    )
    return (u[:, np.newaxis] * taps[1] + v).reshape(-1).astype(np.int32)


@kernel
def _keep_largest(
    planes: Array, offsets: npt.NDArray[np.int64], length: int, best: Array, out: Array
) -> None:
    # planes n c p, best i pitch, out n c i j
    line = best.reshape(-1)
    for n in range(out.shape[0]):
        for c in range(out.shape[1]):
            line[:] = -np.inf
            for offset in offsets:
                met = planes[n, c, offset : offset + length]
                for p in range(length):
                    better = met[p] > line[p] or met[p] != met[p]
                    line[p] = met[p] if better else line[p]
            out[n, c] = best[:, : out.shape[3]]


@kernel
def _find_winners(
    plane: Array,
    offsets: npt.NDArray[np.int64],
    first: npt.NDArray[np.int32],
    best: Array,
    winner: npt.NDArray[np.int32],
) -> None:
    # plane, first, best and winner p; winner counts taps
    best[:] = -np.inf
    winner[:] = first
    for t in range(len(offsets)):
        met = plane[offsets[t] : offsets[t] + len(best)]
        for p in range(len(best)):
            better = met[p] > best[p] or (met[p] != met[p] and best[p] == best[p])
            best[p] = met[p] if better else best[p]
            winner[p] = t if better else winner[p]


@kernel
def _keep_winners(
    planes: Array,
    offsets: npt.NDArray[np.int64],
    first: npt.NDArray[np.int32],
    best: Array,
    winner: npt.NDArray[np.int32],
    out: Array,
    taps: npt.NDArray[np.int32],
) -> None:
    # planes n c p, first p, best and winner i pitch, out and taps n c i j
    best_line = best.reshape(-1)[: len(first)]
    winner_line = winner.reshape(-1)[: len(first)]
    width = out.shape[3]
    for n in range(out.shape[0]):
        for c in range(out.shape[1]):
            _find_winners(planes[n, c], offsets, first, best_line, winner_line)
            out[n, c] = best[:, :width]
            taps[n, c] = winner[:, :width]


@kernel
def _send_to_winners(
    grads: Array,
    planes: Array,
    offsets: npt.NDArray[np.int64],
    first: npt.NDArray[np.int32],
    best: Array,
    winner: npt.NDArray[np.int32],
    grad_planes: Array,
) -> None:
    # grads, planes and grad_planes n c p; first, best and winner p
    for n in range(grads.shape[0]):
        for c in range(grads.shape[1]):
            _find_winners(planes[n, c], offsets, first, best, winner)
            for p in range(len(best)):
                grad_planes[n, c, offsets[winner[p]] + p] += grads[n, c, p]


@kernel
def _average(
    planes: Array,
    offsets: npt.NDArray[np.int64],
    counts: npt.NDArray[np.float64],
    sums: npt.NDArray[np.float64],
    out: Array,
) -> None:
    # planes n c p, counts i j, sums i pitch, out n c i j
    height, width = counts.shape
    line = sums.reshape(-1)
    length = (height - 1) * sums.shape[1] + width
    for n in range(out.shape[0]):
        for c in range(out.shape[1]):
            line[:] = 0.0
            for offset in offsets:
                met = planes[n, c, offset : offset + length]
                for p in range(length):
                    line[p] += met[p]
            for i in range(height):
                for j in range(width):
                    out[n, c, i, j] = sums[i, j] / counts[i, j]


@kernel
def _share(grads: Array, offsets: npt.NDArray[np.int64], length: int, grad_planes: Array) -> None:
    # grads and grad_planes n c p
    for n in range(grads.shape[0]):
        for c in range(grads.shape[1]):
            for offset in offsets:
                met = grad_planes[n, c, offset : offset + length]
                for p in range(length):
                    met[p] += grads[n, c, p]
