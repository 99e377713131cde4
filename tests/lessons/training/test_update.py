import numpy as np
import pytest

from tuiconv.lessons.training.update import Recipe, update, update_lines
from tuiconv.nn.optimizers import make_optimizer

NAMES = ("sgd", "nesterov", "adagrad", "rmsprop", "adam", "natural")


def test_the_update_worked_by_hand():
    # v = 0.5 · 0.25 + 0.5 = 0.625;  w = 1.5 − 0.5 · 0.625 = 1.1875
    made = update(Recipe("sgd", 0.5, 0.5, 0.0, 3, 8), 1.5, 0.5, {"velocity": 0.25})
    assert (made.after, made.memory["velocity"]) == (1.1875, 0.625)
    assert update_lines(made) == [
        "v ← momentum · v + g = 0.5 · 0.25 + 0.5 = 0.625",
        "w ← w − lr · v = 1.5 − 0.5 · 0.625 = 1.1875",
    ]


def test_weight_decay_and_nesterov_worked_by_hand():
    # g = −1 + 0.25 · 2 = −0.5;  v = 0.5 · 0 − 0.5;  w = 2 − 1 · (−0.5 + 0.5 · −0.5) = 2.75
    made = update(Recipe("nesterov", 1.0, 0.5, 0.25, 1, 8), 2.0, -1.0, {"velocity": 0.0})
    assert update_lines(made) == [
        "g ← g + weight decay · w = −1 + 0.25 · 2 = −0.5",
        "v ← momentum · v + g = 0.5 · 0 + (−0.5) = −0.5",
        "w ← w − lr · (g + momentum · v) = 2 − 1 · (−0.5 + 0.5 · (−0.5)) = 2.75",
    ]


@pytest.mark.parametrize("decay", [0.0, 0.01])
@pytest.mark.parametrize("name", NAMES)
def test_one_weights_update_is_that_of_all_to_the_last_bit(name, decay):
    rng = np.random.default_rng(0)
    weights = rng.standard_normal(20, np.float32)
    optimizer = make_optimizer(name, weights, 0.03, None, decay)
    for step in (1, 2, 3):
        gradients = rng.standard_normal(20, np.float32)
        before, known = weights.copy(), {n: a.copy() for n, a in optimizer.memory.items()}
        optimizer.steps = step
        function, arguments = optimizer.update(gradients.copy(), images=8)
        function(*arguments)
        recipe = Recipe(name, 0.03, optimizer.momentum, decay, step, 8)
        for k in (0, 7, 19):
            memory = {n: float(array[k]) for n, array in known.items()}
            made = update(recipe, float(before[k]), float(gradients[k]), memory)
            assert made.after == weights[k]
            assert made.memory == {n: array[k] for n, array in optimizer.memory.items()}


@pytest.mark.parametrize("name", NAMES)
def test_the_number_at_the_end_of_the_lines_is_the_new_weight(name):
    optimizer = make_optimizer(name, np.zeros(1, np.float32))
    memory = dict.fromkeys(optimizer.memory, 0.25)
    made = update(Recipe(name, 0.03, optimizer.momentum, 0.0, 2, 8), 1.0, 0.5, memory)
    assert made.after < 1
    shown = update_lines(made)[-1].rpartition(" = ")[2]
    assert np.float32(shown) == made.after
