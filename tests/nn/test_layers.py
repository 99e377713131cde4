"""Layers by hand, and what comes of those that are tied to places."""

import numpy as np
import pytest

import tuiconv_kernels as kernels
from tuiconv.arithmetic import PRESETS, parse
from tuiconv.errors import RequestError
from tuiconv.nn.coins import Coins
from tuiconv.nn.network import Network
from tuiconv.nn.training import Trainer

UNIT_BIAS = "INPUT(1,4,6) -> CONV(2,(3,5),bias=unit)"
LOCAL = "INPUT(1,4,6) -> LOCAL(2,(3,5))"
FLAT = "INPUT(1,4,6) -> CONV(2,(3,5)) -> FLATTEN -> FC(3)"


def only(layer, x, size=(2, 2)):
    net = Network.parse(f"INPUT(1,{size[0]},{size[1]}) -> {layer}")
    return net(np.array([[x]], np.float32))[0, 0]


def test_every_operation_of_the_kernel_library_is_at_work_in_a_layer(monkeypatch):
    losses = {"cross_entropy", "mse_loss", "multi_margin_loss"}
    others = {"softmax"}  # SOFTMAX gives its logarithm
    names = {name.removesuffix("_backward") for name in kernels.__all__ if "_backward" in name}
    used = set()

    def watched(name):
        operation = getattr(kernels, name)

        def call(*args, **settings):
            used.add(name)
            return operation(*args, **settings)

        return call

    for name in names - losses - others:
        monkeypatch.setattr(kernels, name, watched(name))
    for text in (
        "INPUT(1,8,8) -> WHITEN -> BATCHNORM -> SUBNORM -> DIVNORM -> CONV(4,3) -> RELU -> DROPOUT"
        " -> LRN(3) -> LEAKYRELU -> RELU6"
        " -> SHUFFLE(2) -> UNSHUFFLE(2) -> CONVT(2,3) -> TANH -> SUBSAMPLE(2) -> STANH"
        " -> LOCAL(2,2) -> SIGMOID -> POOL(1) -> GLOBALAVGPOOL -> FC(3) -> SHRINK -> SOFTMAX",
        "INPUT(1,1,8) -> CAUSAL(2,2) -> AVGPOOL(1) -> LPPOOL(1) -> LOGPROBPOOL(1) -> GLOBALMAXPOOL",
    ):
        net = Network.parse(text)
        net.forward(np.ones((2, *net.spec.input), np.float32), Coins())
    assert used == names - losses - others


def test_squashing_shrinking_and_pooling_by_hand():
    x = [[0.0, -3.0], [0.25, 4.0]]
    np.testing.assert_allclose(only("SIGMOID", x)[1], 1 / (1 + np.exp([-0.25, -4])), rtol=1e-6)
    assert only("SHRINK", x).tolist() == [[0, -2.5], [0, 3.5]]
    assert only("SHRINK(threshold=3)", x).tolist() == [[0, 0], [0, 1]]
    assert only("LPPOOL((1,2))", [[3.0, -4.0], [0.0, 0.0]]).tolist() == [[5], [0]]
    assert only("LPPOOL(2,power=1)", x).tolist() == [[7.25]]
    assert only("GLOBALAVGPOOL", x).tolist() == [[1.25 / 4]]


def test_ceilings_leaks_and_responses_by_hand():
    assert only("RELU6", [[0.0, -3.0], [0.25, 8.0]]).tolist() == [[0, 0], [0.25, 6]]
    x = [[0.0, -3.0], [0.25, 4.0]]
    assert only("LEAKYRELU(slope=0.5)", x).tolist() == [[0, -1.5], [0.25, 4]]
    np.testing.assert_allclose(only("LEAKYRELU", x), [[0, -0.03], [0.25, 4]], rtol=1e-6)
    damped = only("LRN(3,alpha=3,beta=0.5,k=9)", x)
    np.testing.assert_allclose(damped[:, 1], [-3 / np.sqrt(9 + 9), 4 / np.sqrt(9 + 16)], rtol=1e-6)


def test_pools_by_hand():
    x = [[0.0, 3.0, 1.0], [2.0, 5.0, 4.0], [7.0, 6.0, 8.0]]
    assert only("POOL(2,round=up)", x, (3, 3)).tolist() == [[5, 4], [7, 8]]
    assert only("AVGPOOL(2,round=up)", x, (3, 3)).tolist() == [[2.5, 2.5], [6.5, 8]]
    assert only("POOL(2,dilation=2)", x, (3, 3)).tolist() == [[8]]
    assert only("AVGPOOL(2,pad=1,count=inside)", x, (3, 3)).tolist() == [[0, 2], [4.5, 5.75]]
    assert only("AVGPOOL(2,pad=1)", x, (3, 3)).tolist() == [[0, 1], [2.25, 5.75]]
    assert only("GLOBALMAXPOOL", x, (3, 3)).tolist() == [[8]]
    soft = only("LOGPROBPOOL(3,beta=2)", x, (3, 3))
    np.testing.assert_allclose(soft, np.log(np.exp(2 * np.array(x)).sum()) / 2, rtol=1e-6)


def test_channels_become_the_cells_of_a_square_and_cells_channels():
    net = Network.parse("INPUT(4,1,2) -> SHUFFLE(2)")
    x = np.arange(8, dtype=np.float32).reshape(1, 4, 1, 2)
    assert net(x)[0, 0].tolist() == [[0, 2, 1, 3], [4, 6, 5, 7]]
    back = Network.parse("INPUT(1,2,4) -> UNSHUFFLE(2)")
    np.testing.assert_array_equal(back(net(x)), x)


def test_a_transposed_convolution_lays_its_kernel_for_every_cell():
    net = Network.parse("INPUT(1,1,2) -> CONVT(1,(1,3),stride=(1,2))")
    weight, bias = np.array([[[[1, 10, 100]]]]), np.array([0.5])
    net.load_state_dict({"convt1.weight": weight, "convt1.bias": bias})
    x = np.array([[[[2, 3]]]], np.float32)
    assert net(x)[0, 0].tolist() == [[2.5, 20.5, 203.5, 30.5, 300.5]]


def test_no_output_of_a_causal_convolution_knows_a_later_input(rng):
    net = Network.parse("INPUT(2,1,9) -> CAUSAL(3,3) -> TANH -> CAUSAL(2,2,dilation=2)", 4)
    x = rng.standard_normal((1, 2, 1, 9)).astype(np.float32)
    before = net(x)
    x[..., 5:] += 1
    np.testing.assert_array_equal(net(x)[..., :5], before[..., :5])
    assert (net(x)[..., 5:] != before[..., 5:]).all()
    longer = np.concatenate([x, x], axis=3)
    np.testing.assert_allclose(net(longer)[..., :9], net(x), rtol=1e-5, atol=1e-6)


def test_a_net_of_one_dimension_gives_for_a_longer_signal_a_score_at_every_place(rng):
    net = Network.parse("INPUT(2,12) -> CONV(3,3) -> RELU -> POOL(2) -> CONV(4,3,dilation=2)")
    assert net.state_dict()["conv1.weight"].shape == (3, 2, 1, 3)
    x = rng.standard_normal((3, 2, 1, 20)).astype(np.float32)
    scores = net(x)
    assert scores.shape == (3, 4, 1, 5)
    for place in range(5):
        part = net(x[..., 2 * place : 2 * place + 12])
        np.testing.assert_allclose(scores[..., place], part[..., 0], rtol=1e-4, atol=1e-6)
    with pytest.raises(ValueError, match=r"expected \(n, 2, 1, 12\) or taller or wider"):
        net(x[:, :, 0])


def test_an_even_picture_has_no_local_contrast_and_a_step_has(rng):
    even = np.full((1, 1, 7, 7), 3, np.float32)
    high_pass = Network.parse("INPUT(1,7,7) -> SUBNORM(3)")
    np.testing.assert_allclose(high_pass(even), 0, atol=1e-6)
    even[..., 4:] = 5
    step = high_pass(even)[0, 0]
    assert (step[:, 3] < -0.1).all()
    assert (step[:, 4] > 0.1).all()
    assert np.abs(step[:, :2]).max() < 1e-6
    divide = Network.parse("INPUT(1,7,7) -> SUBNORM(3) -> DIVNORM(3)")
    np.testing.assert_allclose(divide(even), divide(9 * even), rtol=1e-4, atol=1e-5)


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


def test_flattening_says_in_words_what_full_connection_does_by_itself(rng):
    flat, straight = Network.parse(FLAT, 5), Network.parse(FLAT.replace(" -> FLATTEN", ""), 5)
    for images in (1, 3, 70):
        x = rng.standard_normal((images, 1, 4, 6)).astype(np.float32)
        np.testing.assert_array_equal(flat(x), straight(x))
    assert flat.state_dict().keys() == straight.state_dict().keys()


def test_means_of_maps_can_be_flattened_on_an_image_of_any_size(rng):
    net = Network.parse("INPUT(1,4,6) -> CONV(3,2) -> GLOBALAVGPOOL -> FLATTEN -> SOFTMAX")
    for height, width in ((4, 6), (9, 7)):
        x = rng.standard_normal((2, 1, height, width)).astype(np.float32)
        expected = net.forward(x)[-1]
        assert expected.shape == (2, 3)
        np.testing.assert_array_equal(net(x).reshape(2, 3), expected)


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
        (
            FLAT,
            "flatten1: 2×2×2 = 8 numbers were expected, 2×3×5 = 30 arrive; what follows has weights"
            " for 8, so the network takes images of its own size only (FC without FLATTEN slides"
            " over larger ones)",
        ),
        (
            "INPUT(1,4,6) -> UNSHUFFLE(2)",
            "unshuffle1 UNSHUFFLE(2): maps of 5×9 arrive; expected multiples of 2, so the network"
            " cannot run on images of this size",
        ),
        (
            "INPUT(1,4,6) -> CONV(2,(4,1)) -> CAUSAL(3,2)",
            "causal1 CAUSAL(3,2): maps of 2 rows arrive; it is made for one row of time, so the"
            " network takes longer images, but no higher ones",
        ),
        (
            "INPUT(1,4,6) -> FC(7) -> FLATTEN -> FC(3)",
            "flatten1: 7 numbers were expected, 7×2×4 = 56 arrive; what follows has weights for"
            " 7, so the network takes images of its own size only (FC without FLATTEN slides over"
            " larger ones)",
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
        "INPUT(1,16,16) -> SUBNORM -> DIVNORM -> CONV(6,5) -> LOGPROBPOOL(2) -> FC(10)",
        "INPUT(1,16,16) -> UNSHUFFLE(2) -> CONV(6,3) -> TANH -> CONVT(4,2,stride=2) -> FC(10)",
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
