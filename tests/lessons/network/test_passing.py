import numpy as np
import pytest

from tuiconv.lessons.network.passing import Passing
from tuiconv.nn.network import Network


def test_the_numbers_are_those_of_a_trace(passing):
    x = passing.net.preprocessing(passing.pixels[np.newaxis])
    labels = np.full((1, *passing.activations[-1].shape[2:]), 1)
    trace = passing.net.trace(x, labels)
    for place, name in enumerate(trace.activations):
        np.testing.assert_array_equal(passing.activations[place], trace.activations[name])
        np.testing.assert_array_equal(passing.gradients[place], trace.gradients[name])
    for name, gradient in trace.parameter_gradients.items():
        layer, parameter = name.split(".")
        np.testing.assert_array_equal(passing.weight_gradients[layer][parameter], gradient)


def test_probabilities_sum_to_1_with_and_without_a_softmax(passing):
    assert passing.probabilities.sum() == pytest.approx(1, abs=1e-6)
    assert passing.guess == passing.probabilities.argmax()


def test_without_a_label_the_loss_is_that_of_the_guess():
    net = Network.parse("INPUT(1,2,2) -> FC(3)", seed=0)
    passing = Passing(net, np.zeros((1, 2, 2), np.uint8), None)
    assert passing.target == passing.guess


def test_the_gradient_of_a_unit_is_how_it_follows_each_pixel(passing):
    net = Network(passing.net.spec, dtype=np.float64)
    net.load_state_dict(passing.net.state_dict())
    exact = Passing(net, passing.pixels, 1)
    place = len(net.layers) // 2
    unit = tuple(size // 2 for size in exact.activations[place].shape[1:])
    gradient = exact.gradients_of(place, unit)[0]
    step, x = 1e-6, exact.activations[0]
    for pixel in [(0, 0, 0, 0), tuple(size // 2 for size in x.shape)]:
        ends = []
        for sign in (1, -1):
            moved = x.copy()
            moved[pixel] += sign * step
            ends.append(net.forward(moved)[place][(0, *unit)])
        assert gradient[pixel] == pytest.approx((ends[0] - ends[1]) / (2 * step), abs=1e-5)


def test_without_a_unit_later_layers_are_what_a_network_with_0_in_its_place_gives():
    net = Network.parse("INPUT(1,2,2) -> FC(3) -> RES[FC(3)] -> FC(2)", seed=2)
    passing = Passing(net, np.arange(4, dtype=np.uint8).reshape(1, 2, 2), 0)
    changes = passing.changes_without(1, (2,))
    hidden = passing.activations[1].copy()
    hidden[0, 2] = 0
    other = net.layers[1].forward(hidden) + hidden
    np.testing.assert_array_equal(changes[3], other - passing.activations[3])
    assert sorted(changes) == [1, 2, 3, 4]
