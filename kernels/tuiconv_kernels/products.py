"""Sums of products over tables of offsets: all the arithmetic of convolutions and full layers.

Arrays are flat; lanes lie innermost. With the tables of `geometry`, `sum_products` is a
convolution, its input gradient, or a fully connected layer forward and backward, and `correlate`
a convolution's weight gradient. Every sum adds its terms in the order of the table, one lane by
itself, so that a result does not depend on how many images, rows or places are computed together.
"""

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.checks import Array
from tuiconv_kernels.jit import exact_kernel
from tuiconv_kernels.lanes import (
    Lanes,
    add,
    beats,
    choose,
    every,
    larger,
    load,
    spread,
    store,
    total,
)
from tuiconv_kernels.tiles import (
    Offsets,
    Spans,
    eight_by_one,
    five_by_two,
    four_by_three,
    four_by_two,
    inlined,
    one_by_eight,
)

STRETCH = 200
"""At most so many places a weight gradient goes through at a time: what they meet stays in the L1
cache."""


@exact_kernel
def sum_products(
    x: Array,
    places: Offsets,
    offsets: Offsets,
    spans: Spans,
    weight: Array,
    row_step: int,
    taps: Offsets,
    bias: Array,
    floor: float,
    out: Array,
    out_places: Offsets,
    out_step: int,
) -> None:
    """Fill out with max(floor, bias[r] + Σ k weight[r·row_step + taps[k]] · x[p + offsets[k]]).

    There are as many rows r as biases. Row r of place p goes to out[r·out_step + out_places[p]].
    A span (first place, end, first k, end) says which k its places meet. Spans of the same places,
    one after the other, make one sum; their places are a multiple of four.
    """
    for s in range(len(spans)):
        begin, end = spans[s, 0], spans[s, 1]
        resumes = s > 0 and spans[s - 1, 0] == begin and spans[s - 1, 1] == end
        pauses = s + 1 < len(spans) and spans[s + 1, 0] == begin and spans[s + 1, 1] == end
        least = every(x.dtype.type(-np.inf if pauses else floor))
        steps, weight_steps = offsets[spans[s, 2] : spans[s, 3]], taps[spans[s, 2] : spans[s, 3]]
        fours = begin
        if len(bias) == 1:
            fours += _in_eights(
                x, places[begin:end], steps, weight, weight_steps, bias, resumes, least, out,
                out_places[begin:end],
            )  # fmt: skip
        if end - begin < 4:
            for p in range(begin, end):
                _one_place(
                    x, places[p], steps, weight, row_step, weight_steps, bias, least, out,
                    out_places[p], out_step,
                )  # fmt: skip
        for first in range(fours, end if end - begin >= 4 else fours, 4):
            # the last four overlap the four before, unless they are four
            p = min(first, end - 4)
            _four_places(
                x, places[p : p + 4], steps, weight, row_step, weight_steps, bias, resumes, least,
                out, out_places[p : p + 4], out_step,
            )  # fmt: skip


@exact_kernel
def sum_products_pooled(
    x: Array,
    places: Offsets,
    offsets: Offsets,
    weight: Array,
    row_step: int,
    taps: Offsets,
    bias: Array,
    floor: float,
    out: Array,
    winners: Array,
    out_places: Offsets,
    out_step: int,
) -> None:
    """Keep of every four places in a row the largest of what `sum_products` would store.

    Also writes which one it was, 0 to 3, to `winners`, laid out as `out`.
    """
    rows = len(bias)
    least = every(x.dtype.type(floor))
    for window in range(len(out_places)):
        p, to = 4 * window, out_places[window]
        at = (places[p], places[p + 1], places[p + 2], places[p + 3])
        r = 0
        while rows - r > 4 or rows - r == 3:
            w = r * row_step
            start = _four_times(bias, r) + _four_times(bias, r + 1) + _four_times(bias, r + 2)
            w3 = (w, w + row_step, w + 2 * row_step)
            sums = four_by_three(x, at, offsets, weight, w3, taps, start)
            _store_largest(sums[:4], least, out, winners, r * out_step + to)
            _store_largest(sums[4:8], least, out, winners, (r + 1) * out_step + to)
            _store_largest(sums[8:], least, out, winners, (r + 2) * out_step + to)
            r += 3
        while r < rows:
            q = min(r + 1, rows - 1)
            start2 = _four_times(bias, r) + _four_times(bias, q)
            w2 = (r * row_step, q * row_step)
            pair = four_by_two(x, at, offsets, weight, w2, taps, start2)
            _store_largest(pair[:4], least, out, winners, r * out_step + to)
            _store_largest(pair[4:], least, out, winners, q * out_step + to)
            r += 2


@exact_kernel
def correlate(
    x: Array,
    places: Offsets,
    taps: Offsets,
    grads: Array,
    grad_places: Offsets,
    grad_step: int,
    totals: npt.NDArray[np.float64],
    out: Array,
) -> None:
    """Fill out[r, t] with Σ p  grads[r·grad_step + grad_places[p]] · x[taps[t] + places[p]].

    The sum runs over all lanes, too; that of a stretch in the dtype of x, and over the stretches
    in float64, for which `totals` is room: (rows, taps).
    """
    totals[:] = 0.0
    for begin in range(0, len(places), STRETCH):
        stretch = places[begin : begin + STRETCH]
        grad_stretch = grad_places[begin : begin + STRETCH]
        for r in range(0, len(totals) - 1, 2):
            for t in range(0, len(taps), 5):
                _add_tile(
                    x, taps, stretch, grads, (r * grad_step, (r + 1) * grad_step), grad_stretch,
                    totals[r : r + 2], t,
                )  # fmt: skip
        if len(totals) % 2:
            r = len(totals) - 1
            for t in range(0, len(taps), 5):
                _add_tile(
                    x, taps, stretch, grads, (r * grad_step, r * grad_step), grad_stretch,
                    totals[r:], t,
                )  # fmt: skip
    for r in range(len(totals)):
        for t in range(len(taps)):
            out[r, t] = totals[r, t]


@exact_kernel
def sum_places(grads: Array, grad_places: Offsets, grad_step: int, out: Array) -> None:
    """Fill out[r] with Σ p, over all lanes, grads[r·grad_step + grad_places[p]]."""
    last = len(out) - 1
    for r in range(0, last + 1, 4):
        # four rows at once: one sum alone would wait for each of its additions
        r1, r2, r3 = min(r + 1, last), min(r + 2, last), min(r + 3, last)
        total_a = total_b = total_c = total_d = 0.0
        for begin in range(0, len(grad_places), STRETCH):
            a = b = c = d = every(grads.dtype.type(0))
            for place in grad_places[begin : begin + STRETCH]:
                a = add(a, load(grads, r * grad_step + place))
                b = add(b, load(grads, r1 * grad_step + place))
                c = add(c, load(grads, r2 * grad_step + place))
                d = add(d, load(grads, r3 * grad_step + place))
            total_a += total(a)
            total_b += total(b)
            total_c += total(c)
            total_d += total(d)
        out[r], out[r1], out[r2], out[r3] = total_a, total_b, total_c, total_d


@inlined
def _in_eights(
    x: Array,
    places: Offsets,
    offsets: Offsets,
    weight: Array,
    taps: Offsets,
    bias: Array,
    resumes: bool,
    least: Lanes,
    out: Array,
    out_places: Offsets,
) -> int:
    """Compute the only row as long as there are eight places, and return for how many."""
    end = len(places) // 8 * 8
    for p in range(0, end, 8):
        at = (
            places[p], places[p + 1], places[p + 2], places[p + 3],
            places[p + 4], places[p + 5], places[p + 6], places[p + 7],
        )  # fmt: skip
        first = (out_places[p], out_places[p + 1], out_places[p + 2], out_places[p + 3])
        second = (out_places[p + 4], out_places[p + 5], out_places[p + 6], out_places[p + 7])
        start = _four_times(bias, 0) + _four_times(bias, 0)
        if resumes:
            start = _load_row(out, 0, first) + _load_row(out, 0, second)
        sums = eight_by_one(x, at, offsets, weight, taps, start)
        _store_row(sums[:4], least, out, 0, first)
        _store_row(sums[4:], least, out, 0, second)
    return end


@inlined
def _four_places(
    x: Array,
    places: Offsets,
    offsets: Offsets,
    weight: Array,
    row_step: int,
    taps: Offsets,
    bias: Array,
    resumes: bool,
    least: Lanes,
    out: Array,
    out_places: Offsets,
    out_step: int,
) -> None:
    rows = len(bias)
    at = (places[0], places[1], places[2], places[3])
    to = (out_places[0], out_places[1], out_places[2], out_places[3])
    r = 0
    while rows - r > 4 or rows - r == 3:
        w, row = r * row_step, r * out_step
        start = _four_times(bias, r) + _four_times(bias, r + 1) + _four_times(bias, r + 2)
        if resumes:
            start = (
                _load_row(out, row, to)
                + _load_row(out, row + out_step, to)
                + _load_row(out, row + 2 * out_step, to)
            )
        weights = (w, w + row_step, w + 2 * row_step)
        sums = four_by_three(x, at, offsets, weight, weights, taps, start)
        _store_row(sums[:4], least, out, row, to)
        _store_row(sums[4:8], least, out, row + out_step, to)
        _store_row(sums[8:], least, out, row + 2 * out_step, to)
        r += 3
    while r < rows:
        # of a single row that is left, the second copy is stored over the first
        q = min(r + 1, rows - 1)
        two_starts = _four_times(bias, r) + _four_times(bias, q)
        if resumes:
            two_starts = _load_row(out, r * out_step, to) + _load_row(out, q * out_step, to)
        two_weights = (r * row_step, q * row_step)
        pair = four_by_two(x, at, offsets, weight, two_weights, taps, two_starts)
        _store_row(pair[:4], least, out, r * out_step, to)
        _store_row(pair[4:], least, out, q * out_step, to)
        r += 2


@inlined
def _one_place(
    x: Array,
    place: int,
    offsets: Offsets,
    weight: Array,
    row_step: int,
    taps: Offsets,
    bias: Array,
    least: Lanes,
    out: Array,
    out_place: int,
    out_step: int,
) -> None:
    last = len(bias) - 1
    for r in range(0, last + 1, 8):
        # rows beyond the last are the last again
        rows = (
            r, min(r + 1, last), min(r + 2, last), min(r + 3, last),
            min(r + 4, last), min(r + 5, last), min(r + 6, last), min(r + 7, last),
        )  # fmt: skip
        start = (
            spread(bias, rows[0]), spread(bias, rows[1]), spread(bias, rows[2]),
            spread(bias, rows[3]), spread(bias, rows[4]), spread(bias, rows[5]),
            spread(bias, rows[6]), spread(bias, rows[7]),
        )  # fmt: skip
        weights = (
            rows[0] * row_step, rows[1] * row_step, rows[2] * row_step, rows[3] * row_step,
            rows[4] * row_step, rows[5] * row_step, rows[6] * row_step, rows[7] * row_step,
        )  # fmt: skip
        sums = one_by_eight(x, place, offsets, weight, weights, taps, start)
        store(out, rows[0] * out_step + out_place, larger(sums[0], least))
        store(out, rows[1] * out_step + out_place, larger(sums[1], least))
        store(out, rows[2] * out_step + out_place, larger(sums[2], least))
        store(out, rows[3] * out_step + out_place, larger(sums[3], least))
        store(out, rows[4] * out_step + out_place, larger(sums[4], least))
        store(out, rows[5] * out_step + out_place, larger(sums[5], least))
        store(out, rows[6] * out_step + out_place, larger(sums[6], least))
        store(out, rows[7] * out_step + out_place, larger(sums[7], least))


@inlined
def _load_row(
    out: Array, row: int, places: tuple[int, int, int, int]
) -> tuple[Lanes, Lanes, Lanes, Lanes]:
    return (
        load(out, row + places[0]), load(out, row + places[1]),
        load(out, row + places[2]), load(out, row + places[3]),
    )  # fmt: skip


@inlined
def _four_times(bias: Array, r: int) -> tuple[Lanes, Lanes, Lanes, Lanes]:
    lanes = spread(bias, r)
    return lanes, lanes, lanes, lanes


@inlined
def _store_row(
    sums: tuple[Lanes, Lanes, Lanes, Lanes],
    least: Lanes,
    out: Array,
    row: int,
    places: tuple[int, int, int, int],
) -> None:
    store(out, row + places[0], larger(sums[0], least))
    store(out, row + places[1], larger(sums[1], least))
    store(out, row + places[2], larger(sums[2], least))
    store(out, row + places[3], larger(sums[3], least))


@inlined
def _store_largest(
    sums: tuple[Lanes, Lanes, Lanes, Lanes], least: Lanes, out: Array, winners: Array, at: int
) -> None:
    zero, one = every(winners.dtype.type(0)), every(winners.dtype.type(1))
    wins = beats(sums[1], sums[0])
    best, winner = choose(wins, sums[1], sums[0]), choose(wins, one, zero)
    wins = beats(sums[2], best)
    best, winner = choose(wins, sums[2], best), choose(wins, add(one, one), winner)
    wins = beats(sums[3], best)
    best = choose(wins, sums[3], best)
    winner = choose(wins, every(winners.dtype.type(3)), winner)
    store(out, at, larger(best, least))
    store(winners, at, winner)


@inlined
def _add_tile(
    x: Array,
    taps: Offsets,
    places: Offsets,
    grads: Array,
    rows: tuple[int, int],
    grad_places: Offsets,
    totals: npt.NDArray[np.float64],
    t: int,
) -> None:
    # taps beyond the last are the last again, and are not added
    last = len(taps) - 1
    five = (
        taps[t], taps[min(t + 1, last)], taps[min(t + 2, last)], taps[min(t + 3, last)],
        taps[min(t + 4, last)],
    )  # fmt: skip
    sums = five_by_two(x, five, places, grads, rows, grad_places)
    _add_totals(totals[0], t, sums[:5])
    if len(totals) > 1:
        _add_totals(totals[1], t, sums[5:])


@inlined
def _add_totals(
    totals: npt.NDArray[np.float64], t: int, sums: tuple[Lanes, Lanes, Lanes, Lanes, Lanes]
) -> None:
    totals[t] += total(sums[0])
    if t + 1 < len(totals):
        totals[t + 1] += total(sums[1])
    if t + 2 < len(totals):
        totals[t + 2] += total(sums[2])
    if t + 3 < len(totals):
        totals[t + 3] += total(sums[3])
    if t + 4 < len(totals):
        totals[t + 4] += total(sums[4])
