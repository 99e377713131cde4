"""Layers that weigh their inputs, as specs: convolutions, shared or not, and full connection."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import ClassVar

from tuiconv.arithmetic.sizes import Padding, Pair, Window
from tuiconv.arithmetic.sliding import Covering, Sliding
from tuiconv.arithmetic.specs import Shape, Spec, option
from tuiconv.arithmetic.tables import TABLES


@dataclass(frozen=True, kw_only=True)
class Weighted(Spec, ABC):
    """A layer of weights and, unless it is told `bias=none`, of biases."""

    @property
    @abstractmethod
    def weight_shape(self) -> Shape:
        """The axes of the weights, as PyTorch has them."""

    @property
    @abstractmethod
    def bias_shape(self) -> Shape | None:
        """One bias for each map, or for each unit; None without biases."""

    @property
    @abstractmethod
    def weight_formula(self) -> str:
        """How the number of weights comes about: outputs times their inputs, `6·(1·5·5)`."""

    @property
    def weights(self) -> int:
        """How many there are."""
        return prod(self.weight_shape)

    @property
    def parameters(self) -> int:
        return self.weights + (prod(self.bias_shape) if self.bias_shape else 0)

    @property
    def parameter_formula(self) -> str:
        biases = f"+{self.times(self.bias_shape)}" if self.bias_shape else ""
        return f"{self.weight_formula}{biases} = {self.parameters:,}"

    @property
    def connections(self) -> int:
        return self.macs + (prod(self.output) if self.bias_shape else 0)

    def times(self, shape: Shape) -> str:
        """`6·28·28`; in one dimension without the one row."""
        row = len(shape) - 2 if self.is_1d else None
        return "·".join(str(size) for axis, size in enumerate(shape) if axis != row or size != 1)

    def check_groups(self, groups: int, channels: int) -> None:
        """Raise SpecError unless input and output channels can be divided into `groups`."""
        for count, what in ((self.input[0], "input"), (channels, "output")):
            if count % groups:
                raise self.refuse(f"groups {groups} must divide its {count} {what} channels")

    def grouped(self, channels: int, groups: int, kernel: Shape) -> str:
        """The weights of maps that each see their group's channels: `8·(4/2·3·3)`."""
        sees = str(self.input[0]) if groups == 1 else f"{self.input[0]}/{groups}"
        return f"{channels}·({sees}·{self.times(kernel)})"


@dataclass(frozen=True, kw_only=True)
class Correlation(Weighted, Sliding):
    """A window that weighs what it sees for each of `channels` output maps."""

    channels: int = option("channels")
    kernel_size: Pair = option("kernel")
    stride: Pair = option("stride", default=(1, 1))
    padding: Padding = option("pad", minimum=0, default=(0, 0))

    @cached_property
    def window(self) -> Window:
        return Window(self.kernel_size, self.stride, self.padding)

    @property
    def maps(self) -> int:
        return self.channels


@dataclass(frozen=True, kw_only=True)
class Conv(Correlation):
    """Convolution: `CONV(channels,kernel,stride=1,pad=0,dilation=1,groups=1)`, with a bias per map.

    Each of the `channels` output maps has one kernel over its group's input maps, so it learns
    channels·(input channels / groups · kernel area) + channels numbers. With a connection table,
    such as `table=lenet5`, a map's kernels are over the channels that it is connected with. With
    `bias=unit` every unit has a bias of its own, as in the nets of 1989; such a layer cannot slide
    over maps larger than those it was made for. `bias=none` leaves biases out.
    """

    word: ClassVar[str] = "CONV"

    dilation: Pair = option("dilation", default=(1, 1))
    groups: int = option("groups", default=1)
    table: str | None = option("table", names=TABLES, default=None)
    """The name of a table of `TABLES`."""
    bias: str = option("bias", names=("map", "unit", "none"), default="map")
    """What has a bias of its own."""

    def check(self) -> None:
        super().check()
        self.check_groups(self.groups, self.channels)
        if self.table is None:
            return
        if self.groups != 1:
            raise self.refuse("expected groups or a table, not both")
        rows = TABLES[self.table]
        if (self.input[0], self.channels) != (len(rows), len(rows[0])):
            raise self.refuse(
                f"table {self.table} connects {len(rows)} input channels with {len(rows[0])} maps"
            )

    @cached_property
    def window(self) -> Window:
        return Window(self.kernel_size, self.stride, self.padding, self.dilation)

    @property
    def weight_shape(self) -> tuple[int, int, int, int]:
        """(output channels, input channels of a group, kernel height, kernel width)."""
        return (self.channels, self.input[0] // self.groups, *self.kernel_size)

    @property
    def bias_shape(self) -> Shape | None:
        return {"map": (self.channels,), "unit": self.output, "none": None}[self.bias]

    @property
    def connection_table(self) -> tuple[tuple[bool, ...], ...] | None:
        """Which map sees which channel: (output channels, input channels); None without a table."""
        if self.table is None:
            return None
        columns = zip(*TABLES[self.table], strict=True)
        return tuple(tuple(cell == "X" for cell in column) for column in columns)

    @property
    def kernels(self) -> int:
        """How many pairs of a map and a channel that it sees there are."""
        if self.connection_table is None:
            return prod(self.weight_shape[:2])
        return sum(map(sum, self.connection_table))

    @property
    def weights(self) -> int:
        return self.kernels * prod(self.kernel_size)

    @property
    def weight_formula(self) -> str:
        if self.table is not None:
            return f"{self.kernels}·({self.times(self.kernel_size)})"
        return self.grouped(self.channels, self.groups, self.kernel_size)

    @property
    def macs(self) -> int:
        _, rows, columns = self.output
        return self.weights * rows * columns


@dataclass(frozen=True, kw_only=True)
class Local(Correlation):
    """Locally connected: `LOCAL(channels,kernel,stride=1,pad=0,bias=unit)`.

    A convolution that shares nothing: every unit has its own weights and, but for `bias=none`, its
    own bias, so the layer cannot slide over maps larger than those it was made for.
    """

    word: ClassVar[str] = "LOCAL"

    bias: str = option("bias", names=("unit", "none"), default="unit")

    @property
    def weight_shape(self) -> Shape:
        """(output channels, rows, columns, input channels, kernel height, kernel width)."""
        return (*self.output, self.input[0], *self.kernel_size)

    @property
    def bias_shape(self) -> Shape | None:
        return self.output if self.bias == "unit" else None

    @property
    def weight_formula(self) -> str:
        return f"{self.times(self.output)}·({self.times((self.input[0], *self.kernel_size))})"

    @property
    def macs(self) -> int:
        return self.weights


@dataclass(frozen=True, kw_only=True)
class CausalConv(Weighted):
    """Causal convolution in time: `CAUSAL(channels,kernel,dilation=1,groups=1,bias=map)`.

    Time runs along the width of maps that are one row high. The last tap of the kernel lies on the
    present and the others on the past, with zeros before the beginning, so that no output knows a
    later input (van den Oord et al. 2016, "WaveNet").
    """

    word: ClassVar[str] = "CAUSAL"

    channels: int = option("channels")
    kernel: int = option("kernel")
    dilation: int = option("dilation", default=1)
    groups: int = option("groups", default=1)
    bias: str = option("bias", names=("map", "none"), default="map")

    def check(self) -> None:
        if len(self.input) != 3 or self.input[1] != 1:
            raise self.refuse("expected maps that are one row high, with time along their width")
        self.check_groups(self.groups, self.channels)

    @cached_property
    def window(self) -> Window:
        past = self.dilation * (self.kernel - 1)
        return Window((1, self.kernel), padding=(0, (past, 0)), dilation=(1, self.dilation))

    @property
    def output(self) -> Shape:
        return (self.channels, *self.input[1:])

    @property
    def weight_shape(self) -> tuple[int, int, int]:
        """(output channels, input channels of a group, kernel)."""
        return (self.channels, self.input[0] // self.groups, self.kernel)

    @property
    def bias_shape(self) -> Shape | None:
        return (self.channels,) if self.bias == "map" else None

    @property
    def weight_formula(self) -> str:
        return self.grouped(self.channels, self.groups, (self.kernel,))

    @property
    def macs(self) -> int:
        return self.weights * self.input[2]


@dataclass(frozen=True, kw_only=True)
class FullyConnected(Weighted, Covering):
    """Fully connected: `FC(features,bias=unit)`. It flattens maps in channel, row, column order.

    It is a convolution whose kernel covers its whole input (CS231n, "Converting FC layers to CONV
    layers"), which is how it runs on maps larger than those it was made for.
    """

    word: ClassVar[str] = "FC"

    features: int = option("features")
    bias: str = option("bias", names=("unit", "none"), default="unit")

    @property
    def output(self) -> Shape:
        return (self.features,)

    @property
    def weight_shape(self) -> tuple[int, int]:
        """(output features, input features)."""
        return (self.features, prod(self.input))

    @property
    def bias_shape(self) -> Shape | None:
        return self.output if self.bias == "unit" else None

    @property
    def weight_formula(self) -> str:
        sees = self.times(self.input)
        return f"{self.features}·({sees})" if "·" in sees else f"{self.features}·{sees}"

    @property
    def macs(self) -> int:
        return self.weights
