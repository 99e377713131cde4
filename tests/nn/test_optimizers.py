from itertools import pairwise
from math import sqrt

import numpy as np
import pytest

from tuiconv.errors import RequestError
from tuiconv.nn.optimizers import OPTIMIZERS, SGD, Nesterov, make_optimizer
from tuiconv_kernels import plain

every = pytest.mark.parametrize("name", OPTIMIZERS)


def step(optimizer, gradients, cuts=(), images=1):
    """One update, in parts that end at the cuts."""
    optimizer.steps += 1
    ends = [0, *cuts, len(gradients)]
    for begin, end in pairwise(ends):
        function, arguments = optimizer.update(gradients, slice(begin, end), images)
        function(*arguments)


def test_momentum_carries_a_share_of_the_last_update_into_the_next():
    w = np.array([1.0, 2.0])
    sgd = SGD(w, lr=0.1, momentum=0.9)
    step(sgd, np.array([0.5, -1.0]))
    np.testing.assert_allclose(w, [1 - 0.1 * 0.5, 2 + 0.1 * 1])
    step(sgd, np.array([1.0, 0.0]))
    np.testing.assert_allclose(sgd.memory["velocity"], [0.9 * 0.5 + 1, 0.9 * -1])
    np.testing.assert_allclose(w, [0.95 - 0.1 * 1.45, 2.1 + 0.1 * 0.9])


def test_without_momentum_every_step_is_the_learning_rate_times_the_gradient():
    w = np.array([3.0])
    sgd = SGD(w, lr=0.5, momentum=0)
    for _ in range(3):
        step(sgd, np.array([2.0]))
    np.testing.assert_allclose(w, [3 - 3 * 0.5 * 2])


def test_under_a_constant_gradient_the_velocity_nears_g_over_one_minus_momentum():
    sgd = SGD(np.zeros(1), lr=1, momentum=0.8)
    for _ in range(200):
        step(sgd, np.array([3.0]))
    assert sgd.memory["velocity"] == pytest.approx(3 / (1 - 0.8))


def test_nesterov_looks_a_step_ahead():
    w = np.array([1.0])
    step(Nesterov(w, lr=0.1, momentum=0.9), np.array([2.0]))
    np.testing.assert_allclose(w, 1 - 0.1 * (2 + 0.9 * 2))


@pytest.mark.parametrize(
    ("name", "moved"),
    [
        # the first gradient is 2, its weight decay 0.5 · 1
        ("sgd", 0.1 * 2.5),
        ("nesterov", 0.1 * (2.5 + 0.9 * 2.5)),
        ("adagrad", 0.1 * 2.5 / 2.5),
        ("rmsprop", 0.1 * 2.5 / (2.5 * sqrt(1 - 0.99))),
        ("adam", 0.1 * 2.5 / 2.5),
        ("natural", 0.1 * 2.5 / (2.5**2 * 3 + 0.001)),
    ],
)
def test_weight_decay_draws_every_parameter_to_nothing(name, moved):
    w = np.array([1.0])
    step(make_optimizer(name, w, 0.1, weight_decay=0.5), np.array([2.0]), images=3)
    np.testing.assert_allclose(w, [1 - moved], atol=1e-7)


def test_the_plain_twins_give_the_same_over_several_steps(rng):
    start, gradients = rng.standard_normal(7), rng.standard_normal((6, 7))
    twins = {
        "sgd": lambda w, g, memory, k: plain.momentum_step(w, g, *memory, 0.1, 0.9),
        "nesterov": lambda w, g, memory, k: plain.momentum_step(w, g, *memory, 0.1, 0.9, True),
        "adagrad": lambda w, g, memory, k: plain.adagrad_step(w, g, *memory, 0.1),
        "rmsprop": lambda w, g, memory, k: plain.rmsprop_step(w, g, *memory, 0.1),
        "adam": lambda w, g, memory, k: plain.adam_step(w, g, *memory, k, 0.1),
        "natural": lambda w, g, memory, k: plain.natural_gradient_step(w, g, *memory, k, 0.1, 5),
    }
    for name, twin in twins.items():
        ours, expected = start.copy(), start.copy()
        optimizer = make_optimizer(name, ours, 0.1)
        memory = [np.zeros(7) for _ in optimizer.memory]
        for k, g in enumerate(gradients, start=1):
            step(optimizer, g.copy(), images=5)
            twin(expected, g, memory, k)
        np.testing.assert_allclose(ours, expected, rtol=1e-12, err_msg=name)


@every
@pytest.mark.parametrize("cuts", [(1,), (500,), (333, 667), (1, 2, 998)])
def test_in_parts_the_numbers_are_the_same_to_the_last_bit(name, cuts, rng):
    start = rng.standard_normal(1000).astype(np.float32)
    whole, parts = start.copy(), start.copy()
    at_once = make_optimizer(name, whole, weight_decay=0.01)
    in_parts = make_optimizer(name, parts, weight_decay=0.01)
    for _ in range(3):
        gradients = rng.standard_normal(1000).astype(np.float32)
        step(at_once, gradients.copy(), images=8)
        step(in_parts, gradients.copy(), cuts, images=8)
    assert parts.tobytes() == whole.tobytes()
    for array, other in zip(at_once.memory.values(), in_parts.memory.values(), strict=True):
        assert array.tobytes() == other.tobytes()


@every
def test_a_new_rate_is_that_of_the_next_update_of_the_same_call(name):
    w = np.ones(1)
    optimizer = make_optimizer(name, w, lr=0.1)
    function, arguments = optimizer.update(np.ones(1))
    optimizer.lr, optimizer.steps = 1e-30, 1
    function(*arguments)
    assert w == 1


@every
def test_the_parameters_are_changed_in_place_in_their_own_precision(name):
    w = np.ones(4, np.float32)
    optimizer = make_optimizer(name, w, weight_decay=0.1)
    step(optimizer, np.ones(4, np.float32))
    assert optimizer.parameters is w
    assert all(array.dtype == np.float32 and array.any() for array in optimizer.memory.values())
    assert (w < 1).all()


@every
def test_numbers_that_overflow_raise_no_warning(name):
    w = np.full(20, 3e38, np.float32)
    optimizer = make_optimizer(name, w, lr=1.0, weight_decay=10.0)
    with np.errstate(all="warn"):
        step(optimizer, np.full(20, -np.inf, np.float32))
        step(optimizer, np.full(20, 3e38, np.float32))
    assert not np.isfinite(w).any()


@pytest.mark.parametrize("name", ["adagrad", "rmsprop", "adam", "natural"])
def test_momentum_for_an_optimizer_without_it_is_refused(name):
    assert make_optimizer(name, np.ones(1)).momentum is None
    with pytest.raises(RequestError, match=f"momentum 0.9; {name} has none, but sgd"):
        make_optimizer(name, np.ones(1), momentum=0.9)


def test_what_is_not_told_is_sensible():
    rates = {name: make_optimizer(name, np.ones(1)).lr for name in OPTIMIZERS}
    assert list(rates.values()) == [0.02, 0.02, 0.02, 0.01, 0.001, 0.001, 0.001]
    assert make_optimizer("sgd", np.ones(1)).momentum == 0.9
