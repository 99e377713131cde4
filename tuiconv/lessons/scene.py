"""What a lesson shows: titled panels of pictures, maps, numbers, curves, tables and text.

Panels hold numbers, not drawings: `tuiconv.render` draws a scene as text, and the explorer draws
the same scene on a screen. A panel that can be pointed at has a `key`, by which a screen knows it.
"""

from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal, TypeAlias

import numpy.typing as npt

Quantity: TypeAlias = Literal["pixels", "activations", "weights", "gradients"]
"""What the numbers of a map are; each has a palette of its own."""

Limits: TypeAlias = tuple[float, float]
"""The numbers at both ends of a scale."""


@dataclass(frozen=True)
class Frame:
    """A rectangle of cells from `first` to `last`, both included, as (row, column).

    It may reach beyond the map, where there is padding.
    """

    first: tuple[int, int]
    last: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Pixels:
    """A picture in its own colours."""

    title: str
    pixels: npt.NDArray[Any]
    """(height, width) or (height, width, channels), uint8 or uint16."""
    zoomed: bool = False
    """Whether single pixels are what is to be seen: none is left out where the width allows it."""
    frames: tuple[Frame, ...] = ()
    """As in `Map`. A picture with frames is as large as the room."""
    key: str = ""


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
    limits: Limits | None = None
    """As in `Maps`; the scale goes as far to either side of 0 as the farther of them."""
    key: str = ""


@dataclass(frozen=True, eq=False)
class Maps:
    """Feature maps that share one scale, small enough to be seen all at once."""

    title: str
    maps: npt.NDArray[Any]
    """(n, height, width); (n, 1, 1) for the units of a fully connected layer."""
    quantity: Quantity = "activations"
    limits: Limits | None = None
    """The scale's ends; None for those of these maps."""
    apart: bool = False
    """Whether every map has a scale of its own, that of its numbers; `limits` then do not count."""
    origin: int = 0
    """What the first of them is counted as, where these are a part of the maps."""
    chosen: int | None = None
    """The map that is pointed at."""
    key: str = ""


@dataclass(frozen=True, eq=False)
class Map:
    """One map as large as the room, with frames around what is pointed at."""

    title: str
    values: npt.NDArray[Any]
    """(height, width)."""
    quantity: Quantity = "activations"
    limits: Limits | None = None
    """As in `Maps`."""
    frames: tuple[Frame, ...] = ()
    """Drawn around their cells, so that no value inside is hidden."""
    key: str = ""


@dataclass(frozen=True, eq=False)
class Numbers:
    """A grid of numbers, each written out on its colour."""

    title: str
    values: npt.NDArray[Any]
    """(height, width)."""
    quantity: Quantity = "activations"
    limits: Limits | None = None
    """As in `Maps`."""
    chosen: tuple[int, int] | None = None
    """(row, column) of the number that is pointed at."""
    decimals: int = 3
    """How many are written; the panel says that they are rounded where they are."""
    origin: tuple[int, int] = (0, 0)
    """What the first row and column are counted as, where these are a part of a map."""
    key: str = ""


@dataclass(frozen=True, eq=False)
class Series:
    """A curve of a chart."""

    label: str
    x: npt.NDArray[Any]
    y: npt.NDArray[Any]
    joined: bool = True
    """Whether neighbouring points are joined; otherwise each is a dot."""
    colour: int | None = None
    """Which of the colours of curves it has; None for that of its place."""


@dataclass(frozen=True, eq=False)
class Chart:
    """Curves over common axes."""

    title: str
    series: tuple[Series, ...]
    y_range: Limits | None = None
    """None for the extent of the curves."""
    is_logarithmic: bool = False
    """Whether equal distances along y are equal factors; what is not above 0 is a gap."""


@dataclass(frozen=True, eq=False)
class Bars:
    """A share from 0 to 1 for every label."""

    title: str
    labels: tuple[str, ...]
    values: npt.NDArray[Any]
    marked: int | None
    """The label that would be right."""
    before: npt.NDArray[Any] | None = None
    """What the values were before something was changed, to be compared."""


@dataclass(frozen=True)
class Table:
    """Rows of texts below a head; columns of numbers stand to the right."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    chosen: int | None = None
    """The row that is pointed at."""
    key: str = ""


@dataclass(frozen=True, eq=False)
class Confusion:
    """Counts: a row for every label, a column for every class it was read as."""

    title: str
    labels: tuple[str, ...]
    counts: npt.NDArray[Any]
    """(labels, labels)."""


@dataclass(frozen=True)
class Text:
    """Lines to read."""

    title: str
    lines: tuple[str, ...]


Panel: TypeAlias = Pixels | Signed | Maps | Map | Numbers | Chart | Bars | Table | Confusion | Text


@dataclass(frozen=True, eq=False)
class Columns:
    """Columns of panels, beside each other where the width allows it, else below each other."""

    columns: tuple[tuple[Panel, ...], ...]


@dataclass(frozen=True, eq=False)
class Scene:
    """A title and the panels below it, in reading order."""

    title: str
    panels: tuple[Panel | Columns, ...]
    path: tuple[str, ...] = ()
    """Where one is, from the outside in: `("conv1", "map 3", "unit 4,5")`; nothing at the top."""
    help: tuple[str, ...] = ()
    """What there is to see, in sentences, a paragraph each."""
    code: tuple[str, ...] = ()
    """The operations that computed this, by their names in `tuiconv_kernels`."""

    @property
    def leaves(self) -> tuple[Panel, ...]:
        """The panels in reading order, those of columns one column after the other."""
        return tuple(
            panel
            for part in self.panels
            for panel in (chain(*part.columns) if isinstance(part, Columns) else (part,))
        )
