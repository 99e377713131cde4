"""One image through a network: the lanes are neighbours in a row, or outputs of a full layer.

In a block, one image would leave all lanes but one idle. Here it stays as it is, (c, h, w), and
gives the same bits as in a block, as every sum adds the same terms in the same order.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt

from tuiconv_kernels import chain, geometry, weighted
from tuiconv_kernels.activations import AMPLITUDE, SLOPE
from tuiconv_kernels.checks import Array
from tuiconv_kernels.geometry import Layout
from tuiconv_kernels.jit import exact_kernel
from tuiconv_kernels.lanes import LANES, every, larger, load, multiply_add, spread, store
from tuiconv_kernels.squares import load_columns
from tuiconv_kernels.squashing import amplify, squash
from tuiconv_kernels.tiles import Offsets


class Single:
    """Layers bound to memory for one image, forward only; see `chain.Chain`.

    Args:
        layers: as a chain's, if `fits` says so.
        shape: channels, height and width of the image.
        dtype: of everything.
    """

    def __init__(
        self, layers: Sequence[chain.Layer], shape: chain.Shape, dtype: npt.DTypeLike
    ) -> None:
        self._layout = Layout(1, *shape, lanes=1)
        self._input = self._output = np.zeros(self._layout.size, dtype)
        self._calls: list[Callable[[], object]] = []
        for layer, following in zip(layers, [*layers[1:], None], strict=True):
            match layer:
                case chain.Convolve():
                    rectifies = isinstance(following, chain.Relu)
                    self._convolve(layer, 0.0 if rectifies else -np.inf)
                case chain.Tanh():
                    self._squash(layer.scaled)
                case chain.Pool():
                    self._pool(layer)

    @staticmethod
    def fits(layers: Sequence[chain.Layer], shape: chain.Shape) -> bool:
        """Whether these layers can run so: rows long enough for the lanes, and no gaps in them."""
        layout = Layout(1, *shape, lanes=1)
        for before, layer in zip([None, *layers], layers, strict=False):
            if isinstance(layer, chain.Relu):
                if not isinstance(before, chain.Convolve):
                    return False
            elif isinstance(layer, chain.Convolve):
                maps, (height, width) = len(layer.weights.weight), layer.sliding.windows(layout)
                covers = layer.sliding.covers(layout) and layer.weights.groups == 1
                if not covers and (layer.sliding.stride[1] != 1 or width < LANES):
                    return False
                layout = Layout(1, maps, height, width, lanes=1)
            elif isinstance(layer, chain.Pool):
                layout = Layout(1, layout.channels, *layer.sliding.windows(layout), lanes=1)
            elif not isinstance(layer, chain.Tanh):
                return False
        return True

    def forward(self, x: Array) -> None:
        """Take one image (1, c, h, w) through."""
        self._input[:] = x.reshape(-1)
        for call in self._calls:
            call()

    def outputs(self) -> Array:
        """What leaves the last layer, (1, c, h, w)."""
        layout = self._layout
        return self._output.reshape(1, layout.channels, layout.height, layout.width).copy()

    def _convolve(self, layer: chain.Convolve, floor: float) -> None:
        x, layout, sliding, weights = self._output, self._layout, layer.sliding, layer.weights
        weight, bias = weights.weight, weights.bias
        out = Layout(1, len(weight), *sliding.windows(layout), lanes=1)
        self._layout, self._output = out, np.zeros(out.size, x.dtype)
        if sliding.covers(layout) and weights.groups == 1:
            room = np.zeros(2 * LANES * LANES, x.dtype)
            matrix = weight.reshape(len(weight), -1)
            self._calls.append(partial(weigh, matrix, x, bias, floor, room, self._output))
            return
        padded = replace(layout, margin=sliding.padding)
        if sliding.padding != (0, 0):
            wide = np.zeros(padded.size, x.dtype)
            self._calls.append(partial(np.copyto, padded.inside(wide), layout.inside(x)))
            x = wide
        tables = geometry.along_rows(sliding, padded, out, weight.shape[1])
        calls = weighted.forward(
            x, padded, weight, bias, tables, self._output, out, floor, weights.groups
        )
        self._calls += [partial(function, *arguments) for function, arguments in calls]

    def _squash(self, scaled: bool) -> None:
        x, self._output = self._output, np.zeros_like(self._output)
        slope = SLOPE if scaled else 1.0
        if x.dtype == np.float32:
            self._calls.append(partial(squash, x, slope, self._output))
        else:
            self._calls.append(partial(np.multiply, x, slope, self._output))
            self._calls.append(partial(np.tanh, self._output, self._output))
        if scaled:
            self._calls.append(partial(amplify, self._output, AMPLITUDE, self._output))

    def _pool(self, layer: chain.Pool) -> None:
        x, layout, sliding = self._output, self._layout, layer.sliding
        out = Layout(1, layout.channels, *sliding.windows(layout), lanes=1)
        self._layout, self._output = out, np.zeros(out.size, x.dtype)
        if layer.is_max_2x2:
            maps = (layout.channels, layout.height, layout.width)
            pooled = self._output.reshape(out.channels, out.height, out.width)
            self._calls.append(partial(_halve, x.reshape(maps), pooled))
            return
        tables = geometry.pool_windows(sliding, layout, out)
        if layer.averages:
            size = (layout.height, layout.width)
            counts = geometry.window_counts(sliding, size, (out.height, out.width)).reshape(-1)
            pool = partial(_means, x, layout.plane, tables.starts, tables.cells, counts)
        else:
            pool = partial(_maxima, x, layout.plane, tables.starts, tables.cells)
        self._calls.append(partial(pool, self._output))


@exact_kernel
def weigh(weight: Array, x: Array, bias: Array, floor: float, room: Array, out: Array) -> None:
    """Fill out with max(floor, bias + weight · x): the lanes are outputs.

    The weight is read in squares that are turned over, since it is stored output by output. Two
    of them take turns: one sum alone would wait for each of its additions. `room` is for both.
    """
    units, size = weight.shape
    flat, least, second = weight.reshape(-1), every(x.dtype.type(floor)), LANES * LANES
    if units < LANES:
        _weigh_few(flat, x, bias, floor, room, out)
        return
    whole = size // LANES * LANES
    for begin in range(0, units, 2 * LANES):
        # the last lanes repeat some outputs, unless they end with the last
        o, q = min(begin, units - LANES), min(begin + LANES, units - LANES)
        a, b = load(bias, o), load(bias, q)
        for k in range(0, whole, LANES):
            load_columns(flat, o * size + k, size, room, 0)
            load_columns(flat, q * size + k, size, room, second)
            for column in range(LANES):
                value = spread(x, k + column)
                a = multiply_add(load(room, column * LANES), value, a)
                b = multiply_add(load(room, second + column * LANES), value, b)
        for k in range(whole, size):
            value = spread(x, k)
            for lane in range(LANES):
                room[lane] = flat[(o + lane) * size + k]
                room[second + lane] = flat[(q + lane) * size + k]
            a = multiply_add(load(room, 0), value, a)
            b = multiply_add(load(room, second), value, b)
        store(out, o, larger(a, least))
        store(out, q, larger(b, least))


@exact_kernel
def _weigh_few(flat: Array, x: Array, bias: Array, floor: float, room: Array, out: Array) -> None:
    # fewer outputs than lanes: the lanes beyond them compute something that nobody reads
    units, size = len(bias), len(x)
    room[:LANES] = 0
    for lane in range(units):
        room[lane] = bias[lane]
    sums = load(room, 0)
    for k in range(size):
        for lane in range(units):
            room[lane] = flat[lane * size + k]
        sums = multiply_add(load(room, 0), spread(x, k), sums)
    store(room, 0, larger(sums, every(x.dtype.type(floor))))
    for lane in range(units):
        out[lane] = room[lane]


@exact_kernel
def _halve(x: Array, out: Array) -> None:
    # the largest of four neighbours, or the first NaN among them; without branches, for the lanes
    channels, height, width = out.shape
    for c in range(channels):
        for i in range(height):
            upper, lower, row = x[c, 2 * i], x[c, 2 * i + 1], out[c, i]
            for j in range(width):
                best = upper[2 * j]
                for value in (upper[2 * j + 1], lower[2 * j], lower[2 * j + 1]):
                    wins = (value > best) | ((value != value) & (best == best))
                    best = value if wins else best
                row[j] = best


@exact_kernel
def _maxima(x: Array, plane: int, starts: Offsets, cells: Offsets, out: Array) -> None:
    # the largest of every window of every map, or its first NaN
    windows = len(starts) - 1
    for at in range(len(out)):
        first, p = at // windows * plane, at % windows
        best = x[first + cells[starts[p]]]
        for k in range(starts[p] + 1, starts[p + 1]):
            value = x[first + cells[k]]
            if value > best or value != value:
                best = value
        out[at] = best


@exact_kernel
def _means(
    x: Array,
    plane: int,
    starts: Offsets,
    cells: Offsets,
    counts: npt.NDArray[np.float64],
    out: Array,
) -> None:
    windows = len(starts) - 1
    for at in range(len(out)):
        first, p = at // windows * plane, at % windows
        total = 0.0
        for k in range(starts[p], starts[p + 1]):
            total += x[first + cells[k]]
        out[at] = total / counts[p]
