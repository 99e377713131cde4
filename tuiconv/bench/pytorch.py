"""Any network of ours as a PyTorch user would write it; imported only where PyTorch is installed.

Parameters come in the order and in the shapes of ours.
"""

from collections.abc import Callable, Iterator
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from tuiconv.arithmetic import NetworkSpec, Spec
from tuiconv.arithmetic import layers as specs

Images = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]
Connections = tuple[tuple[bool, ...], ...]
"""Which map sees which channel."""


def training_step(
    spec: NetworkSpec, x: Images, labels: Labels, lr: float, momentum: float, threads: int
) -> Callable[[], None]:
    """A step of training on a batch, in eager mode."""
    torch.set_num_threads(threads)
    model = network(spec)
    if isinstance(spec.layers[-1], specs.Softmax):
        model = model[:-1]  # CrossEntropyLoss takes the logarithm of the softmax itself
    loss = nn.CrossEntropyLoss()
    sgd = torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum)
    images, classes = torch.from_numpy(x), torch.from_numpy(labels)

    def step() -> None:
        sgd.zero_grad()
        loss(model(images), classes).backward()
        sgd.step()

    return step


def inference(
    spec: NetworkSpec, x: Images, threads: int, *, compiled: bool = False
) -> Callable[[], Any]:
    """A forward pass on a batch without gradients, in eager mode or compiled."""
    torch.set_num_threads(threads)
    model = network(spec).eval()
    run = torch.compile(model) if compiled else model
    images = torch.from_numpy(x)

    def infer() -> torch.Tensor:
        with torch.no_grad():
            return run(images)

    return infer


def network(spec: NetworkSpec) -> nn.Sequential:
    """The same layers, with random weights."""
    return nn.Sequential(*(module for layer in spec.layers[1:] for module in modules(layer)))


def modules(layer: Spec) -> Iterator[nn.Module]:
    """What stands for one layer."""
    match layer:
        case specs.Conv():
            yield from convolution(layer)
        case specs.Local():
            yield LocallyConnected(layer)
        case specs.MaxPool():
            sizes = layer.kernel_size, layer.stride, layer.padding
            yield nn.MaxPool2d(*sizes, layer.dilation, ceil_mode=layer.rounding == "up")
        case specs.AvgPool():
            sizes = layer.kernel_size, layer.stride, layer.padding
            yield nn.AvgPool2d(*sizes, layer.rounding == "up", layer.count == "all")
        case specs.GlobalAvgPool():
            yield nn.AdaptiveAvgPool2d(1)
        case specs.GlobalMaxPool():
            yield nn.AdaptiveMaxPool2d(1)
        case specs.TransposedConv():
            yield nn.ConvTranspose2d(
                layer.input[0], layer.channels, layer.kernel_size, layer.stride, layer.padding,
                layer.output_padding, layer.groups, True, layer.dilation,
            )  # fmt: skip
        case specs.Shuffle():
            yield nn.PixelShuffle(layer.factor)
        case specs.Unshuffle():
            yield nn.PixelUnshuffle(layer.factor)
        case specs.Subsample():
            yield nn.AvgPool2d(layer.kernel_size, layer.stride)
            yield GainAndBias(layer.maps)
        case specs.FullyConnected():
            if len(layer.input) > 1:
                yield nn.Flatten()
            yield nn.Linear(layer.weight_shape[1], layer.features)
        case specs.ReLU():
            yield nn.ReLU()
        case specs.Tanh():
            yield nn.Tanh()
        case specs.ScaledTanh():
            yield ScaledTanh()
        case specs.Sigmoid():
            yield nn.Sigmoid()
        case specs.Shrink():
            yield nn.Softshrink(layer.threshold)
        case specs.Flatten():
            yield nn.Flatten()
        case specs.Dropout():
            yield nn.Dropout(layer.p)
        case specs.BatchNorm():
            norm = nn.BatchNorm1d if len(layer.input) == 1 else nn.BatchNorm2d
            yield norm(layer.channels, layer.eps, layer.momentum)
        case specs.Softmax():
            yield nn.LogSoftmax(dim=1)
        case _:
            raise NotImplementedError(f"{layer.name} {layer}: no PyTorch module stands for it")


def convolution(layer: specs.Conv) -> Iterator[nn.Module]:
    """A convolution, partial if the layer has a connection table, and any biases of its units."""
    biases = layer.bias == "map"
    sizes = (
        layer.input[0], layer.channels, layer.kernel_size, layer.stride, layer.padding,
        layer.dilation, layer.groups, biases,
    )  # fmt: skip
    if layer.connections is None:
        yield nn.Conv2d(*sizes)
    else:
        yield PartialConv2d(*sizes, connections=layer.connections)
    if not biases:
        yield UnitBias(layer.bias_shape)


class PartialConv2d(nn.Conv2d):
    """A convolution whose maps see only some of the channels: a dense one with a masked weight."""

    def __init__(self, *sizes: Any, connections: Connections) -> None:  # noqa: ANN401 - as Conv2d
        super().__init__(*sizes)
        mask = torch.tensor(connections, dtype=self.weight.dtype)
        self.register_buffer("mask", mask[:, :, None, None])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Multiply with the weights that there are."""
        return self._conv_forward(x, self.weight * self.mask, self.bias)


class UnitBias(nn.Module):
    """A bias for every unit, as convolutions had in 1989."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(shape))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Add: n c h w."""
        return x + self.bias


class LocallyConnected(nn.Module):
    """A convolution without shared weights, which PyTorch lacks: its windows, cut out."""

    def __init__(self, layer: specs.Local) -> None:
        super().__init__()
        scale = prod(layer.weight_shape[3:]) ** -0.5
        self.weight = nn.Parameter(scale * torch.randn(layer.weight_shape))
        self.bias = nn.Parameter(torch.zeros(layer.bias_shape))
        self.window = layer.window

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Cut out n c i j u v, multiply, add."""
        (down, across), (height, width) = self.window.stride, self.window.kernel_size
        above, left = self.window.padding
        padded = nn.functional.pad(x, (left, left, above, above))
        windows = padded.unfold(2, height, down).unfold(3, width, across)
        return torch.einsum("ncijuv,oijcuv->noij", windows, self.weight) + self.bias


class GainAndBias(nn.Module):
    """What follows the mean in LeNet's subsampling: a gain and a bias for every map."""

    def __init__(self, maps: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(maps))
        self.bias = nn.Parameter(torch.zeros(maps))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Multiply, then add: n c h w."""
        return x * self.gain[:, None, None] + self.bias[:, None, None]


class ScaledTanh(nn.Module):
    """LeCun's squashing function."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """1.7159 · tanh(2x/3)."""
        return 1.7159 * torch.tanh(x * (2 / 3))
