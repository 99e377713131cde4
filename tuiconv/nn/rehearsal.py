"""A step of training up to its update: with which gradients the network is going to learn."""

from dataclasses import dataclass

from tuiconv.data.dataset import Images
from tuiconv.nn.coins import Coins
from tuiconv.nn.layers import Array, Labels
from tuiconv.nn.optimizers import Optimizer
from tuiconv.nn.scoring import Score
from tuiconv.nn.team import Team
from tuiconv.nn.together import Learning
from tuiconv.nn.training import Trainer
from tuiconv_kernels.coins import number
from tuiconv_kernels.passes import copy
from tuiconv_kernels.weighted import Call


@dataclass(frozen=True, eq=False)
class Rehearsal:
    """What a step of training finds out before it updates the parameters."""

    score: Score
    gradients: Array
    """Of all parameters, laid out as they are, before weight decay and clipping."""


class Keeping(Optimizer):
    """Keeps the gradients, and leaves the parameters as they are."""

    MEMORY = ("gradients",)

    def update(self, gradients: Array, part: slice = slice(None), images: int = 1) -> Call:
        return copy, (gradients[part], self.memory["gradients"][part])


def rehearse(trainer: Trainer, images: Images, labels: Labels) -> Rehearsal:
    """What `trainer.learn` would find out now about these images, to the last bit.

    Nothing is changed.
    """
    net = trainer.net
    keeping = Keeping(net.parameters, lr=0.0)
    keeping.steps = trainer.steps
    seed = trainer.dropout_seed or 0
    learning = Learning(Team(1), 1, net, keeping, len(images), None, trainer.judge, seed)
    moved = [a for each in net.layers if each.joins_images for a in each.buffers.values()]
    statistics = [array.copy() for array in moved]
    score = learning.run(trainer.prepared(images), labels)
    for array, before in zip(moved, statistics, strict=True):
        array[...] = before
    return Rehearsal(score, keeping.memory["gradients"])


def coins(trainer: Trainer) -> Coins:
    """What the images of the next batch toss by."""
    return Coins(number(trainer.dropout_seed or 0, trainer.steps + 1))
