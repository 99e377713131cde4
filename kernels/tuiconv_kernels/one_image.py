"""Kernels for one image (c, h, w): lanes are neighbours in a row, or outputs of a full layer."""

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.checks import Array
from tuiconv_kernels.jit import exact_kernel
from tuiconv_kernels.lanes import LANES, every, larger, load, multiply_add, spread, store
from tuiconv_kernels.squares import load_columns
from tuiconv_kernels.tiles import Offsets


@exact_kernel
def pad(x: Array, rows: Offsets, out: Array, out_rows: Offsets, length: int) -> None:
    """Copy rows of `length` pixels to where they belong between margins."""
    for row in range(len(rows)):
        at, to = rows[row], out_rows[row]
        for k in range(length):
            out[to + k] = x[at + k]


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
def halve(x: Array, channels: int, height: int, width: int, out: Array) -> None:
    """Keep the largest of every four neighbours, or the first NaN among them.

    Args:
        x: flat, (channels, height, width).
        channels: how many maps there are.
        height: of a map.
        width: of a map.
        out: flat, (channels, height // 2, width // 2).
    """
    # without branches, for the lanes
    rows, columns = height // 2, width // 2
    for c in range(channels):
        for i in range(rows):
            upper = x[(c * height + 2 * i) * width : (c * height + 2 * i + 1) * width]
            lower = x[(c * height + 2 * i + 1) * width : (c * height + 2 * i + 2) * width]
            row = out[(c * rows + i) * columns : (c * rows + i + 1) * columns]
            for j in range(columns):
                best = upper[2 * j]
                for value in (upper[2 * j + 1], lower[2 * j], lower[2 * j + 1]):
                    wins = (value > best) | ((value != value) & (best == best))
                    best = value if wins else best
                row[j] = best


@exact_kernel
def maxima(x: Array, plane: int, starts: Offsets, cells: Offsets, out: Array) -> None:
    """Keep the largest of every window of every map, or NaN if it has one; see `PoolTables`.

    Maps lie `plane` elements apart.
    """
    windows = len(starts) - 1
    for at in range(len(out)):
        first, p = at // windows * plane, at % windows
        begin, end = starts[p], starts[p + 1]
        # a dilated window may have all its cells in the padding
        best = x[first + cells[begin]] if begin < end else x.dtype.type(-np.inf)
        for k in range(begin + 1, end):
            value = x[first + cells[k]]
            if value > best or value != value:
                best = value
        out[at] = best


@exact_kernel
def means(
    x: Array,
    plane: int,
    starts: Offsets,
    cells: Offsets,
    counts: npt.NDArray[np.float64],
    out: Array,
) -> None:
    """Divide the sum of every window of every map by a count of its own; as `maxima`."""
    windows = len(starts) - 1
    for at in range(len(out)):
        first, p = at // windows * plane, at % windows
        total = 0.0
        for k in range(starts[p], starts[p + 1]):
            total += x[first + cells[k]]
        out[at] = total / counts[p]
