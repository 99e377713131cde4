"""What is looked at in a convolution: an example, how the window slides, and a place in it."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from tuiconv.lessons.view import Depth

Pair: TypeAlias = tuple[int, int]
"""(vertical, horizontal), or (row, column)."""

Example: TypeAlias = Literal["lecture", "digit", "channels", "filters"]
EXAMPLES: Final[tuple[Example, ...]] = get_args(Example)

Operation: TypeAlias = Literal[
    "correlation", "flipped", "transposed", "max", "average", "lp", "log-prob"
]
"""What networks call convolution; that of mathematics, whose kernel is turned; the one that
enlarges; and the pools."""
OPERATIONS: Final[tuple[Operation, ...]] = get_args(Operation)
POOLS: Final = ("max", "average", "lp", "log-prob")

At: TypeAlias = Literal["output", "weight", "input"]
"""Which grid the cursor is in."""
PLACES: Final[tuple[At, ...]] = get_args(At)

Axis: TypeAlias = Literal["both", "rows", "columns"]
AXES: Final[tuple[Axis, ...]] = get_args(Axis)


@dataclass(frozen=True)
class ConvolutionView:
    """An example and a place in it; what is None is as the example has it."""

    example: Example = "lecture"
    operation: Operation = "correlation"
    kernel: Pair | None = None
    """Rows and columns of the kernel or of the pool's window."""
    stride: Pair | None = None
    padding: Pair | None = None
    """Rows above and below, and columns left and right."""
    behind: Pair | None = None
    """Rows below and columns on the right, where these are others than above and on the left."""
    dilation: Pair | None = None
    power: float = 2.0
    """The p of L_p pooling."""
    beta: float = 1.0
    """How sharp log-prob pooling is."""
    at: At = "output"
    map: int = 0
    """Of the output."""
    channel: int = 0
    """Of the input."""
    cell: Pair | None = None
    """The place in the grid that the cursor is in."""
    term: int = 0
    """Of a sum, the product that is pointed at."""
    backward: bool = False
    """Whether gradients are shown."""
    so_far: bool = False
    """Whether only those outputs are shown that the window has come to."""
    setting: str = "operation"
    """Which one the keys + and − change."""
    axis: Axis = "both"
    """Along what they change it."""
    depth: Depth = "overview"
    range: str = "unit"
