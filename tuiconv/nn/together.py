"""What a team does with a batch: each member takes some chunks of it, all in one job.

A job writes to memory of its own, so that it is built once and run often.
"""

import itertools
import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from tuiconv.nn.compiled import IMAGES, Compiled
from tuiconv.nn.layers import Array, Labels
from tuiconv.nn.optimizers import SGD
from tuiconv.nn.scoring import Score
from tuiconv.nn.team import Job, Team
from tuiconv_kernels.chain import Shape
from tuiconv_kernels.lanes import LANES
from tuiconv_kernels.passes import add_rows, copy
from tuiconv_kernels.weighted import Call

if TYPE_CHECKING:
    from tuiconv.nn.network import Network

Entrance: TypeAlias = tuple[int, int, slice]
"""Where images enter: which member's, which of its calls, and which part of the batch."""


class Learning:
    """A step of training.

    Args:
        team: who does it.
        members: how many of the team; the numbers are the same for any number.
        net: learns.
        sgd: updates its parameters.
        images: how many there are in the batch.
    """

    def __init__(self, team: Team, members: int, net: "Network", sgd: SGD, images: int) -> None:
        dtype = net.parameters.dtype
        channels, height, width = net.spec.input
        size = chunk_size(images)
        parts = chunks(images, size)
        members = min(members, len(parts))
        gradients = np.zeros((len(parts), len(net.parameters)), dtype)
        # every member has its own memory, and writes the gradients of its last part where they
        # belong; those of the parts before are copied there
        first_last = len(parts) - members
        bound = [
            Compiled(net, (channels, height, width), size, gradients[first_last + member])
            for member in range(members)
        ]
        x = np.zeros((images, *net.spec.input), dtype)
        self._labels = np.zeros(images, np.int64)
        self._verdicts = np.zeros((len(parts), 2))
        learn: list[list[Call]] = [[] for _ in bound]
        self._entrances: list[Entrance] = []
        for k, part in enumerate(parts):
            member = (k - first_last) % members
            self._entrances.append((member, len(learn[member]), part))
            learn[member] += bound[member].learning(
                x[part], self._labels[part], 1 / images, self._verdicts[k]
            )
            if k < first_last:
                learn[member].append((copy, (gradients[first_last + member], gradients[k])))
        update = [
            [
                (add_rows, (gradients, len(parts), piece.start, piece.stop)),
                sgd.update(gradients[0], piece),
            ]
            for piece in slices(len(net.parameters), members)
        ]
        self._job = team.job([learn, update], dtype)

    def run(self, x: Array, labels: Labels) -> Score:
        """Learn a batch with its classes; return its score before the update.

        Args:
            x: (n, c, h, w), contiguous, in the dtype of the parameters.
            labels: (n,)
        """
        self._labels[...] = labels
        enter(x, self._job, self._entrances)
        self._job.run()
        losses, correct = self._verdicts.T.tolist()
        return Score(math.fsum(losses) / len(x), int(sum(correct)), len(x))


class Passing:
    """A forward pass.

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
        self._job = team.job([stage], dtype)

    def run(self, x: Array) -> Array:
        """The network's output for some images, (n, classes, h, w); x as for `Learning`."""
        enter(x, self._job, self._entrances)
        self._job.run()
        return self._outputs[: len(x)].copy()


def enter(x: Array, job: Job, entrances: list[Entrance]) -> None:
    """Let the first call for each part of a batch read that part where it is."""
    for member, call, part in entrances:
        job.change(member, call, 0, x[part])


def chunk_size(images: int) -> int:
    """How many images of a batch one thread learns at a time: half of a small batch, at most 32.

    Gradients are summed within a chunk and then over the chunks, in order. As the size depends on
    the batch alone, the numbers of a run do not depend on how many threads there are.
    """
    return min(IMAGES, LANES * math.ceil(images / 2 / LANES))


def chunks(images: int, size: int) -> list[slice]:
    """A batch in pieces; the last may be smaller than the others."""
    return [slice(start, min(start + size, images)) for start in range(0, images, size)]


def slices(length: int, count: int) -> list[slice]:
    """So many pieces of a vector, in order and of about the same length."""
    ends = [length * k // count for k in range(count + 1)]
    return [slice(start, end) for start, end in itertools.pairwise(ends)]
