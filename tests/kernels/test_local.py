from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tuiconv_kernels
from tuiconv_kernels import conv2d, conv2d_backward, local2d, local2d_backward, plain

both = pytest.mark.parametrize("kernels", [tuiconv_kernels, plain], ids=["kernel", "plain"])

# x, weight, options
SHAPES = {
    "no options": ((2, 2, 4, 3), (2, 2, 2, 2, 3, 2), {}),
    "one pixel": ((1, 1, 1, 1), (1, 1, 1, 1, 1, 1), {}),
    "1x1 kernel": ((2, 2, 2, 3), (2, 2, 3, 2, 1, 1), {}),
    "one row": ((2, 1, 1, 5), (2, 1, 4, 1, 1, 2), {}),
    "one column": ((2, 1, 5, 1), (2, 4, 1, 1, 2, 1), {}),
    "kernel covers the input": ((3, 2, 3, 4), (4, 1, 1, 2, 3, 4), {}),
    "stride beyond the kernel": ((2, 1, 6, 5), (2, 2, 3, 1, 2, 1), {"stride": (3, 2)}),
    "padding": ((2, 2, 2, 3), (1, 2, 5, 2, 3, 3), {"padding": (1, 2)}),
    "dilation": ((1, 2, 5, 6), (2, 3, 3, 2, 2, 2), {"dilation": (2, 3)}),
    "everything": (
        (2, 2, 7, 6),
        (3, 5, 2, 2, 3, 2),
        {"stride": (2, 3), "padding": (2, 1), "dilation": (1, 2)},
    ),
    "empty batch": ((0, 2, 4, 3), (2, 2, 2, 2, 3, 2), {}),
}
table = pytest.mark.parametrize(("x_shape", "weight_shape", "options"), SHAPES.values(), ids=SHAPES)


def draw(rng, dtype, *shapes):
    return [rng.standard_normal(shape).astype(dtype) for shape in shapes]


@both
def test_every_window_has_its_own_kernel_and_bias(kernels: ModuleType):
    x = np.array([1.0, 2, 3]).reshape(1, 1, 1, 3)
    weight = np.array([[1.0, 10], [100, 1000]]).reshape(1, 1, 2, 1, 1, 2)
    bias = np.array([0.5, 0.25]).reshape(1, 1, 2)
    out = kernels.local2d(x, weight, bias)
    np.testing.assert_array_equal(out.reshape(-1), [1 + 20 + 0.5, 200 + 3000 + 0.25])
    out = kernels.local2d(x, weight, bias, stride=(1, 3), padding=(0, 1))
    np.testing.assert_array_equal(out.reshape(-1), [0 + 10 + 0.5, 300 + 0 + 0.25])


@both
def test_gradients_by_hand(kernels: ModuleType):
    x = np.array([[1.0, 2, 3], [4, 5, 6]]).reshape(2, 1, 1, 3)
    weight = np.array([[1.0, 10], [100, 1000]]).reshape(1, 1, 2, 1, 1, 2)
    grad_out = np.array([[0.5, 0.25], [2, 4]]).reshape(2, 1, 1, 2)
    grads = kernels.local2d_backward(grad_out, x, weight, np.zeros((1, 1, 2)))
    grad_x, grad_weight, grad_bias = grads
    np.testing.assert_array_equal(grad_x.reshape(2, 3), [[0.5, 5 + 25, 250], [2, 420, 4000]])
    np.testing.assert_array_equal(
        grad_weight.reshape(2, 2),
        [[0.5 * 1 + 2 * 4, 0.5 * 2 + 2 * 5], [0.25 * 2 + 4 * 5, 0.25 * 3 + 4 * 6]],
    )
    np.testing.assert_array_equal(grad_bias.reshape(-1), [2.5, 4.25])


@table
def test_forward_agrees_with_its_twin(x_shape, weight_shape, options, rng, dtype, close):
    x, weight, bias = draw(rng, dtype, x_shape, weight_shape, weight_shape[:3])
    close(local2d(x, weight, bias, **options), plain.local2d(x, weight, bias, **options))
    close(local2d(x, weight, **options), plain.local2d(x, weight, **options))


@table
def test_backward_agrees_with_its_twin(x_shape, weight_shape, options, rng, dtype, close):
    x, weight, bias = draw(rng, dtype, x_shape, weight_shape, weight_shape[:3])
    grad_out = draw(rng, dtype, (len(x), *weight_shape[:3]))[0]
    expected = plain.local2d_backward(grad_out, x, weight, bias, **options)
    actual = local2d_backward(grad_out, x, weight, bias, **options)
    for ours, theirs in zip(actual, expected, strict=True):
        close(ours, theirs)
        assert ours.flags.c_contiguous


def test_without_a_bias_there_is_no_gradient_of_it(rng):
    x, weight, grad_out = draw(rng, np.float64, *SHAPES["one row"][:2], (2, 2, 1, 4))
    assert local2d_backward(grad_out, x, weight)[2] is None


@pytest.mark.parametrize("name", ["no options", "padding", "everything"])
def test_gradients_agree_with_differences(name, rng, check_gradients):
    x_shape, weight_shape, options = SHAPES[name]
    arrays = draw(rng, np.float64, x_shape, weight_shape, weight_shape[:3])
    check_gradients(local2d, local2d_backward, *arrays, **options)


geometries = st.fixed_dictionaries(
    {
        "stride": st.tuples(st.integers(1, 3), st.integers(1, 3)),
        "padding": st.tuples(st.integers(0, 2), st.integers(0, 2)),
        "dilation": st.tuples(st.integers(1, 2), st.integers(1, 2)),
    }
)


@settings(deadline=None, max_examples=25)
@given(options=geometries, seed=st.integers(0, 1000))
def test_with_the_same_kernel_everywhere_it_is_a_convolution(options, seed):
    rng = np.random.default_rng(seed)
    x, shared, bias = draw(rng, np.float64, (2, 2, 6, 7), (3, 2, 2, 3), 3)
    out = conv2d(x, shared, bias, **options)
    places = out.shape[2:]
    weight = np.tile(shared[:, np.newaxis, np.newaxis], (1, *places, 1, 1, 1))
    biases = np.tile(bias[:, np.newaxis, np.newaxis], (1, *places))
    close = {"rtol": 1e-9, "atol": 1e-9}
    np.testing.assert_allclose(local2d(x, weight, biases, **options), out, **close)
    # what is shared gets the sum of what each place gets
    y = rng.standard_normal(out.shape)
    grad_x, grad_weight, grad_bias = local2d_backward(y, x, weight, biases, **options)
    expected = conv2d_backward(y, x, shared, bias, **options)
    np.testing.assert_allclose(grad_x, expected[0], **close)
    np.testing.assert_allclose(grad_weight.sum(axis=(1, 2)), expected[1], **close)
    np.testing.assert_allclose(grad_bias.sum(axis=(1, 2)), expected[2], **close)


@settings(deadline=None, max_examples=15)
@given(options=geometries, seed=st.integers(0, 1000))
def test_the_gradients_are_the_adjoints(options, seed):
    rng = np.random.default_rng(seed)
    x, kernel = draw(rng, np.float64, (2, 2, 6, 7), (1, 2, 2, 3))
    places = conv2d(x, kernel, **options).shape[2:]
    weight = rng.standard_normal((3, *places, 2, 2, 3))
    out = local2d(x, weight, **options)
    y = rng.standard_normal(out.shape)
    grad_x, grad_weight, _ = local2d_backward(y, x, weight, **options)
    np.testing.assert_allclose(np.sum(out * y), np.sum(x * grad_x), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(np.sum(out * y), np.sum(weight * grad_weight), rtol=1e-9, atol=1e-9)


def test_long_float32_sums_lose_no_digits():
    images = 40_000
    grad_out = np.full((images, 1, 1, 1), 0.1, np.float32)
    x, weight = np.ones_like(grad_out), np.ones((1, 1, 1, 1, 1, 1), np.float32)
    _, grad_weight, grad_bias = local2d_backward(grad_out, x, weight, weight[..., 0, 0, 0])
    np.testing.assert_allclose(grad_weight, 4000, rtol=1e-6)
    np.testing.assert_allclose(grad_bias, 4000, rtol=1e-6)


@both
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_bad_pixel_reaches_the_cells_whose_window_holds_it_and_no_others(
    kernels: ModuleType, bad, rng
):
    x, weight = draw(rng, np.float32, (2, 1, 4, 5), (1, 2, 3, 1, 3, 3))
    x[1, 0, 0, 4] = bad
    with np.errstate(all="ignore"):
        out = kernels.local2d(x, weight)
    np.testing.assert_array_equal(np.isfinite(out[1, 0]), [[True, True, False], [True] * 3])
    assert np.isfinite(out[0]).all()


@both
def test_a_bad_kernel_spoils_its_own_cell_and_the_gradients_of_its_window(kernels: ModuleType, rng):
    x, weight, grad_out = draw(rng, np.float32, (1, 1, 3, 4), (1, 2, 3, 1, 2, 2), (1, 1, 2, 3))
    weight[0, 1, 2] = np.nan
    with np.errstate(all="ignore"):
        out = kernels.local2d(x, weight)
        grad_x, grad_weight, _ = kernels.local2d_backward(grad_out, x, weight)
    np.testing.assert_array_equal(np.isnan(out[0, 0]), [[False] * 3, [False, False, True]])
    assert np.argwhere(np.isnan(grad_x[0, 0])).tolist() == [[1, 2], [1, 3], [2, 2], [2, 3]]
    assert np.isfinite(grad_weight).all()


def test_views_and_read_only_arrays_work_and_are_left_alone(rng):
    wide, weight = draw(rng, np.float64, (1, 2, 4, 6), SHAPES["no options"][1])
    view = wide[:, :, ::-1, ::2]
    before = wide.copy()
    view.flags.writeable = weight.flags.writeable = False
    out = local2d(view, np.asfortranarray(weight))
    np.testing.assert_array_equal(out, local2d(view.copy(), weight.copy()))
    local2d_backward(np.ones_like(out), view, weight)
    np.testing.assert_array_equal(wide, before)


def zeros(*shape, dtype=np.float32):
    return np.zeros(shape, dtype)


X, WEIGHT = zeros(1, 2, 5, 4), zeros(3, 3, 3, 2, 3, 2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            (X, WEIGHT, None, 2),
            r"weight has shape \(3, 3, 3, 2, 3, 2\); x of shape \(1, 2, 5, 4\) needs "
            r"\(3, 2, 2, 2, 3, 2\): \(maps, out_height, out_width, channels, kernel_height, ",
        ),
        ((X[:, :1], WEIGHT), r".* needs \(3, 3, 3, 1, 3, 2\)"),
        ((X, zeros(3, 2, 3, 3)), r"weight has shape \(3, 2, 3, 3\).*\(o,i,j,c,h,w\)"),
        ((X, zeros(3, 3, 3, 2, 0, 2)), r".*\(3, 3, 3, 2, 0, 2\); sizes of at least 1 are"),
        (
            (X, zeros(1, 1, 1, 2, 6, 4)),
            r"height 5 with kernel 6, padding 0, dilation 1, stride 1 gives "
            r"floor\(\(5 \+ 2·0 − 1·\(6 − 1\) − 1\) / 1\) \+ 1 = 0: at least 1",
        ),
        ((X, WEIGHT, zeros(3)), r"bias has shape \(3,\); its axes must be \(o,i,j\)"),
        ((X, WEIGHT, zeros(3, 3, 1)), r"bias has shape \(3, 3, 1\); \(3, 3, 3\) is needed"),
        ((X[0], WEIGHT), r"x has shape \(2, 5, 4\).*\(n,c,h,w\)"),
        ((X.astype(np.uint8), WEIGHT), r"x is uint8; float32 and float64"),
        ((X, WEIGHT.astype(np.float64)), r"x is float32, weight is float64; one dtype"),
        ((X, WEIGHT, None, 0), r"stride is 0; .* at least 1"),
        ((X, WEIGHT, None, 1, -1), r"padding is -1; .* at least 0"),
        ((X, WEIGHT, None, 1, 0, (1, 2, 3)), r"dilation is \(1, 2, 3\); .*pair"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_numbers(arguments, message):
    with pytest.raises(ValueError, match=f"local2d: {message}"):
        local2d(*arguments)


def test_a_gradient_of_another_shape_or_dtype_is_refused():
    with pytest.raises(ValueError, match=r"grad_out has shape \(1, 3, 5, 4\); \(1, 3, 3, 3\)"):
        local2d_backward(zeros(1, 3, 5, 4), X, WEIGHT)
    with pytest.raises(ValueError, match="grad_out is float64, x is float32"):
        local2d_backward(zeros(1, 3, 3, 3, dtype=np.float64), X, WEIGHT)
