"""The nets of the ImageNet years, as large as they were."""

import numpy as np
import pytest

from tuiconv.arithmetic import summarize
from tuiconv.nn.network import Network
from tuiconv.nn.training import Trainer

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["alexnet", "googlenet", "resnet50", "vgg16"])
def test_one_photograph_gives_a_thousand_probabilities_the_same_by_any_way(name, rng):
    net = Network.preset(name, initialiser="he")
    x = rng.standard_normal((1, *net.spec.input)).astype(np.float32)
    log_p = net(x)
    assert log_p.shape == (1, 1000)
    assert np.exp(log_p.astype(np.float64)).sum() == pytest.approx(1, rel=1e-5)
    np.testing.assert_array_equal(log_p, net.forward(x)[-1])


def test_a_deep_residual_net_learns_a_few_small_photographs_by_heart(rng):
    net = Network(summarize("resnet18", input=(3, 64, 64)), 1, initialiser="he")
    trainer = Trainer(net, lr=0.02, momentum=0.9)
    x, labels = rng.standard_normal((8, 3, 64, 64)).astype(np.float32), np.arange(8)
    losses = [trainer.step(x, labels) for _ in range(12)]
    assert losses[0] > 5
    assert losses[-1] < 0.1
