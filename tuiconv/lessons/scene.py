"""What a lesson shows: titled panels of pictures, maps, curves, bars and text.

Panels hold numbers, not drawings: `tuiconv.render` draws a scene as text, and the explorer's
widgets draw the same panels on a screen.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class Pixels:
    """A picture in its own colours."""

    title: str
    pixels: npt.NDArray[Any]
    """(height, width) or (height, width, channels), uint8 or uint16."""
    zoomed: bool = False
    """Whether single pixels are what is to be seen: none is left out where the width allows it."""


@dataclass(frozen=True, eq=False)
class Signed:
    """Numbers of both signs on the plane of a picture; 0 is in the middle of the scale."""

    title: str
    values: npt.NDArray[Any]
    """(height, width), finite."""
    zoomed: bool = False
    """As in `Pixels`."""
    size: tuple[int, int] | None = None
    """(height, width) of the plane, if these are only the strongest of its numbers."""


@dataclass(frozen=True, eq=False)
class Maps:
    """Feature maps that share one scale."""

    title: str
    maps: npt.NDArray[Any]
    """(n, height, width); (n, 1, 1) for the units of a fully connected layer."""
    grey: bool = False
    """Whether the numbers are the greys of a picture."""


@dataclass(frozen=True, eq=False)
class Curve:
    """A number over the course of a run."""

    title: str
    values: npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Bars:
    """A share from 0 to 1 for every label."""

    title: str
    labels: tuple[str, ...]
    values: npt.NDArray[Any]
    marked: int | None
    """The label that would be right."""


@dataclass(frozen=True)
class Text:
    """Lines to read."""

    title: str
    lines: tuple[str, ...]


Panel: TypeAlias = Pixels | Signed | Maps | Curve | Bars | Text


@dataclass(frozen=True, eq=False)
class Scene:
    """A title and the panels below it, in reading order."""

    title: str
    panels: tuple[Panel, ...]
