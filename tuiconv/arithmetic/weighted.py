"""Layers that weigh their inputs, as specs: convolutions, shared or not, and full connection."""

from dataclasses import dataclass, replace
from math import prod
from typing import ClassVar

from tuiconv.arithmetic.sizes import Pair, ReceptiveField, Window
from tuiconv.arithmetic.sliding import Sliding
from tuiconv.arithmetic.specs import Shape, Spec, option
from tuiconv.arithmetic.tables import TABLES


@dataclass(frozen=True, kw_only=True)
class Correlation(Sliding):
    """A window that weighs what it sees, with a bias, for each of `channels` output maps."""

    channels: int = option("channels")
    kernel_size: Pair = option("kernel")
    stride: Pair = option("stride", default=(1, 1))
    padding: Pair = option("pad", minimum=0, default=(0, 0))

    @property
    def window(self) -> Window:
        return Window(self.kernel_size, self.stride, self.padding)

    @property
    def maps(self) -> int:
        return self.channels

    @property
    def links(self) -> int:
        return self.macs + prod(self.output)


@dataclass(frozen=True, kw_only=True)
class Conv(Correlation):
    """Convolution: `CONV(channels,kernel,stride=1,pad=0,dilation=1,groups=1)`, with a bias per map.

    Each of the `channels` output maps has one kernel over its group's input maps, so it learns
    channels·(input channels / groups · kernel area) + channels numbers. With a connection table,
    such as `table=lenet5`, a map's kernels are over the channels that it is connected with. With
    `bias=unit` every unit has a bias of its own, as in the nets of 1989; such a layer cannot slide
    over maps larger than those it was made for.
    """

    word: ClassVar[str] = "CONV"

    dilation: Pair = option("dilation", default=(1, 1))
    groups: int = option("groups", default=1)
    table: str | None = option("table", names=TABLES, default=None)
    """The name of a table of `TABLES`."""
    bias: str = option("bias", names=("map", "unit"), default="map")
    """What has a bias of its own."""

    def check(self) -> None:
        super().check()
        for count, what in ((self.input[0], "input"), (self.channels, "output")):
            if count % self.groups:
                raise self.refuse(f"groups {self.groups} must divide its {count} {what} channels")
        if self.table is None:
            return
        if self.groups != 1:
            raise self.refuse("expected groups or a table, not both")
        rows = TABLES[self.table]
        if (self.input[0], self.channels) != (len(rows), len(rows[0])):
            raise self.refuse(
                f"table {self.table} connects {len(rows)} input channels with {len(rows[0])} maps"
            )

    @property
    def window(self) -> Window:
        return Window(self.kernel_size, self.stride, self.padding, self.dilation)

    @property
    def weight_shape(self) -> tuple[int, int, int, int]:
        """(output channels, input channels of a group, kernel height, kernel width)."""
        return (self.channels, self.input[0] // self.groups, *self.kernel_size)

    @property
    def bias_shape(self) -> Shape:
        """One for each map, or for each unit."""
        return self.output if self.bias == "unit" else (self.channels,)

    @property
    def connections(self) -> tuple[tuple[bool, ...], ...] | None:
        """Which map sees which channel: (output channels, input channels); None without a table."""
        if self.table is None:
            return None
        columns = zip(*TABLES[self.table], strict=True)
        return tuple(tuple(cell == "X" for cell in column) for column in columns)

    @property
    def weights(self) -> int:
        """Numbers in all kernels together."""
        if self.connections is None:
            return prod(self.weight_shape)
        return sum(map(sum, self.connections)) * prod(self.kernel_size)

    @property
    def parameters(self) -> int:
        return self.weights + prod(self.bias_shape)

    @property
    def macs(self) -> int:
        _, rows, columns = self.output
        return self.weights * rows * columns


@dataclass(frozen=True, kw_only=True)
class Local(Correlation):
    """Locally connected: `LOCAL(channels,kernel,stride=1,pad=0)`.

    A convolution that shares nothing: every unit has its own weights and its own bias, so the layer
    cannot slide over maps larger than those it was made for.
    """

    word: ClassVar[str] = "LOCAL"

    @property
    def weight_shape(self) -> Shape:
        """(output channels, rows, columns, input channels, kernel height, kernel width)."""
        return (*self.output, self.input[0], *self.kernel_size)

    @property
    def bias_shape(self) -> Shape:
        """One for each unit."""
        return self.output

    @property
    def parameters(self) -> int:
        return prod(self.weight_shape) + prod(self.bias_shape)

    @property
    def macs(self) -> int:
        return prod(self.weight_shape)


@dataclass(frozen=True, kw_only=True)
class CausalConv(Spec):
    """Causal convolution in time: `CAUSAL(channels,kernel,dilation=1,groups=1)`.

    Time runs along the width of maps that are one row high. The last tap of the kernel lies on the
    present and the others on the past, with zeros before the beginning, so that no output knows a
    later input (van den Oord et al. 2016, "WaveNet").
    """

    word: ClassVar[str] = "CAUSAL"

    channels: int = option("channels")
    kernel: int = option("kernel")
    dilation: int = option("dilation", default=1)
    groups: int = option("groups", default=1)

    def check(self) -> None:
        if len(self.input) != 3 or self.input[1] != 1:
            raise self.refuse("expected maps that are one row high, with time along their width")
        for count, what in ((self.input[0], "input"), (self.channels, "output")):
            if count % self.groups:
                raise self.refuse(f"groups {self.groups} must divide its {count} {what} channels")

    @property
    def window(self) -> Window:
        return Window((1, self.kernel), dilation=(1, self.dilation))

    @property
    def output(self) -> Shape:
        return (self.channels, *self.input[1:])

    @property
    def weight_shape(self) -> tuple[int, int, int]:
        """(output channels, input channels of a group, kernel)."""
        return (self.channels, self.input[0] // self.groups, self.kernel)

    @property
    def bias_shape(self) -> Shape:
        """One for each map."""
        return (self.channels,)

    @property
    def parameters(self) -> int:
        return prod(self.weight_shape) + self.channels

    @property
    def macs(self) -> int:
        return prod(self.weight_shape) * self.input[2]

    @property
    def links(self) -> int:
        return self.macs + prod(self.output)

    @property
    def receptive_field(self) -> ReceptiveField:
        seen = super().receptive_field
        past = self.dilation * (self.kernel - 1) * seen.jump[1]
        return replace(seen, start=(seen.start[0], seen.start[1] - past))


@dataclass(frozen=True, kw_only=True)
class FullyConnected(Spec):
    """Fully connected: `FC(features)`. After maps it flattens them in channel, row, column order.

    It is a convolution whose kernel covers its whole input (CS231n, "Converting FC layers to CONV
    layers"), which is how it runs on maps larger than those it was made for.
    """

    word: ClassVar[str] = "FC"

    features: int = option("features")

    @property
    def window(self) -> Window:
        if len(self.input) == 1:
            return Window()
        _, height, width = self.input
        return Window(kernel_size=(height, width))

    @property
    def output(self) -> Shape:
        return (self.features,)

    @property
    def weight_shape(self) -> tuple[int, int]:
        """(output features, input features)."""
        return (self.features, prod(self.input))

    @property
    def bias_shape(self) -> Shape:
        """One for each feature."""
        return (self.features,)

    @property
    def parameters(self) -> int:
        return prod(self.weight_shape) + self.features

    @property
    def macs(self) -> int:
        return prod(self.weight_shape)

    @property
    def links(self) -> int:
        return self.parameters
