"""A network bound to memory: the fast way through it, in blocks of images.

It gives the same numbers as going through the layers one by one, to the last bit; and that is how a
network with branches goes.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from tuiconv.nn.coins import Coins
from tuiconv.nn.joins import Join, carry_back
from tuiconv.nn.layers import Array, Labels, Layer
from tuiconv.nn.losses import CROSS_ENTROPY, Loss
from tuiconv.nn.scoring import score
from tuiconv_kernels import jit
from tuiconv_kernels.chain import Chain, Shape
from tuiconv_kernels.decisions import log_probabilities
from tuiconv_kernels.single import Single
from tuiconv_kernels.weighted import Call

if TYPE_CHECKING:
    from tuiconv.nn.network import Network

IMAGES = 32
"""Images that go through together: enough to fill a core, few enough to stay in its cache."""

FEW = 5_000_000
"""Multiply-adds forward: a chain does as many for a single image as for a block of them, which pays
up to here, as going through the layers takes a while for each."""


class Compiled:
    """The layers of a network as one chain of kernel calls, for one thread at a time.

    Args:
        net: its parameters are read where they are, so they may change between two passes.
        shape: channels, height and width of the images.
        images: at most so many at once.
        gradients: where `learning` writes those of the parameters, laid out as they are; None if
            it only goes forward.
        coins: what its layers toss by in training; None if they are as in evaluation.
    """

    def __init__(
        self,
        net: "Network",
        shape: Shape,
        images: int,
        gradients: Array | None = None,
        coins: Coins | None = None,
    ) -> None:
        trains = gradients is not None
        if gradients is None:
            # layers want a place for them; as nobody writes there, it takes no memory
            gradients = np.zeros(net.parameters.shape, net.parameters.dtype)
        self._gradients = gradients
        self._net, self._shape, self._coins = net, shape, coins
        self._by_layers = goes_by_layers(net)
        if self._by_layers:
            return
        views = net.views(self._gradients)
        self._takes_logarithm = net.ends_in_softmax
        layers = [layer for layer in net.layers_with(coins) if isinstance(layer, Layer)]
        if net.ends_in_softmax:
            layers.pop()
        links = [link for layer in layers for link in layer.link(views[layer.name])]
        dtype = net.parameters.dtype
        alone = images == 1 and not trains
        self._single = Single(links, shape, dtype) if alone and Single.fits(links, shape) else None
        if self._single is None:
            self._by_layers = alone and net.spec.totals.macs > FEW
        if self._single is None and not self._by_layers:
            self._chain = Chain(links, shape, images, dtype, trains=trains)

    def kernels(self) -> list[tuple[str, Callable[[], object]]]:
        """Every kernel of the chain once, or a layer of every kind: its name and a call of it."""
        if not self._by_layers:
            return self._chain.kernels()
        kinds = {type(layer): layer for layer in reversed(self._net.layers_with(self._coins))}
        layers = reversed(kinds.values())
        return [(layer.name, partial(self._try_out, layer)) for layer in layers]

    def _try_out(self, layer: Layer | Join) -> None:
        shapes = [self._net.spec.layers[place].output for place in layer.spec.sources]
        inputs = [np.zeros((2, *shape), self._gradients.dtype) for shape in shapes]
        gradients = self._net.views(self._gradients)[layer.name]
        carry_back(layer, layer.forward(*inputs), inputs, gradients)

    @property
    def output_shape(self) -> Shape:
        """Of what `outputs` gives for one image: classes, height and width."""
        if self._by_layers:
            return self.outputs(np.zeros((1, *self._shape), self._gradients.dtype)).shape[1:]
        layout = self._chain.output.layout
        return layout.channels, layout.height, layout.width

    def outputs(self, x: Array, loss: Loss = CROSS_ENTROPY) -> Array:
        """The network's output for some images, or what another loss sees, (n, classes, h, w)."""
        if self._by_layers:
            output = self._net.passed(x, loss)
            return output.reshape(*output.shape, *(1, 1)[: 4 - output.ndim])
        way = self._single or self._chain
        way.forward(x)
        outputs = way.outputs()
        if self._takes_logarithm and loss is CROSS_ENTROPY:
            function, arguments = logarithm(outputs)
            function(*arguments)
        return outputs

    def passing(self, x: Array, out: Array) -> list[Call]:
        """The calls that write the output for images x (n, c, h, w) to out.

        The first argument of the first call is x.
        """
        if self._by_layers:
            return [(self._pass_by_layers, (x, out))]
        calls = self._chain.passing(x, out)
        return [*calls, logarithm(out)] if self._takes_logarithm else calls

    def learning(
        self, x: Array, labels: Labels, share: float, verdict: Array, loss: Loss = CROSS_ENTROPY
    ) -> list[Call]:
        """The calls that score some images and fill the gradients.

        Args:
            x: (n, channels, height, width); the first argument of the first call.
            labels: (n,) class numbers.
            share: what one image counts in the mean loss: 1 / batch size.
            verdict: takes the sum of their losses, and how many are right.
            loss: what is to become smaller.
        """
        if self._by_layers:
            return [(self._learn_by_layers, (x, labels, share, verdict, loss))]
        if self._takes_logarithm and loss is CROSS_ENTROPY:
            # layer by layer, the share is a gradient in an array before it meets the softmax
            share = float(self._gradients.dtype.type(share))
        return self._chain.learning(x, labels, share, verdict, loss.kernel)

    def _pass_by_layers(self, x: Array, out: Array) -> None:
        out[: len(x)] = self.outputs(x)

    def _learn_by_layers(
        self, x: Array, labels: Labels, share: float, verdict: Array, loss: Loss
    ) -> None:
        activations = self._net.forward(x, self._coins)
        self._net.backward(activations, labels, self._gradients, loss, self._coins)
        self._gradients *= share * len(x)
        scored = score(activations[self._net.seen(loss)], labels, loss)
        verdict[:] = scored.loss * len(x), scored.correct


def goes_by_layers(net: "Network") -> bool:
    """Whether a network cannot be a chain of kernels: it has branches, or they cannot run."""
    return net.spec.has_branches or not jit.ENABLED


def logarithm(outputs: Array) -> Call:
    """The call that puts log-probabilities in the place of scores (n, classes, h, w)."""
    flat = outputs.reshape(-1)
    return log_probabilities, (flat, outputs.shape[1], outputs[0, 0].size, flat)
