from types import ModuleType

import numpy as np
import pytest

import tuiconv_kernels
from tuiconv_kernels import linear, linear_backward, plain

both = pytest.mark.parametrize("kernels", [tuiconv_kernels, plain], ids=["kernel", "plain"])
sizes = pytest.mark.parametrize(
    ("images", "features", "units"), [(3, 5, 4), (5, 9, 6), (1, 1, 1), (0, 3, 2)]
)


@both
def test_outputs_and_gradients_by_hand(kernels: ModuleType):
    x, weight, bias = np.array([[1.0, 2]]), np.array([[3.0, 4], [5, 6]]), np.array([0.5, 0.25])
    np.testing.assert_array_equal(kernels.linear(x, weight, bias), [[3 + 8.5, 5 + 12.25]])
    grad_x, grad_weight, grad_bias = kernels.linear_backward(
        np.array([[10.0, 100]]), x, weight, bias
    )
    np.testing.assert_array_equal(grad_x, [[30 + 500, 40 + 600]])
    np.testing.assert_array_equal(grad_weight, [[10, 20], [100, 200]])
    np.testing.assert_array_equal(grad_bias, [10, 100])


@sizes
def test_it_agrees_with_its_twin(images, features, units, rng, dtype, close):
    x = rng.standard_normal((images, features)).astype(dtype)
    weight = rng.standard_normal((units, features)).astype(dtype)
    bias = rng.standard_normal(units).astype(dtype)
    grad_out = rng.standard_normal((images, units)).astype(dtype)
    close(linear(x, weight, bias), plain.linear(x, weight, bias))
    close(linear(x, weight), plain.linear(x, weight))
    expected = plain.linear_backward(grad_out, x, weight, bias)
    for actual, wanted in zip(linear_backward(grad_out, x, weight, bias), expected, strict=True):
        close(actual, wanted)
    assert linear_backward(grad_out, x, weight)[2] is None


def test_gradients_agree_with_differences(rng, check_gradients):
    shapes = (3, 5), (4, 5), (4,)
    check_gradients(linear, linear_backward, *(rng.standard_normal(shape) for shape in shapes))


def test_it_is_linear_and_its_gradient_the_adjoint(rng):
    x, other, weight = (rng.standard_normal(shape) for shape in ((3, 5), (3, 5), (4, 5)))
    np.testing.assert_allclose(
        linear(2 * x - other, weight), 2 * linear(x, weight) - linear(other, weight), atol=1e-12
    )
    y = rng.standard_normal((3, 4))
    grad_x = linear_backward(y, x, weight)[0]
    np.testing.assert_allclose(np.sum(linear(x, weight) * y), np.sum(x * grad_x))


def test_float32_gradients_over_a_large_batch_lose_no_digits():
    grad_out = np.full((50_000, 1), 0.1, np.float32)
    arrays = np.ones_like(grad_out), np.ones((1, 1), np.float32), np.zeros(1, np.float32)
    _, grad_weight, grad_bias = linear_backward(grad_out, *arrays)
    np.testing.assert_allclose(grad_weight, 5000, rtol=2e-5)
    np.testing.assert_allclose(grad_bias, 5000, rtol=1e-6)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_bad_value_reaches_the_sums_it_is_part_of_and_no_others(bad, rng):
    x, weight = rng.standard_normal((2, 3)), rng.standard_normal((4, 3))
    x[1, 2] = bad
    with np.errstate(all="ignore"):
        out = linear(x, weight)
    np.testing.assert_array_equal(np.isfinite(out), [[True] * 4, [False] * 4])
    weight[0, 0] = bad
    with np.errstate(all="ignore"):
        grad_x, grad_weight, _ = linear_backward(np.ones((2, 4)), x, weight)
    np.testing.assert_array_equal(np.isfinite(grad_x), [[False, True, True]] * 2)
    np.testing.assert_array_equal(np.isfinite(grad_weight), [[True, True, False]] * 4)


def zeros(*shape, dtype=np.float32):
    return np.zeros(shape, dtype)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((zeros(2, 3), zeros(4, 5)), r"x has 3 features but weight has shape \(4, 5\); \(units, 3"),
        ((zeros(2, 3, 1), zeros(4, 3)), r"x has shape \(2, 3, 1\); .* \(n,features\)"),
        ((zeros(2, 3), zeros(4, 3), zeros(3)), r"bias has shape \(3,\); \(4,\) is needed"),
        ((zeros(2, 3, dtype=np.int32), zeros(4, 3)), "x is int32; float32 and float64"),
        ((zeros(2, 3), zeros(4, 3, dtype=np.float64)), "x is float32, weight is float64"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_numbers(arguments, message):
    with pytest.raises(ValueError, match=f"linear: {message}"):
        linear(*arguments)


def test_a_gradient_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"grad_out has shape \(2, 3\); \(2, 4\) is needed"):
        linear_backward(zeros(2, 3), zeros(2, 3), zeros(4, 3))
