"""Pooling, one window at a time."""

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.checks import Array, Size
from tuiconv_kernels.plain.sizes import both, windows


def max_pool2d(
    x: Array,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
) -> Array:
    """Keep the value of the winner of every window."""
    shape = _out_shape(x, kernel_size, stride, padding, dilation, ceil_mode)
    out = np.full(shape, -math.inf, x.dtype)
    for n, c, i, j in np.ndindex(shape):
        winner = _winner(x[n, c], _cells(x, i, j, kernel_size, stride, padding, dilation))
        if winner is not None:
            out[n, c, i, j] = x[n, c, *winner]
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
    """Give the gradient of every window to its winner; `ceil_mode` shows in grad_out's shape."""
    grad_x = np.zeros_like(x)
    for n, c, i, j in np.ndindex(grad_out.shape):
        winner = _winner(x[n, c], _cells(x, i, j, kernel_size, stride, padding, dilation))
        if winner is not None:
            grad_x[n, c, *winner] += grad_out[n, c, i, j]
    return grad_x


def max_pool2d_with_indices(
    x: Array,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
) -> tuple[Array, npt.NDArray[np.int64]]:
    """Keep the value of the winner of every window, and its place when all rows stand in line."""
    out = max_pool2d(x, kernel_size, stride, padding, dilation, ceil_mode)
    indices = np.full(out.shape, -1, np.int64)
    for n, c, i, j in np.ndindex(out.shape):
        winner = _winner(x[n, c], _cells(x, i, j, kernel_size, stride, padding, dilation))
        if winner is not None:
            indices[n, c, i, j] = winner[0] * x.shape[3] + winner[1]
    return out, indices


def avg_pool2d(
    x: Array,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Array:
    """Add up every window and divide by the number of its cells."""
    out = np.zeros(_out_shape(x, kernel_size, stride, padding, 1, ceil_mode), x.dtype)
    for n, c, i, j in np.ndindex(out.shape):
        total = 0.0
        for cell in _cells(x, i, j, kernel_size, stride, padding, 1):
            total += float(x[n, c, *cell])
        out[n, c, i, j] = total / _count(x, i, j, kernel_size, stride, padding, count_include_pad)
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
    """Give each cell of a window the same share; `ceil_mode` shows in grad_out's shape."""
    grad_x = np.zeros_like(x)
    for n, c, i, j in np.ndindex(grad_out.shape):
        count = _count(x, i, j, kernel_size, stride, padding, count_include_pad)
        for cell in _cells(x, i, j, kernel_size, stride, padding, 1):
            grad_x[n, c, *cell] += grad_out[n, c, i, j] / count
    return grad_x


def _out_shape(
    x: Array, kernel_size: Size, stride: Size | None, padding: Size, dilation: Size, ceil_mode: bool
) -> tuple[int, int, int, int]:
    images, channels, height, width = x.shape
    kernel, steps = both(kernel_size), both(kernel_size if stride is None else stride)
    pads, gaps = both(padding), both(dilation)
    return (
        images,
        channels,
        windows(height, kernel[0], steps[0], pads[0], gaps[0], ceil_mode),
        windows(width, kernel[1], steps[1], pads[1], gaps[1], ceil_mode),
    )


def _cells(
    x: Array,
    i: int,
    j: int,
    kernel_size: Size,
    stride: Size | None,
    padding: Size,
    dilation: Size,
) -> Iterator[tuple[int, int]]:
    """Yield, row by row, the (row, column) of every pixel of x in window (i, j)."""
    kernel, steps = both(kernel_size), both(kernel_size if stride is None else stride)
    pads, gaps = both(padding), both(dilation)
    for u in range(kernel[0]):
        for v in range(kernel[1]):
            row = i * steps[0] - pads[0] + u * gaps[0]
            column = j * steps[1] - pads[1] + v * gaps[1]
            if 0 <= row < x.shape[2] and 0 <= column < x.shape[3]:
                yield row, column


def _winner(plane: Array, cells: Iterator[tuple[int, int]]) -> tuple[int, int] | None:
    """Return the first cell with the largest value, or the first NaN; None without cells."""
    winner = None
    for cell in cells:
        if math.isnan(plane[cell]):
            return cell
        if winner is None or plane[cell] > plane[winner]:
            winner = cell
    return winner


def _count(
    x: Array,
    i: int,
    j: int,
    kernel_size: Size,
    stride: Size | None,
    padding: Size,
    count_include_pad: bool,
) -> int:
    """Count the cells of window (i, j) that lie in x or, if they count, in its padding."""
    kernel, steps = both(kernel_size), both(kernel_size if stride is None else stride)
    pads = both(padding)
    margin = pads if count_include_pad else (0, 0)
    count = 0
    for u in range(kernel[0]):
        for v in range(kernel[1]):
            row = i * steps[0] - pads[0] + u
            column = j * steps[1] - pads[1] + v
            inside_rows = -margin[0] <= row < x.shape[2] + margin[0]
            if inside_rows and -margin[1] <= column < x.shape[3] + margin[1]:
                count += 1
    return count
