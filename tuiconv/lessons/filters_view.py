"""What is looked at of a picture and its filters."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from tuiconv.lessons.view import Depth

Shown: TypeAlias = Literal["both", "before", "after", "difference", "kernel"]
SHOWN: Final[tuple[Shown, ...]] = get_args(Shown)

Edge: TypeAlias = Literal["zero", "replicate", "reflect", "wrap"]
"""What lies beyond the border, as `filter2d` names it."""
EDGES: Final[tuple[Edge, ...]] = get_args(Edge)

Stored: TypeAlias = Literal["auto", "clamp", "signed", "abs", "minmax"]
"""How sums become pixels. Of "auto" they are clamped, but drawn as sums where flat areas are 0."""
STORED: Final[tuple[Stored, ...]] = get_args(Stored)


@dataclass(frozen=True)
class FiltersView:
    """Filters, a picture, and a pixel of what comes out."""

    filter: str = "sharpen"
    """As `parse_filters` reads it: a name, numbers, a kernel in brackets, several joined by |."""
    image: str = ""
    """A file; "" for the picture that comes with the program."""
    edge: Edge = "reflect"
    stored: Stored = "auto"
    show: Shown = "both"
    """What is shown of the whole picture."""
    edit: bool = False
    """Whether the numbers of the last filter's kernel stand where the list of filters does."""
    cell: tuple[int, int] | None = None
    """Row and column of the number that is edited; None for the middle."""
    setting: str = ""
    """What the keys + and − change; the first of the row where there is no such setting."""
    pixel: tuple[int, int] | None = None
    """(x, y): column and row of the filtered picture, from 0; None for the middle."""
    depth: Depth = "overview"
    range: str = "unit"
    """What shares a scale: the pixels in sight, all of the picture, or the sums that pixels can
    have; or LOW:HIGH."""


FIRST: Final = FiltersView()
