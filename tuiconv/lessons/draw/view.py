"""What is looked at of a drawing."""

from dataclasses import dataclass
from typing import Final

from tuiconv.lessons.network.view import Cell, Field
from tuiconv.lessons.view import Depth

SIDE: Final = 28
"""Pixels of the canvas down and across, as many as MNIST's images have."""
THINNEST: Final = 1.0
BROADEST: Final = 6.0
"""Pixels across of the pen."""


@dataclass(frozen=True)
class DrawView:
    """A drawing, the pen, and a place in the network that reads it.

    None and "" are filled in by the lesson.
    """

    template: int | None = None
    """The digit that was there first; None for an empty canvas."""
    ink: str = ""
    """What was drawn, as `drawing.Strokes` are written; "" for the template as it is."""
    thickness: float = 2.4
    """Pixels across of the pen."""
    pen: Cell = (6, 14)
    """The pixel that the pen is over."""
    down: bool = False
    """Whether the pen draws as it moves."""
    stroke: int | None = None
    """The stroke that moves instead of the pen."""
    model: str = "lenet5"
    """As in `NetworkView`, and so are the fields below."""
    layer: str = ""
    map: int | None = None
    unit: Cell | None = None
    part: int = 0
    field: Field = "seen"
    depth: Depth = "overview"
    range: str = "layer"
