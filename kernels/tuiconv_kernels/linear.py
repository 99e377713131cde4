"""The fully connected layer: every output is a weighted sum of all inputs.

The products are not left to BLAS: its own threads wait for one another, and callers that use every
core already lose half their speed to that.
"""

import numpy as np

from tuiconv_kernels.checks import Array, float_array, same_dtype, same_shape
from tuiconv_kernels.jit import kernel

STRETCH = 1024
"""So many images are summed in the arrays' dtype, the sums of such stretches in float64."""


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
    out = np.zeros((len(x), len(weight)), x.dtype)
    if bias is not None:
        out[:] = bias
    _add_product(x, np.ascontiguousarray(weight.T), out)
    return out


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
    grad_x = np.zeros_like(x)
    _add_product(grad_out, weight, grad_x)
    totals = np.zeros(weight.shape)
    for start in range(0, len(x), STRETCH):
        part = np.zeros_like(weight)
        grads = np.ascontiguousarray(grad_out[start : start + STRETCH].T)
        _add_product(grads, x[start : start + STRETCH], part)
        totals += part
    grad_weight = totals.astype(x.dtype)
    if bias is None:
        return grad_x, grad_weight, None
    with np.errstate(all="ignore"):
        grad_bias = grad_out.sum(axis=0, dtype=np.float64).astype(x.dtype)
    return grad_x, grad_weight, grad_bias


def _checked(
    function: str, x: Array, weight: Array, bias: Array | None
) -> tuple[Array, Array, Array | None]:
    x = float_array(function, "x", x, "n,features")
    weight = float_array(function, "weight", weight, "units,features")
    if weight.shape[1] != x.shape[1]:
        raise ValueError(
            f"{function}: x has {x.shape[1]} features but weight has shape {weight.shape}; "
            f"(units, {x.shape[1]}) is needed"
        )
    if bias is not None:
        bias = float_array(function, "bias", bias, "units")
        same_shape(function, "bias", bias, weight.shape[:1])
    same_dtype(function, x=x, weight=weight, bias=bias)
    return x, weight, bias


@kernel
def _add_product(a: Array, b: Array, out: Array) -> None:
    # out[i, j] += Σ k a[i, k] · b[k, j], four k at a time so that out is loaded once for four
    whole = len(b) // 4 * 4
    for i in range(len(a)):
        row = out[i]
        for k in range(0, whole, 4):
            a0, a1, a2, a3 = a[i, k], a[i, k + 1], a[i, k + 2], a[i, k + 3]
            b0, b1, b2, b3 = b[k], b[k + 1], b[k + 2], b[k + 3]
            for j in range(len(row)):
                row[j] += a0 * b0[j] + a1 * b1[j] + a2 * b2[j] + a3 * b3[j]
        for k in range(whole, len(b)):
            factor, line = a[i, k], b[k]
            for j in range(len(row)):
                row[j] += factor * line[j]
