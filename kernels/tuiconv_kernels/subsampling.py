"""LeNet's subsampling layer: pooling that learns one gain and one bias for every feature map."""

import numpy as np

from tuiconv_kernels import jit, plain
from tuiconv_kernels.checks import Array, Size, float_array, same_dtype, same_shape
from tuiconv_kernels.correlation import bias_gradient
from tuiconv_kernels.pooling import avg_pool2d, avg_pool2d_backward, pool_grad, pool_windows


def subsample2d(
    x: Array, gain: Array, bias: Array, kernel_size: Size = 2, stride: Size | None = None
) -> Array:
    """Average every window, multiply by the map's gain, add the map's bias.

        out[n, c, i, j] = gain[c] · mean u,v x[n, c, i·stride + u, …] + bias[c]

    The layers S2 and S4 of LeNet (NYU, ConvNet Evolutions), before their tanh. LeCun et al. 1998
    add up the four values of a window instead: their coefficient is a quarter of this gain.

    Args:
        x: Feature maps, (n, c, height, width), float32 or float64.
        gain: One number for each map, (c,), same dtype.
        bias: One number for each map, (c,), same dtype.
        kernel_size: Size of the window; an int or (vertical, horizontal), as all sizes here.
        stride: Pixels between windows; None means `kernel_size`.

    Returns:
        (n, c, out_height, out_width), the dtype of x.

    Raises:
        ValueError: If a dtype, shape or number does not fit; the message quotes it.
    """
    name = "subsample2d"
    x, _, _, _ = pool_windows(name, x, kernel_size, stride)
    gain, bias = _checked(name, x, gain, bias)
    out = avg_pool2d(x, kernel_size, stride)
    with np.errstate(all="ignore"):
        out *= _over_maps(gain)
        out += _over_maps(bias)
    return out


def subsample2d_backward(
    grad_out: Array,
    x: Array,
    gain: Array,
    bias: Array,
    kernel_size: Size = 2,
    stride: Size | None = None,
) -> tuple[Array, Array, Array]:
    """Carry the gradient of a loss back through `subsample2d`.

        grad_gain[c] = Σ n,i,j grad_out · mean,  grad_bias[c] = Σ n,i,j grad_out,

    and every cell of a window gets its equal share of gain[c] · grad_out. Sums over more than 32
    images run in float64.

    Args:
        grad_out: ∂loss/∂out, in the shape that `subsample2d` returns.
        x: As given to `subsample2d`; so are all further arguments.
        gain: One number for each map.
        bias: One number for each map.
        kernel_size: Size of the window.
        stride: Pixels between windows.

    Returns:
        The gradients of x, gain and bias, in their shapes.

    Raises:
        ValueError: As `subsample2d`, and if `grad_out` has another shape or dtype.
    """
    name = "subsample2d_backward"
    x, windows, _, _ = pool_windows(name, x, kernel_size, stride)
    gain, bias = _checked(name, x, gain, bias)
    grad_out = pool_grad(name, grad_out, x, windows)
    if not jit.ENABLED:
        return plain.subsample2d_backward(grad_out, x, gain, bias, kernel_size, stride)
    with np.errstate(all="ignore"):
        products = grad_out * avg_pool2d(x, kernel_size, stride)
        grad_average = grad_out * _over_maps(gain)
    # a gain gathers products where a bias gathers gradients
    return (
        avg_pool2d_backward(grad_average, x, kernel_size, stride),
        bias_gradient(products, gain),
        bias_gradient(grad_out, bias),
    )


def _checked(function: str, x: Array, gain: Array, bias: Array) -> tuple[Array, Array]:
    gain = float_array(function, "gain", gain, "c")
    bias = float_array(function, "bias", bias, "c")
    same_dtype(function, x=x, gain=gain, bias=bias)
    same_shape(function, "gain", gain, x.shape[1:2])
    same_shape(function, "bias", bias, x.shape[1:2])
    return gain, bias


def _over_maps(numbers: Array) -> Array:
    # c -> c 1 1
    return numbers.reshape(-1, 1, 1)
