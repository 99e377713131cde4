"""The operations that learning a batch consists of."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from tuiconv.nn.training import Trainer

Kind: TypeAlias = Literal["forward", "loss", "backward", "update"]


@dataclass(frozen=True)
class Operation:
    """One of the steps that learning a batch consists of."""

    kind: Kind
    layer: str = ""
    """The layer that goes forward or backward; empty for the loss and the update."""


def operations_of(trainer: Trainer) -> tuple[Operation, ...]:
    """What learning a batch consists of, in order; a loss may leave out a final SOFTMAX."""
    net = trainer.net
    layers = [layer.name for layer in net.layers[: net.seen(trainer.judge)]]
    return (
        *(Operation("forward", name) for name in layers),
        Operation("loss"),
        *(Operation("backward", name) for name in reversed(layers)),
        Operation("update"),
    )
