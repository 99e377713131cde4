"""The nine named filters of the lectures (R, "image kernels"), in the order they are taught there.

A filter is a small matrix laid over every pixel: the products are added up and the sum becomes
the new pixel. Each kernel is built from its factors where these say why it does what it does.
"""

import difflib
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tuiconv.errors import RequestError

Matrix: TypeAlias = npt.NDArray[np.float64]
"""A 2-D kernel, indexed [row, column]."""


@dataclass(frozen=True, eq=False)
class NamedFilter:
    """A kernel with a name and one line on what it does.

    Raises:
        ValueError: if the kernel is not a matrix of finite numbers with odd height and width
            (only an odd kernel has a centre to lay over the pixel).
    """

    name: str
    """What the command line and the screens call it."""
    kernel: Matrix
    """Read-only float64 matrix (height, width), applied without flipping (correlation)."""
    description: str
    """One line: what the picture looks like afterwards, and why."""

    def __post_init__(self) -> None:
        kernel = np.array(self.kernel, dtype=np.float64)
        if kernel.ndim != 2 or kernel.shape[0] % 2 == 0 or kernel.shape[1] % 2 == 0:
            raise ValueError(
                f"filter {self.name!r}: kernel of shape {kernel.shape}; "
                "a matrix with odd height and width is needed, so that it has a centre"
            )
        if not np.isfinite(kernel).all():
            raise ValueError(f"filter {self.name!r}: the kernel must hold finite numbers only")
        kernel.flags.writeable = False
        object.__setattr__(self, "kernel", kernel)

    @property
    def zero_sum(self) -> bool:
        """Whether the weights add up to nothing: flat areas become 0 and only changes remain.

        The result of such a filter is signed, so a picture of it loses everything below zero.
        """
        return abs(math.fsum(self.kernel.flat)) < 1e-9


def _binomial(order: int) -> Matrix:
    """A row of Pascal's triangle scaled to sum 1: the discrete bell curve, [1, 2, 1] / 4 for 2."""
    return np.array([math.comb(order, i) for i in range(order + 1)]) / 2.0**order


def _impulse(size: int) -> Matrix:
    """1 in the centre, 0 elsewhere: the kernel that changes nothing."""
    kernel = np.zeros((size, size))
    kernel[size // 2, size // 2] = 1.0
    return kernel


# Minus the second difference: how far a pixel stands above the mean of its two neighbours.
_STANDS_OUT = np.array([-1.0, 2.0, -1.0])
_MIDDLE = np.array([0.0, 1.0, 0.0])
_LEFT_MINUS_RIGHT = np.array([1.0, 0.0, -1.0])

_EDGE_4 = np.outer(_MIDDLE, _STANDS_OUT) + np.outer(_STANDS_OUT, _MIDDLE)
_GAUSSIAN_5X5 = np.outer(_binomial(4), _binomial(4))

FILTERS: dict[str, NamedFilter] = {
    named.name: named
    for named in (
        NamedFilter("identity", _impulse(3), "Copies the picture: every pixel times one."),
        NamedFilter(
            "edge-diagonal",
            np.outer(_LEFT_MINUS_RIGHT, _LEFT_MINUS_RIGHT),
            "Finds diagonal edges and corners; straight and flat parts turn black.",
        ),
        NamedFilter(
            "edge-4",
            _EDGE_4,
            "Finds edges: each pixel minus its four neighbours (the Laplacian).",
        ),
        NamedFilter(
            "edge-8",
            9 * _impulse(3) - np.ones((3, 3)),
            "Finds edges in all directions: each pixel minus its eight neighbours.",
        ),
        NamedFilter(
            "sharpen",
            _impulse(3) + _EDGE_4,
            "Makes edges crisper: the picture plus its edges.",
        ),
        NamedFilter(
            "box-blur",
            np.ones((3, 3)) / 9,
            "Blurs: the mean of nine pixels, all counted alike.",
        ),
        NamedFilter(
            "gaussian-3x3",
            np.outer(_binomial(2), _binomial(2)),
            "Blurs softly: a mean in which nearer pixels count more.",
        ),
        NamedFilter(
            "gaussian-5x5",
            _GAUSSIAN_5X5,
            "Blurs softly over a wider area.",
        ),
        NamedFilter(
            "unsharp-5x5",
            2 * _impulse(5) - _GAUSSIAN_5X5,
            "Makes edges crisper: the picture plus what a wide blur takes away.",
        ),
    )
}
"""Every named filter by name, in lecture order."""


def find_filter(name: str) -> NamedFilter:
    """The filter called `name`.

    Raises:
        RequestError: a ValueError that says the nearest name and all of them.
    """
    if name in FILTERS:
        return FILTERS[name]
    near = difflib.get_close_matches(name.lower(), FILTERS, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    raise RequestError(f"no filter called {name!r}; {hint}The filters are {', '.join(FILTERS)}")


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


def kernel_text(kernel: npt.NDArray[np.floating[Any]]) -> str:
    """The kernel for reading, one line a row: "1/16 ×" and integers, as exact as it can be.

    Weights that share no small divisor are shown with six significant digits, after "≈".
    """
    exact = integer_kernel(kernel)
    if exact is None:
        rows = [[f"{weight:.6g}" for weight in row] for row in kernel]
        factor = "≈ "
    else:
        rows = [[str(weight) for weight in row] for row in exact[0]]
        factor = f"1/{exact[1]} × " if exact[1] != 1 else ""
    column = max(len(weight) for row in rows for weight in row)
    lines = [" ".join(weight.rjust(column) for weight in row) for row in rows]
    indent = " " * len(factor)
    middle = len(lines) // 2
    return "\n".join((factor if i == middle else indent) + line for i, line in enumerate(lines))
