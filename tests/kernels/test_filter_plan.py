import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuiconv_kernels.filter_plan import FloatSums, WholeSums, plan

SHARPEN = np.array([[0.0, -1, 0], [-1, 5, -1], [0, -1, 0]])
GAUSSIAN = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256
BYTES = np.dtype(np.uint8)


def whole_kernels(sums, shape):
    """The two kernels of whole numbers of the upper of two output rows."""
    height, width = shape
    pairs = sums.weights.pairs.view(np.int16).reshape(2, (height + 1) // 2, width, 2, 2)
    # level line column output-row upper/lower
    return pairs[:, :, :, 0].transpose(0, 1, 3, 2).reshape(2, height + 1, width)[:, :height]


def test_sharpening_is_done_in_whole_numbers_and_leaves_nothing_in_doubt():
    sums = plan(SHARPEN, BYTES)
    assert isinstance(sums, WholeSums)
    assert sums.weights.levels == 1
    assert sums.limits is None
    np.testing.assert_array_equal(whole_kernels(sums, (3, 3))[0] * sums.weights.scales[0], SHARPEN)


def test_the_row_below_takes_the_same_weights_one_line_later():
    pairs = plan(SHARPEN, BYTES).weights.pairs.view(np.int16).reshape(2, 2, 3, 2, 2)[0]
    below = pairs[:, :, 1].transpose(0, 2, 1).reshape(4, 3)
    np.testing.assert_array_equal(below, [[0, 0, 0], [0, -1, 0], [-1, 5, -1], [0, -1, 0]])


def test_a_gaussian_is_done_in_two_exact_passes():
    sums = plan(GAUSSIAN, BYTES)
    assert isinstance(sums, FloatSums)
    np.testing.assert_array_equal(sums.down, [1, 4, 6, 4, 1])
    np.testing.assert_array_equal(sums.across, np.array([1, 4, 6, 4, 1]) / 256)
    assert sums.across.dtype == np.float32
    assert sums.limit is None


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_two_passes_are_for_outer_products_that_save_work(dtype, rng):
    column, row = rng.random(7), rng.random(9)
    assert len(plan(np.outer(column, row), np.dtype(dtype)).down) == 7
    bent = np.outer(column, row)
    bent[2, 3] *= 1.001
    assert not len(getattr(plan(bent, np.dtype(dtype)), "down", ()))
    assert not len(getattr(plan(np.outer(row[:3], row[:3]), np.dtype(dtype)), "down", ()))


def test_two_passes_are_also_for_weights_so_small_that_float32_has_none_like_them():
    bell = np.exp(-((np.arange(-8, 9) / 0.7) ** 2))
    assert np.float32(bell[0]) == 0
    sums = plan(np.outer(bell, bell), BYTES)
    assert len(sums.down) == 17
    assert sums.across.dtype == np.float32


def test_what_one_level_leaves_out_settles_all_but_few_doubts(rng):
    sums = plan(rng.dirichlet(np.ones(225)).reshape(15, 15), BYTES)
    assert sums.weights.levels == 1
    first, second = (0.5 - float(limit) for limit in sums.limits)
    assert 0.001 < first < 0.01
    assert second < first / 50


@pytest.mark.parametrize("dtype", [np.uint16, np.float32, np.float64])
def test_all_but_bytes_is_summed_in_float64(dtype):
    for kernel in (SHARPEN, GAUSSIAN):
        assert plan(kernel, np.dtype(dtype)).across.dtype == np.float64


def test_weights_that_float32_is_not_fine_enough_for_are_whole_numbers_of_two_levels(rng):
    kernel = rng.standard_normal((15, 15))
    sums = plan(kernel, BYTES)
    assert sums.weights.levels == 2
    coarse, fine = (float(scale) for scale in sums.weights.scales)
    first, second = whole_kernels(sums, (15, 15))
    assert np.abs(kernel - first * coarse).max() <= coarse / 2
    assert np.abs(kernel - first * coarse - second * fine).max() <= fine / 2 * 1.001
    assert fine < coarse / 2**14


def test_bytes_are_summed_in_float64_when_nothing_else_holds_the_sums(rng):
    assert plan(rng.standard_normal((3, 3)) * 1e6, BYTES).across.dtype == np.float64


def test_a_picture_of_floats_is_never_in_doubt(rng):
    assert plan(rng.standard_normal((3, 3)), np.dtype(np.float32)).limit is None


@settings(deadline=None, max_examples=200)
@given(
    seed=st.integers(0, 2**32 - 1),
    height=st.sampled_from([1, 3, 5, 15]),
    width=st.sampled_from([1, 3, 7, 15]),
    power=st.integers(-40, 40),
)
def test_whole_weights_fit_into_16_bits_and_their_sums_into_32(seed, height, width, power):
    kernel = np.random.default_rng(seed).standard_normal((height, width)) * 10.0**power
    sums = plan(kernel, BYTES)
    if isinstance(sums, WholeSums):
        for whole in whole_kernels(sums, kernel.shape).astype(np.int64):
            assert np.abs(whole).max() <= 32767
            assert 255 * np.abs(whole).sum() < 2**31
    else:
        assert sums.limit is None or sums.limit < 0.5
