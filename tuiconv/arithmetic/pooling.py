"""Layers that make one number of every window, or of every map, as specs."""

from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from typing import ClassVar

from tuiconv.arithmetic.sizes import Padding, Pair, Window
from tuiconv.arithmetic.sliding import Covering, Sliding
from tuiconv.arithmetic.specs import option


@dataclass(frozen=True, kw_only=True)
class Pool(Sliding):
    """A pooling window: its stride is its own size unless given."""

    kernel_size: Pair = option("kernel")
    stride: Pair | None = option("stride", default=None)

    @cached_property
    def window(self) -> Window:
        return Window(self.kernel_size, self.stride or self.kernel_size)

    @property
    def connections(self) -> int:
        return prod(self.output) * prod(self.kernel_size)


@dataclass(frozen=True, kw_only=True)
class PaddedPool(Pool):
    """A pooling window with padding of at most half of it.

    With `round=up` a last window may reach beyond the padded maps.
    """

    padding: Padding = option("pad", minimum=0, default=(0, 0))
    rounding: str = option("round", names=("down", "up"), default="down")

    def check(self) -> None:
        super().check()
        window = self.window
        for *pads, span in zip(window.before, window.behind, window.span, strict=True):
            if 2 * max(pads) > span:
                raise self.refuse("expected a padding of at most half the window")

    @cached_property
    def window(self) -> Window:
        stride = self.stride or self.kernel_size
        return Window(self.kernel_size, stride, self.padding, rounds_up=self.rounding == "up")


@dataclass(frozen=True, kw_only=True)
class MaxPool(PaddedPool):
    """Max pooling: `POOL(kernel,stride=kernel,pad=0,round=down,dilation=1)`."""

    word: ClassVar[str] = "POOL"

    dilation: Pair = option("dilation", default=(1, 1))

    @cached_property
    def window(self) -> Window:
        return replace(super().window, dilation=self.dilation)


@dataclass(frozen=True, kw_only=True)
class AvgPool(PaddedPool):
    """Average pooling: `AVGPOOL(kernel,stride=kernel,pad=0,round=down,count=all)`.

    Padding counts as zeros; with `count=inside` the mean is over cells of the maps alone.
    """

    word: ClassVar[str] = "AVGPOOL"

    count: str = option("count", names=("all", "inside"), default="all")


@dataclass(frozen=True, kw_only=True)
class LpPool(Pool):
    """The L_p norm of every window, (Σ |x|^p)^(1/p): `LPPOOL(kernel,stride=kernel,power=2)`."""

    word: ClassVar[str] = "LPPOOL"

    power: float = option("power", default=2.0)


@dataclass(frozen=True, kw_only=True)
class LogProbPool(Pool):
    """The soft maximum (1/β)·log Σ e^βx of a window: `LOGPROBPOOL(kernel,stride=kernel,beta=1)`."""

    word: ClassVar[str] = "LOGPROBPOOL"

    beta: float = option("beta", minimum=0, default=1.0)
    """The larger, the nearer it comes to the maximum."""

    def check(self) -> None:
        super().check()
        if self.beta == 0:
            raise self.refuse("expected beta above 0")


@dataclass(frozen=True, kw_only=True)
class GlobalPool(Covering, Sliding):
    """One number for every map, whatever its size."""

    @property
    def connections(self) -> int:
        return prod(self.input)


@dataclass(frozen=True, kw_only=True)
class GlobalAvgPool(GlobalPool):
    """The mean of every map: `GLOBALAVGPOOL`."""

    word: ClassVar[str] = "GLOBALAVGPOOL"


@dataclass(frozen=True, kw_only=True)
class GlobalMaxPool(GlobalPool):
    """The largest value of every map: `GLOBALMAXPOOL`."""

    word: ClassVar[str] = "GLOBALMAXPOOL"


@dataclass(frozen=True, kw_only=True)
class Subsample(Pool):
    """LeNet's subsampling: `SUBSAMPLE(kernel,stride=kernel)`.

    The average of every window, times a gain, plus a bias, both learned once for every map.
    """

    word: ClassVar[str] = "SUBSAMPLE"

    @property
    def parameters(self) -> int:
        return 2 * self.maps

    @property
    def parameter_formula(self) -> str:
        return f"{self.maps}·2 = {self.parameters:,}"

    @property
    def macs(self) -> int:
        return prod(self.output)

    @property
    def connections(self) -> int:
        return super().connections + prod(self.output)
