"""Passes over feature maps in blocks: pools, and what is done value by value.

Each works on the lanes of all maps, which lie `plane` elements apart; see `geometry`.
"""

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.checks import Array
from tuiconv_kernels.geometry import Table
from tuiconv_kernels.jit import exact_kernel
from tuiconv_kernels.lanes import (
    LANES,
    add,
    beats,
    choose,
    divide,
    every,
    gate,
    larger,
    load,
    multiply,
    narrow,
    spread,
    store,
    where_equal,
    widen,
)


@exact_kernel
def copy_rows(x: Array, rows: Table, out: Array, out_rows: Table, length: int) -> None:
    """Copy rows of `length` elements to where they belong in another layout."""
    for row in range(len(rows)):
        at, to = rows[row], out_rows[row]
        for k in range(0, length, LANES):
            store(out, to + k, load(x, at + k))


@exact_kernel
def copy(x: Array, out: Array) -> None:
    """Copy everything."""
    for k in range(len(out)):
        out[k] = x[k]


@exact_kernel
def accumulate(x: Array, out: Array) -> None:
    """Add everything."""
    for k in range(len(out)):
        out[k] += x[k]


@exact_kernel
def add_rows(rows: Array, count: int, begin: int, end: int) -> None:
    """Add the columns from `begin` to `end` of the other rows to those of the first, in order."""
    total = rows[0, begin:end]
    for row in range(1, count):
        part = rows[row, begin:end]
        for k in range(len(total)):
            total[k] += part[k]


@exact_kernel
def clear(x: Array) -> None:
    """Set everything to 0."""
    x[:] = 0


@exact_kernel
def put(table: Table, place: int, value: int) -> None:
    """Set a number of a table that later kernels read."""
    table[place] = value


@exact_kernel
def rectify(x: Array, out: Array) -> None:
    """Fill out with max(0, x); NaN stays NaN."""
    zero = every(x.dtype.type(0))
    for k in range(0, len(x), LANES):
        store(out, k, larger(load(x, k), zero))


@exact_kernel
def clear_places(x: Array, places: Table) -> None:
    """Set the elements at some places to 0."""
    for place in places:
        x[place] = 0


@exact_kernel
def unpool(
    grad: Array, out: Array, winners: Array, out_places: Table, out_step: int, maps: int,
    grad_x: Array, grad_places: Table, grad_step: int,
) -> None:  # fmt: skip
    """Undo `sum_products_pooled` for the gradient: to the winner of four places, 0 to the others.

    Nothing passes where the ReLU gave 0. Window p of map r is out[r·out_step + out_places[p]];
    its four places are grad_x[r·grad_step + grad_places[4p]] and the three after.
    """
    codes = (
        every(out.dtype.type(0)), every(out.dtype.type(1)), every(out.dtype.type(2)),
        every(out.dtype.type(3)),
    )  # fmt: skip
    for window in range(len(out_places)):
        p = 4 * window
        for r in range(maps):
            at, to = r * out_step + out_places[window], r * grad_step
            value, winner = gate(load(out, at), load(grad, at)), load(winners, at)
            store(grad_x, to + grad_places[p], where_equal(winner, codes[0], value))
            store(grad_x, to + grad_places[p + 1], where_equal(winner, codes[1], value))
            store(grad_x, to + grad_places[p + 2], where_equal(winner, codes[2], value))
            store(grad_x, to + grad_places[p + 3], where_equal(winner, codes[3], value))


@exact_kernel
def max_pool(
    x: Array, x_planes: Table, starts: Table, cells: Table, taps: Table, out: Array,
    out_planes: Table, windows: Table, winners: Array,
) -> None:  # fmt: skip
    """Keep the largest value of every window, and which of its cells it was."""
    for plane in range(len(x_planes)):
        first, to = x_planes[plane], out_planes[plane]
        for p in range(len(windows)):
            begin, end = starts[p], starts[p + 1]
            best, winner = every(x.dtype.type(-np.inf)), every(x.dtype.type(-1))
            if begin < end:  # a dilated window may have all its cells in the padding
                best, winner = load(x, first + cells[begin]), every(x.dtype.type(taps[begin]))
            for k in range(begin + 1, end):
                value = load(x, first + cells[k])
                wins = beats(value, best)
                best = choose(wins, value, best)
                winner = choose(wins, every(x.dtype.type(taps[k])), winner)
            store(out, to + windows[p], best)
            store(winners, (plane * len(windows) + p) * LANES, winner)


@exact_kernel
def max_pool_back(
    grad_out: Array, out_planes: Table, windows: Table, winners: Array, starts: Table,
    cells: Table, taps: Table, grad_x: Array, x_planes: Table,
) -> None:  # fmt: skip
    """Add the gradient of every window to its winner."""
    for plane in range(len(x_planes)):
        first, at = x_planes[plane], out_planes[plane]
        for p in range(len(windows)):
            grad = load(grad_out, at + windows[p])
            winner = load(winners, (plane * len(windows) + p) * LANES)
            for k in range(starts[p], starts[p + 1]):
                share = where_equal(winner, every(grad_x.dtype.type(taps[k])), grad)
                store(grad_x, first + cells[k], add(load(grad_x, first + cells[k]), share))


@exact_kernel
def average_pool(
    x: Array, x_planes: Table, starts: Table, cells: Table, counts: npt.NDArray[np.float64],
    out: Array, out_planes: Table, windows: Table,
) -> None:  # fmt: skip
    """Add up every window in float64 and divide by its count."""
    for plane in range(len(x_planes)):
        first, to = x_planes[plane], out_planes[plane]
        for p in range(len(windows)):
            total = every(0.0)
            for k in range(starts[p], starts[p + 1]):
                total = add(total, widen(load(x, first + cells[k])))
            store(out, to + windows[p], narrow(divide(total, every(counts[p])), out))


@exact_kernel
def average_pool_back(
    grad_out: Array, out_planes: Table, pair_windows: Table, pair_counts: Array,
    pair_cells: Table, grad_x: Array, x_planes: Table,
) -> None:  # fmt: skip
    """Add to every cell its share of each window it lies in; pairs of both in the tap's order."""
    for plane in range(len(x_planes)):
        first, at = x_planes[plane], out_planes[plane]
        for k in range(len(pair_cells)):
            share = divide(load(grad_out, at + pair_windows[k]), spread(pair_counts, k))
            to = first + pair_cells[k]
            store(grad_x, to, add(load(grad_x, to), share))


@exact_kernel
def scale(x: Array, gain: Array, bias: Array, plane: int, out: Array) -> None:
    """Multiply every map by its gain, then add its bias."""
    for first in range(0, len(x), plane):
        c = first // plane % len(gain)
        factor, start = spread(gain, c), spread(bias, c)
        for k in range(first, first + plane, LANES):
            store(out, k, add(multiply(load(x, k), factor), start))


@exact_kernel
def scale_back(grad_out: Array, x: Array, gain: Array, plane: int, grad_x: Array) -> None:
    """Fill grad_x with grad_out times the gain, and x with what adds up to the gain's gradient."""
    for first in range(0, len(x), plane):
        factor = spread(gain, first // plane % len(gain))
        for k in range(first, first + plane, LANES):
            grad = load(grad_out, k)
            store(grad_x, k, multiply(grad, factor))
            store(x, k, multiply(grad, load(x, k)))
