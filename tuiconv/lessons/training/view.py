"""What is looked at in training: how the run was made, where it stands, and what of it is shown."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from tuiconv.lessons.view import Depth

Panels: TypeAlias = Literal["maps", "chain-rule", "confusion"]
"""Curves and the maps of a layer; the chain rule with this step's numbers; what is mixed up."""
PANELS: Final[tuple[Panels, ...]] = get_args(Panels)

Shown: TypeAlias = Literal["activations", "gradients", "weights", "weight-gradients", "change"]
"""Of a layer: what leaves it and the loss's gradient there; its weights, the loss's gradient with
respect to them, and what the last update added to them."""
SHOWN: Final[tuple[Shown, ...]] = get_args(Shown)


@dataclass(frozen=True)
class TrainingView:
    """The settings of the Training screen.

    The first fields make the run: with them, `batches`, `operation` and `changes` a command line
    gets the same parameters, bit for bit.
    """

    net: str = "lenet5"
    data: str = "strokes"
    seed: int = 0
    optimizer: str = "sgd"
    lr: float | None = None
    """None for the optimiser's own."""
    momentum: float | None = None
    """None for the optimiser's own."""
    batch_size: int = 64
    weight_decay: float = 0.0
    changes: str = ""
    """Settings that were changed on the way, such as `120:lr=0.05;200:momentum=0.5`."""
    batches: int = 0
    """How many have been learned from."""
    operation: str = ""
    """The last one done of the batch that is taken apart, such as `backward:conv2`; of `update` it
    is the batch learned last. None between two batches."""
    setting: str = "lr"
    """Which one the keys + and − change."""
    panels: Panels = "maps"
    layer: str = ""
    """The layer looked at; the first one for none."""
    show: Shown = "activations"
    digit: int = 0
    """Of the batch that is taken apart, else of the test images."""
    map: int = 0
    """Which map or kernel of the layer."""
    unit: tuple[int, int] | None = None
    """Row and column of what is pointed at in it; None for the middle."""
    part: int = 0
    """Of a number's sum, the part that is opened."""
    depth: Depth = "overview"
    range: str = "layer"
