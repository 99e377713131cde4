"""Nonlinearities, value by value, on arrays of any shape.

Where NumPy's own loops are vectorised they are used: they release the interpreter lock too.
"""

import numpy as np

from tuiconv_kernels import jit
from tuiconv_kernels.checks import Array, float_array, same_dtype, same_shape
from tuiconv_kernels.jit import kernel
from tuiconv_kernels.ranges import real
from tuiconv_kernels.squashing import squash

AMPLITUDE = 1.7159
"""Of LeCun's scaled tanh: f(1) = 1 and f(−1) = −1, so that targets of ±1 do not saturate it."""
SLOPE = 2 / 3

CEILING = 6
"""Of relu6."""


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
    gate(grad_out.reshape(-1), x.reshape(-1), grad_x.reshape(-1))
    return grad_x


def relu6(x: Array) -> Array:
    """Return min(max(0, x), 6); NaN stays NaN.

    After Krizhevsky 2010, "Convolutional deep belief networks on CIFAR-10": what is bounded cannot
    grow without end, and fits numbers of few bits.

    Args:
        x: float32 or float64, any shape.

    Raises:
        ValueError: If the dtype is another.
    """
    x = float_array("relu6", "x", x)
    return np.clip(x, 0, CEILING, out=np.empty_like(x))


def relu6_backward(grad_out: Array, x: Array) -> Array:
    """Return grad_out where 0 < x < 6, else 0; at 0 and at 6 the slope is taken as 0.

    Args:
        grad_out: ∂loss/∂out, shape and dtype of x.
        x: As given to `relu6`.

    Raises:
        ValueError: If dtypes or shapes do not fit.
    """
    grad_out, x = _checked("relu6_backward", grad_out, x)
    inside = np.subtract(CEILING, x, out=np.empty_like(x))
    np.minimum(inside, x, out=inside)
    grad_x = np.empty_like(x)
    gate(grad_out.reshape(-1), inside.reshape(-1), grad_x.reshape(-1))
    return grad_x


def tanh(x: Array) -> Array:
    """Return the hyperbolic tangent, (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ).

    Args:
        x: float32 or float64, any shape.

    Raises:
        ValueError: If the dtype is another.
    """
    return _tanh_of(float_array("tanh", "x", x), 1.0)


def tanh_backward(grad_out: Array, x: Array) -> Array:
    """Return grad_out · (1 − tanh² x).

    Args:
        grad_out: ∂loss/∂out, shape and dtype of x.
        x: As given to `tanh`.

    Raises:
        ValueError: If dtypes or shapes do not fit.
    """
    grad_out, x = _checked("tanh_backward", grad_out, x)
    grad_x = _tanh_of(x, 1.0)
    times_slope(grad_out.reshape(-1), grad_x.reshape(-1), 1.0, grad_x.reshape(-1))
    return grad_x


def scaled_tanh(x: Array) -> Array:
    """Return 1.7159 · tanh(2x/3), the squashing function of LeNet-5 (LeCun et al. 1998, app. A).

    Args:
        x: float32 or float64, any shape.

    Raises:
        ValueError: If the dtype is another.
    """
    out = _tanh_of(float_array("scaled_tanh", "x", x), SLOPE)
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
    grad_x = _tanh_of(x, SLOPE)
    t = grad_x.reshape(-1)
    times_slope(grad_out.reshape(-1), t, AMPLITUDE * SLOPE, t)
    return grad_x


def sigmoid(x: Array) -> Array:
    """Return the logistic function, 1 / (1 + e⁻ˣ).

    Below 0 it is computed as eˣ / (1 + eˣ), so that no exponential overflows and small
    probabilities keep their digits.

    Args:
        x: float32 or float64, any shape.

    Raises:
        ValueError: If the dtype is another.
    """
    x = float_array("sigmoid", "x", x)
    out = _exp_of_minus_abs(x)
    _to_sigmoid(x.reshape(-1), out.reshape(-1))
    return out


def sigmoid_backward(grad_out: Array, x: Array) -> Array:
    """Return grad_out · σ(x) · (1 − σ(x)), computed as grad_out · e⁻ᵃ / (1 + e⁻ᵃ)² with a = |x|.

    Args:
        grad_out: ∂loss/∂out, shape and dtype of x.
        x: As given to `sigmoid`.

    Raises:
        ValueError: If dtypes or shapes do not fit.
    """
    grad_out, x = _checked("sigmoid_backward", grad_out, x)
    grad_x = _exp_of_minus_abs(x)
    with np.errstate(all="ignore"):
        grad_x /= np.square(grad_x + 1)
        grad_x *= grad_out
    return grad_x


def softshrink(x: Array, lambd: float = 0.5) -> Array:
    """Pull every value towards 0 by λ, and leave 0 where it would cross: sparse feature maps.

        out = x − λ where x > λ,  x + λ where x < −λ,  else 0

    Args:
        x: float32 or float64, any shape; NaN stays NaN.
        lambd: The threshold λ, at least 0, rounded to the dtype of x.

    Raises:
        ValueError: If the dtype is another, or `lambd` is negative or not finite.
    """
    x = float_array("softshrink", "x", x)
    threshold = _threshold("softshrink", lambd, x)
    out = np.clip(x, -threshold, threshold, out=np.empty_like(x))
    return np.subtract(x, out, out=out)


def softshrink_backward(grad_out: Array, x: Array, lambd: float = 0.5) -> Array:
    """Return grad_out where |x| > λ, else 0; at ±λ the slope is taken as 0.

    Args:
        grad_out: ∂loss/∂out, shape and dtype of x.
        x: As given to `softshrink`.
        lambd: The threshold λ.

    Raises:
        ValueError: As `softshrink`, and if dtypes or shapes do not fit.
    """
    grad_out, x = _checked("softshrink_backward", grad_out, x)
    beyond = np.abs(x, out=np.empty_like(x))
    beyond -= _threshold("softshrink_backward", lambd, x)
    grad_x = np.empty_like(x)
    gate(grad_out.reshape(-1), beyond.reshape(-1), grad_x.reshape(-1))
    return grad_x


def leaky_relu(x: Array, negative_slope: float = 0.01) -> Array:
    """Return x where x > 0, else negative_slope · x: no unit is ever cut off for good.

    After Maas, Hannun & Ng 2013, "Rectifier nonlinearities improve neural network acoustic models".

    Args:
        x: float32 or float64, any shape; NaN stays NaN.
        negative_slope: How much of a negative value is left.

    Raises:
        ValueError: If the dtype is another, or `negative_slope` is not finite.
    """
    x = float_array("leaky_relu", "x", x)
    slope = real("leaky_relu", "negative_slope", negative_slope)
    return _scaled_below(x, x, slope)


def leaky_relu_backward(grad_out: Array, x: Array, negative_slope: float = 0.01) -> Array:
    """Return grad_out where x > 0, else negative_slope · grad_out; so at 0 as well.

    Args:
        grad_out: ∂loss/∂out, shape and dtype of x.
        x: As given to `leaky_relu`.
        negative_slope: The slope below 0.

    Raises:
        ValueError: As `leaky_relu`, and if dtypes or shapes do not fit.
    """
    grad_out, x = _checked("leaky_relu_backward", grad_out, x)
    slope = real("leaky_relu_backward", "negative_slope", negative_slope)
    return _scaled_below(grad_out, x, slope)


def _scaled_below(values: Array, x: Array, slope: float) -> Array:
    """The values, but times the slope where x <= 0."""
    out = values.copy()
    with np.errstate(all="ignore"):
        np.multiply(values, slope, out=out, where=x <= 0)
    return out


def _exp_of_minus_abs(x: Array) -> Array:
    out = np.abs(x, out=np.empty_like(x))
    np.negative(out, out=out)
    return np.exp(out, out=out)


def _threshold(function: str, lambd: float, x: Array) -> Array:
    with np.errstate(over="ignore"):
        return np.asarray(real(function, "lambd", lambd, least=0), x.dtype)


def _tanh_of(x: Array, slope: float) -> Array:
    """tanh(slope · x); in float32 by our own kernel, three times as fast as NumPy's."""
    out = np.empty_like(x)
    if x.dtype == np.float32 and jit.ENABLED:
        squash(x.reshape(-1), slope, out.reshape(-1))
        return out
    with np.errstate(all="ignore"):
        np.multiply(x, slope, out=out)
    return np.tanh(out, out=out)


@kernel
def gate(grad_out: Array, x: Array, grad_x: Array) -> None:
    """Fill flat grad_x with grad_out where x > 0, else 0."""
    # x <= 0 is false for NaN: its gradient passes
    for k in range(len(x)):
        grad_x[k] = 0 if x[k] <= 0 else grad_out[k]


@kernel
def _to_sigmoid(x: Array, out: Array) -> None:
    # out holds e to the power −|x|
    for k in range(len(x)):
        z = out[k]
        out[k] = (z if x[k] < 0 else 1.0) / (1.0 + z)


@kernel
def times_slope(grad_out: Array, t: Array, factor: float, grad_x: Array) -> None:
    """Fill flat grad_x, which may be t itself, with grad_out · factor · (1 − t²) for t = tanh."""
    for k in range(len(grad_x)):
        # 1 − t² as (1 − t)(1 + t) keeps its digits where |t| is near 1
        grad_x[k] = grad_out[k] * (factor * ((1.0 - t[k]) * (1.0 + t[k])))


def _checked(function: str, grad_out: Array, x: Array) -> tuple[Array, Array]:
    x = float_array(function, "x", x)
    grad_out = float_array(function, "grad_out", grad_out)
    same_dtype(function, grad_out=grad_out, x=x)
    same_shape(function, "grad_out", grad_out, x.shape)
    return grad_out, x
