"""tanh of float32, some values at a time.

    tanh x = sign(x) · e / (e + 2)  with  e = exp(2|x|) − 1

and e = 2ⁿ·(exp r − 1) + (2ⁿ − 1) for 2|x| = n·ln 2 + r, |r| ≤ ln 2 / 2, where exp r − 1 is its
Taylor series: small values keep all their digits. At most 3 units in the last place off.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types

from tuiconv_kernels.jit import exact_kernel
from tuiconv_kernels.lanes import operation
from tuiconv_kernels.tiles import inlined

Array = npt.NDArray[np.float32]

LARGEST = np.float32(9.1)
"""tanh of all that is larger rounds to 1."""
PER_OCTAVE = np.float32(1 / np.log(2))
OCTAVE_HIGH = np.float32(0.693359375)
"""ln 2 to so few bits that n times it is exact; the rest of ln 2 follows."""
OCTAVE_LOW = np.float32(np.log(2) - 0.693359375)
HALF, ONE, TWO = np.float32(1 / 2), np.float32(1), np.float32(2)
C3, C4, C5 = np.float32(1 / 6), np.float32(1 / 24), np.float32(1 / 120)
C6, C7 = np.float32(1 / 720), np.float32(1 / 5040)


@operation
def _power_of_two(_: Any, exponent: Any) -> Any:
    """Return 2 to an int32 from −126 to 127, made from its bits."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = ir.IntType(32)
        bits = builder.shl(builder.add(args[0], kind(127)), kind(23))
        return builder.bitcast(bits, ir.FloatType())

    return types.float32(types.int32), generate


@inlined
def _tanh(x: np.float32) -> np.float32:
    size = abs(x)
    size = LARGEST if size > LARGEST else size
    double = size + size
    octaves = np.floor(double * PER_OCTAVE + HALF)
    r = (double - octaves * OCTAVE_HIGH) - octaves * OCTAVE_LOW
    series = C3 + r * (C4 + r * (C5 + r * (C6 + r * C7)))
    power = _power_of_two(np.int32(octaves))
    e = power * (r + r * r * (HALF + r * series)) + (power - ONE)
    out = e / (e + TWO)
    out = -out if x < np.float32(0) else out
    return out if size > np.float32(0) else x  # 0 keeps its sign, and NaN stays NaN


@exact_kernel
def squash(x: Array, slope: float, out: Array) -> None:
    """Fill flat out with tanh(slope · x)."""
    factor = np.float32(slope)
    for k in range(len(x)):
        out[k] = _tanh(factor * x[k])


@exact_kernel
def amplify(x: npt.NDArray[np.floating[Any]], factor: float, out: Array) -> None:
    """Fill flat out with factor · x, in the dtype of x."""
    rounded = x.dtype.type(factor)
    for k in range(len(x)):
        out[k] = rounded * x[k]
