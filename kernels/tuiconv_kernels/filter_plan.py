"""How `filter2d` computes its sums: as fast as it can without a wrong digit.

For integer pixels the reference is a sum in float64, rounded: of a row's products first, then of
the rows. A faster way may be off by an error bound; where its value lies so near to a half that
this could decide the rounding, the value is in doubt and is computed again.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.checks import Array
from tuiconv_kernels.filter_rows import Kernel, Limits, WholeWeights

_FEW = 2.0**-7
"""With a larger error bound, so many sums in float32 are in doubt that other ways are faster."""
_LIMIT = 2.0**22
"""Below this, float32 is rounded rightly; see `store_pixels`."""
_HALF = 2.0**-24
"""Half the distance from 1 to the next float32."""


@dataclass(frozen=True)
class WholeSums:
    """Sums of bytes times whole numbers, scaled at the end; see `filter_bytes`."""

    weights: WholeWeights
    limits: Limits | None


@dataclass(frozen=True)
class FloatSums:
    """Sums of products in the dtype of the weights, in one pass or two; see `filter_floats`."""

    down: Array
    across: Array
    limit: np.floating[Any] | None
    """In the dtype of the weights."""


def plan(kernel: Kernel, dtype: np.dtype[Any]) -> WholeSums | FloatSums:
    """Choose the fastest way to filter pixels of a dtype.

    Two passes if the kernel is an outer product and has so many weights that this saves work.
    Bytes with whole weights or in float32, whatever leaves few sums in doubt; all else in float64.
    """
    return _plan(kernel.tobytes(), kernel.shape, dtype)


@lru_cache(maxsize=64)  # planning takes as long as filtering a small picture
def _plan(weights: bytes, shape: tuple[int, int], dtype: np.dtype[Any]) -> WholeSums | FloatSums:
    kernel = np.frombuffer(weights).reshape(shape)
    ways = [(np.empty(0), kernel.reshape(-1))]
    if kernel.size > 2 * sum(kernel.shape):
        ways = [*_factors(kernel), *ways]
    if dtype.kind == "f":
        return next(FloatSums(*way, None) for way in ways if _is_faithful(kernel, *way))
    largest = float(np.iinfo(dtype).max)
    with np.errstate(all="ignore"):  # beyond float32, errors are infinite and not accepted
        if dtype == np.uint8 and largest * np.abs(kernel).sum() < _LIMIT / 2:
            sums = _for_bytes(kernel, ways, largest)
            if sums is not None:
                return sums
        doubles = [_float_sums(kernel, *way, largest, np.float64) for way in ways]
    return next((sums for sums, error in doubles if error <= _FEW), doubles[-1][0])


def _factors(kernel: Kernel) -> list[tuple[Kernel, Kernel]]:
    """A column and a row that have the kernel as outer product, if any have."""
    column = kernel[:, np.abs(kernel).max(axis=0).argmax()]
    if not column.any():
        return []
    sizes = np.where(column == 0, np.inf, np.abs(column))
    row = sizes.argmin()
    # divided by their smallest weight, box and Gaussian become whole numbers; but if that is tiny,
    # sums of these numbers would leave the range of float32
    if np.abs(column).max() > 2.0**16 * sizes[row]:
        row = np.abs(column).argmax()
    return [(column / column[row], kernel[row])]


def _is_faithful(kernel: Kernel, down: Kernel, across: Kernel) -> bool:
    """Whether weights in one or two passes are those of the kernel but for rounding."""
    with np.errstate(all="ignore"):
        left_out = np.abs(kernel - _used(kernel, down, across))
    return bool((left_out <= 4 * np.finfo(np.float64).eps * np.abs(kernel)).all())


def _used(kernel: Kernel, down: Array, across: Array) -> Kernel:
    """The kernel that weights in one or two passes amount to."""
    used = np.outer(down, across.astype(np.float64)) if len(down) else across
    return used.reshape(kernel.shape).astype(np.float64)


def _for_bytes(
    kernel: Kernel, ways: list[tuple[Kernel, Kernel]], largest: float
) -> WholeSums | FloatSums | None:
    floats = [_float_sums(kernel, *way, largest, np.float32) for way in ways]
    for sums, error in floats[:-1]:
        if error <= _FEW:
            return sums
    coarse, coarse_error = _whole_sums(kernel, largest, levels=1)
    if coarse_error * 8192 <= kernel.size:
        return coarse
    direct, error = floats[-1]
    return direct if error <= _FEW else _whole_sums(kernel, largest, levels=2)[0]


def _float_sums(
    kernel: Kernel, down: Kernel, across: Kernel, largest: float, kind: type[Any]
) -> tuple[FloatSums, float]:
    """Sums in floats of a kind, and by how much they may differ from the reference."""
    down, across = down.astype(kind), across.astype(kind)
    used = _used(kernel, down, across)
    most = largest * float(np.abs(used).sum())
    half = float(np.finfo(kind).eps) / 2
    error = 0.0
    if (used != kernel).any() or most * half > _unit(down) * _unit(across):
        # of every product, the number of roundings on its way into the sum
        roundings = len(down) + len(across) + 3
        error = _left_out(kernel, used, largest) + 1.01 * roundings * half * most
    return FloatSums(down, across, _limit(error, kind) if error else None), error


def _limit(error: float, kind: type[Any]) -> np.floating[Any]:
    """How far from a whole number sums that may be off are never in doubt."""
    limit: np.floating[Any] = np.nextafter(kind(0.5 - error), kind(0))
    return limit


def _unit(weights: Array) -> float:
    """The largest power of two that divides all weights, 1 if there are none."""
    mantissas, exponents = np.frexp(weights[weights != 0].astype(np.float64))
    digits = (mantissas * 2.0**53).astype(np.int64)
    units = np.ldexp((digits & -digits).astype(np.float64), exponents - 53)
    return float(units.min()) if len(units) else 1.0


def _left_out(kernel: Kernel, used: Kernel, largest: float) -> float:
    """What other weights change in a sum at most, and by how much the reference may be off."""
    change = kernel - used
    changed = max(change.clip(min=0).sum(), -change.clip(max=0).sum())
    roundings = (sum(kernel.shape) + 4) * float(np.finfo(np.float64).eps)
    return largest * float(changed + roundings * np.abs(kernel).sum())


def _whole_sums(kernel: Kernel, largest: float, levels: int) -> tuple[WholeSums | None, float]:
    """Sums with whole weights, and by how much they may differ from the reference."""
    finest = _finest(kernel, largest)
    smallest = np.abs(kernel).min(where=kernel != 0, initial=np.inf)
    # many kernels are multiples of their smallest weight, many others of a power of two
    scales = np.array([smallest, 2.0 ** np.ceil(np.log2(finest)), 1.001 * finest], np.float32)
    ways = [
        _whole_sums_of(scale, kernel, largest, levels)
        for scale in scales
        if 0 < finest <= scale < np.inf
    ]
    return min(ways, key=lambda way: way[1], default=(None, np.inf))


def _whole_sums_of(
    scale: np.float32, kernel: Kernel, largest: float, levels: int
) -> tuple[WholeSums, float]:
    """Sums with multiples of a scale as weights, and by how much they may differ."""
    whole = np.rint(kernel / np.float64(scale))
    used = whole * np.float64(scale)
    fine_scale = _finest(kernel - used, largest) or 1.0
    fine = np.rint((kernel - used) / fine_scale)
    conversion = 4 * _HALF * largest  # of one part to float32, times its scale
    fine_error = _left_out(kernel, used + fine * fine_scale, largest) + levels * conversion
    if levels == 2:
        error = fine_error
    elif (used == kernel).all() and largest * np.abs(kernel).sum() * _HALF <= _unit(kernel):
        error = 0.0
    else:
        error = _left_out(kernel, used, largest) + conversion
    pairs = np.concatenate([_paired(whole), _paired(fine)])
    weights = WholeWeights(pairs, levels, (scale, np.float64(fine_scale)))
    limits = _limit(error, np.float32), _limit(fine_error, np.float64)
    return WholeSums(weights, limits if error else None), error


def _finest(kernel: Kernel, largest: float) -> float:
    """The scale with which the weights just fit into 16 bits, and sums into 32."""
    return float(max(np.abs(kernel).max() / 32767, np.abs(kernel).sum() * largest / 2**30))


def _paired(whole: Kernel) -> npt.NDArray[np.int32]:
    """The weights with which two lines of the kernel enter two output rows."""
    height, width = whole.shape
    lines = (height + 1) // 2
    # line column output-row upper/lower
    pairs = np.zeros((lines, width, 2, 2), np.int16)
    for below in range(2):
        rows = np.zeros((2 * lines, width), np.int16)
        rows[below : below + height] = whole
        pairs[:, :, below] = rows.reshape(lines, 2, width).transpose(0, 2, 1)
    return pairs.reshape(-1).view(np.int32)
