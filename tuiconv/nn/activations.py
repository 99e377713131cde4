"""Layers that are a function of each unit by itself."""

import tuiconv_kernels as kernels
from tuiconv.arithmetic import layers as specs
from tuiconv.nn.layers import Array, Arrays, Layer
from tuiconv_kernels import chain


class ReLU(Layer):
    """max(0, x)."""

    def forward(self, x: Array) -> Array:
        return kernels.relu(x)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        return kernels.relu_backward(grad_out, x)

    def link(self, gradients: Arrays) -> list[chain.Layer]:
        return [chain.Relu()]


class ReLU6(Layer):
    """min(max(0, x), 6)."""

    def forward(self, x: Array) -> Array:
        return kernels.relu6(x)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        return kernels.relu6_backward(grad_out, x)


class LeakyReLU(Layer):
    """x above 0, a part of it below."""

    spec: specs.LeakyReLU

    def forward(self, x: Array) -> Array:
        return kernels.leaky_relu(x, self.spec.slope)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        return kernels.leaky_relu_backward(grad_out, x, self.spec.slope)


class Tanh(Layer):
    """Hyperbolic tangent."""

    def forward(self, x: Array) -> Array:
        return kernels.tanh(x)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        return kernels.tanh_backward(grad_out, x)

    def link(self, gradients: Arrays) -> list[chain.Layer]:
        return [chain.Tanh()]


class ScaledTanh(Layer):
    """1.7159 · tanh(2x/3)."""

    def forward(self, x: Array) -> Array:
        return kernels.scaled_tanh(x)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        return kernels.scaled_tanh_backward(grad_out, x)

    def link(self, gradients: Arrays) -> list[chain.Layer]:
        return [chain.Tanh(scaled=True)]


class Sigmoid(Layer):
    """1 / (1 + e⁻ˣ)."""

    def forward(self, x: Array) -> Array:
        return kernels.sigmoid(x)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        return kernels.sigmoid_backward(grad_out, x)


class Shrink(Layer):
    """Every value drawn to 0 by a threshold."""

    spec: specs.Shrink

    def forward(self, x: Array) -> Array:
        return kernels.softshrink(x, self.spec.threshold)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        return kernels.softshrink_backward(grad_out, x, self.spec.threshold)
