"""A lesson with a few small images, and networks of every kind of layer."""

import numpy as np
import pytest

from tuiconv.lessons.network.lesson import NetworkLesson
from tuiconv.lessons.network.passing import Passing
from tuiconv.lessons.network.view import NetworkView
from tuiconv.nn.network import Network

NETS = {
    "plain": "INPUT(1,8,9) -> CONV(2,3) -> RELU -> POOL(2) -> FC(4) -> TANH -> FC(3) -> SOFTMAX",
    "padded": (
        "INPUT(1,7,8) -> CONV(4,3,pad=1,stride=2,bias=unit) -> TANH -> CONV(4,3,groups=2,pad=(2,1))"
        " -> CONV(2,2,dilation=2) -> FC(3)"
    ),
    "unshared": (
        "INPUT(3,6,5) -> LOCAL(2,3,pad=1) -> STANH -> CONVT(2,3,stride=2,pad=1)"
        " -> CONVT(4,2,groups=2,bias=none) -> FC(12,bias=none) -> FC(3)"
    ),
    "table": "INPUT(1,14,14) -> CONV(6,5) -> SUBSAMPLE(2) -> CONV(16,3,table=lenet5) -> FC(3)",
    "branches": (
        "INPUT(1,6,6) -> CONV(2,3,pad=1) -> RES[CONV(2,3,pad=1) -> SIGMOID]"
        " -> CONCAT[CONV(1,1) | POOL(3,stride=1,pad=1)] -> MUL[CONV(2,1) | CONV(2,1)] -> FC(3)"
    ),
    "pools": (
        "INPUT(1,12,12) -> CONV(4,3) -> BATCHNORM -> RELU6 -> AVGPOOL(3,stride=2,pad=1)"
        " -> LRN(3) -> LEAKYRELU -> LPPOOL(2) -> SHRINK -> SHUFFLE(2) -> UNSHUFFLE(2)"
        " -> LOGPROBPOOL(2) -> FLATTEN -> DROPOUT -> FC(3)"
    ),
    "global": "INPUT(1,7,7) -> WHITEN -> SUBNORM(3) -> DIVNORM(3) -> CONV(3,3) -> GLOBALMAXPOOL",
    "mean": "INPUT(1,7,7) -> CONV(3,3) -> AVGPOOL(2,round=up,count=inside,pad=1) -> GLOBALAVGPOOL",
    "in time": "INPUT(1,20) -> CAUSAL(2,3,dilation=2) -> RELU -> POOL(2) -> CONV(3,1)",
}
"""Every kind of layer, channels and groups, unlike padding, branches, one dimension, no SOFTMAX."""


@pytest.fixture(scope="session")
def nets():
    return NETS


@pytest.fixture(scope="session")
def images(tmp_path_factory):
    """An archive of 24 images of 8×9: noise, brighter on the left, or brighter on the right."""
    rng = np.random.default_rng(0)
    labels = np.arange(48) % 3
    pixels = rng.integers(0, 120, (48, 8, 9))
    pixels[labels == 1, :, :4] += 120
    pixels[labels == 2, :, 5:] += 120
    path = tmp_path_factory.mktemp("images") / "halves.npz"
    pixels, labels = pixels.astype(np.uint8), labels.astype(np.int64)
    np.savez(path, x_train=pixels[:24], y_train=labels[:24], x_test=pixels[24:], y_test=labels[24:])
    return str(path)


@pytest.fixture
def lesson():
    return NetworkLesson()


@pytest.fixture
def view(images):
    return NetworkView(model=NETS["plain"], data=images)


@pytest.fixture(scope="session", params=NETS.values(), ids=NETS)
def passing(request):
    """A random image in each of the networks, whose statistics are none of 0 and 1."""
    rng = np.random.default_rng(1)
    net = Network.parse(request.param, seed=3)
    for layer in net.layers:
        for name, array in layer.parameters.items():
            if name != "weight":
                array[...] = rng.standard_normal(array.shape)
        for name, array in layer.buffers.items():
            if name.startswith("running"):
                array[...] = 0.5 + rng.random(array.shape)
    return Passing(net, rng.integers(0, 256, net.spec.input).astype(np.uint8), label=1)
