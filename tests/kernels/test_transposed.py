from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tuiconv_kernels
from tuiconv_kernels import (
    conv2d,
    conv2d_backward,
    conv_transpose2d,
    conv_transpose2d_backward,
    plain,
)
from tuiconv_kernels.lanes import LANES

both = pytest.mark.parametrize("kernels", [tuiconv_kernels, plain], ids=["kernel", "plain"])

# x, weight, options
SHAPES = {
    "no options": ((2, 3, 4, 3), (3, 2, 3, 2), {}),
    "one pixel": ((1, 1, 1, 1), (1, 1, 1, 1), {}),
    "one pixel becomes a map": ((2, 3, 1, 1), (3, 4, 4, 4), {}),
    "1x1 kernel": ((2, 3, 4, 5), (3, 2, 1, 1), {}),
    "one row": ((1, 2, 1, 5), (2, 1, 2, 2), {"stride": 2}),
    "one column": ((1, 2, 5, 1), (2, 1, 2, 2), {"stride": 2}),
    "twice as large": ((2, 2, 3, 4), (2, 3, 2, 2), {"stride": 2}),
    "stride in one axis": ((2, 2, 3, 4), (2, 2, 2, 3), {"stride": (1, 3)}),
    "stride beyond the kernel": ((2, 1, 3, 4), (1, 2, 2, 1), {"stride": (3, 2)}),
    "padding": ((2, 2, 4, 3), (2, 3, 3, 4), {"padding": (1, 2)}),
    "dilation": ((2, 2, 3, 4), (2, 3, 3, 2), {"dilation": (2, 3)}),
    "output padding": (
        (2, 2, 3, 4),
        (2, 3, 3, 3),
        {"stride": (2, 3), "padding": 1, "output_padding": (1, 2)},
    ),
    "output padding within the padding": (
        (1, 1, 1, 1),
        (1, 2, 1, 1),
        {"stride": 3, "padding": 1, "output_padding": 2},
    ),
    "output padding beyond the stride": (
        (2, 2, 3, 4),
        (2, 3, 2, 3),
        {"stride": (1, 2), "dilation": (3, 4), "output_padding": (2, 3)},
    ),
    "two groups": ((2, 4, 3, 3), (4, 3, 2, 3), {"groups": 2}),
    "depthwise": ((2, 3, 4, 3), (3, 1, 3, 3), {"groups": 3, "stride": 2}),
    "everything": (
        (2, 4, 3, 4),
        (4, 3, 3, 2),
        {
            "stride": (2, 3),
            "padding": (2, 1),
            "output_padding": (1, 2),
            "groups": 2,
            "dilation": (2, 1),
        },
    ),
    "empty batch": ((0, 2, 3, 3), (2, 3, 2, 2), {"stride": 2}),
}
table = pytest.mark.parametrize(("x_shape", "weight_shape", "options"), SHAPES.values(), ids=SHAPES)


def draw(rng, dtype, *shapes):
    return [rng.standard_normal(shape).astype(dtype) for shape in shapes]


def maps_of(weight_shape, options):
    return weight_shape[1] * options.get("groups", 1)


@both
def test_every_pixel_lays_its_kernel_on_the_output_and_overlaps_add_up(kernels: ModuleType):
    x = np.array([[1.0, 2]]).reshape(1, 1, 1, 2)
    weight = np.array([[1.0, 10, 100]]).reshape(1, 1, 1, 3)
    out = kernels.conv_transpose2d(x, weight, np.array([0.5]))
    np.testing.assert_array_equal(out.reshape(-1), [1.5, 10 + 2.5, 100 + 20.5, 200.5])
    out = kernels.conv_transpose2d(x, weight, stride=(1, 2))
    np.testing.assert_array_equal(out.reshape(-1), [1, 10, 100 + 2, 20, 200])
    out = kernels.conv_transpose2d(x, weight, dilation=(1, 2))
    np.testing.assert_array_equal(out.reshape(-1), [1, 2, 10, 20, 100, 200])


@both
def test_padding_cuts_the_rim_off_and_output_padding_gives_some_of_it_back(kernels: ModuleType):
    x = np.array([[1.0, 2]]).reshape(1, 1, 1, 2)
    weight = np.array([[1.0, 10, 100]]).reshape(1, 1, 1, 3)
    options = {"stride": (1, 2), "padding": (0, 1)}
    out = kernels.conv_transpose2d(x, weight, **options)
    np.testing.assert_array_equal(out.reshape(-1), [10, 100 + 2, 20])
    out = kernels.conv_transpose2d(x, weight, **options, output_padding=(0, 1))
    np.testing.assert_array_equal(out.reshape(-1), [10, 100 + 2, 20, 200])


@both
def test_a_group_of_maps_gets_its_own_channels_only(kernels: ModuleType):
    x = np.array([1.0, 2, 3, 4]).reshape(1, 4, 1, 1)
    weight = np.array([1.0, 10, 100, 1000]).reshape(4, 1, 1, 1)
    out = kernels.conv_transpose2d(x, weight, groups=2)
    np.testing.assert_array_equal(out.reshape(-1), [1 + 20, 300 + 4000])


@both
def test_gradients_by_hand(kernels: ModuleType):
    x = np.array([[1.0, 2]]).reshape(1, 1, 1, 2)
    weight = np.array([[10.0, 20]]).reshape(1, 1, 1, 2)
    grad_out = np.array([[0.5, 0.25, 4]]).reshape(1, 1, 1, 3)
    grad_x, grad_weight, grad_bias = kernels.conv_transpose2d_backward(
        grad_out, x, weight, np.zeros(1)
    )
    np.testing.assert_array_equal(grad_x.reshape(-1), [5 + 5, 2.5 + 80])
    np.testing.assert_array_equal(grad_weight.reshape(-1), [0.5 + 0.5, 0.25 + 8])
    np.testing.assert_array_equal(grad_bias, [0.5 + 0.25 + 4])


@settings(max_examples=40)
@given(
    kernel=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    stride=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    dilation=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    padding=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    groups=st.integers(1, 2),
    width=st.integers(2 * LANES, 3 * LANES),
)
def test_a_few_wide_images_give_what_they_give_among_many_to_the_last_bit(
    kernel, stride, dilation, padding, groups, width
):
    rng = np.random.default_rng(width)
    options = {"stride": stride, "padding": padding, "groups": groups, "dilation": dilation}
    x, weight = draw(rng, np.float32, (LANES + 2, 2, 5, width), (2, 3, *kernel))
    many = conv_transpose2d(x, weight, **options)
    for few in (1, 3):
        np.testing.assert_array_equal(conv_transpose2d(x[:few], weight, **options), many[:few])


@table
def test_forward_agrees_with_its_twin(x_shape, weight_shape, options, rng, dtype, close):
    x, weight, bias = draw(rng, dtype, x_shape, weight_shape, maps_of(weight_shape, options))
    expected = plain.conv_transpose2d(x, weight, bias, **options)
    close(conv_transpose2d(x, weight, bias, **options), expected)
    close(conv_transpose2d(x, weight, **options), plain.conv_transpose2d(x, weight, **options))


@table
def test_backward_agrees_with_its_twin(x_shape, weight_shape, options, rng, dtype, close):
    x, weight, bias = draw(rng, dtype, x_shape, weight_shape, maps_of(weight_shape, options))
    grad_out = draw(rng, dtype, conv_transpose2d(x, weight, **options).shape)[0]
    expected = plain.conv_transpose2d_backward(grad_out, x, weight, bias, **options)
    actual = conv_transpose2d_backward(grad_out, x, weight, bias, **options)
    for ours, theirs in zip(actual, expected, strict=True):
        close(ours, theirs)


def test_without_a_bias_there_is_no_gradient_of_it(rng):
    x, weight, grad_out = draw(rng, np.float64, (1, 1, 2, 2), (1, 1, 3, 3), (1, 1, 4, 4))
    assert conv_transpose2d_backward(grad_out, x, weight)[2] is None


@pytest.mark.parametrize(
    "name",
    ["no options", "one pixel becomes a map", "output padding beyond the stride", "everything"],
)
def test_gradients_agree_with_differences(name, rng, check_gradients):
    x_shape, weight_shape, options = SHAPES[name]
    arrays = draw(rng, np.float64, x_shape, weight_shape, maps_of(weight_shape, options))
    check_gradients(conv_transpose2d, conv_transpose2d_backward, *arrays, **options)


geometries = st.fixed_dictionaries(
    {
        "stride": st.tuples(st.integers(1, 3), st.integers(1, 3)),
        "padding": st.tuples(st.integers(0, 2), st.integers(0, 2)),
        "dilation": st.tuples(st.integers(1, 2), st.integers(1, 2)),
        "groups": st.sampled_from([1, 2]),
    }
)


@settings(deadline=None, max_examples=30)
@given(options=geometries, height=st.integers(6, 9), seed=st.integers(0, 1000))
def test_it_is_the_adjoint_of_the_convolution_with_the_same_weight(options, height, seed):
    rng = np.random.default_rng(seed)
    image, weight = draw(rng, np.float64, (2, 4, height, 8), (6, 4 // options["groups"], 2, 3))
    maps = conv2d(image, weight, **options)
    # of all input sizes that the convolution takes to this output size, the image's
    smallest = conv_transpose2d(maps, weight, **options).shape
    missing = (height - smallest[2], 8 - smallest[3])
    y = rng.standard_normal(maps.shape)
    back = conv_transpose2d(y, weight, **options, output_padding=missing)
    assert back.shape == image.shape
    np.testing.assert_allclose(np.sum(maps * y), np.sum(image * back), rtol=1e-9, atol=1e-9)
    grad_image, _, _ = conv2d_backward(y, image, weight, **options)
    np.testing.assert_allclose(back, grad_image, rtol=1e-9, atol=1e-9)


@settings(deadline=None, max_examples=15)
@given(options=geometries, a=st.floats(-3, 3), b=st.floats(-3, 3))
def test_it_is_linear_in_the_input(options, a, b):
    rng = np.random.default_rng(3)
    x, other, weight = draw(rng, np.float64, (1, 2, 4, 4), (1, 2, 4, 4), (2, 1, 3, 3))
    mixed = conv_transpose2d(a * x + b * other, weight, **options)
    expected = a * conv_transpose2d(x, weight, **options)
    expected += b * conv_transpose2d(other, weight, **options)
    np.testing.assert_allclose(mixed, expected, rtol=1e-9, atol=1e-9)


def test_a_kernel_of_ones_as_large_as_the_stride_repeats_every_pixel(rng):
    x = rng.standard_normal((2, 1, 3, 4))
    out = conv_transpose2d(x, np.ones((1, 1, 2, 3)), stride=(2, 3))
    np.testing.assert_array_equal(out, x.repeat(2, axis=2).repeat(3, axis=3))


def test_when_the_input_moves_by_a_pixel_the_output_moves_by_the_stride(rng):
    x, weight = draw(rng, np.float64, (1, 2, 5, 6), (2, 3, 3, 3))
    x[:, :, -1], x[:, :, :, -1] = 0, 0
    moved = np.roll(x, (1, 1), axis=(2, 3))
    out = conv_transpose2d(x, weight, stride=2)
    moved_out = conv_transpose2d(moved, weight, stride=2)
    np.testing.assert_allclose(moved_out[:, :, 2:, 2:], out[:, :, :-2, :-2], rtol=1e-12)


def test_float32_keeps_five_digits_over_a_whole_batch(rng):
    shapes = (32, 3, 6, 6), (3, 2, 5, 5), 2, (32, 2, 10, 10)
    x, weight, bias, grad_out = draw(rng, np.float32, *shapes)
    wide = [array.astype(np.float64) for array in (x, weight, bias, grad_out)]
    actual = (
        conv_transpose2d(x, weight, bias),
        *conv_transpose2d_backward(grad_out, x, weight, bias),
    )
    expected = conv_transpose2d(*wide[:3]), *conv_transpose2d_backward(wide[3], *wide[:3])
    for narrow, exact in zip(actual, expected, strict=True):
        assert narrow.dtype == np.float32
        assert np.abs(narrow - exact).max() < 1e-5 * np.abs(exact).max()


@both
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_bad_pixel_reaches_the_cells_under_its_kernel_and_no_others(
    kernels: ModuleType, bad, rng
):
    x, weight = draw(rng, np.float32, (1, 1, 4, 4), (1, 1, 3, 2))
    x[0, 0, 1, 3] = bad
    with np.errstate(all="ignore"):
        out = kernels.conv_transpose2d(x, weight)
    expected = np.ones((6, 5), bool)
    expected[1:4, 3:5] = False
    np.testing.assert_array_equal(np.isfinite(out[0, 0]), expected)


def test_a_bad_weight_stays_visible(rng):
    x, weight = draw(rng, np.float32, (1, 1, 4, 4), (1, 2, 3, 3))
    weight[0, 1, 0, 0] = np.nan
    with np.errstate(all="ignore"):
        out = conv_transpose2d(x, weight)
    assert np.isfinite(out[0, 0]).all()
    assert np.isnan(out[0, 1, :4, :4]).all()


def test_a_bad_gradient_stays_visible(rng):
    shapes = (1, 1, 4, 4), (1, 1, 2, 2), 1, (1, 1, 5, 5)
    x, weight, bias, grad_out = draw(rng, np.float32, *shapes)
    grad_out[0, 0, 2, 2] = np.nan
    with np.errstate(all="ignore"):
        grads = conv_transpose2d_backward(grad_out, x, weight, bias)
    grad_x, grad_weight, grad_bias = grads
    assert np.argwhere(np.isnan(grad_x[0, 0])).tolist() == [[1, 1], [1, 2], [2, 1], [2, 2]]
    assert np.isnan(grad_weight).all()
    assert np.isnan(grad_bias).all()


def test_views_and_read_only_arrays_work_and_are_left_alone(rng):
    wide, weight = draw(rng, np.float64, (2, 2, 6, 12), (2, 3, 3, 3))
    view = wide[:, :, ::-1, ::2]
    before = wide.copy()
    view.flags.writeable = weight.flags.writeable = False
    out = conv_transpose2d(view, np.asfortranarray(weight))
    np.testing.assert_array_equal(out, conv_transpose2d(view.copy(), weight.copy()))
    np.testing.assert_array_equal(wide, before)


def zeros(*shape, dtype=np.float32):
    return np.zeros(shape, dtype)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            (zeros(1, 1, 1, 9), zeros(1, 1, 2, 2), None, 2, 2, 1),
            r"height 1 with kernel 2, stride 2, padding 2, dilation 1, output_padding 1 gives "
            r"\(1 − 1\)·2 − 2·2 \+ 1·\(2 − 1\) \+ 1 \+ 1 = −1: at least 1 is needed",
        ),
        ((zeros(1, 1, 9, 0), zeros(1, 1, 2, 2)), r"width 0 with kernel 2.* = 1: at least 1"),
        (
            (zeros(1, 1, 3, 3), zeros(1, 1, 2, 2), None, (3, 2), 0, 2),
            r"output_padding is 2 along the width; less than the stride 2 or the dilation 1",
        ),
        (
            (zeros(1, 3, 9, 9), zeros(2, 3, 5, 5)),
            r"weight has shape \(2, 3, 5, 5\); x has 3 channels, so \(3, maps / groups, height",
        ),
        ((zeros(1, 3, 9, 9), zeros(3, 2, 0, 5)), r".*\(3, 2, 0, 5\).*each at least 1"),
        (
            (zeros(1, 3, 9, 9), zeros(3, 1, 5, 5), None, 1, 0, 0, 2),
            r"3 channels cannot be divided into groups=2",
        ),
        ((zeros(3, 9, 9), zeros(3, 1, 5, 5)), r"x has shape \(3, 9, 9\).*\(n,c,h,w\)"),
        ((zeros(1, 3, 9, 9), zeros(3, 5, 5)), r"weight has shape \(3, 5, 5\).*\(c,o,h,w\)"),
        (
            (zeros(1, 2, 9, 9), zeros(2, 3, 3, 3), zeros(3), 1, 0, 0, 2),
            r"bias has shape \(3,\); \(6,\) is needed",
        ),
        ((zeros(1, 1, 9, 9, dtype=np.int64), zeros(1, 2, 3, 3)), r"x is int64; float32 and"),
        (
            (zeros(1, 1, 9, 9), zeros(1, 2, 3, 3, dtype=np.float64)),
            r"x is float32, weight is float64; one dtype",
        ),
        ((zeros(1, 1, 9, 9), zeros(1, 2, 3, 3), None, 0), r"stride is 0; .* at least 1"),
        ((zeros(1, 1, 9, 9), zeros(1, 2, 3, 3), None, 1, -1), r"padding is -1; .* at least 0"),
        ((zeros(1, 1, 9, 9), zeros(1, 2, 3, 3), None, 1, 0, -1), r"output_padding is -1; .* 0"),
        ((zeros(1, 1, 9, 9), zeros(1, 2, 3, 3), None, 1, 0, 0, 0), r"groups is 0; .* at least 1"),
        (
            (zeros(1, 1, 9, 9), zeros(1, 2, 3, 3), None, 1, 0, 0, 1, 1.5),
            r"dilation is 1.5; an integer",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_its_numbers(arguments, message):
    with pytest.raises(ValueError, match=f"conv_transpose2d: {message}"):
        conv_transpose2d(*arguments)


def test_a_gradient_of_another_shape_or_dtype_is_refused():
    x, weight = zeros(1, 1, 4, 4), zeros(1, 2, 3, 3)
    with pytest.raises(ValueError, match=r"grad_out has shape \(1, 2, 4, 4\); \(1, 2, 6, 6\)"):
        conv_transpose2d_backward(zeros(1, 2, 4, 4), x, weight)
    with pytest.raises(ValueError, match="grad_out is float64, x is float32"):
        conv_transpose2d_backward(zeros(1, 2, 6, 6, dtype=np.float64), x, weight)
