"""Dropout: in training every unit is left out by a coin, so that none can rely on another."""

from math import prod
from zlib import crc32

import tuiconv_kernels as kernels
from tuiconv.arithmetic import layers as specs
from tuiconv.nn.coins import Coins
from tuiconv.nn.layers import Array, Arrays, Layer
from tuiconv_kernels import chain


class Dropout(Layer):
    """In evaluation everything passes: what is kept in training is scaled up there instead."""

    spec: specs.Dropout
    is_random = True

    def in_training(self, coins: Coins) -> Layer:
        return Dropping(self.spec, coins)

    def forward(self, x: Array) -> Array:
        return x

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        return grad_out

    def link(self, gradients: Arrays) -> list[chain.Layer]:
        return []


class Dropping(Layer):
    """Dropout in a step of training; backward makes the same mask again."""

    spec: specs.Dropout

    def __init__(self, spec: specs.Dropout, coins: Coins) -> None:
        super().__init__(spec)
        self.coins = coins
        self.number = crc32(spec.name.encode())

    def seed(self, x: Array) -> int:
        return self.coins.seed_of(self.number, prod(x.shape[1:]))

    def forward(self, x: Array) -> Array:
        return kernels.dropout(x, self.spec.p, seed=self.seed(x))

    def backward(self, grad_out: Array, x: Array, gradients: Arrays) -> Array:
        return kernels.dropout_backward(grad_out, x, self.spec.p, seed=self.seed(x))

    def link(self, gradients: Arrays) -> list[chain.Layer]:
        return [chain.Drop(self.spec.p, self.coins.numbers, self.number)]
