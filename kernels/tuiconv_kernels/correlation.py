"""Convolution of checked arguments: lays arrays out for `weighted`, some images at a time."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tuiconv_kernels import geometry, weighted
from tuiconv_kernels.blocks import blocks_for, from_blocks, to_blocks
from tuiconv_kernels.checks import Array
from tuiconv_kernels.geometry import Layout, Pair, Sliding
from tuiconv_kernels.lanes import LANES

Connections = npt.NDArray[np.bool_]
"""Which map sees which channel, (maps, channels)."""

CHUNK = 32
"""Images at a time. Weight gradients are sums in the arrays' dtype within a chunk, and in float64
over the chunks."""


def correlate(
    x: Array,
    weight: Array,
    bias: Array | None,
    sliding: Sliding,
    out: Pair,
    groups: int = 1,
    connections: Connections | None = None,
) -> Array:
    """Compute `conv2d` with one bias a map: -> (n, maps, *out)."""
    start = np.zeros(len(weight), x.dtype) if bias is None else bias
    result = np.empty((len(x), len(weight), *out), x.dtype)
    if connections is not None:
        for o, seen in enumerate(connections):
            one = slice(o, o + 1)
            kernel = _chosen(weight[one], seen)
            result[:, one] = correlate(_chosen(x, seen), kernel, start[one], sliding, out)
        return result
    for chunk in _chunks(len(x)):
        if sliding.stride[1] == 1 and out[1] >= LANES > len(x):
            _along_rows(x[chunk], weight, start, sliding, result[chunk], groups)
        else:
            _in_blocks(x[chunk], weight, start, sliding, result[chunk], groups)
    return result


def input_gradient(
    grad_out: Array,
    weight: Array,
    shape: tuple[int, ...],
    sliding: Sliding,
    groups: int = 1,
    connections: Connections | None = None,
) -> Array:
    """Send every output's gradient to the pixels of its window: -> `shape`, the input's."""
    grad_x = np.zeros(shape, grad_out.dtype)
    if grad_x.size == 0:
        return grad_x
    if connections is not None:
        for c, sees in enumerate(connections.T):
            one = slice(c, c + 1)
            if sees.any():
                kernels = np.ascontiguousarray(weight[sees, one])
                part = (shape[0], 1, *shape[2:])
                grad_x[:, one] = input_gradient(_chosen(grad_out, sees), kernels, part, sliding)
        return grad_x
    for chunk in _chunks(len(grad_out)):
        x_layout = _layout(blocks_for(len(grad_out[chunk])), shape)
        long_rows = shape[3] // sliding.stride[1] >= LANES and not sliding.covers(x_layout)
        if long_rows and len(grad_out) < LANES:
            _back_along_rows(grad_out[chunk], weight, sliding, grad_x[chunk], groups)
            continue
        layout, grads = _laid_out(grad_out[chunk])
        target = np.empty(x_layout.size, grad_out.dtype)
        weighted.run(
            weighted.input_gradient(grads, layout, weight, sliding, target, x_layout, groups)
        )
        grad_x[chunk] = from_blocks(target, x_layout, len(grad_out[chunk]))
    return grad_x


def weight_gradient(
    grad_out: Array,
    x: Array,
    shape: tuple[int, ...],
    sliding: Sliding,
    groups: int = 1,
    connections: Connections | None = None,
) -> Array:
    """Sum, for every weight, what it was multiplied with: -> `shape`, the weight's."""
    totals = np.zeros(shape)
    part = np.empty(shape, x.dtype)
    for chunk in _chunks(len(x)):
        grad_layout, grads = _laid_out(grad_out[chunk])
        x_layout, data = _laid_out(x[chunk], sliding.padding)
        weighted.run(
            weighted.weight_gradient(grads, grad_layout, data, x_layout, sliding, part, groups)
        )
        totals += part
    if connections is not None:
        totals[~connections] = 0
    with np.errstate(all="ignore"):
        return totals.astype(x.dtype)


def bias_gradient(grad_out: Array, bias: Array) -> Array:
    """Sum the gradient over all that shares a bias: images and, for one bias a map, cells."""
    with np.errstate(all="ignore"):
        if bias.ndim > 1:
            by_unit: Array = grad_out.sum(axis=0, dtype=np.float64).astype(grad_out.dtype)
            return by_unit
        totals, part = np.zeros(len(bias)), np.empty_like(bias)
        for chunk in _chunks(len(grad_out)):
            layout, grads = _laid_out(grad_out[chunk])
            weighted.run(weighted.bias_gradient(grads, layout, part))
            totals += part
        return totals.astype(grad_out.dtype)


def _chunks(images: int) -> Iterator[slice]:
    return (slice(start, start + CHUNK) for start in range(0, images, CHUNK))


def _chosen(array: Array, channels: npt.NDArray[np.bool_]) -> Array:
    return np.ascontiguousarray(array[:, channels])


def _laid_out(x: Array, margin: Pair = (0, 0)) -> tuple[Layout, Array]:
    layout = _layout(blocks_for(len(x)), x.shape, margin)
    return layout, to_blocks(x, layout)


def _layout(
    count: int, shape: tuple[int, ...], margin: Pair = (0, 0), lanes: int = LANES
) -> Layout:
    _, channels, height, width = shape
    return Layout(count, channels, height, width, margin, lanes)


def _in_blocks(
    x: Array, weight: Array, bias: Array, sliding: Sliding, out: Array, groups: int
) -> None:
    x_layout, data = _laid_out(x, sliding.padding)
    out_layout = _layout(x_layout.count, out.shape)
    target = np.empty(out_layout.size, x.dtype)
    tables = geometry.forward(sliding, x_layout, out_layout, weight.shape[1])
    weighted.run(
        weighted.forward(data, x_layout, weight, bias, tables, target, out_layout, groups=groups)
    )
    out[...] = from_blocks(target, out_layout, len(x))


def _along_rows(
    x: Array, weight: Array, bias: Array, sliding: Sliding, out: Array, groups: int
) -> None:
    # Few images with long rows: the lanes are neighbours in a row, and no layout is changed
    (top, left) = sliding.padding
    x_layout = _layout(len(x), x.shape, sliding.padding, lanes=1)
    data = np.pad(x, ((0, 0), (0, 0), (top, top), (left, left))) if top or left else x
    out_layout = _layout(len(x), out.shape, lanes=1)
    tables = geometry.along_rows(sliding, x_layout, out_layout, weight.shape[1])
    weighted.run(
        weighted.forward(
            data.reshape(-1), x_layout, weight, bias, tables, out.reshape(-1), out_layout,
            groups=groups,
        )
    )  # fmt: skip


def _back_along_rows(
    grad: Array, weight: Array, sliding: Sliding, grad_x: Array, groups: int
) -> None:
    # As `_along_rows`; with a stride, pixels that meet the same taps stand a stride apart
    size = grad_x.shape[2:]
    tall, wide = (
        geometry.reach(sliding, axis, size[axis], grad.shape[2 + axis]) for axis in (0, 1)
    )
    layout = _layout(len(grad), grad.shape, (tall, wide), lanes=1)
    data = np.pad(grad, ((0, 0), (0, 0), (tall, tall), (wide, wide))).reshape(-1)
    of_group = (len(weight) // groups, *weight.shape[1:])
    for phase in np.ndindex(sliding.stride):
        rows, columns = (geometry.in_phase(sliding, a, phase[a], size[a]) for a in (0, 1))
        if len(rows) == 0:  # the image is lower than the stride
            continue
        part = np.zeros((*grad_x.shape[:2], len(rows), len(columns)), grad.dtype)
        part_layout = _layout(len(grad), part.shape, lanes=1)
        tables = geometry.back_along_rows(sliding, (rows, columns), part_layout, layout, of_group)
        steps = weight.shape[1], weight[0, 0].size, part_layout.plane
        flat = part.reshape(-1)
        weighted.run(weighted.back(data, layout, weight, tables, steps, flat, part_layout, groups))
        grad_x[:, :, rows[0] :: sliding.stride[0], columns[0] :: sliding.stride[1]] = part
