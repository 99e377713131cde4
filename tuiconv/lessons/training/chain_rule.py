"""The chain rule with a step's own numbers: from the scores to the loss, and back to a weight."""

import math
from collections.abc import Iterator
from typing import get_args

import numpy as np

from tuiconv.lessons.figures import minus
from tuiconv.lessons.inside import shape_text
from tuiconv.lessons.network.digits import exact, short
from tuiconv.lessons.network.sums import Weighted
from tuiconv.lessons.network.weight_sums import weight_sum
from tuiconv.lessons.scene import Panel, Table, Text
from tuiconv.lessons.training.look import OF_WEIGHTS, Index, Look, named
from tuiconv.lessons.training.looked import Looked, softmax
from tuiconv.lessons.training.update import update_lines
from tuiconv.lessons.training.words import BACKWARD, about
from tuiconv.nn.joins import Join
from tuiconv.nn.layers import Array, Layer, Part


def scores_panel(looked: Looked) -> Panel:
    """Scores, their softmax p, the loss of the image and δ at the scores."""
    names, label, n = looked.net.class_names, looked.label, len(looked.images)
    title = f"{looked.which}, a {names[label]}: scores z, their softmax p, δ at them"
    if looked.scores is None:
        return Text(title, ("the scores are not there yet: s takes the next operation",))
    z, p = softmax(looked)
    delta = looked.delta_at_scores
    head = ["class", "z", "p", "y", "p − y"]
    rows = [
        [name, short(z[k]), short(p[k]), str(int(k == label)), short(p[k] - (k == label))]
        for k, name in enumerate(names)
    ]
    if delta is not None:
        head.append("δ" if n == 1 else f"δ = (p − y) / {n}")
        for row, value in zip(rows, delta[looked.index].tolist(), strict=True):
            row.append(short(value))
    return Table(title, tuple(head), tuple(map(tuple, rows)), label)


def loss_panel(looked: Looked) -> Panel:
    """The loss of the image and of its batch."""
    lines = ["p = exp(z) / Σ exp(z); y is 1 for the label and 0 for the others"]
    if looked.loss is None or looked.scores is None:
        lines.append("the loss follows the forward pass")
    else:
        p = softmax(looked)[1][looked.label]
        with np.errstate(all="ignore"):
            loss = -float(np.log(p))
        name = looked.net.class_names[looked.label]
        lines.append(f"loss = −log p[{name}] = −log {short(p)} = {short(loss)}")
        if looked.is_batch:
            lines.append(f"mean of the {len(looked.images)} images' losses: {short(looked.loss)}")
    lines.append("numbers are rounded to 6 digits")
    return Text("the loss", tuple(lines))


def gone_back_to(looked: Looked) -> list[Part]:
    """The layers that the gradient has come back to, the last one first."""
    return [layer for layer in reversed(looked.net.layers) if layer.name in looked.gradients]


def back_panels(look: Look) -> tuple[Panel, ...]:
    """A row for every layer that the gradient has come back to."""
    looked, rows, names = look.looked, [], []
    for layer in gone_back_to(looked):
        own = named(layer, looked.parameter_gradients).values()
        names.append(layer.name)
        rows.append(
            (
                layer.name,
                shape_text(layer.spec.output, layer.spec.is_1d),
                f"{length(looked.gradients[layer.name]):.4g}",
                f"{length(*own):.4g}" if own else "",
            )
        )
    title = "back through the layers"
    if not rows:
        return (Text(title, ("it begins after the loss: s takes the next operation",)),)
    chosen = look.view.layer
    return (
        Table(
            title,
            ("layer", "output", "√Σδ²", "√Σg²"),
            tuple(rows),
            names.index(chosen) if chosen in names else None,
            "back",
        ),
        Text(
            f"backward through {chosen}",
            (
                f"{about(look.layer.spec, BACKWARD)}",
                "δ is the loss's gradient with respect to what leaves a layer, g that with respect"
                " to its weights",
            ),
        ),
    )


def weight_panel(look: Look) -> Panel:
    """The weight that is pointed at: its gradient as a sum, and its update."""
    layer, looked = look.layer, look.looked
    if not layer.parameters:
        return Text("one weight", (f"{layer.name} has no weights; ↑ and ↓ choose another layer",))
    name, index = look.weight
    called = f"{layer.name}.{name}"
    lines = [f"w = {exact(layer.parameters[name][index])} now"]
    gradient = looked.parameter_gradients.get(called)
    if gradient is None:
        lines.append(f"its gradient g comes with backward through {layer.name}")
    else:
        lines += gradient_lines(looked, layer, name, index, float(gradient[index]))
    lines += change_lines(look, layer, name, index)
    if look.view.show not in OF_WEIGHTS:
        lines.append("another weight: t until weights are shown, Enter, then the arrow keys")
    return Text(f"one weight: {called}[{', '.join(map(str, index))}]", tuple(lines))


def gradient_lines(
    looked: Looked, layer: Part, name: str, index: Index, stored: float
) -> Iterator[str]:
    """The gradient as the sum of what images and places add."""
    parts, n = image_parts(looked, layer, name, index), len(looked.images)
    if parts is None:
        yield f"g = {exact(stored)}; the images of a batch have their parts in it together"
        return
    places = math.prod(layer.spec.output[1:])
    over = f"{n} images" if n > 1 else looked.which
    where = f" and {places} places" if places > 1 and name in ("weight", "bias") else ""
    yield f"g = Σ δ · x over {over}{where} = {exact(stored)}"
    if n > 1:
        yield f"{looked.which} adds {short(parts[looked.index])} to it (6 digits)"
    total = math.fsum(parts)
    if np.float32(total) != np.float32(stored):
        exactly = minus(f"{total:.9g}")
        yield f"in float64 the sum is {exactly}; g was added up in float32, in another order"


def image_parts(looked: Looked, layer: Part, name: str, index: Index) -> list[float] | None:
    """What each image adds to the gradient of a parameter; None if they cannot be told apart."""
    if layer.joins_images or isinstance(layer, Join):
        return None
    delta, x, spec = looked.gradients[layer.name], looked.arriving(layer), layer.spec
    if isinstance(spec, get_args(Weighted)):
        sums = (weight_sum(spec, name, index, *pair, 0.0) for pair in zip(x, delta, strict=True))
        return [math.fsum(float(part.products.sum()) for part in each.parts) for each in sums]
    assert isinstance(layer, Layer)
    found = []
    gradients = {each: np.zeros_like(array) for each, array in layer.parameters.items()}
    for k in range(len(delta)):
        layer.backward(delta[k : k + 1], x[k : k + 1], gradients)
        found.append(float(gradients[name][index]))
    return found


def change_lines(look: Look, layer: Part, name: str, index: Index) -> list[str]:
    """The update of a weight: as it was made, as it is going to be, or why there is none."""
    if look.before is None:
        if look.looked.is_batch:
            return ["its update follows when the gradient has come back to the first layer"]
        return [
            f"{look.looked.which} is only looked at: s takes the next batch apart, whose last"
            " operation is the update"
        ]
    made = look.before.update_of(look.net, layer.name, name, index)
    when = "its update was:" if look.is_updated else "its update is going to be:"
    return [when, *update_lines(made), "every line is rounded to float32, as it is computed"]


def length(*arrays: Array) -> float:
    """√Σ of the squares of all numbers."""
    with np.errstate(all="ignore"):
        return math.hypot(*(float(np.linalg.norm(a.astype(np.float64).ravel())) for a in arrays))
