"""A network bound to memory: the fast way through it, in blocks of images.

It gives the same numbers as going through the layers one by one, to the last bit.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

import tuiconv_kernels as kernels
from tuiconv.nn.layers import Array, Labels, Layer
from tuiconv.nn.scoring import Score, score
from tuiconv.nn.team import Team, usable_cores
from tuiconv_kernels import jit
from tuiconv_kernels.chain import Chain, Shape
from tuiconv_kernels.single import Single

if TYPE_CHECKING:
    from tuiconv.nn.network import Network

IMAGES = 32
"""Images that go through together: enough to fill a core, few enough to stay in its cache."""


KEPT = 8
"""Bound networks that wait for their next use, at most."""


class Compiled:
    """The layers of a network as one chain of kernel calls, for one thread at a time.

    Args:
        net: its parameters are read where they are, so they may change between two passes.
        shape: channels, height and width of the images.
        images: at most so many at once.
        trains: whether gradients will be wanted.
    """

    def __init__(self, net: "Network", shape: Shape, images: int, *, trains: bool) -> None:
        self.gradients = np.zeros_like(net.parameters)
        """Of the parameters, by the last `learn`; laid out as they are."""
        self._net = net
        if not jit.ENABLED:  # kernels of lanes cannot run: layer by layer
            return
        views = net.views(self.gradients)
        self._takes_logarithm = net.ends_in_softmax
        layers: tuple[Layer, ...] = net.layers
        if net.ends_in_softmax:
            layers = layers[:-1]
        links = [layer.link(views[layer.name]) for layer in layers]
        dtype = net.parameters.dtype
        self._single = None
        if images == 1 and not trains and Single.fits(links, shape):
            self._single = Single(links, shape, dtype)
        else:
            self._chain = Chain(links, shape, images, dtype, trains=trains)

    def kernels(self) -> list[tuple[str, Callable[[], object]]]:
        """Every kernel of the chain once: its name and a call of it."""
        return self._chain.kernels()

    def outputs(self, x: Array) -> Array:
        """The network's output for some images, (n, classes, h, w)."""
        if not jit.ENABLED:
            output = self._net.forward(x)[-1]
            return output.reshape(*output.shape, *(1, 1)[: 4 - output.ndim])
        way = self._single or self._chain
        way.forward(x)
        outputs = way.outputs()
        return kernels.log_softmax(outputs) if self._takes_logarithm else outputs

    def learn(self, x: Array, labels: Labels, share: float) -> Score:
        """Score some images and fill `gradients`.

        Args:
            x: (n, channels, height, width).
            labels: (n,) class numbers.
            share: what one image's cross-entropy counts in the loss: 1 / batch size.

        Returns:
            The score before anything is changed.
        """
        if not jit.ENABLED:
            output = self._net.forward(x)
            self._net.backward(output, labels, self.gradients)
            self.gradients *= share * len(x)
            return score(self._net, output[-1], labels)
        if self._takes_logarithm:
            # layer by layer, the share is a gradient in an array before it meets the softmax
            share = float(self.gradients.dtype.type(share))
        loss, correct = self._chain.learn(x, labels, share)
        return Score(loss / len(x), correct, len(x))


class Spares:
    """Bound networks that are not in use just now, so that few have to be built.

    Args:
        net: what they compute.
    """

    def __init__(self, net: "Network") -> None:
        self._net = net
        self._lock, self._busy = Lock(), Lock()
        self._team = Team(usable_cores())
        self._idle: OrderedDict[tuple[Shape, int, bool], list[Compiled]] = OrderedDict()

    def together(self, function: Callable[[Array], Array], chunks: list[Array]) -> list[Array]:
        """The function of every chunk, by all cores; by the caller alone while others are at it."""
        results: list[Array] = [np.empty(0)] * len(chunks)
        waiting = iter(enumerate(chunks))

        def work(member: int) -> None:
            for k, chunk in waiting:
                results[k] = function(chunk)

        if self._busy.acquire(blocking=False):
            try:
                self._team.run(work, members=len(chunks))
            finally:
                self._busy.release()
        else:
            work(0)
        return results

    @contextmanager
    def borrow(self, shape: Shape, images: int, *, trains: bool = False) -> Iterator[Compiled]:
        """A bound network for the caller's thread alone; see `Compiled` for the arguments."""
        key = (shape, images, trains)
        with self._lock:
            idle = self._idle.get(key)
            compiled = idle.pop() if idle else None
        if compiled is None:
            compiled = Compiled(self._net, shape, images, trains=trains)
        yield compiled
        with self._lock:
            self._idle.setdefault(key, []).append(compiled)
            self._idle.move_to_end(key)
            while len(self._idle) > KEPT:
                self._idle.popitem(last=False)
