from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tuiconv_kernels
from tuiconv_kernels import avg_pool2d, plain, subsample2d, subsample2d_backward

both = pytest.mark.parametrize("kernels", [tuiconv_kernels, plain], ids=["kernel", "plain"])

# shape of x, kernel_size, stride
SHAPES = {
    "LeNet's": ((2, 3, 6, 4), 2, None),
    "one pixel": ((1, 1, 1, 1), 1, None),
    "overlapping": ((2, 2, 5, 6), 3, 1),
    "gaps between windows": ((2, 2, 7, 8), 2, (3, 4)),
    "a remainder is dropped": ((1, 2, 7, 8), (3, 2), None),
    "one row": ((1, 2, 1, 7), (1, 3), 2),
    "one column": ((1, 2, 7, 1), (3, 1), 2),
    "everything": ((2, 2, 3, 5), (3, 5), None),
    "empty batch": ((0, 2, 4, 4), 2, None),
}
table = pytest.mark.parametrize(("shape", "kernel_size", "stride"), SHAPES.values(), ids=SHAPES)
X = np.array([[[1.0, 2], [3, 6]], [[0, 4], [4, 0]]]).reshape(1, 2, 2, 2)


def draw(rng, shape, dtype=np.float64):
    return tuple(rng.standard_normal(s).astype(dtype) for s in (shape, shape[1:2], shape[1:2]))


@both
def test_an_average_times_the_gain_plus_the_bias_by_hand(kernels: ModuleType):
    out = kernels.subsample2d(X, np.array([10.0, -1]), np.array([0.5, 7]))
    np.testing.assert_array_equal(out.reshape(-1), [10 * 3 + 0.5, -1 * 2 + 7])


@both
def test_the_three_gradients_by_hand(kernels: ModuleType):
    grad_out = np.array([8.0, 4]).reshape(1, 2, 1, 1)
    grad_x, grad_gain, grad_bias = kernels.subsample2d_backward(
        grad_out, X, np.array([10.0, -1]), np.array([0.5, 7])
    )
    np.testing.assert_array_equal(grad_x[0, :, 0, 0], [8 * 10 / 4, 4 * -1 / 4])
    assert (grad_x == grad_x[:, :, :1, :1]).all()
    np.testing.assert_array_equal(grad_gain, [8 * 3, 4 * 2])
    np.testing.assert_array_equal(grad_bias, [8, 4])


@table
def test_it_agrees_with_its_twin(shape, kernel_size, stride, rng, dtype, close):
    arrays = draw(rng, shape, dtype)
    out = subsample2d(*arrays, kernel_size, stride)
    close(out, plain.subsample2d(*arrays, kernel_size, stride))
    grad_out = rng.standard_normal(out.shape).astype(dtype)
    gradients = subsample2d_backward(grad_out, *arrays, kernel_size, stride)
    twins = plain.subsample2d_backward(grad_out, *arrays, kernel_size, stride)
    for gradient, twin in zip(gradients, twins, strict=True):
        close(gradient, twin)


@pytest.mark.parametrize("name", ["LeNet's", "overlapping", "gaps between windows"])
def test_gradients_agree_with_differences(name, rng, check_gradients):
    shape, kernel_size, stride = SHAPES[name]
    arrays = draw(rng, shape)
    check_gradients(
        subsample2d, subsample2d_backward, *arrays, kernel_size=kernel_size, stride=stride
    )


@given(seed=st.integers(0, 1000), kernel_size=st.integers(1, 3), stride=st.integers(1, 3))
def test_without_its_bias_it_is_linear_and_the_gradient_of_x_its_adjoint(seed, kernel_size, stride):
    rng = np.random.default_rng(seed)
    x, gain, bias = draw(rng, (1, 2, 5, 6))
    out = subsample2d(x, gain, bias, kernel_size, stride) - bias[:, None, None]
    np.testing.assert_allclose(
        subsample2d(-2 * x, gain, bias, kernel_size, stride) - bias[:, None, None],
        -2 * out,
        atol=1e-12,
    )
    y = rng.standard_normal(out.shape)
    grad_x, grad_gain, _ = subsample2d_backward(y, x, gain, bias, kernel_size, stride)
    np.testing.assert_allclose(np.sum(out * y), np.sum(x * grad_x), rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(np.sum(out * y), np.sum(gain * grad_gain), rtol=1e-10, atol=1e-10)


def test_lenet_5_of_1998_sums_the_window_so_its_coefficient_is_a_quarter_of_the_gain(rng):
    x, coefficient, bias = draw(rng, (2, 3, 4, 4))
    sums = 4 * avg_pool2d(x, 2)
    np.testing.assert_allclose(
        subsample2d(x, 4 * coefficient, bias),
        coefficient[:, None, None] * sums + bias[:, None, None],
    )


def test_gradients_of_a_large_float32_batch_lose_no_digits():
    x = np.full((1000, 1, 4, 8), 0.1, np.float32)
    one = np.ones(1, np.float32)
    grad_out = np.full((1000, 1, 2, 4), 0.1, np.float32)
    _, grad_gain, grad_bias = subsample2d_backward(grad_out, x, one, one)
    np.testing.assert_allclose(grad_gain, 80, rtol=1e-6)
    np.testing.assert_allclose(grad_bias, 800, rtol=1e-6)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_bad_value_stays_visible_in_its_own_window_and_map(bad):
    x = np.ones((1, 2, 2, 4))
    x[0, 0, 1, 3] = bad
    one, zero = np.ones(2), np.zeros(2)
    out = subsample2d(x, one, zero)
    np.testing.assert_array_equal(out.reshape(-1), [1, bad, 1, 1])
    _, grad_gain, grad_bias = subsample2d_backward(np.ones_like(out), x, one, zero)
    np.testing.assert_array_equal(grad_gain, [bad, 2])
    np.testing.assert_array_equal(grad_bias, [2, 2])
    # infinity times 0 is not 0
    assert np.isnan(subsample2d(x, zero, zero)[0, 0, 0, 1])


def test_views_and_read_only_arrays_work(rng):
    x = rng.standard_normal((1, 4, 8, 8))[:, ::2, ::2, ::-1]
    gain, bias = rng.standard_normal((2, 6))[:, ::3]
    for array in (x, gain, bias):
        array.flags.writeable = False
    copies = x.copy(), gain.copy(), bias.copy()
    out = subsample2d(x, gain, bias)
    np.testing.assert_array_equal(out, subsample2d(*copies))
    for gradient, expected in zip(
        subsample2d_backward(out, x, gain, bias), subsample2d_backward(out, *copies), strict=True
    ):
        np.testing.assert_array_equal(gradient, expected)


MAPS, TWO = np.zeros((1, 2, 5, 5)), np.zeros(2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((MAPS, TWO, TWO, 6), r"height 5 with kernel 6, .* \+ 1 = 0: at least 1 is needed"),
        ((MAPS, TWO, TWO, 2, 0), r"stride is 0; .* at least 1"),
        ((MAPS[0], TWO, TWO), r"x has shape \(2, 5, 5\)"),
        ((MAPS, np.zeros(3), TWO), r"gain has shape \(3,\); \(2,\) is needed"),
        ((MAPS, TWO, np.zeros(1)), r"bias has shape \(1,\); \(2,\) is needed"),
        ((MAPS, TWO, np.zeros((2, 1))), r"bias has shape \(2, 1\); its axes must be \(c\)"),
        ((MAPS, TWO, TWO.astype(np.int64)), r"bias is int64; float32 and float64"),
        ((MAPS, TWO.astype(np.float32), TWO), r"x is float64, gain is float32, bias is float64"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_numbers(arguments, message):
    with pytest.raises(ValueError, match=f"subsample2d: {message}"):
        subsample2d(*arguments)
    with pytest.raises(ValueError, match=f"subsample2d_backward: {message}"):
        subsample2d_backward(MAPS, *arguments)


def test_a_gradient_of_another_shape_or_dtype_is_refused():
    with pytest.raises(ValueError, match=r"grad_out has shape \(1, 2, 5, 5\); \(1, 2, 2, 2\)"):
        subsample2d_backward(MAPS, MAPS, TWO, TWO)
    with pytest.raises(ValueError, match="grad_out is float32, x is float64"):
        subsample2d_backward(np.zeros((1, 2, 2, 2), np.float32), MAPS, TWO, TWO)
