"""Kernels of single layers as training calls them, against the same core's matrix product."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tuiconv.bench.cases import GFLOPS, MATMUL, Case, Side
from tuiconv_kernels import weighted
from tuiconv_kernels.blocks import blocks_for
from tuiconv_kernels.geometry import Layout, Sliding
from tuiconv_kernels.program import Program
from tuiconv_kernels.stages import Convolution, Maps, Weights
from tuiconv_kernels.weighted import Call

IMAGES = 32
"""As many as one thread trains on at a time."""

OPERATIONS = 50_000_000
"""About how many one call does, repeating a small kernel: in training, too, a call by Python runs
many kernels."""

ROOF_SIZE = 1024

Array: TypeAlias = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class ConvolutionLayer:
    """The sizes of a square convolution of stride 1; fully connected if it covers its input."""

    name: str
    channels: int
    size: int
    maps: int
    kernel: int
    padding: int = 0
    pools: bool = False
    """Whether a 2×2 max pool follows, which forward then does, too."""

    @property
    def out(self) -> int:
        """Height and width of what leaves before a pool."""
        return self.size + 2 * self.padding - self.kernel + 1

    @property
    def operations(self) -> int:
        """Of a forward pass or a weight gradient of `IMAGES`: 2 for every multiply-add."""
        return self._operations(self.kernel * self.out)

    @property
    def input_gradient_operations(self) -> int:
        """As `operations`, without what would go to pixels of the padding."""
        tops = np.arange(self.out) - self.padding
        met = tops[:, np.newaxis] + np.arange(self.kernel)
        return self._operations(int(((met >= 0) & (met < self.size)).sum()))

    def _operations(self, products: int) -> int:
        # products: of pixels with taps along one axis
        return 2 * IMAGES * self.maps * self.channels * products**2


LAYERS = (
    ConvolutionLayer("conv1", channels=1, size=32, maps=6, kernel=5, pools=True),
    ConvolutionLayer("conv2", channels=6, size=14, maps=16, kernel=5, pools=True),
    ConvolutionLayer("fc1", channels=16, size=5, maps=120, kernel=5),
    ConvolutionLayer("3x3", channels=32, size=32, maps=64, kernel=3, padding=1),
)
"""Three of LeNet-5, and one of the size that later networks are made of."""


def kernels_of(layer: ConvolutionLayer) -> list[Case]:
    """A layer forward, its input's gradient and its weight's gradient."""
    passes = (
        ("forward", forward, layer.operations),
        ("input", input_gradient, layer.input_gradient_operations),
        ("weight", weight_gradient, layer.operations),
    )
    return [
        Case(f"kernel/{layer.name}/{name}", GFLOPS, MATMUL, partial(side, layer, calls, work), roof)
        for name, calls, work in passes
    ]


def side(
    layer: ConvolutionLayer,
    calls: Callable[[Convolution], list[Call]],
    operations: int,
    threads: int,
) -> Side:
    """A pass of a layer, on one thread."""
    stage = prepared(layer)
    times = max(1, OPERATIONS // operations)
    program = Program(calls(stage) * times, stage.x.data.dtype)
    return Side(program.run, operations * times)


def prepared(layer: ConvolutionLayer) -> Convolution:
    """The layer within a network that trains, with maps and gradients full of noise."""
    rng = np.random.default_rng(0)
    weight = noise(rng, layer.maps, layer.channels, layer.kernel, layer.kernel)
    bias = noise(rng, layer.maps)
    layout = Layout(blocks_for(IMAGES), layer.channels, layer.size, layer.size)
    x = Maps(layout, np.float32, trains=True)
    stage = Convolution(
        x,
        Sliding((layer.kernel, layer.kernel), padding=(layer.padding, layer.padding)),
        Weights(weight, bias, np.zeros_like(weight), np.zeros_like(bias)),
        relu=True,
        pools=layer.pools,
        trains=True,
        passes_on=True,
    )
    x.data[:] = noise(rng, len(x.data))
    stage.grad[:] = noise(rng, len(stage.grad))
    Program(stage.forward(), np.float32).run()
    return stage


def noise(rng: np.random.Generator, *shape: int) -> npt.NDArray[np.float32]:
    """Normal numbers."""
    return rng.standard_normal(shape, np.float32)


def forward(stage: Convolution) -> list[Call]:
    """Pad, multiply, rectify and pool."""
    return stage.forward()


def input_gradient(stage: Convolution) -> list[Call]:
    """From the gradient of the sums to that of the input."""
    return weighted.input_gradient(
        stage.grad, stage.grad_layout, stage.weights.weight, stage.sliding, stage.x.grad,
        stage.x.layout,
    )  # fmt: skip


def weight_gradient(stage: Convolution) -> list[Call]:
    """From the gradient of the sums and the input to the gradient of the weight."""
    return weighted.weight_gradient(
        stage.grad, stage.grad_layout, stage.padded, stage.padded_layout, stage.sliding,
        stage.weights.grad_weight,
    )  # fmt: skip


def roof(threads: int) -> Side:
    """NumPy's float32 matrix product; on one core if its BLAS was told so before it was loaded."""
    rng = np.random.default_rng(0)
    a, b = noise(rng, ROOF_SIZE, ROOF_SIZE), noise(rng, ROOF_SIZE, ROOF_SIZE)
    out = np.empty_like(a)
    return Side(lambda: np.matmul(a, b, out=out), 2 * ROOF_SIZE**3)
