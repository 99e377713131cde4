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
    plain,
)

both = pytest.mark.parametrize("kernels", [tuiconv_kernels, plain], ids=["kernel", "plain"])
shapes = pytest.mark.parametrize("shape", [(4, 3), (1, 1), (2, 5, 2, 3), (0, 3)])


def draw(rng, shape, dtype=np.float64):
    logits = (3 * rng.standard_normal(shape)).astype(dtype)
    labels = rng.integers(0, shape[1], (shape[0], *shape[2:]))
    return logits, labels


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
def test_equal_scores_cost_the_logarithm_of_the_number_of_classes(kernels: ModuleType):
    loss = kernels.cross_entropy(np.zeros((2, 10, 3, 3)), np.full((2, 3, 3), 7))
    assert loss == pytest.approx(np.log(10))


@shapes
def test_they_agree_with_their_twins(shape, rng, dtype, close):
    logits, labels = draw(rng, shape, dtype)
    grad_out = rng.standard_normal(shape).astype(dtype)
    close(log_softmax(logits), plain.log_softmax(logits))
    close(log_softmax_backward(grad_out, logits), plain.log_softmax_backward(grad_out, logits))
    assert cross_entropy(logits, labels) == pytest.approx(
        plain.cross_entropy(logits, labels), rel=1e-5 if dtype == np.float32 else 1e-12, nan_ok=True
    )
    close(
        cross_entropy_backward(0.7, logits, labels),
        plain.cross_entropy_backward(0.7, logits, labels),
    )


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 2, 2)])
def test_gradients_agree_with_differences(shape, rng, check_gradients):
    logits, labels = draw(rng, shape)
    check_gradients(log_softmax, log_softmax_backward, logits)
    check_gradients(cross_entropy, cross_entropy_backward, logits, labels)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 1000), shift=st.floats(-500, 500))
def test_a_common_shift_of_the_scores_changes_nothing(seed, shift):
    logits, labels = draw(np.random.default_rng(seed), (3, 5))
    log_probability = log_softmax(logits)
    np.testing.assert_allclose(np.exp(log_probability).sum(axis=1), 1)
    np.testing.assert_allclose(log_softmax(logits + shift), log_probability, atol=1e-10)
    grad = cross_entropy_backward(1.0, logits, labels)
    np.testing.assert_allclose(grad.sum(axis=1), 0, atol=1e-15)


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
    assert cross_entropy(x, np.array([1, 0])) == pytest.approx((1e4 + np.log(2)) / 2)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_bad_score_makes_its_own_decision_nan_without_a_warning(bad):
    logits = np.zeros((2, 3))
    logits[1, 0] = bad
    assert np.isnan(log_softmax(logits)).any(axis=1).tolist() == [False, True]
    assert np.isnan(cross_entropy(logits, np.array([0, 0])))
    grad = cross_entropy_backward(1.0, logits, np.array([0, 0]))
    assert np.isnan(grad).any(axis=1).tolist() == [False, True]


def test_an_excluded_class_has_probability_zero():
    x = np.array([[0.0, -np.inf, 0.0]])
    np.testing.assert_allclose(log_softmax(x), [[-np.log(2), -np.inf, -np.log(2)]])
    assert cross_entropy(x, np.array([1])) == np.inf


def test_the_loss_of_an_empty_batch_is_nan_and_its_gradient_empty():
    logits, labels = np.zeros((0, 10), np.float32), np.zeros(0, np.int64)
    assert np.isnan(cross_entropy(logits, labels))
    assert cross_entropy_backward(1.0, logits, labels).shape == (0, 10)


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
    with pytest.raises(ValueError, match=f"cross_entropy: {message}"):
        cross_entropy(logits, np.array(labels))
    with pytest.raises(ValueError, match=f"cross_entropy_backward: {message}"):
        cross_entropy_backward(1.0, logits, np.array(labels))


def test_log_softmax_refuses_what_has_no_classes():
    with pytest.raises(ValueError, match=r"log_softmax: x has shape \(2, 3, 4\)"):
        log_softmax(np.zeros((2, 3, 4)))
    with pytest.raises(ValueError, match=r"grad_out has shape \(2, 2\); \(2, 3\) is needed"):
        log_softmax_backward(np.zeros((2, 2)), np.zeros((2, 3)))
