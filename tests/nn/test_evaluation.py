import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiconv.data.dataset import Dataset, Preprocessing
from tuiconv.errors import RequestError
from tuiconv.nn import evaluation
from tuiconv.nn.evaluation import EvaluationError, evaluate
from tuiconv.nn.network import Network

CLASSES = ("low", "middle", "high")


@pytest.fixture
def reader():
    """Its three scores are the three pixels, from 0 to 1."""
    net = Network.parse("INPUT(1,1,3) -> FC(3)")
    net.load_state_dict({"fc1.weight": np.eye(3), "fc1.bias": np.zeros(3)})
    net.class_names, net.preprocessing = CLASSES, Preprocessing(0.0, 1.0)
    return net


def pixels(rows, labels):
    images = np.array(rows, np.uint8).reshape(-1, 1, 1, 3)
    return Dataset("three pixels", images, np.array(labels), CLASSES)


ROWS = [[255, 0, 0], [255, 0, 0], [0, 255, 0], [0, 51, 0], [255, 0, 51]]
LABELS = [0, 1, 1, 0, 0]


def test_five_images_by_hand(reader):
    found = evaluate(reader, pixels(ROWS, LABELS))
    # read as 0, 0, 1, 1, 0
    assert found.confusion.tolist() == [[2, 1, 0], [1, 1, 0], [0, 0, 0]]
    assert (found.images, found.correct, found.accuracy) == (5, 3, 3 / 5)
    assert found.precision == [2 / 3, 1 / 2, None]
    assert found.recall == [2 / 3, 1 / 2, None]
    e, fifth = math.e, math.exp(51 / 255)
    of_label = [e / (e + 2), 1 / (e + 2), e / (e + 2), 1 / (2 + fifth), e / (e + 1 + fifth)]
    assert found.loss == pytest.approx(-sum(map(math.log, of_label)) / 5, rel=1e-6)


def test_the_worst_mistake_is_the_one_whose_label_got_least(reader):
    worst, other = evaluate(reader, pixels(ROWS, LABELS)).mistakes
    assert (worst.index, worst.label, worst.read_as) == (1, 1, 0)
    assert worst.probability == pytest.approx(math.e / (math.e + 2), rel=1e-6)
    assert worst.label_probability == pytest.approx(1 / (math.e + 2), rel=1e-6)
    assert (other.index, other.label, other.read_as) == (3, 0, 1)


def test_a_softmax_at_the_end_changes_nothing(reader):
    net = Network.parse("INPUT(1,1,3) -> FC(3) -> SOFTMAX")
    net.load_state_dict(reader.state_dict())
    net.preprocessing = reader.preprocessing
    with_softmax, without = (evaluate(each, pixels(ROWS, LABELS)) for each in (net, reader))
    assert with_softmax.loss == pytest.approx(without.loss, rel=1e-6)
    assert with_softmax.confusion.tolist() == without.confusion.tolist()


@given(
    st.lists(
        st.tuples(st.tuples(*[st.integers(0, 255)] * 3), st.integers(0, 2)), min_size=1, max_size=9
    )
)
def test_every_image_is_counted_once_and_every_mistake_named(cases):
    net = Network.parse("INPUT(1,1,3) -> FC(3)", seed=4)
    rows, labels = zip(*cases, strict=True)
    found = evaluate(net, pixels(rows, labels))
    assert found.confusion.sum(axis=1).tolist() == [labels.count(k) for k in range(3)]
    assert found.correct + len(found.mistakes) == found.images == len(cases)
    shown = [mistake.label_probability for mistake in found.mistakes]
    assert shown == sorted(shown)
    assert all(m.label == labels[m.index] != m.read_as for m in found.mistakes)


def test_the_result_does_not_depend_on_how_the_images_are_cut(reader, monkeypatch):
    whole = evaluate(reader, pixels(ROWS, LABELS))
    monkeypatch.setattr(evaluation, "IMAGES", 2)
    parts = evaluate(reader, pixels(ROWS, LABELS))
    assert parts.confusion.tolist() == whole.confusion.tolist()
    assert parts.mistakes == whole.mistakes
    assert parts.loss == whole.loss


def test_outputs_that_are_no_numbers_are_refused(reader):
    reader.parameters[0] = np.nan
    with pytest.raises(EvaluationError, match="5 of 5 images: its training diverged"):
        evaluate(reader, pixels(ROWS, LABELS))


def test_images_and_classes_must_fit(reader):
    with pytest.raises(RequestError, match="is empty"):
        evaluate(reader, pixels([], np.zeros(0, np.int64)))
    with pytest.raises(RequestError, match="1×1×3 images; the network's INPUT is 1×2×3"):
        evaluate(Network.parse("INPUT(1,2,3) -> FC(3)"), pixels(ROWS, LABELS))
    with pytest.raises(RequestError, match="3 classes; the network has 4 outputs"):
        evaluate(Network.parse("INPUT(1,1,3) -> FC(4)"), pixels(ROWS, LABELS))
