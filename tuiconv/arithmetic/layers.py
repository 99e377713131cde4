"""Every kind of layer the pattern language knows, as specs."""

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from tuiconv.arithmetic.sizes import Pair, Window
from tuiconv.arithmetic.specs import Shape, Spec, option
from tuiconv.arithmetic.tables import TABLES


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
class Sliding(Spec):
    """A layer whose window must fit into the maps that arrive."""

    def check(self) -> None:
        if len(self.input) != 3:
            raise self.refuse("expected maps (channels, height, width)")
        for axis, side in enumerate(("height", "width")):
            size = self.input[1 + axis]
            if self.window.output_size(size, axis) < 1:
                raise self.refuse(
                    f"the window does not fit the {side}: {self.window.formula(size, axis)}"
                )

    @property
    def maps(self) -> int:
        """How many feature maps leave."""
        return self.input[0]

    @property
    def output(self) -> Shape:
        _, height, width = self.input
        rows, columns = self.window.output_size(height, 0), self.window.output_size(width, 1)
        return (self.maps, rows, columns)


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
class Pool(Sliding):
    """A pooling window: its stride is its own size unless given."""

    kernel_size: Pair = option("kernel")
    stride: Pair | None = option("stride", default=None)

    @property
    def window(self) -> Window:
        return Window(self.kernel_size, self.stride or self.kernel_size)

    @property
    def links(self) -> int:
        return prod(self.output) * prod(self.kernel_size)


@dataclass(frozen=True, kw_only=True)
class PaddedPool(Pool):
    """A pooling window with padding of at most half of it."""

    padding: Pair = option("pad", minimum=0, default=(0, 0))

    def check(self) -> None:
        super().check()
        if any(
            2 * pad > kernel for pad, kernel in zip(self.padding, self.kernel_size, strict=True)
        ):
            raise self.refuse("expected a padding of at most half the window")

    @property
    def window(self) -> Window:
        return Window(self.kernel_size, self.stride or self.kernel_size, self.padding)


@dataclass(frozen=True, kw_only=True)
class MaxPool(PaddedPool):
    """Max pooling: `POOL(kernel,stride=kernel,pad=0)`."""

    word: ClassVar[str] = "POOL"


@dataclass(frozen=True, kw_only=True)
class AvgPool(PaddedPool):
    """Average pooling: `AVGPOOL(kernel,stride=kernel,pad=0)`; padding counts as zeros."""

    word: ClassVar[str] = "AVGPOOL"


@dataclass(frozen=True, kw_only=True)
class LpPool(Pool):
    """The L_p norm of every window, (Σ |x|^p)^(1/p): `LPPOOL(kernel,stride=kernel,power=2)`."""

    word: ClassVar[str] = "LPPOOL"

    power: float = option("power", default=2.0)


@dataclass(frozen=True, kw_only=True)
class GlobalAvgPool(Sliding):
    """The mean of every map, whatever its size: `GLOBALAVGPOOL`."""

    word: ClassVar[str] = "GLOBALAVGPOOL"

    @property
    def window(self) -> Window:
        _, height, width = self.input
        return Window((height, width))

    @property
    def links(self) -> int:
        return prod(self.input)


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
    def macs(self) -> int:
        return prod(self.output)

    @property
    def links(self) -> int:
        return super().links + prod(self.output)


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


@dataclass(frozen=True, kw_only=True)
class Activation(Spec):
    """A function of each unit by itself: shapes pass unchanged."""

    @property
    def units(self) -> int:
        return 0


@dataclass(frozen=True, kw_only=True)
class ReLU(Activation):
    """Rectified linear unit, max(0, x): `RELU`."""

    word: ClassVar[str] = "RELU"


@dataclass(frozen=True, kw_only=True)
class Tanh(Activation):
    """Hyperbolic tangent: `TANH`."""

    word: ClassVar[str] = "TANH"


@dataclass(frozen=True, kw_only=True)
class ScaledTanh(Activation):
    """LeCun's squashing function, 1.7159 · tanh(2x/3): `STANH`."""

    word: ClassVar[str] = "STANH"


@dataclass(frozen=True, kw_only=True)
class Sigmoid(Activation):
    """Logistic function, 1 / (1 + e⁻ˣ): `SIGMOID`."""

    word: ClassVar[str] = "SIGMOID"


@dataclass(frozen=True, kw_only=True)
class Shrink(Activation):
    """Soft shrinkage, which draws every value to 0 by a threshold: `SHRINK(threshold=0.5)`."""

    word: ClassVar[str] = "SHRINK"

    threshold: float = option("threshold", minimum=0, default=0.5)


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
        ReLU,
        Tanh,
        ScaledTanh,
        Sigmoid,
        Shrink,
        MaxPool,
        AvgPool,
        LpPool,
        GlobalAvgPool,
        Subsample,
        FullyConnected,
        Softmax,
    )
}
"""Every word of the pattern language."""
