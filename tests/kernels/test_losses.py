from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tuiconv_kernels
from tuiconv_kernels import (
    cross_entropy,
    cross_entropy_backward,
    log_softmax,
    log_softmax_backward,
    mse_loss,
    mse_loss_backward,
    multi_margin_loss,
    multi_margin_loss_backward,
    plain,
    softmax,
    softmax_backward,
)

both = pytest.mark.parametrize("kernels", [tuiconv_kernels, plain], ids=["kernel", "plain"])
shapes = pytest.mark.parametrize("shape", [(4, 3), (1, 1), (2, 5, 2, 3), (0, 3)])


def draw(rng, shape, dtype=np.float64):
    logits = (3 * rng.standard_normal(shape)).astype(dtype)
    labels = rng.integers(0, shape[1], (shape[0], *shape[2:]))
    return logits, labels


@both
def test_probabilities_by_hand(kernels: ModuleType):
    x = np.log([[1.0, 2, 5]])
    np.testing.assert_allclose(kernels.softmax(x), [[1 / 8, 2 / 8, 5 / 8]])
    # the average gradient is 1/8 · 8 + 5/8 · 16 = 11
    grad_x = kernels.softmax_backward(np.array([[8.0, 0, 16]]), x)
    np.testing.assert_allclose(grad_x, [[1 / 8 * (8 - 11), 2 / 8 * (0 - 11), 5 / 8 * (16 - 11)]])


@both
def test_log_probabilities_by_hand(kernels: ModuleType):
    x = np.log([[1.0, 2, 5]])
    np.testing.assert_allclose(kernels.log_softmax(x), np.log([[1 / 8, 2 / 8, 5 / 8]]))
    grad_x = kernels.log_softmax_backward(np.array([[1.0, 0, 3]]), x)
    np.testing.assert_allclose(grad_x, [[1 - 4 / 8, 0 - 8 / 8, 3 - 20 / 8]])


@both
def test_cross_entropy_by_hand(kernels: ModuleType):
    logits, labels = np.log([[1.0, 2, 5], [1, 1, 2]]), np.array([2, 0])
    assert kernels.cross_entropy(logits, labels) == pytest.approx(
        (np.log(8 / 5) + np.log(4 / 1)) / 2
    )
    grad = kernels.cross_entropy_backward(2.0, logits, labels)
    np.testing.assert_allclose(grad, [[1 / 8, 2 / 8, 5 / 8 - 1], [1 / 4 - 1, 1 / 4, 2 / 4]])


@both
def test_label_smoothing_promises_every_class_a_little_by_hand(kernels: ModuleType):
    logits, labels = np.log([[1.0, 2, 5]]), np.array([2])
    # of 0.3, every class gets 0.1
    loss = 0.1 * np.log(8 / 1) + 0.1 * np.log(8 / 2) + 0.8 * np.log(8 / 5)
    assert kernels.cross_entropy(logits, labels, 0.3) == pytest.approx(loss)
    grad = kernels.cross_entropy_backward(2.0, logits, labels, 0.3)
    np.testing.assert_allclose(grad, [[2 * (1 / 8 - 0.1), 2 * (2 / 8 - 0.1), 2 * (5 / 8 - 0.8)]])


@both
def test_the_hinge_loss_by_hand(kernels: ModuleType):
    # the cat of CS231n: 3.2 for cat, 5.1 for car, −1.7 for frog costs max(0, 5.1 − 3.2 + 1) + 0
    logits, labels = np.array([[3.2, 5.1, -1.7]]), np.array([0])
    assert kernels.multi_margin_loss(logits, labels) == pytest.approx(2.9 / 3)
    grad = kernels.multi_margin_loss_backward(6.0, logits, labels)
    np.testing.assert_allclose(grad, [[-2, 2, 0]])
    # with a margin of 6 the frog, 4.9 behind, comes too near as well
    assert kernels.multi_margin_loss(logits, labels, 6) == pytest.approx((7.9 + 1.1) / 3)
    grad = kernels.multi_margin_loss_backward(6.0, logits, labels, 6)
    np.testing.assert_allclose(grad, [[-4, 2, 2]])


@both
def test_the_squared_error_by_hand(kernels: ModuleType):
    x, target = np.array([[1.0, 2], [3, 4]]), np.array([[1.0, 0], [4, 4]])
    assert kernels.mse_loss(x, target) == (0 + 4 + 1 + 0) / 4
    grad_x, grad_target = kernels.mse_loss_backward(2.0, x, target)
    np.testing.assert_array_equal(grad_x, [[0, 2 * 2 * 2 / 4], [2 * 2 * -1 / 4, 0]])
    np.testing.assert_array_equal(grad_target, -grad_x)


@both
def test_equal_scores_cost_the_logarithm_of_the_number_of_classes(kernels: ModuleType):
    loss = kernels.cross_entropy(np.zeros((2, 10, 3, 3)), np.full((2, 3, 3), 7))
    assert loss == pytest.approx(np.log(10))


@shapes
def test_they_agree_with_their_twins(shape, rng, dtype, close):
    logits, _ = draw(rng, shape, dtype)
    grad_out = rng.standard_normal(shape).astype(dtype)
    for name in ("softmax", "log_softmax"):
        function, twin = getattr(tuiconv_kernels, name), getattr(plain, name)
        close(function(logits), twin(logits))
        backward = getattr(tuiconv_kernels, f"{name}_backward")
        twin_backward = getattr(plain, f"{name}_backward")
        close(backward(grad_out, logits), twin_backward(grad_out, logits))


@shapes
@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("cross_entropy", 0.0),
        ("cross_entropy", 0.1),
        ("cross_entropy", 1.0),
        ("multi_margin_loss", 1.0),
        ("multi_margin_loss", 0.3),
    ],
)
def test_losses_of_labels_agree_with_their_twins(name, parameter, shape, rng, dtype, close):
    logits, labels = draw(rng, shape, dtype)
    function, twin = getattr(tuiconv_kernels, name), getattr(plain, name)
    assert function(logits, labels, parameter) == pytest.approx(
        twin(logits, labels, parameter),
        rel=1e-5 if dtype == np.float32 else 1e-12,
        abs=1e-12,
        nan_ok=True,
    )
    backward = getattr(tuiconv_kernels, f"{name}_backward")
    twin_backward = getattr(plain, f"{name}_backward")
    close(backward(0.7, logits, labels, parameter), twin_backward(0.7, logits, labels, parameter))


@pytest.mark.parametrize("shape", [(3, 4), (), (2, 3, 2, 2), (0, 3)])
def test_the_squared_error_agrees_with_its_twin_on_any_shape(shape, rng, dtype, close):
    x, target = (np.asarray(rng.standard_normal(shape), dtype) for _ in range(2))
    assert mse_loss(x, target) == pytest.approx(
        plain.mse_loss(x, target), rel=1e-5 if dtype == np.float32 else 1e-12, nan_ok=True
    )
    gradients = mse_loss_backward(0.7, x, target)
    for gradient, twin in zip(gradients, plain.mse_loss_backward(0.7, x, target), strict=True):
        close(gradient, twin)


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 2, 2)])
def test_gradients_agree_with_differences(shape, rng, check_gradients):
    logits, labels = draw(rng, shape)
    check_gradients(softmax, softmax_backward, logits)
    check_gradients(log_softmax, log_softmax_backward, logits)
    check_gradients(mse_loss, mse_loss_backward, logits, rng.standard_normal(shape))
    check_gradients(multi_margin_loss, multi_margin_loss_backward, logits, labels)
    for smoothing in (0.0, 0.2):
        check_gradients(
            cross_entropy,
            cross_entropy_backward,
            logits,
            labels,
            label_smoothing=smoothing,
        )


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 1000), shift=st.floats(-500, 500))
def test_a_common_shift_of_the_scores_changes_nothing(seed, shift):
    logits, labels = draw(np.random.default_rng(seed), (3, 5))
    log_probability = log_softmax(logits)
    np.testing.assert_allclose(np.exp(log_probability).sum(axis=1), 1)
    np.testing.assert_allclose(log_softmax(logits + shift), log_probability, atol=1e-10)
    np.testing.assert_allclose(softmax(logits + shift), np.exp(log_probability), atol=1e-10)
    assert multi_margin_loss(logits + shift, labels) == pytest.approx(
        multi_margin_loss(logits, labels), abs=1e-10
    )
    for backward in (cross_entropy_backward, multi_margin_loss_backward):
        np.testing.assert_allclose(backward(1.0, logits, labels).sum(axis=1), 0, atol=1e-15)


@given(seed=st.integers(0, 1000), smoothing=st.floats(0, 1))
def test_smoothing_mixes_the_loss_of_the_labels_with_that_of_all_classes_alike(seed, smoothing):
    logits, labels = draw(np.random.default_rng(seed), (3, 5))
    losses = [cross_entropy(logits, np.full(3, c)) for c in range(5)]
    expected = (1 - smoothing) * cross_entropy(logits, labels) + smoothing * np.mean(losses)
    assert cross_entropy(logits, labels, smoothing) == pytest.approx(expected)


@given(seed=st.integers(0, 1000), margin=st.floats(0, 5))
def test_a_lead_of_the_margin_costs_nothing_and_a_missing_lead_its_size(seed, margin):
    rng = np.random.default_rng(seed)
    logits, labels = draw(rng, (4, 6))
    highest = logits.max(axis=1, keepdims=True)
    np.put_along_axis(logits, labels[:, None], highest + margin + 0.001, axis=1)
    assert multi_margin_loss(logits, labels, margin) == 0
    assert not multi_margin_loss_backward(1.0, logits, labels, margin).any()
    level = np.zeros((4, 6))
    assert multi_margin_loss(level, labels, margin) == pytest.approx(margin * 5 / 6)


@given(seed=st.integers(0, 1000), shift=st.floats(-100, 100))
def test_a_constant_error_costs_its_square(seed, shift):
    x = np.random.default_rng(seed).standard_normal((2, 3))
    assert mse_loss(x + shift, x) == pytest.approx(shift**2, abs=1e-10)
    assert mse_loss(x, x) == 0


def test_the_loss_is_the_mean_of_the_picked_log_probabilities(rng):
    logits, labels = draw(rng, (6, 4))
    picked = log_softmax(logits)[np.arange(6), labels]
    assert cross_entropy(logits, labels) == pytest.approx(-picked.mean())
    grad_out = np.zeros((6, 4))
    grad_out[np.arange(6), labels] = -1 / 6
    np.testing.assert_allclose(
        cross_entropy_backward(1.0, logits, labels), log_softmax_backward(grad_out, logits)
    )


def test_huge_scores_do_not_overflow():
    x = np.array([[1e4, 0, -1e4], [3e38, 0, 3e38]], np.float32)
    np.testing.assert_allclose(
        log_softmax(x), [[0, -1e4, -2e4], [-np.log(2), -3e38, -np.log(2)]], rtol=1e-6
    )
    np.testing.assert_allclose(softmax(x), [[1, 0, 0], [1 / 2, 0, 1 / 2]])
    assert cross_entropy(x, np.array([1, 0])) == pytest.approx((1e4 + np.log(2)) / 2)
    # squares that float32 cannot hold
    assert mse_loss(x[:1], np.zeros((1, 3), np.float32)) == pytest.approx(2e8 / 3)
    assert mse_loss(x[1:], np.zeros((1, 3), np.float32)) == pytest.approx(18e76 / 3)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_bad_score_makes_its_own_decision_nan_without_a_warning(bad):
    logits = np.zeros((2, 3))
    logits[1, 0] = bad
    labels = np.array([0, 0])
    for function in (softmax, log_softmax):
        assert np.isnan(function(logits)).any(axis=1).tolist() == [False, True]
    assert np.isnan(cross_entropy(logits, labels))
    assert np.isnan(cross_entropy(logits, labels, 0.1))
    grads = [
        softmax_backward(np.ones_like(logits), logits),
        log_softmax_backward(np.ones_like(logits), logits),
        cross_entropy_backward(1.0, logits, labels),
    ]
    for grad in grads:
        assert np.isnan(grad).any(axis=1).tolist() == [False, True]


@both
def test_a_bad_score_shows_in_the_hinge_loss(kernels: ModuleType):
    logits = np.zeros((2, 3))
    for place, label in ((0, 0), (1, 0)):
        logits[1] = 0
        logits[1, place] = np.nan
        assert np.isnan(kernels.multi_margin_loss(logits, np.array([0, label])))
        grad = kernels.multi_margin_loss_backward(1.0, logits, np.array([0, label]))
        assert np.isnan(grad[1, place])
        assert not np.isnan(grad[0]).any()
    assert kernels.multi_margin_loss(np.array([[0, np.inf]]), np.array([0])) == np.inf
    assert np.isnan(kernels.multi_margin_loss(np.array([[np.inf, np.inf]]), np.array([0])))


def test_a_bad_value_shows_in_the_squared_error():
    x = np.array([0.0, np.nan, np.inf])
    assert np.isnan(mse_loss(x, np.zeros(3)))
    assert mse_loss(x[2:], np.zeros(1)) == np.inf
    np.testing.assert_array_equal(mse_loss_backward(3.0, x, np.zeros(3))[0], [0, np.nan, np.inf])


def test_an_excluded_class_has_probability_zero():
    x = np.array([[0.0, -np.inf, 0.0]])
    np.testing.assert_allclose(log_softmax(x), [[-np.log(2), -np.inf, -np.log(2)]])
    assert cross_entropy(x, np.array([1])) == np.inf
    np.testing.assert_array_equal(softmax(x), [[0.5, 0, 0.5]])
    assert cross_entropy(x, np.array([0])) == pytest.approx(np.log(2))
    assert cross_entropy(x, np.array([0]), 0.1) == np.inf


def test_the_loss_of_an_empty_batch_is_nan_and_its_gradient_empty():
    logits, labels = np.zeros((0, 10), np.float32), np.zeros(0, np.int64)
    assert np.isnan(cross_entropy(logits, labels, 0.1))
    assert np.isnan(multi_margin_loss(logits, labels))
    assert np.isnan(mse_loss(logits, logits))
    assert cross_entropy_backward(1.0, logits, labels).shape == (0, 10)
    assert multi_margin_loss_backward(1.0, logits, labels).shape == (0, 10)
    assert mse_loss_backward(1.0, logits, logits)[0].shape == (0, 10)


@pytest.mark.parametrize("kind", [np.uint8, np.int32, np.int64, np.uint64])
def test_labels_may_be_any_integers(kind):
    logits = np.eye(3)
    expected = cross_entropy(logits, np.array([0, 1, 2]))
    assert cross_entropy(logits, np.array([0, 1, 2], kind)) == expected


@pytest.mark.parametrize(
    ("logits", "labels", "message"),
    [
        (np.zeros((3, 10)), [0, 12, -1], "label 12 at position 1 is not a class; 0 to 9"),
        (np.zeros((3, 10)), [0, 1, -1], "label -1 at position 2 is not a class"),
        (np.zeros((1, 2, 2, 2)), [[[0, 1], [1, 2]]], "label 2 at position 0, 1, 1 is not"),
        (np.zeros((3, 10)), [0, 1], r"labels has shape \(2,\); \(3,\) is needed"),
        (np.zeros((3, 10)), [0.0, 1, 2], "labels are float64; integers are allowed"),
        (np.zeros((3, 10), np.int32), [0, 1, 2], "logits is int32; float32 and float64"),
        (np.zeros(3), [0, 1, 2], r"logits has shape \(3,\); \(n, classes\) and"),
        (np.zeros((3, 0)), [0, 1, 2], r"logits has shape \(3, 0\)"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_numbers(logits, labels, message):
    labels = np.array(labels)
    for function, backward in (
        (cross_entropy, cross_entropy_backward),
        (multi_margin_loss, multi_margin_loss_backward),
    ):
        with pytest.raises(ValueError, match=f"{function.__name__}: {message}"):
            function(logits, labels)
        with pytest.raises(ValueError, match=f"{backward.__name__}: {message}"):
            backward(1.0, logits, labels)


@pytest.mark.parametrize("smoothing", [-0.1, 1.1, np.nan, "0"])
def test_a_smoothing_that_is_no_share_is_refused(smoothing):
    message = f"label_smoothing is {smoothing!r}; a number from 0 to 1 is needed"
    with pytest.raises(ValueError, match=f"cross_entropy: {message}"):
        cross_entropy(np.zeros((1, 3)), np.array([0]), smoothing)
    with pytest.raises(ValueError, match=f"cross_entropy_backward: {message}"):
        cross_entropy_backward(1.0, np.zeros((1, 3)), np.array([0]), smoothing)


def test_a_margin_that_is_not_finite_is_refused():
    message = "margin is inf; a finite number is needed"
    with pytest.raises(ValueError, match=f"multi_margin_loss: {message}"):
        multi_margin_loss(np.zeros((1, 3)), np.array([0]), np.inf)
    with pytest.raises(ValueError, match=f"multi_margin_loss_backward: {message}"):
        multi_margin_loss_backward(1.0, np.zeros((1, 3)), np.array([0]), np.inf)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_scores_without_classes_are_refused(name):
    function = getattr(tuiconv_kernels, name)
    backward = getattr(tuiconv_kernels, f"{name}_backward")
    with pytest.raises(ValueError, match=rf"{name}: x has shape \(2, 3, 4\)"):
        function(np.zeros((2, 3, 4)))
    with pytest.raises(ValueError, match=r"grad_out has shape \(2, 2\); \(2, 3\) is needed"):
        backward(np.zeros((2, 2)), np.zeros((2, 3)))


def test_a_target_of_another_shape_or_dtype_is_refused():
    with pytest.raises(ValueError, match=r"mse_loss: target has shape \(3,\); \(3, 1\) is needed"):
        mse_loss(np.zeros((3, 1)), np.zeros(3))
    with pytest.raises(ValueError, match="mse_loss_backward: x is float64, target is float32"):
        mse_loss_backward(1.0, np.zeros(3), np.zeros(3, np.float32))
    with pytest.raises(ValueError, match="mse_loss: target is int64; float32 and float64"):
        mse_loss(np.zeros(3), np.arange(3))


def test_views_and_read_only_arrays_work(rng):
    view = rng.standard_normal((4, 6))[::2, ::-1]
    view.flags.writeable = False
    labels = np.arange(4)[::2]
    labels.flags.writeable = False
    copy = view.copy()
    np.testing.assert_array_equal(softmax(view), softmax(copy))
    assert mse_loss(view, 2 * view) == mse_loss(copy, 2 * copy)
    for name in ("cross_entropy", "multi_margin_loss"):
        backward = getattr(tuiconv_kernels, f"{name}_backward")
        np.testing.assert_array_equal(
            backward(1.0, view, labels), backward(1.0, np.asfortranarray(copy), labels.copy())
        )
