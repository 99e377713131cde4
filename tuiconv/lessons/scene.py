"""What a lesson shows: titled panels of pictures, maps, numbers, curves, tables and text.

Panels hold numbers, not drawings: `tuiconv.render` draws a scene as text, and the explorer draws
the same scene on a screen. A panel that can be pointed at has a `key`, by which a screen knows it.
"""

from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from tuiconv.arithmetic.extents import Extent

Quantity: TypeAlias = Literal["pixels", "activations", "weights", "gradients"]
"""What the numbers of a map are; each has a palette of its own."""

Limits: TypeAlias = tuple[float, float]
"""The numbers at both ends of a scale."""

Cells: TypeAlias = tuple[tuple[int, int], ...]
"""Some of a grid, each as (row, column)."""


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
    size: tuple[int, int] | None = None
    """(height, width) of the picture, if these are only the means of squares of its pixels."""


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
    marked: Cells = ()
    """Numbers between bars, such as those under a window, as (row, column)."""
    padding: Cells = ()
    """Those that are no numbers of the map but its padding."""
    unreached: Cells = ()
    """Those that no window reaches."""
    unwritten: Cells = ()
    """Those that are not there yet."""


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
    below: tuple[str, ...] = ()
    """A last row below a rule, as of sums; nothing for none."""
    spare: tuple[int, ...] = ()
    """The columns that are left out where not all have room, the first of these first."""


@dataclass(frozen=True, eq=False)
class Confusion:
    """Counts: a row for every label, a column for every class it was read as."""

    title: str
    labels: tuple[str, ...]
    counts: npt.NDArray[Any]
    """(labels, labels)."""


@dataclass(frozen=True)
class UnitRow:
    """The units of a layer in a `Diagram`."""

    name: str
    note: str
    """What stands behind them, such as how many there are."""
    places: tuple[float, ...]
    """Of each unit the middle of what it sees, in inputs, from 0."""
    sees: tuple[tuple[int, int], ...] = ()
    """Of each unit the first and the last that it sees of the row before; nothing of inputs."""
    old: int = 0
    """So many of them, from the first on, were there before; the others are new."""
    marked: tuple[int, int] | None = None
    """The first and the last of those that are pointed out, in a diagram where some are."""


@dataclass(frozen=True)
class Diagram:
    """The units of a network of one dimension, and its connections: inputs below."""

    title: str
    rows: tuple[UnitRow, ...]
    """From the inputs on."""
    chosen: tuple[int, int | None]
    """The row that is pointed at, and which unit of it if it is a single one. Then only what
    belongs to it is drawn in full."""
    legend: tuple[str, str, str]
    """What units are called that were there before, that are new, and that no unit sees."""
    key: str = ""


@dataclass(frozen=True, eq=False)
class Sweep:
    """A picture, and below each place of it what a network that slid over it says there."""

    title: str
    pixels: npt.NDArray[np.uint8]
    """(height, width)."""
    labels: tuple[str, ...]
    shares: npt.NDArray[Any]
    """(labels, places), from 0 to 1."""
    step: int
    """Columns of the picture from one place to the next; each sees as many as the picture is
    high."""
    chosen: tuple[int, int]
    """The label and the place that are pointed at."""
    read: tuple[tuple[float, str], ...]
    """What is read out, and in the middle of which places."""
    limits: Limits = (0.0, 1.0)
    """As in `Maps`."""
    key: str = ""


@dataclass(frozen=True, eq=False)
class Canvas:
    """A drawing, the pen over it, and the one of its strokes that is chosen."""

    title: str
    ink: npt.NDArray[np.uint8]
    """(height, width), 0 for paper and 255 for ink."""
    chosen: npt.NDArray[np.uint8] | None = None
    """The ink of the chosen stroke alone."""
    pen: tuple[int, int] | None = None
    """(row, column)."""
    is_down: bool = False
    """Whether the pen draws as it moves."""
    key: str = ""


@dataclass(frozen=True)
class Text:
    """Lines to read."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """A text as someone wrote it, and where in it something is wrong."""

    title: str
    text: str
    caret: int | None = None
    """The place, from 0, below which a caret stands; that behind the last letter is one, too."""


@dataclass(frozen=True)
class Boxes:
    """Rectangles on the plane of an image, each inside the one before and with a letter of its own.

    They may reach beyond the image, where there is padding.
    """

    title: str
    boxes: tuple[tuple[Extent, Extent], ...]
    """Rows and columns of each, in pixels of the image."""
    size: tuple[int, int]
    """(height, width) of the image."""
    key: str = ""


Panel: TypeAlias = (
    Pixels
    | Signed
    | Maps
    | Map
    | Numbers
    | Chart
    | Bars
    | Table
    | Confusion
    | Text
    | Source
    | Boxes
    | Diagram
    | Sweep
    | Canvas
)


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
