"""Layers over blocks of images, each as a list of kernel calls with all arguments ready.

Building a stage allocates its feature maps and tables. From then on a pass over the network is
nothing but its calls, and allocates nothing.
"""

from copy import copy
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from tuiconv_kernels import geometry, passes, weighted
from tuiconv_kernels.activations import AMPLITUDE, SLOPE, gate, times_slope
from tuiconv_kernels.checks import Array
from tuiconv_kernels.correlation import Connections
from tuiconv_kernels.dropout import drop, kept_factor, threshold
from tuiconv_kernels.geometry import Layout, Sliding, Table, image_rows
from tuiconv_kernels.lanes import LANES
from tuiconv_kernels.products import sum_products_pooled
from tuiconv_kernels.squashing import amplify, squash
from tuiconv_kernels.weighted import Call


class Maps:
    """The feature maps between two layers and, in training, the loss's gradient for them."""

    def __init__(self, layout: Layout, dtype: npt.DTypeLike, trains: bool) -> None:
        self.layout = layout
        self.data = layout.zeros(dtype)
        self.grad = layout.zeros(dtype) if trains else np.zeros(0, dtype)


class Stage(Protocol):
    """What one layer calls."""

    out: Maps

    def forward(self) -> list[Call]:
        """From the data of its input to the data of `out`."""

    def backward(self) -> list[Call]:
        """From the gradient of `out` to that of its input and its parameters."""


@dataclass(frozen=True, eq=False)
class Weights:
    """What a layer learns and where the gradients go, in the memory of the caller."""

    weight: Array
    """(maps, channels / groups, kernel_height, kernel_width); or a gain per map, (maps,)"""
    bias: Array
    """(maps,)"""
    grad_weight: Array
    grad_bias: Array
    groups: int = 1
    connections: Connections | None = None
    """Which map sees which channel, (maps, channels); the weights between the others are 0."""


class Convolution:
    """A convolution, or a fully connected layer: a convolution that covers its input.

    Args:
        x: its input.
        sliding: kernel, stride, padding and dilation.
        weights: what it multiplies with.
        relu: whether negative outputs become 0.
        pools: whether a 2×2 max pool follows the ReLU.
        trains: whether there is a backward pass.
        passes_on: whether its input's gradient is wanted.
    """

    def __init__(
        self,
        x: Maps,
        sliding: Sliding,
        weights: Weights,
        *,
        relu: bool,
        pools: bool,
        trains: bool,
        passes_on: bool,
    ) -> None:
        self.x, self.sliding, self.weights = x, sliding, weights
        self.floor = 0.0 if relu else -np.inf
        self.relu, self.pools, self.passes_on = relu, pools, passes_on
        dtype, blocks, maps = x.data.dtype, x.layout.count, len(weights.weight)
        height, width = sliding.windows(x.layout)
        self.padded_layout = replace(x.layout, margin=sliding.padding)
        self.padded = x.data
        if sliding.padding != (0, 0):
            self.padded = self.padded_layout.zeros(dtype)
        shape = (height // 2, width // 2) if pools else (height, width)
        self.out = Maps(Layout(blocks, maps, *shape), dtype, trains)
        self.winners = np.zeros(self.out.layout.size if pools else 0, dtype)
        self.grad_layout = Layout(blocks, maps, height, width)
        self.grad = self.grad_layout.zeros(dtype) if trains and pools else self.out.grad

    def forward(self) -> list[Call]:
        """Pad the input, multiply, rectify, pool."""
        weight, bias, groups = self.weights.weight, self.weights.bias, self.weights.groups
        channels = weight.shape[1]
        calls = _copied(self.x.data, self.x.layout, self.padded, self.padded_layout)
        if not self.pools:
            tables = geometry.forward(self.sliding, self.padded_layout, self.out.layout, channels)
            return calls + weighted.forward(
                self.padded, self.padded_layout, weight, bias, tables, self.out.data,
                self.out.layout, self.floor, groups,
            )  # fmt: skip
        tables = geometry.forward_pooled(
            self.sliding, self.padded_layout, self.out.layout, channels
        )
        for g in range(groups):
            maps = slice(g * len(weight) // groups, (g + 1) * len(weight) // groups)
            first = maps.start * self.out.layout.plane
            calls.append(
                (
                    sum_products_pooled,
                    (
                        self.padded[g * channels * self.padded_layout.plane :],
                        tables.places, tables.offsets, weight[maps].reshape(-1), weight[0].size,
                        tables.taps, bias[maps], self.floor, self.out.data[first:],
                        self.winners[first:], tables.out_places, self.out.layout.plane,
                    ),
                )
            )  # fmt: skip
        return calls

    def backward(self) -> list[Call]:
        """Undo the pool and the ReLU, then the gradients of bias, weight and input."""
        weights, grad, layout = self.weights, self.grad, self.grad_layout
        calls = self._before_activation()
        calls += weighted.bias_gradient(grad, layout, weights.grad_bias)
        calls += weighted.weight_gradient(
            grad, layout, self.padded, self.padded_layout, self.sliding, weights.grad_weight,
            weights.groups,
        )  # fmt: skip
        if weights.connections is not None:
            channels = ~weights.connections[:, :, np.newaxis, np.newaxis]
            absent = np.flatnonzero(np.broadcast_to(channels, weights.grad_weight.shape))
            calls.append((passes.clear_places, (weights.grad_weight.reshape(-1), absent)))
        if self.passes_on:
            calls += weighted.input_gradient(
                grad, layout, weights.weight, self.sliding, self.x.grad, self.x.layout,
                weights.groups,
            )  # fmt: skip
        return calls

    def _before_activation(self) -> list[Call]:
        """From the gradient of `out` to that of the sums, which has the margin it needs."""
        out, layout = self.out, self.grad_layout
        if self.pools:
            tables = geometry.forward_pooled(
                self.sliding, self.padded_layout, out.layout, 1, layout
            )
            places, pooled = tables.out_places, geometry.cells(out.layout)
            return [
                (
                    passes.unpool,
                    (
                        out.grad, out.data, self.winners, pooled, out.layout.plane,
                        layout.channels, self.grad, places, layout.plane,
                    ),
                )
            ]  # fmt: skip
        return [(gate, (out.grad, out.data, out.grad))] if self.relu else []


class Rectifier:
    """A ReLU that no convolution does by itself."""

    def __init__(self, x: Maps, *, trains: bool) -> None:
        self.x = x
        self.out = Maps(x.layout, x.data.dtype, trains)

    def forward(self) -> list[Call]:
        """max(0, x)."""
        return [(passes.rectify, (self.x.data, self.out.data))]

    def backward(self) -> list[Call]:
        """Pass on what belongs to positive outputs."""
        return [(gate, (self.out.grad, self.out.data, self.x.grad))]


class Activation:
    """tanh or scaled tanh, value by value."""

    def __init__(self, x: Maps, *, scaled: bool, trains: bool) -> None:
        self.x, self.scaled = x, scaled
        self.out = Maps(x.layout, x.data.dtype, trains)
        self.tanh = np.zeros_like(x.data) if scaled else self.out.data

    def forward(self) -> list[Call]:
        """The very steps of `activations.tanh` and `scaled_tanh`."""
        x, tanh, slope = self.x.data, self.tanh, SLOPE if self.scaled else 1.0
        if x.dtype == np.float32:
            calls: list[Call] = [(squash, (x, slope, tanh))]
        else:
            calls = [(np.multiply, (x, slope, tanh)), (np.tanh, (tanh, tanh))]
        if self.scaled:
            calls.append((amplify, (tanh, AMPLITUDE, self.out.data)))
        return calls

    def backward(self) -> list[Call]:
        """Multiply by the slope."""
        factor = AMPLITUDE * SLOPE if self.scaled else 1.0
        return [(times_slope, (self.out.grad, self.tanh, factor, self.x.grad))]


class Dropping:
    """Some values, chosen by coins, become 0; the others grow, so that the mean stays."""

    def __init__(self, x: Maps, p: float, toss: Table, number: int, *, trains: bool) -> None:
        self.x = x
        self.out = Maps(x.layout, x.data.dtype, trains)
        units = x.layout.channels * x.layout.height * x.layout.width
        self.chance = toss, number, units, threshold(p), kept_factor(p)

    def forward(self) -> list[Call]:
        """Multiply by the mask."""
        return [(drop, (self.x.data, *self.chance, self.out.data))]

    def backward(self) -> list[Call]:
        """Multiply by the same mask, which is made again."""
        return [(drop, (self.out.grad, *self.chance, self.x.grad))]


class Flattened:
    """Maps as more maps of one cell each, in the same memory."""

    def __init__(self, x: Maps) -> None:
        layout = x.layout
        self.out = copy(x)
        self.out.layout = Layout(layout.count, layout.channels * layout.height * layout.width, 1, 1)

    def forward(self) -> list[Call]:
        """Nothing."""
        return []

    def backward(self) -> list[Call]:
        """Nothing."""
        return []


class MaxPool:
    """The largest value of every window."""

    def __init__(self, x: Maps, sliding: Sliding, *, trains: bool) -> None:
        self.x = x
        self.out = _windowed(x, sliding, trains)
        self.tables = geometry.pool_windows(sliding, x.layout, self.out.layout)
        self.planes = geometry.planes(x.layout), geometry.planes(self.out.layout)
        self.winners = np.zeros(self.out.layout.size, x.data.dtype)

    def forward(self) -> list[Call]:
        """Keep each window's largest value and which one it was."""
        t, (planes, out_planes) = self.tables, self.planes
        arguments = (
            self.x.data, planes, t.starts, t.cells, t.taps, self.out.data, out_planes, t.windows,
            self.winners,
        )  # fmt: skip
        return [(passes.max_pool, arguments)]

    def backward(self) -> list[Call]:
        """Send each window's gradient to its winner."""
        t, (planes, out_planes) = self.tables, self.planes
        arguments = (
            self.out.grad, out_planes, t.windows, self.winners, t.starts, t.cells, t.taps,
            self.x.grad, planes,
        )  # fmt: skip
        return [(passes.clear, (self.x.grad,)), (passes.max_pool_back, arguments)]


class AveragePool:
    """The mean of every window."""

    def __init__(self, x: Maps, sliding: Sliding, *, trains: bool) -> None:
        self.x = x
        self.out = _windowed(x, sliding, trains)
        layout = self.out.layout
        size, out = (x.layout.height, x.layout.width), (layout.height, layout.width)
        self.counts = geometry.window_counts(sliding, size, out).reshape(-1)
        self.tables = geometry.pool_windows(sliding, x.layout, layout)
        self.planes = geometry.planes(x.layout), geometry.planes(layout)

    def forward(self) -> list[Call]:
        """Add and divide."""
        t, (planes, out_planes) = self.tables, self.planes
        arguments = (
            self.x.data, planes, t.starts, t.cells, self.counts, self.out.data, out_planes,
            t.windows,
        )  # fmt: skip
        return [(passes.average_pool, arguments)]

    def backward(self) -> list[Call]:
        """Share each window's gradient; the shares of a cell add up in the order of the taps."""
        t, (planes, out_planes) = self.tables, self.planes
        window = np.repeat(np.arange(len(t.windows)), np.diff(t.starts))
        order = np.argsort(t.taps, kind="stable")
        window = window[order]
        arguments = (
            self.out.grad, out_planes, t.windows[window],
            self.counts[window].astype(self.x.data.dtype), t.cells[order], self.x.grad, planes,
        )  # fmt: skip
        return [(passes.clear, (self.x.grad,)), (passes.average_pool_back, arguments)]


class Subsampling:
    """LeNet's subsampling: the mean of every window, times a gain, plus a bias for every map."""

    def __init__(
        self, x: Maps, sliding: Sliding, weights: Weights, *, trains: bool, passes_on: bool
    ) -> None:
        self.weights, self.passes_on = weights, passes_on
        self.average = AveragePool(x, sliding, trains=trains)
        self.mean = self.average.out
        self.out = Maps(self.mean.layout, x.data.dtype, trains)

    def forward(self) -> list[Call]:
        """Average, multiply, add."""
        weights, plane = self.weights, self.out.layout.plane
        arguments = (self.mean.data, weights.weight, weights.bias, plane, self.out.data)
        return [*self.average.forward(), (passes.scale, arguments)]

    def backward(self) -> list[Call]:
        """The gradients of bias, gain and, through the average, of the input."""
        weights, grad, mean, layout = self.weights, self.out.grad, self.mean, self.out.layout
        calls = weighted.bias_gradient(grad, layout, weights.grad_bias)
        arguments = (grad, mean.data, weights.weight, layout.plane, mean.grad)
        calls.append((passes.scale_back, arguments))
        # the mean is not needed any more, and has become its product with the gradient
        calls += weighted.bias_gradient(mean.data, layout, weights.grad_weight)
        return calls + self.average.backward() if self.passes_on else calls


def _windowed(x: Maps, sliding: Sliding, trains: bool) -> Maps:
    """A map for what leaves each window."""
    layout = Layout(x.layout.count, x.layout.channels, *sliding.windows(x.layout))
    return Maps(layout, x.data.dtype, trains)


def _copied(data: Array, layout: Layout, target: Array, target_layout: Layout) -> list[Call]:
    """Copy maps into a wider margin; nothing, if both are one array."""
    if target is data:
        return []
    rows, target_rows = image_rows(layout), image_rows(target_layout)
    return [(passes.copy_rows, (data, rows, target, target_rows, layout.width * LANES))]
