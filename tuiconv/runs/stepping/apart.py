"""A batch taken apart: what learning it does, one operation after the other.

The layers go forward and backward one by one, as in `Network.forward` and `backward`, with the
coins that the update is going to toss; the loss and the gradients of the parameters are the very
ones that it is going to use.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from tuiconv.data.dataset import Images
from tuiconv.nn.augmentation import Numbers
from tuiconv.nn.joins import Join, arriving, carry_back
from tuiconv.nn.layers import Array, Arrays, Labels, Layer
from tuiconv.nn.rehearsal import coins, rehearse
from tuiconv.nn.running import Batch
from tuiconv.nn.training import Trainer
from tuiconv.runs.stepping.operations import Operation


@dataclass(frozen=True, eq=False)
class InHand:
    """What is known of the batch that is taken apart, after the operations done so far.

    It never changes; every operation gives another one.
    """

    batch: Batch
    x: Array
    """The images as the network takes them, (n, channels, height, width)."""
    activations: Arrays
    """What left each layer, by its name; `input` for x."""
    loss: float | None = None
    """The mean over the batch."""
    correct: int | None = None
    """How many images have their label's class as the largest output."""
    gradients: Arrays = field(default_factory=dict)
    """The loss's gradient with respect to what left each layer, and to `input`."""
    parameter_gradients: Arrays = field(default_factory=dict)
    """The loss's gradient with respect to each parameter, such as conv1.weight; what weight decay
    and clipping make of it comes with the update."""
    used: Array | None = None
    """The gradients of all parameters, laid out as they are, as the update is going to use them."""
    coming_back: dict[int, Array] = field(default_factory=dict)
    """`gradients` by the layers' places, and those to which other branches still add."""

    @property
    def images(self) -> Images:
        """The images as they are stored, uint8."""
        return self.batch.images

    @property
    def labels(self) -> Labels:
        """Their classes."""
        return self.batch.labels

    @property
    def chosen(self) -> Numbers:
        """Which of the training images they are."""
        return self.batch.chosen


class Apart:
    """Does the operations of a batch, but for the update.

    Args:
        trainer: is going to learn the batch.
        batch: what it is going to learn.
    """

    def __init__(self, trainer: Trainer, batch: Batch) -> None:
        self.trainer, self.net, self.batch = trainer, trainer.net, batch
        self.names = ["input", *(layer.name for layer in self.net.layers)]
        self.layers = self.net.layers_with(coins(trainer))

    def first(self) -> InHand:
        """The batch before its first operation."""
        x = self.trainer.prepared(self.batch.images)
        return InHand(self.batch, x, {"input": x})

    def after(self, hand: InHand, operation: Operation) -> InHand:
        """What is known when one more operation is done."""
        match operation.kind:
            case "forward":
                return self.forward(hand, self.names.index(operation.layer))
            case "loss":
                return self.judged(hand)
            case _:
                return self.backward(hand, self.names.index(operation.layer))

    def forward(self, hand: InHand, place: int) -> InHand:
        """One layer forward."""
        layer = self.layers[place - 1]
        with unmoved(layer):
            output = layer.forward(*arriving(layer, [*hand.activations.values()]))
        return replace(hand, activations={**hand.activations, layer.name: output})

    def judged(self, hand: InHand) -> InHand:
        """The loss, and its gradient with respect to what it sees."""
        seen = self.net.seen(self.trainer.judge)
        output = hand.activations[self.names[seen]]
        gradient = self.net.loss_gradient(output, hand.labels, self.trainer.judge)
        found = rehearse(self.trainer, hand.images, hand.labels)
        return replace(
            hand,
            loss=found.score.loss,
            correct=found.score.correct,
            coming_back={seen: gradient},
            used=found.gradients,
            gradients={self.names[seen]: gradient},
        )

    def backward(self, hand: InHand, place: int) -> InHand:
        """One layer backward: the gradients of its parameters and of what it takes."""
        assert hand.used is not None
        layer, grads = self.layers[place - 1], dict(hand.coming_back)
        inputs = arriving(layer, [*hand.activations.values()])
        scratch = {name: np.empty_like(array) for name, array in layer.parameters.items()}
        parts = carry_back(layer, grads[place], inputs, scratch)
        for source, part in zip(layer.spec.sources, parts, strict=True):
            # what feeds several layers has a part in the loss through each of them
            with np.errstate(all="ignore"):
                grads[source] = grads[source] + part if source in grads else part
        # the other layers that take from a source stand behind this one, if it is the first
        known = {
            self.names[source]: grads[source]
            for source in layer.spec.sources
            if not any(source in earlier.spec.sources for earlier in self.layers[: place - 1])
        }
        own = self.net.views(hand.used)[layer.name]
        named = {f"{layer.name}.{name}": array for name, array in own.items()}
        return replace(
            hand,
            gradients={**hand.gradients, **known},
            parameter_gradients={**hand.parameter_gradients, **named},
            coming_back=grads,
        )


@contextmanager
def unmoved(layer: Layer | Join) -> Iterator[None]:
    """Put back the running statistics that a layer moves when it goes forward in training."""
    kept = {n: array.copy() for n, array in layer.buffers.items()} if layer.joins_images else {}
    yield
    for name, array in kept.items():
        layer.buffers[name][...] = array
