"""What a training run reports, in order: start, many batches, an epoch, …, end."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar, TypeAlias


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
    threads: int


@dataclass(frozen=True)
class BatchDone:
    """One mini-batch has been learned from."""

    event: ClassVar[str] = "batch"

    epoch: int
    """From 1."""
    batch: int
    """Within the epoch, from 1."""
    batches: int
    """Batches in an epoch."""
    loss: float
    """Mean cross-entropy of this batch, before the update."""
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
    """Since the run began."""


@dataclass(frozen=True)
class RunEnd:
    """Training is over; the accuracy is None when it was cancelled before the first epoch ended."""

    event: ClassVar[str] = "end"

    epochs: int
    """Epochs completed."""
    test_accuracy: float | None
    seconds: float
    """The whole run, testing included."""
    images_per_second: float
    """Training images per second of training."""
    cancelled: bool


Event: TypeAlias = RunStart | BatchDone | EpochDone | RunEnd


def to_json(event: Event) -> dict[str, Any]:
    """The event as a JSON object, its kind under `event`."""
    return {"event": event.event, **asdict(event)}
