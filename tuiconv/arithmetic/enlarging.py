"""Layers that make maps larger, and the one that undoes such a layer, as specs."""

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from tuiconv.arithmetic.sizes import Pair, ReceptiveField, Window
from tuiconv.arithmetic.specs import Shape, Spec, option


@dataclass(frozen=True, kw_only=True)
class TransposedConv(Spec):
    """Transposed convolution: `CONVT(channels,kernel,stride=1,pad=0,output_pad=0,…)`.

    Also `dilation=1` and `groups=1`. A convolution run backwards: every cell lays its kernel, times
    itself, on the output, `stride` cells beside its neighbour's. `pad` cuts rows and columns off
    each side, `output_pad` adds some below and on the right (Zeiler et al. 2010, "Deconvolutional
    networks"). Every product counts as a multiply-add, also of what is cut off.
    """

    word: ClassVar[str] = "CONVT"

    channels: int = option("channels")
    kernel_size: Pair = option("kernel")
    stride: Pair = option("stride", default=(1, 1))
    padding: Pair = option("pad", minimum=0, default=(0, 0))
    output_padding: Pair = option("output_pad", minimum=0, default=(0, 0))
    dilation: Pair = option("dilation", default=(1, 1))
    groups: int = option("groups", default=1)

    def check(self) -> None:
        if len(self.input) != 3:
            raise self.refuse("expected maps (channels, height, width)")
        for count, what in ((self.input[0], "input"), (self.channels, "output")):
            if count % self.groups:
                raise self.refuse(f"groups {self.groups} must divide its {count} {what} channels")
        for axis, side in enumerate(("height", "width")):
            if self.output_padding[axis] >= max(self.stride[axis], self.dilation[axis]):
                raise self.refuse("expected an output_pad below the stride or the dilation")
            if self.output_size(axis) < 1:
                raise self.refuse(f"nothing is left of the {side}: {self.formula(axis)}")

    @property
    def window(self) -> Window:
        return Window(self.kernel_size, self.stride, self.padding, self.dilation)

    def output_size(self, axis: int) -> int:
        """(size − 1)·stride − 2·padding + dilation·(kernel − 1) + output padding + 1."""
        reach = self.dilation[axis] * (self.kernel_size[axis] - 1)
        laid = (self.input[1 + axis] - 1) * self.stride[axis] + reach + 1
        return laid - 2 * self.padding[axis] + self.output_padding[axis]

    def formula(self, axis: int) -> str:
        """The size formula with this axis's numbers in it."""
        size, stride, padding = self.input[1 + axis], self.stride[axis], self.padding[axis]
        kernel, dilation = self.kernel_size[axis], self.dilation[axis]
        return (
            f"({size} − 1)·{stride} − 2·{padding} + {dilation}·({kernel} − 1)"
            f" + {self.output_padding[axis]} + 1 = {self.output_size(axis)}"
        )

    @property
    def output(self) -> Shape:
        return (self.channels, self.output_size(0), self.output_size(1))

    @property
    def weight_shape(self) -> tuple[int, int, int, int]:
        """(input channels, output channels of a group, kernel height, kernel width)."""
        return (self.input[0], self.channels // self.groups, *self.kernel_size)

    @property
    def bias_shape(self) -> Shape:
        """One for each map."""
        return (self.channels,)

    @property
    def parameters(self) -> int:
        return prod(self.weight_shape) + self.channels

    @property
    def macs(self) -> int:
        _, height, width = self.input
        return prod(self.weight_shape) * height * width

    @property
    def links(self) -> int:
        return self.macs + prod(self.output)

    @property
    def receptive_field(self) -> ReceptiveField:
        return self.input_field.spread(self.window)


@dataclass(frozen=True, kw_only=True)
class Shuffle(Spec):
    """Pixel shuffle: `SHUFFLE(factor)`.

    The channels of every cell, factor² for each map, become factor × factor cells (Shi et al. 2016,
    "Real-time single image and video super-resolution").
    """

    word: ClassVar[str] = "SHUFFLE"

    factor: int = option("factor")

    def check(self) -> None:
        if len(self.input) != 3 or self.input[0] % self.factor**2:
            raise self.refuse(f"expected maps, a multiple of {self.factor}² = {self.factor**2}")

    @property
    def output(self) -> Shape:
        channels, height, width = self.input
        return (channels // self.factor**2, height * self.factor, width * self.factor)

    @property
    def units(self) -> int:
        return 0

    @property
    def receptive_field(self) -> ReceptiveField:
        return self.input_field.spread(Window((self.factor,) * 2, (self.factor,) * 2))


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

    @property
    def window(self) -> Window:
        return Window((self.factor,) * 2, (self.factor,) * 2)

    @property
    def output(self) -> Shape:
        channels, height, width = self.input
        return (channels * self.factor**2, height // self.factor, width // self.factor)

    @property
    def units(self) -> int:
        return 0
