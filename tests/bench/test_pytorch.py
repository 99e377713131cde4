"""Where PyTorch is installed: the network it is measured with is the same as ours."""

import numpy as np
import pytest

from tuiconv.arithmetic import PRESETS, layers, parse, summarize
from tuiconv.bench.networks import random_batch
from tuiconv.nn.network import Network
from tuiconv.nn.training import Trainer

torch = pytest.importorskip("torch")
pytorch = pytest.importorskip("tuiconv.bench.pytorch")

SPECS = {
    **{name: summarize(name) for name in PRESETS if summarize(name).output == (10,)},
    "groups, strides, padding": parse(
        "INPUT(4,17,13) -> CONV(6,(3,2),stride=(2,1),pad=(1,2),groups=2) -> TANH"
        " -> CONV(5,3,dilation=2) -> RELU -> POOL(2,stride=1,pad=1) -> FC(7) -> SOFTMAX"
    ),
    "averages": parse(
        "INPUT(2,12,12) -> CONV(3,3) -> STANH -> AVGPOOL(3,stride=2,pad=1) -> SUBSAMPLE(2)"
        " -> TANH -> FC(5)"
    ),
    "tied to places": parse(
        "INPUT(2,9,8) -> LOCAL(3,(3,2),stride=(2,1),pad=(0,1)) -> SIGMOID"
        " -> CONV(4,2,bias=unit) -> SHRINK(threshold=0.1) -> GLOBALAVGPOOL -> FC(5)"
    ),
    "normalised": parse(
        "INPUT(2,9,8) -> CONV(3,3) -> BATCHNORM(momentum=0.2) -> RELU -> FLATTEN -> FC(6)"
        " -> BATCHNORM(eps=0.001) -> TANH -> DROPOUT(0) -> FC(4) -> SOFTMAX"
    ),
    "up and down": parse(
        "INPUT(2,6,5) -> CONVT(4,(3,2),stride=2,pad=(1,0),output_pad=(1,0),groups=2) -> TANH"
        " -> SHUFFLE(2) -> UNSHUFFLE(2) -> POOL(2,dilation=2,round=up)"
        " -> AVGPOOL(3,stride=2,pad=1,round=up,count=inside) -> FC(4)"
    ),
    "largest of maps": parse("INPUT(1,9,8) -> CONV(6,3) -> GLOBALMAXPOOL -> FC(5)"),
}
every_spec = pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
REPEATABLE = {
    name: spec
    for name, spec in SPECS.items()
    if not any(isinstance(layer, layers.Dropout) and layer.p > 0 for layer in spec.layers)
}
"""Nets without chance: each library has masks of its own."""


def shaken(spec):
    """Our network, with biases and gains of its own."""
    ours = Network(spec, 1)
    rng = np.random.default_rng(2)
    ours.load_state_dict(
        {
            name: array + rng.normal(0, 0.1, array.shape).astype(np.float32) * (array.ndim == 1)
            for name, array in ours.state_dict().items()
        }
    )
    return ours


def give(ours, theirs):
    """Give a network in PyTorch the numbers of ours."""
    arrays = ours.state_dict().items()
    theirs.load_state_dict({name: torch.from_numpy(array) for name, array in arrays})


@every_spec
def test_given_our_weights_it_gives_our_outputs(spec):
    ours, theirs = shaken(spec), pytorch.network(spec)
    give(ours, theirs)
    x, _ = random_batch(spec, 5)
    with torch.no_grad():
        expected = theirs.eval()(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(ours(x), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("spec", REPEATABLE.values(), ids=REPEATABLE)
def test_steps_of_training_take_both_to_the_same_weights(spec, monkeypatch):
    ours, theirs = shaken(spec), pytorch.learner(spec)
    give(ours, theirs)
    monkeypatch.setattr(pytorch, "learner", lambda same: theirs)
    x, labels = random_batch(spec, 5)
    trainer = Trainer(ours, lr=0.01, momentum=0.9, threads=1)
    step = pytorch.training_step(spec, x, labels, 0.01, 0.9, 1)
    for _ in range(3):
        trainer.step(x, labels)
        step()
    found = theirs.state_dict()
    for name, array in ours.arrays().items():
        np.testing.assert_allclose(array, found[name].numpy(), rtol=1e-4, atol=1e-5)


def test_inference_is_a_forward_pass_without_gradients():
    spec = summarize("mlp2")
    x, _ = random_batch(spec, 3)
    output = pytorch.inference(spec, x, threads=1)()
    assert output.shape == (3, 10)
    assert not output.requires_grad


def test_both_take_the_threads_that_are_asked_for():
    spec = summarize("mlp2")
    x, labels = random_batch(spec, 3)
    before = torch.get_num_threads()
    try:
        pytorch.training_step(spec, x, labels, 0.01, 0.9, threads=1)
        assert torch.get_num_threads() == 1
        pytorch.inference(spec, x, threads=2)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
