"""Every kind of layer the pattern language knows, as specs."""

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from tuiconv.arithmetic.activations import (
    Dropout,
    LeakyReLU,
    ReLU,
    ReLU6,
    ScaledTanh,
    Shrink,
    Sigmoid,
    Tanh,
)
from tuiconv.arithmetic.enlarging import Shuffle, TransposedConv, Unshuffle
from tuiconv.arithmetic.normalisation import (
    BatchNorm,
    DivisiveNorm,
    ResponseNorm,
    SubtractiveNorm,
    Whiten,
)
from tuiconv.arithmetic.pooling import (
    AvgPool,
    GlobalAvgPool,
    GlobalMaxPool,
    LogProbPool,
    LpPool,
    MaxPool,
    Subsample,
)
from tuiconv.arithmetic.sliding import Covering
from tuiconv.arithmetic.specs import Shape, Spec, SpecError, option, show_shape
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
    "LeakyReLU",
    "Local",
    "LogProbPool",
    "LpPool",
    "MaxPool",
    "ReLU",
    "ReLU6",
    "ResponseNorm",
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
    """What the network looks at: `INPUT(channels,height,width)`.

    `INPUT(channels,length)` is one-dimensional: maps one row high.
    """

    word: ClassVar[str] = "INPUT"
    is_numbered: ClassVar[bool] = False

    input: Shape = ()
    channels: int = option("channels")
    height: int = option("height")
    width: int = option("width")

    @property
    def output(self) -> Shape:
        return (self.channels, self.height, self.width)

    def __str__(self) -> str:
        sizes = (self.channels, self.width) if self.is_1d else self.output
        return f"{self.word}({','.join(map(str, sizes))})"


@dataclass(frozen=True, kw_only=True)
class Flatten(Covering):
    """Maps as a vector, in channel, row, column order: `FLATTEN`.

    It may say what its author expects to arrive, a count as in `FLATTEN(800)`, or a shape as in
    `FLATTEN(50,4,4)`; anything else is refused. Full connection flattens by itself and yet slides
    over larger maps. Behind a FLATTEN it cannot: the vector of larger maps is longer than the
    weights are made for.
    """

    word: ClassVar[str] = "FLATTEN"

    channels: int = option("channels", default=0)
    """By itself, how many numbers in all."""
    height: int = option("height", default=0)
    width: int = option("width", default=0)

    def check(self) -> None:
        given = self.given
        if self.is_1d and len(given) == 2:
            given = (given[0], 1, given[1])
        if len(given) == 2 or (self.width and not self.channels):
            raise self.refuse("expected FLATTEN(features) or FLATTEN(channels,height,width)")
        if not given or given == self.input or given == (prod(self.input),):
            return
        arriving, expected = (
            show_shape(shape) + (f" = {prod(shape)}" if len(shape) > 1 else "")
            for shape in (self.input, given)
        )
        error = SpecError(f"{self.name} {self}: {arriving} arrives; {expected} expected")
        error.expected = given
        raise error

    @property
    def given(self) -> Shape:
        """The numbers that are expected, as they are written."""
        return tuple(size for size in (self.channels, self.height, self.width) if size)

    def __str__(self) -> str:
        return f"{self.word}({','.join(map(str, self.given))})" if self.given else self.word

    @property
    def output(self) -> Shape:
        return (prod(self.input),)

    @property
    def units(self) -> int:
        return 0

    @property
    def activations(self) -> int:
        return 0


@dataclass(frozen=True, kw_only=True)
class Softmax(Spec):
    """Log-probabilities of the classes, log softmax over features or channels: `SOFTMAX`."""

    word: ClassVar[str] = "SOFTMAX"
    is_numbered: ClassVar[bool] = False

    @property
    def units(self) -> int:
        return 0

    @property
    def activations(self) -> int:
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
        ReLU6,
        LeakyReLU,
        Tanh,
        ScaledTanh,
        Sigmoid,
        Shrink,
        Dropout,
        BatchNorm,
        ResponseNorm,
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
