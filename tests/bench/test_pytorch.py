"""Where PyTorch is installed: the network it is measured with is the same as ours."""

import numpy as np
import pytest

from tuiconv.arithmetic import PRESETS, parse, summarize
from tuiconv.bench.networks import random_batch
from tuiconv.nn.network import Network
from tuiconv.nn.training import Trainer

torch = pytest.importorskip("torch")
pytorch = pytest.importorskip("tuiconv.bench.pytorch")

SPECS = {
    **{name: summarize(name) for name in PRESETS},
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
}
every_spec = pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)


def twins(spec):
    """Our network, with biases and gains of its own, and the same in PyTorch."""
    ours = Network(spec, 1)
    rng = np.random.default_rng(2)
    ours.load_state_dict(
        {
            name: array + rng.normal(0, 0.1, array.shape).astype(np.float32) * (array.ndim == 1)
            for name, array in ours.state_dict().items()
        }
    )
    theirs = pytorch.network(spec)
    with torch.no_grad():
        arrays = ours.state_dict().values()
        for parameter, array in zip(theirs.parameters(), arrays, strict=True):
            parameter.copy_(torch.from_numpy(array))
    return ours, theirs


@every_spec
def test_given_our_weights_it_gives_our_outputs(spec):
    ours, theirs = twins(spec)
    x, _ = random_batch(spec, 5)
    with torch.no_grad():
        expected = theirs(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(ours(x), expected, rtol=1e-4, atol=1e-5)


@every_spec
def test_steps_of_training_take_both_to_the_same_weights(spec, monkeypatch):
    ours, theirs = twins(spec)
    monkeypatch.setattr(pytorch, "network", lambda same: theirs)
    x, labels = random_batch(spec, 5)
    trainer = Trainer(ours, lr=0.01, momentum=0.9, threads=1)
    step = pytorch.training_step(spec, x, labels, 0.01, 0.9, 1)
    for _ in range(3):
        trainer.step(x, labels)
        step()
    for (name, array), parameter in zip(
        ours.state_dict().items(), theirs.parameters(), strict=True
    ):
        found = parameter.detach().numpy()
        if name.endswith("weight") and (array == 0).any():  # what is masked learns nothing
            found = np.where(array == 0, 0, found)
        np.testing.assert_allclose(array, found, rtol=1e-4, atol=1e-5, err_msg=name)


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
