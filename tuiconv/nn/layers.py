"""Layers: a spec with weights that can go forward and backward.

A layer keeps nothing between calls, so several threads can use one at once: `backward` is given
the same input that `forward` was given.
"""

from abc import ABC, abstractmethod
from dataclasses import replace
from math import prod
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

import tuiconv_kernels as kernels
from tuiconv.arithmetic import layers as specs
from tuiconv.arithmetic.sizes import Window
from tuiconv.arithmetic.specs import Shape, Spec, show_shape
from tuiconv.errors import RequestError
from tuiconv.nn.coins import Coins
from tuiconv.nn.initialisers import Fan, Initialiser
from tuiconv.nn.margin import Margin
from tuiconv_kernels import chain
from tuiconv_kernels.correlation import Connections, bias_gradient
from tuiconv_kernels.geometry import Sliding
from tuiconv_kernels.stages import Weights

Array: TypeAlias = npt.NDArray[np.floating[Any]]
Labels: TypeAlias = npt.NDArray[np.integer[Any]]
"""Class numbers."""
Arrays: TypeAlias = dict[str, Array]
"""Parameters or their gradients by name: `weight`, `bias`."""


class Part:
    """What a network is made of: layers, and joins of their branches."""

    connections: Connections | None = None
    """Which output of its weight sees which input; None for all. The weights between the others
    are 0 and stay 0, as their gradients are 0."""
    is_random: bool = False
    """Whether it tosses coins in training."""
    joins_images: bool = False
    """Whether in training what becomes of an image depends on the others of its batch."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.parameters: Arrays = {}
        self.buffers: Arrays = {}
        """What it keeps of training without learning it by gradient, by name."""

    @property
    def name(self) -> str:
        """The layer's name in its network, such as conv1."""
        return self.spec.name

    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of what the layer learns, by name, in PyTorch's layouts."""
        return {}

    def buffer_shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of what the layer keeps besides, by name, in PyTorch's layouts."""
        return {}

    def check_batch(self, images: int) -> None:
        """Raise RequestError if it cannot learn from a batch of so many images."""

    def initialise(self, rng: np.random.Generator, initialiser: Initialiser) -> None:
        """Give the parameters the values that learning begins with: 0 unless a subclass differs."""
        for array in self.parameters.values():
            array[...] = 0


class Layer(Part, ABC):
    """One layer of a network, with one input."""

    def in_training(self, coins: Coins) -> "Layer":
        """The layer as it is in a step of training: as in evaluation, unless a subclass differs."""
        return self

    @abstractmethod
    def forward(self, x: Array) -> Array:
        """The output for a batch x (n first)."""

    @abstractmethod
    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        """The chain rule through this layer.

        Args:
            grad_out: the loss's gradient with respect to `forward(x)`.
            x: what `forward` was given.
            gradients: where the parameters' gradients are written, by name.

        Returns:
            The loss's gradient with respect to x.
        """

    def link(self, gradients: Arrays) -> list[chain.Layer]:
        """The layer as parts of a chain of kernels that write to the parameters' gradients."""
        other = chain.Other(
            forward=self.forward,
            backward=lambda grad_out, x: self.backward(grad_out, x, gradients),
            learns=bool(self.parameters),
        )
        return [other]


def sliding(window: Window) -> Sliding:
    """A spec's window, padded alike on opposite sides, for the kernels."""
    return Sliding(window.kernel_size, window.stride, window.before, window.dilation)


class Weighted(Layer):
    """A layer with a weight and, unless its spec says `bias=none`, biases."""

    spec: specs.Conv | specs.Local | specs.FullyConnected | specs.TransposedConv | specs.CausalConv

    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        weight, bias = self.spec.weight_shape, self.spec.bias_shape
        return {"weight": weight} if bias is None else {"weight": weight, "bias": bias}

    @property
    def weights(self) -> tuple[Array, Array | None]:
        """The weight, and the bias if there is one."""
        return self.parameters["weight"], self.parameters.get("bias")

    def fan_in(self) -> Fan:
        """How many inputs an output adds up."""
        return prod(self.spec.weight_shape[1:])

    def fan_out(self) -> Fan:
        """How many outputs an input has a part in, edges and strides aside."""
        return self.spec.weight_shape[0]

    def initialise(self, rng: np.random.Generator, initialiser: Initialiser) -> None:
        super().initialise(rng, initialiser)
        weight = self.parameters["weight"]
        deviation = initialiser(self.fan_in(), self.fan_out())
        deviations = np.broadcast_to(deviation, weight.shape)
        for part, own in zip(weight, deviations, strict=True):  # all at once is as much in float64
            part[...] = own * rng.standard_normal(part.shape)


def write(gradients: Arrays, grad_weight: Array, grad_bias: Array | None) -> None:
    """Write the gradients of a weight and of its bias, if there is one, to their places."""
    gradients["weight"][...] = grad_weight
    if grad_bias is not None:
        gradients["bias"][...] = grad_bias


def biases(bias: Array | None, gradients: Arrays, weight: Array) -> tuple[Array, Array]:
    """A bias and the place of its gradient, for kernels that always add one: 0 if there is none."""
    if bias is not None:
        return bias, gradients["bias"]
    none, unread = np.zeros((2, len(weight)), weight.dtype)
    return none, unread


class Conv(Weighted):
    """Convolution of maps with learned kernels."""

    spec: specs.Conv

    def __init__(self, spec: specs.Conv) -> None:
        super().__init__(spec)
        self.margin = Margin(spec.window)
        if spec.connection_table is not None:
            self.connections = np.array(spec.connection_table)

    def fan_in(self) -> Fan:
        if self.connections is None:
            return super().fan_in()
        channels: npt.NDArray[np.integer[Any]] = self.connections.sum(axis=1)
        return channels.reshape(-1, 1, 1, 1) * prod(self.spec.kernel_size)

    def fan_out(self) -> Fan:
        area = prod(self.spec.kernel_size)
        if self.connections is None:
            return self.spec.maps // self.spec.groups * area
        maps: npt.NDArray[np.integer[Any]] = self.connections.sum(axis=0)
        return maps.reshape(1, -1, 1, 1) * area

    def initialise(self, rng: np.random.Generator, initialiser: Initialiser) -> None:
        super().initialise(rng, initialiser)
        if self.connections is not None:
            self.parameters["weight"][~self.connections] = 0

    def settings(self) -> dict[str, Any]:
        spec = self.spec
        return {
            "stride": spec.stride,
            "padding": self.margin.padding,
            "dilation": spec.dilation,
            "groups": spec.groups,
            "connections": self.connections,
        }

    def forward(self, x: Array) -> Array:
        if self.spec.bias == "unit":
            check_units(self.spec, replace(self.spec, input=x.shape[1:]).output)
        return kernels.conv2d(self.margin.around(x), *self.weights, **self.settings())

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        grad_x, grad_weight, grad_bias = kernels.conv2d_backward(
            grad_out, self.margin.around(x), *self.weights, **self.settings()
        )
        write(gradients, grad_weight, grad_bias)
        return self.margin.within(grad_x, x)

    def link(self, gradients: Arrays) -> list[chain.Layer]:
        if self.margin.is_uneven:  # no kernel of blocks pads so
            return super().link(gradients)
        weight, bias = self.weights
        adding: list[chain.Layer] = []
        if bias is not None and self.spec.bias == "unit":  # they know a bias per map only
            adding = [self.adding(bias, gradients["bias"])]
            bias = None
        of_maps, grad_of_maps = biases(bias, gradients, weight)
        weights = Weights(
            weight, of_maps, gradients["weight"], grad_of_maps, self.spec.groups, self.connections
        )
        return [chain.Convolve(sliding(self.spec.window), weights), *adding]

    def adding(self, bias: Array, grad_bias: Array) -> chain.Layer:
        """The part of the layer that adds the biases of units to what the kernels gave."""

        def forward(x: Array) -> Array:
            check_units(self.spec, x.shape[1:])
            with np.errstate(all="ignore"):
                return x + bias

        def backward(grad_out: Array, x: Array) -> Array:
            grad_bias[...] = bias_gradient(grad_out, bias)
            return grad_out

        return chain.Other(forward, backward)


class Local(Weighted):
    """A convolution in which every unit has a kernel and a bias of its own."""

    spec: specs.Local

    def __init__(self, spec: specs.Local) -> None:
        super().__init__(spec)
        self.margin = Margin(spec.window)

    def fan_in(self) -> Fan:
        return prod(self.spec.weight_shape[3:])

    def fan_out(self) -> Fan:
        return self.spec.maps * prod(self.spec.kernel_size)

    def forward(self, x: Array) -> Array:
        check_units(self.spec, replace(self.spec, input=x.shape[1:]).output)
        stride, padding = self.spec.stride, self.margin.padding
        return kernels.local2d(self.margin.around(x), *self.weights, stride, padding)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        stride, padding = self.spec.stride, self.margin.padding
        grad_x, grad_weight, grad_bias = kernels.local2d_backward(
            grad_out, self.margin.around(x), *self.weights, stride, padding
        )
        write(gradients, grad_weight, grad_bias)
        return self.margin.within(grad_x, x)


def check_units(spec: specs.Conv | specs.Local, asked: Shape) -> None:
    """Raise RequestError if a layer is asked for more units than it has parameters for."""
    if asked != spec.output:
        own = "weights" if isinstance(spec, specs.Local) else "a bias"
        raise RequestError(
            f"{spec.name} {spec}: {show_shape(asked)} units are asked for; each of its"
            f" {show_shape(spec.output)} has {own} of its own, so the network cannot run on larger"
            " images"
        )


class FullyConnected(Weighted):
    """Every output sees every input.

    On maps of the size it was made for it multiplies the flattened maps. On larger maps it is the
    convolution whose kernel covers that size, and gives a map of outputs.
    """

    spec: specs.FullyConnected

    def flattens(self, x: Array) -> bool:
        return x.shape[1:] == self.spec.input

    def kernel(self, weight: Array | None = None) -> Array:
        """The weight, or its gradient, as a convolution kernel (features, channels, h, w)."""
        shape = (*self.spec.input, 1, 1)[:3]
        weight = self.parameters["weight"] if weight is None else weight
        return weight.reshape(-1, *shape)

    def forward(self, x: Array) -> Array:
        weight, bias = self.weights
        if self.flattens(x):
            return kernels.linear(x.reshape(len(x), weight.shape[1]), weight, bias)
        return kernels.conv2d(x, self.kernel(), bias)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        weight, bias = self.weights
        if self.flattens(x):
            flat = x.reshape(len(x), weight.shape[1])
            grad_x, grad_weight, grad_bias = kernels.linear_backward(grad_out, flat, weight, bias)
        else:
            grad_x, grad_weight, grad_bias = kernels.conv2d_backward(
                grad_out, x, self.kernel(), bias
            )
        write(gradients, grad_weight.reshape(weight.shape), grad_bias)
        return grad_x.reshape(x.shape)

    def link(self, gradients: Arrays) -> list[chain.Layer]:
        kernel, grad_kernel = self.kernel(), self.kernel(gradients["weight"])
        bias, grad_bias = biases(self.weights[1], gradients, kernel)
        weights = Weights(kernel, bias, grad_kernel, grad_bias)
        return [chain.Convolve(Sliding(kernel.shape[2:]), weights)]


class Flatten(Layer):
    """Maps as a vector."""

    def forward(self, x: Array) -> Array:
        self.check(x.shape[1:])
        return x.reshape(len(x), prod(x.shape[1:]))

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        return grad_out.reshape(x.shape)

    def link(self, gradients: Arrays) -> list[chain.Layer]:
        return [chain.Flatten(self.check)]

    def check(self, shape: Shape) -> None:
        """Raise RequestError if other maps arrive than the network was made for."""
        expected, arriving = prod(self.spec.input), prod(shape)
        if arriving != expected:
            sides, more = show_shape(self.spec.input), show_shape(shape)
            sides = f"{sides} = {expected}" if len(self.spec.input) > 1 else str(expected)
            raise RequestError(
                f"{self.name}: {sides} numbers were expected, {more} = {arriving} arrive; what"
                f" follows has weights for {expected}, so the network takes images of its own size"
                " only (FC without FLATTEN slides over larger ones)"
            )


class Softmax(Layer):
    """Log-probabilities of the classes."""

    def forward(self, x: Array) -> Array:
        return kernels.log_softmax(x)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        return kernels.log_softmax_backward(grad_out, x)
