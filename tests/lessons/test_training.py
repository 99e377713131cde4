import numpy as np
import pytest

from tuiconv.data.dataset import Dataset
from tuiconv.lessons.scene import Bars, Curve, Maps
from tuiconv.lessons.training import training_scene
from tuiconv.nn.network import Network

SPEC = "INPUT(1,4,4) -> CONV(2,3) -> RELU -> POOL(2) -> FC(3)"
NAMES = ("cat", "dog", "fox")


@pytest.fixture
def images() -> Dataset:
    pixels = np.arange(32, dtype=np.uint8).reshape(2, 1, 4, 4)
    return Dataset("two", pixels, np.array([2, 1]), NAMES)


@pytest.fixture(params=["", " -> SOFTMAX"], ids=["logits", "softmax"])
def net(request) -> Network:
    """It answers exp(0), exp(ln 3), exp(0), that is 1/5, 3/5, 1/5, whatever it sees."""
    network = Network.parse(SPEC + request.param)
    state = {name: np.zeros_like(array) for name, array in network.state_dict().items()}
    state["conv1.weight"][1, 0, 1, 1] = 1  # the second map copies the middle of the image
    state["fc1.bias"][1] = np.log(3)
    network.load_state_dict(state)
    return network


def test_the_scene_shows_loss_answer_digit_and_every_layer_in_order(net, images):
    scene = training_scene(net, [2.5, 1.5], images, 0)
    curve, bars, digit, *layers = scene.panels
    assert isinstance(curve, Curve)
    np.testing.assert_array_equal(curve.values, [2.5, 1.5])
    assert isinstance(bars, Bars)
    assert bars.labels == NAMES
    assert isinstance(digit, Maps)
    assert digit.grey
    np.testing.assert_array_equal(digit.maps, images.images[0])
    assert [(panel.title, panel.maps.shape, panel.grey) for panel in layers] == [
        ("conv1  2 maps 2×2", (2, 2, 2), False),
        ("relu1  2 maps 2×2", (2, 2, 2), False),
        ("pool1  2 maps 1×1", (2, 1, 1), False),
        ("fc1  3 units", (3, 1, 1), False),
    ]


def test_the_maps_are_those_of_the_chosen_image(net, images):
    conv = training_scene(net, [], images, 1).panels[3]
    middle = net.preprocessing(images.images[1, 0, 1:3, 1:3])
    np.testing.assert_allclose(conv.maps, [np.zeros((2, 2)), middle], rtol=1e-6)


def test_the_probabilities_are_those_worked_by_hand_and_the_right_label_is_marked(net, images):
    bars = training_scene(net, [], images, 0).panels[1]
    np.testing.assert_allclose(bars.values, [0.2, 0.6, 0.2], rtol=1e-6)
    assert bars.marked == 2


def test_the_verdict_compares_the_largest_probability_with_the_label(net, images):
    wrong, right = (training_scene(net, [], images, index) for index in (0, 1))
    assert "fox" in wrong.title
    assert "dog: wrong" in wrong.title
    assert "dog: right" in right.title


def test_without_a_batch_the_loss_curve_is_empty(net, images):
    assert training_scene(net, [], images, 0).panels[0].values.shape == (0,)
