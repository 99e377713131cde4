import numpy as np
import pytest

from tuiconv.nn.network import Network

NAMES = ["input", "conv1", "relu1", "pool1", "fc1", "softmax"]
SHAPES = [(5, 1, 8, 8), (5, 4, 6, 6), (5, 4, 6, 6), (5, 4, 3, 3), (5, 3), (5, 3)]


@pytest.fixture
def batch(rng):
    return rng.standard_normal((5, 1, 8, 8)).astype(np.float32), np.array([0, 2, 1, 1, 0])


def test_a_trace_holds_what_left_every_layer_by_its_name(small, batch):
    net, (x, labels) = small(), batch
    trace = net.trace(x, labels)
    assert list(trace.activations) == NAMES
    assert [a.shape for a in trace.activations.values()] == SHAPES
    np.testing.assert_array_equal(trace.activations["input"], x)
    np.testing.assert_array_equal(trace.activations["softmax"], net(x))
    relu = np.maximum(trace.activations["conv1"], 0)
    np.testing.assert_array_equal(trace.activations["relu1"], relu)


def test_gradients_have_the_names_and_shapes_of_what_they_belong_to(small, batch):
    net, (x, labels) = small(), batch
    trace = net.trace(x, labels)
    assert list(trace.gradients) == NAMES
    assert [g.shape for g in trace.gradients.values()] == SHAPES
    state = net.state_dict()
    assert list(trace.parameter_gradients) == list(state)
    for name, gradient in trace.parameter_gradients.items():
        assert gradient.shape == state[name].shape


def test_nothing_in_a_trace_is_float64(small, batch):
    trace = small().trace(*batch)
    for part in (trace.activations, trace.gradients, trace.parameter_gradients):
        assert {array.dtype for array in part.values()} == {np.dtype(np.float32)}


def test_the_loss_is_minus_the_mean_log_probability_of_the_right_classes(small, batch):
    x, labels = batch
    trace = small().trace(x, labels)
    log_probabilities = trace.activations["softmax"]
    assert trace.loss == pytest.approx(-log_probabilities[np.arange(5), labels].mean(), rel=1e-6)


def test_before_the_softmax_the_gradient_is_probability_minus_truth_over_the_batch(small, batch):
    x, labels = batch
    trace = small().trace(x, labels)
    expected = (np.exp(trace.activations["softmax"]) - np.eye(3)[labels]) / 5
    np.testing.assert_allclose(trace.gradients["fc1"], expected, atol=1e-6)


def test_a_small_step_changes_the_loss_as_the_gradient_foretells(batch, rng):
    text = "INPUT(1,8,8) -> CONV(4,3) -> TANH -> AVGPOOL(2) -> FC(3) -> SOFTMAX"
    net = Network(Network.parse(text).spec, dtype=np.float64)
    x, labels = batch
    before = net.trace(x, labels)
    direction = rng.standard_normal(len(net.parameters))
    foretold = sum(
        float((gradient * step).sum())
        for gradient, step in zip(
            before.parameter_gradients.values(), net.named(direction).values(), strict=True
        )
    )
    net.parameters += 1e-6 * direction
    assert net.trace(x, labels).loss - before.loss == pytest.approx(1e-6 * foretold, rel=1e-3)


def test_without_labels_there_are_no_gradients(small, batch):
    trace = small().trace(batch[0])
    assert list(trace.activations) == NAMES
    assert trace.gradients == {}
    assert trace.parameter_gradients == {}
    assert trace.loss is None


def test_looking_changes_nothing(small, batch):
    net = small()
    before = net.parameters.copy()
    net.trace(*batch)
    np.testing.assert_array_equal(net.parameters, before)


@pytest.mark.parametrize("labels", [[0, 1, 2], [0, 1, 2, 0, 3], [0, 1, 2, 0, -1]])
def test_labels_that_do_not_fit_are_refused(small, batch, labels):
    with pytest.raises(ValueError, match="label"):
        small().trace(batch[0], np.array(labels))


def test_an_empty_batch_can_be_traced(small):
    trace = small().trace(np.zeros((0, 1, 8, 8), np.float32), np.zeros(0, np.int64))
    assert [a.shape for a in trace.activations.values()] == [(0, *shape[1:]) for shape in SHAPES]
    assert not any(gradient.any() for gradient in trace.parameter_gradients.values())
