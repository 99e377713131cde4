"""Soft pooling: one parameter leads from adding up every window to keeping its largest value."""

import math

import numpy as np

from tuiconv_kernels.checks import Array, Size
from tuiconv_kernels.jit import kernel
from tuiconv_kernels.pooling import pool_grad, pool_windows
from tuiconv_kernels.ranges import real
from tuiconv_kernels.windows import Pair


def lp_pool2d(x: Array, norm_type: float, kernel_size: Size, stride: Size | None = None) -> Array:
    """Take the L_p norm of every window.

        out[n, c, i, j] = (Σ u,v |x[n, c, i·stride + u, …]|^p)^(1/p),  p = norm_type

    p = 1 adds up, p = 2 is the Euclidean length, and the larger p, the nearer the result comes to
    the largest magnitude. PyTorch leaves out the |·|, so that its odd powers keep their sign; here
    the formula of the lecture holds (NYU, ConvNet Evolutions: pooling). Every window is divided by
    its largest magnitude first, so that no power overflows or vanishes.

    Args:
        x: Feature maps, (n, c, height, width), float32 or float64.
        norm_type: The power p, finite and at least 1: below, the formula is no norm, and its slope
            at 0 is infinite.
        kernel_size: Size of the window; an int or (vertical, horizontal), as all sizes here.
        stride: Pixels between windows; None means `kernel_size`.

    Returns:
        (n, c, out_height, out_width), the dtype of x.

    Raises:
        ValueError: If a dtype, shape or number does not fit; the message quotes it.
    """
    name = "lp_pool2d"
    x, windows, taps, _ = pool_windows(name, x, kernel_size, stride)
    power = real(name, "norm_type", norm_type, least=1)
    out = np.empty((*x.shape[:2], *windows.out), x.dtype)
    _lp_pool(x, power, taps, windows.stride, out)
    return out


def lp_pool2d_backward(
    grad_out: Array, x: Array, norm_type: float, kernel_size: Size, stride: Size | None = None
) -> Array:
    """Give every value of a window its share of the gradient.

        ∂out/∂x = sign(x) · (|x| / out)^(p − 1)

    A window of zeros, where the norm has a corner, passes nothing.

    Args:
        grad_out: ∂loss/∂out, in the shape that `lp_pool2d` returns.
        x: As given to `lp_pool2d`; so are all further arguments.
        norm_type: The power p.
        kernel_size: Size of the window.
        stride: Pixels between windows.

    Returns:
        The gradient of x, in its shape.

    Raises:
        ValueError: As `lp_pool2d`, and if `grad_out` has another shape or dtype.
    """
    name = "lp_pool2d_backward"
    x, windows, taps, _ = pool_windows(name, x, kernel_size, stride)
    power = real(name, "norm_type", norm_type, least=1)
    grad_out = pool_grad(name, grad_out, x, windows)
    grad_x = np.zeros_like(x)
    _lp_pool_backward(grad_out, x, power, taps, windows.stride, grad_x)
    return grad_x


def log_prob_pool2d(x: Array, beta: float, kernel_size: Size, stride: Size | None = None) -> Array:
    """Pool the values of every window as log-probabilities.

        out[n, c, i, j] = (1/β) · log Σ u,v exp(β · x[n, c, i·stride + u, …])

    A soft maximum: it lies between the largest value and (1/β)·log(cells) above it, and comes down
    to it as β grows. With a negative β it is a soft minimum, from below. (NYU, ConvNet Evolutions:
    pooling; the printed formula lost its log.) The largest value, for a negative β the smallest,
    is subtracted first, so that no exponential overflows.

    Args:
        x: Feature maps, (n, c, height, width), float32 or float64.
        beta: The sharpness β, finite and not 0.
        kernel_size: Size of the window; an int or (vertical, horizontal), as all sizes here.
        stride: Pixels between windows; None means `kernel_size`.

    Returns:
        (n, c, out_height, out_width), the dtype of x.

    Raises:
        ValueError: If a dtype, shape or number does not fit; the message quotes it.
    """
    name = "log_prob_pool2d"
    x, windows, taps, _ = pool_windows(name, x, kernel_size, stride)
    beta = _checked_beta(name, beta)
    out = np.empty((*x.shape[:2], *windows.out), x.dtype)
    _log_prob_pool(x, beta, taps, windows.stride, out)
    return out


def log_prob_pool2d_backward(
    grad_out: Array, x: Array, beta: float, kernel_size: Size, stride: Size | None = None
) -> Array:
    """Share the gradient of every window by the softmax of β·x: ∂out/∂x = exp(β·(x − out)).

    Args:
        grad_out: ∂loss/∂out, in the shape that `log_prob_pool2d` returns.
        x: As given to `log_prob_pool2d`; so are all further arguments.
        beta: The sharpness β.
        kernel_size: Size of the window.
        stride: Pixels between windows.

    Returns:
        The gradient of x, in its shape.

    Raises:
        ValueError: As `log_prob_pool2d`, and if `grad_out` has another shape or dtype.
    """
    name = "log_prob_pool2d_backward"
    x, windows, taps, _ = pool_windows(name, x, kernel_size, stride)
    beta = _checked_beta(name, beta)
    grad_out = pool_grad(name, grad_out, x, windows)
    grad_x = np.zeros_like(x)
    _log_prob_pool_backward(grad_out, x, beta, taps, windows.stride, grad_x)
    return grad_x


def _checked_beta(function: str, beta: float) -> float:
    beta = real(function, "beta", beta)
    if beta == 0:
        raise ValueError(f"{function}: beta is {beta!r}; a finite number other than 0 is needed")
    return beta


@kernel
def _power(base: float, exponent: float) -> float:
    # the exponents of the usual norms, p = 1 and 2, without the slow general case
    if exponent == 1:
        return base
    if exponent == 2:
        return base * base
    return float(base**exponent)


@kernel
def _scaled_norm(window: Array, power: float) -> tuple[float, float]:
    # the largest magnitude, and the norm of the window divided by it: from 1 to the cells' number
    largest = 0.0
    for value in window.flat:
        size = abs(float(value))
        if size > largest or size != size:  # a NaN stays
            largest = size
    if largest == math.inf:
        return largest, 1.0
    if largest < 2.0**-1022:  # the inverse of a number so small is infinite: it counts as 0
        return largest, 0.0
    total = 0.0
    for value in window.flat:
        total += _power(abs(float(value)) / largest, power)
    return largest, total ** (1 / power)


@kernel
def _lp_pool(x: Array, power: float, taps: Pair, stride: Pair, out: Array) -> None:
    for n, c, i, j in np.ndindex(out.shape):
        top, left = i * stride[0], j * stride[1]
        window = x[n, c, top : top + taps[0], left : left + taps[1]]
        largest, norm = _scaled_norm(window, power)
        out[n, c, i, j] = largest * norm


@kernel
def _lp_pool_backward(
    grad_out: Array, x: Array, power: float, taps: Pair, stride: Pair, grad_x: Array
) -> None:
    for n, c, i, j in np.ndindex(grad_out.shape):
        top, left = i * stride[0], j * stride[1]
        window = x[n, c, top : top + taps[0], left : left + taps[1]]
        largest, norm = _scaled_norm(window, power)
        if norm == 0:
            continue
        factor = float(grad_out[n, c, i, j]) * norm ** (1 - power)
        for u in range(taps[0]):
            for v in range(taps[1]):
                value = float(window[u, v])
                sign = 1.0 if value > 0 else -1.0 if value < 0 else value  # 0 and NaN stay
                slope = sign * _power(abs(value) / largest, power - 1)
                grad_x[n, c, top + u, left + v] += factor * slope


@kernel
def _exponentials(window: Array, beta: float) -> tuple[float, float]:
    # the value that dominates, and Σ exp(β · (x − that value)): from 1 to the cells' number
    dominant = float(window[0, 0])
    for cell in window.flat:
        value = float(cell)
        if beta * (value - dominant) > 0 or value != value:  # a NaN stays
            dominant = value
    if math.isinf(dominant):
        return dominant, 1.0
    total = 0.0
    for cell in window.flat:
        total += math.exp(beta * (float(cell) - dominant))
    return dominant, total


@kernel
def _log_prob_pool(x: Array, beta: float, taps: Pair, stride: Pair, out: Array) -> None:
    for n, c, i, j in np.ndindex(out.shape):
        top, left = i * stride[0], j * stride[1]
        window = x[n, c, top : top + taps[0], left : left + taps[1]]
        dominant, total = _exponentials(window, beta)
        out[n, c, i, j] = dominant + math.log(total) / beta


@kernel
def _log_prob_pool_backward(
    grad_out: Array, x: Array, beta: float, taps: Pair, stride: Pair, grad_x: Array
) -> None:
    for n, c, i, j in np.ndindex(grad_out.shape):
        top, left = i * stride[0], j * stride[1]
        window = x[n, c, top : top + taps[0], left : left + taps[1]]
        dominant, total = _exponentials(window, beta)
        factor = float(grad_out[n, c, i, j]) / total
        for u in range(taps[0]):
            for v in range(taps[1]):
                weight = math.exp(beta * (float(window[u, v]) - dominant))
                grad_x[n, c, top + u, left + v] += factor * weight
