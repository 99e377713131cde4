"""From scores to decisions, against the formulas in NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiconv_kernels.decisions import (
    labels_back,
    learn_labels,
    log_probabilities,
    log_probabilities_back,
    score_margins,
    score_squares,
)
from tuiconv_kernels.lanes import LANES


def log_softmax(scores):
    """Along the second axis, in float64."""
    scores = scores.astype(np.float64)
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def run(scores):
    out = np.full_like(scores, 7)
    log_probabilities(scores.reshape(-1), scores.shape[1], scores.shape[2], out.reshape(-1))
    return out


def test_log_probabilities_by_hand(dtype):
    scores = np.log(np.array([[[1], [2], [5]], [[10], [0.5], [2]]], dtype))
    expected = np.log([[1 / 8, 2 / 8, 5 / 8], [10 / 12.5, 0.5 / 12.5, 2 / 12.5]])
    np.testing.assert_allclose(run(scores)[..., 0], expected, rtol=1e-5)


@pytest.mark.parametrize("shape", [(0, 3, 1), (1, 1, 1), (3, 4, 1), (2, 3, 5), (1, 10, LANES)])
def test_scores_may_lie_apart(shape, rng, dtype, close):
    scores = (5 * rng.standard_normal(shape)).astype(dtype)
    close(run(scores), log_softmax(scores).astype(dtype))


def test_large_scores_do_not_overflow_and_excluded_classes_keep_probability_0(dtype):
    scores = np.array([1e30, 1e30, -np.inf, -1e30], dtype).reshape(1, 4, 1)
    out = run(scores).reshape(-1)
    np.testing.assert_allclose(out[:2], np.log(0.5), rtol=1e-6)
    assert out[2] == -np.inf
    assert out[3] < -1e29


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_bad_score_spoils_its_decision_alone(bad, place, rng, dtype):
    scores = rng.standard_normal((3, 3, 2)).astype(dtype)
    scores[1, place, 1] = bad
    with np.errstate(all="ignore"):
        spoilt = np.isnan(run(scores))
    assert spoilt[1, place, 1]
    spoilt[1, :, 1] = False
    assert not spoilt.any()


@pytest.mark.parametrize("shape", [(0, 3, 1), (1, 1, 1), (3, 4, 1), (2, 3, 5)])
def test_gradients_are_those_of_the_formulas(shape, rng, dtype, close):
    n, classes, step = shape
    scores = rng.standard_normal(shape).astype(dtype)
    logs, probability = log_softmax(scores).astype(dtype), np.exp(log_softmax(scores))
    grad_out = rng.standard_normal(shape).astype(dtype)
    grad = np.full_like(scores, 7)
    log_probabilities_back(grad_out.reshape(-1), logs.reshape(-1), classes, step, grad.reshape(-1))
    expected = grad_out - probability * grad_out.sum(axis=1, keepdims=True, dtype=np.float64)
    close(grad, expected.astype(dtype))
    labels = rng.integers(0, classes, (n, step))
    labels_back(logs.reshape(-1), classes, step, labels.reshape(-1), 0.5, 0.1, grad.reshape(-1))
    target = 0.9 * (np.arange(classes)[:, np.newaxis] == labels[:, np.newaxis]) + 0.1 / classes
    close(grad, ((probability - target) * 0.5).astype(dtype))


def in_blocks(scores, blocks):
    """(n, classes) as flat (block, class, lane), NaN where no image is."""
    lanes = np.full((blocks * LANES, scores.shape[1]), np.nan, scores.dtype)
    lanes[: len(scores)] = scores
    return np.ascontiguousarray(lanes.reshape(blocks, LANES, -1).swapaxes(1, 2)).reshape(-1)


@given(
    images=st.integers(0, 2 * LANES), classes=st.integers(1, 5), share=st.floats(0.01, 2),
    dtype=st.sampled_from([np.float32, np.float64]), seed=st.integers(0, 99),
)  # fmt: skip
def test_blocks_of_images_learn_their_labels(images, classes, share, dtype, seed):
    rng = np.random.default_rng(seed)
    scores = rng.integers(-2, 3, (images, classes)).astype(dtype)  # with ties
    labels = rng.integers(0, classes, images)
    flat = in_blocks(scores, 2)
    grad = np.full_like(flat, 7)
    loss, correct = learn_labels(flat, classes, labels, share, grad)
    logs = log_softmax(scores) if images else np.zeros((0, classes))
    picked = logs[np.arange(images), labels]
    assert loss == pytest.approx(-picked.sum(), rel=1e-5, abs=1e-6)
    # of equal scores the first decides
    assert correct == (scores.argmax(axis=1) == labels).sum()
    expected = share * (np.exp(logs) - (np.arange(classes) == labels[:, np.newaxis]))
    rows = in_blocks(expected.astype(dtype), 2)
    np.testing.assert_allclose(grad, np.nan_to_num(rows), rtol=1e-5, atol=1e-6)
    assert (grad[np.isnan(rows)] == 0).all()


def test_a_nan_among_the_scores_reaches_the_loss_and_the_gradient_of_its_image_alone(dtype):
    scores = np.zeros((3, 4), dtype)
    scores[1, 2] = np.nan
    flat = in_blocks(scores, 1)
    grad = np.empty_like(flat)
    loss, _ = learn_labels(flat, 4, np.array([0, 1, 2]), 1.0, grad)
    assert np.isnan(loss)
    lanes = grad.reshape(4, LANES)
    assert np.isnan(lanes[:, 1]).all()
    assert np.isfinite(np.delete(lanes, 1, axis=1)).all()


def test_a_label_of_probability_0_costs_infinitely_much(dtype):
    flat = in_blocks(np.array([[0, -np.inf]], dtype), 1)
    grad = np.empty_like(flat)
    assert learn_labels(flat, 2, np.array([1]), 1.0, grad) == (np.inf, 0)
    np.testing.assert_array_equal(grad.reshape(2, LANES)[:, 0], [1, -1])


def judge(scorer, scores, labels, share):
    """The verdict on scores (n, classes), and their gradient; 0 must be where no image is."""
    blocks = -(-max(len(scores), 1) // LANES)
    flat, verdict = in_blocks(scores, blocks), np.zeros(2)
    grad = np.full_like(flat, 7)
    scorer(flat, scores.shape[1], np.array(labels), share, grad, verdict)
    rows = grad.reshape(blocks, scores.shape[1], LANES).swapaxes(1, 2).reshape(-1, scores.shape[1])
    assert (rows[len(scores) :] == 0).all()
    return *verdict, rows[: len(scores)]


def test_squares_by_hand(dtype):
    scores = np.array([[1, -1, -1], [0.5, 2, -3]], dtype)
    loss, correct, grad = judge(score_squares, scores, [0, 0], 0.5)
    assert loss == (0.5**2 + 3**2 + 2**2) / 2
    assert correct == 1
    np.testing.assert_array_equal(grad, [[0, 0, 0], [-0.25, 1.5, -1]])


def test_margins_by_hand(dtype):
    # behind by 1, ahead by ½, ahead by just enough, ahead by more than enough
    scores = np.array([[2, 3, 1.5, 1, 0], [9, 1, 2, 3, 4]], dtype)
    loss, correct, grad = judge(score_margins, scores, [0, 0], 0.5)
    assert loss == 2 + 0.5
    assert correct == 1
    np.testing.assert_array_equal(grad, [[-1, 0.5, 0.5, 0, 0], [0, 0, 0, 0, 0]])


@given(
    images=st.integers(0, 2 * LANES), classes=st.integers(1, 5), share=st.floats(0.01, 2),
    dtype=st.sampled_from([np.float32, np.float64]), seed=st.integers(0, 99),
)  # fmt: skip
def test_squares_and_margins_are_those_of_the_formulas(images, classes, share, dtype, seed):
    rng = np.random.default_rng(seed)
    scores = rng.integers(-3, 4, (images, classes)).astype(dtype)  # with ties
    labels = rng.integers(0, classes, images)
    chosen = np.arange(classes) == labels[:, np.newaxis]
    right = scores[np.arange(images), labels][:, np.newaxis]
    hits = (scores.argmax(axis=1) == labels).sum()

    loss, correct, grad = judge(score_squares, scores, labels, share)
    apart = scores - np.where(chosen, 1, -1)
    assert (loss, correct) == ((apart**2).sum() / 2, hits)
    np.testing.assert_allclose(grad, apart * share, rtol=1e-6)

    loss, correct, grad = judge(score_margins, scores, labels, share)
    inside = ~chosen & (scores - right > -1)
    assert (loss, correct) == ((scores - right + 1)[inside].sum(), hits)
    expected = inside * share - chosen * inside.sum(axis=1, keepdims=True) * share
    np.testing.assert_allclose(grad, expected, rtol=1e-6)


@pytest.mark.parametrize("scorer", [score_squares, score_margins])
@pytest.mark.parametrize("place", [0, 2])
def test_a_nan_score_stays_visible_in_its_image_alone(scorer, place, dtype):
    scores = np.zeros((3, 4), dtype)
    scores[1, place] = np.nan
    loss, _, grad = judge(scorer, scores, [0, 0, 0], 1.0)
    assert np.isnan(loss)
    assert np.isnan(grad[1, place])
    assert np.isfinite(np.delete(grad, 1, axis=0)).all()
