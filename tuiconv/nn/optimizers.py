"""Optimisers: how a gradient changes the parameters."""

import numpy as np

import tuiconv_kernels as kernels
from tuiconv.nn.layers import Array


class SGD:
    """Stochastic gradient descent with momentum (Polyak 1964), in PyTorch's form.

    v ← momentum · v + g;  w ← w − lr · v
    """

    def __init__(self, parameters: Array, lr: float, momentum: float) -> None:
        self.parameters = parameters
        self.lr = lr
        self.momentum = momentum
        self.velocity = np.zeros_like(parameters)

    def step(self, gradients: Array) -> None:
        """Update the parameters in place with a gradient of the same layout."""
        kernels.momentum_step(self.parameters, gradients, self.velocity, self.lr, self.momentum)
