"""The nets for large images too can be run and trained; here on the smallest they take."""

import numpy as np
import pytest

from tuiconv.arithmetic import summarize
from tuiconv.nn.network import Network

QUICK = {"wavenet": (1, 64), "googlenet": (3, 32, 32)}
SLOW = {
    "unet": (1, 16, 16),
    "yolo": (3, 31, 31),
    "alexnet": (3, 67, 67),
    "zfnet": (3, 63, 63),
    "vgg16": (3, 32, 32),
    "resnet50": (3, 32, 32),
}


@pytest.mark.parametrize(
    ("name", "shape"),
    [*QUICK.items(), *(pytest.param(*each, marks=pytest.mark.slow) for each in SLOW.items())],
)
def test_a_step_against_the_gradient_makes_the_loss_of_a_large_preset_smaller(name, shape, rng):
    net = Network(summarize(name, input=shape), rng, initialiser="he")
    x = rng.standard_normal((2, *net.spec.input)).astype(np.float32)
    scores = net(x)
    assert scores.shape == (2, *net.spec.output)
    labels = rng.integers(0, net.spec.output[0], (2, *net.spec.output[1:]))
    before = net.trace(x, labels)
    gradients = np.concatenate([each.ravel() for each in before.parameter_gradients.values()])
    assert len(gradients) == net.spec.totals.parameters
    net.parameters -= 1e-3 / np.linalg.norm(gradients) * gradients
    assert net.trace(x, labels).loss < before.loss
