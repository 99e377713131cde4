"""Layers that compare every cell with its neighbourhood."""

import tuiconv_kernels as kernels
from tuiconv.arithmetic import layers as specs
from tuiconv.nn.layers import Array, Arrays, Layer


class SubtractiveNorm(Layer):
    """Every cell less the mean around it."""

    spec: specs.SubtractiveNorm

    def forward(self, x: Array) -> Array:
        return kernels.subtractive_norm(x, self.spec.kernel_size)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        return kernels.subtractive_norm_backward(grad_out, x, self.spec.kernel_size)


class DivisiveNorm(Layer):
    """Every cell divided by the contrast around it."""

    spec: specs.DivisiveNorm

    def forward(self, x: Array) -> Array:
        return kernels.divisive_norm(x, self.spec.kernel_size)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        return kernels.divisive_norm_backward(grad_out, x, self.spec.kernel_size)
