"""What is looked at in a network."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from tuiconv.lessons.view import Depth

Shown: TypeAlias = Literal["activations", "weights", "gradients"]
Field: TypeAlias = Literal["seen", "effective", "reached"]
"""Of a unit: what it sees, how strongly each pixel of that moves it, or what depends on it."""
Cell: TypeAlias = tuple[int, int]
"""(row, column), from 0."""

MOST_NOISE: Final = 2.0


@dataclass(frozen=True)
class NetworkView:
    """A network, a digit, and a place in them; None and "" are filled in by the lesson."""

    model: str = "lenet5"
    """`lenet5` for the trained one, a checkpoint, a preset, or a text in the pattern language."""
    data: str = "strokes"
    """Whose test images are read."""
    digit: int = 0
    """Which of them, from 0."""
    wrong: bool = False
    """Whether only those are shown that are read wrong."""
    layer: str = ""
    show: Shown = "activations"
    map: int | None = None
    """Which map of the layer, or which kernel."""
    unit: Cell | None = None
    """The place in the map, or in the kernel."""
    part: int = 0
    """Of a unit's sum, the part that is opened: a channel, or a row of places."""
    field: Field = "seen"
    noise: float = 0.0
    """Standard deviation of what is added to every pixel, as a share of white."""
    shift: Cell = (0, 0)
    """Pixels down and to the right."""
    occlude: Cell | None = None
    """The middle of a square that is made black."""
    depth: Depth = "overview"
    range: str = "layer"
