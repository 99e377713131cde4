from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tuiconv_kernels
from tuiconv_kernels import (
    conv2d,
    conv_transpose2d,
    pixel_shuffle,
    pixel_shuffle_backward,
    pixel_unshuffle,
    pixel_unshuffle_backward,
    plain,
)

both = pytest.mark.parametrize("kernels", [tuiconv_kernels, plain], ids=["kernel", "plain"])
# channels, height and width of the small side; factor
table = pytest.mark.parametrize(
    ("images", "channels", "height", "width", "factor"),
    [
        (1, 1, 1, 1, 1),
        (2, 3, 2, 3, 1),
        (1, 1, 1, 1, 3),
        (2, 1, 1, 4, 2),
        (2, 2, 4, 1, 2),
        (2, 3, 2, 3, 3),
        (0, 2, 2, 3, 2),
    ],
)


@both
def test_four_channels_of_a_pixel_become_a_square_of_four_pixels(kernels: ModuleType):
    x = np.array([1.0, 2, 3, 4, 10, 20, 30, 40]).reshape(1, 8, 1, 1)
    expected = np.array([[[1.0, 2], [3, 4]], [[10, 20], [30, 40]]])
    np.testing.assert_array_equal(kernels.pixel_shuffle(x, 2)[0], expected)
    np.testing.assert_array_equal(kernels.pixel_unshuffle(expected[np.newaxis], 2), x)


@both
def test_neighbouring_pixels_become_neighbouring_squares(kernels: ModuleType):
    x = np.array([[1.0, 5], [2, 6], [3, 7], [4, 8]]).reshape(1, 4, 1, 2)
    out = kernels.pixel_shuffle(x, 2)
    np.testing.assert_array_equal(out[0, 0], [[1, 2, 5, 6], [3, 4, 7, 8]])


@table
def test_all_four_agree_with_their_twins(
    images, channels, height, width, factor, rng, dtype, close
):
    small = (images, channels * factor**2, height, width)
    large = (images, channels, height * factor, width * factor)
    x, other = rng.standard_normal(small).astype(dtype), rng.standard_normal(small).astype(dtype)
    y, grad_y = rng.standard_normal(large).astype(dtype), rng.standard_normal(large).astype(dtype)
    close(pixel_shuffle(x, factor), plain.pixel_shuffle(x, factor))
    close(pixel_unshuffle(y, factor), plain.pixel_unshuffle(y, factor))
    close(
        pixel_shuffle_backward(grad_y, x, factor), plain.pixel_shuffle_backward(grad_y, x, factor)
    )
    close(
        pixel_unshuffle_backward(other, y, factor),
        plain.pixel_unshuffle_backward(other, y, factor),
    )


def test_gradients_agree_with_differences(rng, check_gradients):
    small, large = rng.standard_normal((2, 8, 2, 3)), rng.standard_normal((2, 2, 4, 6))
    check_gradients(pixel_shuffle, pixel_shuffle_backward, small, upscale_factor=2)
    check_gradients(pixel_unshuffle, pixel_unshuffle_backward, large, downscale_factor=2)


sizes = st.integers(1, 3)


@settings(deadline=None, max_examples=25)
@given(channels=sizes, height=sizes, width=sizes, factor=sizes)
def test_each_undoes_the_other_and_both_are_adjoint(channels, height, width, factor):
    rng = np.random.default_rng(3)
    x = rng.standard_normal((2, channels * factor**2, height, width))
    out = pixel_shuffle(x, factor)
    y = rng.standard_normal(out.shape)
    np.testing.assert_array_equal(pixel_unshuffle(out, factor), x)
    np.testing.assert_array_equal(pixel_shuffle(pixel_unshuffle(y, factor), factor), y)
    np.testing.assert_array_equal(pixel_shuffle_backward(y, x, factor), pixel_unshuffle(y, factor))
    np.testing.assert_array_equal(pixel_unshuffle_backward(x, y, factor), out)
    np.testing.assert_allclose(np.sum(out * y), np.sum(x * pixel_unshuffle(y, factor)), rtol=1e-9)


def test_a_convolution_and_a_shuffle_are_a_transposed_convolution_with_that_stride(rng):
    x, weight = rng.standard_normal((1, 3, 4, 5)), rng.standard_normal((3, 2, 2, 2))
    # the kernel's 2×2 taps for each map, as four maps of a 1×1 convolution
    pointwise = weight.reshape(3, 8).T.reshape(8, 3, 1, 1)
    np.testing.assert_allclose(
        pixel_shuffle(conv2d(x, pointwise), 2),
        conv_transpose2d(x, weight, stride=2),
        rtol=1e-12,
        atol=1e-12,
    )


@pytest.mark.parametrize("function", [pixel_shuffle, pixel_unshuffle])
def test_views_work_bad_values_stay_and_the_result_is_an_array_of_its_own(function, rng):
    view = rng.standard_normal((1, 4, 4, 8))[:, :, ::-1, ::2]
    view[0, 1, 2, 3] = np.nan
    view.flags.writeable = False
    out = function(view, 2)
    np.testing.assert_array_equal(out, function(view.copy(), 2))
    assert np.count_nonzero(np.isnan(out)) == 1
    x = rng.standard_normal((1, 4, 4, 4))
    assert not np.shares_memory(function(x, 1), x)


X = np.zeros((1, 6, 3, 4), np.float32)


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        (pixel_shuffle, (X, 2), r"x has 6 channels; a multiple of upscale_factor² = 2² = 4 is"),
        (pixel_shuffle, (X, 0), r"upscale_factor is 0; an integer of at least 1"),
        (pixel_shuffle, (X, (2, 2)), r"upscale_factor is \(2, 2\); an integer of at least 1"),
        (pixel_shuffle, (X[0], 1), r"x has shape \(6, 3, 4\); its axes must be \(n,c,h,w\)"),
        (pixel_shuffle, (X.astype(int), 1), r"x is int64; float32 and float64 are allowed"),
        (
            pixel_unshuffle,
            (X, 2),
            r"x has height 3 and width 4; multiples of downscale_factor = 2 are needed",
        ),
        (pixel_unshuffle, (X, 0), r"downscale_factor is 0; an integer of at least 1"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_numbers(function, arguments, message):
    with pytest.raises(ValueError, match=f"{function.__name__}: {message}"):
        function(*arguments)


@pytest.mark.parametrize("backward", [pixel_shuffle_backward, pixel_unshuffle_backward])
def test_a_gradient_of_another_shape_or_dtype_is_refused(backward):
    x = np.zeros((1, 4, 2, 2), np.float32)
    with pytest.raises(ValueError, match=r"grad_out has shape \(1, 4, 2, 2\); "):
        backward(x, x, 2)
    with pytest.raises(ValueError, match="grad_out is float64, x is float32"):
        backward(x.astype(np.float64), x, 1)
