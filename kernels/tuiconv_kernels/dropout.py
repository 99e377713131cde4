"""Dropout: in training every value is kept or set to 0 by a coin of its own."""

import math
from typing import Literal, get_args

import numpy as np

from tuiconv_kernels.checks import Array, float_array, same_dtype, same_shape, whole
from tuiconv_kernels.coins import SEEDS, bits
from tuiconv_kernels.geometry import Table
from tuiconv_kernels.jit import exact_kernel, kernel
from tuiconv_kernels.lanes import LANES
from tuiconv_kernels.ranges import real

COINS = 2**53
"""As many as a float64 tells apart."""

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
    if whole(function, "seed", seed, 0) >= SEEDS:
        raise ValueError(f"{function}: seed is {seed!r}; 0 to 2⁶⁴ − 1 are allowed")
    if scaling not in get_args(Scaling):
        raise ValueError(
            f"{function}: scaling is {scaling!r}; {', '.join(get_args(Scaling))} are allowed"
        )
    out = np.empty_like(x)
    with np.errstate(all="ignore"):
        if not training:
            return np.multiply(x, 1.0 if scaling == "inverted" else 1 - p, out=out)
        factor = kept_factor(p) if scaling == "inverted" else 1.0
        _mask(x.reshape(-1), np.uint64(seed), np.uint64(threshold(p)), factor, out.reshape(-1))
    return out


def threshold(p: float) -> int:
    """How many of the 2⁵³ coins drop a value."""
    return math.ceil(p * COINS)


def kept_factor(p: float) -> float:
    """What is left is multiplied by 1 / (1 − p)."""
    return 1 / (1 - p) if p < 1 else 1.0


@kernel
def _mask(x: Array, seed: np.uint64, threshold: np.uint64, factor: float, out: Array) -> None:
    # the upper 53 bits, as a fraction of 2⁵³, are below p with probability p
    for k in range(len(x)):
        coin = bits(seed, np.uint64(k)) >> np.uint64(11)
        out[k] = x[k] * (0.0 if coin < threshold else factor)


@exact_kernel
def drop(
    x: Array, toss: Table, layer: int, units: int, threshold: int, factor: float, out: Array
) -> None:
    """Do as `dropout` with some images of a batch, in blocks of maps without a margin.

    Args:
        x: flat.
        toss: the seed of the training step, and the place in the batch of the first image.
        layer: every layer has a number; its seed is this number after that of the step.
        units: values of an image; unit u of image i in the batch has coin i·units + u.
        threshold: how many of 2⁵³ coins drop a value.
        factor: what the others are multiplied by.
        out: flat.
    """
    seed, first = bits(np.uint64(toss[0]), np.uint64(layer)), toss[1]
    limit, step = np.uint64(threshold), np.uint64(units)
    for k in range(0, len(x), LANES):
        block, unit = divmod(k // LANES, units)
        coin = np.uint64((first + block * LANES) * units + unit)
        values, left = x[k : k + LANES], out[k : k + LANES]
        for lane in range(len(values)):
            tossed = bits(seed, coin + np.uint64(lane) * step) >> np.uint64(11)
            left[lane] = values[lane] * (0.0 if tossed < limit else factor)
