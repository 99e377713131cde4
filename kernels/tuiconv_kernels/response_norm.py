"""Local response normalisation: every value is damped by its neighbours in other channels.

Krizhevsky, Sutskever & Hinton 2012, "ImageNet classification with deep convolutional neural
networks", §3.3: where several maps answer strongly at one place, they weaken each other.
"""

import numpy as np

from tuiconv_kernels.checks import Array, float_array, same_dtype, same_shape, whole
from tuiconv_kernels.ranges import positive, real


def local_response_norm(
    x: Array, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Array:
    """Divide every value by a power of what its neighbouring channels say at the same place.

        out[n, c, i, j] = x[n, c, i, j] / d[n, c, i, j]^β
        d[n, c, i, j]   = k + α/size · Σ m  x[n, m, i, j]²
        m from c − ⌊size / 2⌋ to c + ⌊(size − 1) / 2⌋, as far as there are such channels

    As in `torch.nn.functional.local_response_norm`, α is divided by the size; the paper's α, which
    is not, is this one divided by its n.

    Args:
        x: Feature maps, (n, c, height, width), float32 or float64.
        size: How many channels, the value's own included, stand in the sum.
        alpha: The weight α of the mean square, at least 0.
        beta: The power β, at least 0.
        k: What d is without any response, above 0.

    Returns:
        The shape and dtype of x.

    Raises:
        ValueError: If a dtype, shape or number does not fit; the message quotes it.
    """
    x = _checked("local_response_norm", x, size, alpha, beta, k)
    with np.errstate(all="ignore"):
        out = _divisor(x, size, alpha, k)
        np.power(out, -beta, out=out)
        out *= x
    return out


def local_response_norm_backward(
    grad_out: Array, x: Array, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Array:
    """Carry the gradient of a loss back through `local_response_norm`.

        grad_x[c] = grad_out[c] / d[c]^β − 2αβ/size · x[c] · Σ m  grad_out[m] · x[m] / d[m]^(β + 1)

    at every n, i, j, where m runs over the channels in whose sums c stands.

    Args:
        grad_out: ∂loss/∂out, shape and dtype of x.
        x: As given to `local_response_norm`; so are all further arguments.
        size: Channels in a sum.
        alpha: The weight of the mean square.
        beta: The power.
        k: What d is without any response.

    Returns:
        The gradient of x, in its shape.

    Raises:
        ValueError: As `local_response_norm`, and if `grad_out` has another shape or dtype.
    """
    name = "local_response_norm_backward"
    x = _checked(name, x, size, alpha, beta, k)
    grad_out = float_array(name, "grad_out", grad_out)
    same_dtype(name, grad_out=grad_out, x=x)
    same_shape(name, "grad_out", grad_out, x.shape)
    with np.errstate(all="ignore"):
        divisor = _divisor(x, size, alpha, k)
        grad_x = np.power(divisor, -beta)
        grad_x *= grad_out
        through = grad_x * x
        through /= divisor
        # a channel stands in the sums of those in whose windows, turned round, it lies
        through = _sums_over_channels(through, (size - 1) // 2, size // 2)
        through *= x
        through *= 2 * alpha * beta / size
        grad_x -= through
    return grad_x


def _checked(function: str, x: Array, size: int, alpha: float, beta: float, k: float) -> Array:
    whole(function, "size", size, 1)
    real(function, "alpha", alpha, 0)
    real(function, "beta", beta, 0)
    positive(function, "k", k)
    return float_array(function, "x", x, "n,c,h,w")


def _divisor(x: Array, size: int, alpha: float, k: float) -> Array:
    """The d of `local_response_norm`."""
    divisor = _sums_over_channels(np.square(x), size // 2, (size - 1) // 2)
    divisor *= alpha / size
    divisor += k
    return divisor


def _sums_over_channels(values: Array, before: int, after: int) -> Array:
    """At channel c, the sum of the values from channel c − before to channel c + after."""
    channels = values.shape[1]
    sums = values.copy()
    for step in range(1, min(after, channels - 1) + 1):
        sums[:, :-step] += values[:, step:]
    for step in range(1, min(before, channels - 1) + 1):
        sums[:, step:] += values[:, :-step]
    return sums
