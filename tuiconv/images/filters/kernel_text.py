"""Kernels as text to read, and what can be told of them."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from tuiconv.images.filters.filter import Matrix

DIGITS = 6
"""Significant digits of the largest weight, where weights are rounded."""


def integer_kernel(kernel: npt.NDArray[np.floating[Any]]) -> tuple[list[list[int]], int] | None:
    """The kernel as integers over one common divisor: `kernel == integers / divisor`.

    Returns:
        (integers by row, divisor), or None when the weights are no such fractions.
    """
    fractions = [
        [Fraction(float(weight)).limit_denominator(10_000) for weight in row] for row in kernel
    ]
    for row, weights in zip(fractions, kernel, strict=True):
        if any(float(f) != float(weight) for f, weight in zip(row, weights, strict=True)):
            return None
    divisor = math.lcm(*(f.denominator for row in fractions for f in row))
    return [[int(f * divisor) for f in row] for row in fractions], divisor


def kernel_text(kernel: npt.NDArray[np.floating[Any]], digits: int = DIGITS) -> str:
    """The kernel for reading, one line a row: "1/16 ×" and integers, as exact as it can be.

    Weights that share no small divisor are rounded, after "≈", all at the same decimal place.

    Args:
        kernel: (height, width).
        digits: significant ones of the largest weight, if it has to be rounded.
    """
    exact = integer_kernel(kernel)
    if exact is None:
        rows = rounded_rows(kernel, digits)
        factor = "≈ "
    else:
        rows = [[str(weight) for weight in row] for row in exact[0]]
        factor = f"1/{exact[1]} × " if exact[1] != 1 else ""
    return framed(rows, factor)


def framed(rows: list[list[str]], factor: str) -> str:
    """Weights in columns, one line a row, with a factor before the middle one."""
    column = max(len(weight) for row in rows for weight in row)
    lines = [" ".join(weight.rjust(column) for weight in row) for row in rows]
    indent = " " * len(factor)
    middle = len(lines) // 2
    return "\n".join((factor if i == middle else indent) + line for i, line in enumerate(lines))


def whole_text(kernel: npt.NDArray[np.floating[Any]], digits: int) -> str:
    """The kernel rounded to whole numbers over a power of ten, which takes the fewest columns.

    Args:
        kernel: (height, width).
        digits: of the largest weight.
    """
    decimals = decimals_for(kernel, digits)
    rows = np.rint(kernel * 10**decimals).astype(np.int64)
    return framed([[str(weight) for weight in row] for row in rows], f"≈ 1/{10**decimals} × ")


def rounded_rows(kernel: npt.NDArray[np.floating[Any]], digits: int) -> list[list[str]]:
    """The weights in decimals, as many for all as give the largest so many digits; 0 is exact."""
    decimals = decimals_for(kernel, digits)
    return [[f"{weight:.{decimals}f}" if weight else "0" for weight in row] for row in kernel]


def decimals_for(kernel: npt.NDArray[np.floating[Any]], digits: int) -> int:
    """The decimals that give the largest weight so many digits."""
    largest = float(np.abs(kernel).max())
    return max(0, digits - 1 - math.floor(math.log10(largest))) if largest else 0


def separated(kernel: Matrix) -> tuple[Matrix, Matrix] | None:
    """A column (height, 1) and a row (1, width) whose product the kernel is; None if none are.

    Then `height + width` products a pixel do what takes `height · width` of them otherwise.
    """
    i, j = np.unravel_index(np.abs(kernel).argmax(), kernel.shape)
    largest = kernel[i, j]
    if not largest:
        return None
    root = math.sqrt(abs(largest))
    column, row = kernel[:, [j]] / largest * root, kernel[[i], :] / root
    if np.abs(column @ row - kernel).max() > 1e-12 * abs(largest):
        return None
    return column, row


def separated_text(kernel: Matrix) -> str:
    """`1/16 · [1 2 1]ᵀ · [1 2 1]`: a column times a row; empty if the kernel is no such product."""
    factors = separated(kernel)
    if factors is None:
        return ""
    exact = integer_kernel(kernel)
    if exact is None:
        down, across = (" ".join(rounded_rows(each.reshape(1, -1), 4)[0]) for each in factors)
        return f"≈ [{down}]ᵀ · [{across}]"
    weights, divisor = exact
    i, j = np.argwhere(kernel)[0].tolist()
    column, in_column = lowest_terms([row[j] for row in weights])
    row, in_row = lowest_terms(weights[i])
    if weights[i][j] < 0:
        row, in_row = [-weight for weight in row], -in_row
    if sum(column) + sum(row) < 0:  # which of the two is a mean, if any, is positive
        column, row = [-weight for weight in column], [-weight for weight in row]
    factor = Fraction(in_column * in_row, weights[i][j] * divisor)
    down, across = " ".join(map(str, column)), " ".join(map(str, row))
    return (f"{factor} · " if factor != 1 else "") + f"[{down}]ᵀ · [{across}]"


def lowest_terms(weights: list[int]) -> tuple[list[int], int]:
    """The weights without their greatest common divisor, and that divisor."""
    divisor = math.gcd(*weights)
    return [weight // divisor for weight in weights], divisor
