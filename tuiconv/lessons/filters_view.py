"""What is looked at of a picture and a filter."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from tuiconv.lessons.view import Depth

Shown: TypeAlias = Literal["both", "before", "after", "difference", "kernel"]
SHOWN: Final[tuple[Shown, ...]] = get_args(Shown)


@dataclass(frozen=True)
class FiltersView:
    """A filter, a picture, and a pixel of what comes out."""

    filter: str = "sharpen"
    """As `parse_filters` reads it: a name, numbers, several joined by |."""
    image: str = ""
    """A file; "" for the picture that comes with the program."""
    show: Shown = "both"
    """What is shown of the whole picture."""
    pixel: tuple[int, int] | None = None
    """(x, y): column and row of the filtered picture, from 0; None for the middle."""
    depth: Depth = "overview"
    range: str = "unit"
    """What shares a scale: the pixels in sight, all of the picture, or the sums that pixels can
    have; or LOW:HIGH."""


FIRST: Final = FiltersView()
