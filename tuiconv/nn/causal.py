"""Causal convolution: in time, over what has been."""

from math import prod
from typing import Any

import tuiconv_kernels as kernels
from tuiconv.arithmetic import layers as specs
from tuiconv.errors import RequestError
from tuiconv.nn.initialisers import Fan
from tuiconv.nn.layers import Array, Arrays, Weighted


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
        weight, bias = self.parameters["weight"], self.parameters["bias"]
        return kernels.conv1d(x[:, :, 0], weight, bias, **self.settings())[:, :, None]

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        weight, bias = self.parameters["weight"], self.parameters["bias"]
        grad_x, gradients["weight"][...], gradients["bias"][...] = kernels.conv1d_backward(
            grad_out[:, :, 0], x[:, :, 0], weight, bias, **self.settings()
        )
        return grad_x[:, :, None]
