"""Convolution, one multiplication at a time."""

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.checks import Array, Size
from tuiconv_kernels.plain.sizes import both, windows


def conv2d(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
    connections: npt.NDArray[np.bool_] | None = None,
) -> Array:
    """For every output cell: lay the kernel on the input, multiply what meets, add up."""
    images, _, height, width = x.shape
    maps, group_channels, kernel_height, kernel_width = weight.shape
    (down, right), (top, left), (gap_y, gap_x) = both(stride), both(padding), both(dilation)
    out_height = windows(height, kernel_height, down, top, gap_y)
    out_width = windows(width, kernel_width, right, left, gap_x)
    out = np.zeros((images, maps, out_height, out_width), x.dtype)
    for n, o, i, j in np.ndindex(out.shape):
        first_channel = o // (maps // groups) * group_channels
        total = _bias_of(bias, o, i, j)
        for c in range(group_channels):
            if connections is not None and not connections[o, c]:
                continue
            for u in range(kernel_height):
                for v in range(kernel_width):
                    row = i * down - top + u * gap_y
                    column = j * right - left + v * gap_x
                    pixel = 0.0  # of the padding, which an infinite weight turns into NaN
                    if 0 <= row < height and 0 <= column < width:
                        pixel = float(x[n, first_channel + c, row, column])
                    total += float(weight[o, c, u, v]) * pixel
        out[n, o, i, j] = total
    return out


def conv2d_backward(
    grad_out: Array,
    x: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
    connections: npt.NDArray[np.bool_] | None = None,
) -> tuple[Array, Array, Array | None]:
    """Gather each of the three gradients from the output cells it had a part in."""
    if connections is None:
        connections = np.ones(weight.shape[:2], np.bool_)
    pairs = both(stride), both(padding), both(dilation)
    grad_x = _grad_x(grad_out, x, weight, *pairs, groups, connections)
    grad_weight = np.zeros_like(weight)
    for o, c, u, v in np.ndindex(weight.shape):
        if not connections[o, c]:
            continue
        first_channel = o // (len(weight) // groups) * weight.shape[1]
        grad_weight[o, c, u, v] = _grad_tap(
            grad_out[:, o],
            x[:, first_channel + c],
            (u * both(dilation)[0] - both(padding)[0], v * both(dilation)[1] - both(padding)[1]),
            both(stride),
        )
    if bias is None:
        return grad_x, grad_weight, None
    grad_bias = np.zeros_like(bias)
    for place in np.ndindex(bias.shape):
        # a place is a map (o,) or a unit (o, i, j)
        grad_bias[place] = sum(float(grad) for grad in grad_out[:, *place].flat)
    return grad_x, grad_weight, grad_bias


def _bias_of(bias: Array | None, o: int, i: int, j: int) -> float:
    """The bias of a map, or of one unit on it."""
    if bias is None:
        return 0.0
    return float(bias[o] if bias.ndim == 1 else bias[o, i, j])


def _grad_tap(
    grads: Array, pixels: Array, shift: tuple[int, int], stride: tuple[int, int]
) -> float:
    """One weight's gradient: every pixel it was multiplied with, times the gradient there."""
    _, height, width = pixels.shape
    total = 0.0
    for n, i, j in np.ndindex(grads.shape):
        row = i * stride[0] + shift[0]
        column = j * stride[1] + shift[1]
        pixel = 0.0  # of the padding
        if 0 <= row < height and 0 <= column < width:
            pixel = float(pixels[n, row, column])
        total += float(grads[n, i, j]) * pixel
    return total


def _grad_x(
    grad_out: Array,
    x: Array,
    weight: Array,
    stride: tuple[int, int],
    padding: tuple[int, int],
    dilation: tuple[int, int],
    groups: int,
    connections: npt.NDArray[np.bool_],
) -> Array:
    """For every pixel: all windows (i, j) that laid some tap (u, v) on it."""
    _, maps, out_height, out_width = grad_out.shape
    _, group_channels, kernel_height, kernel_width = weight.shape
    group_maps = maps // groups
    grad_x = np.zeros_like(x)
    for n, channel, row, column in np.ndindex(x.shape):
        group, c = divmod(channel, group_channels)
        total = 0.0
        for o in range(group * group_maps, (group + 1) * group_maps):
            if not connections[o, c]:
                continue
            for u in range(kernel_height):
                for v in range(kernel_width):
                    # row = i · stride − padding + u · dilation, solved for i; the same for j
                    i, between_rows = divmod(row + padding[0] - u * dilation[0], stride[0])
                    j, between_columns = divmod(column + padding[1] - v * dilation[1], stride[1])
                    if between_rows or between_columns:
                        continue
                    if 0 <= i < out_height and 0 <= j < out_width:
                        total += float(weight[o, c, u, v]) * float(grad_out[n, o, i, j])
        grad_x[n, channel, row, column] = total
    return grad_x
