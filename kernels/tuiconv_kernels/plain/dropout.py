"""Dropout, one coin at a time."""

import numpy as np

from tuiconv_kernels.checks import Array
from tuiconv_kernels.dropout import Scaling


def dropout(
    x: Array, p: float = 0.5, training: bool = True, *, seed: int, scaling: Scaling = "inverted"
) -> Array:
    """In training toss a coin for every value; scale there, or in evaluation."""
    out = np.zeros_like(x)
    for k, place in enumerate(np.ndindex(x.shape)):
        kept = not training or _coin(seed, k) >= p
        factor = 1.0 if kept else 0.0
        if training and kept and scaling == "inverted":
            factor = 1 / (1 - p)
        if not training and scaling == "classic":
            factor = 1 - p
        out[place] = float(x[place]) * factor
    return out


def dropout_backward(
    grad_out: Array,
    x: Array,
    p: float = 0.5,
    training: bool = True,
    *,
    seed: int,
    scaling: Scaling = "inverted",
) -> Array:
    """The gradient meets the same mask: x only lends its shape, which grad_out has too."""
    return dropout(grad_out, p, training, seed=seed, scaling=scaling)


def _coin(seed: int, k: int) -> float:
    """Return the number k of SplitMix64, counted from 0, as a fraction of 2⁶⁴ of 53 bits."""
    wrap = 2**64  # of a 64-bit register
    bits = (seed + (k + 1) * 0x9E3779B97F4A7C15) % wrap
    bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9 % wrap
    bits = (bits ^ bits >> 27) * 0x94D049BB133111EB % wrap
    bits ^= bits >> 31
    return (bits >> 11) / 2**53
