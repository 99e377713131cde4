import math

import numpy as np
import pytest

from tuiconv.nn.losses import LOSSES
from tuiconv.nn.scoring import Score, score, total


def test_an_image_counts_as_right_when_its_labels_output_is_the_largest():
    outputs = np.array([[3, 1, 2], [0, 5, 1], [0, 0, 9], [1, 0, 0]], np.float32)
    found = score(outputs, np.array([0, 1, 1, 0]))
    assert found.correct == 3
    assert found.images == 4
    assert found.accuracy == 3 / 4


def test_outputs_of_one_place_are_judged_like_those_without_one():
    outputs = np.array([[3, 1, 2], [0, 5, 1]], np.float32)
    labels = np.array([0, 2])
    for loss in LOSSES.values():
        expected = score(outputs, labels, loss)
        assert score(outputs.reshape(2, 3, 1, 1), labels, loss) == expected


def test_the_loss_is_the_mean_cross_entropy_unless_another_is_asked_for():
    outputs = np.log(np.array([[1, 3], [4, 1]], np.float32))
    expected = -(math.log(3 / 4) + math.log(1 / 5)) / 2
    assert score(outputs, np.array([1, 1])).loss == pytest.approx(expected, rel=1e-6)
    apart = np.array([[1, 0], [0, 1]], np.float32)
    assert score(apart, np.array([1, 1]), LOSSES["svm"]).loss == (2 + 0) / 2


def test_scores_add_up_weighted_by_their_images():
    together = total([Score(1.0, 2, 10), Score(4.0, 5, 5)])
    assert together == Score((10 * 1.0 + 5 * 4.0) / 15, 7, 15)
    assert together.accuracy == 7 / 15
