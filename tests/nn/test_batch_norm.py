"""Batch normalisation in networks: statistics of the batch, running ones, and who keeps them."""

import copy
import pickle

import numpy as np
import pytest

from tuiconv.arithmetic import parse
from tuiconv.data.dataset import Dataset
from tuiconv.errors import RequestError
from tuiconv.nn.coins import Coins
from tuiconv.nn.compiled import Compiled
from tuiconv.nn.gradient_check import check_gradients, learned, sample_places
from tuiconv.nn.network import Network
from tuiconv.nn.running import TrainingError
from tuiconv.nn.training import Trainer
from tuiconv.nn.warm_up import training_kernels, warm_up
from tuiconv_kernels.program import Program

TEXT = (
    "INPUT(1,8,8) -> BATCHNORM -> CONV(4,3) -> BATCHNORM(momentum=0.3,eps=0.001) -> RELU -> POOL(2)"
    " -> FC(5) -> BATCHNORM -> TANH -> FC(3) -> SOFTMAX"
)


def network(rng, dtype=np.float32):
    """With scales, offsets and statistics of its own."""
    net = Network(parse(TEXT), rng, dtype=dtype)
    net.load_state_dict(
        {
            name: array + rng.uniform(0.1, 0.4, array.shape)
            for name, array in net.state_dict().items()
        }
    )
    return net


def batch(rng, count, dtype=np.float32):
    return rng.normal(1, 2, (count, 1, 8, 8)).astype(dtype), rng.integers(0, 3, count)


def test_in_training_a_channel_gets_mean_0_and_variance_1_and_the_statistics_follow():
    net = Network(parse("INPUT(2,1,2) -> BATCHNORM(momentum=0.25,eps=0.000001)"), dtype=np.float64)
    x = np.array([[[[1, 3]], [[10, 10]]], [[[5, 7]], [[10, 50]]]], float)
    out = net.forward(x, Coins())[-1]
    # means 4 and 20; variances 5 and 300 of four values, 20/3 and 400 without bias
    expected = [[[[-3, -1]], [[-10, -10]]], [[[1, 3]], [[-10, 30]]]]
    scale = np.sqrt([5, 300])[:, None, None]
    np.testing.assert_allclose(out, np.array(expected) / scale, rtol=1e-6)
    state = net.state_dict()
    np.testing.assert_allclose(state["batchnorm1.running_mean"], [0.25 * 4, 0.25 * 20])
    np.testing.assert_allclose(
        state["batchnorm1.running_var"], [0.75 + 0.25 * 20 / 3, 0.75 + 0.25 * 400]
    )


def test_in_evaluation_the_running_statistics_are_used_and_stay():
    net = Network.parse("INPUT(1,1,2) -> BATCHNORM")
    names = ("weight", "bias", "running_mean", "running_var")
    state = {
        f"batchnorm1.{name}": np.array([v]) for name, v in zip(names, (3, 1, 2, 4), strict=True)
    }
    net.load_state_dict(state)
    np.testing.assert_allclose(
        net(np.array([[[[2, 4]]]], np.float32)), [[[[1, 3 * 2 / 2 + 1]]]], rtol=1e-5
    )
    assert net.state_dict() == state


def test_scales_begin_with_1_and_what_is_kept_is_not_learned():
    net = Network.parse(TEXT)
    state = net.state_dict()
    assert [name for name in state if name.startswith("batchnorm2")] == [
        f"batchnorm2.{name}" for name in ("weight", "bias", "running_mean", "running_var")
    ]
    assert (state["batchnorm2.weight"] == 1).all()
    assert (state["batchnorm2.running_var"] == 1).all()
    assert not state["batchnorm2.running_mean"].any()
    assert len(net.parameters) == net.spec.totals.parameters
    assert not any("running" in name for name in learned(net))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("count", [2, 20, 32])
def test_the_fast_way_learns_what_the_layers_learn_to_the_last_bit(rng, dtype, count):
    net = network(rng, dtype)
    other = copy.copy(net)
    x, labels = batch(rng, count, dtype)
    expected, gradients = np.zeros_like(net.parameters), np.zeros_like(net.parameters)
    net.backward(net.forward(x, Coins()), labels, expected, coins=Coins())
    compiled = Compiled(other, net.spec.input, count, gradients, Coins())
    Program(compiled.learning(x, labels, 1 / count, np.zeros(2)), dtype).run()
    np.testing.assert_array_equal(gradients, expected)
    for name, array in net.arrays().items():
        np.testing.assert_array_equal(other.arrays()[name], array)
    np.testing.assert_array_equal(net(x), net.forward(x)[-1])


@pytest.mark.parametrize("coins", [None, Coins()], ids=["evaluation", "training"])
def test_gradients_agree_with_differences(rng, coins):
    net = network(rng, np.float64)
    x, labels = batch(rng, 5, np.float64)
    gradients = np.zeros_like(net.parameters)
    net.backward(net.forward(x, coins), labels, gradients, coins=coins)
    slopes = np.zeros_like(gradients)
    for k, value in enumerate(net.parameters.copy()):
        losses = []
        for moved in (value + 1e-5, value - 1e-5):
            net.parameters[k] = moved
            losses.append(-net.forward(x, coins)[-1][np.arange(5), labels].mean())
        net.parameters[k] = value
        slopes[k] = (losses[0] - losses[1]) / 2e-5
    np.testing.assert_allclose(gradients, slopes, atol=1e-7)


def test_gradients_are_checked_with_the_running_statistics(rng):
    net = network(rng)
    before = net.state_dict()
    slopes = check_gradients(net, *batch(rng, 4), sample_places(learned(net), 4, rng))
    assert all(slope.agrees for slope in slopes)
    for name, array in net.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


@pytest.mark.parametrize("threads", [2, 3])
def test_a_batch_is_learned_as_one_whatever_the_threads(rng, threads):
    x, labels = batch(rng, 50)
    states = []
    for team in (1, threads):
        net = Network.parse(TEXT, 1)
        trainer = Trainer(net, lr=0.1, threads=team)
        losses = [trainer.step(x, labels) for _ in range(10)]
        states.append(net.state_dict())
    assert losses[-1] < 0.8 * losses[0]
    for name, array in states[0].items():
        assert states[1][name].tobytes() == array.tobytes()


def test_a_run_that_is_taken_up_again_gives_the_same_numbers(rng):
    x, labels = batch(rng, 20)
    net = Network.parse(TEXT, 1)
    trainer = Trainer(net, lr=0.1)
    trainer.step(x, labels)
    state, arrays = trainer.state(), net.state_dict()
    trainer.step(x, labels)
    again = Network.parse(TEXT, 7)
    again.load_state_dict(arrays)
    other = Trainer(again, lr=0.1)
    other.restore(state)
    other.step(x, labels)
    for name, array in net.state_dict().items():
        assert again.state_dict()[name].tobytes() == array.tobytes()


def test_checkpoints_copies_and_pickles_keep_the_statistics(rng, tmp_path):
    net = network(rng)
    net.class_names = ("a", "b", "c")
    net.save(tmp_path / "net.safetensors")
    copies = Network.load(tmp_path / "net.safetensors"), pickle.loads(pickle.dumps(net))
    for other in (*copies, copy.deepcopy(net)):
        for name, array in net.state_dict().items():
            np.testing.assert_array_equal(other.state_dict()[name], array)
        other.arrays()["batchnorm1.running_mean"][:] = 99
    assert (net.arrays()["batchnorm1.running_mean"] != 99).all()


def test_a_state_without_the_statistics_is_refused(rng):
    net = network(rng)
    state = net.state_dict()
    del state["batchnorm2.running_var"]
    with pytest.raises(ValueError, match=r"batchnorm2.running_var: nothing found; .* \(4,\)"):
        net.load_state_dict(state)


def test_warming_up_leaves_the_statistics_alone():
    net = Network.parse(TEXT)
    before = net.state_dict()
    list(warm_up(training_kernels(net)))
    for name, array in net.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


def test_on_a_larger_image_every_place_is_normalised_by_the_same_statistics(rng):
    net = network(rng, np.float64)
    x = rng.standard_normal((2, 1, 10, 12))
    scores = net(x)
    assert scores.shape == (2, 3, 2, 3)
    np.testing.assert_allclose(scores[:, :, 1, 2], net(x[:, :, 2:, 4:]), rtol=1e-10)


MESSAGE = (
    "batchnorm3 BATCHNORM: a batch of 1 image has a single value in each of its 5 channels, which"
    " does not vary; expected batches of at least 2 images"
)


def test_a_batch_of_one_is_refused_if_a_channel_has_a_single_value(rng):
    net = network(rng)
    before = net.state_dict()
    with pytest.raises(RequestError) as caught:
        Trainer(net).step(*batch(rng, 1))
    assert str(caught.value) == MESSAGE
    for name, array in net.state_dict().items():
        np.testing.assert_array_equal(array, before[name])
    maps = Network.parse("INPUT(1,8,8) -> CONV(4,3) -> BATCHNORM -> FC(3)")
    assert np.isfinite(Trainer(maps).step(*batch(rng, 1)))


@pytest.mark.parametrize(("images", "batch_size"), [(13, 4), (5, 1), (1, 8)])
def test_a_run_with_a_batch_of_one_is_refused_before_it_begins(rng, images, batch_size):
    pixels, labels = rng.integers(0, 256, (images, 1, 8, 8), np.uint8), np.arange(images) % 3
    data = Dataset("noise", pixels, labels, ("a", "b", "c"))
    net = Network(parse(TEXT), class_names=data.class_names)
    with pytest.raises(RequestError) as caught:
        Trainer(net, batch_size=batch_size).run(data, data, epochs=1)
    assert str(caught.value) == MESSAGE


def test_a_run_is_not_begun_with_statistics_that_are_no_numbers(rng):
    pixels, labels = rng.integers(0, 256, (9, 1, 8, 8), np.uint8), np.arange(9) % 3
    data = Dataset("noise", pixels, labels, ("a", "b", "c"))
    net = Network(parse(TEXT), class_names=data.class_names)
    net.arrays()["batchnorm2.running_var"][1] = np.nan
    with pytest.raises(TrainingError, match=r"1 of the 4 numbers in batchnorm2\.running_var are"):
        Trainer(net, batch_size=3).run(data, data, epochs=1)
