"""Filtering a picture: the kernels' `filter2d` on the colour channels, alpha left alone."""

from dataclasses import dataclass, replace
from typing import Any, TypeAlias, overload

import numpy as np
import numpy.typing as npt

from tuiconv.images.filters import NamedFilter, find_filter
from tuiconv.images.pictures import Picture
from tuiconv_kernels import filter2d
from tuiconv_kernels.filtering import Edge

Pixels: TypeAlias = npt.NDArray[Any]
"""uint8, uint16 or floats; (height, width) or (height, width, channels)."""


@dataclass(frozen=True, eq=False)
class Unclamped:
    """What a filter computes before the result is squeezed into the picture's number type."""

    values: npt.NDArray[np.float64]
    """The sums (height, width) or (height, width, colours), neither rounded nor clamped."""
    low: float
    """The smallest sum."""
    high: float
    """The largest sum."""
    below: int
    """How many sums round to less than the type holds, and become its smallest number."""
    above: int
    """How many sums round to more than the type holds, and become its largest number."""


@overload
def apply_filter(image: Picture, filter: str | NamedFilter, edge: Edge = ...) -> Picture: ...
@overload
def apply_filter(image: Pixels, filter: str | NamedFilter, edge: Edge = ...) -> Pixels: ...
def apply_filter(
    image: Picture | Pixels,
    filter: str | NamedFilter,
    edge: Edge = "reflect",
) -> Picture | Pixels:
    """The picture filtered by a named filter: same type, size and dtype as came in.

    Every colour channel is correlated with the kernel, rounded half to even and clamped to the
    dtype's range; alpha is kept as it is.

    Args:
        image: a `Picture`, or an array (height, width) or (height, width, channels) of uint8,
            uint16 or floats. An array of 2 or 4 channels is taken to end in alpha.
        filter: a name from `FILTERS`, or a filter of your own.
        edge: what lies beyond the border, as `filter2d` names it.

    Raises:
        ValueError: for an unknown filter or edge, or an array of another shape or dtype.
    """
    kernel = _kernel(filter)
    if isinstance(image, Picture):
        return replace(image, pixels=_filtered(image.pixels, kernel, edge))
    return _filtered(image, kernel, edge)


def unclamped(
    image: Picture | Pixels,
    filter: str | NamedFilter,
    edge: Edge = "reflect",
) -> Unclamped:
    """The sums a filter makes of the colour channels, and how many of them did not fit.

    Arguments and errors are those of `apply_filter`. For a picture of floats nothing is clamped.
    """
    pixels = image.pixels if isinstance(image, Picture) else image
    colours, _ = _split(pixels)
    values = filter2d(colours.astype(np.float64), _kernel(filter), edge)
    below = above = 0
    if np.issubdtype(pixels.dtype, np.integer):
        rounded = np.rint(values)
        below = int(np.count_nonzero(rounded < 0))
        above = int(np.count_nonzero(rounded > np.iinfo(pixels.dtype).max))
    return Unclamped(values, float(values.min()), float(values.max()), below, above)


def _kernel(named: str | NamedFilter) -> npt.NDArray[np.float64]:
    return (find_filter(named) if isinstance(named, str) else named).kernel


def _split(pixels: Pixels) -> tuple[Pixels, Pixels | None]:
    """The colour channels, and the alpha channel (height, width, 1) if there is one."""
    if pixels.ndim == 3 and pixels.shape[2] in (2, 4):
        return pixels[:, :, :-1], pixels[:, :, -1:]
    return pixels, None


def _filtered(pixels: Pixels, kernel: npt.NDArray[np.float64], edge: Edge) -> Pixels:
    colours, alpha = _split(pixels)
    result = filter2d(colours, kernel, edge)
    return result if alpha is None else np.concatenate((result, alpha), axis=2)
