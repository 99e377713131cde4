"""Backpropagation through whole networks against central differences, in float64."""

import numpy as np
import pytest

from tuiconv.arithmetic import parse
from tuiconv.nn.losses import CROSS_ENTROPY, LOSSES
from tuiconv.nn.network import Network

STEP = 1e-5
SINGLY, TOGETHER = 6, 6
"""Directions in which a gradient is checked."""

NETWORKS = [
    "INPUT(2,7,6) -> CONV(3,3) -> RELU -> POOL(2) -> FC(4)",
    "INPUT(1,8,8) -> CONV(2,3,pad=1) -> TANH -> AVGPOOL(2) -> CONV(3,2) -> TANH -> FC(5) -> RELU"
    " -> FC(3)",
    "INPUT(4,7,8) -> CONV(4,(3,2),stride=(2,1),pad=(1,0),dilation=(1,2),groups=2) -> RELU"
    " -> POOL(3,stride=1,pad=1) -> AVGPOOL((1,2),pad=(0,1)) -> FC(3)",
    "INPUT(1,6,6) -> CONV(2,3) -> RELU -> POOL(2) -> FC(3) -> SOFTMAX",
    "INPUT(1,4,4) -> FC(6) -> TANH -> FC(3) -> SOFTMAX",
    "INPUT(1,7,7) -> CONV(6,2) -> STANH -> SUBSAMPLE(2) -> STANH -> CONV(16,(2,1),table=lenet5)"
    " -> STANH -> SUBSAMPLE((1,3),stride=1) -> FC(3) -> SOFTMAX",
    "INPUT(2,6,7) -> CONV(3,3,stride=2,pad=1,bias=unit) -> SIGMOID -> LOCAL(2,(2,3),stride=(1,2))"
    " -> SIGMOID -> FC(3) -> SOFTMAX",
    "INPUT(2,7,6) -> CONV(3,2) -> SHRINK(threshold=0.2) -> LPPOOL((3,2),stride=2,power=2.5)"
    " -> TANH -> LPPOOL(2,stride=1) -> FC(3)",
    "INPUT(2,6,5) -> CONV(3,2) -> TANH -> GLOBALAVGPOOL -> FC(3) -> SOFTMAX",
    "INPUT(2,5,6) -> CONV(3,2) -> TANH -> POOL(2) -> FLATTEN -> TANH -> FC(3) -> SOFTMAX",
    "INPUT(2,3,4) -> CONVT(4,(3,2),stride=2,pad=(1,0),output_pad=(1,0),groups=2) -> TANH"
    " -> SHUFFLE(2) -> CONV(2,3,stride=3) -> TANH -> CONVT(3,2,dilation=2) -> FC(3)",
    "INPUT(1,6,4) -> UNSHUFFLE(2) -> CONV(2,(2,1)) -> TANH -> LOGPROBPOOL((2,1),stride=1,beta=3)"
    " -> GLOBALMAXPOOL -> FC(3) -> SOFTMAX",
    "INPUT(2,5,6) -> CONV(3,2) -> SUBNORM(3) -> DIVNORM((3,5)) -> FC(3) -> SOFTMAX",
    "INPUT(2,1,7) -> CAUSAL(4,2) -> TANH -> CAUSAL(2,2,dilation=2,groups=2) -> TANH -> FC(3)",
    "INPUT(1,7,6) -> CONV(2,2) -> TANH -> POOL(2,stride=1,dilation=2,pad=1,round=up)"
    " -> AVGPOOL(2,pad=1,round=up,count=inside) -> FC(3)",
    "INPUT(12,2,3) -> STANH -> CONV(12,(1,2),table=belllabs,bias=unit) -> FC(3)",
    "INPUT(1,6,6) -> CONV(3,3) -> [RES[ | ]]*3 -> RELU6 -> CONV(3,2,groups=3) -> FC(3) -> SOFTMAX",
    "INPUT(3,5,4) -> CONV(5,2) -> LRN(3,alpha=0.5,k=2) -> LEAKYRELU(slope=0.2) -> LRN(2,alpha=1)"
    " -> FC(3) -> SOFTMAX",
    "INPUT(2,5,6) -> CONV(4,3,groups=2,bias=none) -> TANH -> CONVT(2,2,stride=2,bias=none) -> TANH"
    " -> LOCAL(2,3,stride=2,bias=none) -> TANH -> FC(3,bias=none)",
    "INPUT(2,1,7) -> CAUSAL(4,2,bias=none) -> TANH -> CONV(3,(1,2),bias=none) -> FC(3) -> SOFTMAX",
    "INPUT(1,5,6) -> CONV(2,3,pad=((0,2),(1,0))) -> TANH -> POOL(3,stride=2,pad=((1,0),(0,1)))"
    " -> LOCAL(3,2,pad=((1,0),1)) -> TANH -> FC(3)",
    "INPUT(1,4,5) -> CONVT(2,3,stride=2,pad=((0,1),(2,1)),output_pad=1) -> TANH"
    " -> AVGPOOL(3,stride=2,pad=((1,0),(0,1)),round=up,count=inside)"
    " -> AVGPOOL(2,pad=(0,(1,0)),round=up) -> FC(3)",
    "INPUT(2,9) -> CONV(4,3,pad=1) -> TANH -> POOL(2,pad=(0,(1,0)),round=up) -> CONV(3,2,stride=2)"
    " -> FC(3)",
]
BRANCHES = {
    "residual": "INPUT(2,6,5) -> CONV(3,3,pad=1) -> TANH -> RES[CONV(3,3,pad=1) -> TANH]"
    " -> RES[CONV(4,3,stride=2,pad=1) -> TANH -> CONV(4,1) | CONV(4,1,stride=2)] -> TANH -> FC(3)"
    " -> SOFTMAX",
    "inception": "INPUT(2,6,5) -> CONV(3,2) -> TANH -> CONCAT[CONV(2,1) -> TANH | CONV(2,1) -> TANH"
    " -> CONV(2,3,pad=1) | AVGPOOL(3,stride=1,pad=1) -> CONV(1,1)] -> TANH -> FC(3)",
    "down and up": "INPUT(1,4,4) -> CONV(2,3,pad=1) -> TANH -> CONCAT[ | AVGPOOL(2)"
    " -> CONV(3,3,pad=1) -> TANH -> CONCAT[ | AVGPOOL(2) -> CONV(3,1) -> CONVT(2,2,stride=2)]"
    " -> CONV(2,3,pad=1) -> TANH -> CONVT(2,2,stride=2)] -> CONV(2,3) -> FC(3) -> SOFTMAX",
    "gated": "INPUT(2,9) -> CAUSAL(3,2) -> RES[MUL[CAUSAL(3,2,dilation=2) -> TANH"
    " | CAUSAL(3,2,dilation=2) -> SIGMOID] -> CONV(3,1)] -> MUL[SIGMOID] -> FC(3)",
    "one input many times": "INPUT(1,3,4) -> CONV(2,2) -> MUL[ | | TANH] -> RES[ | ] -> CONCAT[ | ]"
    " -> FC(3)",
    "vectors": "INPUT(1,3,3) -> FC(4) -> TANH -> RES[FC(4) -> TANH] -> CONCAT[FC(2) | FC(3)]"
    " -> MUL[FC(5) -> SIGMOID] -> FC(3)",
}
ENDS = [
    "INPUT(1,4,4) -> CONV(2,2) -> TANH -> FC(3)",
    "INPUT(1,4,4) -> CONV(2,2) -> TANH -> FC(3) -> SOFTMAX",
    "INPUT(1,5,5) -> CONV(2,2) -> TANH -> CONV(3,4)",
    "INPUT(1,5,5) -> CONV(2,2) -> TANH -> CONV(3,4) -> SOFTMAX",
]
"""All that a loss can meet at the end of a network."""


def directions(array, rng):
    """Some numbers by themselves, then all together in random directions; all of length 1.

    A gradient that is wrong in a single place is wrong along nearly every direction.
    """
    for place in rng.permutation(array.size)[:SINGLY]:
        alone = np.zeros(array.size)
        alone[place] = 1
        yield alone.reshape(array.shape)
    for _ in range(TOGETHER):
        direction = rng.standard_normal(array.shape)
        yield direction / np.linalg.norm(direction)


def slope(loss, array, direction):
    """How fast `loss()` grows along a direction of an array, which is changed and put back."""
    before = array.copy()
    array[...] = before + STEP * direction
    above = loss()
    array[...] = before - STEP * direction
    below = loss()
    array[...] = before
    return (above - below) / (2 * STEP)


def assert_is_gradient(gradient, loss, array, rng):
    most = np.abs(gradient).max()
    assert most > 1e-3
    for direction in directions(array, rng):
        expected = slope(loss, array, direction)
        assert np.vdot(gradient, direction) == pytest.approx(expected, rel=0, abs=1e-6 * most)


def network(text, rng):
    """In float64, with biases that are not zero either."""
    net = Network(parse(text), rng, dtype=np.float64)
    for name, array in net.named(net.parameters).items():
        noise = 0.1 * rng.standard_normal(array.shape)
        array[...] += noise * (name.endswith("bias") | (array != 0))  # what is 0 has no connection
    return net


@pytest.mark.parametrize(
    ("text", "loss"),
    [
        *((text, LOSSES["cross_entropy"]) for text in (*NETWORKS, *BRANCHES.values())),
        *((text, loss) for text in ENDS for loss in LOSSES.values()),
    ],
)
def test_every_parameters_gradient_agrees_with_differences(text, loss, rng):
    net = network(text, rng)
    x, labels = rng.standard_normal((3, *net.spec.input)), np.array([2, 0, 2])
    gradients = net.trace(x, labels, loss.name).parameter_gradients
    seen = net.seen(loss)
    assert gradients.keys() == net.state_dict().keys()
    for name, array in net.named(net.parameters).items():
        assert_is_gradient(
            gradients[name], lambda: loss.mean(net.forward(x)[seen], labels), array, rng
        )


@pytest.mark.parametrize(
    "text",
    [
        # ReLU after the pooling: before it, its zeros would tie for the maximum.
        "INPUT(2,7,6) -> CONV(3,3) -> POOL(2) -> RELU -> FC(4)",
        "INPUT(1,8,8) -> CONV(2,3,pad=1) -> TANH -> AVGPOOL(2) -> CONV(3,2) -> FC(3)",
        "INPUT(6,3,3) -> STANH -> SUBSAMPLE(2,stride=1) -> CONV(16,2,table=lenet5) -> FC(3)",
        "INPUT(2,6,6) -> TANH -> LPPOOL(2,power=3) -> CONV(3,2) -> SHRINK -> GLOBALAVGPOOL"
        " -> FC(3)",
        "INPUT(2,5,5) -> SIGMOID -> LOCAL(2,3,pad=1) -> CONV(3,2,bias=unit) -> SIGMOID -> FC(3)",
        *(text.removesuffix(" -> SOFTMAX") for text in BRANCHES.values()),
    ],
)
def test_the_gradient_at_every_layer_agrees_with_changing_what_left_it(text, rng):
    net = network(text, rng)
    x, labels = rng.standard_normal((2, *net.spec.input)), np.array([2, 0])
    trace = net.trace(x, labels)
    left = list(trace.activations.values())
    for done, (name, activation) in enumerate(trace.activations.items()):

        def loss(left=left[: done + 1], rest=net.layers[done:]):
            behind = list(left)
            for layer in rest:
                behind.append(layer.forward(*(behind[place] for place in layer.spec.sources)))
            return CROSS_ENTROPY.mean(behind[-1], labels)

        assert_is_gradient(trace.gradients[name], loss, activation, rng)


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_on_a_larger_image_the_gradients_are_those_of_a_convolution(loss, rng):
    net = network("INPUT(1,6,6) -> CONV(2,3) -> RELU -> POOL(2) -> FC(4) -> TANH -> FC(3)", rng)
    x, labels = rng.standard_normal((2, 1, 8, 10)), rng.integers(0, 3, (2, 2, 3))
    gradients = net.trace(x, labels, loss.name).parameter_gradients
    for name, array in net.named(net.parameters).items():
        assert_is_gradient(gradients[name], lambda: loss.mean(net(x), labels), array, rng)


def test_with_softmax_or_without_a_map_of_decisions_has_the_same_gradients(rng):
    text = "INPUT(1,6,6) -> CONV(2,3) -> RELU -> POOL(2) -> FC(3)"
    x, labels = rng.standard_normal((2, 1, 8, 10)), rng.integers(0, 3, (2, 2, 3))
    without = Network(parse(text), dtype=np.float64).trace(x, labels)
    softmax = Network(parse(f"{text} -> SOFTMAX"), dtype=np.float64).trace(x, labels)
    assert softmax.loss == pytest.approx(without.loss, rel=1e-12)
    for name, gradient in without.parameter_gradients.items():
        np.testing.assert_allclose(softmax.parameter_gradients[name], gradient, atol=1e-12)
