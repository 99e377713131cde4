import copy
import pickle

import numpy as np
import pytest

from tuiconv import summarize
from tuiconv.arithmetic import PRESETS, parse
from tuiconv.data.dataset import Dataset
from tuiconv.nn.network import Network
from tuiconv.nn.training import Trainer


@pytest.fixture
def by_hand():
    """One kernel, one pool, two outputs, with weights that fit in the head."""
    net = Network.parse("INPUT(1,3,3) -> CONV(1,2) -> RELU -> POOL(2) -> FC(2)", seed=0)
    net.load_state_dict(
        {
            "conv1.weight": np.array([[[[1, -1], [0, 2]]]], np.float32),
            "conv1.bias": np.array([0.5], np.float32),
            "fc1.weight": np.array([[2], [-1]], np.float32),
            "fc1.bias": np.array([1, 3], np.float32),
        }
    )
    return net


def test_a_tiny_network_forward_by_hand(by_hand):
    x = np.array([[[[1, 2, 0], [0, 1, 3], [2, 0, 1]]]], np.float32)
    image, conv, relu, pool, out = by_hand.forward(x)
    np.testing.assert_array_equal(image, x)
    np.testing.assert_array_equal(
        conv,
        [[[[1 - 2 + 2 * 1 + 0.5, 2 - 0 + 2 * 3 + 0.5], [0 - 1 + 0 + 0.5, 1 - 3 + 2 * 1 + 0.5]]]],
    )
    np.testing.assert_array_equal(relu, [[[[1.5, 8.5], [0, 0.5]]]])
    np.testing.assert_array_equal(pool, [[[[8.5]]]])
    np.testing.assert_array_equal(out, [[2 * 8.5 + 1, -8.5 + 3]])
    np.testing.assert_array_equal(by_hand(x), out)


def test_softmax_at_the_end_gives_log_probabilities(rng):
    x = rng.standard_normal((4, 1, 3, 3)).astype(np.float32)
    scores = Network.parse("INPUT(1,3,3) -> FC(5)", seed=3)(x).astype(float)
    out = Network.parse("INPUT(1,3,3) -> FC(5) -> SOFTMAX", seed=3)(x)
    expected = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(out, expected, rtol=1e-5)
    np.testing.assert_allclose(np.exp(out).sum(axis=1), 1, rtol=1e-5)


def test_maps_are_flattened_channel_by_channel_and_row_by_row():
    net = Network.parse("INPUT(2,2,3) -> FC(1)")
    net.load_state_dict({"fc1.weight": np.arange(12.0).reshape(1, 12), "fc1.bias": np.zeros(1)})
    for channel, row, column in np.ndindex(2, 2, 3):
        x = np.zeros((1, 2, 2, 3), np.float32)
        x[0, channel, row, column] = 1
        assert net(x) == channel * 6 + row * 3 + column


SMALL = [name for name in PRESETS if summarize(name).output == (10,)]
"""The presets that tell ten classes apart."""


@pytest.mark.parametrize("name", SMALL)
def test_small_presets_give_ten_log_probabilities_for_an_image(name, rng):
    net = Network.preset(name)
    out = net(rng.standard_normal((3, *net.spec.input)).astype(np.float32))
    assert out.shape == (3, 10)
    assert out.dtype == np.float32


def test_each_layer_gives_the_shape_its_spec_says(rng):
    text = "INPUT(2,12,14) -> CONV(4,3,stride=(1,2),pad=1,groups=2) -> TANH -> AVGPOOL(2)"
    text += " -> STANH -> CONV(3,2,dilation=(2,1)) -> SUBSAMPLE((2,1),1) -> POOL(2,1) -> FC(3)"
    net = Network.parse(text)
    activations = net.forward(rng.standard_normal((2, 2, 12, 14)).astype(np.float32))
    assert [a.shape[1:] for a in activations] == [layer.output for layer in net.spec]


def test_many_images_give_what_each_gives_alone(rng):
    net = Network.parse("INPUT(1,5,5) -> CONV(2,3) -> TANH -> FC(3)")
    x = rng.standard_normal((600, 1, 5, 5)).astype(np.float32)
    together = net(x)
    assert together.shape == (600, 3)
    for image in (0, 255, 256, 599):
        np.testing.assert_allclose(together[image], net(x[image : image + 1])[0], rtol=1e-5)


def test_no_images_give_no_outputs():
    assert Network.preset("lenet5")(np.zeros((0, 1, 32, 32), np.float32)).shape == (0, 10)


def test_float64_images_are_taken_in_the_networks_own_precision(rng):
    net = Network.parse("INPUT(1,5,5) -> FC(3)")
    x = rng.standard_normal((2, 1, 5, 5))
    assert net(x).dtype == np.float32
    np.testing.assert_array_equal(net(x), net(x.astype(np.float32)))


def test_on_a_larger_image_every_place_scores_like_the_window_cut_out_there(rng):
    text = "INPUT(1,8,8) -> CONV(3,3) -> RELU -> POOL(2) -> FC(5) -> TANH -> FC(4) -> SOFTMAX"
    net = Network(parse(text), dtype=np.float64)
    x = rng.standard_normal((2, 1, 12, 15))
    scores = net(x)
    assert scores.shape == (2, 4, (12 - 8) // 2 + 1, (15 - 8) // 2 + 1)
    for row, column in np.ndindex(scores.shape[2:]):
        window = x[:, :, 2 * row : 2 * row + 8, 2 * column : 2 * column + 8]
        np.testing.assert_allclose(scores[:, :, row, column], net(window), rtol=1e-12)


def test_lenet_reads_a_strip_of_32_by_64_in_nine_places(rng):
    x = rng.standard_normal((1, 1, 32, 64)).astype(np.float32)
    net = Network.preset("lenet5")
    assert net(x).shape == (1, 10, 1, 9)
    np.testing.assert_allclose(net(x)[:, :, 0, 8], net(x[..., 32:]), rtol=1e-4)


@pytest.mark.parametrize("width", [33, 34, 35, 36])
def test_an_image_a_few_pixels_wider_already_gives_a_map(width):
    out = Network.preset("lenet5")(np.zeros((2, 1, 32, width), np.float32))
    assert out.shape == (2, 10, 1, (width - 32) // 4 + 1)


@pytest.mark.parametrize("shape", [(1, 32, 32), (4, 3, 32, 32), (4, 1, 31, 32), (4, 1, 32, 31)])
def test_images_that_do_not_fit_are_refused_with_both_shapes(shape):
    net = Network.preset("lenet5")
    with pytest.raises(ValueError, match="expected") as caught:
        net(np.zeros(shape, np.float32))
    assert str(caught.value) == (
        f"images of shape {shape} arrive; expected (n, 1, 32, 32) or taller or wider"
    )
    with pytest.raises(ValueError, match="arrive"):
        net.trace(np.zeros(shape, np.float32))


def test_the_first_weights_have_variance_one_over_fan_in_and_biases_are_zero():
    state = Network.parse("INPUT(8,9,9) -> CONV(200,5) -> RELU -> POOL(5) -> FC(500)").state_dict()
    for name, variance in {"conv1.weight": 1 / (8 * 5 * 5), "fc1.weight": 1 / 200}.items():
        assert state[name].var() == pytest.approx(variance, rel=0.03)
        assert abs(state[name].mean()) < 0.05 * np.sqrt(variance)
    assert not state["conv1.bias"].any()
    assert not state["fc1.bias"].any()


def test_in_a_group_the_fan_in_is_what_the_group_sees():
    state = Network.parse("INPUT(8,9,9) -> CONV(2000,5,groups=4)").state_dict()
    assert state["conv1.weight"].var() == pytest.approx(1 / (2 * 5 * 5), rel=0.03)


def test_with_a_table_the_fan_in_is_what_a_map_is_connected_to_and_other_weights_are_zero():
    net = Network.parse("INPUT(6,40,40) -> CONV(16,40,table=lenet5)")
    weight, connections = net.state_dict()["conv1.weight"], net.layers[0].connections
    for kernels, seen in zip(weight, connections, strict=True):
        assert kernels[seen].var() == pytest.approx(1 / (seen.sum() * 40 * 40), rel=0.1)
        assert not kernels[~seen].any()


def test_subsampling_begins_as_an_average(rng):
    x = rng.standard_normal((2, 3, 6, 6)).astype(np.float32)
    average = Network.parse("INPUT(3,6,6) -> AVGPOOL(2)")
    np.testing.assert_array_equal(Network.parse("INPUT(3,6,6) -> SUBSAMPLE(2)")(x), average(x))


def test_the_same_seed_gives_the_same_weights_and_another_others():
    first = Network.preset("lenet5", seed=4).parameters
    np.testing.assert_array_equal(Network.preset("lenet5", seed=4).parameters, first)
    assert (Network.preset("lenet5", seed=5).parameters != first).any()
    from_generator = Network.preset("lenet5", np.random.default_rng(4)).parameters
    np.testing.assert_array_equal(from_generator, first)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("INPUT(1,3,3) -> FC(3)", "012"),
        ("INPUT(1,3,3) -> FC(10) -> SOFTMAX", "0123456789"),
        ("INPUT(1,3,3) -> CONV(2,2)", "01"),
    ],
)
def test_classes_without_names_are_numbered_so_that_the_network_can_be_kept(text, names, tmp_path):
    net = Network.parse(text)
    assert net.class_names == tuple(names)
    net.save(tmp_path / "net.safetensors")
    assert Network.load(tmp_path / "net.safetensors").class_names == net.class_names


def test_a_network_keeps_its_spec():
    assert Network.preset("lenet5").spec == summarize("lenet5")
    assert Network(parse("INPUT(1,5,5) -> FC(2)")).spec.output == (2,)


def test_the_state_is_named_and_laid_out_as_in_pytorch():
    net = Network.parse("INPUT(2,9,9) -> CONV(4,(3,2),groups=2) -> POOL(2) -> FC(5) -> FC(3)")
    shapes = {name: array.shape for name, array in net.state_dict().items()}
    assert shapes == {
        "conv1.weight": (4, 2 // 2, 3, 2),
        "conv1.bias": (4,),
        "fc1.weight": (5, 4 * 3 * 4),
        "fc1.bias": (5,),
        "fc2.weight": (3, 5),
        "fc2.bias": (3,),
    }
    assert sum(map(np.prod, shapes.values())) == len(net.parameters) == net.spec.totals.parameters


TABLE = "INPUT(6,6,6) -> CONV(16,3,table=lenet5) -> STANH -> SUBSAMPLE(2) -> FC(3) -> SOFTMAX"


def test_with_a_table_the_state_is_laid_out_as_without_and_only_what_is_learned_is_counted(rng):
    net = Network.parse(TABLE)
    state = net.state_dict()
    assert state["conv1.weight"].shape == (16, 6, 3, 3)
    assert state["subsample1.gain"].shape == state["subsample1.bias"].shape == (16,)
    assert net.spec.totals.parameters == 60 * 9 + 16 + 2 * 16 + 3 * 16 * 2 * 2 + 3
    assert len(net.parameters) == net.spec.totals.parameters + 36 * 9
    digits = Dataset("noise", np.zeros((4, 6, 6, 6), np.uint8), np.zeros(4, int), ("a", "b", "c"))
    start = next(Trainer(net).run(digits, digits, epochs=1))
    assert start.parameters == net.spec.totals.parameters


def test_weights_without_a_connection_stay_zero_when_a_network_learns_with_momentum(rng):
    net = Network.parse(TABLE)
    seen, before = net.layers[0].connections, net.state_dict()["conv1.weight"]
    trainer = Trainer(net, lr=0.05, momentum=0.9)
    for _ in range(5):
        x = rng.standard_normal((40, 6, 6, 6)).astype(np.float32)
        trainer.step(x, rng.integers(0, 3, 40))
    after = net.state_dict()["conv1.weight"]
    assert not after[~seen].any()
    assert (after[seen] != before[seen]).all()


def test_a_weight_where_a_table_has_no_connection_is_refused_and_changes_nothing():
    net = Network.parse(TABLE)
    before, state = net.parameters.copy(), net.state_dict()
    state["fc1.bias"][:] = 1
    state["conv1.weight"][1, 5, 2, 0] = np.nan
    with pytest.raises(ValueError, match=r"conv1.weight\[1, 5\]: not 0") as caught:
        net.load_state_dict(state)
    assert "CONV(16,3,table=lenet5) does not connect channel 5 with map 1" in str(caught.value)
    np.testing.assert_array_equal(net.parameters, before)


def test_the_state_of_one_network_makes_another_its_equal(rng):
    x = rng.standard_normal((2, 1, 32, 32)).astype(np.float32)
    one, other = Network.preset("lenet5", seed=1), Network.preset("lenet5", seed=2)
    other.load_state_dict(one.state_dict())
    np.testing.assert_array_equal(other.parameters, one.parameters)
    np.testing.assert_array_equal(other(x), one(x))


def test_the_state_is_a_copy_in_both_directions():
    net = Network.parse("INPUT(1,2,2) -> FC(1)")
    before, state = net.parameters.copy(), net.state_dict()
    state["fc1.weight"][...] = 9
    np.testing.assert_array_equal(net.parameters, before)
    net.load_state_dict(state)
    state["fc1.weight"][...] = 5
    assert (net.state_dict()["fc1.weight"] == 9).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"fc1.weight": np.zeros((5, 4))},
            r"fc1.weight: \(5, 4\) found; this network expects \(1, 4\)",
        ),
        ({"fc1.bias": None}, r"fc1.bias: nothing found; this network expects \(1,\)"),
        (
            {"fc9.bias": np.zeros(1)},
            r"fc9.bias: \(1,\) found; this network expects nothing",
        ),
    ],
    ids=["another shape", "missing", "unknown"],
)
def test_a_state_that_does_not_fit_is_refused_and_changes_nothing(change, message):
    net = Network.parse("INPUT(1,2,2) -> FC(1)")
    before = net.parameters.copy()
    state = {"fc1.weight": np.ones((1, 4)), "fc1.bias": np.ones(1)} | change
    with pytest.raises(ValueError, match=message):
        net.load_state_dict({name: array for name, array in state.items() if array is not None})
    np.testing.assert_array_equal(net.parameters, before)


def test_images_may_be_a_list_and_lie_at_an_odd_address(small, rng):
    net = small()
    x = rng.standard_normal((40, 1, 8, 8)).astype(np.float32)
    expected = net(x)
    odd = np.frombuffer(b"." + x.tobytes(), np.float32, offset=1).reshape(x.shape)
    assert not odd.flags.aligned
    np.testing.assert_array_equal(net(odd), expected)
    np.testing.assert_array_equal(net(x.tolist()), expected)


def test_complex_images_are_refused(small):
    with pytest.raises(ValueError, match="complex64; real numbers"):
        small()(np.zeros((1, 1, 8, 8), np.complex64))


def test_a_copy_computes_the_same_and_learns_by_itself(small, rng):
    net = small(3)
    x = rng.standard_normal((4, 1, 8, 8)).astype(np.float32)
    for copied in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        np.testing.assert_array_equal(copied(x), net(x))
        assert copied.class_names == net.class_names
        copied.parameters[:] = 0
        assert (net(x) != copied(x)).any()


def test_when_one_array_is_no_number_none_is_taken(small):
    net = small()
    before, arrays = net.parameters.copy(), net.state_dict()
    arrays = {name: array + 1 for name, array in arrays.items()}
    last = list(arrays)[-1]
    arrays[last] = np.full(arrays[last].shape, "many")
    with pytest.raises(ValueError, match="many"):
        net.load_state_dict(arrays)
    np.testing.assert_array_equal(net.parameters, before)
