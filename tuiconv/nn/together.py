"""What a team does with a batch: each member takes some chunks of it, all in one job.

A job writes to memory of its own, so that it is built once and run often.
"""

import itertools
import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from tuiconv.nn.coins import Coins
from tuiconv.nn.compiled import IMAGES, Compiled
from tuiconv.nn.layers import Array, Labels
from tuiconv.nn.losses import CROSS_ENTROPY, Loss
from tuiconv.nn.optimizers import Optimizer
from tuiconv.nn.scoring import Score
from tuiconv.nn.team import Job, Team
from tuiconv_kernels.chain import Shape
from tuiconv_kernels.coins import number
from tuiconv_kernels.lanes import LANES
from tuiconv_kernels.optimizers import measure, shorten
from tuiconv_kernels.passes import accumulate, add_rows, copy, put
from tuiconv_kernels.weighted import Call

if TYPE_CHECKING:
    from tuiconv.nn.network import Network

MOST_SUMS = 16
"""Parts of a batch whose gradients are kept apart; of more, neighbours are added up at once."""

Entrance: TypeAlias = tuple[int, int, slice]
"""Where images enter: which member's, which of its calls, and which part of the batch."""


class Learning:
    """A step of training.

    Args:
        team: who does it.
        members: how many of the team; the numbers are the same for any number.
        net: learns.
        optimizer: updates its parameters.
        images: how many there are in the batch.
        clip: the most that the gradients of all parameters may be long together; None for any.
        loss: what is to become smaller.
        seed: what layers that toss coins toss by, together with the number of the step.
    """

    def __init__(
        self,
        team: Team,
        members: int,
        net: "Network",
        optimizer: Optimizer,
        images: int,
        clip: float | None = None,
        loss: Loss = CROSS_ENTROPY,
        seed: int = 0,
    ) -> None:
        dtype = net.parameters.dtype
        channels, height, width = net.spec.input
        net.check_batch(images)
        size = images if net.joins_images else chunk_size(images)
        parts = chunks(images, size)
        groups = [parts[group] for group in chunks(len(parts), -(-len(parts) // MOST_SUMS))]
        members = min(members, len(groups))
        # where each group's gradients belong and, behind them, where the members write theirs;
        # these are the last members' places if every group is a single part
        scratch = members if len(groups) < len(parts) else 0
        gradients = np.zeros((len(groups) + scratch, len(net.parameters)), dtype)
        homes = gradients[-members:]
        coins = [Coins() for _ in homes]
        bound = [
            Compiled(net, (channels, height, width), size, *own)
            for own in zip(homes, coins, strict=True)
        ]
        x = np.zeros((images, *net.spec.input), dtype)
        self._team = team
        self._labels = np.zeros(images, np.int64)
        self._verdicts = np.zeros((len(parts), 2))
        learn: list[list[Call]] = [[] for _ in bound]
        self._entrances: list[Entrance] = []
        for k, group in enumerate(groups):
            member = (k - len(groups)) % members
            for part in group:
                if net.is_random:
                    learn[member].append((put, (coins[member].numbers, 1, part.start)))
                self._entrances.append((member, len(learn[member]), part))
                verdict = self._verdicts[part.start // size]
                learn[member] += bound[member].learning(
                    x[part], self._labels[part], 1 / images, verdict, loss
                )
                if scratch or k < len(groups) - members:
                    collect = copy if part is group[0] else accumulate
                    learn[member].append((collect, (homes[member], gradients[k])))
        pieces = slices(len(net.parameters), members)
        add: list[list[Call]] = [
            [(add_rows, (gradients, len(groups), each.start, each.stop))] for each in pieces
        ]
        update = [[optimizer.update(gradients[0], each, images)] for each in pieces]
        if clip is None:
            stages = [learn, in_a_row(add, update)]
        else:
            factor = np.ones(1)
            # by one member, so that the sum does not depend on how many there are
            length: list[list[Call]] = [
                [(measure, (gradients[0], clip, factor))],
                *([] for _ in pieces[1:]),
            ]
            cut: list[list[Call]] = [[(shorten, (gradients[0, each], factor))] for each in pieces]
            stages = [learn, add, length, in_a_row(cut, update)]
        self._optimizer = optimizer
        self._coins, self._seed = (coins if net.is_random else []), seed
        self._job = Job(team, stages, dtype)

    def run(self, x: Array, labels: Labels) -> Score:
        """Learn a batch with its classes; return its score before the update.

        Args:
            x: (n, c, h, w), contiguous, in the dtype of the parameters.
            labels: (n,)
        """
        with self._team.busy:
            self._labels[...] = labels
            self._optimizer.steps += 1
            for coins in self._coins:
                coins.reseed(number(self._seed, self._optimizer.steps))
            enter(x, self._job, self._entrances)
            self._job.run()
            losses, correct = self._verdicts.T.tolist()
        return Score(math.fsum(losses) / len(x), int(sum(correct)), len(x))


class Passing:
    """A forward pass; who runs it holds the team's `busy`.

    Args:
        team: who does it.
        net: what the images go through.
        shape: channels, height and width of the images.
        images: at most so many at once.
    """

    def __init__(self, team: Team, net: "Network", shape: Shape, images: int) -> None:
        dtype = net.parameters.dtype
        parts = chunks(images, IMAGES)
        members = min(team.size, len(parts))
        bound = [Compiled(net, shape, IMAGES) for _ in range(members)]
        x = np.zeros((images, *shape), dtype)
        self._outputs = np.zeros((images, *bound[0].output_shape), dtype)
        stage: list[list[Call]] = [[] for _ in bound]
        self._entrances: list[Entrance] = []
        for k, part in enumerate(parts):
            member = k % members
            self._entrances.append((member, len(stage[member]), part))
            stage[member] += bound[member].passing(x[part], self._outputs[part])
        self._job = Job(team, [stage], dtype)

    def run(self, x: Array) -> Array:
        """The network's output for some images, (n, classes, h, w); x as for `Learning`."""
        enter(x, self._job, self._entrances)
        self._job.run()
        return self._outputs[: len(x)].copy()


def in_a_row(first: list[list[Call]], second: list[list[Call]]) -> list[list[Call]]:
    """Two stages as one, where each member goes on without waiting for the others."""
    return [[*calls, *more] for calls, more in zip(first, second, strict=True)]


def enter(x: Array, job: Job, entrances: list[Entrance]) -> None:
    """Let the first call for each part of a batch read that part where it is."""
    for member, call, part in entrances:
        job.change(member, call, 0, x[part])


def chunk_size(images: int) -> int:
    """How many images of a batch one thread learns at a time: half of a small batch, at most 32.

    Gradients are summed within a chunk, then over neighbouring chunks if there are many, and then
    over all, in order. As this depends on the batch alone, the numbers of a run do not depend on
    how many threads there are.
    """
    return min(IMAGES, LANES * math.ceil(images / 2 / LANES))


def chunks(images: int, size: int) -> list[slice]:
    """A batch in pieces; the last may be smaller than the others."""
    return [slice(start, min(start + size, images)) for start in range(0, images, size)]


def slices(length: int, count: int) -> list[slice]:
    """So many pieces of a vector, in order and of about the same length."""
    ends = [length * k // count for k in range(count + 1)]
    return [slice(start, end) for start, end in itertools.pairwise(ends)]
