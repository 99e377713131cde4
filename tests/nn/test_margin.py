"""Padding that differs from side to side."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiconv.arithmetic import parse
from tuiconv.nn.network import Network

MORE_BEHIND = "pad=((0,1),(0,1))"
X = np.array([[[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]], np.float64)


def only(layer, x=X):
    _, channels, height, width = x.shape
    return Network(parse(f"INPUT({channels},{height},{width}) -> {layer}"), dtype=np.float64)


def test_pools_by_hand():
    assert only(f"POOL(2,{MORE_BEHIND})")(-X)[0, 0].tolist() == [[-1, -3], [-7, -9]]
    means = only(f"AVGPOOL(2,{MORE_BEHIND})")(X)[0, 0]
    assert means.tolist() == [[12 / 4, 9 / 4], [15 / 4, 9 / 4]]
    inside = only(f"AVGPOOL(2,{MORE_BEHIND},count=inside)")(X)[0, 0]
    assert inside.tolist() == [[12 / 4, 9 / 2], [15 / 2, 9 / 1]]
    before = only("AVGPOOL(2,pad=((1,0),0),count=inside)")(X)[0, 0]
    assert before.tolist() == [[3 / 2], [(4 + 5 + 7 + 8) / 4]]


@pytest.mark.parametrize("images", [1, 2, 40])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_dilated_window_with_all_its_cells_in_the_padding_has_no_largest(images, dtype):
    text = "INPUT(1,2,3) -> POOL((2,1),stride=1,pad=(2,0),dilation=(3,1))"
    net = Network(parse(text), dtype=dtype)
    x = np.repeat(X[:, :, :2], images, axis=0).astype(dtype)
    # Their rows are -2 and 1, -1 and 2, 0 and 3.
    expected = [[4, 5, 6], [-np.inf] * 3, [1, 2, 3]]
    assert net(x)[:, 0].tolist() == [expected] * images
    assert net.layers[0].forward(x)[:, 0].tolist() == [expected] * images


def test_a_convolution_by_hand():
    net = only("CONV(1,(1,2),pad=(0,(2,0)))")
    net.load_state_dict({"conv1.weight": np.array([[[[1, 10]]]]), "conv1.bias": np.array([0.5])})
    assert net(X)[0, 0, 0].tolist() == [0.5, 10.5, 21.5, 32.5]


def test_a_transposed_convolution_cuts_off_what_it_is_told_on_each_side(rng):
    whole = only("CONVT(2,3,stride=2,output_pad=1)")
    part = only("CONVT(2,3,stride=2,output_pad=1,pad=((0,1),(2,0)))")
    part.load_state_dict(whole.state_dict())
    np.testing.assert_array_equal(part(X), whole(X)[:, :, :-1, 2:])


@st.composite
def axes(draw, padding=None, dilations=1):
    """Kernel, stride, padding and dilation along an axis, and a size that they fit."""
    kernel, stride, dilation = (draw(st.integers(1, most)) for most in (4, 4, dilations))
    span = dilation * (kernel - 1) + 1
    most = span // 2 if padding is None else padding
    before, behind = (draw(st.integers(0, most)) for _ in range(2))
    size = draw(st.integers(max(1, span - before - behind), 7))
    return kernel, stride, (before, behind), dilation, size


def windows(**settings):
    """The same along both."""
    vertical, horizontal = axes(**settings), axes(**settings)
    return st.builds(lambda *both: tuple(zip(*both, strict=True)), vertical, horizontal)


def written(word, *values, **options):
    named = [f"{name}={value}".replace(" ", "") for name, value in options.items()]
    return f"{word}({','.join([*values, *named])})"


def drawn(layer, size, seed):
    """A layer and two images of two channels for it."""
    x = np.random.default_rng(seed).standard_normal((2, 2, *size))
    return only(layer, x), x


@given(windows(padding=3), st.sampled_from(["CONV", "LOCAL"]), st.integers(0, 99))
def test_weights_meet_zeros_where_the_padding_is(window, word, seed):
    kernel, stride, pad, _, size = window
    net, x = drawn(written(word, "3", kernel=kernel, stride=stride, pad=pad), size, seed)
    padded = np.pad(x, ((0, 0), (0, 0), *pad))
    bare = only(written(word, "3", kernel=kernel, stride=stride), padded)
    bare.load_state_dict(net.state_dict())
    np.testing.assert_allclose(net(x), bare(padded), rtol=1e-12, atol=1e-12)
    labels = np.zeros((2, *net.spec.output[1:]), int)
    ours, theirs = net.trace(x, labels), bare.trace(padded, labels)
    (top, _), (left, _) = pad
    within = theirs.gradients["input"][:, :, top : top + size[0], left : left + size[1]]
    np.testing.assert_allclose(ours.gradients["input"], within, atol=1e-12)
    for name, gradient in theirs.parameter_gradients.items():
        np.testing.assert_allclose(ours.parameter_gradients[name], gradient, atol=1e-12)


def met(window, places):
    """The cells (row, column) that a window lies on, padding included."""
    lines = []
    for place, kernel, stride, (before, behind), dilation, size in zip(
        places, *window, strict=True
    ):
        cells = (place * stride - before + tap * dilation for tap in range(kernel))
        lines.append([cell for cell in cells if cell < size + behind])
    return list(itertools.product(*lines))


def inside(cells, window):
    height, width = window[-1]
    return [(y, x) for y, x in cells if 0 <= y < height and 0 <= x < width]


@given(windows(dilations=2), st.sampled_from(["up", "down"]), st.integers(0, 99))
def test_the_largest_is_looked_for_inside_the_maps(window, rounding, seed):
    kernel, stride, pad, dilation, size = window
    options = {"stride": stride, "pad": pad, "dilation": dilation, "round": rounding}
    net, x = drawn(written("POOL", kernel=kernel, **options), size, seed)
    out, grad = net(x), np.zeros_like(x)
    for n, c, i, j in np.ndindex(out.shape):
        cells = inside(met(window, (i, j)), window)
        best = max(cells, key=lambda cell, n=n, c=c: x[n, c, *cell], default=None)
        assert out[n, c, i, j] == (-np.inf if best is None else x[n, c, *best])
        if best is not None:
            grad[n, c, *best] += 1
    np.testing.assert_array_equal(net.layers[0].backward(np.ones_like(out), x, {}), grad)


@given(
    windows(), st.sampled_from(["up", "down"]), st.sampled_from(["all", "inside"]), st.integers(0)
)
def test_a_mean_is_over_what_counts(window, rounding, count, seed):
    kernel, stride, pad, _, size = window
    options = {"stride": stride, "pad": pad, "round": rounding, "count": count}
    net, x = drawn(written("AVGPOOL", kernel=kernel, **options), size, seed)
    out = net(x)
    expected, grad = np.zeros_like(out), np.zeros_like(x)
    for n, c, i, j in np.ndindex(out.shape):
        under = met(window, (i, j))
        cells = inside(under, window)
        number = len(under) if count == "all" else len(cells)
        expected[n, c, i, j] = sum(x[n, c, *cell] for cell in cells) / number
        for cell in cells:
            grad[n, c, *cell] += 1 / number
    np.testing.assert_allclose(out, expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(net.layers[0].backward(np.ones_like(out), x, {}), grad, atol=1e-12)


@pytest.mark.parametrize("layer", ["CONV(2,3,pad=((0,2),(1,0)))", "POOL(3,stride=2,pad=((1,0),1))"])
def test_a_larger_image_is_padded_on_the_same_sides(layer, rng):
    net = only(layer, np.zeros((1, 1, 5, 5)))
    x = rng.standard_normal((1, 1, 9, 11))
    larger = only(layer, x)
    larger.load_state_dict(net.state_dict())
    np.testing.assert_array_equal(net(x), larger(x))
