from math import log, sqrt
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tuiconv_kernels
from tuiconv_kernels import (
    divisive_norm,
    divisive_norm_backward,
    plain,
    subtractive_norm,
    subtractive_norm_backward,
)

both = pytest.mark.parametrize("kernels", [tuiconv_kernels, plain], ids=["kernel", "plain"])

# shape of x, options of both norms
SHAPES = {
    "3x3": ((2, 2, 5, 4), {"kernel_size": 3}),
    "one pixel": ((1, 1, 1, 1), {"kernel_size": 1}),
    "window larger than the image": ((1, 2, 3, 2), {}),
    "window three times the image": ((1, 1, 4, 5), {"kernel_size": (13, 15)}),
    "one row": ((1, 2, 1, 6), {"kernel_size": 5}),
    "one column": ((1, 1, 6, 1), {"kernel_size": (3, 7)}),
    "asymmetric": ((2, 1, 4, 6), {"kernel_size": (5, 3), "sigma": 0.8}),
    "one tap": ((1, 3, 2, 2), {"kernel_size": 1}),
    "wide": ((1, 1, 4, 4), {"kernel_size": 3, "sigma": 50.0}),
    "empty batch": ((0, 2, 3, 3), {"kernel_size": 3}),
}
table = pytest.mark.parametrize(("shape", "options"), SHAPES.values(), ids=SHAPES)

# exp(−1 / 2σ²) = 1/2: weights 1/2, 1, 1/2, or 1/4, 1/2, 1/4 when they sum to 1
HALVES = {"kernel_size": (1, 3), "sigma": 1 / sqrt(2 * log(2))}
ROW = np.array([0.0, 12, 0]).reshape(1, 1, 1, 3)


@both
def test_a_row_minus_its_local_means_by_hand(kernels: ModuleType):
    # at the border the two taps inside weigh 2/3 and 1/3
    out = kernels.subtractive_norm(ROW, **HALVES)
    np.testing.assert_allclose(out.reshape(-1), [0 - 12 / 3, 12 - 12 / 2, 0 - 12 / 3])


@both
def test_the_local_mean_is_over_all_channels(kernels: ModuleType):
    x = np.concatenate([ROW, np.zeros_like(ROW)], axis=1)
    out = kernels.subtractive_norm(x, **HALVES)
    np.testing.assert_allclose(out[0, :, 0], [[-2, 12 - 3, -2], [-2, -3, -2]])


@both
def test_a_row_divided_by_its_contrast_by_hand(kernels: ModuleType):
    x = ROW + 1  # squares 1, 169, 1
    border, centre = sqrt(1 * 2 / 3 + 169 / 3), sqrt((1 + 169 * 2 + 1) / 4)
    mean = (border + centre + border) / 3
    assert border < mean < centre
    out = kernels.divisive_norm(x, **HALVES)
    np.testing.assert_allclose(out.reshape(-1), [1 / mean, 13 / centre, 1 / mean])


@both
def test_without_sigma_the_window_reaches_two_deviations(kernels: ModuleType):
    out = kernels.subtractive_norm(ROW, (1, 9))
    np.testing.assert_array_equal(out, kernels.subtractive_norm(ROW, (1, 9), sigma=9 / 4))


@both
def test_where_nothing_but_eps_is_left_it_divides(kernels: ModuleType):
    out = kernels.divisive_norm(ROW, **HALVES, eps=100.0)
    np.testing.assert_allclose(out, ROW / 100)
    grad_x = kernels.divisive_norm_backward(ROW, ROW, **HALVES, eps=100.0)
    np.testing.assert_allclose(grad_x, ROW / 100)


@both
def test_an_output_lowers_its_neighbours_by_their_weights(kernels: ModuleType):
    grad_out = np.array([1.0, 0, 0]).reshape(1, 1, 1, 3)
    grad_x = kernels.subtractive_norm_backward(grad_out, ROW, **HALVES)
    np.testing.assert_allclose(grad_x.reshape(-1), [1 - 2 / 3, -1 / 3, 0], atol=1e-15)


@both
def test_one_pixel_divided_by_its_own_size_is_its_sign_and_has_no_slope(kernels: ModuleType):
    x = np.array([3.0, -5.0]).reshape(2, 1, 1, 1)
    np.testing.assert_allclose(kernels.divisive_norm(x).reshape(-1), [1, -1])
    grad_x = kernels.divisive_norm_backward(np.ones_like(x), x)
    np.testing.assert_allclose(grad_x, 0, atol=1e-15)


@both
def test_a_blank_picture_stays_blank(kernels: ModuleType):
    x = np.full((1, 2, 5, 5), 0.1)
    flat = kernels.subtractive_norm(x)
    np.testing.assert_allclose(flat, 0, atol=1e-15)
    np.testing.assert_allclose(kernels.divisive_norm(flat), 0, atol=1e-10)
    grad_x = kernels.divisive_norm_backward(x, np.zeros_like(x), eps=0.5)
    np.testing.assert_array_equal(grad_x, 0.1 / 0.5)


@table
def test_both_norms_agree_with_their_twins(shape, options, rng, dtype, close):
    x, grad_out = rng.normal(1, 2, (2, *shape)).astype(dtype)
    close(subtractive_norm(x, **options), plain.subtractive_norm(x, **options))
    close(
        subtractive_norm_backward(grad_out, x, **options),
        plain.subtractive_norm_backward(grad_out, x, **options),
    )
    close(divisive_norm(x, **options), plain.divisive_norm(x, **options))
    close(
        divisive_norm_backward(grad_out, x, **options),
        plain.divisive_norm_backward(grad_out, x, **options),
    )


@pytest.mark.parametrize("name", ["3x3", "window larger than the image", "asymmetric"])
def test_gradients_agree_with_differences(name, rng, check_gradients):
    shape, options = SHAPES[name]
    # a fifth of the pixels stands out: some windows take their own contrast, some the mean
    x = rng.standard_normal(shape) * rng.choice([0.5, 5], shape, p=[0.8, 0.2])
    check_gradients(subtractive_norm, subtractive_norm_backward, x, **options)
    check_gradients(divisive_norm, divisive_norm_backward, x, **options)
    contrast = x / divisive_norm(x, **options)
    same = np.isclose(contrast, contrast.min(axis=(1, 2, 3), keepdims=True))
    assert same.any()
    assert not same.all()


def test_gradients_agree_with_differences_where_eps_divides(rng, check_gradients):
    x = rng.standard_normal((1, 1, 4, 5))
    x[..., 3:] *= 10
    # contrast in the right half, eps in the left: the mean lies below it
    check_gradients(divisive_norm, divisive_norm_backward, x, kernel_size=3, eps=8.0)
    out = divisive_norm(x, 3, eps=8.0)
    np.testing.assert_allclose(out[..., 0], x[..., 0] / 8)
    assert (np.abs(out[..., 4]) < np.abs(x[..., 4] / 8)).any()


@given(
    size=st.sampled_from([1, 3, (1, 5), (7, 3)]),
    sigma=st.none() | st.floats(0.1, 10),
    seed=st.integers(0, 100),
)
def test_the_subtraction_is_linear_and_its_gradient_the_adjoint(size, sigma, seed):
    x, y = np.random.default_rng(seed).standard_normal((2, 1, 2, 4, 5))
    out = subtractive_norm(x, size, sigma)
    grad_x = subtractive_norm_backward(y, x, size, sigma)
    np.testing.assert_allclose(np.sum(out * y), np.sum(x * grad_x), rtol=1e-10, atol=1e-10)


@given(offset=st.floats(-100, 100), seed=st.integers(0, 100))
def test_brightness_is_taken_away(offset, seed):
    x = np.random.default_rng(seed).standard_normal((1, 2, 4, 5))
    out = subtractive_norm(x + offset, 3)
    np.testing.assert_allclose(out, subtractive_norm(x, 3), atol=1e-12)


@given(factor=st.floats(0.01, 100), seed=st.integers(0, 100))
def test_contrast_is_taken_away(factor, seed):
    x = np.random.default_rng(seed).standard_normal((1, 2, 4, 5))
    np.testing.assert_allclose(divisive_norm(factor * x, 3), divisive_norm(x, 3), rtol=1e-10)


def test_when_the_picture_moves_the_norms_move_with_it(rng):
    x = np.zeros((1, 1, 14, 14))
    x[:, :, 4:8, 4:8] = rng.standard_normal((4, 4))
    moved = np.roll(x, (2, 1), axis=(2, 3))
    for norm in (subtractive_norm, divisive_norm):
        out = np.roll(norm(x, 3), (2, 1), axis=(2, 3))
        np.testing.assert_allclose(norm(moved, 3), out, atol=1e-14)


@both
def test_a_nan_reaches_the_windows_it_lies_in_and_of_a_contrast_the_whole_image(
    kernels: ModuleType,
):
    x = np.ones((2, 1, 3, 5), np.float32)
    x[0, 0, 1, 4] = np.nan
    out = kernels.subtractive_norm(x, 3)
    assert np.isnan(out[0, 0]).tolist() == [[False] * 3 + [True] * 2] * 3
    assert np.isfinite(out[1]).all()
    for out in (
        kernels.divisive_norm(x, 3),
        kernels.divisive_norm_backward(np.ones_like(x), x, 3),
    ):
        assert np.isnan(out[0]).all()
        assert np.isfinite(out[1]).all()


def test_an_infinity_stays_visible(rng):
    x = rng.standard_normal((1, 1, 4, 4))
    x[0, 0, 2, 2] = np.inf
    for out in (subtractive_norm(x, 3), divisive_norm(x, 3)):
        assert not np.isfinite(out[0, 0, 2, 2])
    grad_x = divisive_norm_backward(np.ones_like(x), x, 3)
    assert not np.isfinite(grad_x[0, 0, 2, 2])


def test_views_and_read_only_arrays_work(rng):
    view = rng.standard_normal((1, 2, 6, 6))[:, :, ::2, ::-1]
    view.flags.writeable = False
    for norm in (subtractive_norm, divisive_norm):
        np.testing.assert_array_equal(norm(view, 3), norm(view.copy(), 3))


X = np.zeros((1, 1, 5, 5), np.float32)


@pytest.mark.parametrize("name", ["subtractive_norm", "divisive_norm"])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((X, 4), "kernel_size is 4; odd sizes are needed"),
        ((X, (3, 2)), r"kernel_size is \(3, 2\); odd"),
        ((X, 0), r"kernel_size is 0; .* at least 1"),
        ((X, 3, 0.0), "sigma is 0.0; a number above 0"),
        ((X, 3, np.inf), "sigma is inf"),
        ((X.astype(np.uint8), 3), "x is uint8; float32 and float64"),
        ((X[0], 3), r"x has shape \(1, 5, 5\)"),
        ((X[:, :0], 3), r"x has shape \(1, 0, 5, 5\); at least one channel"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_numbers(name, arguments, message):
    forward, backward = (getattr(tuiconv_kernels, name + end) for end in ("", "_backward"))
    with pytest.raises(ValueError, match=f"{name}: {message}"):
        forward(*arguments)
    with pytest.raises(ValueError, match=f"{name}_backward: {message}"):
        backward(X, *arguments)


def test_a_divisor_that_may_be_zero_is_refused():
    with pytest.raises(ValueError, match=r"divisive_norm: eps is 0\.0; a number above 0"):
        divisive_norm(X, eps=0.0)


@pytest.mark.parametrize("backward", [subtractive_norm_backward, divisive_norm_backward])
def test_a_gradient_of_another_shape_or_dtype_is_refused(backward):
    with pytest.raises(ValueError, match=r"grad_out has shape \(1, 1, 5, 4\); \(1, 1, 5, 5\)"):
        backward(X[..., :4], X, 3)
    with pytest.raises(ValueError, match="grad_out is float64, x is float32"):
        backward(X.astype(np.float64), X, 3)
