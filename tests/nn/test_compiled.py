"""The fast way through a network gives the very bits of the way through its layers."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tuiconv.arithmetic import parse
from tuiconv.nn import compiled as module
from tuiconv.nn.compiled import Compiled
from tuiconv.nn.losses import CROSS_ENTROPY, LOSSES
from tuiconv.nn.network import Network
from tuiconv_kernels.program import Program

SLIDING = {
    "fused": "INPUT(1,12,12) -> CONV(5,3) -> RELU -> POOL(2) -> CONV(4,2) -> RELU -> POOL(2)"
    " -> FC(7) -> RELU -> FC(3) -> SOFTMAX",
    "odd maps": "INPUT(2,10,9) -> CONV(3,2) -> RELU -> POOL(2) -> FC(4)",
    "padding, stride, dilation, groups": "INPUT(4,9,8) -> CONV(6,(3,2),stride=(2,1),pad=(1,2),"
    "dilation=(1,2),groups=2) -> RELU -> CONV(4,3,pad=1) -> TANH -> FC(3) -> SOFTMAX",
    "average pools": "INPUT(1,9,9) -> CONV(2,3,pad=1) -> TANH -> AVGPOOL(3,stride=2,pad=1)"
    " -> AVGPOOL(2,stride=1) -> FC(5) -> TANH -> FC(3)",
    "overlapping max pools": "INPUT(2,9,9) -> POOL(2,stride=1) -> CONV(3,3)"
    " -> POOL(3,stride=1,pad=1) -> RELU -> POOL(2) -> FC(3) -> SOFTMAX",
    "no weights at first": "INPUT(1,6,6) -> RELU -> AVGPOOL(2) -> FC(3) -> SOFTMAX",
    "few features": "INPUT(1,2,2) -> FC(2) -> TANH -> FC(3)",
    "subsampling": "INPUT(2,9,8) -> SUBSAMPLE(2,stride=1) -> STANH -> CONV(3,3)"
    " -> SUBSAMPLE((2,3),stride=(2,1)) -> STANH -> FC(3) -> SOFTMAX",
    "a table": "INPUT(1,12,12) -> CONV(6,3) -> RELU -> POOL(2) -> CONV(16,2,table=lenet5) -> RELU"
    " -> POOL(2) -> FC(3) -> SOFTMAX",
    "tables at first and over all": "INPUT(6,7,6) -> CONV(16,3,stride=2,pad=1,table=lenet5)"
    " -> STANH -> CONV(6,2) -> CONV(16,(3,2),table=lenet5) -> STANH -> FC(3)",
    "sigmoids": "INPUT(1,8,8) -> SIGMOID -> CONV(3,3) -> SIGMOID -> POOL(2) -> FC(4) -> SIGMOID"
    " -> FC(3)",
    "norms and shrinking": "INPUT(2,9,8) -> SHRINK(threshold=0.3) -> CONV(3,2) -> LPPOOL(2)"
    " -> CONV(4,2) -> SHRINK(threshold=0.1) -> LPPOOL((1,2),stride=1,power=3) -> FC(3) -> SOFTMAX",
    "transposed and shuffled": "INPUT(2,6,5) -> CONVT(4,(3,2),stride=2,pad=(1,0),output_pad=(1,0))"
    " -> TANH -> SHUFFLE(2) -> CONV(3,3,stride=2) -> CONVT(4,2,dilation=2,groups=1) -> FC(3)",
    "local contrast": "INPUT(3,9,8) -> SUBNORM(5) -> DIVNORM((3,5)) -> CONV(4,3) -> RELU -> POOL(2)"
    " -> FC(3) -> SOFTMAX",
    "soft maxima": "INPUT(2,9,8) -> CONV(3,2) -> LOGPROBPOOL(2,stride=1,beta=2.5) -> FC(3)",
    "windows that reach out": "INPUT(2,8,8) -> CONV(3,2) -> RELU -> POOL(2,round=up) -> TANH"
    " -> AVGPOOL(3,stride=2,pad=1,round=up,count=inside) -> FC(3) -> SOFTMAX",
    "cells apart": "INPUT(2,9,8) -> CONV(3,2) -> POOL(2,stride=1,dilation=(2,3),pad=1) -> RELU"
    " -> AVGPOOL(3,pad=1,count=inside) -> FC(3)",
    "no biases": "INPUT(2,9,8) -> CONV(4,3,bias=none) -> RELU -> POOL(2) -> CONV(3,2,bias=none)"
    " -> TANH -> CONVT(3,2,bias=none) -> FC(3,bias=none) -> SOFTMAX",
    "other padding on each side": "INPUT(2,8,9) -> CONV(4,3,pad=((0,1),(2,0))) -> RELU"
    " -> POOL(2,stride=1,pad=((0,1),(1,0))) -> AVGPOOL(3,stride=2,pad=((1,0),(0,1)),count=inside)"
    " -> CONVT(3,2,stride=2,pad=((0,1),(1,0))) -> CONV(3,(2,3)) -> FC(3)",
    "leaks and responses": "INPUT(2,8,9) -> CONV(5,3) -> LEAKYRELU(slope=0.1) -> LRN(3,alpha=0.5)"
    " -> CONV(3,3) -> FC(3) -> SOFTMAX",
    "a ceiling": "INPUT(2,8,9) -> CONV(5,3) -> [RES[ | ]]*3 -> RELU6 -> CONV(3,3) -> RELU6 -> FC(3)"
    " -> SOFTMAX",
    "branches": "INPUT(2,8,8) -> CONV(3,3,pad=1,bias=none) -> RELU -> RES[CONV(3,3,pad=1) -> RELU]"
    " -> CONCAT[CONV(2,1) | POOL(3,stride=1,pad=1)] -> MUL[CONV(5,1) -> SIGMOID] -> FC(3)"
    " -> SOFTMAX",
    "one map": "INPUT(1,8,8) -> CONV(1,3) -> RELU -> POOL(2) -> CONV(1,3) -> FC(3) -> SOFTMAX",
}
TIED_TO_SIZES = {
    "a bias for every unit": "INPUT(1,9,9) -> CONV(12,3,stride=2,pad=1,bias=unit) -> STANH"
    " -> CONV(12,3,pad=1,table=belllabs,bias=unit) -> RELU -> POOL(2) -> FC(3) -> SOFTMAX",
    "nothing shared": "INPUT(2,8,9) -> LOCAL(3,3,stride=2,pad=1) -> SIGMOID -> POOL(2)"
    " -> LOCAL(2,(1,2)) -> SIGMOID -> FC(3) -> SOFTMAX",
    "flattened maps": "INPUT(2,12,12) -> CONV(5,3) -> RELU -> POOL(2) -> FLATTEN -> RELU -> FC(6)"
    " -> TANH -> FLATTEN -> FC(3) -> SOFTMAX",
    "means that are flattened": "INPUT(1,9,8) -> CONV(3,2) -> GLOBALAVGPOOL -> FLATTEN -> SOFTMAX",
    "flattened at first": "INPUT(1,4,5) -> FLATTEN -> FC(3)",
    "cells as channels": "INPUT(1,8,6) -> UNSHUFFLE(2) -> CONV(3,2) -> RELU -> FC(3) -> SOFTMAX",
    "nothing shared, more above than below": "INPUT(2,6,5)"
    " -> LOCAL(3,3,pad=((2,0),(0,1)),bias=none) -> SIGMOID -> FC(3) -> SOFTMAX",
    "length": "INPUT(2,24) -> CONV(4,5,stride=2,pad=(1,2)) -> RELU -> POOL(2) -> FC(3) -> SOFTMAX",
    "time": "INPUT(2,1,9) -> CAUSAL(4,2) -> TANH -> CAUSAL(4,2,dilation=2,groups=2) -> FC(3)",
    "largest of whole maps": "INPUT(1,9,8) -> CONV(6,3) -> GLOBALMAXPOOL -> FC(3) -> SOFTMAX",
    "means of whole maps": "INPUT(1,9,8) -> CONV(6,3) -> RELU -> GLOBALAVGPOOL -> FC(3) -> SOFTMAX",
}
NETWORKS = SLIDING | TIED_TO_SIZES
networks = pytest.mark.parametrize("text", NETWORKS.values(), ids=NETWORKS)
dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
counts = pytest.mark.parametrize(
    "count", [1, 13, 32, *(pytest.param(n, marks=pytest.mark.slow) for n in (8, 20))]
)


def network(text, rng, dtype=np.float32):
    net = Network(parse(text), rng, dtype=dtype)
    for name, array in net.named(net.parameters).items():
        noise = 0.1 * rng.standard_normal(array.shape).astype(dtype)
        array[...] += noise * (name.endswith("bias") | (array != 0))  # what is 0 has no connection
    return net


def batch(net, rng, count):
    x = rng.standard_normal((count, *net.spec.input)).astype(net.parameters.dtype)
    return x, rng.integers(0, net.spec.output[0], count)


def learn(compiled, x, labels, share, loss=CROSS_ENTROPY):
    verdict = np.zeros(2)
    Program(compiled.learning(x, labels, share, verdict, loss), x.dtype).run()
    return verdict


@networks
@dtypes
@counts
def test_outputs_are_those_of_the_layers_to_the_last_bit(text, dtype, count, rng):
    net = network(text, rng, dtype)
    x, _ = batch(net, rng, count)
    expected = net.forward(x)[-1]
    np.testing.assert_array_equal(net(x), expected.reshape(net(x).shape))


@networks
@dtypes
@counts
def test_gradients_are_those_of_the_layers_to_the_last_bit(text, dtype, count, rng):
    net = network(text, rng, dtype)
    x, labels = batch(net, rng, count)
    activations = net.forward(x)
    expected = np.zeros_like(net.parameters)
    net.backward(activations, labels, expected)
    gradients = np.zeros_like(net.parameters)
    compiled = Compiled(net, net.spec.input, 32, gradients)
    loss, correct = learn(compiled, x, labels, 1 / count)
    np.testing.assert_array_equal(gradients, expected)
    assert np.abs(expected).max() > 1e-3
    assert loss / count == pytest.approx(CROSS_ENTROPY.mean(activations[-1], labels), rel=1e-6)
    assert correct == (activations[-1].argmax(axis=1).reshape(-1) == labels).sum()


@networks
@dtypes
@pytest.mark.parametrize("loss", ["squared", "svm"])
def test_so_are_those_of_other_losses_which_leave_out_a_final_softmax(text, dtype, loss, rng):
    net, loss = network(text, rng, dtype), LOSSES[loss]
    x, labels = batch(net, rng, 13)
    activations = net.forward(x)
    expected = np.zeros_like(net.parameters)
    grads = net.backward(activations, labels, expected, loss)
    scores = activations[-2 if net.ends_in_softmax else -1]
    np.testing.assert_array_equal(net.outputs(x, loss), scores.reshape(13, -1))
    if net.ends_in_softmax:
        assert not grads[-1].any()
    gradients = np.zeros_like(net.parameters)
    total, correct = learn(Compiled(net, net.spec.input, 32, gradients), x, labels, 1 / 13, loss)
    np.testing.assert_array_equal(gradients, expected)
    assert np.abs(expected).max() > 1e-3
    assert total / 13 == pytest.approx(loss.mean(scores, labels), rel=1e-6)
    assert correct == (scores.argmax(axis=1).reshape(-1) == labels).sum()


@pytest.mark.parametrize("text", SLIDING.values(), ids=SLIDING)
def test_a_larger_image_gives_the_scores_of_all_its_windows(text, rng):
    net = network(text, rng)
    channels, height, width = net.spec.input
    x = rng.standard_normal((3, channels, height + 5, width + 7)).astype(np.float32)
    np.testing.assert_array_equal(net(x), net.forward(x)[-1].reshape(net(x).shape))


def test_what_an_image_gives_does_not_depend_on_those_beside_it(rng):
    net = network(NETWORKS["fused"], rng)
    x, _ = batch(net, rng, 40)
    together = net(x)
    for n in (0, 7, 8, 31, 32, 39):
        np.testing.assert_array_equal(net(x[n : n + 1]), together[n : n + 1])


def test_one_image_through_a_large_net_goes_by_layers_and_gives_what_it_gives_among_others(
    monkeypatch, rng
):
    net = network(NETWORKS["leaks and responses"], rng)
    x, _ = batch(net, rng, 9)
    together = net(x)
    monkeypatch.setattr(module, "FEW", 0)
    monkeypatch.delattr(module, "Chain")  # for a block of images
    np.testing.assert_array_equal(net(x[3:4]), together[3:4])


def test_images_of_an_earlier_pass_leave_no_trace(rng):
    net = network(NETWORKS["fused"], rng)
    x, labels = batch(net, rng, 32)
    gradients = np.zeros_like(net.parameters)
    compiled = Compiled(net, net.spec.input, 32, gradients)
    learn(compiled, x[:5], labels[:5], 1 / 5)
    first = gradients.copy()
    learn(compiled, np.full_like(x, np.nan), labels, 1 / 32)
    assert np.isnan(gradients).any()
    learn(compiled, x[:5], labels[:5], 1 / 5)
    np.testing.assert_array_equal(gradients, first)


def test_a_bound_network_follows_its_parameters(rng):
    net, other = network(NETWORKS["fused"], rng), network(NETWORKS["fused"], rng)
    x, _ = batch(net, rng, 4)
    assert (net(x) != other(x)).any()
    net.load_state_dict(other.state_dict())
    np.testing.assert_array_equal(net(x), other(x))


def test_a_bad_pixel_is_seen_in_the_scores_of_its_image_alone(rng):
    net = network(NETWORKS["fused"], rng)
    x, _ = batch(net, rng, 9)
    expected = net(x)
    x[3, 0, 5, 5] = np.nan
    scores = net(x)
    assert np.isnan(scores[3]).all()
    np.testing.assert_array_equal(np.delete(scores, 3, 0), np.delete(expected, 3, 0))


def test_eight_threads_share_a_network(rng):
    net = network(NETWORKS["fused"], rng)
    batches = [batch(net, rng, count)[0] for count in (1, 3, 8, 17, 33)]
    expected = [net(x) for x in batches]
    with ThreadPoolExecutor(8) as pool:
        for got, wanted in zip(pool.map(net, batches * 20), expected * 20, strict=True):
            np.testing.assert_array_equal(got, wanted)
