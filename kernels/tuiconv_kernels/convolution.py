"""Two-dimensional convolution (cross-correlation, as networks use the word) and its gradients.

The loops run over the layout of `windows`: n images, o output maps, c input channels of the map's
group, t taps of the kernel (row by row), p positions of the window.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.checks import (
    Array,
    Size,
    float_array,
    pair,
    same_dtype,
    same_shape,
    whole,
)
from tuiconv_kernels.jit import kernel
from tuiconv_kernels.linear import linear, linear_backward
from tuiconv_kernels.windows import Windows, from_phases, lay_windows, to_lines, to_phases

STRETCH = 1024
"""So many products are summed in the arrays' dtype, the sums of such stretches in float64."""


def conv2d(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Array:
    """Slide every kernel over the input: multiply, add, write one cell.

        out[n, o, i, j] = bias[o] + Σ c,u,v  weight[o, c, u, v] · x[n, first + c, y, x']
        y = i·stride − padding + u·dilation,  x' = j·stride − padding + v·dilation

    Pixels outside the input count as 0. Group g of the outputs sees only group g of the input
    channels; `first` is where that group begins.

    Args:
        x: Input, (n, channels, height, width), float32 or float64.
        weight: Kernels, (maps, channels / groups, kernel_height, kernel_width), same dtype.
        bias: One number for each map, (maps,), or None.
        stride: Pixels between windows; an int or (vertical, horizontal), as all spatial arguments.
        padding: Rows and columns of zeros on each side.
        dilation: Pixels between the taps of a kernel.
        groups: Into how many groups channels and maps are divided.

    Returns:
        (n, maps, out_height, out_width), the dtype of x.

    Raises:
        ValueError: If a dtype, shape or number does not fit; the message quotes it.
    """
    x, weight, bias, windows = _checked(
        "conv2d", x, weight, bias, stride, padding, dilation, groups
    )
    images, maps = len(x), len(weight)
    if _covers_input(x, weight, windows):
        flat_weight = weight.reshape(maps, -1)
        out = linear(x.reshape(images, flat_weight.shape[1]), flat_weight, bias)
        return out.reshape(images, maps, 1, 1)
    out = np.empty((images, maps, *windows.out), x.dtype)
    sums = np.empty(windows.grid, x.dtype)
    start = np.zeros(maps, x.dtype) if bias is None else bias
    _correlate(to_phases(x, windows), _taps(weight), start, windows.offsets, sums, out)
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
) -> tuple[Array, Array, Array | None]:
    """Carry the gradient of a loss back through `conv2d`.

        grad_x[n, c, y, x']     = Σ  weight[o, c, u, v] · grad_out[n, o, i, j]
        grad_weight[o, c, u, v] = Σ  x[n, c, y, x'] · grad_out[n, o, i, j]
        grad_bias[o]            = Σ  grad_out[n, o, i, j]

    each over all windows (i, j) and taps (u, v) that meet at (y, x'). Long sums run in float64.
    An infinity or NaN near the border of `x` or `weight` may reach more gradients than these
    formulas say, never fewer.

    Args:
        grad_out: ∂loss/∂out, in the shape that `conv2d` returns.
        x: As given to `conv2d`; so are all further arguments.
        weight: Kernels.
        bias: Biases or None.
        stride: Pixels between windows.
        padding: Rows and columns of zeros on each side.
        dilation: Pixels between taps.
        groups: Groups of channels.

    Returns:
        The gradients of x, weight and bias (None if there was none), in their shapes.

    Raises:
        ValueError: As `conv2d`, and if `grad_out` has another shape or dtype.
    """
    name = "conv2d_backward"
    x, weight, bias, windows = _checked(name, x, weight, bias, stride, padding, dilation, groups)
    grad_out = float_array(name, "grad_out", grad_out, "n,o,h,w")
    same_dtype(name, grad_out=grad_out, x=x)
    same_shape(name, "grad_out", grad_out, (len(x), len(weight), *windows.out))
    images, maps = len(x), len(weight)
    if _covers_input(x, weight, windows):
        flat_weight = weight.reshape(maps, -1)
        flat_x = x.reshape(images, flat_weight.shape[1])
        grad_x, grad_weight, grad_bias = linear_backward(
            grad_out.reshape(images, maps), flat_x, flat_weight, bias
        )
        return grad_x.reshape(x.shape), grad_weight.reshape(weight.shape), grad_bias
    lines, planes = to_lines(grad_out, windows), to_phases(x, windows)
    grad_planes = np.zeros_like(planes)
    _spread(lines, _taps(weight), windows.offsets, windows.length, grad_planes)
    grad_x = from_phases(grad_planes, x.shape, windows)
    totals = np.zeros(_taps(weight).shape)
    _sum_products(lines, planes, windows.offsets, windows.length, totals)
    grad_weight = totals.reshape(weight.shape).astype(x.dtype)
    if bias is None:
        return grad_x, grad_weight, None
    with np.errstate(all="ignore"):
        per_image = lines.sum(axis=2)
        grad_bias = per_image.sum(axis=0, dtype=np.float64).astype(x.dtype)
    return grad_x, grad_weight, grad_bias


def _checked(
    function: str,
    x: Array,
    weight: Array,
    bias: Array | None,
    stride: Size,
    padding: Size,
    dilation: Size,
    groups: int,
) -> tuple[Array, Array, Array | None, Windows]:
    x = float_array(function, "x", x, "n,c,h,w")
    weight = float_array(function, "weight", weight, "o,c,h,w")
    if bias is not None:
        bias = float_array(function, "bias", bias, "o")
        same_shape(function, "bias", bias, weight.shape[:1])
    same_dtype(function, x=x, weight=weight, bias=bias)
    groups = whole(function, "groups", groups, 1)
    channels, maps = x.shape[1], weight.shape[0]
    if channels % groups or maps % groups:
        raise ValueError(
            f"{function}: {channels} channels and {maps} maps cannot be divided into "
            f"groups={groups}"
        )
    if weight.shape[1] != channels // groups or 0 in weight.shape:
        raise ValueError(
            f"{function}: weight has shape {weight.shape}; x has {channels} channels in groups="
            f"{groups}, so (maps, {channels // groups}, height, width), each at least 1, is needed"
        )
    pairs = (
        pair(function, "stride", stride, 1),
        pair(function, "padding", padding, 0),
        pair(function, "dilation", dilation, 1),
    )
    return x, weight, bias, lay_windows(function, x.shape, weight.shape, *pairs)


def _covers_input(x: Array, weight: Array, windows: Windows) -> bool:
    # One window, as large as the input: the convolution is a fully connected layer
    return windows.padding == (0, 0) and x.shape[1:] == weight.shape[1:]


def _taps(weight: Array) -> Array:
    # o c u v -> o c t
    return weight.reshape(weight.shape[0], weight.shape[1], -1)


@kernel
def _correlate(
    planes: Array,
    weight: Array,
    bias: Array,
    offsets: npt.NDArray[np.int64],
    sums: Array,
    out: Array,
) -> None:
    # planes n c p, weight o c t, sums i pitch, out n o i j
    images, maps, height, width = out.shape
    channels = weight.shape[1]
    maps_per_group = maps * channels // planes.shape[1]
    line = sums.reshape(-1)
    length = (height - 1) * sums.shape[1] + width
    for n in range(images):
        for o in range(maps):
            first = o // maps_per_group * channels
            line[:] = bias[o]
            for c in range(channels):
                plane = planes[n, first + c]
                for t in range(len(offsets)):
                    tap = weight[o, c, t]
                    met = plane[offsets[t] : offsets[t] + length]
                    for p in range(length):
                        line[p] += tap * met[p]
            out[n, o] = sums[:, :width]


@kernel
def _spread(
    grads: Array,
    weight: Array,
    offsets: npt.NDArray[np.int64],
    length: int,
    grad_planes: Array,
) -> None:
    # grads n o p, weight o c t, grad_planes n c p
    maps, channels, taps = weight.shape
    maps_per_group = maps * channels // grad_planes.shape[1]
    for n in range(len(grads)):
        for o in range(maps):
            grad = grads[n, o]
            first = o // maps_per_group * channels
            for c in range(channels):
                plane = grad_planes[n, first + c]
                for t in range(taps):
                    tap = weight[o, c, t]
                    met = plane[offsets[t] : offsets[t] + length]
                    for p in range(length):
                        met[p] += tap * grad[p]


@kernel
def _sum_products(
    grads: Array,
    planes: Array,
    offsets: npt.NDArray[np.int64],
    length: int,
    totals: npt.NDArray[Any],
) -> None:
    # grads n o p, planes n c p, totals o c t in float64
    maps, channels, taps = totals.shape
    maps_per_group = maps * channels // planes.shape[1]
    for n in range(len(grads)):
        for o in range(maps):
            first = o // maps_per_group * channels
            for c in range(channels):
                plane = planes[n, first + c]
                for t in range(taps):
                    met = plane[offsets[t] : offsets[t] + length]
                    for start in range(0, length, STRETCH):
                        stretch = met[start : start + STRETCH]
                        grad = grads[n, o, start : start + STRETCH]
                        total = grads.dtype.type(0)
                        for p in range(len(stretch)):
                            total += grad[p] * stretch[p]
                        totals[o, c, t] += total
