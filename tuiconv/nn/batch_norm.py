"""Batch normalisation: the batch's statistics in training, running ones in evaluation."""

from copy import copy
from math import prod
from typing import Any

import numpy as np

import tuiconv_kernels as kernels
from tuiconv.arithmetic import layers as specs
from tuiconv.errors import RequestError
from tuiconv.nn.coins import Coins
from tuiconv.nn.initialisers import Initialiser
from tuiconv.nn.layers import Array, Arrays, Layer
from tuiconv_kernels import chain


class BatchNorm(Layer):
    """Every channel with mean 0 and variance 1, then times a weight, plus a bias.

    A forward pass in training moves the running statistics.
    """

    spec: specs.BatchNorm
    joins_images = True
    training = False

    def in_training(self, coins: Coins) -> Layer:
        layer = copy(self)  # with the same parameters and statistics
        layer.training = True
        return layer

    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        return {"weight": (self.spec.channels,), "bias": (self.spec.channels,)}

    def buffer_shapes(self) -> dict[str, tuple[int, ...]]:
        return {"running_mean": (self.spec.channels,), "running_var": (self.spec.channels,)}

    def initialise(self, rng: np.random.Generator, initialiser: Initialiser) -> None:
        super().initialise(rng, initialiser)
        self.parameters["weight"][...] = 1
        self.buffers["running_var"][...] = 1

    def check_batch(self, images: int) -> None:
        if images * prod(self.spec.input[1:]) == 1:
            raise RequestError(
                f"{self.name} {self.spec}: a batch of 1 image has a single value in each of its"
                f" {self.spec.channels} channels, which does not vary; expected batches of at least"
                " 2 images"
            )

    def settings(self) -> dict[str, Any]:
        return {
            **self.buffers,
            **self.parameters,
            "training": self.training,
            "momentum": self.spec.momentum,
            "eps": self.spec.eps,
        }

    def forward(self, x: Array) -> Array:
        return kernels.batch_norm(x, **self.settings())

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        grad_x, _, _, gradients["weight"][...], gradients["bias"][...] = (
            kernels.batch_norm_backward(grad_out, x, **self.settings())
        )
        return grad_x

    def link(self, gradients: Arrays) -> list[chain.Layer]:
        # its output is not asked for to find its shape: that would move the statistics
        return [
            chain.Other(
                forward=self.forward,
                backward=lambda grad_out, x: self.backward(grad_out, x, gradients),
                keeps_shape=True,
            )
        ]
