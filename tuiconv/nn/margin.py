"""Padding that differs from side to side.

Kernels lay as many rows above as below a map, and as many columns left as right. Where a window
asks for other padding it is laid around the map beforehand, and the kernels add none.
"""

import numpy as np

from tuiconv.arithmetic.sizes import Pair, Window
from tuiconv_kernels.checks import Array


class Margin:
    """What has to be laid around maps before a kernel slides a window over them.

    Args:
        window: with padding that the kernels know, or not.
    """

    def __init__(self, window: Window) -> None:
        self.window = window
        self.is_uneven = window.before != window.behind
        self.padding: Pair = (0, 0) if self.is_uneven else window.before
        """What is left to the kernels."""

    def around(self, x: Array, value: float = 0.0) -> Array:
        """Maps (n, c, h, w) in a margin of a value, as far as the window reaches into it."""
        if not self.is_uneven:
            return x
        return laid(x, self.window.before, self._reached(x), value)

    def within(self, grad: Array, x: Array) -> Array:
        """The part of a gradient for `around(x)` that is the gradient for x."""
        return cut(grad, self.window.before, self._reached(x)) if self.is_uneven else grad

    def _reached(self, x: Array) -> Pair:
        """The rows below and the columns on the right that windows meet.

        With no more than these, a window that rounds up takes as many places as `Window` says.
        """
        bottom, right = (
            min(max(self._last_met(x, axis) - (x.shape[2 + axis] - 1), 0), behind)
            for axis, behind in enumerate(self.window.behind)
        )
        return bottom, right

    def _last_met(self, x: Array, axis: int) -> int:
        last = self.window.output_size(x.shape[2 + axis], axis) - 1
        return self.window.sees(last, last, axis)[1]


def laid(x: Array, before: Pair, behind: Pair, value: float = 0.0) -> Array:
    """Maps (n, c, h, w) with rows and columns of a value before and behind them."""
    margins = ((0, 0), (0, 0), *zip(before, behind, strict=True))
    return np.pad(x, margins, constant_values=value)


def cut(x: Array, before: Pair, behind: Pair) -> Array:
    """Maps (n, c, h, w) without rows and columns before and behind."""
    (top, left), (bottom, right) = before, behind
    inner = x[:, :, top : x.shape[2] - bottom, left : x.shape[3] - right]
    return np.ascontiguousarray(inner)
