"""A kernel of one's own in a row of filters: `[1 2 1; 2 4 2; 1 2 1]/16 + 10`."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from tuiconv.errors import RequestError
from tuiconv.images.filters.filter import Filter, Matrix, NamedFilter
from tuiconv.images.filters.kernel_reading import custom_filter
from tuiconv.images.filters.kernel_text import integer_kernel
from tuiconv.images.filters.number_text import number_text

MOST_EDITED: Final = 9
"""Rows and columns of a kernel that is changed number by number."""


@dataclass(frozen=True, eq=False)
class OwnKernel:
    """Σ weights · value / divide + bias, with its numbers as they were written."""

    weights: Matrix
    divide: float = 1.0
    bias: float = 0.0

    @property
    def text(self) -> str:
        """As `parse_filters` reads it."""
        rows = "; ".join(" ".join(map(number_text, row)) for row in self.weights.tolist())
        divided = f"/{number_text(self.divide)}" if self.divide != 1 else ""
        added = f"{'+' if self.bias > 0 else ''}{number_text(self.bias)}" if self.bias else ""
        return f"[{rows}]{divided}{added}"

    def filter(self) -> NamedFilter:
        """What it computes.

        Raises:
            RequestError: as `custom_filter`.
        """
        return custom_filter(self.weights, self.divide, self.bias)

    def with_weight(self, cell: tuple[int, int], weight: float) -> "OwnKernel":
        """With another number at (row, column)."""
        weights = self.weights.copy()
        weights[cell] = weight
        return replace(self, weights=weights)

    def larger(self) -> "OwnKernel":
        """With a ring of zeros around it, as long as it can be changed number by number."""
        if max(self.weights.shape) + 2 > MOST_EDITED:
            return self
        return replace(self, weights=np.pad(self.weights, 1))

    def smaller(self) -> "OwnKernel":
        """Without its outermost numbers, as long as some are left."""
        if min(self.weights.shape) < 3:
            return self
        return replace(self, weights=self.weights[1:-1, 1:-1].copy())


def own_kernel(applied: Filter) -> OwnKernel:
    """A filter's kernel to be changed: in whole numbers with a divisor if it has such.

    Raises:
        RequestError: it has more kernels than one, or more numbers than one can go through.
    """
    if not isinstance(applied, NamedFilter):
        parts = ", ".join(applied.matrices)
        raise RequestError(
            f"{applied.name} is made of several kernels ({parts}); one of a single kernel can be"
            f" edited, such as {applied.name}-x"
        )
    height, width = applied.size
    if max(height, width) > MOST_EDITED:
        raise RequestError(
            f"the kernel of {applied.name} has {height}×{width} numbers; up to"
            f" {MOST_EDITED}×{MOST_EDITED} can be edited"
        )
    exact = integer_kernel(applied.kernel)
    if exact is None:
        return OwnKernel(applied.kernel, 1.0, applied.bias)
    weights, divisor = exact
    return OwnKernel(np.array(weights, np.float64), float(divisor), applied.bias)
