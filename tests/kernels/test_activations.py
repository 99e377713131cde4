from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tuiconv_kernels
from tuiconv_kernels import plain, relu, relu_backward, scaled_tanh, scaled_tanh_backward, tanh

both = pytest.mark.parametrize("kernels", [tuiconv_kernels, plain], ids=["kernel", "plain"])
names = pytest.mark.parametrize("name", ["relu", "tanh", "scaled_tanh"])


def pair_of(name, kernels=tuiconv_kernels):
    return getattr(kernels, name), getattr(kernels, f"{name}_backward")


@both
def test_relu_keeps_what_is_positive_by_hand(kernels: ModuleType):
    x = np.array([-2.0, 0, 3])
    np.testing.assert_array_equal(kernels.relu(x), [0, 0, 3])
    np.testing.assert_array_equal(kernels.relu_backward(np.array([5.0, 6, 7]), x), [0, 0, 7])


@both
def test_tanh_by_hand(kernels: ModuleType):
    x = np.array([0.0, np.log(2)])
    np.testing.assert_allclose(kernels.tanh(x), [0, (2 - 0.5) / (2 + 0.5)])
    np.testing.assert_allclose(kernels.tanh_backward(np.array([3.0, 1]), x), [3, 1 - 0.36])


@both
def test_the_scaled_tanh_goes_through_one_and_minus_one(kernels: ModuleType):
    x = np.array([-1.0, 0, 1])
    np.testing.assert_allclose(kernels.scaled_tanh(x), [-1, 0, 1], atol=1e-4)
    slope = kernels.scaled_tanh_backward(np.ones(3), x)[1]
    np.testing.assert_allclose(slope, 1.7159 * 2 / 3)


@names
@pytest.mark.parametrize("shape", [(3, 4, 5, 2), (7,), (), (0, 3)])
def test_it_agrees_with_its_twin_on_any_shape(name, shape, rng, dtype, close):
    x = np.asarray(3 * rng.standard_normal(shape), dtype)
    grad_out = np.asarray(rng.standard_normal(shape), dtype)
    (function, backward), (twin, twin_backward) = pair_of(name), pair_of(name, plain)
    close(function(x), twin(x))
    close(backward(grad_out, x), twin_backward(grad_out, x))


@names
def test_gradients_agree_with_differences(name, rng, check_gradients):
    # away from 0, where relu has a corner
    x = rng.uniform(0.1, 2, (4, 5)) * rng.choice([-1, 1], (4, 5))
    check_gradients(*pair_of(name), x)


@names
@both
def test_nan_stays_nan_forward_and_backward(kernels: ModuleType, name, dtype):
    function, backward = pair_of(name, kernels)
    x = np.full(37, np.nan, dtype)
    assert np.isnan(function(x)).all()
    ones = np.ones(37, dtype)
    assert np.isnan(backward(ones * np.nan, ones)).all()


@names
def test_infinities_saturate_without_a_warning(name):
    function, backward = pair_of(name)
    x = np.array([-np.inf, np.inf], np.float32)
    limits = {"relu": [0, np.inf], "tanh": [-1, 1], "scaled_tanh": [-1.7159, 1.7159]}
    np.testing.assert_allclose(function(x), limits[name], rtol=1e-6)
    np.testing.assert_array_equal(backward(np.ones_like(x), x), [0, 1 if name == "relu" else 0])


def test_a_stopped_infinite_gradient_is_zero_not_nan():
    np.testing.assert_array_equal(relu_backward(np.array([np.inf]), np.array([-1.0])), [0])


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(-100, 100), min_size=1, max_size=20))
def test_shapes_of_the_curves(values):
    x = np.array(values)
    np.testing.assert_array_equal(relu(x) - relu(-x), x)
    np.testing.assert_array_equal(tanh(-x), -tanh(x))
    np.testing.assert_allclose(scaled_tanh(1.5 * x), 1.7159 * tanh(x), rtol=1e-12)
    assert (np.diff(scaled_tanh(np.sort(x))) >= 0).all()


def test_float32_agrees_with_float64_where_the_curve_is_flat(rng):
    x = rng.uniform(-6, 6, 200)
    narrow = scaled_tanh_backward(np.ones(200, np.float32), x.astype(np.float32))
    exact = scaled_tanh_backward(np.ones(200), x.astype(np.float32).astype(np.float64))
    np.testing.assert_allclose(narrow, exact, atol=3e-7)


@names
def test_views_and_read_only_arrays_work(name, rng):
    function, backward = pair_of(name)
    view = rng.standard_normal((6, 6))[::2, ::-1]
    view.flags.writeable = False
    np.testing.assert_array_equal(function(view), function(view.copy()))
    np.testing.assert_array_equal(backward(view, view), backward(view.copy(), view.copy()))


@names
def test_integers_and_shapes_that_differ_are_refused(name):
    function, backward = pair_of(name)
    with pytest.raises(ValueError, match=f"{name}: x is int64; float32 and float64 are allowed"):
        function(np.arange(3))
    with pytest.raises(ValueError, match=r"grad_out has shape \(2,\); \(3,\) is needed"):
        backward(np.zeros(2), np.zeros(3))
    with pytest.raises(ValueError, match="grad_out is float32, x is float64"):
        backward(np.zeros(3, np.float32), np.zeros(3))
