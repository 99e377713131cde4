"""Whitening: a linear map after which all features have variance 1 and none is correlated.

Many maps whiten, as every rotation of white data is white. This one is ZCA, the only symmetric
one: it moves the data least of all, so that whitened pictures still look like the pictures, with
their edges enhanced. Sources: Bell & Sejnowski 1997, "The 'independent components' of natural
scenes are edge filters"; Krizhevsky 2009, "Learning multiple layers of features from tiny images",
appendix A.

A feature is one value of a row; a row of shape (c, h, w) has c·h·w of them, in that order.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.checks import Array, float_array, same_dtype, same_shape
from tuiconv_kernels.ranges import positive

Float64s = npt.NDArray[np.float64]

STRETCH = 1024
"""So many rows are held in float64 at a time."""


@dataclass(frozen=True, eq=False)
class Whitening:
    """What `fit_whitening` learned from one set of data, for `whiten` to apply to any."""

    mean: Array
    """The mean of every feature, in the shape of a row."""
    matrix: Array
    """Symmetric, (features, features)."""


def fit_whitening(x: Array, eps: float = 1e-5) -> Whitening:
    """Learn the ZCA whitening of a set of data.

        matrix = U · diag(1 / √(λ + eps)) · Uᵀ

    with the eigenvectors U (in columns) and the eigenvalues λ of the covariance
    C = Σ n (x[n] − mean) (x[n] − mean)ᵀ / (rows − 1). The whitened data have the covariance
    U · diag(λ / (λ + eps)) · Uᵀ: the identity, but for directions that hardly vary beside eps.
    Those would otherwise be noise scaled up, or divided by 0.

    Args:
        x: The data, (rows, …) such as (n, features) or (n, c, h, w); float32 or float64, finite,
            at least two rows. The work, in float64, grows with features³.
        eps: Added to the variance of every direction, above 0, in the unit of x².

    Returns:
        The mean and the matrix, in float64.

    Raises:
        ValueError: If a dtype, shape, value or number does not fit; the message quotes it.
    """
    name = "fit_whitening"
    x = float_array(name, "x", x)
    eps = positive(name, "eps", eps)
    if x.ndim < 2 or len(x) < 2 or 0 in x.shape:
        raise ValueError(
            f"{name}: x has shape {x.shape}; (rows, …) is needed, with at least 2 rows, "
            "as one alone has no covariance, of at least 1 value"
        )
    bad = np.argwhere(~np.isfinite(x))
    if len(bad):
        place = tuple(bad[0].tolist())
        raise ValueError(f"{name}: x[{', '.join(map(str, place))}] is {x[place]}; finite is needed")
    rows = _rows(x)
    mean = rows.mean(axis=0, dtype=np.float64)
    covariance = np.zeros((len(mean), len(mean)))
    for start in range(0, len(rows), STRETCH):
        centred = rows[start : start + STRETCH] - mean
        covariance += centred.T @ centred
    variances, directions = np.linalg.eigh(covariance / (len(rows) - 1))
    # rounding may leave a variance of 0 a little below it
    half = directions * (np.maximum(variances, 0) + eps) ** -0.25
    return Whitening(mean.reshape(x.shape[1:]), half @ half.T)


def whiten(x: Array, whitening: Whitening) -> Array:
    """Take away the mean and the correlations: out[n] = matrix · (x[n] − mean).

    Args:
        x: (n, …), rows of the shape that `whitening` was fitted to; float32 or float64.
        whitening: From `fit_whitening`.

    Returns:
        The shape and dtype of x.

    Raises:
        ValueError: If the dtype or shape of x does not fit; the message quotes it.
    """
    x = _checked("whiten", x, whitening)
    return _times_matrix(x, whitening, whitening.mean.reshape(-1))


def whiten_backward(grad_out: Array, x: Array, whitening: Whitening) -> Array:
    """Return the gradient of x: grad_x[n] = matrix · grad_out[n], as the matrix is symmetric.

    Args:
        grad_out: ∂loss/∂out, shape and dtype of x.
        x: As given to `whiten`.
        whitening: As given to `whiten`; it is not learned by gradient.

    Raises:
        ValueError: As `whiten`, and if `grad_out` has another shape or dtype.
    """
    name = "whiten_backward"
    x = _checked(name, x, whitening)
    grad_out = float_array(name, "grad_out", grad_out)
    same_dtype(name, grad_out=grad_out, x=x)
    same_shape(name, "grad_out", grad_out, x.shape)
    return _times_matrix(grad_out, whitening, np.zeros(len(whitening.matrix)))


def _checked(function: str, x: Array, whitening: Whitening) -> Array:
    x = float_array(function, "x", x)
    same_shape(function, "x", x, (len(x) if x.ndim else 0, *whitening.mean.shape))
    return x


def _rows(x: Array) -> Array:
    return x.reshape(len(x), math.prod(x.shape[1:]))


def _times_matrix(x: Array, whitening: Whitening, mean: Array) -> Array:
    rows, out = _rows(x), np.empty_like(x)
    products = _rows(out)
    with np.errstate(all="ignore"):
        for start in range(0, len(rows), STRETCH):
            some = slice(start, start + STRETCH)
            products[some] = (rows[some] - mean) @ whitening.matrix
    return out
