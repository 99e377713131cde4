"""Layers that make maps larger, and the one that undoes such a layer."""

from math import prod
from typing import Any

import tuiconv_kernels as kernels
from tuiconv.arithmetic import layers as specs
from tuiconv.errors import RequestError
from tuiconv.nn.initialisers import Fan
from tuiconv.nn.layers import Array, Arrays, Layer, Weighted, write
from tuiconv.nn.margin import Margin, cut, laid


class TransposedConv(Weighted):
    """Every cell lays its kernel on the output."""

    spec: specs.TransposedConv

    def __init__(self, spec: specs.TransposedConv) -> None:
        super().__init__(spec)
        self.margin = Margin(spec.window)

    def fan_in(self) -> Fan:
        """Kernels of a group's channels overlap in an output, the fewer the larger the stride."""
        spec = self.spec
        taps = spec.input[0] // spec.groups * prod(spec.kernel_size)
        return max(taps // prod(spec.stride), 1)

    def fan_out(self) -> Fan:
        return prod(self.spec.weight_shape[1:])

    def settings(self) -> dict[str, Any]:
        spec = self.spec
        return {
            "stride": spec.stride,
            "padding": self.margin.padding,
            "output_padding": spec.output_padding,
            "groups": spec.groups,
            "dilation": spec.dilation,
        }

    def forward(self, x: Array) -> Array:
        out = kernels.conv_transpose2d(x, *self.weights, **self.settings())
        window = self.margin.window
        return cut(out, window.before, window.behind) if self.margin.is_uneven else out

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        window = self.margin.window
        if self.margin.is_uneven:
            grad_out = laid(grad_out, window.before, window.behind)
        grad_x, grad_weight, grad_bias = kernels.conv_transpose2d_backward(
            grad_out, x, *self.weights, **self.settings()
        )
        write(gradients, grad_weight, grad_bias)
        return grad_x


class Shuffle(Layer):
    """Channels as cells of a finer map."""

    spec: specs.Shuffle

    def forward(self, x: Array) -> Array:
        return kernels.pixel_shuffle(x, self.spec.factor)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        return kernels.pixel_shuffle_backward(grad_out, x, self.spec.factor)


class Unshuffle(Layer):
    """Cells as channels of a coarser map."""

    spec: specs.Unshuffle

    def forward(self, x: Array) -> Array:
        factor, sides = self.spec.factor, x.shape[2:]
        if any(side % factor for side in sides):
            raise RequestError(
                f"{self.name} {self.spec}: maps of {sides[0]}×{sides[1]} arrive; expected multiples"
                f" of {factor}, so the network cannot run on images of this size"
            )
        return kernels.pixel_unshuffle(x, factor)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        return kernels.pixel_unshuffle_backward(grad_out, x, self.spec.factor)
