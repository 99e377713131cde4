"""Layers by hand, and what comes of those that are tied to places."""

import numpy as np
import pytest

from tuiconv.arithmetic import PRESETS, parse
from tuiconv.errors import RequestError
from tuiconv.nn.network import Network
from tuiconv.nn.training import Trainer

UNIT_BIAS = "INPUT(1,4,6) -> CONV(2,(3,5),bias=unit)"
LOCAL = "INPUT(1,4,6) -> LOCAL(2,(3,5))"


def only(layer, x):
    return Network.parse(f"INPUT(1,2,2) -> {layer}")(np.array([[x]], np.float32))[0, 0]


def test_squashing_shrinking_and_pooling_by_hand():
    x = [[0.0, -3.0], [0.25, 4.0]]
    np.testing.assert_allclose(only("SIGMOID", x)[1], 1 / (1 + np.exp([-0.25, -4])), rtol=1e-6)
    assert only("SHRINK", x).tolist() == [[0, -2.5], [0, 3.5]]
    assert only("SHRINK(threshold=3)", x).tolist() == [[0, 0], [0, 1]]
    assert only("LPPOOL((1,2))", [[3.0, -4.0], [0.0, 0.0]]).tolist() == [[5], [0]]
    assert only("LPPOOL(2,power=1)", x).tolist() == [[7.25]]
    assert only("GLOBALAVGPOOL", x).tolist() == [[1.25 / 4]]


def test_the_mean_of_maps_takes_images_of_any_size(rng):
    net = Network.parse("INPUT(1,4,4) -> CONV(2,3) -> GLOBALAVGPOOL -> FC(3)")
    x = rng.standard_normal((2, 1, 9, 7)).astype(np.float32)
    conv, _, full = net.layers
    means = conv.forward(x).mean(axis=(2, 3), keepdims=True)
    assert net(x).shape == (2, 3, 1, 1)
    np.testing.assert_allclose(net(x)[:, :, 0, 0], full.forward(means), rtol=1e-4, atol=1e-6)


def test_a_bias_for_every_unit_is_added_at_its_place():
    net = Network.parse(UNIT_BIAS)
    biases = np.arange(8.0).reshape(2, 2, 2)
    net.load_state_dict({"conv1.weight": np.ones((2, 1, 3, 5)), "conv1.bias": biases})
    out = net(np.ones((1, 1, 4, 6), np.float32))
    np.testing.assert_array_equal(out[0], 15 + biases)


def test_a_locally_connected_layer_with_equal_weights_at_all_places_is_a_convolution(rng):
    local, conv = Network.parse(LOCAL), Network.parse(UNIT_BIAS)
    state = conv.state_dict()
    everywhere = np.broadcast_to(state["conv1.weight"][:, None, None], (2, 2, 2, 1, 3, 5))
    local.load_state_dict({"local1.weight": everywhere, "local1.bias": state["conv1.bias"]})
    x = rng.standard_normal((3, 1, 4, 6)).astype(np.float32)
    np.testing.assert_allclose(local(x), conv(x), rtol=1e-5, atol=1e-6)


def test_a_weight_of_a_locally_connected_layer_reaches_one_unit_alone(rng):
    net = Network.parse(LOCAL)
    x = rng.standard_normal((1, 1, 4, 6)).astype(np.float32)
    before = net(x)
    net.layers[0].parameters["weight"][1, 0, 1, 0, 2, 3] += 1
    assert np.argwhere(net(x) != before).tolist() == [[0, 1, 0, 1]]


def test_first_weights_vary_by_the_inputs_of_one_unit(rng):
    net = Network(parse("INPUT(4,8,8) -> LOCAL(6,5,pad=2)"), rng)
    assert net.layers[0].parameters["weight"].var() == pytest.approx(1 / (4 * 25), rel=0.05)
    assert not net.layers[0].parameters["bias"].any()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            UNIT_BIAS,
            "conv1 CONV(2,(3,5),bias=unit): 2×3×5 units are asked for; each of its 2×2×2 has a bias"
            " of its own, so the network cannot run on larger images",
        ),
        (
            LOCAL,
            "local1 LOCAL(2,(3,5)): 2×3×5 units are asked for; each of its 2×2×2 has weights"
            " of its own, so the network cannot run on larger images",
        ),
    ],
)
@pytest.mark.parametrize("images", [1, 3, 70])
def test_on_a_larger_image_it_says_which_layer_stops_it_and_why(text, message, images):
    net = Network.parse(text)
    x = np.zeros((images, 1, 5, 9), np.float32)
    for way in (net, net.trace):
        with pytest.raises(RequestError) as caught:
            way(x)
        assert str(caught.value) == message
    net(np.zeros((images, 1, 4, 6), np.float32))  # it still works


@pytest.mark.parametrize(
    "text",
    [
        *(text for name, text in PRESETS.items() if "1989" in name),
        "INPUT(1,16,16) -> CONV(6,5) -> SIGMOID -> LPPOOL(2) -> FC(10) -> SOFTMAX",
        "INPUT(1,16,16) -> CONV(20,9) -> SHRINK(threshold=0.1) -> GLOBALAVGPOOL -> FC(10)",
    ],
)
def test_a_net_learns_the_same_with_one_thread_and_with_two(text, rng):
    x = rng.standard_normal((40, 1, 16, 16)).astype(np.float32)
    labels = rng.integers(0, 10, 40)
    learned = []
    for threads in (1, 2):
        net = Network.parse(text, seed=1)
        trainer = Trainer(net, lr=0.05, momentum=0.9, batch_size=40, seed=1, threads=threads)
        losses = [trainer.step(x, labels) for _ in range(20)]
        assert losses[-1] < 0.95 * losses[0]
        learned.append(net.parameters)
    np.testing.assert_array_equal(*learned)


def test_a_checkpoint_keeps_a_net_with_biases_and_weights_for_every_unit(tmp_path, rng):
    net = Network.preset("digits-1989-net4", seed=3)
    net.save(tmp_path / "net4.safetensors")
    x = rng.standard_normal((2, 1, 16, 16)).astype(np.float32)
    np.testing.assert_array_equal(Network.load(tmp_path / "net4.safetensors")(x), net(x))
