from math import sqrt
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tuiconv_kernels
from tuiconv_kernels import batch_norm, batch_norm_backward, plain

both = pytest.mark.parametrize("kernels", [tuiconv_kernels, plain], ids=["kernel", "plain"])
shapes = pytest.mark.parametrize(
    "shape",
    [(5, 3), (2, 1), (4, 2, 3, 5), (1, 3, 2, 1), (2, 3, 1, 1), (3, 2, 7), (0, 3), (0, 2, 4, 4)],
    ids=str,
)
modes = pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])

EPS = 1e-5
X = np.array([[1.0], [3.0]])  # mean 2, variance ((1 − 2)² + (3 − 2)²) / 2 = 1


@both
def test_a_batch_by_hand(kernels: ModuleType):
    out = kernels.batch_norm(X, np.zeros(1), np.ones(1), training=True, eps=EPS)
    np.testing.assert_allclose(out, [[(1 - 2) / sqrt(1 + EPS)], [(3 - 2) / sqrt(1 + EPS)]])


@both
def test_weight_and_bias_come_last(kernels: ModuleType):
    out = kernels.batch_norm(X, None, None, np.array([10.0]), np.array([5.0]), training=True)
    np.testing.assert_allclose(out, [[5 - 10 / sqrt(1 + EPS)], [5 + 10 / sqrt(1 + EPS)]])


@both
def test_running_statistics_move_by_the_momentum_and_take_the_unbiased_variance(
    kernels: ModuleType,
):
    running_mean, running_var = np.array([7.0]), np.array([5.0])
    kernels.batch_norm(X, running_mean, running_var, training=True, momentum=0.1)
    np.testing.assert_allclose(running_mean, [0.9 * 7 + 0.1 * 2])
    np.testing.assert_allclose(running_var, [0.9 * 5 + 0.1 * 1 * 2 / (2 - 1)])


@both
def test_without_training_the_running_statistics_are_used_and_kept(kernels: ModuleType):
    running_mean, running_var = np.array([7.0]), np.array([4.0])
    out = kernels.batch_norm(X, running_mean, running_var, eps=EPS)
    np.testing.assert_allclose(out, [[(1 - 7) / sqrt(4 + EPS)], [(3 - 7) / sqrt(4 + EPS)]])
    assert (running_mean, running_var) == ([7], [4])


@both
def test_a_channel_is_normalised_over_all_images_and_places(kernels: ModuleType):
    x = np.array([[1.0, 3], [5, 7]]).reshape(2, 1, 1, 2)  # mean 4, variance (9 + 1 + 1 + 9) / 4
    out = kernels.batch_norm(x, None, None, training=True, eps=EPS)
    np.testing.assert_allclose(out.reshape(-1), np.array([-3, -1, 1, 3]) / sqrt(5 + EPS))


@both
def test_gradients_in_evaluation_by_hand(kernels: ModuleType):
    mean, var, weight, bias = (np.array([value]) for value in (7.0, 4.0, 10.0, 0.0))
    grad_out = np.array([[2.0], [1.0]])
    grad_x, *of_running, grad_weight, grad_bias = kernels.batch_norm_backward(
        grad_out, X, mean, var, weight, bias, eps=EPS
    )
    np.testing.assert_allclose(grad_x, grad_out * 10 / sqrt(4 + EPS))
    assert of_running == [None, None]
    np.testing.assert_allclose(grad_weight, [(2 * (1 - 7) + 1 * (3 - 7)) / sqrt(4 + EPS)])
    np.testing.assert_array_equal(grad_bias, [2 + 1])


@both
def test_two_values_become_plus_and_minus_one_so_no_gradient_reaches_them(kernels: ModuleType):
    x = np.array([[1.0], [1.5]])
    grad_x, *_ = kernels.batch_norm_backward(
        np.array([[2.0], [-7.0]]), x, None, None, training=True, eps=1e-14
    )
    np.testing.assert_allclose(grad_x, 0, atol=1e-10)


@both
@modes
def test_the_backward_pass_leaves_the_running_statistics_alone(kernels: ModuleType, training):
    running_mean, running_var = np.array([7.0]), np.array([5.0])
    running_mean.flags.writeable = running_var.flags.writeable = False
    kernels.batch_norm_backward(X, X, running_mean, running_var, training=training)
    assert (running_mean, running_var) == ([7], [5])


@both
def test_weight_and_bias_that_are_absent_have_no_gradient(kernels: ModuleType):
    gradients = kernels.batch_norm_backward(X, X, None, None, training=True)
    assert gradients[1:] == (None, None, None, None)


@shapes
@modes
@pytest.mark.parametrize("scaled", [True, False], ids=["scaled", "plain y"])
def test_it_agrees_with_its_twin(shape, training, scaled, rng, dtype, close):
    x, grad_out = rng.normal(2, 3, (2, *shape)).astype(dtype)
    channels = shape[1]
    weight, bias, mean = rng.standard_normal((3, channels)).astype(dtype)
    if not scaled:
        weight = bias = None
    var = rng.uniform(1, 2, channels).astype(dtype)
    ours, theirs = (mean.copy(), var.copy()), (mean.copy(), var.copy())
    options = (weight, bias, training, 0.3, 1e-3)
    close(batch_norm(x, *ours, *options), plain.batch_norm(x, *theirs, *options))
    close(ours[0], theirs[0])
    close(ours[1], theirs[1])
    actual = batch_norm_backward(grad_out, x, mean, var, *options)
    expected = plain.batch_norm_backward(grad_out, x, mean, var, *options)
    for gradient, twin in zip(actual, expected, strict=True):
        if twin is None:
            assert gradient is None
        else:
            close(gradient, twin)


@pytest.mark.parametrize("shape", [(5, 2), (2, 2, 2, 3)], ids=str)
@modes
def test_gradients_agree_with_differences(shape, training, rng, check_gradients):
    x, (weight, bias, mean) = rng.standard_normal(shape), rng.standard_normal((3, 2))
    var = rng.uniform(1, 2, 2)

    def forward(x, weight, bias):
        return batch_norm(x, mean.copy(), var.copy(), weight, bias, training)

    def backward(grad_out, x, weight, bias):
        grad_x, _, _, *others = batch_norm_backward(grad_out, x, mean, var, weight, bias, training)
        return grad_x, *others

    check_gradients(forward, backward, x, weight, bias)


@given(scale=st.floats(0.01, 100), shift=st.floats(-100, 100), seed=st.integers(0, 100))
def test_scale_and_shift_of_a_channel_do_not_matter(scale, shift, seed):
    x = np.random.default_rng(seed).standard_normal((4, 2, 3))
    expected = batch_norm(x, None, None, training=True, eps=1e-14)
    out = batch_norm(scale * x + shift, None, None, training=True, eps=1e-14)
    np.testing.assert_allclose(out, expected, rtol=1e-6, atol=1e-6)


@given(seed=st.integers(0, 100))
def test_in_training_the_gradient_of_a_channel_has_no_mean_and_no_part_along_the_output(seed):
    x, grad_out = np.random.default_rng(seed).standard_normal((2, 4, 2, 3))
    out = batch_norm(x, None, None, training=True, eps=1e-14)
    grad_x, *_ = batch_norm_backward(grad_out, x, None, None, training=True, eps=1e-14)
    np.testing.assert_allclose(grad_x.sum(axis=(0, 2)), 0, atol=1e-9)
    np.testing.assert_allclose((grad_x * out).sum(axis=(0, 2)), 0, atol=1e-9)


def test_after_many_equal_batches_evaluation_does_what_training_did(rng):
    x = rng.normal(5, 2, (50, 3))
    mean, var = np.zeros(3), np.ones(3)
    for _ in range(200):
        trained = batch_norm(x, mean, var, training=True)
    np.testing.assert_allclose(mean, x.mean(axis=0))
    np.testing.assert_allclose(var, x.var(axis=0, ddof=1))
    np.testing.assert_allclose(batch_norm(x, mean, var), trained * sqrt(49 / 50), rtol=1e-5)


def test_a_large_mean_costs_the_variance_no_digits(rng):
    x = (rng.standard_normal((200, 1, 5, 5)) + 10_000).astype(np.float32)
    mean, var = np.zeros(1, np.float32), np.zeros(1, np.float32)
    out = batch_norm(x, mean, var, training=True, momentum=1)
    exact = x.astype(np.float64)
    np.testing.assert_allclose(var, exact.var(ddof=1), rtol=1e-6)
    normalised = (exact - exact.mean()) / sqrt(exact.var() + EPS)
    np.testing.assert_allclose(out, normalised, rtol=1e-5, atol=1e-6)


@both
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_bad_value_spoils_its_channel_in_training_and_itself_in_evaluation(
    kernels: ModuleType, bad
):
    x = np.arange(12, dtype=np.float32).reshape(2, 3, 2)
    x[1, 1, 0] = bad
    mean, var = np.zeros(3, np.float32), np.ones(3, np.float32)
    evaluated = kernels.batch_norm(x, mean, var)
    assert np.argwhere(~np.isfinite(evaluated)).tolist() == [[1, 1, 0]]
    trained = kernels.batch_norm(x, mean, var, training=True)
    assert np.isnan(trained).any(axis=(0, 2)).tolist() == [False, True, False]
    assert (~np.isfinite(mean)).tolist() == [False, True, False]
    grad_x, *_ = kernels.batch_norm_backward(np.ones_like(x), x, mean, var, training=True)
    assert np.isnan(grad_x).any(axis=(0, 2)).tolist() == [False, True, False]


@both
def test_a_constant_channel_becomes_its_bias(kernels: ModuleType):
    x = np.full((3, 1, 2), 0.1, np.float32)
    out = kernels.batch_norm(x, None, None, bias=np.array([4], np.float32), training=True)
    np.testing.assert_allclose(out, 4, rtol=1e-6)


@both
def test_an_empty_batch_moves_no_statistics(kernels: ModuleType):
    mean, var = np.array([7.0, 8]), np.array([5.0, 6])
    assert kernels.batch_norm(np.zeros((0, 2, 3)), mean, var, training=True).shape == (0, 2, 3)
    assert (mean.tolist(), var.tolist()) == ([7, 8], [5, 6])


def test_views_and_read_only_arrays_work(rng):
    view = rng.standard_normal((4, 4, 6))[::2, :, ::-2]
    view.flags.writeable = False
    mean, var = rng.uniform(1, 2, (2, 8))[:, ::2]
    np.testing.assert_array_equal(
        batch_norm(view, mean, var), batch_norm(view.copy(), mean.copy(), var.copy())
    )


def read_only() -> np.ndarray:
    array = np.zeros(3)
    array.flags.writeable = False
    return array


@pytest.mark.parametrize(
    ("running", "flaw"),
    [
        ([0.0, 0.0, 0.0], "a list"),
        (read_only(), "a read-only array"),
        (np.zeros(6)[::2], r"an array of float64 with strides \(16,\)"),
    ],
)
@pytest.mark.parametrize("name", ["running_mean", "running_var"])
def test_in_training_statistics_that_cannot_be_updated_are_refused(name, running, flaw):
    statistics = {"running_mean": np.zeros(3), "running_var": np.ones(3), name: running}
    with pytest.raises(ValueError, match=f"batch_norm: {name} is {flaw}; it is updated in place"):
        batch_norm(np.zeros((2, 3)), **statistics, training=True)
    batch_norm(np.zeros((2, 3)), **statistics)


def test_a_refused_call_has_not_moved_the_statistics():
    mean, var = np.zeros(1), np.ones(1)
    with pytest.raises(ValueError, match="bias"):
        batch_norm(X, mean, var, None, np.zeros(2), training=True)
    with pytest.raises(ValueError, match="eps"):
        batch_norm(X, mean, var, training=True, eps=0)
    assert (mean, var) == ([0], [1])


@pytest.mark.parametrize("shape", [(1, 3), (1, 2, 1, 1)], ids=str)
@pytest.mark.parametrize("function", [batch_norm, batch_norm_backward])
def test_training_on_one_value_in_a_channel_is_refused(function, shape):
    x = np.zeros(shape)
    arrays = (x,) if function is batch_norm else (x, x)
    with pytest.raises(ValueError, match=r"one value in a channel; training needs at least 2"):
        function(*arrays, None, None, training=True)


C3 = np.zeros(3)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((C3, C3, C3), {}, r"x has shape \(3,\); \(n, c\) and \(n, c, …\)"),
        ((np.zeros((2, 3), int), C3, C3), {}, "x is int64; float32 and float64"),
        ((np.zeros((2, 4)), C3, C3), {}, r"running_mean has shape \(3,\); \(4,\) is needed"),
        ((np.zeros((2, 3)), C3, np.zeros(4)), {}, r"running_var has shape \(4,\); \(3,\)"),
        ((np.zeros((2, 3)), None, C3), {}, "running_mean is None; only training can do without"),
        ((np.zeros((2, 3)), C3, None), {}, "running_var is None"),
        ((np.zeros((2, 3), np.float32), C3, C3), {}, "x is float32, running_mean is float64"),
        ((np.zeros((2, 3)), C3, C3), {"weight": np.zeros(2)}, r"weight has shape \(2,\); \(3,\)"),
        ((np.zeros((2, 3)), C3, C3), {"bias": np.zeros((3, 1))}, r"bias has shape \(3, 1\)"),
        ((np.zeros((2, 3)), C3, C3), {"momentum": 1.5}, "momentum is 1.5; a number from 0 to 1"),
        ((np.zeros((2, 3)), C3, C3), {"eps": 0.0}, "eps is 0.0; a number above 0"),
        ((np.zeros((2, 3)), C3, C3), {"eps": np.nan}, "eps is nan"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_numbers(arguments, options, message):
    with pytest.raises(ValueError, match=f"batch_norm: {message}"):
        batch_norm(*arguments, **options)
    with pytest.raises(ValueError, match=f"batch_norm_backward: {message}"):
        batch_norm_backward(arguments[0], *arguments, **options)


def test_a_gradient_of_another_shape_or_dtype_is_refused():
    with pytest.raises(ValueError, match=r"grad_out has shape \(3, 2\); \(2, 3\) is needed"):
        batch_norm_backward(np.zeros((3, 2)), np.zeros((2, 3)), C3, C3)
    with pytest.raises(ValueError, match="grad_out is float32, x is float64"):
        batch_norm_backward(np.zeros((2, 3), np.float32), np.zeros((2, 3)), C3, C3)
