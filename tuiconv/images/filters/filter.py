"""What a filter is: a small matrix laid over every pixel; the products are added up.

A name, its kernels and how they came about, and what it computes for every window. The named
filters are in `catalog`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from tuiconv.errors import RequestError

Matrix: TypeAlias = npt.NDArray[np.float64]
"""A 2-D kernel, indexed [row, column]."""
Values: TypeAlias = npt.NDArray[np.float64]
"""Colours of a picture (height, width, colours)."""
Size: TypeAlias = tuple[int, ...]
"""(height, width) of a kernel, both odd."""


class Filter(Protocol):
    """What turns a picture into another: sums over a window that slides over it."""

    @property
    def name(self) -> str:
        """What the command line and the screens call it, with its numbers: `gaussian(2)`."""

    @property
    def description(self) -> str:
        """One line: what the picture looks like afterwards, and why."""

    @property
    def formula(self) -> str:
        """How the weights come about; empty if there is only the matrix."""

    @property
    def size(self) -> Size:
        """(height, width) of the window, both odd."""

    @property
    def zero_sum(self) -> bool:
        """Whether flat areas become 0, so that the sign of a sum is what is to be seen."""

    @property
    def matrices(self) -> Mapping[str, Matrix]:
        """The kernels, by what they are for ("" if there is one only)."""

    def colours(self, before: int) -> int:
        """How many colour channels come out of so many.

        Raises:
            RequestError: the filter cannot be laid on so many.
        """

    def valid(self, values: Values, opacity: Values | None = None) -> Values:
        """What it computes for every window that lies wholly inside; see `weighted_sums`."""

    def flipped(self) -> "Filter":
        """The filter with its kernels turned by 180°, which is true convolution."""


@dataclass(frozen=True, eq=False)
class NamedFilter:
    """A kernel with a name and one line on what it does.

    Raises:
        ValueError: if the kernel is not a matrix of finite numbers with odd height and width
            (only an odd kernel has a centre to lay over the pixel).
    """

    name: str
    """What the command line and the screens call it, with its numbers: `gaussian(2)`."""
    kernel: Matrix
    """Read-only float64 matrix (height, width), applied without flipping (correlation)."""
    description: str
    """One line: what the picture looks like afterwards, and why."""
    formula: str = ""
    """How the weights come about: their factors or a formula; empty if there is only the matrix."""
    bias: float = 0.0
    """Is added to every sum."""
    parameters: Mapping[str, float] = field(default_factory=dict)
    """The numbers it was made with, by name, if it is one of a family."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "kernel", checked_kernel(self.name, self.kernel))

    @property
    def size(self) -> Size:
        """(height, width) of the kernel."""
        return self.kernel.shape

    @property
    def zero_sum(self) -> bool:
        """Whether the weights add up to nothing: flat areas become 0 and only changes remain.

        The result of such a filter is signed, so a picture of it loses everything below zero.
        """
        return abs(math.fsum(self.kernel.flat)) < 1e-9 and not self.bias

    @property
    def matrices(self) -> Mapping[str, Matrix]:
        """The kernel; it has no label."""
        return {"": self.kernel}

    def colours(self, before: int) -> int:
        """Every colour is filtered alone."""
        return before

    def valid(self, values: Values, opacity: Values | None = None) -> Values:
        """Σ u,v kernel[u, v] · value + bias, for every window that lies wholly inside."""
        return weighted_sums(values, self.kernel, opacity) + self.bias

    def flipped(self) -> "NamedFilter":
        """The kernel turned by 180°: what correlation with it computes is true convolution.

        What it finds then lies the other way round, so the description says that it is turned.
        """
        kernel = self.kernel[::-1, ::-1]
        if np.array_equal(kernel, self.kernel):
            return self
        formula = self.formula and f"{self.formula}, rotated by 180°"
        return replace(self, kernel=kernel, description=turned(self.description), formula=formula)


@dataclass(frozen=True, eq=False)
class Magnitude:
    """How steep the picture is, whichever way: √(x² + y²) of two filters' sums.

    Raises:
        ValueError: the kernels differ in size.
    """

    name: str
    x: NamedFilter
    """What changes from left to right."""
    y: NamedFilter
    """What changes from top to bottom."""
    description: str
    formula: str = "√(x² + y²)"

    def __post_init__(self) -> None:
        if self.x.size != self.y.size:
            raise ValueError(
                f"filter {self.name!r}: kernels of {self.x.size} and {self.y.size}; "
                "two of one size are needed"
            )

    @property
    def size(self) -> Size:
        """(height, width) of both kernels."""
        return self.x.size

    @property
    def zero_sum(self) -> bool:
        """A length is never negative: nothing to see the sign of."""
        return False

    @property
    def matrices(self) -> Mapping[str, Matrix]:
        """Both kernels."""
        return {"x": self.x.kernel, "y": self.y.kernel}

    def colours(self, before: int) -> int:
        """Every colour is filtered alone."""
        return before

    def valid(self, values: Values, opacity: Values | None = None) -> Values:
        """√(x² + y²) for every window that lies wholly inside."""
        x, y = self.x.valid(values, opacity), self.y.valid(values, opacity)
        length: Values = np.sqrt(x * x + y * y)  # np.hypot takes ten times as long
        return length

    def flipped(self) -> "Magnitude":
        """Both kernels turned by 180°."""
        return replace(self, x=self.x.flipped(), y=self.y.flipped())


@dataclass(frozen=True, eq=False)
class LearnedFilter:
    """One filter of a trained network's first layer: a kernel for each of its input channels.

    Raises:
        ValueError: a kernel has no centre, or they are neither one nor three.
    """

    name: str
    kernels: tuple[Matrix, ...]
    """One, with which every colour is filtered alone; or three, whose sums over red, green and blue
    are added up, as the network does."""
    description: str
    formula: str = ""

    def __post_init__(self) -> None:
        if len(self.kernels) not in (1, 3):
            raise ValueError(
                f"filter {self.name!r}: {len(self.kernels)} input channels; "
                "1 (for every colour alone) or 3 (red, green, blue) are needed"
            )
        kernels = tuple(checked_kernel(self.name, kernel) for kernel in self.kernels)
        object.__setattr__(self, "kernels", kernels)

    @property
    def size(self) -> Size:
        """(height, width) of the kernels."""
        return self.kernels[0].shape

    @property
    def zero_sum(self) -> bool:
        """Whether sums of both signs are usual: a learned kernel is only ever about balanced."""
        return any(bool((kernel < 0).any()) for kernel in self.kernels)

    @property
    def matrices(self) -> Mapping[str, Matrix]:
        """The kernels by colour."""
        return dict(zip(("",) if len(self.kernels) == 1 else "RGB", self.kernels, strict=True))

    def colours(self, before: int) -> int:
        """One channel out of three.

        Raises:
            RequestError: it needs three and there are others.
        """
        if len(self.kernels) == 1:
            return before
        if before != 3:
            raise RequestError(
                f"{self.name} looks at red, green and blue; this picture has {before} colour"
                " channel" + ("" if before == 1 else "s")
            )
        return 1

    def valid(self, values: Values, opacity: Values | None = None) -> Values:
        """Σ u,v kernel[u, v] · value, over the colours too if there are three kernels."""
        if len(self.kernels) == 1:
            return weighted_sums(values, self.kernels[0], opacity)
        parts = [
            weighted_sums(values[:, :, c : c + 1], kernel, opacity)
            for c, kernel in enumerate(self.kernels)
        ]
        return parts[0] + parts[1] + parts[2]

    def flipped(self) -> "LearnedFilter":
        """Every kernel turned by 180°."""
        kernels = tuple(kernel[::-1, ::-1] for kernel in self.kernels)
        return replace(self, kernels=kernels, description=turned(self.description))


def turned(description: str) -> str:
    """What is said of a filter whose kernel is turned by 180°."""
    return f"Rotated by 180°. Unrotated: {description}"


def checked_kernel(name: str, kernel: npt.ArrayLike) -> Matrix:
    """The kernel as a read-only matrix of float64.

    Raises:
        ValueError: it is no matrix of finite numbers with odd height and width.
    """
    matrix = np.array(kernel, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] % 2 == 0 or matrix.shape[1] % 2 == 0:
        raise ValueError(
            f"filter {name!r}: kernel of shape {matrix.shape}; "
            "a matrix with odd height and width is needed, so that it has a centre"
        )
    if not np.isfinite(matrix).all():
        raise ValueError(f"filter {name!r}: the kernel must hold finite numbers only")
    matrix.flags.writeable = False
    return matrix


def weighted_sums(values: Values, kernel: Matrix, opacity: Values | None = None) -> Values:
    """Σ u,v kernel[u, v] · value[y + u, x + v], for every window that lies wholly inside.

    Where a neighbour is transparent, the colour c in the middle of the window stands in for it, in
    the share 1 − a: its value is a·v + (1 − a)·c. So what cannot be seen does not bleed into what
    can, nor does it darken it, and where all is of one colour a kernel sees one colour.

    Args:
        values: float64 (height, width, colours).
        kernel: (kernel height, kernel width), odd.
        opacity: a from 0 to 1, (height, width, 1); None if nothing is transparent.

    Returns:
        (height − kernel height + 1, width − kernel width + 1, colours).
    """
    from tuiconv_kernels import filter2d  # with Numba, not before there is something to filter

    if opacity is None or opacity.min() == 1:
        return inside(filter2d(values, kernel, "zero", threads=1), kernel.shape)
    seen = inside(filter2d(values * opacity, kernel, "zero", threads=1), kernel.shape)
    hidden = inside(filter2d(1 - opacity, kernel, "zero", threads=1), kernel.shape)
    sums: Values = seen + hidden * inside(values, kernel.shape)
    return sums


def inside(values: Values, size: Size) -> Values:
    """The part of a picture where the centres of windows lie that are wholly in it."""
    rows, columns = size[0] // 2, size[1] // 2
    return values[rows : len(values) - rows, columns : values.shape[1] - columns]
