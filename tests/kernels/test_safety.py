"""What holds for every public function: which arrays it takes, where it writes, and from where."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass, field
from threading import Barrier

import numpy as np
import pytest

import tuiconv_kernels as kernels
from tuiconv_kernels import jit
from tuiconv_kernels.chain import Chain, Convolve, Other, Pool, Relu, Subsample, Tanh
from tuiconv_kernels.geometry import Sliding
from tuiconv_kernels.lanes import LANES
from tuiconv_kernels.stages import Weights

IMAGES = 5
"""The length of the first axis of every array that holds one thing for each image, and of no other
array."""


@dataclass
class Case:
    """Arguments of a function; arrays are drawn anew for every call."""

    shapes: tuple
    """Of the arrays, which come first; None for an absent array."""
    numbers: tuple = ()
    options: dict = field(default_factory=dict)
    state: tuple[int, ...] = ()
    """Which arrays are updated in place."""
    classes: int = 0
    """If there are any, the second array are labels."""

    def draw(self, rng, dtype):
        arrays = [
            None if shape is None else np.abs(rng.standard_normal(shape)).astype(dtype) + dtype(0.1)
            for shape in self.shapes
        ]
        arrays[0][...] = rng.standard_normal(arrays[0].shape)
        if self.classes:
            arrays[1] = rng.integers(0, self.classes, self.shapes[1])
        return arrays


IMAGE, ROWS, VECTOR = (IMAGES, 4, 6, 7), (IMAGES, 3), (11,)
POOL = {"kernel_size": 3, "stride": 2, "padding": 1}
CASES = {
    "adagrad_step": Case((VECTOR,) * 3, (0.1,), state=(0, 2)),
    "adam_step": Case((VECTOR,) * 4, (3, 0.1), state=(0, 2, 3)),
    "avg_pool2d": Case((IMAGE,), options=POOL),
    "batch_norm": Case((IMAGE, 4, 4, 4, 4), options={"training": True}, state=(1, 2)),
    "conv1d": Case(((IMAGES, 4, 9), (6, 2, 3), 6), options={"padding": "causal", "groups": 2}),
    "conv2d": Case(
        (IMAGE, (8, 2, 2, 3), 8), options={"stride": (2, 1), "padding": (1, 0), "groups": 2}
    ),
    "conv_transpose2d": Case((IMAGE, (4, 3, 2, 3), 6), options={"stride": (1, 2), "groups": 2}),
    "cross_entropy": Case((ROWS, IMAGES), options={"label_smoothing": 0.1}, classes=3),
    "divisive_norm": Case((IMAGE,), (3,)),
    "dropout": Case((IMAGE,), (0.4,), {"seed": 3}),
    "filter2d": Case(((9, 2 * LANES + 1, 3), (3, 5))),
    "elastic_field": Case(((IMAGES, 2, 8, 8),), (4.0, 5, 5)),
    "fit_whitening": Case(((IMAGES, 2, 3),)),
    "global_avg_pool2d": Case((IMAGE,)),
    "global_max_pool2d": Case((IMAGE,)),
    "leaky_relu": Case((IMAGE,)),
    "linear": Case(((IMAGES, 2 * LANES + 1), (7, 2 * LANES + 1), 7)),
    "local2d": Case((IMAGE, (2, 4, 3, 4, 3, 3), (2, 4, 3)), options={"stride": (1, 2)}),
    "local_response_norm": Case((IMAGE,), (3,)),
    "log_prob_pool2d": Case((IMAGE,), (1.5, 2)),
    "log_softmax": Case((ROWS,)),
    "lp_pool2d": Case((IMAGE,), (3, 2)),
    "max_pool2d": Case((IMAGE,), options=POOL),
    "max_pool2d_with_indices": Case((IMAGE,), options=POOL),
    "momentum_step": Case((VECTOR,) * 3, (0.1, 0.9), state=(0, 2)),
    "mse_loss": Case((ROWS, ROWS)),
    "multi_margin_loss": Case((ROWS, IMAGES), classes=3),
    "natural_gradient_step": Case((VECTOR,) * 3, (2, 0.1, 8), state=(0, 2)),
    "pixel_shuffle": Case((IMAGE,), (2,)),
    "pixel_unshuffle": Case(((IMAGES, 2, 4, 6),), (2,)),
    "relu": Case((IMAGE,)),
    "relu6": Case((IMAGE,)),
    "rmsprop_step": Case((VECTOR,) * 3, (0.1,), state=(0, 2)),
    "scaled_tanh": Case((IMAGE,)),
    "sgd_step": Case((VECTOR,) * 2, (0.1,), state=(0,)),
    "sigmoid": Case((IMAGE,)),
    "softmax": Case((ROWS,)),
    "softshrink": Case((IMAGE,)),
    "subsample2d": Case((IMAGE, 4, 4)),
    "subtractive_norm": Case((IMAGE,), (3,)),
    "tanh": Case((IMAGE,)),
    "whiten": Case(((IMAGES, 2, 3),), (kernels.Whitening(np.ones((2, 3)), np.eye(6)),)),
}
BACKWARD = {name: name.removesuffix("_backward") for name in kernels.__all__ if "backward" in name}
"""The function of which each is the gradient."""
FUNCTIONS = [*CASES, *BACKWARD]
functions = pytest.mark.parametrize("name", FUNCTIONS)


def case_of(name):
    return CASES[BACKWARD.get(name, name)]


def draw(name, rng, dtype=np.float32):
    """Arrays for one call, the gradient of the output before those of the function itself."""
    case = case_of(name)
    arrays = case.draw(rng, dtype)
    if name not in BACKWARD:
        return arrays
    out = results(BACKWARD[name], [None if a is None else a.copy() for a in arrays])[0]
    grad_out = rng.standard_normal(out.shape).astype(out.dtype)
    return [grad_out if grad_out.ndim else float(grad_out), *arrays]


def state_of(name, arrays):
    """Which arrays the function writes to; a gradient reads only."""
    return [] if name in BACKWARD else [arrays[k] for k in case_of(name).state]


def results(name, arrays):
    """All that a call gives: what it returns, and the state it leaves behind."""
    case = case_of(name)
    given = getattr(kernels, name)(*arrays, *case.numbers, **case.options)
    if isinstance(given, kernels.Whitening):
        given = astuple(given)
    returned = given if isinstance(given, tuple) else (given,)
    returned = [np.asarray(part) for part in returned if part is not None]
    return returned + state_of(name, arrays)


def assert_same(actual, expected):
    for ours, theirs in zip(actual, expected, strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)


def test_every_public_function_is_looked_at_here():
    of_bytes = {"beside", "warp"}  # which test_warping looks at
    assert set(FUNCTIONS) == set(kernels.__all__) - {"Whitening"} - of_bytes


# Which arrays are accepted


def cut_out(array):
    """The same values, every other one of a larger array."""
    wide = np.full((*array.shape[:-1], 2 * array.shape[-1]), 7, array.dtype)
    wide[..., ::2] = array
    return wide[..., ::2]


def frozen(array):
    view = array.view()
    view.flags.writeable = False
    return view


def misaligned(array):
    memory = np.zeros(array.nbytes + 1, np.uint8)
    memory[1:] = np.frombuffer(array.tobytes(), np.uint8)
    return memory[1:].view(array.dtype).reshape(array.shape)


QUICK = ("every other", "read-only")
"""What most kernels would get wrong first: steps in memory, and memory that must stay as it is."""
UNUSUAL = {
    "every other": cut_out,
    "Fortran order": np.asfortranarray,
    "backwards": lambda array: np.ascontiguousarray(array[::-1])[::-1],
    "read-only": frozen,
    "misaligned": misaligned,
}


@functions
@pytest.mark.parametrize(
    "unusual",
    [
        pytest.param(make, id=name, marks=[] if name in QUICK else [pytest.mark.slow])
        for name, make in UNUSUAL.items()
    ],
)
def test_however_an_array_lies_in_memory_the_result_is_the_same(name, unusual, rng):
    arrays = draw(name, rng)
    state = [] if name in BACKWARD else case_of(name).state
    odd = [
        unusual(array) if isinstance(array, np.ndarray) and k not in state else array
        for k, array in enumerate(arrays)
    ]
    odd = [array.copy() if k in state else array for k, array in enumerate(odd)]
    before = [np.copy(array) for array in odd if array is not None]
    expected = results(name, arrays)
    assert_same(results(name, odd), expected)
    for k, array in enumerate(array for array in odd if array is not None):
        if k not in state:
            np.testing.assert_array_equal(array, before[k])


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.state])
@pytest.mark.parametrize(
    ("unusual", "quoted"),
    [(cut_out, "strides"), (frozen, "read-only"), (misaligned, "strides"), (list, "list")],
)
def test_state_that_cannot_be_updated_where_it_lies_is_refused(name, unusual, quoted, rng):
    for k in case_of(name).state:
        arrays = draw(name, rng)
        arrays[k] = unusual(arrays[k])
        with pytest.raises(ValueError, match=f"{name}: .*{quoted}"):
            results(name, arrays)


def told(name, arrays, *received):
    """The results, or None if a ValueError of the function matches a pattern of `received`."""
    try:
        return results(name, arrays)
    except ValueError as error:
        message = str(error)
        assert name in message
        assert re.search("|".join(received), message), message
        return None


@functions
@pytest.mark.parametrize("dtype", ["int64", "uint8", "bool", "float16", ">f4", ">f8", "complex64"])
def test_another_dtype_gives_the_same_numbers_or_is_refused_by_name(name, dtype, rng):
    drawn = draw(name, rng)
    for k, array in enumerate(drawn):
        if not isinstance(array, np.ndarray) or (name == "filter2d" and k == 0):
            continue  # pictures are of integers, too
        arrays = [np.copy(a) if isinstance(a, np.ndarray) else a for a in drawn]
        arrays[k] = np.rint(array).astype(dtype)
        got = told(name, arrays, dtype)
        if got is not None:
            arrays[k] = arrays[k].astype(array.dtype)
            for ours, theirs in zip(got, results(name, arrays), strict=True):
                np.testing.assert_array_equal(ours, theirs)


@functions
def test_float64_is_accepted_and_gives_the_same_numbers_to_more_digits(name, rng):
    arrays = draw(name, rng)
    wide = [
        array.astype(np.float64)
        if isinstance(array, np.ndarray) and array.dtype.kind == "f"
        else array
        for array in arrays
    ]
    for ours, theirs in zip(results(name, arrays), results(name, wide), strict=True):
        assert theirs.dtype in (np.float64, np.int64)
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-3)


@functions
def test_two_float_dtypes_at_once_are_refused_by_name(name, rng):
    drawn = draw(name, rng)
    floats = [k for k, a in enumerate(drawn) if isinstance(a, np.ndarray) and a.dtype.kind == "f"]
    for k in floats:
        arrays = [np.copy(a) if isinstance(a, np.ndarray) else a for a in drawn]
        arrays[k] = arrays[k].astype(np.float64)
        got = told(name, arrays, "float64")
        assert got is None or len(floats) == 1 or name == "filter2d"


@functions
def test_an_empty_batch_gives_an_empty_result(name, rng):
    arrays = draw(name, rng)
    empty = [
        array[:0] if isinstance(array, np.ndarray) and array.shape[0] == IMAGES else array
        for array in arrays
    ]
    if all(array is given for array, given in zip(empty, arrays, strict=True)):
        pytest.skip("it has no images")
    got = told(name, empty, r"\(0, ")
    if name == "fit_whitening":
        assert got is None
        return
    for part in got:
        assert part.size == 0 or np.isnan(part).all() or part.shape[0] != IMAGES


@pytest.mark.parametrize("name", CASES)
def test_an_axis_of_length_0_gives_a_result_or_is_quoted(name, rng):
    drawn = draw(name, rng)
    for k, array in enumerate(drawn):
        for axis in range(np.ndim(array)):
            arrays = [np.copy(a) if isinstance(a, np.ndarray) else a for a in drawn]
            arrays[k] = np.take(array, range(0), axis)
            told(name, arrays, re.escape(str(arrays[k].shape)), r"\b0\b")


@functions
def test_so_do_all_axes_of_the_same_length_that_become_0_at_once(name, rng):
    case = case_of(name)
    for length in sorted({n for a in case.draw(rng, np.float32) for n in np.shape(a)}):
        arrays = [
            None if a is None else a[tuple(slice(0 if n == length else n) for n in a.shape)].copy()
            for a in case.draw(rng, np.float32)
        ]
        if name in BACKWARD:
            forward = told(BACKWARD[name], [np.copy(a) for a in arrays], r"\b0\b")
            if forward is None:
                continue
            grad_out = np.ones_like(forward[0])
            arrays = [grad_out if grad_out.ndim else 1.0, *arrays]
        told(name, arrays, r"\b0\b")


# Where a function writes


class Guards:
    """Arrays between two bands of bytes that nobody may change; as floats they are NaN."""

    BAND = 1024

    def __init__(self):
        self.memories = []

    def around(self, array):
        """A copy of the array between bands."""
        memory = np.ones(array.nbytes + 2 * self.BAND, np.uint8) * np.uint8(255)
        guarded = memory[self.BAND : self.BAND + array.nbytes].view(array.dtype)
        guarded = guarded.reshape(array.shape)
        guarded[...] = array
        self.memories.append(memory)
        return guarded

    def patch(self, patch):
        """Let NumPy's own makers of arrays put bands around them."""
        empty, zeros = np.empty, np.zeros

        def guarded_zeros(shape, dtype=float, order="C"):
            return self.around(zeros(shape, dtype))

        def guarded_empty(shape, dtype=float, order="C"):
            array = self.around(empty(shape, dtype))
            if array.dtype.kind == "f":
                array[...] = np.nan
            return array

        patch.setattr(np, "zeros", guarded_zeros)
        patch.setattr(np, "empty", guarded_empty)
        patch.setattr(np, "empty_like", lambda array: guarded_empty(array.shape, array.dtype))
        patch.setattr(np, "zeros_like", lambda array: guarded_zeros(array.shape, array.dtype))

    def hold(self):
        """Whether no band has changed."""
        return all(
            (memory[: self.BAND] == 255).all() and (memory[-self.BAND :] == 255).all()
            for memory in self.memories
        )


def test_a_write_outside_an_array_is_noticed():
    guards = Guards()
    array = guards.around(np.zeros(3))
    assert guards.hold()
    np.lib.stride_tricks.as_strided(array, (4,))[3] = 1
    assert not guards.hold()


@functions
def test_nothing_is_written_beside_an_array_and_no_input_is_changed(name, rng, dtype, monkeypatch):
    arrays = draw(name, rng, dtype)
    state = [] if name in BACKWARD else case_of(name).state
    guards = Guards()
    guarded = [guards.around(array) if isinstance(array, np.ndarray) else array for array in arrays]
    expected = results(name, arrays)  # also compiles what is needed
    with monkeypatch.context() as patch:
        guards.patch(patch)
        given = results(name, guarded)
    assert_same(given, expected)
    assert guards.hold()
    for k, (array, original) in enumerate(zip(guarded, arrays, strict=True)):
        if k not in state and array is not None:
            np.testing.assert_array_equal(array, original)


def layers(rng, around):
    """A chain's layers of every kind, their weights where `around` puts them."""

    def weights(*shape):
        weight, bias = rng.standard_normal(shape), rng.standard_normal(shape[0])
        arrays = (a.astype(np.float32) for a in (weight, bias, weight, bias))
        return Weights(*map(around, arrays))

    return [
        Subsample(Sliding((2, 1), (1, 1)), weights(3)),
        Convolve(Sliding((3, 2), (1, 1), (1, 2), (2, 1)), weights(5, 3, 3, 2)),
        Relu(),
        Pool(Sliding((2, 2), (2, 2))),
        Tanh(scaled=True),
        Pool(Sliding((3, 2), (1, 2), (1, 0))),
        Convolve(Sliding((2, 1)), weights(20, 5, 2, 1)),
        Pool(Sliding((2, 2), (1, 1), (1, 1)), averages=True),
        Other(kernels.sigmoid, kernels.sigmoid_backward),
        Convolve(Sliding((3, 3)), weights(4, 20, 3, 3)),
    ]


@pytest.mark.skipif(not jit.ENABLED, reason="a chain is made of compiled kernels")
@pytest.mark.parametrize("count", [1, LANES + 3])
def test_neither_is_anything_beside_the_memory_of_a_chain(count, monkeypatch, learn):
    guards = Guards()

    def train(around):
        rng = np.random.default_rng(count)
        links = layers(rng, around)
        chain = Chain(links, (3, 9, 8), LANES + 3, np.float32, trains=True)
        x = around(rng.standard_normal((count, 3, 9, 8)).astype(np.float32))
        before = x.copy()
        learn(chain, x, np.arange(count) % 4, 0.5)
        np.testing.assert_array_equal(x, before)
        learned = [link.weights for link in links if isinstance(link, Convolve | Subsample)]
        return [chain.outputs(), *(w.grad_weight for w in learned), *(w.grad_bias for w in learned)]

    expected = train(np.copy)
    with monkeypatch.context() as patch:
        guards.patch(patch)
        given = train(guards.around)
    assert_same(given, expected)
    assert guards.hold()


# From where it is called


def test_eight_threads_that_call_everything_at_once_get_what_one_gets():
    drawn = [
        {name: draw(name, np.random.default_rng(seed)) for name in FUNCTIONS} for seed in range(8)
    ]

    def copies(arrays):
        return [np.copy(a) if isinstance(a, np.ndarray) else a for a in arrays]

    expected = [{name: results(name, copies(calls[name])) for name in FUNCTIONS} for calls in drawn]
    together = Barrier(8)

    def hammer(seed):
        rng = np.random.default_rng(seed)
        together.wait()
        for _ in range(5 if jit.ENABLED else 1):
            for name in rng.permutation(FUNCTIONS):
                assert_same(results(name, copies(drawn[seed][name])), expected[seed][name])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(hammer, range(8)))
