"""The update of one weight: every line of the optimiser's formula with the numbers it used."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np

from tuiconv.lessons.network.digits import exact, in_brackets
from tuiconv.nn.optimizers import make_optimizer


@dataclass(frozen=True)
class Recipe:
    """What an optimiser does with a gradient."""

    name: str
    lr: float
    momentum: float | None
    weight_decay: float
    step: int
    """The number of the update, from 1."""
    images: int
    """In the batch."""


@dataclass(frozen=True)
class Update:
    """What becomes of one weight; all numbers are float32."""

    recipe: Recipe
    before: float
    gradient: float
    remembered: Mapping[str, float]
    """What the optimiser knew of the weight before, by its names for it."""
    after: float
    memory: Mapping[str, float]
    """What it knows then."""


def update(recipe: Recipe, weight: float, gradient: float, memory: Mapping[str, float]) -> Update:
    """Make one weight's update, by the kernel that makes those of all."""
    new = np.array([weight], np.float32)
    optimizer = make_optimizer(recipe.name, new, recipe.lr, recipe.momentum, recipe.weight_decay)
    for name, kept in memory.items():
        optimizer.memory[name][:] = kept
    optimizer.steps = recipe.step
    function, arguments = optimizer.update(np.array([gradient], np.float32), images=recipe.images)
    function(*arguments)
    known = {name: float(array[0]) for name, array in optimizer.memory.items()}
    return Update(recipe, weight, gradient, memory, float(new[0]), known)


def update_lines(made: Update) -> list[str]:
    """The formula with its numbers, a line each; w is the weight and g its gradient."""
    recipe, g = made.recipe, made.gradient
    if not recipe.weight_decay:
        return step_lines(made, g)
    with np.errstate(all="ignore"):
        pull = np.float32(recipe.weight_decay) * np.float32(made.before)
        total = float(np.float32(g) + pull)
    pulled = f"{exact(g)} + {exact(recipe.weight_decay)} · {in_brackets(made.before)}"
    return [f"g ← g + weight decay · w = {pulled} = {exact(total)}", *step_lines(made, total)]


def step_lines(made: Update, g: float) -> list[str]:
    """What an optimiser does with the gradient g, to which weight decay has been added."""
    match made.recipe.name:
        case "adagrad" | "rmsprop":
            return squares_lines(made, g)
        case "adam":
            return adam_lines(made, g)
        case "natural":
            return natural_lines(made, g)
        case _:
            return momentum_lines(made, g)


def momentum_lines(made: Update, g: float) -> list[str]:
    """SGD, with momentum or Nesterov's."""
    old, v = made.remembered["velocity"], made.memory["velocity"]
    m, lr = exact(made.recipe.momentum or 0), exact(made.recipe.lr)
    speed = f"v ← momentum · v + g = {m} · {in_brackets(old)} + {in_brackets(g)} = {exact(v)}"
    w, new = exact(made.before), exact(made.after)
    if made.recipe.name == "nesterov":
        ahead = f"({exact(g)} + {m} · {in_brackets(v)})"
        return [speed, f"w ← w − lr · (g + momentum · v) = {w} − {lr} · {ahead} = {new}"]
    return [speed, f"w ← w − lr · v = {w} − {lr} · {in_brackets(v)} = {new}"]


def squares_lines(made: Update, g: float) -> list[str]:
    """AdaGrad, which adds up squares, and RMSProp, which forgets old ones."""
    old, s = made.remembered["squares"], made.memory["squares"]
    lr = exact(made.recipe.lr)
    adds_up = made.recipe.name == "adagrad"
    rule, eps = ("s + g²", "1e−10") if adds_up else ("s + 0.01 · (g² − s)", "1e−8")
    return [
        f"s ← {rule} = {exact(s)}, from s = {exact(old)} and g = {exact(g)}",
        f"w ← w − lr · g / (√s + {eps}) = {exact(made.before)} − {lr} · {in_brackets(g)}"
        f" / (√{exact(s)} + {eps}) = {exact(made.after)}",
    ]


def adam_lines(made: Update, g: float) -> list[str]:
    """Adam, with the corrections for its beginning in the learning rate."""
    step = made.recipe.step
    first, second = made.memory["first_moment"], made.memory["second_moment"]
    old_first, old_second = made.remembered["first_moment"], made.remembered["second_moment"]
    root = sqrt(1 - 0.999**step)
    rate, eps = exact(made.recipe.lr * root / (1 - 0.9**step)), exact(root * 1e-8)
    return [
        f"m ← m + 0.1 · (g − m) = {exact(first)}, from m = {exact(old_first)} and g = {exact(g)}",
        f"s ← s + 0.001 · (g² − s) = {exact(second)}, from s = {exact(old_second)}",
        f"rate = lr · √(1 − 0.999^{step}) / (1 − 0.9^{step}) = {rate}, as m and s began with 0",
        f"w ← w − rate · m / (√s + {eps}) = {exact(made.before)} − {rate} · {in_brackets(first)}"
        f" / (√{exact(second)} + {eps}) = {exact(made.after)}",
    ]


def natural_lines(made: Update, g: float) -> list[str]:
    """The natural gradient, with the Fisher information taken as diagonal."""
    recipe = made.recipe
    old, f = made.remembered["fisher"], made.memory["fisher"]
    part = exact(max(1 - 0.95, 1 / recipe.step))
    return [
        f"f ← f + {part} · ({recipe.images} · g² − f) = {exact(f)}, from f = {exact(old)} and"
        f" g = {exact(g)}",
        f"w ← w − lr · g / (f + 0.001) = {exact(made.before)} − {exact(recipe.lr)} ·"
        f" {in_brackets(g)} / ({exact(f)} + 0.001) = {exact(made.after)}",
    ]
