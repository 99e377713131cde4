"""Layers: a spec with weights that can go forward and backward.

A layer keeps nothing between calls, so several threads can use one at once: `backward` is given
the same input that `forward` was given.
"""

from abc import ABC, abstractmethod
from math import prod
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

import tuiconv_kernels as kernels
from tuiconv.arithmetic import layers as specs
from tuiconv.arithmetic.sizes import Window
from tuiconv.arithmetic.specs import Spec
from tuiconv_kernels import chain
from tuiconv_kernels.correlation import Connections
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

    def link(self, gradients: Arrays) -> chain.Layer:
        """The layer as a part of a chain of kernels that writes to the parameters' gradients."""
        return chain.Other(
            forward=self.forward,
            backward=lambda grad_out, x: self.backward(grad_out, x, gradients),
        )

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

    spec: specs.Conv | specs.FullyConnected

    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        shape = self.spec.weight_shape
        return {"weight": shape, "bias": shape[:1]}

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
        weight, bias = self.parameters["weight"], self.parameters["bias"]
        return kernels.conv2d(x, weight, bias, **self.settings())

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        weight, bias = self.parameters["weight"], self.parameters["bias"]
        grad_x, gradients["weight"][...], gradients["bias"][...] = kernels.conv2d_backward(
            grad_out, x, weight, bias, **self.settings()
        )
        return grad_x

    def link(self, gradients: Arrays) -> chain.Layer:
        weights = Weights(
            self.parameters["weight"],
            self.parameters["bias"],
            gradients["weight"],
            gradients["bias"],
            self.spec.groups,
            self.connections,
        )
        return chain.Convolve(sliding(self.spec.window), weights)


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

    def link(self, gradients: Arrays) -> chain.Layer:
        kernel, grad_kernel = self.kernel(), self.kernel(gradients["weight"])
        weights = Weights(kernel, self.parameters["bias"], grad_kernel, gradients["bias"])
        return chain.Convolve(Sliding(kernel.shape[2:]), weights)


class MaxPool(Layer):
    """The largest value of each window."""

    spec: specs.MaxPool

    def forward(self, x: Array) -> Array:
        spec = self.spec
        return kernels.max_pool2d(x, spec.kernel_size, spec.stride, spec.padding)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        spec = self.spec
        return kernels.max_pool2d_backward(grad_out, x, spec.kernel_size, spec.stride, spec.padding)

    def link(self, gradients: Arrays) -> chain.Layer:
        return chain.Pool(sliding(self.spec.window))


class AvgPool(Layer):
    """The mean of each window."""

    spec: specs.AvgPool

    def forward(self, x: Array) -> Array:
        spec = self.spec
        return kernels.avg_pool2d(x, spec.kernel_size, spec.stride, spec.padding)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        spec = self.spec
        return kernels.avg_pool2d_backward(grad_out, x, spec.kernel_size, spec.stride, spec.padding)

    def link(self, gradients: Arrays) -> chain.Layer:
        return chain.Pool(sliding(self.spec.window), averages=True)


class Subsample(Layer):
    """The mean of each window, times a gain, plus a bias, one of each for every map."""

    spec: specs.Subsample

    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        return {"gain": (self.spec.maps,), "bias": (self.spec.maps,)}

    def initialise(self, rng: np.random.Generator) -> None:
        super().initialise(rng)
        self.parameters["gain"][...] = 1

    def forward(self, x: Array) -> Array:
        gain, bias = self.parameters["gain"], self.parameters["bias"]
        return kernels.subsample2d(x, gain, bias, self.spec.kernel_size, self.spec.stride)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        gain, bias = self.parameters["gain"], self.parameters["bias"]
        grad_x, gradients["gain"][...], gradients["bias"][...] = kernels.subsample2d_backward(
            grad_out, x, gain, bias, self.spec.kernel_size, self.spec.stride
        )
        return grad_x

    def link(self, gradients: Arrays) -> chain.Layer:
        gain, bias = self.parameters["gain"], self.parameters["bias"]
        weights = Weights(gain, bias, gradients["gain"], gradients["bias"])
        return chain.Subsample(sliding(self.spec.window), weights)


class ReLU(Layer):
    """max(0, x)."""

    def forward(self, x: Array) -> Array:
        return kernels.relu(x)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        return kernels.relu_backward(grad_out, x)

    def link(self, gradients: Arrays) -> chain.Layer:
        return chain.Relu()


class Tanh(Layer):
    """Hyperbolic tangent."""

    def forward(self, x: Array) -> Array:
        return kernels.tanh(x)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        return kernels.tanh_backward(grad_out, x)

    def link(self, gradients: Arrays) -> chain.Layer:
        return chain.Tanh()


class ScaledTanh(Layer):
    """1.7159 · tanh(2x/3)."""

    def forward(self, x: Array) -> Array:
        return kernels.scaled_tanh(x)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        return kernels.scaled_tanh_backward(grad_out, x)

    def link(self, gradients: Arrays) -> chain.Layer:
        return chain.Tanh(scaled=True)


class Softmax(Layer):
    """Log-probabilities of the classes."""

    def forward(self, x: Array) -> Array:
        return kernels.log_softmax(x)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        return kernels.log_softmax_backward(grad_out, x)


KINDS: dict[type[Spec], type[Layer]] = {
    specs.Conv: Conv,
    specs.FullyConnected: FullyConnected,
    specs.MaxPool: MaxPool,
    specs.AvgPool: AvgPool,
    specs.Subsample: Subsample,
    specs.ReLU: ReLU,
    specs.Tanh: Tanh,
    specs.ScaledTanh: ScaledTanh,
    specs.Softmax: Softmax,
}
"""The layer that brings each kind of spec to life."""
