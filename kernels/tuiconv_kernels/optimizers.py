"""Optimiser steps: how a gradient changes the parameters.

Every step updates flat float32 or float64 arrays where they lie, in one loop without temporaries.
What an optimiser remembers is arrays like the parameters, zeros at first. The numbers are those of
`torch.optim`, which has all but the natural gradient. In the formulas w is a parameter and g its
gradient; they hold value by value. Infinities and NaN go through.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.checks import Array, float_array, same_dtype, same_shape, whole
from tuiconv_kernels.jit import exact_kernel, kernel
from tuiconv_kernels.ranges import fraction, positive, real
from tuiconv_kernels.state import state_array

Number = np.floating[Any]
"""A number in the dtype of the arrays; a Python float would make a float32 loop run in float64."""


def sgd_step(parameters: Array, gradients: Array, lr: float, weight_decay: float = 0.0) -> None:
    """Go down the slope.

        w ← w − lr · (g + weight_decay · w)

    With the gradient of all training data this is gradient descent; with that of one sample or of
    a mini-batch, stochastic gradient descent (Robbins & Monro 1951).

    Args:
        parameters: (count,), float32 or float64; contiguous and writable, updated in place.
        gradients: ∂loss/∂parameters, same length and dtype.
        lr: Learning rate, at least 0.
        weight_decay: Adds the slope of the penalty weight_decay / 2 · w²; at least 0.

    Raises:
        ValueError: If an array or number does not fit; the message quotes it.
    """
    name = "sgd_step"
    parameters, gradients = _checked(name, parameters, gradients)
    lr = real(name, "lr", lr, 0)
    weight_decay = real(name, "weight_decay", weight_decay, 0)
    with np.errstate(all="ignore"):
        _sgd(parameters, gradients, *_like(parameters, lr, weight_decay))


def momentum_step(
    parameters: Array,
    gradients: Array,
    velocity: Array,
    lr: float,
    momentum: float,
    nesterov: bool = False,
    weight_decay: float = 0.0,
) -> None:
    """Keep some of the speed of earlier steps, as a heavy ball does (Polyak 1964).

        g ← g + weight_decay · w
        v ← momentum · v + g
        w ← w − lr · v

    With `nesterov` the last line looks one step ahead (Nesterov 1983, in the form of Sutskever et
    al. 2013): w ← w − lr · (g + momentum · v).

    Args:
        parameters: (count,), float32 or float64; contiguous and writable, updated in place.
        gradients: ∂loss/∂parameters, same length and dtype.
        velocity: v, updated in place.
        lr: Learning rate, at least 0.
        momentum: The share of the speed that is kept, from 0 to below 1.
        nesterov: Whether to look ahead.
        weight_decay: Adds the slope of the penalty weight_decay / 2 · w²; at least 0.

    Raises:
        ValueError: If an array or number does not fit; the message quotes it.
    """
    name = "momentum_step"
    parameters, gradients, velocity = _checked(name, parameters, gradients, velocity=velocity)
    lr = real(name, "lr", lr, 0)
    momentum = fraction(name, "momentum", momentum)
    weight_decay = real(name, "weight_decay", weight_decay, 0)
    with np.errstate(all="ignore"):
        numbers = _like(parameters, lr, momentum, weight_decay)
        _momentum(parameters, gradients, velocity, bool(nesterov), *numbers)


def adagrad_step(
    parameters: Array, gradients: Array, squares: Array, lr: float, eps: float = 1e-10
) -> None:
    """Take smaller steps where the gradient has been large (Duchi, Hazan & Singer 2011).

        s ← s + g²
        w ← w − lr · g / (√s + eps)

    Args:
        parameters: (count,), float32 or float64; contiguous and writable, updated in place.
        gradients: ∂loss/∂parameters, same length and dtype.
        squares: s, the sum of all squared gradients, updated in place.
        lr: Learning rate, at least 0.
        eps: Keeps the divisor from 0; above 0.

    Raises:
        ValueError: If an array or number does not fit; the message quotes it.
    """
    name = "adagrad_step"
    parameters, gradients, squares = _checked(name, parameters, gradients, squares=squares)
    lr = real(name, "lr", lr, 0)
    eps = positive(name, "eps", eps)
    with np.errstate(all="ignore"):
        _adagrad(parameters, gradients, squares, *_like(parameters, lr, eps))


def rmsprop_step(
    parameters: Array,
    gradients: Array,
    squares: Array,
    lr: float,
    alpha: float = 0.99,
    eps: float = 1e-8,
) -> None:
    """Divide the gradient by its recent size (Tieleman & Hinton 2012, lecture 6.5).

        s ← alpha · s + (1 − alpha) · g²
        w ← w − lr · g / (√s + eps)

    Args:
        parameters: (count,), float32 or float64; contiguous and writable, updated in place.
        gradients: ∂loss/∂parameters, same length and dtype.
        squares: s, a running mean of squared gradients, updated in place.
        lr: Learning rate, at least 0.
        alpha: The share of the running mean that is kept, from 0 to below 1.
        eps: Keeps the divisor from 0; above 0.

    Raises:
        ValueError: If an array or number does not fit; the message quotes it.
    """
    name = "rmsprop_step"
    parameters, gradients, squares = _checked(name, parameters, gradients, squares=squares)
    lr = real(name, "lr", lr, 0)
    alpha = fraction(name, "alpha", alpha)
    eps = positive(name, "eps", eps)
    with np.errstate(all="ignore"):
        _rmsprop(parameters, gradients, squares, *_like(parameters, lr, 1 - alpha, eps))


def adam_step(
    parameters: Array,
    gradients: Array,
    first_moment: Array,
    second_moment: Array,
    step: int,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> None:
    """Divide the running mean of the gradient by its recent size (Kingma & Ba 2015).

        m ← beta1 · m + (1 − beta1) · g
        v ← beta2 · v + (1 − beta2) · g²
        w ← w − lr · m̂ / (√v̂ + eps),  m̂ = m / (1 − beta1^step),  v̂ = v / (1 − beta2^step)

    m̂ and v̂ make up for the zeros that m and v begin with.

    Args:
        parameters: (count,), float32 or float64; contiguous and writable, updated in place.
        gradients: ∂loss/∂parameters, same length and dtype.
        first_moment: m, updated in place.
        second_moment: v, updated in place.
        step: The number of this step, from 1.
        lr: Learning rate, at least 0.
        beta1: The share of m that is kept, from 0 to below 1.
        beta2: The share of v that is kept, from 0 to below 1.
        eps: Keeps the divisor from 0; above 0.

    Raises:
        ValueError: If an array or number does not fit; the message quotes it.
    """
    name = "adam_step"
    parameters, gradients, first_moment, second_moment = _checked(
        name, parameters, gradients, first_moment=first_moment, second_moment=second_moment
    )
    step = whole(name, "step", step, 1)
    lr = real(name, "lr", lr, 0)
    beta1 = fraction(name, "beta1", beta1)
    beta2 = fraction(name, "beta2", beta2)
    eps = positive(name, "eps", eps)
    # lr · m̂ / (√v̂ + eps) = rate · m / (√v + root · eps): no divisions by value for the hats
    root = (1 - beta2**step) ** 0.5
    rate = lr * root / (1 - beta1**step)
    with np.errstate(all="ignore"):
        numbers = _like(parameters, 1 - beta1, 1 - beta2, rate, root * eps)
        _adam(parameters, gradients, first_moment, second_moment, *numbers)


def natural_gradient_step(
    parameters: Array,
    gradients: Array,
    fisher: Array,
    step: int,
    lr: float,
    batch_size: int,
    decay: float = 0.95,
    damping: float = 1e-3,
) -> None:
    """Measure a step by how far it moves the predictions, not the parameters (Amari 1998).

    The natural gradient is F⁻¹ g, with the Fisher information F = E[s sᵀ] of the gradients s of
    single samples, s = −∂ log p(label) / ∂w. Here F is approximated by its diagonal,

        f ← f + share · (batch_size · g² − f),  share = max(1 − decay, 1 / step)
        w ← w − lr · g / (f + damping)

    Why batch_size · g²: if labels are drawn from the network's own predictions, the mean of s is
    0, so the mean g of batch_size such gradients has the variance F[k, k] / batch_size. With the
    labels of the data this holds near the optimum; far from it, where the s agree, g² is larger,
    and steps are shorter than those of F (the empirical Fisher; Kunstner et al. 2019). `share`
    makes f the plain mean of the first steps, then a running mean.

    RMSProp divides by the root of such an f. Without the root a step does not depend on the unit
    of a parameter: if w is counted in units c times as large, g grows by c and f by c², so w moves
    by a c-th, which is the same distance. Damping bounds the step where f is near 0.

    Args:
        parameters: (count,), float32 or float64; contiguous and writable, updated in place.
        gradients: ∂loss/∂parameters of a loss that is the mean of −log p(label) over the batch;
            same length and dtype.
        fisher: f, updated in place.
        step: The number of this step, from 1.
        lr: Learning rate, at least 0.
        batch_size: Over how many samples the gradient is the mean.
        decay: The share of f that is kept, from 0 to below 1.
        damping: Added to f, above 0, in the unit of g².

    Raises:
        ValueError: If an array or number does not fit; the message quotes it.
    """
    name = "natural_gradient_step"
    parameters, gradients, fisher = _checked(name, parameters, gradients, fisher=fisher)
    step = whole(name, "step", step, 1)
    lr = real(name, "lr", lr, 0)
    batch_size = whole(name, "batch_size", batch_size, 1)
    decay = fraction(name, "decay", decay)
    damping = positive(name, "damping", damping)
    share = max(1 - decay, 1 / step)
    with np.errstate(all="ignore"):
        numbers = _like(parameters, share, batch_size, lr, damping)
        _natural_gradient(parameters, gradients, fisher, *numbers)


def _checked(function: str, parameters: Array, gradients: Array, **states: Array) -> list[Array]:
    """Return all arrays, in order; only the gradients may be a copy."""
    arrays = {
        "parameters": state_array(function, "parameters", parameters, "count"),
        "gradients": float_array(function, "gradients", gradients, "count"),
    }
    for name, state in states.items():
        arrays[name] = state_array(function, name, state, "count")
    same_dtype(function, **arrays)
    for name, array in arrays.items():
        same_shape(function, name, array, arrays["parameters"].shape)
    return list(arrays.values())


def _like(parameters: Array, *values: float) -> list[Number]:
    return [parameters.dtype.type(value) for value in values]


@exact_kernel
def momentum_updates(
    parameters: Array,
    gradients: Array,
    velocity: Array,
    settings: npt.NDArray[np.float64],
) -> None:
    """Do as `momentum_step`, unchecked.

    `settings` is (lr, weight_decay, momentum, nesterov), the last 0 or 1; they may change.
    """
    number = parameters.dtype.type
    lr, decay, momentum = number(settings[0]), number(settings[1]), number(settings[2])
    _momentum(parameters, gradients, velocity, settings[3] != 0, lr, momentum, decay)


@kernel
def measure(gradients: Array, most: float, factor: npt.NDArray[np.float64]) -> None:
    """Set factor[0] to what shortens the gradients to the length `most`; 1 if they are no longer.

    factor = min(1, most / √Σg²), Pascanu, Mikolov & Bengio 2013. A NaN among them stays NaN.
    """
    total = 0.0
    for k in range(len(gradients)):
        value = np.float64(gradients[k])
        total += value * value
    length = np.sqrt(total)
    factor[0] = most / length if length > most else 1.0


@exact_kernel
def shorten(gradients: Array, factor: npt.NDArray[np.float64]) -> None:
    """Multiply the gradients by factor[0]."""
    by = gradients.dtype.type(factor[0])
    for k in range(len(gradients)):
        gradients[k] *= by


# These are exact so that a value is the same in whatever part of the parameters it is updated: fast
# mathematics may divide differently at the end of a loop than in its middle.
@exact_kernel
def _sgd(parameters: Array, gradients: Array, lr: Number, decay: Number) -> None:
    for k in range(len(parameters)):
        parameters[k] -= lr * (gradients[k] + decay * parameters[k])


@exact_kernel
def _momentum(
    parameters: Array,
    gradients: Array,
    velocity: Array,
    nesterov: bool,
    lr: Number,
    momentum: Number,
    decay: Number,
) -> None:
    for k in range(len(parameters)):
        gradient = gradients[k] + decay * parameters[k]
        velocity[k] = momentum * velocity[k] + gradient
        if nesterov:
            parameters[k] -= lr * (gradient + momentum * velocity[k])
        else:
            parameters[k] -= lr * velocity[k]


@exact_kernel
def _adagrad(parameters: Array, gradients: Array, squares: Array, lr: Number, eps: Number) -> None:
    for k in range(len(parameters)):
        squares[k] += gradients[k] * gradients[k]
        parameters[k] -= lr * gradients[k] / (np.sqrt(squares[k]) + eps)


@exact_kernel
def _rmsprop(
    parameters: Array, gradients: Array, squares: Array, lr: Number, share: Number, eps: Number
) -> None:
    for k in range(len(parameters)):
        squares[k] += share * (gradients[k] * gradients[k] - squares[k])
        parameters[k] -= lr * gradients[k] / (np.sqrt(squares[k]) + eps)


@exact_kernel
def _adam(
    parameters: Array,
    gradients: Array,
    first: Array,
    second: Array,
    share1: Number,
    share2: Number,
    rate: Number,
    eps: Number,
) -> None:
    for k in range(len(parameters)):
        first[k] += share1 * (gradients[k] - first[k])
        second[k] += share2 * (gradients[k] * gradients[k] - second[k])
        parameters[k] -= rate * first[k] / (np.sqrt(second[k]) + eps)


@exact_kernel
def _natural_gradient(
    parameters: Array,
    gradients: Array,
    fisher: Array,
    share: Number,
    batch_size: Number,
    lr: Number,
    damping: Number,
) -> None:
    for k in range(len(parameters)):
        square = batch_size * gradients[k] * gradients[k]
        fisher[k] += share * (square - fisher[k])
        parameters[k] -= lr * gradients[k] / (fisher[k] + damping)
