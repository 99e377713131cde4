"""Nonlinearities, value by value, on arrays of any shape.

Where NumPy's own loops are vectorised they are used: they release the interpreter lock too.
"""

import numpy as np

from tuiconv_kernels.checks import Array, float_array, same_dtype, same_shape
from tuiconv_kernels.jit import kernel

AMPLITUDE = 1.7159
"""Of LeCun's scaled tanh: f(1) = 1 and f(−1) = −1, so that targets of ±1 do not saturate it."""
SLOPE = 2 / 3


def relu(x: Array) -> Array:
    """Return max(0, x); NaN stays NaN.

    Args:
        x: float32 or float64, any shape.

    Raises:
        ValueError: If the dtype is another.
    """
    x = float_array("relu", "x", x)
    return np.maximum(x, 0, out=np.empty_like(x))


def relu_backward(grad_out: Array, x: Array) -> Array:
    """Return grad_out where x > 0, else 0; at 0 the slope is taken as 0.

    Args:
        grad_out: ∂loss/∂out, shape and dtype of x.
        x: As given to `relu`.

    Raises:
        ValueError: If dtypes or shapes do not fit.
    """
    grad_out, x = _checked("relu_backward", grad_out, x)
    grad_x = np.empty_like(x)
    _gate(grad_out.reshape(-1), x.reshape(-1), grad_x.reshape(-1))
    return grad_x


def tanh(x: Array) -> Array:
    """Return the hyperbolic tangent, (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ).

    Args:
        x: float32 or float64, any shape.

    Raises:
        ValueError: If the dtype is another.
    """
    x = float_array("tanh", "x", x)
    return np.tanh(x, out=np.empty_like(x))


def tanh_backward(grad_out: Array, x: Array) -> Array:
    """Return grad_out · (1 − tanh² x).

    Args:
        grad_out: ∂loss/∂out, shape and dtype of x.
        x: As given to `tanh`.

    Raises:
        ValueError: If dtypes or shapes do not fit.
    """
    grad_out, x = _checked("tanh_backward", grad_out, x)
    grad_x = np.tanh(x, out=np.empty_like(x))
    _times_slope(grad_out.reshape(-1), 1.0, grad_x.reshape(-1))
    return grad_x


def scaled_tanh(x: Array) -> Array:
    """Return 1.7159 · tanh(2x/3), the squashing function of LeNet-5 (LeCun et al. 1998, app. A).

    Args:
        x: float32 or float64, any shape.

    Raises:
        ValueError: If the dtype is another.
    """
    out = _inner_tanh(float_array("scaled_tanh", "x", x))
    out *= AMPLITUDE
    return out


def scaled_tanh_backward(grad_out: Array, x: Array) -> Array:
    """Return grad_out · 1.7159 · 2/3 · (1 − tanh²(2x/3)).

    Args:
        grad_out: ∂loss/∂out, shape and dtype of x.
        x: As given to `scaled_tanh`.

    Raises:
        ValueError: If dtypes or shapes do not fit.
    """
    grad_out, x = _checked("scaled_tanh_backward", grad_out, x)
    grad_x = _inner_tanh(x)
    _times_slope(grad_out.reshape(-1), AMPLITUDE * SLOPE, grad_x.reshape(-1))
    return grad_x


def _inner_tanh(x: Array) -> Array:
    out = np.multiply(x, SLOPE, out=np.empty_like(x))
    return np.tanh(out, out=out)


@kernel
def _gate(grad_out: Array, x: Array, grad_x: Array) -> None:
    # x <= 0 is false for NaN: its gradient passes
    for k in range(len(x)):
        grad_x[k] = 0 if x[k] <= 0 else grad_out[k]


@kernel
def _times_slope(grad_out: Array, factor: float, grad_x: Array) -> None:
    # grad_x holds t = tanh; 1 − t² as (1 − t)(1 + t) keeps its digits where |t| is near 1
    for k in range(len(grad_x)):
        t = grad_x[k]
        grad_x[k] = grad_out[k] * (factor * ((1.0 - t) * (1.0 + t)))


def _checked(function: str, grad_out: Array, x: Array) -> tuple[Array, Array]:
    x = float_array(function, "x", x)
    grad_out = float_array(function, "grad_out", grad_out)
    same_dtype(function, grad_out=grad_out, x=x)
    same_shape(function, "grad_out", grad_out, x.shape)
    return grad_out, x
