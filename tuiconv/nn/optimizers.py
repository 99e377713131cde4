"""Optimisers: how a gradient changes the parameters."""

import numpy as np

from tuiconv.nn.layers import Array
from tuiconv_kernels.optimizers import momentum_updates
from tuiconv_kernels.weighted import Call


class SGD:
    """Stochastic gradient descent with momentum (Polyak 1964), in PyTorch's form.

    v ← momentum · v + g;  w ← w − lr · v
    """

    def __init__(self, parameters: Array, lr: float, momentum: float) -> None:
        self.parameters = parameters
        self.velocity = np.zeros_like(parameters)
        self._settings = np.array([lr, momentum], np.float64)

    @property
    def lr(self) -> float:
        """The learning rate of the next update."""
        return float(self._settings[0])

    @lr.setter
    def lr(self, value: float) -> None:
        self._settings[0] = value

    @property
    def momentum(self) -> float:
        """How much of the last update is carried into the next."""
        return float(self._settings[1])

    def update(self, gradients: Array, part: slice = slice(None)) -> Call:
        """A call that updates the parameters, or a part of them, in place.

        Args:
            gradients: laid out as the parameters; read at every call.
            part: which of them.
        """
        parameters, velocity = self.parameters[part], self.velocity[part]
        return momentum_updates, (parameters, gradients[part], velocity, self._settings)
