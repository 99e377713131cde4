"""What a training run reports, in order: start, many steps, an epoch, …, end."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias

Reason: TypeAlias = Literal["epochs", "until", "cancelled", "diverged"]
"""Why a run ends: all epochs done, its condition met, stopped by hand, or a loss that is none."""


@dataclass(frozen=True)
class RunStart:
    """Training begins."""

    event: ClassVar[str] = "start"

    spec: str
    """The network in the layer-pattern language."""
    parameters: int
    train: str
    """The name of the training set."""
    train_images: int
    test: str
    test_images: int
    epochs: int
    batches: int
    """Batches in an epoch."""
    batch_size: int
    optimizer: str
    lr: float
    momentum: float | None
    """None for an optimiser that has none."""
    weight_decay: float
    clip: float | None
    """How long the gradients may be together; None for any length."""
    schedule: str
    """The name of how the learning rate changes."""
    loss: str
    """What the losses of all events are, such as `cross_entropy`."""
    threads: int


@dataclass(frozen=True)
class BatchDone:
    """One mini-batch has been learned from."""

    event: ClassVar[str] = "step"

    epoch: int
    """From 1."""
    batch: int
    """Within the epoch, from 1."""
    batches: int
    """Batches in an epoch."""
    loss: float
    """Mean over this batch, before the update."""
    accuracy: float
    """Share of this batch that was classified right, before the update."""
    lr: float
    """Of this batch: the schedule's factor is in it."""
    images_per_second: float
    """Since the run began, training only."""


@dataclass(frozen=True)
class EpochDone:
    """Every training image has been seen once more, and the test images have been read."""

    event: ClassVar[str] = "epoch"

    epoch: int
    epochs: int
    train_loss: float
    """Mean of the epoch's batches, while the network was changing."""
    train_accuracy: float
    test_loss: float
    test_accuracy: float
    seconds: float
    """Of learning and testing since the run began; what is done between two events is left out."""


@dataclass(frozen=True)
class RunEnd:
    """Training is over; the accuracy is None when it ended before the first epoch did."""

    event: ClassVar[str] = "end"

    epochs: int
    """Epochs completed."""
    test_accuracy: float | None
    seconds: float
    """Of learning and testing since the run began."""
    images_per_second: float
    """Training images per second of training."""
    reason: Reason


@dataclass(frozen=True)
class Health:
    """What a look at some training images tells of a network, by `tuiconv.nn.health.examine`."""

    gradient_norm: float | None
    """√Σg² over the gradients of all parameters, of the mean loss of 64 of the images; None where
    it is no finite number."""
    dead_units: dict[str, float]
    """By activation layer, the share of its units that are 0 (ReLU, shrinkage), 0 or 6 (ReLU6) or
    saturated (tanh, sigmoid: within a hundredth of their limits) for every image, and so learn
    nothing. A map counts as one unit, as its places share a kernel, unless they have weights of
    their own."""
    constant_output: bool
    """Whether every image gets the same class with the same probability of every class to within a
    hundredth, although the images are of several classes."""


Event: TypeAlias = RunStart | BatchDone | EpochDone | RunEnd


def to_json(event: Event) -> dict[str, Any]:
    """The event as a JSON object, its kind under `event`."""
    return {"event": event.event, **vars(event)}
