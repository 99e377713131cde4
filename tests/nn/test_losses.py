"""The losses: by hand, against PyTorch's definitions written out, and in training."""

import numpy as np
import pytest

import tuiconv_kernels as kernels
from tuiconv.errors import RequestError
from tuiconv.nn.events import BatchDone, EpochDone
from tuiconv.nn.losses import LOSSES, loss_named
from tuiconv.nn.network import Network
from tuiconv.nn.scoring import score
from tuiconv.nn.training import Trainer

every_loss = pytest.mark.parametrize("name", LOSSES)
of_scores = pytest.mark.parametrize("name", ["squared", "svm"])


def test_the_squared_loss_by_hand():
    scores = np.array([[0.5, 2, -3], [-1, -1, 1]])
    labels = np.array([0, 2])
    loss = loss_named("squared")
    # ½ · ((½ − 1)² + (2 + 1)² + (−3 + 1)²) for the first image, 0 for the second
    assert loss.mean(scores, labels) == (0.25 + 9 + 4) / 2 / 2
    expected = [[-0.25, 1.5, -1], [0, 0, 0]]
    np.testing.assert_array_equal(loss.gradient(scores, labels), expected)


def test_the_svm_loss_is_that_of_the_cs231n_notes():
    # their example: the scores 13, −7 and 11, of which the first is right, with a margin of 10;
    # a tenth of all is the same with a margin of 1
    scores, label = np.array([[1.3, -0.7, 1.1]]), np.array([0])
    loss = loss_named("svm")
    assert loss.mean(scores, label) == pytest.approx(8 / 10)
    np.testing.assert_array_equal(loss.gradient(scores, label), [[-1, 0, 1]])
    assert loss.mean(scores, label) == 3 * kernels.multi_margin_loss(scores, label)


@every_loss
def test_a_map_of_scores_costs_the_mean_over_its_places(name, rng):
    loss = loss_named(name)
    scores, labels = rng.standard_normal((2, 4, 3, 2)), rng.integers(0, 4, (2, 3, 2))
    flat = np.moveaxis(scores, 1, -1).reshape(-1, 4)
    assert loss.mean(scores, labels) == pytest.approx(loss.mean(flat, labels.reshape(-1)))
    gradient = np.moveaxis(loss.gradient(scores, labels), 1, -1).reshape(-1, 4)
    np.testing.assert_allclose(gradient, loss.gradient(flat, labels.reshape(-1)), rtol=1e-12)


@every_loss
@pytest.mark.parametrize("labels", [[0, 3], [0, -1], [0], [0.0, 1.0], [[0, 1]]])
def test_labels_that_do_not_fit_are_refused(name, labels):
    net = Network.parse("INPUT(1,2,2) -> FC(3) -> SOFTMAX")
    with pytest.raises(ValueError, match="label"):
        net.trace(np.zeros((2, 1, 2, 2)), np.array(labels), name)


def test_an_unknown_loss_is_refused_with_the_nearest():
    with pytest.raises(RequestError) as caught:
        loss_named("squares")
    assert str(caught.value) == (
        'loss "squares"; expected one of cross_entropy, squared, svm; did you mean squared?'
    )
    net = Network.parse("INPUT(1,2,2) -> FC(3)")
    with pytest.raises(RequestError, match="loss"):
        net.trace(np.zeros((1, 1, 2, 2)), np.array([0]), "hinge")
    with pytest.raises(RequestError, match="loss"):
        Trainer(net, loss="hinge")


@every_loss
@pytest.mark.parametrize("count", [7, 40])
def test_a_step_goes_down_the_slope_of_its_loss(name, count, small, problem):
    net = Network(small().spec, dtype=np.float64)
    x, labels = net.preprocessing(problem.train.images[:count]), problem.train.labels[:count]
    before, trace = net.state_dict(), net.trace(x, labels, name)
    loss = Trainer(net, lr=0.1, momentum=0, loss=name).step(x, labels)
    assert loss == pytest.approx(trace.loss, rel=1e-6)
    for parameter, after in net.state_dict().items():
        expected = before[parameter] - 0.1 * trace.parameter_gradients[parameter]
        np.testing.assert_allclose(after, expected, rtol=1e-6, atol=1e-7)


@of_scores
def test_a_final_softmax_makes_no_difference(name, small, problem):
    with_softmax = small()
    without = Network.parse(str(with_softmax.spec).removesuffix(" -> SOFTMAX"))
    without.class_names = with_softmax.class_names
    runs = []
    for net in (with_softmax, without):
        events = list(Trainer(net, lr=0.01, batch_size=20, loss=name).run(*problem, epochs=1))
        runs.append([e.loss for e in events if isinstance(e, BatchDone)] + [events[-2].test_loss])
    assert runs[0] == runs[1]
    assert with_softmax.parameters.tobytes() == without.parameters.tobytes()


@every_loss
def test_a_run_reports_its_loss_of_training_and_test(name, small, problem):
    net = small()
    start, *events = Trainer(net, lr=0.01, loss=name).run(*problem, epochs=6)
    assert start.loss == name
    epochs = [event for event in events if isinstance(event, EpochDone)]
    assert epochs[-1].train_loss < epochs[0].train_loss
    seen = net.outputs(net.preprocessing(problem.test.images), loss_named(name))
    found = score(seen, problem.test.labels, loss_named(name))
    assert epochs[-1].test_loss == pytest.approx(found.loss, rel=1e-6)
    assert epochs[-1].test_accuracy == found.accuracy


@of_scores
def test_any_number_of_threads_gives_the_same_numbers(name, small, problem):
    nets = []
    for threads in (1, 2, 3):
        nets.append(small())
        list(Trainer(nets[-1], threads=threads, loss=name).run(*problem, epochs=1))
    assert len({net.parameters.tobytes() for net in nets}) == 1


@every_loss
@pytest.mark.parametrize("end", ["CONV(3,3)", "CONV(3,3) -> SOFTMAX"])
def test_a_convolution_for_each_class_learns_like_the_full_layer_that_it_is(
    name, end, small, problem
):
    body = "INPUT(1,8,8) -> CONV(4,3) -> RELU -> POOL(2)"
    kernels_last = Network.parse(f"{body} -> {end}")
    full = Network.parse(f"{body} -> {end.replace('CONV(3,3)', 'FC(3)')}")
    full.parameters[:] = kernels_last.parameters
    runs = []
    for net in (kernels_last, full):
        net.class_names = small().class_names
        events = list(Trainer(net, lr=0.01, batch_size=20, loss=name).run(*problem, epochs=2))
        runs.append([event.loss for event in events if isinstance(event, BatchDone)])
        runs[-1] += [events[-2].test_loss, events[-2].test_accuracy]
    assert runs[0] == runs[1]
    assert kernels_last.parameters.tobytes() == full.parameters.tobytes()
