"""Optimisers: how a gradient changes the parameters.

Their formulas are those of the steps in `tuiconv_kernels.optimizers`. Weight decay adds the slope
of the penalty weight_decay / 2 · w² to the gradient, as in `torch.optim`.
"""

import math
from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from tuiconv.errors import RequestError, unknown
from tuiconv.nn.layers import Array
from tuiconv_kernels.optimizers import (
    adagrad_step,
    adam_step,
    momentum_updates,
    natural_gradient_step,
    rmsprop_step,
)
from tuiconv_kernels.weighted import Call


class Optimizer(ABC):
    """Updates parameters, and remembers what it needs for the next update.

    Args:
        parameters: (count,), updated in place.
        lr: learning rate, which may change between updates.
        weight_decay: how strongly parameters are drawn to 0.
        more: settings of a kind of optimiser.
    """

    LR: ClassVar[float]
    """The learning rate, if none is asked for."""
    MEMORY: ClassVar[tuple[str, ...]]
    """The names of the arrays that are remembered, each like the parameters."""

    def __init__(
        self, parameters: Array, lr: float, weight_decay: float = 0.0, *more: float
    ) -> None:
        self.parameters = parameters
        self.memory = {name: np.zeros_like(parameters) for name in self.MEMORY}
        self.steps = 0
        """The number of the update in hand; who makes all parts of an update counts it first."""
        self.settings = np.array([lr, weight_decay, *more], np.float64)

    @property
    def lr(self) -> float:
        """The learning rate of the next update."""
        return float(self.settings[0])

    @lr.setter
    def lr(self, value: float) -> None:
        self.settings[0] = value

    @property
    def weight_decay(self) -> float:
        """How strongly parameters are drawn to 0."""
        return float(self.settings[1])

    @property
    def momentum(self) -> float | None:
        """How much of the last update is carried into the next; None for one without momentum."""
        return None

    @abstractmethod
    def update(self, gradients: Array, part: slice = slice(None), images: int = 1) -> Call:
        """A call that updates the parameters, or a part of them, in place.

        Args:
            gradients: laid out as the parameters; read at every call, and may be changed by it.
            part: which of them.
            images: of how many images the gradients are the mean.
        """


class SGD(Optimizer):
    """Stochastic gradient descent with momentum (Polyak 1964), in PyTorch's form.

    v ← momentum · v + g;  w ← w − lr · v
    """

    LR = 0.02
    MOMENTUM: ClassVar[float] = 0.9
    """The momentum, if none is asked for."""
    MEMORY = ("velocity",)
    NESTEROV: ClassVar[bool] = False

    def __init__(
        self, parameters: Array, lr: float, momentum: float = MOMENTUM, weight_decay: float = 0.0
    ) -> None:
        super().__init__(parameters, lr, weight_decay, momentum, self.NESTEROV)

    @property
    def momentum(self) -> float:
        return float(self.settings[2])

    def update(self, gradients: Array, part: slice = slice(None), images: int = 1) -> Call:
        # a kernel that a program runs without Python: this is the fast path
        velocity = self.memory["velocity"][part]
        return momentum_updates, (self.parameters[part], gradients[part], velocity, self.settings)


class Nesterov(SGD):
    """Momentum that looks a step ahead (Nesterov 1983): w ← w − lr · (g + momentum · v)."""

    NESTEROV = True


class Adaptive(Optimizer):
    """Divides gradients by what has been found out about their size, in a step called by Python."""

    def update(self, gradients: Array, part: slice = slice(None), images: int = 1) -> Call:
        memory = [array[part] for array in self.memory.values()]
        return self._update, (self.parameters[part], gradients[part], memory, images)

    def _update(
        self, parameters: Array, gradients: Array, memory: list[Array], images: int
    ) -> None:
        if self.weight_decay:
            with np.errstate(all="ignore"):  # what overflows is seen in the loss
                gradients += parameters.dtype.type(self.weight_decay) * parameters
        self.step(parameters, gradients, memory, images)

    @abstractmethod
    def step(self, parameters: Array, gradients: Array, memory: list[Array], images: int) -> None:
        """Update some parameters and what is remembered of them, without weight decay."""


class AdaGrad(Adaptive):
    """Smaller steps where gradients have been large (Duchi, Hazan & Singer 2011)."""

    LR = 0.01
    MEMORY = ("squares",)

    def step(self, parameters: Array, gradients: Array, memory: list[Array], images: int) -> None:
        (squares,) = memory
        adagrad_step(parameters, gradients, squares, self.lr)


class RMSProp(Adaptive):
    """The gradient over its recent size (Tieleman & Hinton 2012, lecture 6.5)."""

    LR = 0.001
    MEMORY = ("squares",)

    def step(self, parameters: Array, gradients: Array, memory: list[Array], images: int) -> None:
        (squares,) = memory
        rmsprop_step(parameters, gradients, squares, self.lr)


class Adam(Adaptive):
    """The gradient's running mean over its recent size (Kingma & Ba 2015)."""

    LR = 0.001
    MEMORY = ("first_moment", "second_moment")

    def step(self, parameters: Array, gradients: Array, memory: list[Array], images: int) -> None:
        first_moment, second_moment = memory
        adam_step(parameters, gradients, first_moment, second_moment, self.steps, self.lr)


class Natural(Adaptive):
    """The gradient over the Fisher information, taken as diagonal (Amari 1998)."""

    LR = 0.001
    MEMORY = ("fisher",)

    def step(self, parameters: Array, gradients: Array, memory: list[Array], images: int) -> None:
        (fisher,) = memory
        natural_gradient_step(parameters, gradients, fisher, self.steps, self.lr, images)


OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "momentum": SGD,
    "nesterov": Nesterov,
    "adagrad": AdaGrad,
    "rmsprop": RMSProp,
    "adam": Adam,
    "natural": Natural,
}
"""By name; SGD has momentum unless it is set to 0."""


def make_optimizer(
    name: str,
    parameters: Array,
    lr: float | None = None,
    momentum: float | None = None,
    weight_decay: float = 0.0,
) -> Optimizer:
    """An optimiser by name.

    Args:
        name: one of `OPTIMIZERS`.
        parameters: (count,), updated in place.
        lr: None for the optimiser's own `LR`.
        momentum: None for 0.9 where there is momentum.
        weight_decay: 0 for none.

    Raises:
        RequestError: no such optimiser, momentum for one that has none, or a setting outside its
            range.
    """
    if name not in OPTIMIZERS:
        raise unknown("optimizer", name, OPTIMIZERS)
    kind = OPTIMIZERS[name]
    lr = checked_rate(kind.LR if lr is None else lr)
    if not (math.isfinite(weight_decay) and weight_decay >= 0):
        raise RequestError(f"weight decay {weight_decay}; expected a number of at least 0")
    if momentum is None:
        return kind(parameters, lr, weight_decay=weight_decay)
    if not 0 <= momentum < 1:
        raise RequestError(f"momentum {momentum}; expected 0 or more and less than 1")
    if not issubclass(kind, SGD):
        raise RequestError(f"momentum {momentum}; {name} has none, but sgd and nesterov have")
    return kind(parameters, lr, momentum, weight_decay)


def checked_rate(lr: float) -> float:
    """The learning rate, or a RequestError if it is not a number above 0."""
    if not (math.isfinite(lr) and lr > 0):
        raise RequestError(f"learning rate {lr}; expected a number above 0")
    return lr
