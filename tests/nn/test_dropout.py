"""Dropout: a coin for every unit, tossed alike by every way through a network."""

import numpy as np
import pytest

from tuiconv.arithmetic import parse
from tuiconv.errors import RequestError
from tuiconv.nn.coins import Coins
from tuiconv.nn.compiled import Compiled
from tuiconv.nn.gradient_check import check_gradients, learned, sample_places
from tuiconv.nn.network import Network
from tuiconv.nn.training import Trainer
from tuiconv_kernels.coins import number
from tuiconv_kernels.program import Program

TEXT = (
    "INPUT(1,9,9) -> DROPOUT(0.2) -> CONV(5,2) -> RELU -> DROPOUT -> POOL(2)"
    " -> FC(7) -> TANH -> DROPOUT(p=0.25) -> FC(3) -> SOFTMAX"
)


def network(rng, dtype=np.float32):
    net = Network(parse(TEXT), rng, dtype=dtype)
    net.parameters[:] += 0.1 * rng.standard_normal(len(net.parameters))
    return net


def batch(net, rng, count):
    x = rng.standard_normal((count, *net.spec.input)).astype(net.parameters.dtype)
    return x, rng.integers(0, 3, count)


def mask(coins, layer="INPUT(1,4,5) -> DROPOUT", images=6):
    """What a net of dropout alone makes of ones."""
    net = Network.parse(layer)
    return net.forward(np.ones((images, *net.spec.input), np.float32), coins)[-1]


def test_in_training_half_is_dropped_and_the_rest_doubled_so_that_the_mean_stays():
    dropped = mask(Coins(seed=5), "INPUT(1,100,100) -> DROPOUT", images=2)
    assert set(np.unique(dropped)) == {0, 2}
    assert dropped.mean() == pytest.approx(1, abs=0.02)
    rarely = mask(Coins(seed=5), "INPUT(1,100,100) -> DROPOUT(0.2)", images=2)
    assert set(np.unique(rarely)) == {0, np.float32(1 / 0.8)}
    assert (rarely == 0).mean() == pytest.approx(0.2, abs=0.01)


def test_in_evaluation_nothing_is_dropped(rng):
    net, without = Network.parse(TEXT, 3), TEXT
    for layer in (" -> DROPOUT(0.2)", " -> DROPOUT(p=0.25)", " -> DROPOUT"):
        without = without.replace(layer, "")
    other = Network.parse(without, 3)
    for count in (1, 5, 40):
        x, labels = batch(net, rng, count)
        np.testing.assert_array_equal(net(x), other(x))
        trace = net.trace(x, labels)
        assert trace.loss == other.trace(x, labels).loss
        np.testing.assert_array_equal(trace.activations["dropout1"], x)


def test_a_net_of_dropout_alone_gives_its_input(rng):
    net = Network.parse("INPUT(2,3,3) -> DROPOUT")
    x = rng.standard_normal((5, 2, 3, 3)).astype(np.float32)
    np.testing.assert_array_equal(net(x), x)
    np.testing.assert_array_equal(net(x[:1]), x[:1])


def test_steps_images_and_layers_have_masks_of_their_own():
    first = mask(Coins(seed=1))
    assert (first[0] != first[1]).any()
    assert (first != mask(Coins(seed=2))).any()
    two = Network.parse("INPUT(1,4,5) -> DROPOUT -> DROPOUT")
    _, once, twice = two.forward(np.ones((6, 1, 4, 5), np.float32), Coins(seed=1))
    np.testing.assert_array_equal(once, first)
    assert ((once != 0) & (twice == 0)).any()


def test_an_image_has_the_same_mask_in_whatever_part_of_the_batch_it_is():
    whole = mask(Coins(seed=9))
    for start in range(6):
        np.testing.assert_array_equal(mask(Coins(seed=9, first=start), images=1), whole[start:][:1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("count", [1, 13, 16, 20])
def test_the_fast_way_drops_what_the_layers_drop_to_the_last_bit(rng, dtype, count):
    net = network(rng, dtype)
    x, labels = batch(net, rng, count)
    coins = Coins(seed=2**64 - 3, first=40)
    activations = net.forward(x, coins)
    expected, gradients = np.zeros_like(net.parameters), np.zeros_like(net.parameters)
    net.backward(activations, labels, expected, coins=coins)
    verdict = np.zeros(2)
    compiled = Compiled(net, net.spec.input, 32, gradients, coins)
    Program(compiled.learning(x, labels, 1 / count, verdict), dtype).run()
    np.testing.assert_array_equal(gradients, expected)
    assert (activations[1] == 0).any()
    assert np.abs(expected).max() > 1e-3


def test_with_the_coins_held_the_gradients_agree_with_differences(rng):
    net, coins = network(rng, np.float64), Coins(seed=4)
    x, labels = batch(net, rng, 3)
    gradients, slopes = np.zeros_like(net.parameters), np.zeros_like(net.parameters)
    net.backward(net.forward(x, coins), labels, gradients, coins=coins)
    for k, value in enumerate(net.parameters.copy()):
        losses = []
        for moved in (value + 1e-5, value - 1e-5):
            net.parameters[k] = moved
            log_p = net.forward(x, coins)[-1]
            losses.append(-log_p[np.arange(3), labels].mean())
        net.parameters[k] = value
        slopes[k] = (losses[0] - losses[1]) / 2e-5
    np.testing.assert_allclose(gradients, slopes, atol=1e-7)


def test_gradients_are_checked_in_evaluation(rng):
    net = network(rng)
    places = sample_places(learned(net), 5, rng)
    assert all(slope.agrees for slope in check_gradients(net, *batch(net, rng, 4), places))


@pytest.mark.parametrize("threads", [2, 3])
@pytest.mark.parametrize("count", [7, 50, 70])
def test_it_learns_the_same_with_any_number_of_threads(rng, threads, count):
    x, labels = batch(Network.parse(TEXT), rng, count)
    learned_by = []
    for team in (1, threads):
        net = Network.parse(TEXT, seed=1)
        trainer = Trainer(net, lr=0.1, seed=2, threads=team)
        for _ in range(3):
            trainer.step(x, labels)
        learned_by.append(net.parameters.tobytes())
    assert learned_by[0] == learned_by[1]


def test_a_step_is_downhill_with_the_coins_of_its_number(rng):
    net = network(rng, np.float64)
    x, labels = batch(net, rng, 40)
    trainer = Trainer(net, lr=0.1, momentum=0, seed=6)
    first = trainer.state()["dropout_seed"]
    for step in (1, 2):
        before, gradients = net.parameters.copy(), np.zeros_like(net.parameters)
        coins = Coins(number(first, step))
        net.backward(net.forward(x, coins), labels, gradients, coins=coins)
        trainer.step(x, labels)
        np.testing.assert_allclose(net.parameters, before - 0.1 * gradients, atol=1e-12)


def test_a_run_that_is_taken_up_again_gives_the_same_numbers(rng):
    x, labels = batch(Network.parse(TEXT), rng, 20)
    net = Network.parse(TEXT, seed=1)
    trainer = Trainer(net, lr=0.1, seed=2)
    trainer.step(x, labels)
    state, parameters = trainer.state(), net.state_dict()
    trainer.step(x, labels)
    again = Network.parse(TEXT, seed=7)
    again.load_state_dict(parameters)
    other = Trainer(again, lr=0.1, seed=99)
    other.step(x, labels)  # with coins of its own
    again.load_state_dict(parameters)
    other.restore(state)
    other.step(x, labels)
    assert again.parameters.tobytes() == net.parameters.tobytes()


@pytest.mark.parametrize("seed", [None, "3", -1, 2.5])
def test_a_state_without_the_seed_of_the_coins_is_refused(seed):
    trainer = Trainer(Network.parse(TEXT))
    with pytest.raises(RequestError, match=f"dropout_seed is {seed}; expected a number"):
        trainer.restore({**trainer.state(), "dropout_seed": seed})


def test_a_net_without_dropout_keeps_the_order_of_its_seed(small):
    assert Trainer(small(), seed=5).state()["dropout_seed"] is None
    order = np.random.default_rng(5).bit_generator.state
    assert Trainer(small(), seed=5).state()["order"] == order
    assert Trainer(Network.parse(TEXT), seed=5).state()["order"] != order
