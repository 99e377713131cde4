"""What ails a network: gradients that explode, units that never answer, outputs that never change.

After LeCun et al., "Efficient BackProp" (1998): squashing units that are driven into their flat
ends stop learning; and Glorot and Bengio, "Understanding the difficulty of training deep
feedforward neural networks" (2010).
"""

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

import tuiconv_kernels as kernels
from tuiconv.arithmetic import layers as specs
from tuiconv.arithmetic.specs import Spec
from tuiconv.nn.events import Health
from tuiconv.nn.layers import Array, Labels
from tuiconv.nn.network import Network, Trace

LOOKED_AT = 256
"""Images that are looked at, at most."""

A_BATCH = 64
"""Of how many the gradient is taken; and as many go through together, which bounds memory."""

ALIKE = 0.01
"""Probabilities that differ by less, over all images, count as the same."""

Units: TypeAlias = npt.NDArray[np.bool_]

FLAT: dict[type[Spec], Callable[[Array], Units]] = {
    specs.ReLU: lambda y: y == 0,
    specs.ReLU6: lambda y: (y == 0) | (y == 6),
    specs.LeakyReLU: lambda y: y == 0,  # as its slope is 0
    specs.Shrink: lambda y: y == 0,
    specs.Tanh: lambda y: np.abs(y) > 0.99,
    specs.ScaledTanh: lambda y: np.abs(y) > 0.99 * 1.7159,
    specs.Sigmoid: lambda y: np.abs(y - 0.5) > 0.49,
}
"""By kind of activation, where its output says that it lets (almost) no gradient through."""


def examine(net: Network, x: Array, labels: Labels, loss: str = "cross_entropy") -> Health:
    """Trace some images through a network, and look for what keeps it from learning.

    Args:
        net: is not changed.
        x: (n, channels, height, width), normalised as for a call of the network; at most the first
            `LOOKED_AT` images are looked at.
        labels: (n,) class numbers; (n, h, w) for a map of outputs.
        loss: whose gradient: "cross_entropy", "squared" or "svm".

    Raises:
        ValueError: no images, images or labels that do not fit the network or each other, or no
            such loss.
    """
    x, labels = np.asarray(x)[:LOOKED_AT], np.asarray(labels)[:LOOKED_AT]
    if len(x) == 0 or len(x) != len(labels):
        raise ValueError(
            f"{len(x)} images with {len(labels)} labels arrive; expected at least one image, and a"
            " label for each"
        )
    flat: dict[str, Units] = {}
    outputs = []
    with np.errstate(all="ignore"):  # what is not finite is told, not warned of
        batch = spread(len(x), A_BATCH)
        norm = gradient_norm(net.trace(x[batch], labels[batch], loss))
        for start in range(0, len(x), A_BATCH):
            trace = net.trace(x[start : start + A_BATCH])
            for name, units in flat_units(net, trace).items():
                flat[name] = flat.get(name, True) & units
            outputs.append([*trace.activations.values()][-1])
        several = bool((labels != labels[0]).any())
        constant = several and is_constant(np.concatenate(outputs))
    dead = {name: float(units.mean()) for name, units in flat.items()}
    return Health(norm if math.isfinite(norm) else None, dead, constant)


def spread(count: int, most: int) -> npt.NDArray[np.intp]:
    """The numbers of at most so many of `count` images, from first to last at even distances.

    Data sets may have their images in the order of the classes.
    """
    return np.linspace(0, count - 1, min(count, most)).astype(np.intp)


def gradient_norm(trace: Trace) -> float:
    """The length of all parameters' gradients together."""
    return math.hypot(
        *(float(np.linalg.norm(g.astype(np.float64))) for g in trace.parameter_gradients.values())
    )


def flat_units(net: Network, trace: Trace) -> dict[str, Units]:
    """By activation layer, which of its units are flat for every image of a trace."""
    found: dict[str, Units] = {}
    for layer in net.layers:
        if type(layer.spec) in FLAT:
            where = FLAT[type(layer.spec)](trace.activations[layer.name])
            before = net.spec.layers[layer.spec.sources[0]]
            places = () if isinstance(before, specs.Local) else range(2, where.ndim)
            found[layer.name] = np.asarray(where.all(axis=(0, *places)))
    return found


def is_constant(outputs: Array) -> bool:
    """Whether all images (n, classes, …) get the same class with nearly the same probabilities."""
    probabilities = np.exp(kernels.log_softmax(outputs))
    classes = outputs.argmax(axis=1)
    alike = (classes == classes[0]).all() and (np.ptp(probabilities, axis=0) < ALIKE).all()
    return bool(alike)
