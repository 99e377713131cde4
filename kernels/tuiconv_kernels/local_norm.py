"""Local contrast normalisation: every pixel is compared with its neighbourhood in all channels.

`divisive_norm(subtractive_norm(x))` is the contrast normalisation layer of Jarrett, Kavukcuoglu,
Ranzato & LeCun 2009, "What is the best multi-stage architecture for object recognition?", §3. The
first removes the local mean (a high-pass filter), the second makes the local contrast even.

Both weigh the neighbourhood with a Gaussian window. The part of it inside the image is scaled to
the sum 1, so that the border is not dimmed by a frame of zeros. A window over both axes is one over
the rows followed by one over the columns, and so is its scale; each is kept as a table of weights
[position, tap], 0 where the tap lies outside.
"""

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.checks import Array, Size, float_array, pair, same_dtype, same_shape
from tuiconv_kernels.jit import kernel
from tuiconv_kernels.ranges import positive

Float64s = npt.NDArray[np.float64]

Window = tuple[Float64s, Float64s]
"""Weights over the rows and over the columns, each [position, tap]."""


def subtractive_norm(x: Array, kernel_size: Size = 9, sigma: float | None = None) -> Array:
    """Subtract from every pixel the weighted mean of its neighbourhood in all channels.

        out[n, c, i, j] = x[n, c, i, j] − Σ k,p,q  w[p, q] · x[n, k, i + p, j + q]
        w[p, q] ∝ exp(−p² / 2σ² − q² / 2σ²)

    where k runs over all channels, (p, q) over the window around (i, j), and the weights of what
    lies inside the image sum to 1 over k, p and q. Sums run in float64.

    Args:
        x: Feature maps, (n, c, height, width), float32 or float64.
        kernel_size: Size of the window, odd; an int or (vertical, horizontal). It may be larger
            than the image.
        sigma: Standard deviation σ of the Gaussian in pixels, above 0; None means a quarter of
            the window's size along each axis, 2.25 for 9.

    Returns:
        The shape and dtype of x.

    Raises:
        ValueError: If a dtype, shape or number does not fit; the message quotes it.
    """
    x, window = _checked("subtractive_norm", x, kernel_size, sigma)
    with np.errstate(all="ignore"):
        means = _window_means(x.mean(axis=1, dtype=np.float64), window)
        return np.subtract(x, means[:, np.newaxis], out=np.empty_like(x))


def subtractive_norm_backward(
    grad_out: Array, x: Array, kernel_size: Size = 9, sigma: float | None = None
) -> Array:
    """Carry the gradient of a loss back through `subtractive_norm`.

        grad_x[n, k, r, s] = grad_out[n, k, r, s] − Σ c,i,j  w[r − i, s − j] · grad_out[n, c, i, j]

    over all windows (i, j) that pixel (r, s) lies in, with the weights of that window.

    Args:
        grad_out: ∂loss/∂out, shape and dtype of x.
        x: As given to `subtractive_norm`; so are all further arguments.
        kernel_size: Size of the window.
        sigma: Standard deviation of the Gaussian.

    Returns:
        The gradient of x, in its shape.

    Raises:
        ValueError: As `subtractive_norm`, and if `grad_out` has another shape or dtype.
    """
    name = "subtractive_norm_backward"
    x, window = _checked(name, x, kernel_size, sigma)
    grad_out = _checked_grad(name, grad_out, x)
    with np.errstate(all="ignore"):
        shares = _window_means(grad_out.mean(axis=1, dtype=np.float64), _transposed(window))
        return np.subtract(grad_out, shares[:, np.newaxis], out=np.empty_like(x))


def divisive_norm(
    x: Array, kernel_size: Size = 9, sigma: float | None = None, eps: float = 1e-4
) -> Array:
    """Divide every pixel by the contrast of its neighbourhood, or of its image if that is more.

        out[n, c, i, j] = x[n, c, i, j] / max(s[n, i, j], mean i,j s[n], eps)
        s[n, i, j] = √(Σ k,p,q  w[p, q] · x[n, k, i + p, j + q]²)

    with the window of `subtractive_norm`. The mean keeps quiet places of an image quiet, `eps` an
    image without any contrast, such as a blank one whose rounding errors alone would be scaled up.
    A NaN reaches all of its image, as it is part of the mean.

    Args:
        x: Feature maps whose local mean is 0, (n, c, height, width), float32 or float64.
        kernel_size: Size of the window, odd; an int or (vertical, horizontal).
        sigma: Standard deviation of the Gaussian in pixels; None means a quarter of the window.
        eps: The smallest divisor, above 0, in the unit of x.

    Returns:
        The shape and dtype of x.

    Raises:
        ValueError: If a dtype, shape or number does not fit; the message quotes it.
    """
    x, window = _checked("divisive_norm", x, kernel_size, sigma)
    eps = positive("divisive_norm", "eps", eps)
    with np.errstate(all="ignore"):
        contrast, floor = _contrast(x, window, eps)
        divisor = np.maximum(contrast, floor)
        return np.divide(x, divisor[:, np.newaxis], out=np.empty_like(x))


def divisive_norm_backward(
    grad_out: Array,
    x: Array,
    kernel_size: Size = 9,
    sigma: float | None = None,
    eps: float = 1e-4,
) -> Array:
    """Carry the gradient of a loss back through `divisive_norm`.

    A pixel moves the outputs in two ways: as what is divided, and as a part of the divisors d,

        grad_x = grad_out / d + x · Σ i,j  w · grad_s[i, j] / s[i, j]

    over the windows (i, j) that the pixel lies in. With grad_d = −Σ c grad_out · x / d², grad_s is
    grad_d where s was the maximum; and where the mean was, grad_d / (h · w) goes to every s of the
    image. Where s is 0, and its square root has no slope, grad_s is taken as 0.

    Args:
        grad_out: ∂loss/∂out, shape and dtype of x.
        x: As given to `divisive_norm`; so are all further arguments.
        kernel_size: Size of the window.
        sigma: Standard deviation of the Gaussian.
        eps: The smallest divisor.

    Returns:
        The gradient of x, in its shape.

    Raises:
        ValueError: As `divisive_norm`, and if `grad_out` has another shape or dtype.
    """
    name = "divisive_norm_backward"
    x, window = _checked(name, x, kernel_size, sigma)
    eps = positive(name, "eps", eps)
    grad_out = _checked_grad(name, grad_out, x)
    grad_x, along_x = np.empty_like(x), np.empty_like(x)
    with np.errstate(all="ignore"):
        contrast, floor = _contrast(x, window, eps)
        divisor = np.maximum(contrast, floor)
        products = np.einsum("nchw,nchw->nhw", grad_out, x, dtype=np.float64)
        grad_divisor = -products / divisor**2
        local = contrast >= floor
        from_mean = np.where(local | (floor == eps), 0, grad_divisor).mean((1, 2), keepdims=True)
        grad_contrast = np.where(local, grad_divisor, 0) + from_mean
        slope = np.where(contrast == 0, 0, grad_contrast / contrast)
        spread = _window_means(slope, _transposed(window)) / x.shape[1]
        np.multiply(x, spread[:, np.newaxis], out=along_x)
        np.divide(grad_out, divisor[:, np.newaxis], out=grad_x)
        grad_x += along_x
    return grad_x


def _checked(
    function: str, x: Array, kernel_size: Size, sigma: float | None
) -> tuple[Array, Window]:
    """Return x and the weights of its window."""
    x = float_array(function, "x", x, "n,c,h,w")
    if 0 in x.shape[1:]:
        raise ValueError(
            f"{function}: x has shape {x.shape}; at least one channel, row and column are needed"
        )
    taps = pair(function, "kernel_size", kernel_size, 1)
    if taps[0] % 2 == 0 or taps[1] % 2 == 0:
        raise ValueError(
            f"{function}: kernel_size is {kernel_size!r}; odd sizes are needed, "
            "so that the window has a centre"
        )
    if sigma is not None:
        sigma = positive(function, "sigma", sigma)
    rows, columns = (
        _weights(size, count, count / 4 if sigma is None else sigma)
        for size, count in zip(x.shape[2:], taps, strict=True)
    )
    return x, (rows, columns)


def _checked_grad(function: str, grad_out: Array, x: Array) -> Array:
    grad_out = float_array(function, "grad_out", grad_out)
    same_dtype(function, grad_out=grad_out, x=x)
    same_shape(function, "grad_out", grad_out, x.shape)
    return grad_out


def _weights(size: int, taps: int, sigma: float) -> Float64s:
    """For every position on an axis: the weights of its taps, 0 outside, their sum 1."""
    offset = np.arange(taps) - taps // 2
    met = np.arange(size)[:, np.newaxis] + offset
    with np.errstate(over="ignore", under="ignore"):
        gauss = np.exp(-((offset / sigma) ** 2) / 2)
    weights = np.where((met >= 0) & (met < size), gauss, 0.0)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _transposed(window: Window) -> Window:
    """For every position: the weights with which the others around it look at it."""
    rows, columns = window
    return _looked_at(rows), _looked_at(columns)


def _looked_at(weights: Float64s) -> Float64s:
    size, taps = weights.shape
    tap = np.arange(taps)
    other = np.arange(size)[:, np.newaxis] + tap - taps // 2
    back = weights[other.clip(0, size - 1), taps - 1 - tap]
    return np.where((other >= 0) & (other < size), back, 0.0)


def _contrast(x: Array, window: Window, eps: float) -> tuple[Float64s, Float64s]:
    """Return the local contrast, (n, h, w), and for each image the least divisor, (n, 1, 1)."""
    squares = np.einsum("nchw,nchw->nhw", x, x, dtype=np.float64) / x.shape[1]
    contrast = np.sqrt(_window_means(squares, window))
    return contrast, np.maximum(contrast.mean(axis=(1, 2), keepdims=True), eps)


def _window_means(maps: Float64s, window: Window) -> Float64s:
    """Sum, at every place of (n, h, w), what its window meets, each times its weight."""
    rows, columns = window
    out = np.zeros(maps.shape)
    line = np.empty(maps.shape[2])
    _add_windows(np.ascontiguousarray(maps), rows, np.ascontiguousarray(columns.T), line, out)
    return out


@kernel
def _add_windows(
    maps: Float64s, rows: Float64s, columns: Float64s, line: Float64s, out: Float64s
) -> None:
    # maps and out n i j, rows i p, columns q j, line j
    height, width = maps.shape[1:]
    up, left = rows.shape[1] // 2, columns.shape[0] // 2
    for n in range(maps.shape[0]):
        for i in range(height):
            line[:] = 0.0
            for p in range(max(0, up - i), min(rows.shape[1], height + up - i)):
                weight, met = rows[i, p], maps[n, i + p - up]
                for j in range(width):
                    line[j] += weight * met[j]
            for q in range(max(0, left - width + 1), min(columns.shape[0], left + width)):
                start, stop = max(0, left - q), min(width, width + left - q)
                weights, met = columns[q, start:stop], line[start + q - left : stop + q - left]
                sums = out[n, i, start:stop]
                for j in range(len(sums)):
                    sums[j] += weights[j] * met[j]
