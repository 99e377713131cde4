"""What is looked at: a pyramid of units over so many inputs, or a line of digits."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from tuiconv.lessons.view import Depth

Shown: TypeAlias = Literal["units", "line"]
"""A network of one dimension, unit by unit; or LeNet-5 on a line of digits."""


@dataclass(frozen=True)
class DynamicView:
    """Settings of both."""

    show: Shown = "units"
    length: int = 10
    """Inputs of the network of one dimension."""
    layer: str = "pool2"
    unit: int = 0
    """Of that layer."""
    data: str = ""
    """Whose test images the digits of the line are; filled in by the lesson."""
    digits: str = ""
    """What is written in the line; nothing for five digits by chance."""
    line: int = 0
    """The number of the line: which digits, and whose handwriting."""
    apart: int = 28
    """Columns from the middle of one digit to that of the next."""
    columns: int | None = None
    """Columns of the picture; None for as many as the digits need."""
    place: int | None = None
    """Of the network over the picture; None for the middle of the first digit read."""
    label: int | None = None
    """A class; None for the most probable one at the place."""
    depth: Depth = "overview"
    range: str = "layer"
