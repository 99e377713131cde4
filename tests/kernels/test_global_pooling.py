from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tuiconv_kernels
from tuiconv_kernels import (
    avg_pool2d,
    global_avg_pool2d,
    global_avg_pool2d_backward,
    global_max_pool2d,
    max_pool2d,
    plain,
)

both = pytest.mark.parametrize("kernels", [tuiconv_kernels, plain], ids=["kernel", "plain"])
names = pytest.mark.parametrize("name", ["global_avg_pool2d", "global_max_pool2d"])
shapes = pytest.mark.parametrize(
    "shape", [(2, 3, 4, 5), (1, 1, 1, 1), (2, 1, 1, 6), (1, 2, 6, 1), (0, 2, 3, 3), (2, 0, 3, 3)]
)
MAPS = np.array([[[1.0, 2], [3, 6]], [[0, -4], [-4, 0]]]).reshape(1, 2, 2, 2)


def pair_of(name, kernels=tuiconv_kernels):
    return getattr(kernels, name), getattr(kernels, f"{name}_backward")


@both
def test_one_number_for_each_map_by_hand(kernels: ModuleType):
    average, largest = kernels.global_avg_pool2d(MAPS), kernels.global_max_pool2d(MAPS)
    assert average.shape == largest.shape == (1, 2, 1, 1)
    np.testing.assert_array_equal(average.reshape(-1), [(1 + 2 + 3 + 6) / 4, -8 / 4])
    np.testing.assert_array_equal(largest.reshape(-1), [6, 0])


@both
def test_the_average_shares_its_gradient_and_the_maximum_sends_it_to_the_first_winner(
    kernels: ModuleType,
):
    grad_out = np.array([8.0, 4]).reshape(1, 2, 1, 1)
    grad_x = kernels.global_avg_pool2d_backward(grad_out, MAPS)
    np.testing.assert_array_equal(grad_x[0], [[[2, 2], [2, 2]], [[1, 1], [1, 1]]])
    grad_x = kernels.global_max_pool2d_backward(grad_out, MAPS)
    np.testing.assert_array_equal(grad_x[0], [[[0, 0], [0, 8]], [[4, 0], [0, 0]]])


@names
@shapes
def test_it_agrees_with_its_twin(name, shape, rng, dtype, close):
    (pool, backward), (twin, twin_backward) = pair_of(name), pair_of(name, plain)
    # few different values, so that maps have ties
    x = rng.integers(-2, 3, shape).astype(dtype)
    grad_out = rng.standard_normal((*shape[:2], 1, 1)).astype(dtype)
    close(pool(x), twin(x))
    close(backward(grad_out, x), twin_backward(grad_out, x))


@names
def test_gradients_agree_with_differences(name, rng, check_gradients):
    # no two values nearer than the step of the difference
    check_gradients(*pair_of(name), rng.permutation(24).reshape(2, 2, 2, 3) / 10)


@given(seed=st.integers(0, 1000), rows=st.integers(-4, 4), columns=st.integers(-4, 4))
def test_a_pattern_that_moves_changes_nothing(seed, rows, columns):
    x = np.random.default_rng(seed).standard_normal((1, 2, 4, 5))
    moved = np.roll(x, (rows, columns), axis=(2, 3))
    np.testing.assert_allclose(global_avg_pool2d(moved), global_avg_pool2d(x), atol=1e-15)
    np.testing.assert_array_equal(global_max_pool2d(moved), global_max_pool2d(x))


def test_it_is_the_pool_whose_window_is_the_map(rng):
    x = rng.standard_normal((2, 3, 4, 5))
    np.testing.assert_allclose(global_avg_pool2d(x), avg_pool2d(x, (4, 5)))
    np.testing.assert_array_equal(global_max_pool2d(x), max_pool2d(x, (4, 5)))


def test_the_gradient_of_the_average_is_its_adjoint(rng):
    x, y = rng.standard_normal((2, 3, 4, 5)), rng.standard_normal((2, 3, 1, 1))
    np.testing.assert_allclose(
        np.sum(global_avg_pool2d(x) * y), np.sum(x * global_avg_pool2d_backward(y, x))
    )


def test_a_float32_average_over_a_large_map_loses_no_digits():
    x = np.full((1, 1, 300, 300), 0.1, np.float32)
    np.testing.assert_array_equal(global_avg_pool2d(x), np.float32(0.1))


@both
def test_a_nan_shows_in_its_own_map_and_the_first_one_wins(kernels: ModuleType, dtype):
    x = np.zeros((1, 2, 2, 3), dtype)
    x[0, 1, 0, 2] = x[0, 1, 1, 1] = np.nan
    for pool in (kernels.global_avg_pool2d, kernels.global_max_pool2d):
        np.testing.assert_array_equal(pool(x).reshape(-1), [0, np.nan])
    grad_x = kernels.global_max_pool2d_backward(np.ones((1, 2, 1, 1), dtype), x)
    np.testing.assert_array_equal(grad_x[0, 1], [[0, 0, 1], [0, 0, 0]])


def test_infinities_stay_visible_without_a_warning(dtype):
    x = np.array([[np.inf, 1], [np.inf, -np.inf], [-np.inf, -np.inf]], dtype).reshape(1, 3, 1, 2)
    average, largest = global_avg_pool2d(x), global_max_pool2d(x)
    np.testing.assert_array_equal(average.reshape(-1), [np.inf, np.nan, -np.inf])
    np.testing.assert_array_equal(largest.reshape(-1), [np.inf, np.inf, -np.inf])


@names
def test_views_and_read_only_arrays_work(name, rng):
    pool, backward = pair_of(name)
    view = rng.standard_normal((2, 4, 6, 6))[:, ::2, ::2, ::-1]
    view.flags.writeable = False
    out = pool(view)
    np.testing.assert_array_equal(out, pool(view.copy()))
    grad_out = np.asfortranarray(out)
    np.testing.assert_array_equal(backward(grad_out, view), backward(out, view.copy()))


@names
def test_what_does_not_fit_is_refused(name):
    pool, backward = pair_of(name)
    with pytest.raises(ValueError, match=rf"{name}: x has shape \(2, 3\); its axes must be"):
        pool(np.zeros((2, 3)))
    with pytest.raises(ValueError, match=rf"{name}: x has shape \(1, 2, 0, 3\); maps of at least"):
        pool(np.zeros((1, 2, 0, 3)))
    with pytest.raises(ValueError, match=f"{name}: x is int64; float32 and float64 are allowed"):
        pool(np.zeros((1, 2, 3, 3), np.int64))
    x = np.zeros((1, 2, 3, 3))
    with pytest.raises(ValueError, match=r"grad_out has shape \(1, 2, 3, 3\); \(1, 2, 1, 1\) is"):
        backward(x, x)
    with pytest.raises(ValueError, match="grad_out is float32, x is float64"):
        backward(np.zeros((1, 2, 1, 1), np.float32), x)
