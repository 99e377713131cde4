"""The locally connected layer: windows as in a convolution, but each place has its own kernel.

The loops run with the images innermost, so that every weight is read once for all of them: n
images, o output maps, w windows (row by row), t taps of a window in all channels, p positions in
the layout of `windows`, one channel after the other.
"""

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.checks import Array, Size, float_array, pair, same_dtype, same_shape
from tuiconv_kernels.correlation import bias_gradient
from tuiconv_kernels.jit import kernel
from tuiconv_kernels.windows import Windows, from_phases, lay_windows, to_phases

Places = npt.NDArray[np.int64]


def local2d(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
) -> Array:
    """Give every window its own kernel: a convolution without shared weights.

        out[n, o, i, j] = bias[o, i, j] + Σ c,u,v  weight[o, i, j, c, u, v] · x[n, c, y, x']
        y = i·stride − padding + u·dilation,  x' = j·stride − padding + v·dilation

    Pixels outside the input count as 0. The third of the five networks of the 1989 digit
    experiment (LeCun, "Generalization and network design strategies") is made of such layers.

    Args:
        x: Input, (n, channels, height, width), float32 or float64.
        weight: Kernels, (maps, out_height, out_width, channels, kernel_height, kernel_width), same
            dtype: weight[o, i, j] is the kernel that writes cell (i, j) of map o.
        bias: One number for each unit, (maps, out_height, out_width), or None.
        stride: Pixels between windows; an int or (vertical, horizontal), as all spatial arguments.
        padding: Rows and columns of zeros on each side.
        dilation: Pixels between the taps of a kernel.

    Returns:
        (n, maps, out_height, out_width), the dtype of x.

    Raises:
        ValueError: If a dtype, shape or number does not fit; the message quotes it.
    """
    x, weight, bias, windows = _checked("local2d", x, weight, bias, stride, padding, dilation)
    corners, offsets = _places(windows, x.shape[1])
    maps, height, width = weight.shape[:3]
    out = np.zeros((maps, height * width, len(x)), x.dtype)
    if bias is not None:
        out += bias.reshape(maps, height * width, 1)
    pixels = _images_last(to_phases(x, windows))
    _weigh(pixels, _by_window(weight), corners, offsets, out)
    # o w n -> n o i j
    return np.moveaxis(out, 2, 0).copy().reshape(len(x), maps, height, width)


def local2d_backward(
    grad_out: Array,
    x: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
) -> tuple[Array, Array, Array | None]:
    """Carry the gradient of a loss back through `local2d`.

        grad_x[n, c, y, x']           = Σ o,i,j,u,v  weight[o, i, j, c, u, v] · grad_out[n, o, i, j]
        grad_weight[o, i, j, c, u, v] = Σ n          x[n, c, y, x'] · grad_out[n, o, i, j]
        grad_bias[o, i, j]            = Σ n          grad_out[n, o, i, j]

    the first over all windows (i, j) and taps (u, v) that meet at (y, x'). Sums over the images
    run in float64.

    Args:
        grad_out: ∂loss/∂out, in the shape that `local2d` returns.
        x: As given to `local2d`; so are all further arguments.
        weight: Kernels.
        bias: Biases or None.
        stride: Pixels between windows.
        padding: Rows and columns of zeros on each side.
        dilation: Pixels between taps.

    Returns:
        The gradients of x, weight and bias (None if there was none), in their shapes.

    Raises:
        ValueError: As `local2d`, and if `grad_out` has another shape or dtype.
    """
    name = "local2d_backward"
    x, weight, bias, windows = _checked(name, x, weight, bias, stride, padding, dilation)
    grad_out = float_array(name, "grad_out", grad_out, "n,o,h,w")
    same_dtype(name, grad_out=grad_out, x=x)
    maps, height, width = weight.shape[:3]
    same_shape(name, "grad_out", grad_out, (len(x), maps, height, width))
    corners, offsets = _places(windows, x.shape[1])
    # n o i j -> o w n
    grads = np.moveaxis(grad_out.reshape(len(x), maps, height * width), 0, 2).copy()
    planes = to_phases(x, windows)
    pixels = _images_last(planes)
    grad_pixels = np.zeros_like(pixels)
    grad_weight = np.empty_like(_by_window(weight))
    _carry_back(grads, pixels, _by_window(weight), corners, offsets, grad_pixels, grad_weight)
    grad_x = from_phases(grad_pixels.T.reshape(planes.shape), x.shape, windows)
    grad_bias = None if bias is None else bias_gradient(grad_out, bias)
    return grad_x, grad_weight.reshape(weight.shape), grad_bias


def _checked(
    function: str,
    x: Array,
    weight: Array,
    bias: Array | None,
    stride: Size,
    padding: Size,
    dilation: Size,
) -> tuple[Array, Array, Array | None, Windows]:
    x = float_array(function, "x", x, "n,c,h,w")
    weight = float_array(function, "weight", weight, "o,i,j,c,h,w")
    if bias is not None:
        bias = float_array(function, "bias", bias, "o,i,j")
    same_dtype(function, x=x, weight=weight, bias=bias)
    if 0 in weight.shape:
        raise ValueError(
            f"{function}: weight has shape {weight.shape}; sizes of at least 1 are needed"
        )
    windows = lay_windows(
        function,
        x.shape,
        weight.shape,
        pair(function, "stride", stride, 1),
        pair(function, "padding", padding, 0),
        pair(function, "dilation", dilation, 1),
    )
    wanted = (len(weight), *windows.out, x.shape[1], *weight.shape[4:])
    if weight.shape != wanted:
        raise ValueError(
            f"{function}: weight has shape {weight.shape}; x of shape {x.shape} needs {wanted}: "
            "(maps, out_height, out_width, channels, kernel_height, kernel_width)"
        )
    if bias is not None:
        same_shape(function, "bias", bias, weight.shape[:3])
    return x, weight, bias, windows


def _places(windows: Windows, channels: int) -> tuple[Places, Places]:
    """Where each window begins, and how far from there each of its taps lies in each channel."""
    (height, width), (rows, pitch), (down, right) = windows.out, windows.phase, windows.stride
    corners = np.arange(height)[:, np.newaxis] * pitch + np.arange(width)
    planes = np.arange(channels)[:, np.newaxis] * (down * right * rows * pitch)
    return corners.reshape(-1), (planes + windows.offsets).reshape(-1)


def _images_last(planes: Array) -> Array:
    # n c p -> (c p) n
    images, channels, positions = planes.shape
    return np.ascontiguousarray(planes.reshape(images, channels * positions).T)


def _by_window(weight: Array) -> Array:
    # o i j c u v -> o w t
    maps, height, width, channels, *taps = weight.shape
    return weight.reshape(maps, height * width, channels * taps[0] * taps[1])


@kernel
def _weigh(pixels: Array, weight: Array, corners: Places, offsets: Places, out: Array) -> None:
    # pixels p n, weight o w t, out o w n
    for o in range(len(out)):
        for w in range(len(corners)):
            cell = out[o, w]
            for t in range(len(offsets)):
                tap = weight[o, w, t]
                met = pixels[corners[w] + offsets[t]]
                for n in range(len(cell)):
                    cell[n] += tap * met[n]


@kernel
def _carry_back(
    grads: Array,
    pixels: Array,
    weight: Array,
    corners: Places,
    offsets: Places,
    grad_pixels: Array,
    grad_weight: Array,
) -> None:
    # grads o w n, pixels and grad_pixels p n, weight and grad_weight o w t
    for o in range(len(grads)):
        for w in range(len(corners)):
            grad = grads[o, w]
            for t in range(len(offsets)):
                place = corners[w] + offsets[t]
                met, back, tap = pixels[place], grad_pixels[place], weight[o, w, t]
                total = np.float64(0)
                for n in range(len(grad)):
                    total += grad[n] * met[n]
                    back[n] += tap * grad[n]
                grad_weight[o, w, t] = total
