"""What the settings of a view come to: a layer over the example's numbers, forward and backward."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeAlias

import numpy as np

from tuiconv.arithmetic import layers as specs
from tuiconv.arithmetic.pooling import Pool
from tuiconv.arithmetic.sizes import Padding
from tuiconv.lessons.convolution.examples import Given, given_in
from tuiconv.lessons.convolution.view import POOLS, ConvolutionView, Pair
from tuiconv.nn.kinds import KINDS
from tuiconv.nn.layers import Array, Arrays, Layer

Spec: TypeAlias = specs.Conv | specs.TransposedConv | Pool

POOL: Final = (2, 2)
"""The window of a pool, and its stride, unless something else is asked for."""
DELTAS: Final = (-2, -1, 1, 2)
"""The gradients that come back to the output: made up, so that sums can be done by head."""


@dataclass(frozen=True, eq=False)
class Sliding:
    """A layer and the numbers it is laid on."""

    given: Given
    spec: Spec
    layer: Layer
    is_flipped: bool

    @property
    def x(self) -> Array:
        """(channels, height, width)."""
        return self.given.x

    @property
    def weight(self) -> Array | None:
        """(maps, channels, kernel height, kernel width) as it is laid on; None for a pool."""
        weight = self.layer.parameters.get("weight")
        if weight is not None and isinstance(self.spec, specs.TransposedConv):
            return weight.transpose(1, 0, 2, 3)
        return weight

    @property
    def bias(self) -> Array | None:
        """(maps,)."""
        return self.layer.parameters.get("bias")

    @cached_property
    def out(self) -> Array:
        """(maps, rows, columns), by the kernels."""
        out: Array = self.layer.forward(self.x[np.newaxis])[0]
        return out

    @cached_property
    def delta(self) -> Array:
        """The gradient of a loss with respect to the output, in its shape."""
        rng = np.random.default_rng(1)
        return rng.choice(np.array(DELTAS, np.float32), self.out.shape)

    @cached_property
    def backward(self) -> tuple[Array, Arrays]:
        """The gradients of the input, and of what is learned, by the kernels."""
        gradients = {name: np.zeros_like(each) for name, each in self.layer.parameters.items()}
        back = self.layer.backward(self.delta[np.newaxis], self.x[np.newaxis], gradients)
        return back[0], gradients

    def share_of(self, map_: int, unit: Pair) -> Array:
        """How much one output of a pool grows with each input: (channels, height, width).

        In float64: the kernels multiply by it before they round.
        """
        seed = np.zeros(self.out.shape)
        seed[map_, *unit] = 1
        x = self.x.astype(np.float64)
        share: Array = self.layer.backward(seed[np.newaxis], x[np.newaxis], {})[0]
        return share


@dataclass(frozen=True)
class Sizes:
    """How a window slides, (vertical, horizontal) each."""

    kernel: Pair
    stride: Pair
    padding: Pair
    """Above and on the left."""
    behind: Pair
    """Padding below and on the right."""
    dilation: Pair


def sizes_of(view: ConvolutionView) -> Sizes:
    """The sizes of a view, those that it leaves open as its example has them."""
    given, is_pool = given_in(view.example), view.operation in POOLS
    kernel = view.kernel or (POOL if is_pool else given.size)
    stride = view.stride or (kernel if is_pool else given.stride)
    padding = view.padding or ((0, 0) if is_pool else given.padding)
    return Sizes(kernel, stride, padding, view.behind or padding, view.dilation or (1, 1))


def sliding(view: ConvolutionView) -> Sliding:
    """The layer of a view.

    Raises:
        RequestError: there is none of such sizes; the message is the size formula.
    """
    given, spec = given_in(view.example), spec_of(view)
    layer = KINDS[type(spec)](spec)
    assert isinstance(layer, Layer)
    if not isinstance(spec, Pool):
        weight = given.kernel(spec.kernel_size)
        if view.operation == "flipped":
            weight = weight[:, :, ::-1, ::-1]
        if view.operation == "transposed":
            weight = weight.transpose(1, 0, 2, 3)
        layer.parameters["weight"] = np.ascontiguousarray(weight)
        if given.bias is not None:
            layer.parameters["bias"] = given.bias
    return Sliding(given, spec, layer, view.operation == "flipped")


def spec_of(view: ConvolutionView) -> Spec:
    """The arithmetic of a view's layer.

    Raises:
        RequestError: as for `sliding`.
    """
    given, sizes = given_in(view.example), sizes_of(view)
    every: dict[str, Any] = {
        "name": view.operation,
        "input": given.x.shape,
        "kernel_size": sizes.kernel,
        "stride": sizes.stride,
    }
    padding: dict[str, Any] = {"padding": padded(sizes)}
    dilation: dict[str, Any] = {"dilation": sizes.dilation}
    match view.operation:
        case "max":
            return specs.MaxPool(**every, **padding, **dilation)
        case "average":
            return specs.AvgPool(**every, **padding)
        case "lp":
            return specs.LpPool(**every, power=view.power)
        case "log-prob":
            return specs.LogProbPool(**every, beta=view.beta)
    kind = specs.TransposedConv if view.operation == "transposed" else specs.Conv
    bias = "none" if given.bias is None else "map"
    maps = len(given.kernel((1, 1)))
    return kind(**every, **padding, **dilation, channels=maps, bias=bias)


def padded(sizes: Sizes) -> Padding:
    """The padding as a spec has it."""
    vertical, horizontal = (
        before if before == behind else (before, behind)
        for before, behind in zip(sizes.padding, sizes.behind, strict=True)
    )
    return vertical, horizontal
