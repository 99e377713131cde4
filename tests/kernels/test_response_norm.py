from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tuiconv_kernels
from tuiconv_kernels import local_response_norm, local_response_norm_backward, plain

both = pytest.mark.parametrize("kernels", [tuiconv_kernels, plain], ids=["kernel", "plain"])

# shape of x, options
SHAPES = {
    "AlexNet's": ((2, 7, 3, 2), {"size": 5, "alpha": 5e-4, "k": 2.0}),
    "even window": ((1, 5, 2, 2), {"size": 4, "alpha": 1.0}),
    "window larger than the channels": ((1, 3, 2, 2), {"size": 9, "alpha": 2.0}),
    "window twice the channels": ((1, 2, 1, 3), {"size": 4, "alpha": 0.5, "beta": 0.5}),
    "one channel": ((2, 1, 2, 3), {"size": 1, "alpha": 1.0, "beta": 1.0}),
    "no weight": ((1, 3, 2, 2), {"size": 3, "alpha": 0.0}),
    "empty batch": ((0, 3, 2, 2), {"size": 3}),
}
table = pytest.mark.parametrize(("shape", "options"), SHAPES.values(), ids=SHAPES)

CHANNELS = np.array([1.0, 2, 3, 4]).reshape(1, 4, 1, 1)
"""One pixel in four channels."""


@both
def test_three_channels_damp_each_other_by_hand(kernels: ModuleType):
    out = kernels.local_response_norm(CHANNELS, 3, alpha=3.0, beta=1.0)
    divisors = [1 + 1 + 4, 1 + 1 + 4 + 9, 1 + 4 + 9 + 16, 1 + 9 + 16]
    np.testing.assert_allclose(out.reshape(-1), [1 / 6, 2 / 15, 3 / 30, 4 / 26])
    np.testing.assert_allclose((CHANNELS / out).reshape(-1), divisors)


@both
def test_an_even_window_reaches_one_channel_further_back_by_hand(kernels: ModuleType):
    out = kernels.local_response_norm(CHANNELS, 2, alpha=2.0, beta=0.5, k=3.0)
    divisors = np.sqrt([3 + 1, 3 + 1 + 4, 3 + 4 + 9, 3 + 9 + 16])
    np.testing.assert_allclose((CHANNELS / out).reshape(-1), divisors)


@both
def test_an_output_holds_down_the_channels_beside_it_by_hand(kernels: ModuleType):
    grad_out = np.array([0.0, 1, 0, 0]).reshape(1, 4, 1, 1)
    grad_x = kernels.local_response_norm_backward(grad_out, CHANNELS, 3, alpha=3.0, beta=1.0)
    # 2 / d with d = 1 + x0² + x1² + x2² = 15: slopes −2·2·x/d², and 1/d more for its own channel
    expected = [-4 * 1 / 225, 1 / 15 - 4 * 2 / 225, -4 * 3 / 225, 0]
    np.testing.assert_allclose(grad_x.reshape(-1), expected)


@table
def test_it_agrees_with_its_twin(shape, options, rng, dtype, close):
    x, grad_out = (3 * rng.standard_normal((2, *shape))).astype(dtype)
    close(local_response_norm(x, **options), plain.local_response_norm(x, **options))
    close(
        local_response_norm_backward(grad_out, x, **options),
        plain.local_response_norm_backward(grad_out, x, **options),
    )


@pytest.mark.parametrize("name", [name for name in SHAPES if name != "empty batch"])
def test_gradients_agree_with_differences(name, rng, check_gradients):
    shape, options = SHAPES[name]
    x = 2 * rng.standard_normal(shape)
    check_gradients(local_response_norm, local_response_norm_backward, x, **options)


@given(size=st.integers(1, 6), factor=st.floats(0.01, 100), seed=st.integers(0, 100))
def test_what_is_larger_by_a_factor_is_damped_as_with_a_larger_alpha(size, factor, seed):
    x = np.random.default_rng(seed).standard_normal((2, 4, 2, 3))
    louder = local_response_norm(factor * x, size, alpha=0.5)
    np.testing.assert_allclose(
        louder, factor * local_response_norm(x, size, alpha=0.5 * factor**2), rtol=1e-10
    )


@given(size=st.integers(1, 6), seed=st.integers(0, 100))
def test_signs_stay_and_nothing_grows_where_k_is_one(size, seed):
    x = np.random.default_rng(seed).standard_normal((2, 4, 2, 3))
    out = local_response_norm(x, size, alpha=1.0)
    np.testing.assert_array_equal(np.sign(out), np.sign(x))
    assert (np.abs(out) <= np.abs(x)).all()
    np.testing.assert_array_equal(local_response_norm(-x, size, alpha=1.0), -out)


def test_other_pixels_have_no_part_in_it(rng):
    x = rng.standard_normal((2, 4, 3, 3))
    whole = local_response_norm(x, 3, alpha=1.0)
    part = local_response_norm(x[1:, :, 1:2, 2:], 3, alpha=1.0)
    np.testing.assert_array_equal(whole[1:, :, 1:2, 2:], part)


@both
def test_a_nan_reaches_the_channels_it_is_beside(kernels: ModuleType, dtype):
    x = np.ones((1, 5, 1, 2), dtype)
    x[0, 4, 0, 0] = np.nan
    for out in (
        kernels.local_response_norm(x, 3),
        kernels.local_response_norm_backward(np.ones_like(x), x, 3),
    ):
        assert np.isnan(out[0, 3:, 0, 0]).all()
        assert np.isfinite(out[0, :2, 0, 0]).all()
        assert np.isfinite(out[0, :, 0, 1]).all()


def test_an_infinity_stays_visible_without_a_warning():
    x = np.ones((1, 3, 1, 1))
    x[0, 1] = np.inf
    assert not np.isfinite(local_response_norm(x, 1)[0, 1])
    assert not np.isfinite(local_response_norm_backward(np.ones_like(x), x, 1)[0, 1])


X = np.zeros((1, 2, 3, 3), np.float32)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((X, 0), "size is 0; an integer of at least 1"),
        ((X, 2.5), r"size is 2\.5; an integer"),
        ((X, 3, -1.0), r"alpha is -1\.0; a finite number of at least 0"),
        ((X, 3, 1.0, np.inf), "beta is inf"),
        ((X, 3, 1.0, 0.75, 0.0), r"k is 0\.0; a number above 0"),
        ((X.astype(np.uint8), 3), "x is uint8; float32 and float64"),
        ((X[0], 3), r"x has shape \(2, 3, 3\); its axes must be \(n,c,h,w\)"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_numbers(arguments, message):
    with pytest.raises(ValueError, match=f"local_response_norm: {message}"):
        local_response_norm(*arguments)
    with pytest.raises(ValueError, match=f"local_response_norm_backward: {message}"):
        local_response_norm_backward(X, *arguments)


def test_a_gradient_of_another_shape_or_dtype_is_refused():
    with pytest.raises(ValueError, match=r"grad_out has shape \(1, 2, 3, 2\); \(1, 2, 3, 3\)"):
        local_response_norm_backward(X[..., :2], X, 3)
    with pytest.raises(ValueError, match="grad_out is float64, x is float32"):
        local_response_norm_backward(X.astype(np.float64), X, 3)
