import tracemalloc
from collections.abc import Callable
from itertools import product
from math import sqrt
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import pytest

import tuiconv_kernels
from tuiconv_kernels import adam_step, natural_gradient_step, plain, rmsprop_step, sgd_step
from tuiconv_kernels.optimizers import measure, shorten

both = pytest.mark.parametrize("kernels", [tuiconv_kernels, plain], ids=["kernel", "plain"])


class Optimizer(NamedTuple):
    step: str
    states: tuple[str, ...]
    options: dict[str, Any]
    counted: bool = False  # whether it takes the number of the step


OPTIMIZERS = {
    "sgd": Optimizer("sgd_step", (), {"lr": 0.1}),
    "sgd with decay": Optimizer("sgd_step", (), {"lr": 0.1, "weight_decay": 0.01}),
    "momentum": Optimizer("momentum_step", ("velocity",), {"lr": 0.03, "momentum": 0.9}),
    "nesterov": Optimizer(
        "momentum_step",
        ("velocity",),
        {"lr": 0.03, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    ),
    "adagrad": Optimizer("adagrad_step", ("squares",), {"lr": 0.5}),
    "rmsprop": Optimizer("rmsprop_step", ("squares",), {"lr": 0.05, "alpha": 0.9}),
    "adam": Optimizer("adam_step", ("first_moment", "second_moment"), {"lr": 0.1}, counted=True),
    "natural gradient": Optimizer(
        "natural_gradient_step",
        ("fisher",),
        {"lr": 0.1, "batch_size": 4, "damping": 0.1},
        counted=True,
    ),
}
every = pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)


class Run:
    """Parameters with the arrays that one optimiser keeps beside them."""

    def __init__(self, optimizer: Optimizer, parameters: np.ndarray, kernels=tuiconv_kernels):
        self.optimizer = optimizer
        self.function: Callable[..., None] = getattr(kernels, optimizer.step)
        self.parameters = parameters
        self.states = {name: np.zeros_like(parameters) for name in optimizer.states}
        self.steps = 0

    def step(self, gradients: np.ndarray, **options: Any) -> None:
        self.steps += 1
        count = {"step": self.steps} if self.optimizer.counted else {}
        options = {**self.optimizer.options, **count, **options}
        self.function(self.parameters, gradients, **self.states, **options)


# --- by hand: the parameter is 1, the gradient 2, then 4


@both
def test_sgd_by_hand(kernels: ModuleType):
    w = np.array([1.0])
    kernels.sgd_step(w, np.array([2.0]), 0.1)
    np.testing.assert_allclose(w, [1 - 0.1 * 2])
    kernels.sgd_step(w, np.array([4.0]), 0.1, weight_decay=0.5)
    np.testing.assert_allclose(w, [0.8 - 0.1 * (4 + 0.5 * 0.8)])


@both
def test_momentum_by_hand(kernels: ModuleType):
    w, v = np.array([1.0]), np.zeros(1)
    kernels.momentum_step(w, np.array([2.0]), v, 0.1, 0.9)
    np.testing.assert_allclose([v, w], [[2], [1 - 0.1 * 2]])
    kernels.momentum_step(w, np.array([4.0]), v, 0.1, 0.9, weight_decay=0.5)
    velocity = 0.9 * 2 + 4 + 0.5 * 0.8
    np.testing.assert_allclose([v, w], [[velocity], [0.8 - 0.1 * velocity]])


@both
def test_nesterov_looks_one_step_ahead_by_hand(kernels: ModuleType):
    w, v = np.array([1.0]), np.zeros(1)
    kernels.momentum_step(w, np.array([2.0]), v, 0.1, 0.9, nesterov=True)
    np.testing.assert_allclose([v, w], [[2], [1 - 0.1 * (2 + 0.9 * 2)]])


@both
def test_adagrad_by_hand(kernels: ModuleType):
    w, s = np.array([1.0]), np.zeros(1)
    kernels.adagrad_step(w, np.array([2.0]), s, 0.1)
    kernels.adagrad_step(w, np.array([4.0]), s, 0.1)
    np.testing.assert_allclose(s, [4 + 16])
    np.testing.assert_allclose(w, [1 - 0.1 * 2 / 2 - 0.1 * 4 / sqrt(4 + 16)])


@both
def test_rmsprop_by_hand(kernels: ModuleType):
    w, s = np.array([1.0]), np.zeros(1)
    kernels.rmsprop_step(w, np.array([2.0]), s, 0.1, alpha=0.75, eps=0.5)
    np.testing.assert_allclose(s, [0.25 * 4])
    np.testing.assert_allclose(w, [1 - 0.1 * 2 / (1 + 0.5)])
    kernels.rmsprop_step(w, np.array([4.0]), s, 0.1, alpha=0.75, eps=0.5)
    np.testing.assert_allclose(s, [0.75 * 1 + 0.25 * 16])


@both
def test_adam_by_hand(kernels: ModuleType):
    w, m, v = np.array([1.0]), np.zeros(1), np.zeros(1)
    kernels.adam_step(w, np.array([2.0]), m, v, 1, 0.1, 0.5, 0.75, eps=1e-8)
    np.testing.assert_allclose([m, v], [[0.5 * 2], [0.25 * 4]])
    # of one gradient both means are what it is itself: 2 and 2²
    np.testing.assert_allclose(w, [1 - 0.1 * 2 / sqrt(4)])
    kernels.adam_step(w, np.array([4.0]), m, v, 2, 0.1, 0.5, 0.75, eps=0.5)
    mean, square = (0.5 * 1 + 0.5 * 4) / (1 - 0.5**2), (0.75 * 1 + 0.25 * 16) / (1 - 0.75**2)
    np.testing.assert_allclose(w, [0.9 - 0.1 * mean / (sqrt(square) + 0.5)])


@both
def test_the_natural_gradient_by_hand(kernels: ModuleType):
    w, f = np.array([1.0]), np.zeros(1)
    options = {"lr": 0.1, "batch_size": 3, "decay": 0.75, "damping": 0.5}
    kernels.natural_gradient_step(w, np.array([2.0]), f, 1, **options)
    np.testing.assert_allclose([f, w], [[3 * 4], [1 - 0.1 * 2 / (12 + 0.5)]])
    for step, gradient, expected in [
        (2, 4.0, (12 + 48) / 2),  # the plain mean of two
        (5, 0.0, 30 * 0.75),  # a fifth would be less than 1 − decay
    ]:
        kernels.natural_gradient_step(w, np.array([gradient]), f, step, **options)
        np.testing.assert_allclose(f, [expected])


# --- all of them


@every
def test_it_agrees_with_its_twin_over_several_steps(optimizer, rng, dtype, close):
    start = rng.standard_normal(33).astype(dtype)
    ours, twin = Run(optimizer, start.copy()), Run(optimizer, start.copy(), plain)
    for _ in range(5):
        gradients = rng.standard_normal(33).astype(dtype)
        ours.step(gradients)
        twin.step(gradients)
        close(ours.parameters, twin.parameters)
        for name in ours.states:
            close(ours.states[name], twin.states[name])


@every
def test_it_walks_down_a_valley_four_times_as_steep_across_as_along(optimizer):
    # loss = Σ steepness / 2 · (w − goal)²
    steepness, goal = np.array([1.0, 4.0]), np.array([3.0, -1.0])
    run = Run(optimizer, np.zeros(2))
    for _ in range(300):
        run.step(steepness * (run.parameters - goal))
    # weight decay, where there is some, holds back by one hundredth
    np.testing.assert_allclose(run.parameters, goal, atol=0.06)


@every
def test_with_a_rate_of_zero_it_only_remembers(optimizer, rng):
    start, gradients = rng.standard_normal((2, 5))
    run = Run(optimizer, start.copy())
    run.step(gradients, lr=0)
    np.testing.assert_array_equal(run.parameters, start)
    for state in run.states.values():
        assert state.all()


@every
@both
def test_a_bad_gradient_is_visible_in_its_own_parameter_only(optimizer, kernels: ModuleType):
    good, bad = (Run(optimizer, np.ones(40, np.float32), kernels) for _ in range(2))
    gradients = np.linspace(-1, 1, 40, dtype=np.float32)
    good.step(gradients)
    gradients[[3, 20, 39]] = np.nan, np.inf, -np.inf
    bad.step(gradients)
    assert np.flatnonzero(~np.isfinite(bad.parameters)).tolist() == [3, 20, 39]
    fine = np.isfinite(bad.parameters)
    np.testing.assert_array_equal(bad.parameters[fine], good.parameters[fine])


@every
@both
def test_numbers_that_overflow_raise_no_warning(optimizer, kernels: ModuleType):
    run = Run(optimizer, np.full(20, -3e38, np.float32), kernels)
    with np.errstate(all="ignore" if kernels is plain else "warn"):
        run.step(np.full(20, 3e38, np.float32))
        run.step(np.full(20, -np.inf, np.float32))
    assert not np.isfinite(run.parameters).any()


@every
def test_no_parameters_are_no_error(optimizer):
    Run(optimizer, np.zeros(0, np.float32)).step(np.zeros(0, np.float32))


@every
def test_a_step_allocates_no_arrays(optimizer, dtype):
    parameters, gradients = np.ones((2, 40_000), dtype)
    run = Run(optimizer, parameters)
    run.step(gradients)  # compiles
    tracemalloc.start()
    try:
        run.step(gradients)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < parameters.nbytes / 2


def test_a_python_float_as_rate_leaves_a_float32_step_in_float32(rng):
    gradients = rng.standard_normal(100).astype(np.float32)
    parameters = np.zeros(100, np.float32)
    sgd_step(parameters, gradients, 0.1)
    np.testing.assert_array_equal(parameters, -np.float32(0.1) * gradients)
    in_float64 = (-0.1 * gradients.astype(np.float64)).astype(np.float32)
    assert (parameters != in_float64).any()


def test_a_small_beta_complement_keeps_its_digits_in_float32():
    # float32(1) − float32(0.999) would be 0.00100005
    parameters, first, second = np.zeros((3, 1), np.float32)
    adam_step(parameters, np.ones(1, np.float32), first, second, 1, 0.1, beta2=0.999)
    np.testing.assert_allclose(second, 0.001, rtol=1e-7)


@every
def test_gradients_may_be_a_view_and_read_only(optimizer, rng):
    gradients = rng.standard_normal(12)[::-2]
    gradients.flags.writeable = False
    ours, same = Run(optimizer, np.zeros(6)), Run(optimizer, np.zeros(6))
    ours.step(gradients)
    same.step(gradients.copy())
    np.testing.assert_array_equal(ours.parameters, same.parameters)


# --- clipping


@pytest.mark.parametrize(
    ("most", "clipped"),
    [(10.0, [6, -8]), (10.5, [6, -8]), (5.0, [3, -4]), (1.0, [0.6, -0.8])],
)
def test_six_and_eight_are_ten_long_and_no_longer_than_asked(most, clipped, dtype):
    gradients, factor = np.array([6, -8], dtype), np.zeros(1)
    measure(gradients, most, factor)
    shorten(gradients, factor)
    np.testing.assert_allclose(gradients, clipped, rtol=1e-6)


def test_a_length_beyond_float32_is_measured():
    gradients, factor = np.full(4, 3e38, np.float32), np.zeros(1)
    measure(gradients, 1.0, factor)
    shorten(gradients, factor)
    np.testing.assert_allclose(gradients, 0.5, rtol=1e-6)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_clipping_leaves_a_nan_for_what_is_not_finite(bad):
    gradients, factor = np.array([1, bad], np.float32), np.zeros(1)
    with np.errstate(invalid="ignore"):
        measure(gradients, 1.0, factor)
        shorten(gradients, factor)
    assert np.isnan(gradients[1])


# --- the natural gradient

# Six cases (x, label), equally likely under a logistic regression with the weights LOGITS and
# p(1 | x) = sigmoid(logit[x]): x is 0 or 1, and label 1 has the probability 1/3 or 2/3.
LOGITS = np.log([1 / 2, 2 / 1])
CASES = [(0, 1), (0, 0), (0, 0), (1, 1), (1, 1), (1, 0)]
FISHER = np.array([1 / 2 * 1 / 3 * 2 / 3] * 2)  # p(x) · p(1 | x) · p(0 | x), off the diagonal 0


def logistic_gradient(logits: np.ndarray, cases: list[tuple[int, int]]) -> np.ndarray:
    """Of the mean of −log p(label | x) over the cases."""
    gradient = np.zeros(2)
    for x, label in cases:
        gradient[x] += (1 / (1 + np.exp(-logits[x])) - label) / len(cases)
    return gradient


@pytest.mark.parametrize("batch_size", [1, 2, 3])
def test_from_batches_of_any_size_the_fisher_information_of_a_logistic_regression_is_found(
    batch_size,
):
    fisher, parameters = np.zeros(2), LOGITS.copy()
    # all batches that the network's own predictions could give, each once
    for step, batch in enumerate(product(CASES, repeat=batch_size), start=1):
        gradients = logistic_gradient(LOGITS, list(batch))
        natural_gradient_step(parameters, gradients, fisher, step, 0.0, batch_size, decay=1 - 1e-9)
    np.testing.assert_allclose(fisher, FISHER, rtol=1e-12)


def test_then_a_step_is_the_inverse_fisher_information_times_the_gradient():
    gradients = np.array([0.3, -0.2])
    parameters, fisher = LOGITS.copy(), FISHER.copy()
    natural_gradient_step(
        parameters, gradients, fisher, 10**9, 0.5, 1, decay=1 - 1e-9, damping=1e-9
    )
    expected = LOGITS - 0.5 * np.linalg.inv(np.diag(FISHER)) @ gradients
    np.testing.assert_allclose(parameters, expected, rtol=1e-7)


def test_one_step_at_a_rate_of_one_finds_the_mean_of_a_gaussian(rng):
    # p(y) = exp(−(y − w)² / 2σ²): the information about w is 1 / σ²
    sigma = np.array([0.1, 1.0, 30.0])
    y = rng.normal([5, -3, 200], sigma, (50, 3))
    parameters, fisher = np.zeros(3), 1 / sigma**2
    gradients = (parameters - y.mean(axis=0)) / sigma**2
    natural_gradient_step(
        parameters, gradients, fisher, 10**12, 1.0, 50, decay=1 - 1e-12, damping=1e-12
    )
    np.testing.assert_allclose(parameters, y.mean(axis=0), rtol=1e-6)


def walk(update: Callable[..., None], unit: np.ndarray) -> np.ndarray:
    """Fit the logistic regression with weights counted in `unit`; return its logits."""
    counted, state = np.array([1.0, -2.0]) / unit, np.zeros(2)
    rng = np.random.default_rng(3)
    for step in range(1, 21):
        batch = [CASES[case] for case in rng.integers(0, len(CASES), 8)]
        gradients = logistic_gradient(unit * counted, batch) * unit
        update(counted, gradients, state, step)
    return unit * counted


def natural(w, g, state, step):
    natural_gradient_step(w, g, state, step, 0.1, 8, damping=1e-12)


def rmsprop(w, g, state, step):
    rmsprop_step(w, g, state, 0.1)


def sgd(w, g, state, step):
    sgd_step(w, g, 0.1)


@pytest.mark.parametrize(("update", "same"), [(natural, True), (rmsprop, False), (sgd, False)])
def test_only_the_natural_gradient_does_not_depend_on_the_units_of_the_parameters(update, same):
    logits, in_other_units = walk(update, np.ones(2)), walk(update, np.array([10.0, 0.1]))
    assert np.allclose(logits, in_other_units, rtol=1e-6) == same
    assert not np.allclose(logits, [1, -2], rtol=0.05)


# --- what is refused


def read_only() -> np.ndarray:
    array = np.zeros(4)
    array.flags.writeable = False
    return array


@pytest.mark.parametrize(
    ("array", "message"),
    [
        ([0.0] * 4, "is a list; it is updated in place"),
        (read_only(), "is a read-only array; it is updated in place"),
        (np.zeros(8)[::2], r"is an array of float64 with strides \(16,\); it is updated in place"),
        (np.zeros(4, int), "is int64; float32 and float64 are allowed"),
        (np.zeros((2, 2)), r"has shape \(2, 2\); its axes must be \(count\)"),
    ],
    ids=["list", "read-only", "view", "integers", "2-D"],
)
@every
def test_an_array_that_cannot_be_updated_in_place_is_refused(optimizer, array, message):
    for name in ("parameters", *optimizer.states):
        run = Run(optimizer, np.zeros(4))
        if name == "parameters":
            run.parameters = array
        else:
            run.states[name] = array
        with pytest.raises(ValueError, match=f"{optimizer.step}: {name} {message}"):
            run.step(np.zeros(4))


@every
def test_arrays_of_another_length_or_dtype_are_refused(optimizer):
    for name in ("gradients", *optimizer.states):
        for array, message in [
            (np.zeros(5), rf"{name} has shape \(5,\); \(4,\) is needed"),
            (np.zeros(4, np.float32), f"{name} is float32"),
        ]:
            run = Run(optimizer, np.zeros(4))
            run.states.update({name: array} if name != "gradients" else {})
            with pytest.raises(ValueError, match=f"{optimizer.step}: .*{message}"):
                run.step(array if name == "gradients" else np.zeros(4))
            assert not run.parameters.any()


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("sgd", {"lr": -0.1}, "lr is -0.1; a finite number of at least 0"),
        ("sgd", {"lr": np.nan}, "lr is nan; a finite number"),
        ("sgd", {"lr": "0.1"}, "lr is '0.1'"),
        ("sgd", {"weight_decay": -1}, "weight_decay is -1"),
        ("momentum", {"momentum": 1.0}, "momentum is 1.0; a number below 1"),
        ("momentum", {"momentum": -0.1}, "momentum is -0.1; a number from 0"),
        ("adagrad", {"eps": 0.0}, "eps is 0.0; a number above 0"),
        ("rmsprop", {"alpha": 1}, "alpha is 1; a number below 1"),
        ("rmsprop", {"eps": -1.0}, "eps is -1.0; a number above 0"),
        ("adam", {"step": 0}, "step is 0; an integer of at least 1"),
        ("adam", {"step": 1.0}, "step is 1.0; an integer"),
        ("adam", {"beta1": 1.0}, "beta1 is 1.0; a number below 1"),
        ("adam", {"beta2": 2.0}, "beta2 is 2.0; a number from 0"),
        ("natural gradient", {"step": 0}, "step is 0; an integer of at least 1"),
        ("natural gradient", {"batch_size": 0}, "batch_size is 0; an integer of at least 1"),
        ("natural gradient", {"decay": 1.0}, "decay is 1.0; a number below 1"),
        ("natural gradient", {"damping": 0.0}, "damping is 0.0; a number above 0"),
    ],
)
def test_a_number_out_of_its_range_is_refused_and_nothing_is_updated(name, options, message):
    run = Run(OPTIMIZERS[name], np.zeros(4))
    with pytest.raises(ValueError, match=f"{run.optimizer.step}: {message}"):
        run.step(np.ones(4), **options)
    for array in (run.parameters, *run.states.values()):
        assert not array.any()
