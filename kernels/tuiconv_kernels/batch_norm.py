"""Batch normalisation: every channel gets mean 0 and variance 1, then a scale and an offset.

Source: Ioffe & Szegedy 2015, "Batch Normalization: Accelerating Deep Network Training by Reducing
Internal Covariate Shift".
"""

import math

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.checks import Array, float_array, same_dtype, same_shape
from tuiconv_kernels.jit import kernel
from tuiconv_kernels.ranges import positive, real
from tuiconv_kernels.state import state_array

Float64s = npt.NDArray[np.float64]


def batch_norm(
    x: Array,
    running_mean: Array | None,
    running_var: Array | None,
    weight: Array | None = None,
    bias: Array | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Array:
    """Normalise every channel c over all images and places, then scale and shift it.

        out[n, c, …] = (x[n, c, …] − mean[c]) / √(var[c] + eps) · weight[c] + bias[c]

    In training, mean and variance are those of the batch: var[c] is the mean of (x − mean[c])²
    over the m values of the channel. The running statistics follow them, updated in place:

        running_mean ← (1 − momentum) · running_mean + momentum · mean
        running_var  ← (1 − momentum) · running_var  + momentum · var · m / (m − 1)

    Otherwise mean and variance are the running statistics. An empty batch leaves those as they
    are. Sums run in float64.

    Args:
        x: (n, c) or (n, c, …), such as (n, c, h, w); float32 or float64, as all arrays here.
        running_mean: (c,). In training it must be contiguous and writable, or None to keep none.
        running_var: (c,), likewise.
        weight: The scale γ of every channel, (c,), or None for 1.
        bias: The offset β of every channel, (c,), or None for 0.
        training: Whether the statistics of the batch are used.
        momentum: The weight of the batch in the running statistics, 0 to 1.
        eps: Added to the variance, so that no channel is divided by 0; above 0.

    Returns:
        The shape and dtype of x.

    Raises:
        ValueError: If a dtype, shape or number does not fit, or if in training a channel has only
            one value; the message quotes it.
    """
    name = "batch_norm"
    maps = _checked_maps(name, x, training)
    running_mean = _checked_running(name, "running_mean", running_mean, maps, training)
    running_var = _checked_running(name, "running_var", running_var, maps, training)
    weight, bias = _checked_scales(name, weight, bias, maps)
    momentum = real(name, "momentum", momentum, 0, 1)
    eps = positive(name, "eps", eps)
    out = np.empty_like(maps)
    with np.errstate(all="ignore"):
        mean, var = _statistics(maps, running_mean, running_var, training)
        if training and maps.size:
            count = maps.size // maps.shape[1]
            _move(running_mean, mean, momentum)
            _move(running_var, var * (count / (count - 1)), momentum)
        scale = 1 / np.sqrt(var + eps)
        if weight is not None:
            scale *= weight
        shift = np.zeros(len(scale)) if bias is None else bias.astype(np.float64)
        _normalise(maps, mean, scale, shift, out)
    return out.reshape(np.shape(x))


def batch_norm_backward(
    grad_out: Array,
    x: Array,
    running_mean: Array | None,
    running_var: Array | None,
    weight: Array | None = None,
    bias: Array | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> tuple[Array, None, None, Array | None, Array | None]:
    """Carry the gradient of a loss back through `batch_norm`.

    With y = (x − mean) / √(var + eps), sums over the m values of a channel, and γ for the weight:

        grad_bias   = Σ grad_out
        grad_weight = Σ grad_out · y
        grad_x      = γ / √(var + eps) · (grad_out − grad_bias / m − y · grad_weight / m)

    The last two terms say that in training every value moves the mean and the variance of its
    batch; without training they are absent. The statistics of the batch are computed again, and
    the running ones are only read.

    Args:
        grad_out: ∂loss/∂out, shape and dtype of x.
        x: As given to `batch_norm`; so are all further arguments.
        running_mean: Kept mean of every channel.
        running_var: Kept variance of every channel.
        weight: Scales or None.
        bias: Offsets or None.
        training: Whether the statistics of the batch were used.
        momentum: Has no part in the gradient.
        eps: Added to the variance.

    Returns:
        The gradients of x, of the running statistics (None: they are not learned by gradient), of
        weight and of bias (None for one that was None).

    Raises:
        ValueError: As `batch_norm`, and if `grad_out` has another shape or dtype.
    """
    name = "batch_norm_backward"
    maps = _checked_maps(name, x, training)
    running_mean = _checked_running(name, "running_mean", running_mean, maps, training, read=True)
    running_var = _checked_running(name, "running_var", running_var, maps, training, read=True)
    weight, bias = _checked_scales(name, weight, bias, maps)
    real(name, "momentum", momentum, 0, 1)
    eps = positive(name, "eps", eps)
    grad_out = float_array(name, "grad_out", grad_out)
    same_dtype(name, grad_out=grad_out, x=maps)
    same_shape(name, "grad_out", grad_out, np.shape(x))
    grad_maps, grad_x = grad_out.reshape(maps.shape), np.empty_like(maps)
    grad_weight, grad_bias = np.zeros(maps.shape[1]), np.zeros(maps.shape[1])
    with np.errstate(all="ignore"):
        mean, var = _statistics(maps, running_mean, running_var, training)
        scale = 1 / np.sqrt(var + eps)
        _sum_gradients(grad_maps, maps, mean, scale, grad_weight, grad_bias)
        factor = scale if weight is None else scale * weight
        if training:
            count = max(maps.size // max(maps.shape[1], 1), 1)
            slope = scale * grad_weight / count
            _spread_gradients(grad_maps, maps, mean, factor, grad_bias / count, slope, grad_x)
        else:
            np.multiply(grad_maps, factor[:, np.newaxis], out=grad_x)
    return (
        grad_x.reshape(grad_out.shape),
        None,
        None,
        None if weight is None else grad_weight.astype(weight.dtype),
        None if bias is None else grad_bias.astype(bias.dtype),
    )


def _checked_maps(function: str, x: Array, training: bool) -> Array:
    """Return x as (n, c, places)."""
    x = float_array(function, "x", x)
    if x.ndim < 2:
        raise ValueError(
            f"{function}: x has shape {x.shape}; (n, c) and (n, c, …), such as (n, c, h, w), "
            "are allowed"
        )
    images, channels, places = len(x), x.shape[1], math.prod(x.shape[2:])
    if training and images * places == 1:
        raise ValueError(
            f"{function}: x has shape {x.shape}, one value in a channel; training needs at "
            "least 2, as one value does not vary"
        )
    return x.reshape(images, channels, places)


def _checked_running(
    function: str, name: str, running: Array | None, maps: Array, training: bool, read: bool = False
) -> Array:
    """Return a running statistic, to be updated unless it is only `read`."""
    if running is None:
        if not training:
            raise ValueError(f"{function}: {name} is None; only training can do without")
        return np.zeros(maps.shape[1], maps.dtype)
    check = state_array if training and not read else float_array
    running = check(function, name, running, "c")
    same_dtype(function, **{"x": maps, name: running})
    same_shape(function, name, running, maps.shape[1:2])
    return running


def _checked_scales(
    function: str, weight: Array | None, bias: Array | None, maps: Array
) -> tuple[Array | None, Array | None]:
    if weight is not None:
        weight = float_array(function, "weight", weight, "c")
        same_shape(function, "weight", weight, maps.shape[1:2])
    if bias is not None:
        bias = float_array(function, "bias", bias, "c")
        same_shape(function, "bias", bias, maps.shape[1:2])
    same_dtype(function, x=maps, weight=weight, bias=bias)
    return weight, bias


def _statistics(
    maps: Array, running_mean: Array, running_var: Array, training: bool
) -> tuple[Float64s, Float64s]:
    """Return the mean and the variance to normalise with."""
    if not training:
        return running_mean.astype(np.float64), running_var.astype(np.float64)
    mean, var = np.zeros(maps.shape[1]), np.zeros(maps.shape[1])
    if maps.size:
        _batch_statistics(maps, mean, var)
    return mean, var


def _move(running: Array, batch: Float64s, momentum: float) -> None:
    running[:] = (1 - momentum) * running + momentum * batch


@kernel
def _batch_statistics(x: Array, mean: Float64s, var: Float64s) -> None:
    # x n c p; the variance in a second pass, as the digits of Σ x² − m · mean² cancel. A sum begins
    # with a float64, since with the JIT disabled a Python float would follow x into float32.
    count = x.shape[0] * x.shape[2]
    for c in range(x.shape[1]):
        total = np.float64(0)
        for n in range(x.shape[0]):
            for p in range(x.shape[2]):
                total += x[n, c, p]
        mean[c] = total / count
        total = np.float64(0)
        for n in range(x.shape[0]):
            for p in range(x.shape[2]):
                off = x[n, c, p] - mean[c]
                total += off * off
        var[c] = total / count


@kernel
def _normalise(x: Array, mean: Float64s, scale: Float64s, shift: Float64s, out: Array) -> None:
    # x and out n c p
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            for p in range(x.shape[2]):
                out[n, c, p] = (x[n, c, p] - mean[c]) * scale[c] + shift[c]


@kernel
def _sum_gradients(
    grad_out: Array,
    x: Array,
    mean: Float64s,
    scale: Float64s,
    grad_weight: Float64s,
    grad_bias: Float64s,
) -> None:
    # grad_out and x n c p
    for c in range(x.shape[1]):
        total = np.float64(0)
        product = np.float64(0)
        for n in range(x.shape[0]):
            for p in range(x.shape[2]):
                total += grad_out[n, c, p]
                product += grad_out[n, c, p] * (x[n, c, p] - mean[c])
        grad_bias[c] = total
        grad_weight[c] = product * scale[c]


@kernel
def _spread_gradients(
    grad_out: Array,
    x: Array,
    mean: Float64s,
    factor: Float64s,
    shift: Float64s,
    slope: Float64s,
    grad_x: Array,
) -> None:
    # grad_out, x and grad_x n c p
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            for p in range(x.shape[2]):
                away = shift[c] + (x[n, c, p] - mean[c]) * slope[c]
                grad_x[n, c, p] = factor[c] * (grad_out[n, c, p] - away)
