"""Layers that compare every cell with its neighbourhood, in its map or across the maps."""

from typing import Any

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


class ResponseNorm(Layer):
    """Every cell damped by what other maps say at its place."""

    spec: specs.ResponseNorm

    def settings(self) -> dict[str, Any]:
        spec = self.spec
        return {"size": spec.size, "alpha": spec.alpha, "beta": spec.beta, "k": spec.k}

    def forward(self, x: Array) -> Array:
        return kernels.local_response_norm(x, **self.settings())

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        return kernels.local_response_norm_backward(grad_out, x, **self.settings())
