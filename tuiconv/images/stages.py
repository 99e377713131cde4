"""A picture on its way through filters, band by band: only the rows asked for are computed.

Every filter of a row is a convolution layer with the same edge, stride and padding. What goes from
one to the next are sums in float64, neither rounded nor clamped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from tuiconv.arithmetic.sizes import Pair, Window
from tuiconv.errors import RequestError, unknown
from tuiconv.images.filters.filter import Filter, Values, inside

if TYPE_CHECKING:
    from tuiconv_kernels.filtering import Edge

EDGES: "Final[tuple[Edge, ...]]" = ("zero", "replicate", "reflect", "wrap")
"""What may stand around a picture, as `filter2d` names it."""


@dataclass(frozen=True, eq=False)
class Band:
    """Some rows of a picture."""

    values: Values
    """Colours, float64 (height, width, colours)."""
    opacity: Values | None
    """Alpha from 0 to 1, float64 (height, width, 1); None if everything is opaque."""


class Rows(Protocol):
    """A picture of which one can ask for rows."""

    @property
    def height(self) -> int:
        """Rows there are."""

    @property
    def width(self) -> int:
        """Columns there are."""

    @property
    def colours(self) -> int:
        """Colour channels there are."""

    def rows(self, first: int, end: int) -> Band:
        """The rows from `first` to `end` − 1."""


class Source:
    """A picture as it came.

    Args:
        pixels: (height, width) or (height, width, channels), numbers of any type.
        has_alpha: whether the last channel is alpha.
        opaque: the alpha of an opaque pixel.
    """

    def __init__(self, pixels: npt.NDArray[Any], has_alpha: bool, opaque: float) -> None:
        self.height, self.width = pixels.shape[:2]
        self._pixels = pixels.reshape(self.height, self.width, -1)
        self._has_alpha, self._opaque = has_alpha, opaque
        self.colours = self._pixels.shape[2] - has_alpha

    def rows(self, first: int, end: int) -> Band:
        values = self._pixels[first:end].astype(np.float64)
        if not self._has_alpha:
            return Band(values, None)
        return Band(values[:, :, :-1], values[:, :, -1:] / self._opaque)


class Stage:
    """What a filter makes of the picture, or of the stage, below it.

    output = ⌊(input + 2 · padding − kernel) / stride⌋ + 1, along each axis.

    Args:
        below: what the filter is laid on.
        applied: the filter.
        edge: what lies beyond the border, as `filter2d` names it.
        stride: from one window to the next.
        padding: rows and columns laid around; None for as many as keep the size at stride 1.

    Raises:
        RequestError: no window fits, the filter needs other colours, or there is no such edge.
    """

    def __init__(
        self,
        below: Rows,
        applied: Filter,
        edge: "Edge" = "reflect",
        stride: Pair = (1, 1),
        padding: Pair | None = None,
    ) -> None:
        if edge not in EDGES:
            raise unknown("edge", edge, EDGES)
        height, width = applied.size
        around = (height // 2, width // 2) if padding is None else padding
        self.below, self.applied, self.edge = below, applied, edge
        self.window = Window((height, width), stride, around)
        self.colours = applied.colours(below.colours)
        self.height, self.width = (
            output_size(self.window, size, axis, applied.name)
            for axis, size in enumerate((below.height, below.width))
        )

    @property
    def padded(self) -> tuple[int, int]:
        """(height, width) of what the filter is laid on, padding included."""
        rows, columns = self.window.before
        return self.below.height + 2 * rows, self.below.width + 2 * columns

    @cached_property
    def row_sources(self) -> npt.NDArray[np.int64]:
        """For every row of the padded picture the row that stands there, −1 for black."""
        return around(self.below.height, self.window.before[0], self.edge)

    @cached_property
    def column_sources(self) -> npt.NDArray[np.int64]:
        """For every column of the padded picture the column that stands there, −1 for black."""
        return around(self.below.width, self.window.before[1], self.edge)

    def rows(self, first: int, end: int) -> Band:
        """The sums of the rows from `first` to `end` − 1, with the opacity of their centres."""
        window, (down, across) = self.windows(first, end), self.window.stride
        values = self.applied.valid(window.values, window.opacity)[::down, ::across]
        if window.opacity is None:
            return Band(values, None)
        return Band(values, inside(window.opacity, self.applied.size)[::down, ::across])

    def windows(self, first: int, end: int) -> Band:
        """All that the windows of the rows from `first` to `end` − 1 lie on, padding included.

        The window of column x begins at column x · stride.
        """
        stride, height = self.window.stride[0], self.applied.size[0]
        wanted = self.row_sources[first * stride : (end - 1) * stride + height]
        there = np.unique(wanted[wanted >= 0])
        if not len(there):  # nothing but black: any row tells how many colours, and of alpha
            there = np.zeros(1, np.int64)
        runs = np.split(there, np.flatnonzero(np.diff(there) > 1) + 1)
        bands = [self.below.rows(int(run[0]), int(run[-1]) + 1) for run in runs]
        places = np.where(wanted < 0, -1, np.searchsorted(there, wanted))
        values = taken([band.values for band in bands], places, self.column_sources, 0.0)
        if bands[0].opacity is None:
            return Band(values, None)
        opacities = [band.opacity for band in bands if band.opacity is not None]
        return Band(values, taken(opacities, places, self.column_sources, 1.0))


def check_kernels_fit(stages: Sequence[Stage]) -> None:
    """Refuse a kernel that is larger than what it is laid on.

    Raises:
        RequestError: more would be made up than seen, and nobody has said how.
    """
    for stage in stages:
        (height, width), below = stage.applied.size, stage.below
        if height > below.height or width > below.width:
            raise RequestError(
                f"{stage.applied.name}: the kernel, {width}×{height} pixels, is larger than the"
                f" picture, {below.width}×{below.height}; --edge says what stands around it, such"
                " as --edge reflect"
            )


def around(size: int, padding: int, edge: "Edge") -> npt.NDArray[np.int64]:
    """For the places of an axis, padding included: the pixel that stands there, −1 for black."""
    from tuiconv_kernels.filtering import sources  # with Numba, not before there is a picture

    return sources(size, padding, edge)


def output_size(window: Window, size: int, axis: int, name: str) -> int:
    """How many windows there are along an axis.

    Raises:
        RequestError: there are none.
    """
    places = window.output_size(size, axis)
    if places < 1:
        formula, what = window.formula(size, axis), ("high", "wide")[axis]
        raise RequestError(
            f"{name}: the kernel, {window.kernel_size[axis]} pixels {what}, does not fit into a"
            f" picture {size} pixels {what}: {formula}; more padding or a smaller kernel is needed"
        )
    return places


def taken(
    bands: list[Values], rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64], beyond: float
) -> Values:
    """Rows and columns of some bands that lie below each other; `beyond` for the places −1.

    In the middle of the columns, all that there are stand in order.
    """
    stacked = bands[0] if len(bands) == 1 else np.concatenate(bands)
    width = stacked.shape[1]
    left = (len(columns) - width) // 2
    chosen: Values = np.empty((len(rows), len(columns), stacked.shape[2]))
    chosen[:, left : left + width] = stacked.take(rows, axis=0, mode="clip")
    for around in (slice(left), slice(left + width, None)):
        chosen[:, around] = chosen[:, left + columns[around]]
    chosen[rows < 0] = beyond
    chosen[:, columns < 0] = beyond
    return chosen
