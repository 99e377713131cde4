"""Dropout: in training every value is kept or set to 0 by a coin of its own."""

import math
from typing import Literal, get_args

import numpy as np

from tuiconv_kernels.checks import Array, float_array, same_dtype, same_shape, whole
from tuiconv_kernels.jit import kernel
from tuiconv_kernels.ranges import real

Scaling = Literal["inverted", "classic"]
"""When the missing values are made up for: in training, or in evaluation."""


def dropout(
    x: Array, p: float = 0.5, training: bool = True, *, seed: int, scaling: Scaling = "inverted"
) -> Array:
    """Multiply x by a Bernoulli mask: 0 with probability p, else 1.

    On average (1 − p) · x is left. So that a layer behind it meets the same mean in training and
    in evaluation, one of the two is scaled:

        scaling      training              evaluation
        "inverted"   mask · x / (1 − p)    x
        "classic"    mask · x              (1 − p) · x

    "inverted" is PyTorch's. "classic" is that of Srivastava et al. 2014, whose p is the probability
    of keeping a value, 1 − p here.

    The coin of value k, in row order, is the k-th number that SplitMix64 (Steele, Lea and Flood
    2014) gives after `seed`: the mask depends on nothing but seed, p and the shape of x, and
    `dropout_backward` makes it again. Every layer, every training step and every part of a batch
    that is computed by itself needs a seed of its own.

    Args:
        x: float32 or float64, any shape. A NaN or infinity times 0 is NaN: it stays visible.
        p: The probability of dropping a value, 0 to 1.
        training: Whether anything is dropped.
        seed: 0 to 2⁶⁴ − 1.
        scaling: "inverted" or "classic".

    Returns:
        The shape and dtype of x.

    Raises:
        ValueError: If a dtype or number does not fit; the message quotes it.
    """
    x = float_array("dropout", "x", x)
    return _masked("dropout", x, p, training, seed, scaling)


def dropout_backward(
    grad_out: Array,
    x: Array,
    p: float = 0.5,
    training: bool = True,
    *,
    seed: int,
    scaling: Scaling = "inverted",
) -> Array:
    """Multiply grad_out by what `dropout` multiplied x by.

    Args:
        grad_out: ∂loss/∂out, shape and dtype of x.
        x: As given to `dropout`; so are all further arguments.
        p: The probability of dropping a value.
        training: Whether anything was dropped.
        seed: 0 to 2⁶⁴ − 1.
        scaling: "inverted" or "classic".

    Returns:
        The gradient of x, in its shape.

    Raises:
        ValueError: As `dropout`, and if `grad_out` has another shape or dtype.
    """
    name = "dropout_backward"
    x = float_array(name, "x", x)
    grad_out = float_array(name, "grad_out", grad_out)
    same_dtype(name, grad_out=grad_out, x=x)
    same_shape(name, "grad_out", grad_out, x.shape)
    return _masked(name, grad_out, p, training, seed, scaling)


def _masked(
    function: str, x: Array, p: float, training: bool, seed: int, scaling: Scaling
) -> Array:
    """Multiply x by what the arguments of `dropout` say; forward and backward are the same."""
    p = real(function, "p", p, least=0, most=1)
    if whole(function, "seed", seed, 0) >= 2**64:
        raise ValueError(f"{function}: seed is {seed!r}; 0 to 2⁶⁴ − 1 are allowed")
    if scaling not in get_args(Scaling):
        raise ValueError(
            f"{function}: scaling is {scaling!r}; {', '.join(get_args(Scaling))} are allowed"
        )
    out = np.empty_like(x)
    with np.errstate(all="ignore"):
        if not training:
            return np.multiply(x, 1.0 if scaling == "inverted" else 1 - p, out=out)
        factor = 1 / (1 - p) if scaling == "inverted" and p < 1 else 1.0
        _mask(
            x.reshape(-1), np.uint64(seed), np.uint64(math.ceil(p * 2**53)), factor, out.reshape(-1)
        )
    return out


@kernel
def _mask(x: Array, seed: np.uint64, threshold: np.uint64, factor: float, out: Array) -> None:
    # SplitMix64; its upper 53 bits, as a fraction of 2⁵³, are below p with probability p
    for k in range(len(x)):
        bits = seed + np.uint64(k + 1) * np.uint64(0x9E3779B97F4A7C15)
        bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        bits ^= bits >> np.uint64(31)
        out[k] = x[k] * (0.0 if bits >> np.uint64(11) < threshold else factor)
