"""One value in each of several images: every operation does what NumPy does, lane by lane."""

from itertools import product

import numba
import numpy as np
import pytest

from tuiconv_kernels import jit
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
    multiply_add,
    narrow,
    spread,
    store,
    subtract,
    total,
    where_equal,
    widen,
)

pytestmark = pytest.mark.skipif(not jit.ENABLED, reason="lanes exist in compiled kernels only")

VALUES = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.5, 2.25, 1e-30, 3e30]
TRIPLES = np.array(list(product(VALUES, repeat=3)))

# operations of a, b and c, as one row of results each
BY_LANE = {
    "add": lambda a, b, c: a + b,
    "subtract": lambda a, b, c: a - b,
    "multiply": lambda a, b, c: a * b,
    "divide": lambda a, b, c: a / b,
    "larger": lambda a, b, c: np.where(a < b, b, a),
    "gate": lambda a, b, c: np.where(a <= 0, 0, b),
    "beats": lambda a, b, c: (a > b) | (np.isnan(a) & ~np.isnan(b)),
    "choose": lambda a, b, c: np.where(a > 0, b, c),
    "where_equal": lambda a, b, c: np.where(a == b, c, 0),
    "widen and narrow": lambda a, b, c: a,
    "every": lambda a, b, c: np.full_like(a, 0.1),
}


@numba.njit(error_model="numpy")
def compute(a, b, c, out):
    for k in range(0, len(a), LANES):
        x, y, z = load(a, k), load(b, k), load(c, k)
        store(out, k, add(x, y))
        store(out, len(a) + k, subtract(x, y))
        store(out, 2 * len(a) + k, multiply(x, y))
        store(out, 3 * len(a) + k, divide(x, y))
        store(out, 4 * len(a) + k, larger(x, y))
        store(out, 5 * len(a) + k, gate(x, y))
        store(out, 6 * len(a) + k, beats(x, y))
        store(out, 7 * len(a) + k, choose(x, y, z))
        store(out, 8 * len(a) + k, where_equal(x, y, z))
        store(out, 9 * len(a) + k, narrow(widen(x), a))
        store(out, 10 * len(a) + k, every(a.dtype.type(0.1)))


@pytest.fixture(scope="module", params=[np.float32, np.float64], ids=["float32", "float64"])
def results(request):
    dtype = request.param
    triples = np.resize(TRIPLES, (-(-len(TRIPLES) // LANES) * LANES, 3)).T.astype(dtype)
    out = np.empty((len(BY_LANE), triples.shape[1]), dtype)
    compute(*np.ascontiguousarray(triples), out.reshape(-1))
    return triples, dict(zip(BY_LANE, out, strict=True))


@pytest.mark.parametrize("name", BY_LANE)
def test_an_operation_is_that_of_numpy_for_numbers_infinities_zeros_and_nan(name, results):
    (a, b, c), rows = results
    with np.errstate(all="ignore"):
        expected = BY_LANE[name](a, b, c).astype(a.dtype)
    np.testing.assert_array_equal(rows[name], expected)
    number = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(rows[name][number]), np.signbit(expected[number]))


def test_of_two_the_larger_is_a_nan_that_stood_first_but_not_one_that_comes_second(results):
    (a, b, _), rows = results
    stood, comes = np.isnan(a), np.isnan(b) & ~np.isnan(a)
    assert np.isnan(rows["larger"][stood]).all()
    np.testing.assert_array_equal(rows["larger"][comes], a[comes])


def test_only_the_first_nan_beats_the_best(results):
    (a, b, _), rows = results
    assert (rows["beats"][np.isnan(a) & ~np.isnan(b)] == 1).all()
    assert (rows["beats"][np.isnan(b)] == 0).all()
    assert (rows["beats"][a == b] == 0).all()


def test_a_gradient_passes_where_the_activation_is_nan(results):
    (a, b, _), rows = results
    np.testing.assert_array_equal(rows["gate"][np.isnan(a)], b[np.isnan(a)])
    assert (rows["gate"][a <= 0] == 0).all()


@numba.njit(error_model="numpy")
def fuse(a, b, c, out):
    for k in range(0, len(a), LANES):
        store(out, k, multiply_add(load(a, k), load(b, k), load(c, k)))


def test_a_product_is_added_with_one_rounding_or_two(dtype, rng):
    a, b, c = rng.standard_normal((3, 16 * LANES)).astype(dtype)
    out = np.empty_like(a)
    fuse(a, b, c, out)
    once = (a.astype(np.longdouble) * b + c).astype(dtype)
    assert ((out == once) | (out == a * b + c)).all()
    for a[0], b[0], c[0] in ((np.nan, 0, 0), (np.inf, 0, 1), (1, 1, np.nan), (np.inf, 1, -np.inf)):
        fuse(a, b, c, out)
        assert np.isnan(out[0])


@numba.njit(error_model="numpy")
def place(x, at, out, to):
    store(out, to, load(x, at))
    return total(load(x, at))


def test_lanes_may_begin_anywhere_and_touch_nothing_else(dtype, rng):
    x = rng.standard_normal(3 * LANES).astype(dtype)
    for at, to in product(range(2 * LANES + 1), (0, 1, LANES - 1, 2 * LANES)):
        out = np.full_like(x, 7)
        place(x, at, out, to)
        expected = np.full_like(x, 7)
        expected[to : to + LANES] = x[at : at + LANES]
        np.testing.assert_array_equal(out, expected)


def test_a_total_adds_halves_until_one_number_is_left(dtype, rng):
    x = (10.0 ** rng.uniform(-6, 6, LANES)).astype(dtype)
    halves = x
    while len(halves) > 1:
        halves = halves[: len(halves) // 2] + halves[len(halves) // 2 :]
    assert place(x, 0, x.copy(), 0) == halves[0]
    x[3] = np.nan
    assert np.isnan(place(x, 0, x.copy(), 0))


@numba.njit(error_model="numpy")
def fill(x, out):
    for k in range(len(x)):
        store(out, k * LANES, spread(x, k))


def test_an_element_is_spread_over_all_lanes(dtype):
    x = np.array([np.nan, -0.0, np.inf, 0.1], dtype)
    out = np.empty(4 * LANES, dtype)
    fill(x, out)
    np.testing.assert_array_equal(out.reshape(4, LANES), np.repeat(x, LANES).reshape(4, LANES))


@numba.njit(error_model="numpy")
def average(x, out):
    both = add(widen(load(x, 0)), widen(load(x, LANES)))
    store(out, 0, narrow(multiply(both, every(0.5)), out))


def test_wide_lanes_hold_what_overflows_in_float32(dtype):
    x = np.full(2 * LANES, 3e38, dtype)
    out = np.empty(LANES, dtype)
    average(x, out)
    np.testing.assert_array_equal(out, x[:LANES])


@numba.njit(error_model="numpy")
def copy(x, out):
    store(out, 0, load(x, 0))


def test_lanes_are_not_stored_in_an_array_of_another_dtype():
    room = np.zeros(2 * LANES, np.float32)
    with pytest.raises(numba.TypingError):
        copy(np.ones(LANES), room[:LANES])
    np.testing.assert_array_equal(room[LANES:], 0)
