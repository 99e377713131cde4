"""Sums over tables of offsets, against NumPy; none depends on what is computed beside it."""

import numpy as np
import pytest

from tuiconv_kernels import jit
from tuiconv_kernels.lanes import LANES
from tuiconv_kernels.products import (
    STRETCH,
    correlate,
    sum_places,
    sum_products,
    sum_products_pooled,
)

pytestmark = pytest.mark.skipif(not jit.ENABLED, reason="these kernels compute with lanes")

# around the sizes of a tile: four places by three or two rows, eight places by one, one by eight
ROWS = [1, 2, 3, 4, 5, 6, 7, 8, 9]
PLACES = [1, 2, 3, 4, 5, 7, 8, 9, 12, 17]
NONE = -np.inf
"""The floor that cuts nothing off."""


class Sums:
    """Random arrays and tables for `places` sums of `terms` products, with `rows` rows."""

    def __init__(self, rng, dtype, rows, places, terms=6):
        self.x = rng.standard_normal(40 * LANES).astype(dtype)
        self.places = rng.integers(0, 20 * LANES, places)
        self.offsets = rng.integers(0, 19 * LANES, terms)
        self.row_step = 11
        self.weight = rng.standard_normal(rows * self.row_step + 5).astype(dtype)
        self.taps = rng.permutation(self.row_step)[:terms]
        self.bias = rng.standard_normal(rows).astype(dtype)
        self.out_step = 20 * LANES
        self.out_places = rng.permutation(20)[:places] * LANES

    def run(self, spans=None, floor=NONE, rows=slice(None), places=slice(None)):
        """The sums, (row, place, lane), and the array they were written to."""
        if spans is None:
            spans = np.array([[0, len(self.places[places]), 0, len(self.offsets)]])
        bias, out_places = self.bias[rows], self.out_places[places]
        out = np.full(len(bias) * self.out_step, 7, self.x.dtype)
        sum_products(
            self.x, self.places[places], self.offsets, spans,
            self.weight[(rows.start or 0) * self.row_step :], self.row_step, self.taps, bias,
            floor, out, out_places, self.out_step,
        )  # fmt: skip
        return self.gathered(out, len(bias), out_places), out

    def gathered(self, out, rows, out_places):
        at = np.arange(rows)[:, np.newaxis] * self.out_step + out_places
        return out[at[..., np.newaxis] + np.arange(LANES)]

    def expected(self, first=0, last=None):
        """bias + Σ weight · x of the terms from `first` to `last`, in float64."""
        met = self.places[:, np.newaxis] + self.offsets[first:last]
        values = self.x.astype(np.float64)[met[..., np.newaxis] + np.arange(LANES)]
        at = np.arange(len(self.bias))[:, np.newaxis] * self.row_step + self.taps[first:last]
        sums = np.einsum("rk,pkl->rpl", self.weight.astype(np.float64)[at], values)
        return sums + self.bias[:, np.newaxis, np.newaxis]


def assert_near(actual, expected):
    tolerance = 1e-5 if actual.dtype == np.float32 else 1e-13
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("places", PLACES)
def test_every_row_and_place_gets_its_sum_and_nothing_else_is_written(rows, places, rng, dtype):
    sums = Sums(rng, dtype, rows, places)
    got, out = sums.run()
    assert_near(got, sums.expected())
    assert (out != 7).sum() == rows * places * LANES


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("places", PLACES)
def test_a_sum_does_not_depend_on_the_tile_it_is_computed_in(rows, places, rng, dtype):
    sums = Sums(rng, dtype, rows, places, terms=11)
    together, _ = sums.run()
    for r in range(rows):
        for p in range(places):
            alone, _ = sums.run(rows=slice(r, r + 1), places=slice(p, p + 1))
            np.testing.assert_array_equal(alone[0, 0], together[r, p])


def test_the_places_of_a_span_meet_its_terms_alone(rng, dtype):
    sums = Sums(rng, dtype, rows=3, places=9)
    spans = np.array([[0, 5, 0, 2], [5, 7, 2, 2], [7, 9, 2, 6]])
    got, _ = sums.run(spans)
    assert_near(got[:, :5], sums.expected(0, 2)[:, :5])
    np.testing.assert_array_equal(got[:, 5:7], np.tile(sums.bias[:, None, None], (2, LANES)))
    assert_near(got[:, 7:], sums.expected(2, 6)[:, 7:])


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("places", [4, 8, 12])
@pytest.mark.parametrize("floor", [NONE, 0.0])
def test_a_sum_in_parts_is_the_sum_at_once(rows, places, floor, rng, dtype):
    sums = Sums(rng, dtype, rows, places, terms=9)
    at_once, _ = sums.run(floor=floor)
    half = places // 8 * 4
    spans = [(begin, end, *part) for begin, end in [(0, half), (half, places)] if end > begin
             for part in [(0, 2), (2, 2), (2, 7), (7, 9)]]  # fmt: skip
    in_parts, out = sums.run(np.array(spans), floor)
    np.testing.assert_array_equal(in_parts, at_once)
    assert (out != 7).sum() == rows * places * LANES


def test_what_lies_below_the_floor_is_raised_to_it_but_a_nan_stays(rng, dtype):
    sums = Sums(rng, dtype, rows=4, places=4)
    free, _ = sums.run()
    cut, _ = sums.run(floor=0.0)
    assert (free < 0).any()
    np.testing.assert_array_equal(cut, np.maximum(free, 0))
    sums.x[sums.places[2] + sums.offsets[1] + 3] = np.nan
    spoilt, _ = sums.run(floor=0.0)
    assert np.isnan(spoilt[:, 2, 3]).all()
    assert np.isnan(spoilt).sum() == np.isnan(sums.expected()).sum()


def test_infinities_go_through(rng, dtype):
    sums = Sums(rng, dtype, rows=3, places=4)
    sums.bias[1] = np.inf
    sums.weight[sums.taps[0]] = -np.inf
    with np.errstate(invalid="ignore"):
        expected = sums.expected()
    got, _ = sums.run()
    infinite = ~np.isfinite(expected)
    np.testing.assert_array_equal(got[infinite], expected[infinite].astype(dtype))


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("floor", [NONE, 0.0])
def test_of_every_four_places_the_largest_is_kept_and_the_first_of_equals(rows, floor, rng, dtype):
    sums = Sums(rng, dtype, rows, places=8)
    sums.places[5] = sums.places[4]  # two equal sums in the second window
    sums.x[sums.places[2] + sums.offsets[0]] = np.nan
    single, _ = sums.run(floor=NONE)
    windows = single.reshape(rows, 2, 4, LANES)
    out, winners = np.full((2, rows * sums.out_step), 7, dtype)
    sum_products_pooled(
        sums.x, sums.places, sums.offsets, sums.weight, sums.row_step, sums.taps, sums.bias, floor,
        out, winners, sums.out_places[:2], sums.out_step,
    )  # fmt: skip
    best = sums.gathered(out, rows, sums.out_places[:2])
    np.testing.assert_array_equal(best, np.maximum(windows.max(axis=2), floor))
    first = sums.gathered(winners, rows, sums.out_places[:2])
    np.testing.assert_array_equal(first, windows.argmax(axis=2))  # of NaN, too, the first
    assert (out != 7).sum() == (winners != 7).sum() == rows * 2 * LANES


class Meetings:
    """Random arrays and tables for a weight gradient of `rows` rows and `taps` taps."""

    def __init__(self, rng, dtype, rows, taps, places):
        self.x = rng.standard_normal((places + taps) * LANES).astype(dtype)
        self.places = rng.permutation(places) * LANES
        self.taps = rng.permutation(taps) * LANES
        self.grad_step = places * LANES
        self.grads = rng.standard_normal(rows * self.grad_step).astype(dtype)
        self.grad_places = rng.permutation(places) * LANES
        self.rows = rows

    def run(self, rows=slice(None), taps=slice(None)):
        first = (rows.start or 0) * self.grad_step
        totals = np.full((len(range(self.rows)[rows]), len(self.taps[taps])), np.nan)
        out = np.full(totals.shape, np.nan, self.x.dtype)
        correlate(
            self.x, self.places, self.taps[taps], self.grads[first:], self.grad_places,
            self.grad_step, totals, out,
        )  # fmt: skip
        return out

    def expected(self):
        lane = np.arange(LANES)
        met = self.taps[:, np.newaxis] + self.places
        values = self.x.astype(np.float64)[met[..., np.newaxis] + lane]
        at = np.arange(self.rows)[:, np.newaxis] * self.grad_step + self.grad_places
        return np.einsum("rpl,tpl->rt", self.grads.astype(np.float64)[at[..., None] + lane], values)


@pytest.mark.parametrize("rows", [1, 2, 3, 4])
@pytest.mark.parametrize("taps", [1, 4, 5, 6, 11])
def test_a_weight_gradient_sums_over_places_and_lanes(rows, taps, rng, dtype):
    for places in (0, 1, 9):
        meetings = Meetings(rng, dtype, rows, taps, places)
        assert_near(meetings.run() / 9, meetings.expected() / 9)


@pytest.mark.parametrize("places", [9, STRETCH + 1])
def test_a_weights_gradient_does_not_depend_on_those_beside_it(places, rng, dtype):
    meetings = Meetings(rng, dtype, 3, 7, places)
    together = meetings.run()
    for r in range(3):
        for t in range(7):
            alone = meetings.run(slice(r, r + 1), slice(t, t + 1))
            np.testing.assert_array_equal(alone, together[r : r + 1, t : t + 1])


@pytest.mark.parametrize("places", [7, STRETCH, 2 * STRETCH + 9])
def test_places_without_a_gradient_change_no_bit(places, rng, dtype):
    """As the lanes and blocks without an image, at the end of a ragged batch."""
    fewer = Meetings(rng, dtype, 2, 6, places)
    more = Meetings(rng, dtype, 2, 6, 2 * places)
    more.grads[:] = 0
    for row in range(2):
        here, there = row * fewer.grad_step, row * more.grad_step
        more.grads[there : there + fewer.grad_step] = fewer.grads[here : here + fewer.grad_step]
    more.x[: len(fewer.x)] = fewer.x
    more.taps = fewer.taps
    rest = np.arange(places, 2 * places) * LANES
    more.places = np.append(fewer.places, rest)
    more.grad_places = np.append(fewer.grad_places, rest)
    np.testing.assert_array_equal(more.run(), fewer.run())


def test_long_float32_sums_keep_their_digits(rng):
    meetings = Meetings(rng, np.float32, 1, 1, 400 * STRETCH)
    meetings.x[:], meetings.grads[:] = 0.1, 1
    np.testing.assert_allclose(meetings.run(), [[0.1 * 400 * STRETCH * LANES]], rtol=1e-5)


def test_a_bad_gradient_spoils_its_row_alone(rng, dtype):
    meetings = Meetings(rng, dtype, 3, 4, 5)
    meetings.grads[meetings.grad_step + 2] = np.nan
    np.testing.assert_array_equal(np.isnan(meetings.run()), [[False] * 4, [True] * 4, [False] * 4])


@pytest.mark.parametrize("rows", ROWS)
def test_each_rows_places_add_up(rows, rng, dtype):
    for places in (0, 1, STRETCH, STRETCH + 3):
        step = (places + 1) * LANES
        grads = rng.standard_normal(rows * step).astype(dtype)
        grad_places = rng.permutation(places + 1)[:places] * LANES
        at = np.arange(rows)[:, np.newaxis] * step + grad_places
        values = grads.astype(np.float64)[at[..., np.newaxis] + np.arange(LANES)]
        out = np.full(rows, np.nan, dtype)
        sum_places(grads, grad_places, step, out)
        np.testing.assert_allclose(out, values.sum(axis=(1, 2)), rtol=1e-5, atol=1e-4)
