"""Whitening as a layer: fitted to training images once, kept, and never learned."""

import numpy as np
import pytest

from tuiconv.arithmetic import parse
from tuiconv.data.dataset import Dataset
from tuiconv.errors import RequestError
from tuiconv.nn.compiled import Compiled
from tuiconv.nn.gradient_check import check_gradients, learned, sample_places
from tuiconv.nn.network import Network
from tuiconv.nn.training import Trainer
from tuiconv_kernels.program import Program

TEXT = "INPUT(1,3,4) -> WHITEN(eps=0.001) -> CONV(2,2) -> TANH -> FC(3) -> SOFTMAX"


@pytest.fixture
def streaks(rng):
    """Pictures in which every row is nearly of one shade."""
    shades = rng.integers(40, 216, (90, 1, 3, 1)) + rng.integers(-20, 21, (90, 1, 3, 4))
    return Dataset("streaks", shades.astype(np.uint8), np.arange(90) % 3, ("a", "b", "c"))


def test_until_it_is_fitted_everything_passes(rng):
    net = Network.parse("INPUT(1,3,4) -> WHITEN")
    x = rng.standard_normal((5, 1, 3, 4)).astype(np.float32)
    np.testing.assert_array_equal(net(x), x)


def test_fitted_the_images_have_no_correlations_and_variance_1(streaks):
    net = Network(parse("INPUT(1,3,4) -> WHITEN"), dtype=np.float64)
    x = net.preprocessing(streaks.images).astype(float)
    net.fit(x)
    white = net(x).reshape(90, 12)
    np.testing.assert_allclose(white.mean(axis=0), 0, atol=1e-10)
    np.testing.assert_allclose(np.cov(white.T), np.eye(12), atol=0.01)


def test_a_run_fits_it_to_its_training_images_before_the_first_batch(streaks):
    net, other = (Network(parse(TEXT), class_names=streaks.class_names) for _ in range(2))
    Trainer(net, batch_size=30).run(streaks, streaks, epochs=1)
    other.fit(net.preprocessing(streaks.images))
    assert net.layers[0].is_fitted
    for name, array in net.state_dict().items():
        np.testing.assert_array_equal(other.state_dict()[name], array)


def test_it_is_fitted_once_and_training_leaves_it_as_it_is(streaks):
    net = Network(parse(TEXT), class_names=streaks.class_names)
    trainer = Trainer(net, batch_size=30)
    list(trainer.run(streaks, streaks, epochs=1))
    first = net.state_dict()
    halved = Dataset("half", streaks.images // 2, streaks.labels, streaks.class_names)
    list(trainer.run(halved, halved, epochs=1))
    state = net.state_dict()
    np.testing.assert_array_equal(state["whiten1.matrix"], first["whiten1.matrix"])
    assert (state["conv1.weight"] != first["conv1.weight"]).any()
    assert not any("whiten" in name for name in learned(net))


def test_a_checkpoint_keeps_it(streaks, tmp_path):
    net = Network(parse(TEXT), class_names=streaks.class_names)
    x = net.preprocessing(streaks.images)
    net.fit(x)
    net.save(tmp_path / "white.safetensors")
    again = Network.load(tmp_path / "white.safetensors")
    assert again.layers[0].is_fitted
    np.testing.assert_array_equal(again(x), net(x))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("count", [1, 13, 32])
def test_the_fast_way_gives_the_bits_of_the_layers(streaks, dtype, count):
    net = Network(parse(TEXT), dtype=dtype)
    x = net.preprocessing(streaks.images).astype(dtype)
    net.fit(x)
    x, labels = x[:count], streaks.labels[:count]
    activations = net.forward(x)
    np.testing.assert_array_equal(net(x), activations[-1])
    expected, gradients = np.zeros_like(net.parameters), np.zeros_like(net.parameters)
    net.backward(activations, labels, expected)
    compiled = Compiled(net, net.spec.input, 32, gradients)
    Program(compiled.learning(x, labels, 1 / count, np.zeros(2)), dtype).run()
    np.testing.assert_array_equal(gradients, expected)


def test_gradients_agree_with_differences(streaks, rng):
    net = Network(parse(TEXT), rng, dtype=np.float64)
    x, labels = net.preprocessing(streaks.images).astype(float), streaks.labels[:4]
    net.fit(x)
    slopes = check_gradients(net, x[:4], labels, sample_places(learned(net), 9, rng))
    assert all(slope.agrees for slope in slopes)
    pixels = x[:4].copy()
    gradient = net.trace(pixels, labels).gradients["input"]
    for place in ((0, 0, 1, 2), (3, 0, 2, 3)):
        losses = []
        for moved in (x[place] + 1e-5, x[place] - 1e-5):
            pixels[place] = moved
            losses.append(net.trace(pixels, labels).loss)
        pixels[place] = x[place]
        assert gradient[place] == pytest.approx((losses[0] - losses[1]) / 2e-5, rel=1e-5, abs=1e-9)


def test_on_a_larger_image_it_says_that_its_matrix_does_not_fit():
    with pytest.raises(RequestError) as caught:
        Network.parse(TEXT)(np.zeros((2, 1, 3, 6), np.float32))
    assert str(caught.value) == (
        "whiten1 WHITEN(eps=0.001): 1×3×6 arrives; its matrix is made for 1×3×4, so the network"
        " cannot run on larger images"
    )


def test_an_image_of_too_many_numbers_is_refused_before_memory_is_asked_for():
    with pytest.raises(RequestError) as caught:
        Network.parse("INPUT(3,224,224) -> WHITEN -> FC(10)")
    assert str(caught.value) == (
        "whiten1 WHITEN: 3×224×224 = 150,528 numbers arrive, whose matrix has as many squared; at"
        " most 4,096 are whitened"
    )


def test_a_single_training_image_has_no_correlations(streaks):
    one = Dataset("one", streaks.images[:1], streaks.labels[:1], streaks.class_names)
    net = Network(parse(TEXT), class_names=streaks.class_names)
    with pytest.raises(RequestError, match=r"whiten1 WHITEN.*1 image; expected at least 2"):
        Trainer(net).run(one, one, epochs=1)
