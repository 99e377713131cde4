"""Optimiser steps, one parameter at a time, in place."""

import math

from tuiconv_kernels.checks import Array


def sgd_step(parameters: Array, gradients: Array, lr: float, weight_decay: float = 0.0) -> None:
    """Against the gradient, and towards 0."""
    for k in range(len(parameters)):
        gradient = float(gradients[k]) + weight_decay * float(parameters[k])
        parameters[k] = float(parameters[k]) - lr * gradient


def momentum_step(
    parameters: Array,
    gradients: Array,
    velocity: Array,
    lr: float,
    momentum: float,
    nesterov: bool = False,
    weight_decay: float = 0.0,
) -> None:
    """The velocity collects gradients and slowly forgets them; Nesterov's looks ahead."""
    for k in range(len(parameters)):
        gradient = float(gradients[k]) + weight_decay * float(parameters[k])
        v = momentum * float(velocity[k]) + gradient
        velocity[k] = v
        direction = gradient + momentum * v if nesterov else v
        parameters[k] = float(parameters[k]) - lr * direction


def adagrad_step(
    parameters: Array, gradients: Array, squares: Array, lr: float, eps: float = 1e-10
) -> None:
    """Divide by the root of the sum of all squared gradients."""
    for k in range(len(parameters)):
        gradient = float(gradients[k])
        s = float(squares[k]) + gradient * gradient
        squares[k] = s
        parameters[k] = float(parameters[k]) - lr * gradient / (math.sqrt(s) + eps)


def rmsprop_step(
    parameters: Array,
    gradients: Array,
    squares: Array,
    lr: float,
    alpha: float = 0.99,
    eps: float = 1e-8,
) -> None:
    """Divide by the root of the running mean of squared gradients."""
    for k in range(len(parameters)):
        gradient = float(gradients[k])
        s = alpha * float(squares[k]) + (1 - alpha) * gradient * gradient
        squares[k] = s
        parameters[k] = float(parameters[k]) - lr * gradient / (math.sqrt(s) + eps)


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
    """The running mean of the gradient over the root of the running mean of its square."""
    for k in range(len(parameters)):
        gradient = float(gradients[k])
        m = beta1 * float(first_moment[k]) + (1 - beta1) * gradient
        v = beta2 * float(second_moment[k]) + (1 - beta2) * gradient * gradient
        first_moment[k], second_moment[k] = m, v
        m_hat = m / (1 - beta1**step)
        v_hat = v / (1 - beta2**step)
        parameters[k] = float(parameters[k]) - lr * m_hat / (math.sqrt(v_hat) + eps)


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
    """Divide by the running mean of the variance of one sample's gradient, without a root."""
    share = max(1 - decay, 1 / step)
    for k in range(len(parameters)):
        gradient = float(gradients[k])
        f = (1 - share) * float(fisher[k]) + share * batch_size * gradient * gradient
        fisher[k] = f
        parameters[k] = float(parameters[k]) - lr * gradient / (f + damping)
