"""No kernel touches an element outside its arrays, and none leaves one of a result unwritten.

Compiled kernels check no index. Here the interpreter runs them, with loads and stores that do.
"""

import numpy as np
import pytest

import tuiconv_kernels as kernels
from tuiconv_kernels import (
    activations,
    blocks,
    chain,
    decisions,
    jit,
    passes,
    plain,
    products,
    tiles,
    weighted,
)
from tuiconv_kernels.chain import Chain, Convolve, Pool, Relu, Subsample, Tanh
from tuiconv_kernels.geometry import Sliding
from tuiconv_kernels.lanes import LANES
from tuiconv_kernels.stages import Weights


def lanes_of(array, index):
    if not 0 <= index <= len(array) - LANES:
        raise IndexError(f"lanes at {index} of {len(array)} elements")
    return array[index : index + LANES]


def element(array, index):
    if not 0 <= index < len(array):
        raise IndexError(f"element {index} of {len(array)}")
    return array[index]


def store(array, index, value):
    lanes_of(array, index)[:] = value


def load_columns(array, index, step, target, first):
    for lane in range(LANES):
        row = lanes_of(array, index + lane * step)
        for k in range(LANES):
            lanes_of(target, first + k * LANES)[lane] = row[k]


def store_columns(array, index, step, source, first):
    for lane in range(LANES):
        row = lanes_of(array, index + lane * step)
        for k in range(LANES):
            row[k] = lanes_of(source, first + k * LANES)[lane]


CHECKED = {
    "load": lambda array, index: lanes_of(array, index).copy(),
    "store": store,
    "spread": lambda array, index: np.full(LANES, element(array, index)),
    "every": lambda value: np.full(LANES, value),
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "multiply_add": lambda a, b, c: a * b + c,
    "larger": lambda a, b: np.where(a < b, b, a),
    "beats": lambda value, best: (value > best) * np.ones_like(value),
    "choose": lambda condition, a, b: np.where(condition > 0, a, b),
    "where_equal": lambda code, number, value: np.where(code == number, value, 0),
    "widen": lambda value: value.astype(np.float64),
    "narrow": lambda value, array: value.astype(array.dtype),
    "total": np.sum,
    "load_columns": load_columns,
    "store_columns": store_columns,
}


def unwritten(shape, dtype=np.float64, order="C"):
    """As `numpy.empty`, but what is not written afterwards shows."""
    array = np.zeros(shape, dtype, order)
    if array.dtype.kind == "f":
        array[...] = np.nan
    return array


class Interpreted:
    """In the place of `Program`: makes the calls one by one."""

    def __init__(self, calls, dtype):
        self.calls = [(getattr(function, "py_func", function), args) for function, args in calls]

    def change(self, call, argument, value):
        function, arguments = self.calls[call]
        self.calls[call] = function, (*arguments[:argument], value, *arguments[argument + 1 :])

    def run(self):
        weighted.run(self.calls)


@pytest.fixture(autouse=True, scope="module")
def interpreter():
    """Kernels run as Python, with checked operations."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jit, "ENABLED", True)
        patch.setattr(chain, "Program", Interpreted)
        patch.setattr(np, "empty", unwritten)
        for module in (activations, blocks, chain, decisions, passes, products, tiles, weighted):
            for name, value in vars(module).copy().items():
                if name in CHECKED and module is not activations:
                    patch.setattr(module, name, CHECKED[name])
                elif hasattr(value, "py_func"):
                    patch.setattr(module, name, value.py_func)
        # the activations' own gate is a loop over elements
        patch.setattr(passes, "gate", lambda y, grad: np.where(y <= 0, 0, grad))
        yield


def draw(rng, *shapes):
    return [rng.standard_normal(shape) for shape in shapes]


def test_the_interpreter_finds_a_table_that_leads_outside(rng):
    x, out = np.zeros(2 * LANES), np.zeros(LANES)
    table, one = np.array([LANES + 1]), np.array([0])
    with pytest.raises(IndexError, match=f"lanes at {LANES + 1} of {2 * LANES}"):
        products.sum_places(x, table, 0, out[:1])
    with pytest.raises(IndexError, match="lanes at -1 of"):
        passes.copy_rows(x, one - 1, out, one, LANES)


# images, x of each, weight, options
CONVOLUTIONS = {
    "no options": (3, (3, 6, 5), (4, 3, 3, 2), {}),
    "everything": (
        LANES + 1,
        (4, 7, 6),
        (6, 2, 3, 2),
        {"stride": (2, 3), "padding": (2, 1), "dilation": (1, 2), "groups": 2},
    ),
    "one pixel": (1, (1, 1, 1), (1, 1, 1, 1), {}),
    "full blocks": (2 * LANES, (2, 3, LANES), (2, 2, 2, 2), {"padding": 1}),
    "padding beyond the kernel": (1, (1, 2, 2), (2, 1, 1, 2), {"padding": 3}),
    "stride beyond the kernel": (2, (1, 8, 7), (9, 1, 2, 1), {"stride": (3, 2)}),
    "sums in parts": (LANES + 1, (58, 3, 5), (2, 58, 3, 3), {"padding": (0, 1)}),
    "gradients in parts": (LANES + 1, (2, 5, 4), (58, 2, 3, 3), {"padding": 1}),
    "a map for each channel": (LANES + 1, (2, 6, 5), (2, 1, 3, 2), {"groups": 2}),
    "along the rows": (2, (2, 3, 2 * LANES + 5), (3, 2, 2, 3), {"padding": (0, 1), "dilation": 2}),
    "along rows of every third pixel": (
        2,
        (2, 5, 3 * LANES + 2),
        (4, 1, 3, 3),
        {"stride": (2, 3), "padding": (1, 2), "dilation": (1, 2), "groups": 2},
    ),
    "along rows of a stride beyond the kernel": (
        1,
        (1, 2, 2 * LANES + 1),
        (2, 1, 1, 1),
        {"stride": (3, 2)},
    ),
    "along a row of lanes": (1, (2, 1, LANES), (6, 1, 1, 1), {"groups": 2}),
    "covered, many features": (LANES - 1, (2, 4, 5), (5, 2, 4, 5), {}),
    "covered, few features": (2, (1, 2, 1), (11, 1, 2, 1), {}),
    "covered, in groups": (3, (2, 3, 3), (4, 1, 3, 3), {"groups": 2}),
    "empty batch": (0, (2, 5, 5), (3, 2, 2, 2), {}),
}
convolutions = pytest.mark.parametrize(
    ("images", "shape", "weight_shape", "options"), CONVOLUTIONS.values(), ids=CONVOLUTIONS
)


@convolutions
def test_a_convolution_and_its_gradients_stay_inside(
    images, shape, weight_shape, options, rng, close
):
    x, weight, bias = draw(rng, (images, *shape), weight_shape, weight_shape[0])
    out = kernels.conv2d(x, weight, bias, **options)
    close(out, plain.conv2d(x, weight, bias, **options))
    (grad_out,) = draw(rng, out.shape)
    ours = kernels.conv2d_backward(grad_out, x, weight, bias, **options)
    theirs = plain.conv2d_backward(grad_out, x, weight, bias, **options)
    for actual, expected in zip(ours, theirs, strict=True):
        close(actual, expected)


@convolutions
def test_so_does_its_transpose(images, shape, weight_shape, options, rng, close):
    # back from the maps of the convolution to its input
    x, weight = draw(rng, (images, *shape), weight_shape)
    x = kernels.conv2d(x, weight, **options)
    bias = draw(rng, weight_shape[1] * options.get("groups", 1))[0]
    out = kernels.conv_transpose2d(x, weight, bias, **options)
    close(out, plain.conv_transpose2d(x, weight, bias, **options))
    (grad_out,) = draw(rng, out.shape)
    ours = kernels.conv_transpose2d_backward(grad_out, x, weight, bias, **options)
    theirs = plain.conv_transpose2d_backward(grad_out, x, weight, bias, **options)
    for actual, expected in zip(ours, theirs, strict=True):
        close(actual, expected)


@pytest.mark.parametrize("size", [1, LANES - 1, LANES, 2 * LANES + 3])
def test_so_does_a_full_layer(size, rng, close):
    x, weight, bias, grad_out = draw(rng, (LANES + 2, size), (7, size), 7, (LANES + 2, 7))
    close(kernels.linear(x, weight, bias), plain.linear(x, weight, bias))
    ours = kernels.linear_backward(grad_out, x, weight, bias)
    for actual, expected in zip(
        ours, plain.linear_backward(grad_out, x, weight, bias), strict=True
    ):
        close(actual, expected)


def convolution(rng, maps, channels, *taps, **sliding):
    weight, bias = draw(rng, (maps, channels, *taps), maps)
    return Convolve(
        Sliding(taps, **sliding), Weights(weight, bias, np.empty_like(weight), np.empty_like(bias))
    )


def gain(rng, maps):
    weight, bias = draw(rng, maps, maps)
    return Subsample(
        Sliding((2, 2), (2, 2)), Weights(weight, bias, np.empty_like(weight), np.empty_like(bias))
    )


CHAINS = {
    "fused": lambda rng: [
        convolution(rng, 5, 2, 3, 2, padding=(1, 1)),
        Relu(),
        Pool(Sliding((2, 2), (2, 2))),
        convolution(rng, 3, 5, 2, 2, stride=(1, 2)),
        Relu(),
    ],
    "pools": lambda rng: [
        convolution(rng, 1, 2, 1, 1),
        Pool(Sliding((3, 2), (2, 1), (1, 0), (1, 2))),
        Tanh(scaled=True),
        Pool(Sliding((2, 3), (1, 2), (0, 1)), averages=True),
        Relu(),
    ],
    "subsampling": lambda rng: [gain(rng, 2), Tanh(), convolution(rng, 20, 2, 3, 4), Relu()],
    "one pixel": lambda rng: [convolution(rng, 3, 2, 7, 8), convolution(rng, 9, 3, 1, 1)],
}


@pytest.mark.parametrize("name", CHAINS)
@pytest.mark.parametrize("images", [1, LANES, LANES + 3])
def test_so_does_a_chain_of_layers(name, images, rng):
    layers = CHAINS[name](rng)
    training = Chain(layers, (2, 7, 8), images, np.float64, trains=True)
    for count in (images, 1, 0):
        (x,) = draw(rng, (count, 2, 7, 8))
        training.forward(x)
        assert np.isfinite(training.outputs()).all()
        labels, verdict = np.zeros(count, np.int64), np.zeros(2)
        for scorer in (decisions.score, decisions.score_squares, decisions.score_margins):
            Interpreted(training.learning(x, labels, 1.0, verdict, scorer), x.dtype).run()
        for layer in layers:
            if isinstance(layer, Convolve | Subsample):
                assert np.isfinite(layer.weights.grad_weight).all()
                assert np.isfinite(layer.weights.grad_bias).all()
