"""A chain of layers computes what the public functions compute one by one, to the last bit."""

import re
import tracemalloc
from collections.abc import Callable
from math import prod

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import tuiconv_kernels as kernels
from tuiconv_kernels import jit
from tuiconv_kernels.blocks import into_blocks
from tuiconv_kernels.chain import (
    Chain,
    Convolve,
    Drop,
    Flatten,
    Other,
    Pool,
    Relu,
    Subsample,
    Tanh,
)
from tuiconv_kernels.coins import number, skipped
from tuiconv_kernels.geometry import Layout, Sliding, image_runs
from tuiconv_kernels.lanes import LANES
from tuiconv_kernels.program import Program
from tuiconv_kernels.stages import Weights

pytestmark = pytest.mark.skipif(not jit.ENABLED, reason="a chain is made of compiled kernels")

MEANS = Pool(Sliding((3, 2), (2, 1), (1, 0)), averages=True)
MAX_2X2 = Pool(Sliding((2, 2), (2, 2)))
SIGMOID = Other(kernels.sigmoid, kernels.sigmoid_backward)
SHUFFLE = Other(
    lambda x: kernels.pixel_shuffle(x, 2),
    lambda grad, x: kernels.pixel_shuffle_backward(grad, x, 2),
)
TOSS = np.array([123456789, 40])
FLATTEN = Flatten(lambda shape: None)
FULL = "full"
"""Instead of a kernel's size: as large as what arrives."""


class Conv:
    """A convolution whose weights are drawn when it is known what arrives."""

    def __init__(self, maps, taps, groups=1, **sliding):
        self.maps, self.taps, self.groups, self.sliding = maps, taps, groups, sliding

    def __call__(self, shape, rng, dtype):
        taps = shape[1:] if self.taps == FULL else self.taps
        weight = rng.standard_normal((self.maps, shape[0] // self.groups, *taps)) / 3
        return Convolve(
            Sliding(taps, **self.sliding), draw_weights(weight, rng, dtype, self.groups)
        )


def subsample(shape, rng, dtype):
    gain = rng.standard_normal(shape[0])
    return Subsample(Sliding((2, 2), (2, 2)), draw_weights(gain, rng, dtype))


def draw_weights(weight, rng, dtype, groups=1):
    weight, bias = weight.astype(dtype), rng.standard_normal(len(weight)).astype(dtype)
    return Weights(weight, bias, np.full_like(weight, np.nan), np.full_like(bias, np.nan), groups)


def forward(layer, x):
    """What the layer's public function gives."""
    match layer:
        case Convolve(s, w):
            return kernels.conv2d(x, w.weight, w.bias, s.stride, s.padding, s.dilation, w.groups)
        case Relu():
            return kernels.relu(x)
        case Tanh(scaled):
            return kernels.scaled_tanh(x) if scaled else kernels.tanh(x)
        case Pool(s, True):
            return kernels.avg_pool2d(x, s.taps, s.stride, s.padding)
        case Pool(s):
            return kernels.max_pool2d(x, s.taps, s.stride, s.padding, s.dilation)
        case Subsample(s, w):
            return kernels.subsample2d(x, w.weight, w.bias, s.taps, s.stride)
        case Drop(p):
            return kernels.dropout(x, p, seed=coins_of(layer, x))
        case Flatten():
            return x.reshape(len(x), prod(x.shape[1:]), 1, 1)
    return layer.forward(x)


def coins_of(drop, x):
    """The seed of the public function for images from the place on that the layer is told."""
    step, first = drop.toss.tolist()
    return skipped(number(step, drop.number), first * prod(x.shape[1:]))


def backward(layer, grad, x):
    """The gradients of its input and, if it has any, of its weight and bias."""
    match layer:
        case Convolve(s, w):
            return kernels.conv2d_backward(
                grad, x, w.weight, w.bias, s.stride, s.padding, s.dilation, w.groups
            )
        case Relu():
            return (kernels.relu_backward(grad, x),)
        case Tanh(scaled):
            back = kernels.scaled_tanh_backward if scaled else kernels.tanh_backward
            return (back(grad, x),)
        case Pool(s, True):
            return (kernels.avg_pool2d_backward(grad, x, s.taps, s.stride, s.padding),)
        case Pool(s):
            return (kernels.max_pool2d_backward(grad, x, s.taps, s.stride, s.padding, s.dilation),)
        case Subsample(s, w):
            return kernels.subsample2d_backward(grad, x, w.weight, w.bias, s.taps, s.stride)
        case Drop(p):
            return (kernels.dropout_backward(grad, x, p, seed=coins_of(layer, x)),)
        case Flatten():
            return (grad.reshape(x.shape),)
    return (layer.backward(grad, x),)


def build(plan, shape, rng, dtype):
    """The layers of a plan, with random weights."""
    layers = []
    x = np.zeros((1, *shape), dtype)
    for step in plan:
        layer = step(x.shape[1:], rng, dtype) if isinstance(step, Callable) else step
        layers.append(layer)
        x = forward(layer, x)
    return layers


def start_backward(chain, grad):
    into_blocks(grad, chain.output.grad, *image_runs(chain.output.layout))
    chain.backward()


def assert_same_bits(layers, chain, x, rng):
    """One pass forward and backward, both ways."""
    activations = [x]
    for layer in layers:
        activations.append(forward(layer, activations[-1]))
    chain.forward(x)
    np.testing.assert_array_equal(chain.outputs(), activations[-1])
    grad = rng.standard_normal(activations[-1].shape).astype(x.dtype)
    start_backward(chain, grad)
    for layer, before in zip(reversed(layers), reversed(activations[:-1]), strict=True):
        grad, *learned = backward(layer, grad, before)
        if learned:
            np.testing.assert_array_equal(layer.weights.grad_weight, learned[0])
            np.testing.assert_array_equal(layer.weights.grad_bias, learned[1])


# shape of an image, layers
PLANS = {
    "fused twice": (
        (1, 11, 9),
        [Conv(5, (3, 3)), Relu(), MAX_2X2, Conv(4, (2, 2)), Relu(), MAX_2X2],
    ),
    "fused, padding and stride": (
        (2, 9, 10),
        [Conv(3, (3, 2), stride=(2, 1), padding=(2, 1), dilation=(1, 2)), Relu(), MAX_2X2],
    ),
    "fused, groups": ((4, 6, 7), [Conv(6, (3, 3), groups=2), Relu(), MAX_2X2, Conv(2, FULL)]),
    "a pool without a ReLU": ((2, 6, 5), [Conv(3, (2, 2)), MAX_2X2, Conv(2, (1, 1))]),
    "another pool": (
        (2, 9, 9),
        [Conv(3, (2, 2)), Relu(), Pool(Sliding((3, 3), (2, 2), (1, 1))), Conv(2, (1, 1))],
    ),
    "dilated pool": (
        (1, 8, 8),
        [Conv(2, (1, 1)), Pool(Sliding((2, 2), (1, 2), (0, 0), (3, 2))), Conv(2, FULL)],
    ),
    "means": (
        (2, 8, 7),
        [Conv(3, (2, 2)), Tanh(), MEANS, Conv(2, FULL)],
    ),
    "subsampling": ((1, 9, 9), [Conv(3, (2, 2)), subsample, Tanh(scaled=True), Conv(2, FULL)]),
    "subsampling first": ((2, 4, 6), [subsample, Conv(2, FULL)]),
    "full layers": ((3, 4, 2), [Conv(20, FULL), Relu(), Conv(9, (1, 1)), Tanh(), Conv(3, (1, 1))]),
    "other layers between": (
        (1, 7, 9),
        [Conv(8, (2, 2)), Relu(), MAX_2X2, SIGMOID, SHUFFLE, Conv(3, (3, 3)), SIGMOID],
    ),
    "another layer first": ((2, 5, 4), [SIGMOID, Conv(3, (2, 2)), Relu(), MAX_2X2]),
    "dropout": (
        (2, 5, 4),
        [Drop(0.3, TOSS, 1), Conv(3, (2, 2)), Relu(), Drop(0.5, TOSS, 2), MAX_2X2, Conv(2, FULL)],
    ),
    "flattened": (
        (2, 7, 6),
        [Conv(3, (2, 2)), Relu(), MAX_2X2, FLATTEN, Tanh(), Conv(5, FULL), FLATTEN, Conv(2, FULL)],
    ),
    "flattened at first": ((2, 3, 2), [FLATTEN, Conv(4, FULL)]),
    "a ReLU by itself": ((2, 3, 3), [Relu(), Conv(3, (2, 2)), Tanh(), Relu(), Conv(1, FULL)]),
    "one pixel": ((1, 1, 1), [Conv(1, (1, 1)), Relu(), Conv(1, (1, 1))]),
    "stride beyond the kernel": (
        (1, 7, 8),
        [Conv(2, (1, 2), padding=(0, 1)), Conv(2, (2, 1), stride=(3, 4))],
    ),
}
plans = pytest.mark.parametrize(("shape", "plan"), PLANS.values(), ids=PLANS)


@plans
def test_a_chain_gives_the_bits_of_its_layers(shape, plan, rng, dtype):
    layers = build(plan, shape, rng, dtype)
    chain = Chain(layers, shape, 2 * LANES, dtype, trains=True)
    # one after the other in the same memory: ragged, full, one image, none
    for count in (LANES + 3, 2 * LANES, 1, LANES, 0):
        x = rng.standard_normal((count, *shape)).astype(dtype)
        assert_same_bits(layers, chain, x, rng)


sizes = st.integers(1, 9)
pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


@settings(max_examples=40)
@given(
    images=st.integers(1, 2 * LANES), height=sizes, width=sizes, maps=st.integers(1, 7), taps=pairs,
    stride=pairs, dilation=pairs, padding=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    seed=st.integers(0, 99),
)  # fmt: skip
def test_convolution_relu_and_pool_in_one_are_the_three(
    images, height, width, maps, taps, stride, dilation, padding, seed
):
    rng = np.random.default_rng(seed)
    conv = Conv(maps, taps, stride=stride, padding=padding, dilation=dilation)
    layer = conv((2, height, width), rng, np.float32)
    assume(min(layer.sliding.windows(Layout(1, 2, height, width))) >= 2)
    layers = [layer, Relu(), MAX_2X2]
    chain = Chain(layers, (2, height, width), images, np.float32, trains=True)
    # few different values, so that pools have ties
    x = rng.integers(-2, 3, (images, 2, height, width)).astype(np.float32)
    layer.weights.weight[:] = rng.integers(-2, 3, layer.weights.weight.shape)
    assert_same_bits(layers, chain, x, rng)


@pytest.mark.parametrize("count", [3, 20, 32])
@pytest.mark.parametrize("size", [12, 19, 30])
def test_sums_over_many_places_have_the_same_bits_in_a_ragged_batch(count, size, rng):
    layers = build([Conv(2, (3, 3)), Relu()], (1, size, size), rng, np.float32)
    chain = Chain(layers, (1, size, size), 32, np.float32, trains=True)
    x = rng.standard_normal((count, 1, size, size)).astype(np.float32)
    assert_same_bits(layers, chain, x, rng)


@plans
def test_nan_and_infinity_go_the_same_way(shape, plan, rng):
    layers = build(plan, shape, rng, np.float32)
    chain = Chain(layers, shape, LANES, np.float32, trains=True)
    x = rng.standard_normal((4, *shape)).astype(np.float32)
    x[1, 0, 0, 0], x[2, 0, 0, 0], x[3, -1, 0, 0] = np.nan, np.inf, -np.inf
    with np.errstate(all="ignore"):
        assert_same_bits(layers, chain, x, rng)
    assert np.isnan(chain.outputs()[1]).any()
    assert np.isfinite(chain.outputs()[0]).all()


@plans
def test_lanes_without_an_image_leave_no_trace_in_gradients(shape, plan, rng):
    layers = build(plan, shape, rng, np.float32)
    chain = Chain(layers, shape, 3 * LANES, np.float32, trains=True)
    chain.forward(np.full((3 * LANES, *shape), np.nan, np.float32))
    start_backward(chain, np.full_like(chain.outputs(), np.nan))
    x = rng.standard_normal((LANES + 1, *shape)).astype(np.float32)
    assert_same_bits(layers, chain, x, rng)


def test_an_image_gives_the_same_whatever_lies_beside_it(rng):
    shape, plan = PLANS["fused twice"]
    chain = Chain(build(plan, shape, rng, np.float32), shape, 2 * LANES, np.float32, trains=False)
    x = rng.standard_normal((2 * LANES, *shape)).astype(np.float32)
    chain.forward(x)
    together = chain.outputs()
    for n in (0, LANES - 1, LANES, 2 * LANES - 1):
        chain.forward(x[n : n + 1])
        np.testing.assert_array_equal(chain.outputs(), together[n : n + 1])


def test_labels_give_the_gradient_of_their_cross_entropy(rng, dtype, learn):
    shape, plan = PLANS["full layers"]
    layers = build(plan, shape, rng, dtype)
    chain = Chain(layers, shape, 2 * LANES, dtype, trains=True)
    x = rng.standard_normal((LANES + 2, *shape)).astype(dtype)
    labels = rng.integers(0, 3, len(x))
    chain.forward(x)
    scores = chain.outputs().reshape(len(x), 3)
    loss, correct = learn(chain, x, labels, 1 / len(x))
    assert loss / len(x) == pytest.approx(kernels.cross_entropy(scores, labels), rel=1e-6)
    assert correct == (scores.argmax(axis=1) == labels).sum()
    weights = layers[0].weights
    ours = weights.grad_weight.copy(), weights.grad_bias.copy()
    grad = kernels.cross_entropy_backward(1.0, scores, labels)
    start_backward(chain, grad.reshape(-1, 3, 1, 1))
    # the share of an image was rounded to float32 here, and not there
    np.testing.assert_allclose(ours[0], weights.grad_weight, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(ours[1], weights.grad_bias, rtol=1e-5, atol=1e-7)


def test_weights_are_read_where_they_are(rng):
    shape, plan = PLANS["fused, groups"]
    layers = build(plan, shape, rng, np.float32)
    chain = Chain(layers, shape, 4, np.float32, trains=True)
    x = rng.standard_normal((4, *shape)).astype(np.float32)
    for layer in layers:
        if isinstance(layer, Convolve):
            layer.weights.weight[:] *= 2
            layer.weights.bias[:] -= 1
    assert_same_bits(layers, chain, x, rng)


@pytest.mark.parametrize(
    "x",
    [
        np.zeros((3, 1, 4, 4)),
        np.zeros((3, 1, 4, 5), np.float32),
        np.zeros((3, 1, 5, 4), np.float32),
        np.zeros((3, 2, 4, 4), np.float32),
        np.zeros((LANES + 1, 1, 4, 4), np.float32),
    ],
    ids=["another dtype", "another width", "another height", "another depth", "too many images"],
)
def test_what_the_chain_has_no_memory_for_is_refused_with_its_shape(x):
    chain = Chain([Relu()], (1, 4, 4), LANES, np.float32, trains=False)
    with pytest.raises(ValueError, match=re.escape(f"{x.dtype} of shape {x.shape}")):
        chain.forward(x)


def test_as_many_labels_as_images_are_needed(rng, learn):
    layers = build([Conv(3, FULL)], (1, 2, 2), rng, np.float32)
    chain = Chain(layers, (1, 2, 2), LANES, np.float32, trains=True)
    chain.forward(np.zeros((4, 1, 2, 2), np.float32))
    with pytest.raises(ValueError, match=r"3 labels .* 4 images"):
        learn(chain, np.zeros((4, 1, 2, 2), np.float32), np.zeros(3, np.int64), 1.0)


def test_images_and_labels_may_be_read_only(rng, learn):
    shape, plan = PLANS["full layers"]
    chain = Chain(build(plan, shape, rng, np.float32), shape, LANES, np.float32, trains=True)
    x = rng.standard_normal((LANES, *shape)).astype(np.float32)
    labels = rng.integers(0, 3, LANES)
    expected = learn(chain, x, labels, 0.1)
    for array in (x, labels):
        array.flags.writeable = False
        assert learn(chain, x, labels, 0.1) == expected


def test_images_may_lie_apart_for_one_pass_but_not_where_calls_are_kept(rng, learn):
    shape, plan = PLANS["full layers"]
    chain = Chain(build(plan, shape, rng, np.float32), shape, LANES, np.float32, trains=True)
    x = rng.standard_normal((LANES, *shape)).astype(np.float32)
    chain.forward(x)
    expected = chain.outputs()
    apart = np.repeat(x, 2, axis=3)[..., ::2]
    chain.forward(apart)
    np.testing.assert_array_equal(chain.outputs(), expected)
    with pytest.raises(ValueError, match=re.escape(f"strides {apart.strides}")):
        learn(chain, apart, np.zeros(LANES, np.int64), 0.1)


@pytest.mark.parametrize("share", [1, np.float32(1)], ids=["int", "float32"])
def test_the_share_of_an_image_may_be_any_number(share, rng, learn):
    shape, plan = PLANS["full layers"]
    layers = build(plan, shape, rng, np.float32)
    chain = Chain(layers, shape, LANES, np.float32, trains=True)
    x = rng.standard_normal((1, *shape)).astype(np.float32)
    learn(chain, x, np.zeros(1, np.int64), 1.0)
    expected = layers[0].weights.grad_weight.copy()
    learn(chain, x, np.zeros(1, np.int64), share)
    np.testing.assert_array_equal(layers[0].weights.grad_weight, expected)


def test_what_comes_before_the_first_weights_is_not_asked_for_gradients(rng):
    def refuse(grad, x):
        raise AssertionError

    first = Other(kernels.sigmoid, refuse, learns=False)
    layers = [first, Relu(), *build([Conv(3, (2, 2)), Conv(2, FULL)], (2, 4, 4), rng, np.float32)]
    chain = Chain(layers, (2, 4, 4), LANES, np.float32, trains=True)
    chain.forward(rng.standard_normal((5, 2, 4, 4)).astype(np.float32))
    start_backward(chain, rng.standard_normal((5, 2, 1, 1)).astype(np.float32))
    assert np.abs(layers[2].weights.grad_weight).max() > 0


@plans
def test_after_the_first_pass_nothing_is_allocated(shape, plan, rng):
    if SIGMOID in plan:
        pytest.skip("a layer without a kernel for blocks makes arrays of its own")
    layers = build(plan, shape, rng, np.float32)
    chain = Chain(layers, shape, 2 * LANES, np.float32, trains=True)
    x = rng.standard_normal((2 * LANES, *shape)).astype(np.float32)
    labels = np.zeros(2 * LANES, np.int64)

    program = Program(chain.learning(x, labels, 0.1, np.zeros(2)), np.float32)

    def passes(count):
        for _ in range(count):
            program.run()

    passes(3)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        passes(20)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # Python's own numbers and tuples; the maps of one pass of the larger nets take more
    assert peak - before < 16384
