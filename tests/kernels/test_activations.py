from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tuiconv_kernels
from tuiconv_kernels import (
    leaky_relu,
    leaky_relu_backward,
    plain,
    relu,
    relu6,
    relu6_backward,
    relu_backward,
    scaled_tanh,
    scaled_tanh_backward,
    sigmoid,
    softshrink,
    softshrink_backward,
    tanh,
)

both = pytest.mark.parametrize("kernels", [tuiconv_kernels, plain], ids=["kernel", "plain"])
names = pytest.mark.parametrize(
    "name", ["relu", "relu6", "leaky_relu", "tanh", "scaled_tanh", "sigmoid", "softshrink"]
)


def pair_of(name, kernels=tuiconv_kernels):
    return getattr(kernels, name), getattr(kernels, f"{name}_backward")


@both
def test_relu_keeps_what_is_positive_by_hand(kernels: ModuleType):
    x = np.array([-2.0, 0, 3])
    np.testing.assert_array_equal(kernels.relu(x), [0, 0, 3])
    np.testing.assert_array_equal(kernels.relu_backward(np.array([5.0, 6, 7]), x), [0, 0, 7])


@both
def test_relu6_stops_at_zero_and_at_six_by_hand(kernels: ModuleType):
    x = np.array([-2.0, 0, 3, 5.75, 6, 7])
    np.testing.assert_array_equal(kernels.relu6(x), [0, 0, 3, 5.75, 6, 6])
    grad_x = kernels.relu6_backward(np.arange(1.0, 7), x)
    np.testing.assert_array_equal(grad_x, [0, 0, 3, 4, 0, 0])


@both
def test_a_gradient_passes_relu6_as_near_to_its_corners_as_numbers_come(kernels: ModuleType, dtype):
    x = np.nextafter(np.array([0, 0, 6, 6], dtype), np.array([-1, 1, 0, 7], dtype))
    np.testing.assert_array_equal(kernels.relu6_backward(np.ones_like(x), x), [0, 1, 1, 0])


@both
def test_leaky_relu_keeps_a_part_of_what_is_negative_by_hand(kernels: ModuleType):
    x = np.array([-2.0, 0, 3])
    np.testing.assert_array_equal(kernels.leaky_relu(x), [-0.02, 0, 3])
    np.testing.assert_array_equal(kernels.leaky_relu(x, 0.25), [-0.5, 0, 3])
    grad_x = kernels.leaky_relu_backward(np.array([5.0, 6, 7]), x, 0.25)
    np.testing.assert_array_equal(grad_x, [5 / 4, 6 / 4, 7])


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


@both
def test_the_sigmoid_turns_odds_into_probabilities_by_hand(kernels: ModuleType):
    # the odds are 1 : 1, 3 : 1 and 1 : 3
    x = np.log([1.0, 3, 1 / 3])
    np.testing.assert_allclose(kernels.sigmoid(x), [1 / 2, 3 / 4, 1 / 4])
    grad_x = kernels.sigmoid_backward(np.array([1.0, 2, 3]), x)
    np.testing.assert_allclose(grad_x, [1 / 4, 2 * 3 / 16, 3 * 3 / 16])


@both
def test_soft_shrinkage_pulls_towards_zero_and_stops_there_by_hand(kernels: ModuleType):
    x = np.array([-3.0, -0.5, -0.25, 0, 0.25, 0.5, 3])
    np.testing.assert_array_equal(kernels.softshrink(x), [-2.5, 0, 0, 0, 0, 0, 2.5])
    np.testing.assert_array_equal(kernels.softshrink(x, 0.25), [-2.75, -0.25, 0, 0, 0, 0.25, 2.75])
    grad_out = np.arange(1.0, 8)
    np.testing.assert_array_equal(kernels.softshrink_backward(grad_out, x), [1, 0, 0, 0, 0, 0, 7])
    np.testing.assert_array_equal(
        kernels.softshrink_backward(grad_out, x, 0.25), [1, 2, 0, 0, 0, 6, 7]
    )


@names
@pytest.mark.parametrize("shape", [(3, 4, 5, 2), (7,), (), (0, 3)])
def test_it_agrees_with_its_twin_on_any_shape(name, shape, rng, dtype, close):
    x = np.asarray(4 * rng.standard_normal(shape), dtype)
    grad_out = np.asarray(rng.standard_normal(shape), dtype)
    (function, backward), (twin, twin_backward) = pair_of(name), pair_of(name, plain)
    close(function(x), twin(x))
    close(backward(grad_out, x), twin_backward(grad_out, x))


@names
def test_gradients_agree_with_differences(name, rng, check_gradients):
    # away from 0 and ±0.5, where relu and softshrink have corners
    x = (rng.uniform(0.1, 0.4, (4, 5)) + rng.integers(0, 4, (4, 5)) / 2) * rng.choice(
        [-1, 1], (4, 5)
    )
    check_gradients(*pair_of(name), x)


@names
@both
def test_nan_stays_nan_forward_and_backward(kernels: ModuleType, name, dtype):
    function, backward = pair_of(name, kernels)
    x = np.full(37, np.nan, dtype)
    assert np.isnan(function(x)).all()
    ones = np.ones(37, dtype)
    assert np.isnan(backward(ones * np.nan, ones)).all()


@pytest.mark.parametrize(
    ("name", "limits", "slopes"),
    [
        ("relu", [0, np.inf], [0, 1]),
        ("relu6", [0, 6], [0, 0]),
        ("leaky_relu", [-np.inf, np.inf], [np.float32(0.01), 1]),
        ("tanh", [-1, 1], [0, 0]),
        ("scaled_tanh", [-1.7159, 1.7159], [0, 0]),
        ("sigmoid", [0, 1], [0, 0]),
        ("softshrink", [-np.inf, np.inf], [1, 1]),
    ],
)
def test_infinities_saturate_or_stay_without_a_warning(name, limits, slopes):
    function, backward = pair_of(name)
    x = np.array([-np.inf, np.inf], np.float32)
    np.testing.assert_allclose(function(x), limits, rtol=1e-6)
    np.testing.assert_array_equal(backward(np.ones_like(x), x), slopes)


def test_a_stopped_infinite_gradient_is_zero_not_nan():
    grad_out = np.array([np.inf])
    np.testing.assert_array_equal(relu_backward(grad_out, np.array([-1.0])), [0])
    np.testing.assert_array_equal(relu6_backward(grad_out, np.array([7.0])), [0])
    np.testing.assert_array_equal(softshrink_backward(grad_out, np.array([-0.1])), [0])


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(-100, 100), min_size=1, max_size=20))
def test_shapes_of_the_curves(values):
    x = np.array(values)
    np.testing.assert_array_equal(relu(x) - relu(-x), x)
    np.testing.assert_allclose(relu6(x), relu(x) - relu(x - 6), atol=1e-13)
    np.testing.assert_array_equal(leaky_relu(x, 0.0), relu(x))
    np.testing.assert_array_equal(leaky_relu(x, 1.0), x)
    np.testing.assert_allclose(leaky_relu(x, 0.25) - relu(x), leaky_relu(-relu(-x), 0.25))
    np.testing.assert_array_equal(tanh(-x), -tanh(x))
    np.testing.assert_allclose(scaled_tanh(1.5 * x), 1.7159 * tanh(x), rtol=1e-12)
    assert (np.diff(scaled_tanh(np.sort(x))) >= 0).all()
    np.testing.assert_allclose(sigmoid(x) + sigmoid(-x), 1, rtol=1e-15)
    np.testing.assert_allclose(2 * sigmoid(2 * x) - 1, tanh(x), atol=1e-15)
    np.testing.assert_allclose(softshrink(x, 2), relu(x - 2) - relu(-x - 2))
    np.testing.assert_array_equal(softshrink(x, 0), x)


@both
def test_the_sigmoid_keeps_small_probabilities_and_slopes_however_far_out(kernels: ModuleType):
    x = np.array([-700.0, -40, 40, 700, 1e300, -1e300])
    np.testing.assert_allclose(
        kernels.sigmoid(x), [np.exp(-700), np.exp(-40), 1, 1, 1, 0], rtol=1e-15
    )
    slopes = [np.exp(-700), np.exp(-40), np.exp(-40), np.exp(-700), 0, 0]
    np.testing.assert_allclose(kernels.sigmoid_backward(np.ones(6), x), slopes, rtol=1e-15)


@both
def test_the_threshold_of_softshrink_is_rounded_to_the_dtype(kernels: ModuleType):
    # as a float32, 0.1 is a little more than the float64 0.1, and still at the threshold
    x = np.array([0.1], np.float32)
    np.testing.assert_array_equal(kernels.softshrink(x, 0.1), [0])
    np.testing.assert_array_equal(kernels.softshrink_backward(np.ones_like(x), x, 0.1), [0])


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


@pytest.mark.parametrize("lambd", [-0.1, np.inf, np.nan, None])
def test_a_threshold_that_is_no_distance_is_refused(lambd):
    message = rf"lambd is {lambd!r}; a finite number of at least 0 is needed"
    with pytest.raises(ValueError, match=f"softshrink: {message}"):
        softshrink(np.zeros(3), lambd)
    with pytest.raises(ValueError, match=f"softshrink_backward: {message}"):
        softshrink_backward(np.zeros(3), np.zeros(3), lambd)


@pytest.mark.parametrize("slope", [np.inf, np.nan, None])
def test_a_slope_that_is_no_number_is_refused(slope):
    message = f"negative_slope is {slope!r}; a finite number is needed"
    with pytest.raises(ValueError, match=f"leaky_relu: {message}"):
        leaky_relu(np.zeros(3), slope)
    with pytest.raises(ValueError, match=f"leaky_relu_backward: {message}"):
        leaky_relu_backward(np.zeros(3), np.zeros(3), slope)


def test_tanh_of_float32_is_at_most_three_units_in_the_last_place_off(rng):
    scales = (1e-30, 1e-4, 0.03, 0.5, 1, 3, 20)
    x = np.concatenate([scale * rng.standard_normal(5000) for scale in scales]).astype(np.float32)
    exact = np.tanh(x.astype(np.float64))
    unit = np.spacing(np.abs(exact).astype(np.float32))
    assert (np.abs(tuiconv_kernels.tanh(x) - exact) <= 3 * unit).all()
    np.testing.assert_array_equal(tuiconv_kernels.tanh(-x), -tuiconv_kernels.tanh(x))


def test_tanh_keeps_the_sign_of_zero_and_what_is_no_number():
    x = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, 100], np.float32)
    out = tuiconv_kernels.tanh(x)
    np.testing.assert_array_equal(out, np.array([0, 0, 1, -1, np.nan, 1e-45, 1], np.float32))
    assert np.signbit(out[:2]).tolist() == [False, True]
