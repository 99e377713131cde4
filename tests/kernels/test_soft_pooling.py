from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tuiconv_kernels
from tuiconv_kernels import (
    avg_pool2d,
    log_prob_pool2d,
    log_prob_pool2d_backward,
    lp_pool2d,
    lp_pool2d_backward,
    max_pool2d,
    plain,
)

both = pytest.mark.parametrize("kernels", [tuiconv_kernels, plain], ids=["kernel", "plain"])
pools = pytest.mark.parametrize("name", ["lp_pool2d", "log_prob_pool2d"])

# shape of x, kernel_size, stride
SHAPES = {
    "2x2": ((2, 3, 6, 4), 2, None),
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
WINDOW = np.array([[3.0, -4], [0, 0]]).reshape(1, 1, 2, 2)
ONE = np.ones((1, 1, 1, 1))


def pair_of(name, kernels=tuiconv_kernels):
    return getattr(kernels, name), getattr(kernels, f"{name}_backward")


@both
def test_the_norms_of_a_window_by_hand(kernels: ModuleType):
    assert kernels.lp_pool2d(WINDOW, 1, 2).item() == 3 + 4
    assert kernels.lp_pool2d(WINDOW, 2, 2).item() == pytest.approx(5)
    assert kernels.lp_pool2d(WINDOW, 3, 2).item() == pytest.approx((27 + 64) ** (1 / 3))


@both
def test_the_gradient_of_a_norm_by_hand(kernels: ModuleType):
    grad_x = kernels.lp_pool2d_backward(10 * ONE, WINDOW, 2, 2)
    np.testing.assert_allclose(grad_x[0, 0], [[6, -8], [0, 0]])
    grad_x = kernels.lp_pool2d_backward(10 * ONE, WINDOW, 1, 2)
    np.testing.assert_allclose(grad_x[0, 0], [[10, -10], [0, 0]])


@both
def test_the_log_of_summed_exponentials_by_hand(kernels: ModuleType):
    x = np.log([[1.0, 2], [3, 4]]).reshape(1, 1, 2, 2)
    assert kernels.log_prob_pool2d(x, 1, 2).item() == pytest.approx(np.log(1 + 2 + 3 + 4))
    squares = 1 + 4 + 9 + 16
    assert kernels.log_prob_pool2d(x, 2, 2).item() == pytest.approx(np.log(squares) / 2)
    inverses = 1 + 1 / 2 + 1 / 3 + 1 / 4
    assert kernels.log_prob_pool2d(x, -1, 2).item() == pytest.approx(-np.log(inverses))


@both
def test_a_window_shares_its_gradient_by_the_exponentials(kernels: ModuleType):
    x = np.log([[1.0, 2], [3, 4]]).reshape(1, 1, 2, 2)
    grad_x = kernels.log_prob_pool2d_backward(10 * ONE, x, 1, 2)
    np.testing.assert_allclose(grad_x[0, 0], [[1, 2], [3, 4]])


@pools
@table
@pytest.mark.parametrize("parameter", [1, 1.5, 2, 3])
def test_it_agrees_with_its_twin(name, shape, kernel_size, stride, parameter, rng, dtype, close):
    (pool, backward), (twin, twin_backward) = pair_of(name), pair_of(name, plain)
    # some exact zeros
    x = (rng.integers(-3, 4, shape) * rng.uniform(0.5, 1, shape)).astype(dtype)
    out = pool(x, parameter, kernel_size, stride)
    close(out, twin(x, parameter, kernel_size, stride))
    grad_out = rng.standard_normal(out.shape).astype(dtype)
    close(
        backward(grad_out, x, parameter, kernel_size, stride),
        twin_backward(grad_out, x, parameter, kernel_size, stride),
    )


@pytest.mark.parametrize(("kernel_size", "stride"), [(2, None), ((3, 2), 1), (1, 2)])
def test_gradients_agree_with_differences(kernel_size, stride, rng, check_gradients):
    # away from 0, where the norms have a corner
    x = rng.uniform(0.1, 1, (2, 1, 4, 5)) * rng.choice([-1, 1], (2, 1, 4, 5))
    size = {"kernel_size": kernel_size, "stride": stride}
    for power in (1, 2, 3.5):
        check_gradients(lp_pool2d, lp_pool2d_backward, x, norm_type=power, **size)
    for beta in (-2, 0.5, 3):
        check_gradients(log_prob_pool2d, log_prob_pool2d_backward, x, beta=beta, **size)


@both
def test_a_window_of_zeros_has_norm_zero_and_passes_no_gradient(kernels: ModuleType, dtype):
    zeros = np.zeros((1, 1, 2, 2), dtype)
    for power in (1, 1.5, 2):
        assert kernels.lp_pool2d(zeros, power, 2).item() == 0
        grad_x = kernels.lp_pool2d_backward(np.ones((1, 1, 1, 1), dtype), zeros, power, 2)
        np.testing.assert_array_equal(grad_x, zeros)


@given(seed=st.integers(0, 1000), powers=st.tuples(st.floats(1, 20), st.floats(1, 20)))
def test_a_norm_falls_with_its_power_from_the_sum_to_the_largest_magnitude(seed, powers):
    x = np.random.default_rng(seed).standard_normal((1, 2, 4, 6))
    smaller, larger = sorted(powers)
    total, largest = 4 * avg_pool2d(np.abs(x), 2), max_pool2d(np.abs(x), 2)
    np.testing.assert_allclose(lp_pool2d(x, 1, 2), total)
    slack = 1 + 1e-12
    assert (lp_pool2d(x, smaller, 2) <= total * slack).all()
    assert (lp_pool2d(x, larger, 2) <= lp_pool2d(x, smaller, 2) * slack).all()
    assert (largest <= lp_pool2d(x, larger, 2) * slack).all()
    np.testing.assert_allclose(lp_pool2d(x, 5000, 2), largest, rtol=1e-3)


@given(seed=st.integers(0, 1000), power=st.floats(1, 10), exponent=st.floats(-200, 200))
def test_a_norm_grows_with_its_input_and_knows_no_sign(seed, power, exponent):
    factor = -(10**exponent)
    x = np.random.default_rng(seed).standard_normal((1, 1, 3, 4))
    np.testing.assert_allclose(
        lp_pool2d(factor * x, power, 2), -factor * lp_pool2d(x, power, 2), rtol=1e-10
    )


@given(seed=st.integers(0, 1000), beta=st.floats(1e-3, 50))
def test_a_log_probability_lies_above_the_maximum_and_sinks_to_it_with_beta(seed, beta):
    x = np.random.default_rng(seed).standard_normal((1, 2, 4, 6))
    out, largest = log_prob_pool2d(x, beta, 2), max_pool2d(x, 2)
    rounding = 1e-9
    assert (out >= largest - rounding).all()
    assert (out <= largest + np.log(4) / beta + rounding).all()
    # without the term that counts the cells, it is no less than the average
    assert (out - np.log(4) / beta >= avg_pool2d(x, 2) - rounding).all()
    assert (log_prob_pool2d(x, 2 * beta, 2) <= out + rounding).all()


@given(
    seed=st.integers(0, 1000),
    beta=st.floats(0.1, 20),
    sign=st.sampled_from([-1, 1]),
    shift=st.floats(-1e3, 1e3),
)
def test_a_shift_of_the_input_shifts_a_log_probability_and_a_mirror_mirrors_it(
    seed, beta, sign, shift
):
    x = np.random.default_rng(seed).standard_normal((1, 1, 4, 4))
    out = log_prob_pool2d(x, sign * beta, 2)
    np.testing.assert_allclose(log_prob_pool2d(x + shift, sign * beta, 2), out + shift, atol=1e-9)
    np.testing.assert_allclose(log_prob_pool2d(-x, -sign * beta, 2), -out, rtol=1e-12)
    # so the shares of a window add up to 1
    grad_x = log_prob_pool2d_backward(np.ones_like(out), x, sign * beta, 2)
    np.testing.assert_allclose(4 * avg_pool2d(grad_x, 2), 1)


def test_the_parameters_tame_huge_and_tiny_values(dtype):
    huge, tiny = np.finfo(dtype).max / 4, np.finfo(dtype).tiny
    for value in (huge, tiny):
        x = np.full((1, 1, 2, 2), value, dtype)
        for power in (1, 2, 50, 5000):
            expected = float(value) * 4 ** (1 / power)
            assert lp_pool2d(x / 4, power, 2).item() == pytest.approx(expected / 4, rel=1e-6)
            grad_x = lp_pool2d_backward(np.ones((1, 1, 1, 1), dtype), x, power, 2)
            np.testing.assert_allclose(grad_x, 4 ** (1 / power - 1), rtol=1e-6)
    x = np.array([huge, huge, 0, -huge], dtype).reshape(1, 1, 2, 2)
    for beta in (1e-3, 1, 1e300):
        assert log_prob_pool2d(x, beta, 2).item() == huge
        assert log_prob_pool2d(x, -beta, 2).item() == -huge
    assert log_prob_pool2d(x / x.max() * 1000, 1, 2).item() == pytest.approx(1000 + np.log(2))


@pools
def test_a_nan_shows_in_its_own_windows_only(name, dtype):
    pool, backward = pair_of(name)
    ones = np.ones((1, 1, 1, 2), dtype)
    for place in np.ndindex(2, 2):
        x = np.arange(8, dtype=dtype).reshape(1, 1, 2, 4)
        x[0, 0][place] = np.nan
        for parameter in (1, 2, 3):
            assert np.isnan(pool(x, parameter, 2)).tolist() == [[[[True, False]]]]
            grad_x = backward(ones, x, parameter, 2)[0, 0]
            assert np.isnan(grad_x[place])
            assert not np.isnan(grad_x[:, 2:]).any()


@pools
@pytest.mark.parametrize("others", [0, np.inf, -np.inf])
def test_a_nan_shows_beside_zeros_and_beside_infinities(name, others, dtype):
    pool, _ = pair_of(name)
    for place in range(4):
        x = np.full(4, others, dtype)
        x[place] = np.nan
        for parameter in (1, 2, 3):
            assert np.isnan(pool(x.reshape(1, 1, 2, 2), parameter, 2)).all()


def test_infinity_stays_visible(dtype):
    x = np.array([[1, -np.inf, 0, 0], [2, 3, np.inf, 0]], dtype).reshape(1, 1, 2, 4)
    ones = np.ones((1, 1, 1, 2), dtype)
    for power in (1, 2, 3.5):
        np.testing.assert_array_equal(lp_pool2d(x, power, 2)[0, 0], [[np.inf, np.inf]])
    grad_x = lp_pool2d_backward(ones, x, 2, 2)[0, 0]
    np.testing.assert_array_equal(grad_x, [[0, np.nan, 0, 0], [0, 0, np.nan, 0]])
    np.testing.assert_array_equal(log_prob_pool2d(x, 50, 2)[0, 0], np.array([[3, np.inf]], dtype))
    out = log_prob_pool2d(x, -1, 2)[0, 0]
    np.testing.assert_allclose(out, [[-np.inf, -np.log(3)]], rtol=1e-6)
    grad_x = log_prob_pool2d_backward(ones, x, -1, 2)[0, 0]
    np.testing.assert_allclose(grad_x, [[0, np.nan, 1 / 3, 1 / 3], [0, 0, 0, 1 / 3]], rtol=1e-6)


@pools
def test_views_and_read_only_arrays_work(name, rng):
    pool, backward = pair_of(name)
    view = rng.standard_normal((1, 1, 8, 8))[:, :, ::2, ::-1]
    view.flags.writeable = False
    np.testing.assert_array_equal(pool(view, 2, 2), pool(view.copy(), 2, 2))
    fortran = np.asfortranarray(pool(view, 2, 2))
    np.testing.assert_array_equal(
        backward(fortran, view, 2, 2), backward(fortran.copy("C"), view.copy(), 2, 2)
    )


X = np.zeros((1, 1, 5, 5), np.float32)


@pools
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((X, 1, (2, 6)), r"width 5 with kernel 6, .* \+ 1 = 0: at least 1 is needed"),
        ((X, 1, 2, 0), r"stride is 0; .* at least 1"),
        ((X.astype(np.int8), 1, 2), r"x is int8; float32 and float64"),
        ((X[0], 1, 2), r"x has shape \(1, 5, 5\)"),
        ((X, np.inf, 2), r"is inf; a finite number"),
        ((X, np.nan, 2), r"is nan; a finite number"),
        ((X, 0, 2), r"is 0\S*; a finite number"),
        ((X, "2", 2), r"is '2'; a finite number"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_numbers(name, arguments, message):
    pool, backward = pair_of(name)
    with pytest.raises(ValueError, match=f"{name}: .*{message}"):
        pool(*arguments)
    with pytest.raises(ValueError, match=f"{name}_backward: .*{message}"):
        backward(X, *arguments)


def test_a_power_below_one_is_refused():
    with pytest.raises(ValueError, match=r"norm_type is 0\.5; a finite number of at least 1 is"):
        lp_pool2d(X, 0.5, 2)


@pools
def test_a_gradient_of_another_shape_or_dtype_is_refused(name):
    _, backward = pair_of(name)
    with pytest.raises(ValueError, match=r"grad_out has shape \(1, 1, 5, 5\); \(1, 1, 2, 2\)"):
        backward(X, X, 2, 2)
    with pytest.raises(ValueError, match="grad_out is float64, x is float32"):
        backward(np.zeros((1, 1, 2, 2)), X, 2, 2)
