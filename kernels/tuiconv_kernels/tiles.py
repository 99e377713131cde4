"""Register tiles: a few sums that stay in vector registers until they are complete.

Sixteen registers (AVX2) hold twelve sums, the numbers they are multiplied by, and one value; with
fewer sums the additions would wait for one another. Where a value or a weight lies is given by
offsets into flat arrays, so one loop serves convolutions of any kernel, stride and dilation, their
gradients, and fully connected layers.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

from tuiconv_kernels.checks import Array
from tuiconv_kernels.lanes import Lanes, every, load, multiply_add, spread

Tile = TypeVar("Tile", bound=Callable[..., object])
Offsets = Any
"""One-dimensional int64 array of places in a flat array."""
Spans = Any
"""Rows of four int64: see `sum_products`."""


def inlined(function: Tile) -> Tile:
    """Compile `function` into the exact kernels that call it."""
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "forceinline": True}
    # nobody else calls it: without wrappers for Python and C it compiles faster
    options |= {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast("Tile", numba.njit(**options)(function))


@inlined
def four_by_three(
    x: Array,
    places: tuple[int, int, int, int],
    offsets: Offsets,
    weight: Array,
    rows: tuple[int, int, int],
    taps: Offsets,
    start: tuple[Lanes, ...],
) -> tuple[Lanes, ...]:
    """Sum products for four places p and three rows r.

        start[r, p] + Σ k  weight[rows[r] + taps[k]] · x[places[p] + offsets[k]]

    The weight is one number for all lanes. All places of the first row come first, in start, too.
    """
    p0, p1, p2, p3 = places
    r0, r1, r2 = rows
    a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3 = start
    for k in range(len(offsets)):
        at, tap = offsets[k], taps[k]
        a, b, c = spread(weight, r0 + tap), spread(weight, r1 + tap), spread(weight, r2 + tap)
        x0 = load(x, p0 + at)
        a0, b0, c0 = multiply_add(a, x0, a0), multiply_add(b, x0, b0), multiply_add(c, x0, c0)
        x1 = load(x, p1 + at)
        a1, b1, c1 = multiply_add(a, x1, a1), multiply_add(b, x1, b1), multiply_add(c, x1, c1)
        x2 = load(x, p2 + at)
        a2, b2, c2 = multiply_add(a, x2, a2), multiply_add(b, x2, b2), multiply_add(c, x2, c2)
        x3 = load(x, p3 + at)
        a3, b3, c3 = multiply_add(a, x3, a3), multiply_add(b, x3, b3), multiply_add(c, x3, c3)
    return a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3


@inlined
def four_by_two(
    x: Array,
    places: tuple[int, int, int, int],
    offsets: Offsets,
    weight: Array,
    rows: tuple[int, int],
    taps: Offsets,
    start: tuple[Lanes, ...],
) -> tuple[Lanes, ...]:
    """Sum products for four places and two rows, as `four_by_three`."""
    p0, p1, p2, p3 = places
    r0, r1 = rows
    a0, a1, a2, a3, b0, b1, b2, b3 = start
    for k in range(len(offsets)):
        at, tap = offsets[k], taps[k]
        a, b = spread(weight, r0 + tap), spread(weight, r1 + tap)
        x0, x1 = load(x, p0 + at), load(x, p1 + at)
        a0, b0 = multiply_add(a, x0, a0), multiply_add(b, x0, b0)
        a1, b1 = multiply_add(a, x1, a1), multiply_add(b, x1, b1)
        x2, x3 = load(x, p2 + at), load(x, p3 + at)
        a2, b2 = multiply_add(a, x2, a2), multiply_add(b, x2, b2)
        a3, b3 = multiply_add(a, x3, a3), multiply_add(b, x3, b3)
    return a0, a1, a2, a3, b0, b1, b2, b3


@inlined
def eight_by_one(
    x: Array,
    places: tuple[int, int, int, int, int, int, int, int],
    offsets: Offsets,
    weight: Array,
    taps: Offsets,
    start: tuple[Lanes, ...],
) -> tuple[Lanes, ...]:
    """Sum products for eight places and the first row alone, as `four_by_three`."""
    p0, p1, p2, p3, p4, p5, p6, p7 = places
    a0, a1, a2, a3, a4, a5, a6, a7 = start
    for k in range(len(offsets)):
        at, a = offsets[k], spread(weight, taps[k])
        a0, a1 = multiply_add(a, load(x, p0 + at), a0), multiply_add(a, load(x, p1 + at), a1)
        a2, a3 = multiply_add(a, load(x, p2 + at), a2), multiply_add(a, load(x, p3 + at), a3)
        a4, a5 = multiply_add(a, load(x, p4 + at), a4), multiply_add(a, load(x, p5 + at), a5)
        a6, a7 = multiply_add(a, load(x, p6 + at), a6), multiply_add(a, load(x, p7 + at), a7)
    return a0, a1, a2, a3, a4, a5, a6, a7


@inlined
def one_by_eight(
    x: Array,
    place: int,
    offsets: Offsets,
    weight: Array,
    rows: tuple[int, int, int, int, int, int, int, int],
    taps: Offsets,
    start: tuple[Lanes, ...],
) -> tuple[Lanes, ...]:
    """Sum products for one place and eight rows, as `four_by_three`."""
    r0, r1, r2, r3, r4, r5, r6, r7 = rows
    a, b, c, d, e, f, g, h = start
    for k in range(len(offsets)):
        value, tap = load(x, place + offsets[k]), taps[k]
        a = multiply_add(spread(weight, r0 + tap), value, a)
        b = multiply_add(spread(weight, r1 + tap), value, b)
        c = multiply_add(spread(weight, r2 + tap), value, c)
        d = multiply_add(spread(weight, r3 + tap), value, d)
        e = multiply_add(spread(weight, r4 + tap), value, e)
        f = multiply_add(spread(weight, r5 + tap), value, f)
        g = multiply_add(spread(weight, r6 + tap), value, g)
        h = multiply_add(spread(weight, r7 + tap), value, h)
    return a, b, c, d, e, f, g, h


@inlined
def five_by_two(
    x: Array,
    taps: tuple[int, int, int, int, int],
    places: Offsets,
    grads: Array,
    rows: tuple[int, int],
    grad_places: Offsets,
) -> tuple[Lanes, ...]:
    """Sum products of lanes for five taps t and two rows r; all taps of the first row come first.

    Σ p  grads[rows[r] + grad_places[p]] · x[taps[t] + places[p]]
    """
    t0, t1, t2, t3, t4 = taps
    r0, r1 = rows
    a0 = a1 = a2 = a3 = a4 = b0 = b1 = b2 = b3 = b4 = every(x.dtype.type(0))
    for p in range(len(places)):
        place, grad_place = places[p], grad_places[p]
        a, b = load(grads, r0 + grad_place), load(grads, r1 + grad_place)
        x0, x1 = load(x, t0 + place), load(x, t1 + place)
        a0, b0 = multiply_add(a, x0, a0), multiply_add(b, x0, b0)
        a1, b1 = multiply_add(a, x1, a1), multiply_add(b, x1, b1)
        x2, x3, x4 = load(x, t2 + place), load(x, t3 + place), load(x, t4 + place)
        a2, b2 = multiply_add(a, x2, a2), multiply_add(b, x2, b2)
        a3, b3 = multiply_add(a, x3, a3), multiply_add(b, x3, b3)
        a4, b4 = multiply_add(a, x4, a4), multiply_add(b, x4, b4)
    return a0, a1, a2, a3, a4, b0, b1, b2, b3, b4
