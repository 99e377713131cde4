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

    def step(self, gradients: Array, part: slice = slice(None)) -> None:
        """Update the parameters, or a part of them, in place with a gradient of the same layout."""
        parameters, velocity = self.parameters[part], self.velocity[part]
        kernels.momentum_step(parameters, gradients[part], velocity, self.lr, self.momentum)
