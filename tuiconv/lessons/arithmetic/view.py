"""What is looked at of a network's arithmetic."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from tuiconv.lessons.view import Depth

Number: TypeAlias = Literal["size", "parameters", "multiply-adds", "memory", "sees"]
"""Of a layer: what leaves it, what it learns, what it costs, what it takes, how far it looks."""
NUMBERS: Final[tuple[Number, ...]] = get_args(Number)
Setting: TypeAlias = Literal["batch", "bytes", "training"]
"""What the memory depends on besides the network."""
SETTINGS: Final[tuple[Setting, ...]] = get_args(Setting)
Cell: TypeAlias = tuple[int, int]
"""(row, column), from 0."""


@dataclass(frozen=True)
class ArithmeticView:
    """A network as a text, and a layer, a unit and a number of it."""

    net: str = "lenet5"
    """A text in the pattern language, a preset, or `lecture-listing`, which has two faults."""
    exercise: bool = False
    """Whether the faults of the lecture's listing are to be found in it."""
    other: str = ""
    """A network to compare with, as `net`; none if it is empty."""
    layer: str = ""
    """The one looked at; the first behind INPUT for none."""
    unit: Cell | None = None
    """A place in the maps of the layer; None for the middle."""
    number: Number = "size"
    """Which of the layer's numbers is worked out."""
    setting: Setting = "batch"
    """Which one the keys + and − change."""
    batch: int = 1
    """Images at once."""
    bytes: int = 4
    """Of every number: 4 or 8."""
    training: str = "none"
    """The optimiser whose memory counts; none for a network that only runs forward."""
    depth: Depth = "overview"
    range: str = "layer"
    """Has no meaning here: there are no colours that stand for numbers."""
