"""Every kind of layer the pattern language knows, as specs."""

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from tuiconv.arithmetic.activations import Dropout, ReLU, ScaledTanh, Shrink, Sigmoid, Tanh
from tuiconv.arithmetic.enlarging import Shuffle, TransposedConv, Unshuffle
from tuiconv.arithmetic.normalisation import BatchNorm, DivisiveNorm, SubtractiveNorm, Whiten
from tuiconv.arithmetic.pooling import (
    AvgPool,
    GlobalAvgPool,
    GlobalMaxPool,
    LogProbPool,
    LpPool,
    MaxPool,
    Subsample,
)
from tuiconv.arithmetic.sizes import Window
from tuiconv.arithmetic.specs import Shape, Spec, option
from tuiconv.arithmetic.weighted import CausalConv, Conv, FullyConnected, Local

__all__ = [
    "KINDS",
    "AvgPool",
    "BatchNorm",
    "CausalConv",
    "Conv",
    "DivisiveNorm",
    "Dropout",
    "Flatten",
    "FullyConnected",
    "GlobalAvgPool",
    "GlobalMaxPool",
    "Input",
    "Local",
    "LogProbPool",
    "LpPool",
    "MaxPool",
    "ReLU",
    "ScaledTanh",
    "Shrink",
    "Shuffle",
    "Sigmoid",
    "Softmax",
    "Subsample",
    "SubtractiveNorm",
    "Tanh",
    "TransposedConv",
    "Unshuffle",
    "Whiten",
]


@dataclass(frozen=True, kw_only=True)
class Input(Spec):
    """What the network looks at: `INPUT(channels,height,width)`."""

    word: ClassVar[str] = "INPUT"

    input: Shape = ()
    channels: int = option("channels")
    height: int = option("height")
    width: int = option("width")

    @property
    def output(self) -> Shape:
        return (self.channels, self.height, self.width)


@dataclass(frozen=True, kw_only=True)
class Flatten(Spec):
    """Maps as a vector, in channel, row, column order: `FLATTEN`.

    Full connection flattens by itself and yet slides over larger maps. Behind a FLATTEN it cannot:
    the vector of larger maps is longer than the weights are made for.
    """

    word: ClassVar[str] = "FLATTEN"

    @property
    def window(self) -> Window:
        if len(self.input) == 1:
            return Window()
        _, height, width = self.input
        return Window(kernel_size=(height, width))

    @property
    def output(self) -> Shape:
        return (prod(self.input),)

    @property
    def units(self) -> int:
        return 0


@dataclass(frozen=True, kw_only=True)
class Softmax(Spec):
    """Log-probabilities of the classes, log softmax over features or channels: `SOFTMAX`."""

    word: ClassVar[str] = "SOFTMAX"

    @property
    def units(self) -> int:
        return 0


KINDS: dict[str, type[Spec]] = {
    kind.word: kind
    for kind in (
        Input,
        Conv,
        Local,
        CausalConv,
        TransposedConv,
        Shuffle,
        Unshuffle,
        ReLU,
        Tanh,
        ScaledTanh,
        Sigmoid,
        Shrink,
        Dropout,
        BatchNorm,
        Whiten,
        SubtractiveNorm,
        DivisiveNorm,
        MaxPool,
        AvgPool,
        LpPool,
        LogProbPool,
        GlobalAvgPool,
        GlobalMaxPool,
        Subsample,
        Flatten,
        FullyConnected,
        Softmax,
    )
}
"""Every word of the pattern language."""
