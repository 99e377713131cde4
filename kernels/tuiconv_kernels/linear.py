"""The fully connected layer: every output is a weighted sum of all inputs.

It is a convolution of 1×1 images. The products are not left to BLAS: its own threads wait for one
another, and callers that use every core already lose half their speed to that.
"""

from tuiconv_kernels import jit, plain
from tuiconv_kernels.checks import Array, float_array, same_dtype, same_shape
from tuiconv_kernels.correlation import bias_gradient, correlate, input_gradient, weight_gradient
from tuiconv_kernels.geometry import Sliding

EVERYTHING = Sliding(taps=(1, 1))
"""The kernel that covers an image of one pixel."""


def linear(x: Array, weight: Array, bias: Array | None = None) -> Array:
    """Multiply each input row by the weights and add the bias: out = x · weightᵀ + bias.

    Args:
        x: Inputs, (n, features), float32 or float64.
        weight: (units, features), same dtype.
        bias: One number for each unit, (units,), or None.

    Returns:
        (n, units), the dtype of x.

    Raises:
        ValueError: If a dtype or shape does not fit; the message quotes it.
    """
    x, weight, bias = _checked("linear", x, weight, bias)
    if not jit.ENABLED:
        return plain.linear(x, weight, bias)
    out = correlate(_as_image(x), _as_image(weight), bias, EVERYTHING, (1, 1))
    return out.reshape(len(x), len(weight))


def linear_backward(
    grad_out: Array, x: Array, weight: Array, bias: Array | None = None
) -> tuple[Array, Array, Array | None]:
    """Carry the gradient of a loss back through `linear`.

        grad_x = grad_out · weight,  grad_weight = grad_outᵀ · x,  grad_bias = Σ n grad_out

    Args:
        grad_out: ∂loss/∂out, (n, units).
        x: Inputs, (n, features).
        weight: (units, features).
        bias: (units,) or None.

    Returns:
        The gradients of x, weight and bias (None if there was none), in their shapes.

    Raises:
        ValueError: As `linear`, and if `grad_out` has another shape or dtype.
    """
    name = "linear_backward"
    x, weight, bias = _checked(name, x, weight, bias)
    grad_out = float_array(name, "grad_out", grad_out, "n,units")
    same_dtype(name, grad_out=grad_out, x=x)
    same_shape(name, "grad_out", grad_out, (len(x), len(weight)))
    if not jit.ENABLED:
        return plain.linear_backward(grad_out, x, weight, bias)
    pixel, kernel, grad = _as_image(x), _as_image(weight), _as_image(grad_out)
    grad_x = input_gradient(grad, kernel, pixel.shape, EVERYTHING)
    grad_weight = weight_gradient(grad, pixel, kernel.shape, EVERYTHING)
    grad_bias = None if bias is None else bias_gradient(grad, bias)
    return grad_x.reshape(x.shape), grad_weight.reshape(weight.shape), grad_bias


def _checked(
    function: str, x: Array, weight: Array, bias: Array | None
) -> tuple[Array, Array, Array | None]:
    x = float_array(function, "x", x, "n,features")
    weight = float_array(function, "weight", weight, "units,features")
    if weight.shape[1] != x.shape[1] or 0 in weight.shape:
        raise ValueError(
            f"{function}: x has {x.shape[1]} features but weight has shape {weight.shape}; "
            f"(units, {x.shape[1]}), each at least 1, is needed"
        )
    if bias is not None:
        bias = float_array(function, "bias", bias, "units")
        same_shape(function, "bias", bias, weight.shape[:1])
    same_dtype(function, x=x, weight=weight, bias=bias)
    return x, weight, bias


def _as_image(array: Array) -> Array:
    # n f -> n f 1 1
    return array.reshape(*array.shape, 1, 1)
