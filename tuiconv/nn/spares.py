"""Bound networks that wait for their next use, so that few have to be built."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from tuiconv.nn.compiled import IMAGES, Compiled
from tuiconv.nn.layers import Array
from tuiconv.nn.losses import CROSS_ENTROPY, Loss
from tuiconv.nn.team import Team
from tuiconv.nn.together import Passing
from tuiconv_kernels import jit
from tuiconv_kernels.chain import Shape
from tuiconv_kernels.cores import usable_cores
from tuiconv_kernels.lanes import LANES

if TYPE_CHECKING:
    from tuiconv.nn.network import Network

KEPT = 8
"""Kinds of bound networks that wait for their next use, at most."""

PORTION = 8 * IMAGES
"""Images that all cores take together: they are copied first, and so are not all of a data set."""

Bound = TypeVar("Bound")
Kind = tuple[Shape, int]
"""The shape of the images, and how many."""


class Shelf(Generic[Bound]):
    """Things for one user at a time; those of the kinds asked for last are kept.

    Args:
        build: makes one of a kind.
    """

    def __init__(self, build: Callable[[Shape, int], Bound]) -> None:
        self._build = build
        self._lock = Lock()
        self._idle: OrderedDict[Kind, list[Bound]] = OrderedDict()

    @contextmanager
    def borrow(self, shape: Shape, images: int) -> Iterator[Bound]:
        """One for the caller's thread alone; after an error in its use it is not kept."""
        kind = shape, images
        with self._lock:
            idle = self._idle.get(kind)
            bound = idle.pop() if idle else None
        if bound is None:
            bound = self._build(shape, images)
        yield bound
        with self._lock:
            self._idle.setdefault(kind, []).append(bound)
            self._idle.move_to_end(kind)
            while len(self._idle) > KEPT:
                self._idle.popitem(last=False)


class Spares:
    """The fast ways forward through a network.

    Args:
        net: what they compute.
    """

    def __init__(self, net: "Network") -> None:
        self._team = Team(usable_cores())
        self._alone = Shelf(lambda shape, images: Compiled(net, shape, images))
        self._together = Shelf(lambda shape, images: Passing(self._team, net, shape, images))

    def alone(self, x: Array, loss: Loss = CROSS_ENTROPY) -> Array:
        """What a loss sees of images (n, c, h, w), n at least 1, by the caller's thread."""
        images = 1 if len(x) == 1 else min(-(-len(x) // LANES) * LANES, IMAGES)
        with self._alone.borrow(x.shape[1:], images) as compiled:
            return joined([compiled.outputs(part, loss) for part in portions(x, IMAGES)])

    def together(self, x: Array) -> Array:
        """The output as from `alone`, by all cores unless another thread has them at work."""
        if len(x) <= IMAGES or not jit.ENABLED or not self._team.busy.acquire(blocking=False):
            return self.alone(x)
        try:
            return joined([self._by_all(part) for part in portions(x, PORTION)])
        finally:
            self._team.busy.release()

    def _by_all(self, x: Array) -> Array:
        whole_chunks = -(-len(x) // IMAGES) * IMAGES
        with self._together.borrow(x.shape[1:], whole_chunks) as passing:
            return passing.run(x)


def portions(x: Array, size: int) -> list[Array]:
    """The images in portions; the last may be smaller than the others."""
    return [x[start : start + size] for start in range(0, len(x), size)]


def joined(parts: list[Array]) -> Array:
    """What several portions gave, as one array."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
