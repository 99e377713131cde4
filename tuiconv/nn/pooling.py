"""Layers that make one number of every window, or of every map."""

from typing import Any

import numpy as np

import tuiconv_kernels as kernels
from tuiconv.arithmetic import layers as specs
from tuiconv.nn.initialisers import Initialiser
from tuiconv.nn.layers import Array, Arrays, Layer, sliding
from tuiconv.nn.margin import Margin
from tuiconv_kernels import chain
from tuiconv_kernels.stages import Weights


class MaxPool(Layer):
    """The largest value of each window."""

    spec: specs.MaxPool

    def __init__(self, spec: specs.MaxPool) -> None:
        super().__init__(spec)
        self.margin = Margin(spec.window)

    def settings(self) -> dict[str, Any]:
        return {
            "kernel_size": self.spec.kernel_size,
            "stride": self.spec.stride,
            "padding": self.margin.padding,
            "dilation": self.spec.dilation,
            "ceil_mode": self.spec.rounding == "up",
        }

    def forward(self, x: Array) -> Array:
        return kernels.max_pool2d(self.margin.around(x, -np.inf), **self.settings())

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        laid = self.margin.around(x, -np.inf)
        return self.margin.within(kernels.max_pool2d_backward(grad_out, laid, **self.settings()), x)

    def link(self, gradients: Arrays) -> list[chain.Layer]:
        if self.spec.rounding == "up" or self.margin.is_uneven:  # no kernel of blocks does that
            return super().link(gradients)
        return [chain.Pool(sliding(self.spec.window))]


class AvgPool(Layer):
    """The mean of each window."""

    spec: specs.AvgPool

    def __init__(self, spec: specs.AvgPool) -> None:
        super().__init__(spec)
        self.margin = Margin(spec.window)

    def settings(self) -> dict[str, Any]:
        return {
            "kernel_size": self.spec.kernel_size,
            "stride": self.spec.stride,
            "padding": self.margin.padding,
            "ceil_mode": self.spec.rounding == "up",
            "count_include_pad": self.spec.count == "all",
        }

    def forward(self, x: Array) -> Array:
        means = kernels.avg_pool2d(self.margin.around(x), **self.settings())
        return means / self.shares(x)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        laid, grad_means = self.margin.around(x), grad_out / self.shares(x)
        return self.margin.within(
            kernels.avg_pool2d_backward(grad_means, laid, **self.settings()), x
        )

    def shares(self, x: Array) -> Array | int:
        """Of what each window averages, the share of cells that count."""
        if self.spec.count == "all" or not self.margin.is_uneven:
            return 1  # the kernel counts
        cells = np.ones((1, 1, *x.shape[2:]), x.dtype)
        return kernels.avg_pool2d(self.margin.around(cells), **self.settings())

    def link(self, gradients: Arrays) -> list[chain.Layer]:
        spec = self.spec
        if (spec.rounding, spec.count) != ("down", "all") or self.margin.is_uneven:  # as above
            return super().link(gradients)
        return [chain.Pool(sliding(self.spec.window), averages=True)]


class Subsample(Layer):
    """The mean of each window, times a gain, plus a bias, one of each for every map."""

    spec: specs.Subsample

    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        return {"gain": (self.spec.maps,), "bias": (self.spec.maps,)}

    def initialise(self, rng: np.random.Generator, initialiser: Initialiser) -> None:
        super().initialise(rng, initialiser)
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

    def link(self, gradients: Arrays) -> list[chain.Layer]:
        gain, bias = self.parameters["gain"], self.parameters["bias"]
        weights = Weights(gain, bias, gradients["gain"], gradients["bias"])
        return [chain.Subsample(sliding(self.spec.window), weights)]


class LpPool(Layer):
    """The L_p norm of each window."""

    spec: specs.LpPool

    def forward(self, x: Array) -> Array:
        spec = self.spec
        return kernels.lp_pool2d(x, spec.power, spec.kernel_size, spec.stride)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        spec = self.spec
        return kernels.lp_pool2d_backward(grad_out, x, spec.power, spec.kernel_size, spec.stride)


class GlobalAvgPool(Layer):
    """The mean of each map; on a larger image of the larger map."""

    def forward(self, x: Array) -> Array:
        return kernels.global_avg_pool2d(x)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        return kernels.global_avg_pool2d_backward(grad_out, x)


class GlobalMaxPool(Layer):
    """The largest value of each map; on a larger image of the larger map."""

    def forward(self, x: Array) -> Array:
        return kernels.global_max_pool2d(x)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        return kernels.global_max_pool2d_backward(grad_out, x)


class LogProbPool(Layer):
    """The soft maximum of each window."""

    spec: specs.LogProbPool

    def forward(self, x: Array) -> Array:
        spec = self.spec
        return kernels.log_prob_pool2d(x, spec.beta, spec.kernel_size, spec.stride)

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        spec = self.spec
        return kernels.log_prob_pool2d_backward(
            grad_out, x, spec.beta, spec.kernel_size, spec.stride
        )
