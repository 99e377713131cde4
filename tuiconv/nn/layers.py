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
from tuiconv_kernels import chain
from tuiconv_kernels.correlation import Connections, bias_gradient
from tuiconv_kernels.geometry import Sliding
from tuiconv_kernels.stages import Weights

Array: TypeAlias = npt.NDArray[np.floating[Any]]
Labels: TypeAlias = npt.NDArray[np.integer[Any]]
"""Class numbers."""
Arrays: TypeAlias = dict[str, Array]
"""Parameters or their gradients by name: `weight`, `bias`."""


class Layer(ABC):
    """One layer of a network."""

    connections: Connections | None = None
    """Which output of its weight sees which input; None for all. The weights between the others
    are 0 and stay 0, as their gradients are 0."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.parameters: Arrays = {}

    @property
    def name(self) -> str:
        """The layer's name in its network, such as conv1."""
        return self.spec.name

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
        )
        return [other]

    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of what the layer learns, by name, in PyTorch's layouts."""
        return {}

    def initialise(self, rng: np.random.Generator) -> None:
        """Give the parameters the values that learning begins with: 0 unless a subclass differs."""
        for array in self.parameters.values():
            array[...] = 0


def sliding(window: Window) -> Sliding:
    """A spec's window for the kernels."""
    return Sliding(window.kernel_size, window.stride, window.padding, window.dilation)


class Weighted(Layer):
    """A layer with a weight and a bias per output."""

    spec: specs.Conv | specs.Local | specs.FullyConnected

    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        return {"weight": self.spec.weight_shape, "bias": self.spec.bias_shape}

    def fan_in(self) -> int | npt.NDArray[np.integer[Any]]:
        """How many inputs an output adds up; if not all the same number, in the weight's axes."""
        return prod(self.spec.weight_shape[1:])

    def initialise(self, rng: np.random.Generator) -> None:
        super().initialise(rng)
        weight = self.parameters["weight"]
        weight[...] = rng.normal(0, 1 / np.sqrt(self.fan_in()), weight.shape)


class Conv(Weighted):
    """Convolution of maps with learned kernels."""

    spec: specs.Conv

    def __init__(self, spec: specs.Conv) -> None:
        super().__init__(spec)
        if spec.connections is not None:
            self.connections = np.array(spec.connections)

    def fan_in(self) -> int | npt.NDArray[np.integer[Any]]:
        if self.connections is None:
            return super().fan_in()
        channels: npt.NDArray[np.integer[Any]] = self.connections.sum(axis=1)
        return channels.reshape(-1, 1, 1, 1) * prod(self.spec.kernel_size)

    def initialise(self, rng: np.random.Generator) -> None:
        super().initialise(rng)
        if self.connections is not None:
            self.parameters["weight"][~self.connections] = 0

    def settings(self) -> dict[str, Any]:
        spec = self.spec
        return {
            "stride": spec.stride,
            "padding": spec.padding,
            "dilation": spec.dilation,
            "groups": spec.groups,
            "connections": self.connections,
        }

    def forward(self, x: Array) -> Array:
        if self.spec.bias == "unit":
            check_units(self.spec, replace(self.spec, input=x.shape[1:]).output)
        weight, bias = self.parameters["weight"], self.parameters["bias"]
        return kernels.conv2d(x, weight, bias, **self.settings())

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        weight, bias = self.parameters["weight"], self.parameters["bias"]
        grad_x, gradients["weight"][...], gradients["bias"][...] = kernels.conv2d_backward(
            grad_out, x, weight, bias, **self.settings()
        )
        return grad_x

    def link(self, gradients: Arrays) -> list[chain.Layer]:
        weight, bias = self.parameters["weight"], self.parameters["bias"]
        grad_weight, grad_bias = gradients["weight"], gradients["bias"]
        adding: list[chain.Layer] = []
        if self.spec.bias == "unit":  # the kernels of blocks know a bias per map only
            adding = [self.adding(bias, grad_bias)]
            bias, grad_bias = np.zeros((2, self.spec.maps), bias.dtype)
        weights = Weights(weight, bias, grad_weight, grad_bias, self.spec.groups, self.connections)
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

    def fan_in(self) -> int:
        return prod(self.spec.weight_shape[3:])

    def forward(self, x: Array) -> Array:
        check_units(self.spec, replace(self.spec, input=x.shape[1:]).output)
        weight, bias = self.parameters["weight"], self.parameters["bias"]
        return kernels.local2d(x, weight, bias, self.spec.stride, self.spec.padding)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        weight, bias = self.parameters["weight"], self.parameters["bias"]
        grad_x, gradients["weight"][...], gradients["bias"][...] = kernels.local2d_backward(
            grad_out, x, weight, bias, self.spec.stride, self.spec.padding
        )
        return grad_x


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
        weight, bias = self.parameters["weight"], self.parameters["bias"]
        if self.flattens(x):
            return kernels.linear(x.reshape(len(x), weight.shape[1]), weight, bias)
        return kernels.conv2d(x, self.kernel(), bias)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        weight, bias = self.parameters["weight"], self.parameters["bias"]
        if self.flattens(x):
            flat = x.reshape(len(x), weight.shape[1])
            grad_x, grad_weight, grad_bias = kernels.linear_backward(grad_out, flat, weight, bias)
        else:
            grad_x, grad_weight, grad_bias = kernels.conv2d_backward(
                grad_out, x, self.kernel(), bias
            )
        gradients["weight"][...] = grad_weight.reshape(weight.shape)
        gradients["bias"][...] = grad_bias
        return grad_x.reshape(x.shape)

    def link(self, gradients: Arrays) -> list[chain.Layer]:
        kernel, grad_kernel = self.kernel(), self.kernel(gradients["weight"])
        weights = Weights(kernel, self.parameters["bias"], grad_kernel, gradients["bias"])
        return [chain.Convolve(Sliding(kernel.shape[2:]), weights)]


class Softmax(Layer):
    """Log-probabilities of the classes."""

    def forward(self, x: Array) -> Array:
        return kernels.log_softmax(x)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        return kernels.log_softmax_backward(grad_out, x)
