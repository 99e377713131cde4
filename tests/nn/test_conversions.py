"""The conversions of networks, proved on numbers in double precision."""

import numpy as np
import pytest

from tuiconv.arithmetic import parse
from tuiconv.arithmetic.conversions import (
    with_convolutions,
    with_full_layers,
    with_small_kernels,
    with_strided_convolutions,
)
from tuiconv.arithmetic.layers import AvgPool, Subsample
from tuiconv.errors import RequestError
from tuiconv.nn.network import Network


def made(spec, rng):
    """A network in double precision, all of whose parameters are other than 0."""
    net = Network(spec, rng, dtype=np.float64)
    net.parameters[...] = rng.normal(0, 0.5, net.parameters.shape)
    return net


def carried(net, spec):
    """The network of another spec with the same numbers in the same order."""
    new = Network(spec, dtype=np.float64)
    arrays, shapes = net.state_dict(), new.state_dict()
    pairs = zip(shapes.items(), arrays.values(), strict=True)
    new.load_state_dict({name: own.reshape(shape.shape) for (name, shape), own in pairs})
    return new


def images(rng, spec, wider=0):
    channels, height, width = spec.input
    return rng.normal(0, 1, (3, channels, height + wider, width + 2 * wider))


def assert_close(one, other):
    np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12)


SLIDING = [
    "INPUT(1,32,32) -> CONV(6,5) -> RELU -> POOL(2) -> CONV(16,5) -> RELU -> POOL(2)"
    " -> FC(20) -> RELU -> FC(12) -> TANH -> FC(10) -> SOFTMAX",
    "INPUT(3,7,5) -> FC(4,bias=none)",
    "INPUT(2,1,9) -> CONV(3,(1,4)) -> STANH -> FC(5) -> SIGMOID -> FC(2)",
]


@pytest.mark.parametrize("text", SLIDING)
@pytest.mark.parametrize("wider", [0, 4])
def test_convolutions_in_the_place_of_full_connection_give_the_same_numbers(text, wider, rng):
    net = made(parse(text), rng)
    new = carried(net, with_convolutions(net.spec))
    x = images(rng, net.spec, wider)
    expected = net(x)
    assert new(x).size == expected.size > (len(x) * net.spec.output[0] if wider else 0)
    assert_close(new(x).reshape(expected.shape), expected)


@pytest.mark.parametrize("text", SLIDING)
@pytest.mark.parametrize("wider", [0, 4])
def test_full_connection_in_the_place_of_convolutions_gives_the_same_numbers(text, wider, rng):
    net = made(with_convolutions(parse(text)), rng)
    spec = with_full_layers(net.spec)
    assert spec == parse(text)
    x = images(rng, net.spec, wider)
    expected = net(x)
    assert_close(carried(net, spec)(x).reshape(expected.shape), expected)


def test_a_bias_for_the_only_unit_of_a_map_is_that_of_a_feature(rng):
    net = made(parse("INPUT(2,4,4) -> CONV(5,4,bias=unit,stride=3) -> TANH -> CONV(3,1)"), rng)
    new = carried(net, with_full_layers(net.spec))
    assert str(new.spec) == "INPUT(2,4,4) -> FC(5) -> TANH -> FC(3)"
    x = images(rng, net.spec)
    assert_close(new(x), net(x)[..., 0, 0])


@pytest.mark.parametrize(
    "layers",
    [
        "FLATTEN -> DROPOUT -> FC(6) -> BATCHNORM -> RELU -> FC(3) -> SOFTMAX",
        "GLOBALAVGPOOL -> FLATTEN -> FC(3)",
        "CONCAT[FC(3) | FLATTEN -> RELU -> FC(4) | GLOBALMAXPOOL -> FC(2)] -> FC(5)",
        "FC(6) -> RES[FC(6) -> TANH -> FC(6)] -> SOFTMAX",
    ],
)
def test_also_behind_flatten_in_branches_and_between_normalisations(layers, rng):
    net = made(parse(f"INPUT(2,5,6) -> CONV(4,2) -> {layers}"), rng)
    new = carried(net, with_convolutions(net.spec))
    assert "FC" not in str(new.spec)
    x = images(rng, net.spec)
    assert_close(new(x)[..., 0, 0], net(x))


def test_without_its_flatten_the_network_slides_and_sees_every_place_as_it_did(rng):
    net = made(parse("INPUT(1,8,8) -> CONV(4,3) -> RELU -> POOL(2) -> FLATTEN -> FC(3)"), rng)
    new = carried(net, with_convolutions(net.spec))
    x = rng.normal(0, 1, (2, 1, 12, 10))
    with pytest.raises(RequestError, match="the network takes images of its own size"):
        net(x)
    scores = new(x)
    assert scores.shape == (2, 3, 3, 2)
    for i, j in np.ndindex(3, 2):
        assert_close(scores[:, :, i, j], net(x[:, :, 2 * i : 2 * i + 8, 2 * j : 2 * j + 8]))


def averaging(net):
    """The network without averages: 1/k² for weights in their place, times the gain if one has."""
    new = Network(with_strided_convolutions(net.spec), dtype=np.float64)
    for old, layer in zip(net.layers, new.layers, strict=True):
        parameters = dict(old.parameters)
        if isinstance(old.spec, AvgPool | Subsample):
            gain = parameters.pop("gain", np.ones(old.spec.maps))
            kernel = np.ones((1, *old.spec.kernel_size)) / np.prod(old.spec.kernel_size)
            parameters["weight"] = gain[:, None, None, None] * kernel
        assert layer.parameters.keys() == parameters.keys()
        for name, array in parameters.items():
            layer.parameters[name][...] = array
    return new


@pytest.mark.parametrize(
    "pool",
    [
        "AVGPOOL(2)",
        "AVGPOOL(3,stride=1)",
        "AVGPOOL((2,3),stride=(2,1),pad=(1,0))",
        "AVGPOOL(3,stride=2,pad=((1,0),(0,1)))",
        "AVGPOOL(2,stride=2,round=up)",
        "AVGPOOL(3,stride=2,count=inside)",
        "SUBSAMPLE(2)",
        "SUBSAMPLE(3,stride=2)",
    ],
)
def test_an_average_is_a_depthwise_convolution(pool, rng):
    net = made(parse(f"INPUT(3,8,8) -> {pool} -> TANH"), rng)
    new = averaging(net)
    assert new.spec.layers[1].groups == 3
    x = images(rng, net.spec)
    assert_close(new(x), net(x))


def test_a_whole_network_keeps_its_numbers_without_its_averages(rng):
    text = (
        "INPUT(1,20,20) -> CONV(4,5) -> TANH -> SUBSAMPLE(2) -> TANH -> CONV(6,5,pad=2) -> TANH"
        " -> AVGPOOL(2) -> FC(3) -> SOFTMAX"
    )
    net = made(parse(text), rng)
    new = averaging(net)
    assert not any(isinstance(layer, AvgPool | Subsample) for layer in new.spec)
    for wider in (0, 4):
        x = images(rng, net.spec, wider)
        assert_close(new(x), net(x))


def convolved(one, other):
    """The kernel (o, c, u, v) of two correlations in a row: their full convolution.

    Output o sees channel c through every channel m between them.
    """
    (_, _, height, width), (_, _, high, wide) = one.shape, other.shape
    shape = (len(other), one.shape[1], height + high - 1, width + wide - 1)
    both = np.zeros(shape)
    for u, v in np.ndindex(high, wide):
        both[:, :, u : u + height, v : v + width] += np.einsum(
            "om,mcuv->ocuv", other[:, :, u, v], one
        )
    return both


@pytest.mark.parametrize("kernel", ["3", "5", "7", "(5,7)", "(1,7)"])
@pytest.mark.parametrize("dilation", [1, 2])
def test_a_linear_stack_of_three_by_three_is_one_large_kernel(kernel, dilation, rng):
    one = Network(
        parse(f"INPUT(2,17,18) -> CONV(4,{kernel},dilation={dilation},bias=none)"), dtype=np.float64
    )
    stack = made(with_small_kernels(one.spec, relu=False), rng)
    weights = list(stack.state_dict().values())
    whole = weights[0]
    for weight in weights[1:]:
        whole = convolved(whole, weight)
    one.load_state_dict({"conv1.weight": whole})
    x = images(rng, one.spec)
    assert_close(stack(x), one(x))
