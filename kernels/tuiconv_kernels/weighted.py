"""Convolutions and fully connected layers as calls of `sum_products` and `correlate`.

Every function returns calls with all arguments ready: a function that is called once runs them
right away, a network keeps them. Weights are (maps, channels / groups, kernel_height,
kernel_width); a group's maps see only the group's channels. Data are flat, as their layouts say.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import numpy as np

from tuiconv_kernels import geometry
from tuiconv_kernels.blocks import out_of_blocks
from tuiconv_kernels.checks import Array
from tuiconv_kernels.geometry import Layout, Sliding, Tables, image_runs
from tuiconv_kernels.lanes import LANES
from tuiconv_kernels.products import correlate, sum_places, sum_products

Call: TypeAlias = tuple[Callable[..., object], tuple[Any, ...]]
"""A kernel and its arguments."""


def run(calls: Iterable[Call]) -> None:
    """Call every kernel with its arguments, in order."""
    for function, arguments in calls:
        function(*arguments)


def forward(
    x: Array,
    x_layout: Layout,
    weight: Array,
    bias: Array,
    tables: Tables,
    out: Array,
    out_layout: Layout,
    floor: float = -np.inf,
    groups: int = 1,
) -> list[Call]:
    """A convolution: out = max(floor, bias + Σ weight · x), by the tables of `geometry`."""
    return [
        (
            sum_products,
            (
                x[g * weight.shape[1] * x_layout.plane :],
                tables.places,
                tables.offsets,
                tables.spans,
                weight[part].reshape(-1),
                weight[0].size,
                tables.taps,
                bias[part],
                floor,
                out[part.start * out_layout.plane :],
                tables.out_places,
                out_layout.plane,
            ),
        )
        for g, part in _groups(weight, groups)
    ]


def input_gradient(
    grad: Array,
    grad_layout: Layout,
    weight: Array,
    sliding: Sliding,
    grad_x: Array,
    x_layout: Layout,
    groups: int = 1,
) -> list[Call]:
    """The gradient of a convolution's input, which is laid out as `x_layout` says."""
    channels, area = weight.shape[1], weight[0, 0].size
    maps = len(weight) // groups
    if sliding.covers(x_layout):
        # every pixel meets every map once: a row is a pixel, its step in the weight is 1
        rows, row_step, out_step = weight[0].size, 1, x_layout.lanes
        tables = geometry.back_to_covered(x_layout, grad_layout, maps, rows)
    else:
        rows, row_step, out_step = channels, area, x_layout.plane
        tables = geometry.back_to_x(sliding, x_layout, grad_layout, (maps, *weight.shape[1:]))
    return back(
        grad, grad_layout, weight, tables, (rows, row_step, out_step), grad_x, x_layout, groups
    )


def back(
    grad: Array,
    grad_layout: Layout,
    weight: Array,
    tables: Tables,
    steps: tuple[int, int, int],
    grad_x: Array,
    x_layout: Layout,
    groups: int,
) -> list[Call]:
    """An input gradient by some tables; `steps` are rows, and a row's step in weight and output."""
    rows, row_step, out_step = steps
    return [
        (
            sum_products,
            (
                grad[part.start * grad_layout.plane :],
                tables.places,
                tables.offsets,
                tables.spans,
                weight[part].reshape(-1),
                row_step,
                tables.taps,
                np.zeros(rows, grad.dtype),
                -np.inf,
                grad_x[g * weight.shape[1] * x_layout.plane :],
                tables.out_places,
                out_step,
            ),
        )
        for g, part in _groups(weight, groups)
    ]


def weight_gradient(
    grad: Array,
    grad_layout: Layout,
    x: Array,
    x_layout: Layout,
    sliding: Sliding,
    grad_weight: Array,
    groups: int = 1,
) -> list[Call]:
    """The gradient of a convolution's weight, summed over all images."""
    if groups == 1 and sliding.covers(x_layout) and grad_weight[0].size >= LANES:
        return _by_images(grad, grad_layout, x, x_layout, grad_weight)
    tables = geometry.forward(sliding, x_layout, grad_layout, grad_weight.shape[1])
    totals = np.empty((len(grad_weight) // groups, grad_weight[0].size))
    return [
        (
            correlate,
            (
                x[g * grad_weight.shape[1] * x_layout.plane :],
                tables.places,
                tables.offsets,
                grad[part.start * grad_layout.plane :],
                tables.out_places,
                grad_layout.plane,
                totals,
                grad_weight[part].reshape(part.stop - part.start, -1),
            ),
        )
        for g, part in _groups(grad_weight, groups)
    ]


def bias_gradient(grad: Array, grad_layout: Layout, grad_bias: Array) -> list[Call]:
    """The gradient of one bias for each map: the sum over all its cells and images."""
    places = geometry.cells(grad_layout)
    return [(sum_places, (grad, places, grad_layout.plane, grad_bias))]


def _by_images(
    grad: Array, grad_layout: Layout, x: Array, x_layout: Layout, grad_weight: Array
) -> list[Call]:
    """A fully connected layer's weight gradient, image by image: the lanes are neighbours in x."""
    size = grad_weight[0].size
    units, channels, height, width = grad_weight.shape
    layout = Layout(x_layout.count * LANES, channels, height, width, lanes=1)
    images = layout.zeros(x.dtype).reshape(-1, channels, height, width)
    starts = np.minimum(np.arange(0, size, LANES), size - LANES)
    block, lane = np.ix_(np.arange(grad_layout.count), np.arange(LANES))
    return [
        (out_of_blocks, (x, *image_runs(x_layout), images)),
        (
            sum_products,
            (
                images.reshape(-1),
                starts,
                np.arange(len(images)) * size,
                np.array([[0, len(starts), 0, len(images)]]),
                grad,
                grad_layout.plane,
                (grad_layout.offsets(block, 0, 0, 0)[:, np.newaxis] + lane).reshape(-1),
                np.zeros(units, x.dtype),
                -np.inf,
                grad_weight.reshape(-1),
                starts,
                size,
            ),
        ),
    ]


def _groups(weight: Array, groups: int) -> Iterable[tuple[int, slice]]:
    size = len(weight) // groups
    return [(g, slice(g * size, (g + 1) * size)) for g in range(groups)]
