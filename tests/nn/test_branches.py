"""Networks whose layers branch and join: by hand first, then all that a chain of layers can do."""

import tracemalloc

import numpy as np
import pytest

from tuiconv.arithmetic import parse
from tuiconv.data.dataset import Dataset
from tuiconv.errors import RequestError
from tuiconv.nn.checkpoint import load_state, save
from tuiconv.nn.evaluation import evaluate
from tuiconv.nn.events import EpochDone
from tuiconv.nn.gradient_check import check_gradients, learned, sample_places
from tuiconv.nn.health import examine
from tuiconv.nn.network import Network
from tuiconv.nn.prediction import predict, prepare
from tuiconv.nn.reading import reads_lines
from tuiconv.nn.training import Trainer
from tuiconv.nn.warm_up import layer_kernels, training_kernels, warm_up

BLOCK = "CONV(4,3,pad=1,bias=none) -> BATCHNORM -> RELU -> CONV(4,3,pad=1,bias=none) -> BATCHNORM"
NETS = {
    "residual": f"INPUT(1,8,8) -> CONV(4,3,pad=1) -> RELU -> RES[{BLOCK}] -> RELU"
    " -> RES[CONV(6,3,stride=2,pad=1) -> RELU -> CONV(6,3,pad=1) | CONV(6,1,stride=2)] -> RELU"
    " -> GLOBALAVGPOOL -> FC(3) -> SOFTMAX",
    "inception": "INPUT(1,8,8) -> CONV(4,3) -> RELU -> LRN(3) -> CONCAT[CONV(2,1) -> RELU"
    " | CONV(2,1) -> RELU -> CONV(3,3,pad=1) -> RELU | POOL(3,stride=1,pad=1) -> CONV(1,1) -> RELU]"
    " -> POOL(2) -> DROPOUT(0.1) -> FC(3) -> SOFTMAX",
    "down and up": "INPUT(1,8,8) -> CONV(3,3,pad=1) -> RELU -> CONCAT[ | POOL(2)"
    " -> CONV(4,3,pad=1) -> RELU -> CONCAT[ | POOL(2) -> CONV(5,3,pad=1) -> RELU"
    " -> CONVT(4,2,stride=2)] -> CONV(4,3,pad=1) -> RELU -> CONVT(3,2,stride=2)]"
    " -> CONV(4,3,pad=1) -> RELU -> FC(3)",
    "gated": "INPUT(1,8,8) -> CONV(4,3,pad=1) -> MUL[CONV(4,3,pad=1) -> TANH"
    " | CONV(4,3,pad=1) -> SIGMOID] -> LEAKYRELU -> FC(3) -> SOFTMAX",
}
nets = pytest.mark.parametrize("text", NETS.values(), ids=NETS)
trained_nets = pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            text, id=name, marks=[pytest.mark.slow] if name in ("inception", "gated") else []
        )
        for name, text in NETS.items()
    ],
)
BARS = ("top", "middle", "bottom")


def batch(net, rng, count):
    return rng.standard_normal((count, *net.spec.input)).astype(np.float32)


# By hand


def through(join, x):
    net = Network.parse(f"INPUT(1,1,2) -> {join}")
    return net, net(np.array(x, np.float32).reshape(1, 1, 1, 2)).reshape(-1).tolist()


def test_sums_stacks_and_products_by_hand():
    assert through("RES[RELU]", [-2, 3])[1] == [-2 + 0, 3 + 3]
    assert through("RES[RELU | LEAKYRELU(slope=0.5) | ]", [-2, 3])[1] == [0 - 1 - 2, 3 + 3 + 3]
    assert through("CONCAT[RELU | | RELU]", [-2, 3])[1] == [0, 3, -2, 3, 0, 3]
    assert through("MUL[RELU]", [-2, 3])[1] == [0, 9]
    assert through("MUL[ | | ]", [-2, 3])[1] == [-8, 27]
    assert through("RES[ | ] -> RES[RELU]", [-2, 3])[1] == [-4, 6 + 6]


@pytest.mark.parametrize(
    ("join", "grad"),
    [
        # of the sum of all squares, halved, with respect to the image (−2, 3)
        ("RES[RELU]", [-2, 6 * 2]),
        ("CONCAT[RELU | ]", [0 - 2, 3 + 3]),
        ("MUL[ | ]", [4 * 2 * -2, 9 * 2 * 3]),
        ("MUL[RELU | | ]", [0, 27 * 3 * 9]),
    ],
)
def test_gradients_of_joins_by_hand(join, grad):
    net = Network.parse(f"INPUT(1,1,2) -> {join}")
    activations = net.forward(np.array([-2, 3], np.float32).reshape(1, 1, 1, 2))
    net.loss_gradient = lambda output, labels, loss: output
    grads = net.backward(activations, np.zeros(1, int), np.zeros_like(net.parameters))
    assert grads[0].reshape(-1).tolist() == grad


def test_what_feeds_several_layers_gets_the_gradient_of_each_of_them(rng):
    net = Network(parse("INPUT(1,2,2) -> RELU -> RES[TANH | SIGMOID | ] -> FC(2)"), 3)
    trace = net.trace(batch(net, rng, 2), np.array([0, 1]))
    out, grad = trace.activations["relu1"], trace.gradients["res1"]
    slopes = (
        1 - np.tanh(out) ** 2 + trace.activations["sigmoid1"] * (1 - trace.activations["sigmoid1"])
    )
    np.testing.assert_allclose(trace.gradients["relu1"], grad * (slopes + 1), rtol=1e-5)
    np.testing.assert_array_equal(trace.gradients["tanh1"], grad)


# What every network can do


@nets
def test_everything_that_leaves_a_layer_has_its_name_and_the_shape_of_its_spec(text, rng):
    net = Network.parse(text)
    trace = net.trace(batch(net, rng, 2), np.array([0, 1]))
    shapes = {layer.name: layer.output for layer in net.spec}
    assert {name: a.shape[1:] for name, a in trace.activations.items()} == shapes
    assert {name: a.shape[1:] for name, a in trace.gradients.items()} == shapes
    assert trace.parameter_gradients.keys() == net.named(net.parameters).keys()


def test_parameters_are_named_by_their_layers_and_a_layer_without_biases_has_none():
    net = Network.parse(
        "INPUT(1,4,4) -> stem: CONV(2,3,pad=1) -> RES[CONV(2,1,bias=none) -> BATCHNORM"
        " | way: CONV(2,1)] -> FC(3,bias=none)"
    )
    assert list(net.state_dict()) == [
        *("stem.weight", "stem.bias", "conv2.weight"),
        *("batchnorm1.weight", "batchnorm1.bias"),
        *("batchnorm1.running_mean", "batchnorm1.running_var"),
        *("way.weight", "way.bias", "fc1.weight"),
    ]
    assert len(net.parameters) == net.spec.totals.parameters


@nets
def test_images_in_portions_and_by_several_threads_give_what_each_gives_alone(text, rng):
    net = Network.parse(text)
    x = batch(net, rng, 70)
    together = net(x)
    np.testing.assert_array_equal(together, net.forward(x)[-1].reshape(together.shape))
    for image in (0, 31, 32, 69):
        np.testing.assert_array_equal(together[image : image + 1], net(x[image : image + 1]))
    assert net(x[:0]).shape == (0, 3)


def test_on_the_way_forward_what_no_later_layer_takes_is_forgotten():
    net = Network.parse("INPUT(1,256,256) -> [RES[LEAKYRELU]]*20 -> GLOBALAVGPOOL -> FC(2)")
    x = np.ones((1, 1, 256, 256), np.float32)
    net(x)
    tracemalloc.start()
    net(x)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * x.nbytes  # of the forty that are made


def trained(text, problem, threads, **settings):
    net = Network.parse(text, seed=2)
    net.class_names = BARS
    trainer = Trainer(net, batch_size=50, seed=1, threads=threads, **settings)
    events = trainer.run(*problem, epochs=12)
    losses = [event.train_loss for event in events if isinstance(event, EpochDone)]
    return net, trainer, losses


@trained_nets
def test_training_makes_the_loss_fall_and_gives_the_same_bits_with_any_number_of_threads(
    text, problem
):
    net, _, losses = trained(text, problem, 1, lr=0.1)
    assert losses[-1] < 0.7 * losses[0]
    for threads in (2, 3):
        other, _, _ = trained(text, problem, threads, lr=0.1)
        for name, array in net.state_dict().items():
            np.testing.assert_array_equal(other.state_dict()[name], array)


@trained_nets
def test_a_checkpoint_gives_back_the_network_and_the_run_goes_on_bit_for_bit(
    text, problem, tmp_path
):
    whole, _, _ = trained(text, problem, 2, lr=0.1)
    net = Network.parse(text, seed=2)
    net.class_names = BARS
    trainer = Trainer(net, batch_size=50, seed=1, lr=0.1)
    list(trainer.run(*problem, epochs=5))
    save(net, tmp_path / "half.safetensors", trainer.state())
    again = Network.load(tmp_path / "half.safetensors")
    assert again.spec == net.spec
    np.testing.assert_array_equal(again(np.ones((2, 1, 8, 8))), net(np.ones((2, 1, 8, 8))))
    trainer = Trainer(again, batch_size=50, seed=1, lr=0.1)
    trainer.restore(load_state(tmp_path / "half.safetensors"))
    list(trainer.run(*problem, epochs=12))
    for name, array in whole.state_dict().items():
        np.testing.assert_array_equal(again.state_dict()[name], array)


@nets
def test_it_is_checked_examined_evaluated_and_asked_like_a_chain(text, problem, rng):
    net, _, _ = trained(text, problem, 2, lr=0.1)
    dataset: Dataset = problem.test
    x = net.preprocessing(dataset.images)
    places = sample_places(learned(net), 2, rng)
    slopes = check_gradients(net, x[:5], dataset.labels[:5], places)
    assert all(slope.agrees for slope in slopes)
    examined = examine(net, x, dataset.labels)
    activations = {layer.name for layer in net.layers if "relu" in layer.name}
    assert activations <= examined.dead_units.keys()
    assert evaluate(net, dataset).accuracy > 0.6
    best = predict(net, prepare(dataset.images[0, 0], (1, 8, 8)))
    assert sum(guess.probability for guess in best) == pytest.approx(1)


@nets
def test_what_it_needs_is_compiled_layer_by_layer_and_nothing_is_changed(text):
    net = Network.parse(text)
    before = net.state_dict()
    names = [name for name, _ in training_kernels(net)]
    assert names[-3:] == ["training step", "threads", "score"]
    assert "conv1" in names
    assert len(names) == len(set(names))
    assert [name for name, _ in layer_kernels(net)] == [layer.name for layer in net.layers]
    list(warm_up([*training_kernels(net), *layer_kernels(net)]))
    for name, array in net.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


# Larger images


def test_on_a_larger_image_every_place_scores_like_the_window_cut_out_there(rng):
    net = Network(
        parse(
            "INPUT(1,8,8) -> CONV(3,3) -> RES[TANH -> CONV(3,1)] -> CONCAT[CONV(2,1) | TANH]"
            " -> MUL[SIGMOID] -> POOL(2) -> FC(4) -> SOFTMAX"
        ),
        dtype=np.float64,
    )
    x = rng.standard_normal((2, 1, 12, 15))
    scores = net(x)
    assert scores.shape == (2, 4, 3, 4)
    for row, column in np.ndindex(scores.shape[2:]):
        window = x[:, :, 2 * row : 2 * row + 8, 2 * column : 2 * column + 8]
        np.testing.assert_allclose(scores[:, :, row, column], net(window), rtol=1e-12)


def test_lines_are_read_through_branches_that_move_with_the_picture():
    net = Network.parse("INPUT(1,8,8) -> CONV(3,3) -> RES[RELU -> CONV(3,1)] -> POOL(2) -> FC(2)")
    net.class_names = ("one", "none")
    assert reads_lines(net)
    bound = Network.parse("INPUT(1,8,8) -> CONCAT[POOL(2) -> CONVT(1,2,stride=2) | ] -> FC(2)")
    bound.class_names = ("one", "none")
    assert not reads_lines(bound)


def test_maps_that_shrink_and_grow_again_fit_on_images_of_some_larger_sizes_only(rng):
    net = Network.parse(NETS["down and up"])
    assert net(np.zeros((2, 1, 12, 16))).shape == (2, 3, 5, 9)
    for way in (net, net.trace):
        with pytest.raises(RequestError) as caught:
            way(np.zeros((40, 1, 8, 10)))
        assert str(caught.value) == (
            "concat1 CONCAT[…]: 4×4×5 and 4×4×4 arrive; its branches fit for 4×4×4 and 4×4×4, so"
            " the network cannot run on images of this size"
        )


def test_a_sum_of_maps_that_grew_unequally_is_refused_in_one_line():
    net = Network.parse("INPUT(1,4,4) -> RES[CONV(1,2,stride=2) | POOL(2,round=up)]")
    with pytest.raises(RequestError, match=r"res1 RES\[…\]: 1×2×2 and 1×2×3 arrive; its branches"):
        net(np.zeros((1, 1, 4, 5)))


def test_a_layer_cannot_have_the_name_that_begins_those_of_a_trainers_arrays():
    with pytest.raises(RequestError, match="a layer is called run; expected any other name"):
        Network.parse("INPUT(1,4,4) -> run: FC(3)")
