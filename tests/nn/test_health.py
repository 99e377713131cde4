import json
import math
from dataclasses import asdict

import numpy as np
import pytest

from tuiconv.arithmetic import parse
from tuiconv.nn import health
from tuiconv.nn.events import Health
from tuiconv.nn.health import examine, spread
from tuiconv.nn.kinds import KINDS
from tuiconv.nn.network import Network

THREE = np.array([[1, 0], [0, 1], [1, 1]], np.float32).reshape(3, 1, 1, 2)
"""Three images of two pixels."""
LABELS = np.array([0, 1, 1])


def net_with(text, **arrays):
    net = Network.parse(text)
    net.load_state_dict({name.replace("_", "."): np.array(a) for name, a in arrays.items()})
    return net


@pytest.fixture
def half_dead():
    """Four ReLU units: a + b, a − b, −1 and −a − b of the pixels a and b."""
    return net_with(
        "INPUT(1,1,2) -> FC(4) -> RELU -> FC(2)",
        fc1_weight=[[1, 1], [1, -1], [0, 0], [-1, -1]],
        fc1_bias=[0, 0, -1, 0],
        fc2_weight=[[1, 0, 0, 0], [0, 1, 0, 0]],
        fc2_bias=[0, 0],
    )


def test_units_of_a_relu_that_are_0_for_every_image_are_dead(half_dead):
    # a + b fires for all, a − b for the first image alone, the other two for none
    assert examine(half_dead, THREE, LABELS).dead_units == {"relu1": 2 / 4}
    # of the second image alone, a − b is dead too
    assert examine(half_dead, THREE[1:2], LABELS[1:2]).dead_units == {"relu1": 3 / 4}


def test_a_leaking_relu_is_dead_only_if_nothing_leaks():
    for slope, dead in (("0.01", 0.0), ("0", 2 / 4)):
        net = net_with(
            f"INPUT(1,1,2) -> FC(4) -> LEAKYRELU(slope={slope}) -> FC(2)",
            fc1_weight=[[1, 1], [1, -1], [0, 0], [-1, -1]],
            fc1_bias=[0, 0, -1, 0],
            fc2_weight=np.ones((2, 4)),
            fc2_bias=[0, 0],
        )
        # a − b is exactly 0 for the last image, and for the second it leaks
        assert examine(net, THREE, LABELS).dead_units == {"leakyrelu1": dead}


def test_behind_a_join_a_map_is_a_unit():
    net = net_with(
        "INPUT(1,1,2) -> CONCAT[LOCAL(1,1) | CONV(1,1)] -> RELU -> FC(2)",
        local1_weight=np.array([1.0, -1]).reshape(1, 1, 2, 1, 1, 1),
        local1_bias=np.zeros((1, 1, 2)),
        conv1_weight=np.full((1, 1, 1, 1), -1),
        conv1_bias=[0],
        fc1_weight=np.ones((2, 4)),
        fc1_bias=[0, 0],
    )
    # the map of LOCAL fires on the left, that of CONV nowhere
    assert examine(net, THREE, LABELS).dead_units == {"relu1": 1 / 2}


def test_a_layer_of_which_all_units_are_dead_makes_the_output_constant(half_dead):
    half_dead.layers[0].parameters["bias"][:] = -9
    found = examine(half_dead, THREE, LABELS)
    assert found.dead_units == {"relu1": 1.0}
    assert found.constant_output
    # scores 0 and 0: probability − truth is −½ and ½ for the first image, ½ and −½ for the others
    assert found.gradient_norm == pytest.approx(math.hypot(1 / 6, 1 / 6), rel=1e-6)


def test_units_of_a_tanh_near_its_limits_for_every_image_are_dead():
    net = net_with(
        "INPUT(1,1,2) -> FC(3) -> TANH -> FC(2) -> SOFTMAX",
        fc1_weight=[[3, 3], [3, -3], [0.1, 0.1]],
        fc1_bias=[0, 0, 0],
        fc2_weight=np.ones((2, 3)),
        fc2_bias=[0, 0],
    )
    # tanh 3 = 0.995 is beyond 0.99; 3 − 3 = 0 is not
    assert examine(net, THREE, LABELS).dead_units == {"tanh1": 1 / 3}
    assert examine(net, THREE[:2], LABELS[:2]).dead_units == {"tanh1": 2 / 3}


@pytest.mark.parametrize(
    ("activation", "flat", "alive"),
    [
        ("RELU", 0.0, 0.01),
        ("RELU6", 0.0, 0.01),
        ("RELU6", 6.0, 5.99),
        ("TANH", -2.7, 2.6),  # tanh 2.647 = 0.99
        ("STANH", 4.0, 3.9),  # tanh 2x/3 = 0.99 at x = 3.97
        ("SIGMOID", -4.6, 4.5),  # 1/(1 + e⁻ˣ) = 0.99 at x = 4.595
        ("SHRINK(0.5)", -0.5, 0.6),
    ],
)
def test_every_kind_of_activation_has_its_flat_parts(activation, flat, alive):
    name = parse(f"INPUT(1,1,1) -> {activation}").layers[-1].name
    for bias, dead in ((flat, 1.0), (alive, 0.0)):
        net = net_with(
            f"INPUT(1,1,1) -> FC(1) -> {activation}", fc1_weight=[[0.0]], fc1_bias=[bias]
        )
        x = np.zeros((1, 1, 1, 1), np.float32)
        assert examine(net, x, np.zeros(1, int)).dead_units == {name: dead}


def test_every_activation_of_the_library_is_looked_at():
    squashing = {kind for kind in KINDS if KINDS[kind].__module__.endswith("activations")}
    assert set(health.FLAT) == squashing


def test_a_map_is_one_unit_and_alive_if_it_fires_anywhere():
    # the first kernel passes the pixel on, the second finds none bright enough
    net = net_with(
        "INPUT(1,1,2) -> CONV(2,1) -> RELU -> FC(2)",
        conv1_weight=np.array([1.0, 1.0]).reshape(2, 1, 1, 1),
        conv1_bias=[0, -2],
        fc1_weight=np.zeros((2, 4)),
        fc1_bias=[0, 0],
    )
    first = np.array([[1, 0]], np.float32).reshape(1, 1, 1, 2)
    assert examine(net, first, np.array([0])).dead_units == {"relu1": 1 / 2}


def test_where_places_have_weights_of_their_own_each_is_a_unit():
    net = net_with(
        "INPUT(1,1,2) -> LOCAL(1,1) -> RELU -> FC(2)",
        local1_weight=np.ones((1, 1, 2, 1, 1, 1)),
        local1_bias=np.zeros((1, 1, 2)),
        fc1_weight=np.zeros((2, 2)),
        fc1_bias=[0, 0],
    )
    first = np.array([[1, 0]], np.float32).reshape(1, 1, 1, 2)
    assert examine(net, first, np.array([0])).dead_units == {"relu1": 1 / 2}


def test_the_gradient_norm_is_the_length_of_all_gradients_together():
    net = net_with("INPUT(1,1,1) -> FC(2)", fc1_weight=[[0.0], [0.0]], fc1_bias=[0.0, 0.0])
    x = np.full((1, 1, 1, 1), 2, np.float32)
    # probability − truth = (−½, ½): gradients of the weights (−1, 1), of the biases (−½, ½)
    expected = math.sqrt(1 + 1 + 1 / 4 + 1 / 4)
    assert examine(net, x, np.array([0])).gradient_norm == pytest.approx(expected, rel=1e-6)


def test_the_gradient_is_that_of_a_batch_and_units_are_looked_at_in_all_images(
    small, rng, monkeypatch
):
    net, x = small(), rng.standard_normal((11, 1, 8, 8)).astype(np.float32)
    labels = rng.integers(0, 3, 11)
    monkeypatch.setattr(health, "A_BATCH", 4)
    found = examine(net, x, labels)
    batch = [0, 3, 6, 10]  # at even distances
    assert found.gradient_norm == examine(net, x[batch], labels[batch]).gradient_norm
    monkeypatch.setattr(health, "A_BATCH", 64)
    assert found.dead_units == examine(net, x, labels).dead_units


def test_the_gradient_is_that_of_the_loss_it_is_asked_for():
    net = net_with("INPUT(1,1,1) -> FC(2)", fc1_weight=[[0.0], [0.0]], fc1_bias=[0.0, 0.0])
    x = np.full((1, 1, 1, 1), 2, np.float32)
    # squared: score − target is −1 and 1, times the pixel for the weights
    expected = math.sqrt(1 + 1 + 4 + 4)
    found = examine(net, x, np.array([0]), "squared").gradient_norm
    assert found == pytest.approx(expected, rel=1e-6)
    with pytest.raises(ValueError, match="huber"):
        examine(net, x, np.array([0]), "huber")


def test_a_map_of_outputs_can_be_looked_at():
    net = Network.parse("INPUT(1,4,4) -> CONV(3,2) -> RELU -> CONV(2,1)", seed=0)
    x = np.random.default_rng(0).standard_normal((5, 1, 4, 4)).astype(np.float32)
    labels = np.arange(5 * 9).reshape(5, 3, 3) % 2
    assert not examine(net, x, labels).constant_output
    net.layers[-1].parameters["weight"][:] = 0
    assert examine(net, x, labels).constant_output


def test_dropout_and_batch_norm_are_looked_at_as_in_evaluation(rng):
    text = "INPUT(1,8,8) -> CONV(4,3) -> BATCHNORM -> RELU -> DROPOUT(0.5) -> FC(3)"
    net = Network.parse(text)
    x, labels = rng.standard_normal((5, 1, 8, 8)).astype(np.float32), np.arange(5) % 3
    state = net.state_dict()
    assert examine(net, x, labels) == examine(net, x, labels)
    for name, array in net.state_dict().items():
        np.testing.assert_array_equal(array, state[name])


def test_images_are_chosen_from_first_to_last_at_even_distances():
    assert spread(9, 3).tolist() == [0, 4, 8]
    assert spread(3, 9).tolist() == [0, 1, 2]
    assert spread(60_000, 256).tolist() == sorted({*spread(60_000, 256).tolist()})
    assert spread(0, 9).tolist() == []


def test_no_more_than_so_many_images_are_looked_at(small, rng, monkeypatch):
    monkeypatch.setattr(health, "LOOKED_AT", 5)
    x, labels = rng.standard_normal((9, 1, 8, 8)).astype(np.float32), np.arange(9) % 3
    assert examine(small(), x, labels) == examine(small(), x[:5], labels[:5])


CONSTANT = [
    ([[0, 0], [0, 0]], [1, 0], True),  # the bias alone decides
    ([[0.01, 0], [0, 0]], [1, 0], True),  # probability 0.731 and 0.733
    ([[0.1, 0], [0, 0]], [1, 0], False),  # 0.731 and 0.750
    ([[0.01, -0.01], [0, 0]], [0, 0], False),  # nearly the same, but another class
    ([[9, 9], [-9, -9]], [50, 0], True),  # scores differ, probabilities are all 1
]


@pytest.mark.parametrize(("weight", "bias", "constant"), CONSTANT)
def test_an_output_is_constant_if_class_and_probabilities_stay_the_same(weight, bias, constant):
    net = net_with("INPUT(1,1,2) -> FC(2)", fc1_weight=weight, fc1_bias=bias)
    assert examine(net, THREE, LABELS).constant_output is constant


def test_the_same_answer_to_images_of_one_class_is_no_ailment():
    net = net_with("INPUT(1,1,2) -> FC(2)", fc1_weight=np.zeros((2, 2)), fc1_bias=[1, 0])
    assert examine(net, THREE, LABELS).constant_output
    assert not examine(net, THREE, np.zeros(3, int)).constant_output
    assert not examine(net, THREE[:1], LABELS[:1]).constant_output


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e38])
def test_what_is_not_finite_is_told_without_a_warning(small, rng, value):
    net, x = small(), rng.standard_normal((5, 1, 8, 8)).astype(np.float32)
    net.parameters[:] = value
    found = examine(net, x, np.array([0, 1, 2, 0, 1]))
    assert found.gradient_norm is None
    assert not found.constant_output
    assert "NaN" not in json.dumps(asdict(found))


def test_a_look_is_plain_numbers_ready_for_json(half_dead):
    found = examine(half_dead, THREE, LABELS)
    assert Health(**json.loads(json.dumps(asdict(found), allow_nan=False))) == found


def test_looking_changes_nothing(small, rng):
    net = small()
    before = net.parameters.copy()
    examine(net, rng.standard_normal((5, 1, 8, 8)), np.arange(5) % 3)
    np.testing.assert_array_equal(net.parameters, before)


@pytest.mark.parametrize("count", [0, 2, 4])
def test_images_and_labels_must_be_as_many(small, count):
    with pytest.raises(ValueError, match=f"{count} images with 3 labels arrive"):
        examine(small(), np.zeros((count, 1, 8, 8), np.float32), np.arange(3))
    with pytest.raises(ValueError, match="0 images with 0 labels"):
        examine(small(), np.zeros((0, 1, 8, 8), np.float32), np.zeros(0, int))
