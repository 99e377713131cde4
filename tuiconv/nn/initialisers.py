"""Initialisers: how widely a layer's first weights vary.

Weights are drawn from a normal distribution around 0. Its variance keeps what passes through a
layer about as large as what arrived, so that neither signals nor gradients fade or grow from layer
to layer. A formula knows two numbers of a weight: its fan-in, how many inputs are added up in the
output that it belongs to, and its fan-out, how many outputs its input has a part in.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tuiconv.errors import unknown

Fan: TypeAlias = int | npt.NDArray[np.integer[Any]]
"""How many; if not the same for all weights, in the weights' axes."""
Deviation: TypeAlias = float | npt.NDArray[np.floating[Any]]
Initialiser: TypeAlias = Callable[[Fan, Fan], Deviation]
"""(fan-in, fan-out) -> the standard deviation of the weights."""


def lecun(fan_in: Fan, fan_out: Fan) -> Deviation:
    """√(1 / fan-in): sums vary as much as the inputs (LeCun, Bottou, Orr & Müller 1998, §4.6).

    It is for units that are nearly linear around 0, as tanh is. With ReLU it does well where max
    pooling, which raises the variance by itself, follows.
    """
    return 1 / np.sqrt(fan_in)


def he(fan_in: Fan, fan_out: Fan) -> Deviation:
    """√(2 / fan-in): makes up for the half that ReLU cuts off (He, Zhang, Ren & Sun 2015, §2.2)."""
    return np.sqrt(2 / fan_in)


def xavier(fan_in: Fan, fan_out: Fan) -> Deviation:
    """√(2 / (fan-in + fan-out)): between what signals need and what gradients need.

    The "normalized initialization" of Xavier Glorot and Bengio (2010, §4.2), who draw uniformly
    with this variance.
    """
    return np.sqrt(2 / (fan_in + fan_out))


INITIALISERS: dict[str, Initialiser] = {"lecun": lecun, "he": he, "xavier": xavier}
"""By name."""


def initialiser_named(name: str) -> Initialiser:
    """An initialiser by name.

    Raises:
        RequestError: there is none of that name; the nearest is named.
    """
    if name not in INITIALISERS:
        raise unknown("initialiser", name, INITIALISERS)
    return INITIALISERS[name]
