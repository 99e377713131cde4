"""What one pass over a wide picture costs, against reading each of its windows by itself.

Neighbouring windows share most of their pixels, so that windows compute most features again and
again; one pass computes each once.
"""

from dataclasses import dataclass
from time import perf_counter
from typing import Final

import numpy as np

from tuiconv.arithmetic import NetworkSpec
from tuiconv.arithmetic.conversions import with_convolutions
from tuiconv.arithmetic.network import resized
from tuiconv.lessons.dynamic.line import SIDE, STEP
from tuiconv.nn.network import Network

TIMES: Final = 9
"""Both ways are measured so often, in turn; the shortest counts, as nothing makes it shorter."""


@dataclass(frozen=True)
class LayerCost:
    """Multiply-adds of a layer."""

    name: str
    alone: tuple[int, ...]
    """What leaves it for one window, (channels, height, width)."""
    output: tuple[int, ...]
    """What leaves it in one pass."""
    window: int
    """For one window."""
    windows: int
    """For all of them."""
    one_pass: int
    """For the wide picture."""


def costs(net: Network, columns: int) -> tuple[LayerCost, ...]:
    """The multiply-adds of every layer that has any, on a picture of so many columns."""
    spec = with_convolutions(net.spec)
    wide = NetworkSpec(resized(spec.layers, (1, SIDE, columns)))
    count = places(columns)
    return tuple(
        LayerCost(before.name, one.output, after.output, one.macs, count * one.macs, after.macs)
        for before, one, after in zip(net.spec, spec, wide, strict=True)
        if one.macs
    )


def places(columns: int) -> int:
    """How many places there are in a picture: (columns − 32) / 4 + 1, rounded down."""
    return (columns - SIDE) // STEP + 1


@dataclass(frozen=True)
class Measured:
    """Milliseconds, by one thread."""

    windows: float
    """All windows as one batch: the fastest way to read them, each by itself."""
    one_pass: float

    @property
    def factor(self) -> float:
        """How many times faster one pass is."""
        return self.windows / self.one_pass


def measure(net: Network, columns: int) -> Measured:
    """Both ways on a picture of so many columns, with the same compiled kernels."""
    picture = np.zeros((1, 1, SIDE, columns), np.float32)
    cut = np.zeros((places(columns), 1, SIDE, SIDE), np.float32)
    shortest = [np.inf, np.inf]
    for _ in range(TIMES):
        for which, x in enumerate((cut, picture)):
            began = perf_counter()
            net.outputs(x)
            shortest[which] = min(shortest[which], perf_counter() - began)
    windows, one_pass = shortest
    return Measured(1e3 * windows, 1e3 * one_pass)
