from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tuiconv_kernels
from tuiconv_kernels import (
    avg_pool2d,
    avg_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
    max_pool2d_with_indices,
    plain,
)

both = pytest.mark.parametrize("kernels", [tuiconv_kernels, plain], ids=["kernel", "plain"])

# shape of x, options of both pools
SHAPES = {
    "2x2": ((2, 3, 6, 4), {"kernel_size": 2}),
    "one pixel": ((1, 1, 1, 1), {"kernel_size": 1}),
    "overlapping": ((2, 2, 5, 6), {"kernel_size": 3, "stride": 1}),
    "gaps between windows": ((2, 2, 7, 8), {"kernel_size": 2, "stride": (3, 4)}),
    "a remainder is dropped": ((1, 2, 7, 8), {"kernel_size": 3}),
    "a remainder is kept": ((1, 2, 7, 8), {"kernel_size": 3, "ceil_mode": True}),
    "padding": ((2, 1, 5, 4), {"kernel_size": (3, 2), "stride": 2, "padding": 1}),
    "padding and ceil": (
        (2, 1, 6, 7),
        {"kernel_size": 3, "stride": (2, 3), "padding": 1, "ceil_mode": True},
    ),
    "the last window would start in the padding": (
        (1, 1, 3, 3),
        {"kernel_size": 2, "stride": 2, "padding": 1, "ceil_mode": True},
    ),
    "everything": ((2, 2, 3, 5), {"kernel_size": (3, 5)}),
    "empty batch": ((0, 2, 4, 4), {"kernel_size": 2}),
}
table = pytest.mark.parametrize(("shape", "options"), SHAPES.values(), ids=SHAPES)
# of the maximum only
DILATED = {
    "dilation": ((2, 1, 7, 8), {"kernel_size": 2, "stride": 1, "dilation": (2, 3)}),
    "dilation and padding": (
        (1, 1, 6, 6),
        {"kernel_size": 3, "stride": 2, "dilation": 2, "padding": 2},
    ),
    "windows around the map": (
        (1, 1, 2, 5),
        {"kernel_size": 2, "stride": 1, "dilation": 4, "padding": 2},
    ),
}
dilated = pytest.mark.parametrize(("shape", "options"), DILATED.values(), ids=DILATED)
all_of_the_maximum = pytest.mark.parametrize(
    ("shape", "options"), [*SHAPES.values(), *DILATED.values()], ids=[*SHAPES, *DILATED]
)
GRID = np.array([[1.0, 2, 3], [4, 9, 6], [7, 8, 5]]).reshape(1, 1, 3, 3)


@both
def test_the_largest_of_each_window_by_hand(kernels: ModuleType):
    np.testing.assert_array_equal(kernels.max_pool2d(GRID, 2, 1)[0, 0], [[9, 9], [9, 9]])
    np.testing.assert_array_equal(kernels.max_pool2d(GRID, 2)[0, 0], [[9]])
    out = kernels.max_pool2d(GRID, 2, ceil_mode=True)
    np.testing.assert_array_equal(out[0, 0], [[9, 6], [8, 5]])


@both
def test_padding_never_wins_even_over_negative_values(kernels: ModuleType):
    out = kernels.max_pool2d(-GRID, 2, 2, padding=1)
    np.testing.assert_array_equal(out[0, 0], [[-1, -2], [-4, -5]])


@both
def test_indices_count_the_pixels_of_a_map_row_by_row(kernels: ModuleType):
    out, indices = kernels.max_pool2d_with_indices(GRID, 2, ceil_mode=True)
    np.testing.assert_array_equal(out[0, 0], [[9, 6], [8, 5]])
    np.testing.assert_array_equal(indices[0, 0], [[3 + 1, 3 + 2], [6 + 1, 6 + 2]])
    assert indices.dtype == np.int64
    _, indices = kernels.max_pool2d_with_indices(-GRID, 2, 2, padding=1)
    np.testing.assert_array_equal(indices[0, 0], [[0, 1], [3, 3 + 2 + 3]])


@both
def test_the_first_of_equal_values_and_the_first_nan_are_indexed(kernels: ModuleType):
    x = np.array([[1.0, 5, np.nan, 8], [5, 5, 9, np.nan]]).reshape(1, 1, 2, 4)
    _, indices = kernels.max_pool2d_with_indices(x, 2)
    np.testing.assert_array_equal(indices[0, 0], [[1, 2]])
    _, indices = kernels.max_pool2d_with_indices(np.full((1, 1, 2, 2), -np.inf), 2, padding=1)
    np.testing.assert_array_equal(indices[0, 0], [[0, 1], [2, 3]])


@both
def test_a_window_that_lies_around_the_whole_map_has_no_index(kernels: ModuleType):
    x = np.array([3.0]).reshape(1, 1, 1, 1)
    out, indices = kernels.max_pool2d_with_indices(x, (2, 1), 1, padding=(1, 0), dilation=(2, 1))
    np.testing.assert_array_equal(out, [[[[-np.inf]]]])
    np.testing.assert_array_equal(indices, [[[[-1]]]])


@both
def test_the_average_of_each_window_by_hand(kernels: ModuleType):
    np.testing.assert_array_equal(kernels.avg_pool2d(GRID, 2)[0, 0], [[(1 + 2 + 4 + 9) / 4]])
    out = kernels.avg_pool2d(GRID, 2, padding=1)
    np.testing.assert_array_equal(out[0, 0], [[1 / 4, 5 / 4], [11 / 4, 28 / 4]])
    out = kernels.avg_pool2d(GRID, 2, padding=1, count_include_pad=False)
    np.testing.assert_array_equal(out[0, 0], [[1, 5 / 2], [11 / 2, 28 / 4]])


@both
def test_cells_beyond_the_padding_never_count_in_an_average(kernels: ModuleType):
    x = np.arange(1.0, 5).reshape(1, 1, 1, 4)
    out = kernels.avg_pool2d(x, (1, 3), (1, 3), (0, 1), ceil_mode=True)
    np.testing.assert_array_equal(out.reshape(-1), [(0 + 1 + 2) / 3, (3 + 4 + 0) / 3])
    out = kernels.avg_pool2d(x, (1, 3), (1, 2), (0, 0), ceil_mode=True)
    np.testing.assert_array_equal(out.reshape(-1), [2, (3 + 4) / 2])


@both
def test_the_gradient_goes_to_the_first_winner_in_row_order(kernels: ModuleType):
    x = np.array([[1.0, 5], [5, 5]]).reshape(1, 1, 2, 2)
    grad_x = kernels.max_pool2d_backward(np.full((1, 1, 1, 1), 3.0), x, 2)
    np.testing.assert_array_equal(grad_x[0, 0], [[0, 3], [0, 0]])


@both
def test_a_winner_of_several_windows_gets_the_sum(kernels: ModuleType):
    grad_out = np.array([[1.0, 2], [3, 4]]).reshape(1, 1, 2, 2)
    grad_x = kernels.max_pool2d_backward(grad_out, GRID, 2, 1)
    assert grad_x[0, 0, 1, 1] == 1 + 2 + 3 + 4
    assert np.count_nonzero(grad_x) == 1


@both
def test_an_average_shares_its_gradient_equally(kernels: ModuleType):
    grad_x = kernels.avg_pool2d_backward(np.full((1, 1, 1, 1), 8.0), GRID, 2)
    np.testing.assert_array_equal(grad_x[0, 0], [[2, 2, 0], [2, 2, 0], [0, 0, 0]])


@both
@pytest.mark.parametrize("where", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_a_nan_wins_its_window_wherever_it_is(kernels: ModuleType, where):
    x = np.ones((1, 1, 2, 4), np.float32)
    x[0, 0][where] = np.nan
    np.testing.assert_array_equal(kernels.max_pool2d(x, 2)[0, 0], [[np.nan, 1]])
    grad_x = kernels.max_pool2d_backward(np.ones((1, 1, 1, 2), np.float32), x, 2)
    assert grad_x[0, 0][where] == 1
    np.testing.assert_array_equal(kernels.avg_pool2d(x, 2)[0, 0], [[np.nan, 1]])


@both
def test_a_window_of_minus_infinity_sends_its_gradient_into_the_map(kernels: ModuleType):
    x = np.full((1, 1, 2, 2), -np.inf)
    grad_out = np.ones((1, 1, 2, 2))
    np.testing.assert_array_equal(kernels.max_pool2d(x, 2, padding=1), x)
    grad_x = kernels.max_pool2d_backward(grad_out, x, 2, padding=1)
    np.testing.assert_array_equal(grad_x, np.ones((1, 1, 2, 2)))


@table
def test_both_pools_agree_with_their_twins(shape, options, rng, dtype, close):
    # few different values, so that windows have ties
    x = rng.integers(-3, 4, shape).astype(dtype)
    out = max_pool2d(x, **options)
    np.testing.assert_array_equal(out, plain.max_pool2d(x, **options))
    grad_out = rng.standard_normal(out.shape).astype(dtype)
    close(
        max_pool2d_backward(grad_out, x, **options),
        plain.max_pool2d_backward(grad_out, x, **options),
    )
    for count_include_pad in (True, False):
        both_options = {**options, "count_include_pad": count_include_pad}
        close(avg_pool2d(x, **both_options), plain.avg_pool2d(x, **both_options))
        close(
            avg_pool2d_backward(grad_out, x, **both_options),
            plain.avg_pool2d_backward(grad_out, x, **both_options),
        )


@dilated
def test_dilated_max_pooling_agrees_with_its_twin(shape, options, rng, close):
    x = rng.integers(-9, 9, shape).astype(np.float64)
    out = max_pool2d(x, **options)
    np.testing.assert_array_equal(out, plain.max_pool2d(x, **options))
    grad_out = rng.standard_normal(out.shape)
    close(
        max_pool2d_backward(grad_out, x, **options),
        plain.max_pool2d_backward(grad_out, x, **options),
    )


@all_of_the_maximum
def test_indices_agree_with_their_twin_and_with_the_path_of_the_gradient(
    shape, options, rng, dtype
):
    x = rng.integers(-3, 4, shape).astype(dtype)
    out, indices = max_pool2d_with_indices(x, **options)
    expected, expected_indices = plain.max_pool2d_with_indices(x, **options)
    np.testing.assert_array_equal(out, expected)
    np.testing.assert_array_equal(indices, expected_indices)
    grad_out = rng.standard_normal(out.shape).astype(dtype)
    grad_x = np.zeros_like(x)
    for n, c, i, j in np.argwhere(indices >= 0):
        grad_x[n, c].reshape(-1)[indices[n, c, i, j]] += grad_out[n, c, i, j]
    np.testing.assert_allclose(max_pool2d_backward(grad_out, x, **options), grad_x, rtol=1e-5)


@pytest.mark.parametrize("name", ["2x2", "overlapping", "padding and ceil"])
def test_gradients_agree_with_differences(name, rng, check_gradients):
    shape, options = SHAPES[name]
    # no two values nearer than the step of the difference
    x = rng.permutation(np.prod(shape)).reshape(shape) / 10
    check_gradients(max_pool2d, max_pool2d_backward, x, **options)
    check_gradients(avg_pool2d, avg_pool2d_backward, x, **options)
    check_gradients(avg_pool2d, avg_pool2d_backward, x, **options, count_include_pad=False)


@settings(deadline=None, max_examples=25)
@given(
    kernel_size=st.integers(1, 3),
    stride=st.integers(1, 3),
    padding=st.integers(0, 1),
    ceil_mode=st.booleans(),
    seed=st.integers(0, 100),
)
def test_the_average_is_linear_and_its_gradient_the_adjoint(
    kernel_size, stride, padding, ceil_mode, seed
):
    options = (kernel_size, stride, min(padding, kernel_size // 2), ceil_mode)
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((1, 1, 5, 6))
    out = avg_pool2d(x, *options)
    y = rng.standard_normal(out.shape)
    grad_x = avg_pool2d_backward(y, x, *options)
    np.testing.assert_allclose(np.sum(out * y), np.sum(x * grad_x), rtol=1e-10, atol=1e-10)


def test_when_the_input_moves_by_the_stride_the_pooled_map_moves_by_a_pixel(rng):
    x = rng.standard_normal((1, 2, 8, 8))
    moved = np.roll(x, (2, 2), axis=(2, 3))
    for pool in (max_pool2d, avg_pool2d):
        np.testing.assert_array_equal(pool(moved, 2)[:, :, 1:, 1:], pool(x, 2)[:, :, :-1, :-1])


def test_the_maximum_of_negated_values_is_no_less_than_their_average(rng):
    x = -np.abs(rng.standard_normal((2, 2, 6, 6)))
    assert (max_pool2d(x, 3, 1) >= avg_pool2d(x, 3, 1)).all()


def test_a_float32_average_over_a_large_map_loses_no_digits():
    x = np.full((1, 1, 150, 150), 0.1, np.float32)
    np.testing.assert_array_equal(avg_pool2d(x, 150), np.float32(0.1))


def test_an_average_spreads_a_bad_value_to_its_own_windows_only():
    x = np.ones((1, 1, 4, 4))
    x[0, 0, 0, 3] = np.inf
    np.testing.assert_array_equal(avg_pool2d(x, 2)[0, 0], [[1, np.inf], [1, 1]])


def test_views_and_read_only_arrays_work(rng):
    view = rng.standard_normal((1, 1, 8, 8))[:, :, ::2, ::-1]
    view.flags.writeable = False
    for pool in (max_pool2d, avg_pool2d):
        np.testing.assert_array_equal(pool(view, 2), pool(view.copy(), 2))


X = np.zeros((1, 1, 5, 5), np.float32)


@pytest.mark.parametrize("pool", [max_pool2d, max_pool2d_with_indices, avg_pool2d])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            (X, 6),
            r"height 5 with kernel 6, padding 0, dilation 1, stride 6 gives "
            r"floor\(\(5 \+ 2·0 − 1·\(6 − 1\) − 1\) / 6\) \+ 1 = 0: at least 1",
        ),
        ((X, (2, 3), 1, 2), r"padding is 2; .* reaches over 2 pixels .* floor\(2 / 2\) = 1"),
        ((X, 0), r"kernel_size is 0; .* at least 1"),
        ((X, 2, 0), r"stride is 0; .* at least 1"),
        ((X.astype(np.uint8), 2), r"x is uint8; float32 and float64"),
        ((X[0], 2), r"x has shape \(1, 5, 5\)"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_numbers(pool, arguments, message):
    with pytest.raises(ValueError, match=f"{pool.__name__}: {message}"):
        pool(*arguments)


@pytest.mark.parametrize("backward", [max_pool2d_backward, avg_pool2d_backward])
def test_a_gradient_of_another_shape_or_dtype_is_refused(backward):
    with pytest.raises(ValueError, match=r"grad_out has shape \(1, 1, 5, 5\); \(1, 1, 2, 2\)"):
        backward(X, X, 2)
    with pytest.raises(ValueError, match="grad_out is float64, x is float32"):
        backward(np.zeros((1, 1, 2, 2)), X, 2)
