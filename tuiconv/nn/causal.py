"""Causal convolution: in time, over what has been."""

from math import prod
from typing import Any

import tuiconv_kernels as kernels
from tuiconv.arithmetic import layers as specs
from tuiconv.errors import RequestError
from tuiconv.nn.initialisers import Fan
from tuiconv.nn.layers import Array, Arrays, Weighted, write


class CausalConv(Weighted):
    """Convolution along the width of maps that are one row high."""

    spec: specs.CausalConv

    def fan_out(self) -> Fan:
        return prod(self.spec.weight_shape) // self.spec.input[0]

    def settings(self) -> dict[str, Any]:
        return {"padding": "causal", "dilation": self.spec.dilation, "groups": self.spec.groups}

    def forward(self, x: Array) -> Array:
        if x.shape[2] != 1:
            raise RequestError(
                f"{self.name} {self.spec}: maps of {x.shape[2]} rows arrive; it is made for one"
                " row of time, so the network takes longer images, but no higher ones"
            )
        return kernels.conv1d(x[:, :, 0], *self.weights, **self.settings())[:, :, None]

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        grad_x, grad_weight, grad_bias = kernels.conv1d_backward(
            grad_out[:, :, 0], x[:, :, 0], *self.weights, **self.settings()
        )
        write(gradients, grad_weight, grad_bias)
        return grad_x[:, :, None]
