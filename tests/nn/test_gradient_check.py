import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiconv.errors import RequestError
from tuiconv.nn.evaluation import EvaluationError
from tuiconv.nn.gradient_check import (
    Slope,
    check_gradients,
    find_places,
    learned,
    nearest,
    sample_places,
)
from tuiconv.nn.layers import FullyConnected
from tuiconv.nn.network import Network


@pytest.fixture
def flags(small):
    return learned(small())


def test_one_weight_by_hand():
    # Scores (2w, 0) with w = 0.5 and x = 2; label 0: loss log(1 + e^-2w), its slope -2/(1 + e^2w)
    net = Network.parse("INPUT(1,1,1) -> FC(2)")
    net.load_state_dict({"fc1.weight": np.array([[0.5], [0]]), "fc1.bias": np.zeros(2)})
    x = np.full((1, 1, 1, 1), 2.0)
    (slope,) = check_gradients(net, x, np.array([0]), [("fc1.weight", (0, 0))])
    assert (slope.parameter, slope.value) == ("fc1.weight[0,0]", 0.5)
    assert slope.analytic == pytest.approx(-2 / (1 + math.e), rel=1e-14)
    assert slope.numeric == pytest.approx(-2 / (1 + math.e), rel=1e-9)
    assert slope.agrees


def test_every_parameter_of_a_small_network_agrees(small, rng):
    net = small(seed=3)
    x, labels = rng.standard_normal((4, 1, 8, 8)), np.array([0, 2, 1, 2])
    places = sample_places(learned(net), 10_000, rng)
    slopes = check_gradients(net, x, labels, places)
    assert len(slopes) == net.spec.totals.parameters
    assert all(slope.agrees for slope in slopes)
    assert max(abs(slope.analytic) for slope in slopes) > 0.01


def test_the_network_is_left_as_it_was(small, rng):
    net = small()
    before = net.parameters.tobytes()
    check_gradients(net, np.ones((1, 1, 8, 8)), np.array([1]), [("conv1.bias", (0,))])
    assert net.parameters.tobytes() == before
    assert net.parameters.dtype == np.float32


def test_a_loss_that_is_no_number_has_no_slope(small):
    net = small()
    net.parameters[:] = np.nan
    with pytest.raises(EvaluationError, match="the loss is nan"):
        check_gradients(net, np.ones((1, 1, 8, 8)), np.array([1]), [("conv1.bias", (0,))])


def test_a_wrong_backward_is_found_at_every_step(small, rng, monkeypatch):
    right = FullyConnected.backward

    def wrong(self, grad_out, x, gradients):
        grad_x = right(self, grad_out, x, gradients)
        gradients["weight"] *= 1.001
        return grad_x

    monkeypatch.setattr(FullyConnected, "backward", wrong)
    x, labels = rng.standard_normal((4, 1, 8, 8)), np.array([0, 2, 1, 2])
    places = [("fc1.weight", (0, 5)), ("fc1.bias", (0,))]
    weight, bias = check_gradients(small(), x, labels, places)
    assert not weight.agrees
    assert weight.relative_error == pytest.approx(0.001, rel=0.01)
    assert bias.agrees


def test_a_switch_of_relu_within_the_step_needs_a_smaller_one():
    # Hidden unit relu(w·1) with w = 2e-6: between w - 1e-5 and w + 1e-5 it switches off
    net = Network.parse("INPUT(1,1,1) -> FC(1) -> RELU -> FC(2)")
    zeros = {"fc1.bias": np.zeros(1), "fc2.bias": np.zeros(2)}
    weights = {"fc1.weight": np.array([[2e-6]]), "fc2.weight": np.array([[1], [0]])}
    net.load_state_dict(zeros | weights)
    x, labels = np.ones((1, 1, 1, 1)), np.array([0])
    (slope,) = check_gradients(net, x, labels, [("fc1.weight", (0, 0))])
    assert slope.step == 1e-6
    assert slope.agrees
    assert slope.analytic == pytest.approx(-0.5, rel=1e-5)


def test_relative_error_is_of_the_larger_one_and_rounding_is_forgiven():
    assert Slope("w", 0, 2.0, -1.0, 1e-5).relative_error == 1.5
    assert Slope("w", 0, 0.0, 0.0, 1e-5).relative_error == 0
    assert Slope("w", 0, 0.0, 5e-10, 1e-5).agrees
    assert not Slope("w", 0, 1.0, 1.0001, 1e-5).agrees
    assert not Slope("w", 0, math.nan, 1.0, 1e-5).agrees


def test_where_no_step_agrees_the_nearest_is_told():
    tried = [Slope("w", 0, 1.0, 3.0, 1e-5), Slope("w", 0, 1.0, 2.0, 1e-6)]
    assert nearest(tried).step == 1e-6


def test_a_name_with_an_index_is_that_number(flags, rng):
    assert find_places(flags, " conv1.weight [3, 0,2,1] ", 9, rng) == [
        ("conv1.weight", (3, 0, 2, 1))
    ]
    assert find_places(flags, "fc1.bias[2]", 9, rng) == [("fc1.bias", (2,))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("conv1.wieght[0,0,0,0]", "did you mean conv1.weight?"),
        ("nothing.like.it", "the network has conv1.weight, conv1.bias, fc1.weight, fc1.bias"),
        ("conv1.weight[4,0,0,0]", "indices 0 to 3, 0 to 0, 0 to 2, 0 to 2"),
        ("conv1.weight[-1,0,0,0]", "conv1.weight[-1,0,0,0]: the shape is (4, 1, 3, 3)"),
        ("conv1.weight[0,0]", "the shape is (4, 1, 3, 3)"),
        ("conv1.weight[]", "the shape is (4, 1, 3, 3)"),
        ("conv1.weight[0,0,0,1.5]", "expected indices"),
        ("conv1.weight[0,0,0,99999999999999999999]", "expected indices"),
        ("conv1.weight[0", "expected a parameter such as conv1.weight[2,0,1,1]"),
        ("", "expected a parameter such as"),
    ],
)
def test_what_names_no_parameter_is_refused(flags, rng, text, words):
    with pytest.raises(RequestError) as error:
        find_places(flags, text, 3, rng)
    assert words in str(error.value)


def test_weights_without_a_connection_are_neither_drawn_nor_checked(rng):
    net = Network.parse("INPUT(6,4,4) -> CONV(16,2,table=lenet5) -> FC(3)")
    flags = learned(net)
    connections = net.layers[0].connections
    drawn = sample_places({"conv1.weight": flags["conv1.weight"]}, 10_000, rng)
    assert len(drawn) == connections.sum() * 2 * 2
    assert all(connections[o, c] for _, (o, c, _, _) in drawn)
    o, c = np.argwhere(~connections)[0]
    with pytest.raises(RequestError, match="the layer's table has no such connection"):
        find_places(flags, f"conv1.weight[{o},{c},0,0]", 1, rng)


@given(st.integers(1, 50), st.integers(0, 9))
def test_a_sample_has_no_number_twice_and_as_many_of_every_parameter(count, seed):
    flags = {"a": np.ones((3, 4), bool), "b": np.ones(2, bool)}
    places = sample_places(flags, count, np.random.default_rng(seed))
    assert len(set(places)) == len(places) == min(count, 12) + min(count, 2)
    assert places == sorted(places)
