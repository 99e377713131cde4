"""Layers that make maps larger, and the one that undoes such a layer, as specs."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from tuiconv.arithmetic.sizes import Padding, Pair, ReceptiveField, Window, added
from tuiconv.arithmetic.specs import Shape, Spec, option
from tuiconv.arithmetic.weighted import Weighted


@dataclass(frozen=True, kw_only=True)
class Enlarging(Spec):
    """A layer that lays its window on the output for every cell: a sliding window backwards."""

    @cached_property
    def receptive_field(self) -> ReceptiveField:
        return self.input_field.spread(self.window)

    def sees(self, first: int, last: int, axis: int) -> Pair:
        return self.window.reaches(first, last, axis)

    def reaches(self, first: int, last: int, axis: int) -> Pair:
        return self.window.sees(first, last, axis)


@dataclass(frozen=True, kw_only=True)
class TransposedConv(Enlarging, Weighted):
    """Transposed convolution: `CONVT(channels,kernel,stride=1,pad=0,output_pad=0,…)`.

    Also `dilation=1`, `groups=1` and `bias=map`. A convolution run backwards: every cell lays its
    kernel, times itself, on the output, `stride` cells beside its neighbour's. `pad` cuts rows and
    columns off each side, `output_pad` adds some below and on the right (Zeiler et al. 2010,
    "Deconvolutional networks"). Every product counts as a multiply-add, also of what is cut off.
    """

    word: ClassVar[str] = "CONVT"

    channels: int = option("channels")
    kernel_size: Pair = option("kernel")
    stride: Pair = option("stride", default=(1, 1))
    padding: Padding = option("pad", minimum=0, default=(0, 0))
    output_padding: Pair = option("output_pad", minimum=0, default=(0, 0))
    dilation: Pair = option("dilation", default=(1, 1))
    groups: int = option("groups", default=1)
    bias: str = option("bias", names=("map", "none"), default="map")

    def check(self) -> None:
        if len(self.input) != 3:
            raise self.refuse("expected maps (channels, height, width)")
        self.check_groups(self.groups, self.channels)
        for axis, side in enumerate(("height", "length" if self.is_1d else "width")):
            if self.output_padding[axis] >= max(self.stride[axis], self.dilation[axis]):
                raise self.refuse("expected an output_pad below the stride or the dilation")
            if self.output_size(axis) < 1:
                raise self.refuse(f"nothing is left of the {side}: {self.output_formula(axis)}")

    @cached_property
    def window(self) -> Window:
        return Window(self.kernel_size, self.stride, self.padding, self.dilation)

    def output_size(self, axis: int) -> int:
        """(size − 1)·stride + span − padding before and behind + output padding."""
        laid = (self.input[1 + axis] - 1) * self.stride[axis] + self.window.span[axis]
        cut = self.window.before[axis] + self.window.behind[axis]
        return laid - cut + self.output_padding[axis]

    def output_formula(self, axis: int) -> str:
        laid = (
            f"({self.input[1 + axis]} − 1)·{self.stride[axis]} + {self.window.spelled_span(axis)}"
        )
        more = f" + {self.output_padding[axis]}" if self.output_padding[axis] else ""
        return f"{laid}{added(self.padding[axis], '−')}{more} = {self.output_size(axis)}"

    @property
    def output(self) -> Shape:
        return (self.channels, self.output_size(0), self.output_size(1))

    @property
    def weight_shape(self) -> tuple[int, int, int, int]:
        """(input channels, output channels of a group, kernel height, kernel width)."""
        return (self.input[0], self.channels // self.groups, *self.kernel_size)

    @property
    def bias_shape(self) -> Shape | None:
        return (self.channels,) if self.bias == "map" else None

    @property
    def weight_formula(self) -> str:
        return self.grouped(self.channels, self.groups, self.kernel_size)

    @property
    def macs(self) -> int:
        _, height, width = self.input
        return self.weights * height * width


@dataclass(frozen=True, kw_only=True)
class Shuffle(Enlarging):
    """Pixel shuffle: `SHUFFLE(factor)`.

    The channels of every cell, factor² for each map, become factor × factor cells (Shi et al. 2016,
    "Real-time single image and video super-resolution").
    """

    word: ClassVar[str] = "SHUFFLE"

    factor: int = option("factor")

    def check(self) -> None:
        if self.is_1d:
            raise self.refuse("expected maps with rows and columns")
        if len(self.input) != 3 or self.input[0] % self.factor**2:
            raise self.refuse(f"expected maps, a multiple of {self.factor}² = {self.factor**2}")

    @cached_property
    def window(self) -> Window:
        return Window((self.factor,) * 2, (self.factor,) * 2)

    @property
    def output(self) -> Shape:
        channels, height, width = self.input
        return (channels // self.factor**2, height * self.factor, width * self.factor)

    def output_formula(self, axis: int) -> str:
        return f"{self.input[1 + axis]}·{self.factor} = {self.output[1 + axis]}"

    @property
    def units(self) -> int:
        return 0


@dataclass(frozen=True, kw_only=True)
class Unshuffle(Spec):
    """The inverse of a pixel shuffle, factor × factor cells as channels: `UNSHUFFLE(factor)`.

    The receptive field is that of the channels of a cell together.
    """

    word: ClassVar[str] = "UNSHUFFLE"

    factor: int = option("factor")

    def check(self) -> None:
        if len(self.input) != 3 or any(size % self.factor for size in self.input[1:]):
            raise self.refuse(f"expected maps whose sides are multiples of {self.factor}")

    @cached_property
    def window(self) -> Window:
        return Window((self.factor,) * 2, (self.factor,) * 2)

    @property
    def output(self) -> Shape:
        channels, height, width = self.input
        return (channels * self.factor**2, height // self.factor, width // self.factor)

    def output_formula(self, axis: int) -> str:
        return f"{self.input[1 + axis]} / {self.factor} = {self.output[1 + axis]}"

    @property
    def units(self) -> int:
        return 0
