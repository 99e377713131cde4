"""A network of layers in a row, compiled into a list of kernel calls over blocks of images.

What a chain of up to 32 images computes is what the public functions compute one after the other,
to the last bit; only faster, since images stay in blocks between the layers, since a convolution,
its ReLU and its 2×2 max pool are one kernel, and since nothing is allocated once it is built.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.blocks import blocks_for, into_blocks, out_of_blocks
from tuiconv_kernels.checks import Array, loop_ready
from tuiconv_kernels.decisions import score
from tuiconv_kernels.geometry import Layout, Sliding, Table, image_runs
from tuiconv_kernels.lanes import LANES
from tuiconv_kernels.program import KERNELS, Program, address
from tuiconv_kernels.stages import (
    Activation,
    AveragePool,
    Convolution,
    Dropping,
    Flattened,
    Maps,
    MaxPool,
    Rectifier,
    Stage,
    Subsampling,
    Weights,
)
from tuiconv_kernels.weighted import Call

Labels: TypeAlias = npt.NDArray[np.integer[Any]]
"""Class numbers, int64."""
Shape: TypeAlias = tuple[int, int, int]
"""(channels, height, width)"""


@dataclass(frozen=True, eq=False)
class Convolve:
    """A convolution, or a fully connected layer as a kernel that covers its input."""

    sliding: Sliding
    weights: Weights


@dataclass(frozen=True)
class Relu:
    """max(0, x)."""


@dataclass(frozen=True)
class Tanh:
    """tanh x, or 1.7159 · tanh(2x/3)."""

    scaled: bool = False


@dataclass(frozen=True)
class Pool:
    """The largest value of every window, or the mean; padding counts as zeros in a mean."""

    sliding: Sliding
    averages: bool = False

    @property
    def is_max_2x2(self) -> bool:
        """Whether it is the pool that a convolution can do by itself."""
        return not self.averages and self.sliding == Sliding((2, 2), (2, 2))


@dataclass(frozen=True, eq=False)
class Subsample:
    """The mean of every window, times a gain, plus a bias: one of each for every map."""

    sliding: Sliding
    weights: Weights
    """Its `weight` is the gain."""


@dataclass(frozen=True, eq=False)
class Drop:
    """Dropout in training: see `dropout.drop`."""

    p: float
    """The probability of dropping a value."""
    toss: Table
    """The seed of the training step, and the place in the batch of the first image; (2,)."""
    number: int
    """The layer's own."""


@dataclass(frozen=True, eq=False)
class Flatten:
    """Maps as more maps of one cell each; nothing moves."""

    check: Callable[[Shape], None]
    """Is told what arrives, and raises if it is not to be flattened."""


@dataclass(frozen=True)
class Other:
    """Any layer, as functions on images (n, c, h, w)."""

    forward: Callable[[Array], Array]
    backward: Callable[[Array, Array], Array]
    """From the gradient of its output, and its input, to the gradient of its input."""
    keeps_shape: bool = False
    """Whether its output has its input's shape; else it is called to find out."""
    learns: bool = True
    """Whether its backward does more than to find the gradient of its input."""


Layer: TypeAlias = Convolve | Relu | Tanh | Pool | Subsample | Drop | Flatten | Other


class Chain:
    """Layers bound to memory for a number of images at a time.

    Args:
        layers: in order; their weights are read, and their gradients written, where they are.
        shape: channels, height and width of an input image.
        images: at most so many go through at once.
        dtype: of everything, float32 or float64.
        trains: whether there will be a backward pass.

    Not to be used from several threads at once: each builds its own.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        shape: Shape,
        images: int,
        dtype: npt.DTypeLike,
        *,
        trains: bool,
    ) -> None:
        self.images = 0
        self._trains = trains
        self._input = Maps(Layout(blocks_for(images), *shape), dtype, trains=False)
        self._input_runs = image_runs(self._input.layout)
        self.output = self._input
        """What leaves the last layer; a loss writes its gradient here."""
        self._calls: list[Call] = []
        self._calls_back: list[Call] = []
        learns = False
        waiting = list(layers)
        while waiting:
            used = _fused(waiting)
            weighted = isinstance(waiting[0], Convolve | Subsample) or (
                isinstance(waiting[0], Other) and waiting[0].learns
            )
            stage = self._stage(waiting[0], used, passes_on=learns)
            self._calls += stage.forward()
            if trains and (learns or weighted):
                self._calls_back[:0] = stage.backward()
            learns = learns or weighted
            self.output = stage.out
            waiting = waiting[used:]
        self._output_runs = image_runs(self.output.layout)
        x = np.zeros((0, *shape), dtype)
        self._forward = Program([self._entry(x), *self._calls], dtype)
        self._backward = Program(self._calls_back, dtype)

    def passing(self, x: Array, out: Array) -> list[Call]:
        """The calls that take images (n, c, h, w) to what leaves the last layer, written to out.

        The first argument of the first call is x.
        """
        self._check(x)
        layout = self.output.layout
        if out.shape != (len(x), layout.channels, layout.height, layout.width):
            raise ValueError(
                f"Chain: out has shape {out.shape}; ({len(x)}, {layout.channels}, {layout.height},"
                f" {layout.width}) is needed"
            )
        leave: Call = (out_of_blocks, (self.output.data, *self._output_runs, out))
        return [*self._entries(x), *self._calls, leave]

    def learning(
        self,
        x: Array,
        labels: Labels,
        share: float,
        verdict: Array,
        scorer: Callable[..., None] = score,
    ) -> list[Call]:
        """The calls that go forward, through a loss, and backward.

        Args:
            x: images (n, c, h, w); the first argument of the first call.
            labels: their classes, (n,).
            share: what one image's loss counts in that of the batch.
            verdict: takes the sum of the images' losses, and for how many images the label had
                the largest score; (2,) float64.
            scorer: a kernel of `decisions` that computes a loss and its gradient: `score` (the
                cross-entropy after a softmax), `score_squares` or `score_margins`.

        Raises:
            ValueError: the images, the labels or the verdict do not fit, or it cannot learn.
        """
        self._check(x)
        if len(labels) != len(x) or labels.dtype != np.int64:
            raise ValueError(
                f"Chain: {len(labels)} labels of {labels.dtype} for {len(x)} images; one int64 "
                "for each is needed"
            )
        output = self.output
        classes = output.layout.channels
        if len(output.grad) != len(output.data) or verdict.shape != (2,):
            raise ValueError(
                "Chain: a chain of layers that trains, and a verdict of 2 numbers, are needed; the"
                f" verdict has shape {verdict.shape}, and the outputs have"
                f" {'a' if len(output.grad) else 'no'} gradient"
            )
        scoring: Call = (
            scorer, (output.data, classes, labels, float(share), output.grad, verdict),
        )  # fmt: skip
        return [*self._entries(x), *self._calls, scoring, *self._calls_back]

    def forward(self, x: Array) -> None:
        """Take images (n, c, h, w) to `output`."""
        self._check(x)
        self._taken = loop_ready(x)  # kept while the kernels read it
        self.images = len(x)
        self._forward.change(0, 0, self._taken)
        self._forward.run()

    def backward(self) -> None:
        """Take the gradient of `output` to the gradients of all weights.

        Of lanes without an image it must be 0.
        """
        self._backward.run()

    def kernels(self) -> list[tuple[str, Callable[[], object]]]:
        """Every kernel that is called, once: its name and what compiles it."""
        first_calls = {call[0]: call for call in (*self._forward.calls, *self._calls_back)}
        return [
            (
                getattr(function, "__name__", "layer"),
                partial(address, function, self.output.data.dtype)
                if function in KERNELS
                else partial(function, *arguments),
            )
            for function, arguments in first_calls.values()
        ]

    def outputs(self) -> Array:
        """What leaves the last layer, (n, c, h, w)."""
        layout = self.output.layout
        shape = (self.images, layout.channels, layout.height, layout.width)
        outputs = np.empty(shape, self.output.data.dtype)
        out_of_blocks(self.output.data, *self._output_runs, outputs)
        return outputs

    def _check(self, x: Array) -> None:
        """Raise ValueError if there is no memory for x: its address alone goes to the kernels."""
        layout, dtype = self._input.layout, self._input.data.dtype
        shape = (layout.channels, layout.height, layout.width)
        if x.dtype != dtype or x.shape[1:] != shape or blocks_for(len(x)) > layout.count:
            raise ValueError(
                f"Chain: images are {x.dtype} of shape {x.shape}; {dtype} of shape "
                f"(n, {', '.join(map(str, shape))}) with n up to {layout.count * LANES} is needed"
            )

    def _entry(self, x: Array) -> Call:
        return into_blocks, (x, self._input.data, *self._input_runs)

    def _entries(self, x: Array) -> list[Call]:
        """Into the blocks; where layers take images out of them, those must know how many."""
        if all(call[0] in KERNELS for call in (*self._calls, *self._calls_back)):
            return [self._entry(x)]
        return [self._entry(x), (setattr, (self, "images", len(x)))]

    def _stage(self, layer: Layer, used: int, *, passes_on: bool) -> Stage:
        x, trains = self.output, self._trains
        match layer:
            case Convolve():
                return Convolution(
                    x, layer.sliding, layer.weights, relu=used > 1, pools=used > 2, trains=trains,
                    passes_on=passes_on,
                )  # fmt: skip
            case Relu():
                return Rectifier(x, trains=trains)
            case Tanh():
                return Activation(x, scaled=layer.scaled, trains=trains)
            case Drop():
                return Dropping(x, layer.p, layer.toss, layer.number, trains=trains)
            case Flatten():
                layer.check((x.layout.channels, x.layout.height, x.layout.width))
                return Flattened(x)
            case Pool(averages=False):
                return MaxPool(x, layer.sliding, trains=trains)
            case Pool():
                return AveragePool(x, layer.sliding, trains=trains)
            case Subsample():
                return Subsampling(
                    x, layer.sliding, layer.weights, trains=trains, passes_on=passes_on
                )
            case Other():
                return Unblocked(self, x, layer, trains=trains, passes_on=passes_on)


class Unblocked:
    """A layer without a kernel for blocks: its images are taken out of the blocks and put back."""

    def __init__(
        self, chain: Chain, x: Maps, layer: Other, *, trains: bool, passes_on: bool
    ) -> None:
        self.chain, self.x, self.layer, self.passes_on = chain, x, layer, passes_on
        layout = x.layout
        shape = (layout.channels, layout.height, layout.width)
        if not layer.keeps_shape:
            shape = (*layer.forward(np.zeros((1, *shape), x.data.dtype)).shape[1:], 1, 1)[:3]
        self.out = Maps(Layout(layout.count, *shape), x.data.dtype, trains)
        self.runs, self.out_runs = image_runs(x.layout), image_runs(self.out.layout)

    def forward(self) -> list[Call]:
        """Call the layer's own function."""
        return [(self._forward, ())]

    def backward(self) -> list[Call]:
        """Call the layer's own function."""
        return [(self._backward, ())]

    def _forward(self) -> None:
        out = self.layer.forward(self._images(self.x.data, self.x.layout, self.runs))
        layout = self.out.layout
        shape = (len(out), layout.channels, layout.height, layout.width)
        into_blocks(out.reshape(shape), self.out.data, *self.out_runs)

    def _backward(self) -> None:
        grad = self._images(self.out.grad, self.out.layout, self.out_runs)
        x = self._images(self.x.data, self.x.layout, self.runs)
        grad_x = self.layer.backward(grad, x)
        if self.passes_on:
            into_blocks(grad_x.reshape(x.shape), self.x.grad, *self.runs)

    def _images(self, data: Array, layout: Layout, runs: tuple[Table, int]) -> Array:
        shape = (self.chain.images, layout.channels, layout.height, layout.width)
        images = np.empty(shape, data.dtype)
        out_of_blocks(data, *runs, images)
        return images


def _fused(layers: Sequence[Layer]) -> int:
    """How many of the first layers one stage computes."""
    first, *rest = layers[:3]
    if not isinstance(first, Convolve) or not rest or not isinstance(rest[0], Relu):
        return 1
    pools = rest[1:]
    return 3 if pools and isinstance(pools[0], Pool) and pools[0].is_max_2x2 else 2
