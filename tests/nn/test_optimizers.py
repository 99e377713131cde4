import numpy as np
import pytest

from tuiconv.nn.optimizers import SGD


def step(sgd, gradients):
    function, arguments = sgd.update(gradients)
    function(*arguments)


def test_momentum_carries_a_share_of_the_last_update_into_the_next():
    w = np.array([1.0, 2.0])
    sgd = SGD(w, lr=0.1, momentum=0.9)
    step(sgd, np.array([0.5, -1.0]))
    np.testing.assert_allclose(w, [1 - 0.1 * 0.5, 2 + 0.1 * 1])
    step(sgd, np.array([1.0, 0.0]))
    np.testing.assert_allclose(sgd.velocity, [0.9 * 0.5 + 1, 0.9 * -1])
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
    assert sgd.velocity == pytest.approx(3 / (1 - 0.8))


def test_the_parameters_are_changed_in_place_in_their_own_precision():
    w = np.ones(4, np.float32)
    sgd = SGD(w, lr=0.1, momentum=0.9)
    step(sgd, np.ones(4, np.float32))
    assert sgd.parameters is w
    assert sgd.velocity.dtype == np.float32
    np.testing.assert_allclose(w, 0.9, rtol=1e-6)
