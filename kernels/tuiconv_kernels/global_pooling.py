"""Global pooling: one number for every feature map, whatever its size.

It lets a network that ends in it take pictures of any size.
"""

import numpy as np

from tuiconv_kernels.checks import Array, float_array, same_dtype, same_shape


def global_avg_pool2d(x: Array) -> Array:
    """Average every map: out[n, c] = Σ i,j x[n, c, i, j] / (height · width).

    Args:
        x: Feature maps of at least one pixel, (n, c, height, width), float32 or float64.

    Returns:
        (n, c, 1, 1), the dtype of x.

    Raises:
        ValueError: If a dtype or shape does not fit; the message quotes it.
    """
    x = _checked("global_avg_pool2d", x)
    with np.errstate(all="ignore"):
        out: Array = x.mean(axis=(2, 3), dtype=np.float64, keepdims=True).astype(x.dtype)
    return out


def global_avg_pool2d_backward(grad_out: Array, x: Array) -> Array:
    """Share the gradient of every map equally among its pixels.

    Args:
        grad_out: ∂loss/∂out, (n, c, 1, 1).
        x: As given to `global_avg_pool2d`.

    Returns:
        The gradient of x, in its shape.

    Raises:
        ValueError: If dtypes or shapes do not fit.
    """
    grad_out, x = _checked_pair("global_avg_pool2d_backward", grad_out, x)
    grad_x = np.empty_like(x)
    grad_x[:] = grad_out / (x.shape[2] * x.shape[3])
    return grad_x


def global_max_pool2d(x: Array) -> Array:
    """Keep the largest value of every map; a NaN wins, so that it stays visible.

    Args:
        x: Feature maps of at least one pixel, (n, c, height, width), float32 or float64.

    Returns:
        (n, c, 1, 1), the dtype of x.

    Raises:
        ValueError: If a dtype or shape does not fit; the message quotes it.
    """
    x = _checked("global_max_pool2d", x)
    with np.errstate(all="ignore"):
        out: Array = x.max(axis=(2, 3), keepdims=True)
    return out


def global_max_pool2d_backward(grad_out: Array, x: Array) -> Array:
    """Send the gradient of every map to its winner, the first in row order among equals.

    Args:
        grad_out: ∂loss/∂out, (n, c, 1, 1).
        x: As given to `global_max_pool2d`.

    Returns:
        The gradient of x, in its shape.

    Raises:
        ValueError: If dtypes or shapes do not fit.
    """
    grad_out, x = _checked_pair("global_max_pool2d_backward", grad_out, x)
    maps = x.reshape(*x.shape[:2], x.shape[2] * x.shape[3])
    grad_maps = np.zeros_like(maps)
    winners = maps.argmax(axis=2, keepdims=True)
    np.put_along_axis(grad_maps, winners, grad_out[..., 0], axis=2)
    return grad_maps.reshape(x.shape)


def _checked(function: str, x: Array) -> Array:
    x = float_array(function, "x", x, "n,c,h,w")
    if 0 in x.shape[2:]:
        raise ValueError(f"{function}: x has shape {x.shape}; maps of at least 1×1 are needed")
    return x


def _checked_pair(function: str, grad_out: Array, x: Array) -> tuple[Array, Array]:
    x = _checked(function, x)
    grad_out = float_array(function, "grad_out", grad_out, "n,c,h,w")
    same_dtype(function, grad_out=grad_out, x=x)
    same_shape(function, "grad_out", grad_out, (*x.shape[:2], 1, 1))
    return grad_out, x
