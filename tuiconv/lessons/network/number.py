"""One number opened: how a unit, its gradient, or a weight's gradient comes about."""

import math
from dataclasses import replace
from typing import get_args

import numpy as np

from tuiconv.arithmetic import layers as specs
from tuiconv.lessons.inside import parameter_at, unit_text
from tuiconv.lessons.network.adding import Added, add_up
from tuiconv.lessons.network.chain_rule import Back, backs
from tuiconv.lessons.network.digits import compared, exact, short
from tuiconv.lessons.network.kinds import Told, told
from tuiconv.lessons.network.look import Look
from tuiconv.lessons.network.softmax import can_be_spelled, fraction
from tuiconv.lessons.network.sums import Part, Weighted, WeightedSum, span, unit_sum
from tuiconv.lessons.network.weight_sums import weight_sum
from tuiconv.lessons.network.words import help_of, kernels_of
from tuiconv.lessons.scene import Columns, Numbers, Panel, Quantity, Scene, Table, Text
from tuiconv.nn.joins import arriving
from tuiconv.nn.layers import Array

Panels = list[Panel | Columns]


def number_scene(look: Look) -> Scene:
    """The arithmetic of the unit or the weight that is pointed at."""
    makers = {"activations": unit_panels, "gradients": gradient_panels, "weights": weight_panels}
    title, panels = makers[look.view.show](look)
    return Scene(
        title=title,
        panels=tuple(panels),
        path=look.path,
        help=help_of(look),
        code=kernels_of(look),
    )


def count_parts(look: Look) -> int:
    """How many parts of the number can be opened one by one; 0 if there are none."""
    return sum(len(each.parts) for each in sums_of(look))


def sums_of(look: Look) -> list[WeightedSum]:
    """The sums of products that the number is made of."""
    passing, layer, spec = look.passing, look.layer, look.spec
    if look.view.show == "gradients":
        found = backs(passing, look.place, look.unit)
        return [each.sum for each in found if each.sum is not None]
    if layer is None or not isinstance(spec, get_args(Weighted)):
        return []
    (x,) = (each[0] for each in arriving(layer, passing.activations))
    if look.view.show == "weights":
        name, index = parameter_at(layer, *look.unit)
        stored = float(passing.weight_gradients[spec.name][name][index])
        delta = passing.gradients[look.place][0]
        return [weight_sum(spec, name, index, x, delta, stored)]
    stored = float(passing.activations[look.place][0][look.index])
    return [unit_sum(spec, layer.parameters, x, look.unit, stored)]


def unit_panels(look: Look) -> tuple[str, Panels]:
    """How a unit's value comes about."""
    stored = float(look.passing.activations[look.place][0][look.index])
    title = f"{look.unit_name} = {exact(stored)}"
    layer, spec = look.layer, look.spec
    if layer is None:
        return title, [pixel_text(look, stored)]
    inputs = [x[0] for x in arriving(layer, look.passing.activations)]
    if isinstance(spec, get_args(Weighted)):
        return title, sum_panels(look, sums_of(look)[0], look.arriving, "Σ products")
    if isinstance(spec, specs.Softmax) and can_be_spelled(look.passing):
        chosen = look.unit[0]
        p = float(look.passing.probabilities[chosen])
        table, text = fraction(look.passing, chosen)
        log = f"stored is log p = {exact(stored)}; exp({exact(stored)}) = {p:.6f}"
        return title, [Columns(((table,), (replace(text, lines=(*text.lines, log)),)))]
    found = told(layer, inputs, look.unit)
    if found is None:
        return title, [whole_text(look)]
    return title, told_panels(look, found, stored)


def told_panels(look: Look, found: Told, stored: float) -> Panels:
    """A formula, and the window that it is about."""
    what = f"{look.unit_name} = {found.formula}"
    lines = [what]
    if found.value is not None:
        lines.append(f"= {exact(found.value)}; that {compared(found.value, stored)}")
    panels: Panels = [Text(f"{look.spec.name}: {look.spec}", tuple(lines))]
    if found.window is not None:
        title = f"what arrives: {found.title}"
        window = grid(title, found.window, look.arriving, found.winner, found.origin)
        panels.append(replace(window, limits=look.limits_of(look.arriving)))
    return panels


def whole_text(look: Look) -> Text:
    """For a unit that depends on too much to be spelled out."""
    names = " and ".join(look.passing.net.spec.layers[at].name for at in look.spec.sources)
    return Text(
        f"{look.spec.name}: {look.spec}",
        (
            f"{look.unit_name} depends on a whole neighbourhood, or all, of what {names} gives:"
            " too much to be spelled out here.",
            "c shows the code that computes it.",
        ),
    )


def pixel_text(look: Look, stored: float) -> Text:
    """How a pixel becomes a number of the input."""
    pixel, seen = int(look.passing.pixels[look.unit]), look.passing.net.preprocessing
    value = (pixel / 255 - seen.mean) / seen.std
    return Text(
        "input",
        (
            f"({pixel} / 255 − {seen.mean:g}) / {seen.std:g} = {short(value)} (6 digits)",
            f"in float32 that {compared(value, stored)}",
        ),
    )


def sum_panels(
    look: Look, whole: WeightedSum, values: Quantity, heading: str, before: int = 0
) -> Panels:
    """A row for each part of a sum, its proof, and the chosen part number by number.

    Args:
        look: at the number.
        whole: the sum, or one of several.
        values: what the left factors are.
        heading: of what a part adds.
        before: how many parts the sums before it have.
    """
    added = add_up(whole)
    if not whole.parts:
        return [Text("the sum", ("There is nothing to add up: the sum is 0.",))]
    number = look.view.part - before
    is_here = 0 <= number < len(whole.parts)
    table = sum_table(whole, added, number if is_here else None, heading, before)
    panels: Panels = [Columns(((table,), (proof(whole, added),)))]
    if is_here:
        part = whole.parts[number]
        names = {
            "activations": ("what arrives", "its weights"),
            "weights": ("x under the weight, by the place of the window", "gradients δ there"),
            "gradients": ("gradients δ", "their weights"),
        }
        left, right = names[look.view.show]
        other: Quantity = "gradients" if look.view.show == "weights" else "weights"
        numbers = [part.values, part.weights, part.products]
        if whole.turned:  # as they stand in the map; so the kernel stands on its head
            numbers = [each[::-1, ::-1] for each in numbers]
            right += ", the kernel turned half round"
        place, origin = where(whole, part)
        total = short(math.fsum(part.products.ravel().tolist()))
        met = grid(f"{part.name}: {left}{place}", numbers[0], values, origin=origin)
        columns = (
            (replace(met, limits=look.limits_of(values)),),
            (grid(f"× {right}", numbers[1], other, origin=part.origin),),
            (grid(f"= products, in all {total}", numbers[2], origin=origin),),
        )
        panels.append(Columns(columns))
    return panels


def where(whole: WeightedSum, part: Part) -> tuple[str, tuple[int, int]]:
    """Where the values are: in words if there are gaps, and otherwise the first row and column."""
    if not (whole.rows and whole.columns):
        return "", part.origin
    rows, columns = sorted(whole.rows), sorted(whole.columns)
    if rows[-1] - rows[0] < len(rows) and columns[-1] - columns[0] < len(columns):
        return "", (rows[0], columns[0])
    return f", rows {span(rows)}, columns {span(columns)}", (0, 0)


def sum_table(
    whole: WeightedSum, added: Added, chosen: int | None, heading: str, before: int
) -> Table:
    """A row for each part: what it adds, and the sum so far."""
    sums = [math.fsum(part.products.ravel().tolist()) for part in whole.parts]
    rows = [
        (part.name, short(adds), exact(so_far))
        for part, adds, so_far in zip(whole.parts, sums, added.sums, strict=True)
    ]
    first = 0
    if whole.bias is not None:
        first = int(added.begin == whole.bias)
        so_far = added.begin if first else added.total
        rows.insert(0 if first else len(rows), ("bias", exact(whole.bias), exact(so_far)))
    row = None if chosen is None else chosen + first
    return Table(
        "the sum", ("", heading, "sum so far"), tuple(rows), row, f"parts:{first - before}"
    )


def proof(whole: WeightedSum, added: Added) -> Text:
    """That the sum is the stored number."""
    count = sum(part.values.size for part in whole.parts)
    lines = [
        f"{count:,} products{' and a bias' if whole.bias is not None else ''}, added up"
        f" {added.how}",
        f"= {exact(added.total)}",
        compared(added.total, whole.stored),
    ]
    if whole.padding:
        lines.append(f"{whole.padding} cells of every window here are padding, 0")
    lines.append("Sums so far have all their digits; what each part adds is rounded to 6.")
    return Text("is it right?", tuple(lines))


def grid(
    title: str,
    values: Array,
    quantity: Quantity = "activations",
    chosen: tuple[int, int] | None = None,
    origin: tuple[int, int] = (0, 0),
) -> Numbers:
    """Numbers written out, with so many decimals that three digits of the largest are seen."""
    decimals = decimals_for(values)
    return Numbers(title, values, quantity, chosen=chosen, decimals=decimals, origin=origin)


def decimals_for(values: Array) -> int:
    """Of small numbers, a power of ten is taken out; so three digits of the largest are seen."""
    finite = np.abs(values[np.isfinite(values)])
    return 3 if finite.size and 0.1 <= finite.max() < 1 else 2


def gradient_panels(look: Look) -> tuple[str, Panels]:
    """Where a unit's gradient comes from."""
    passing = look.passing
    stored = float(passing.gradients[look.place][0][look.index])
    title = f"∂loss / ∂{look.unit_name} = {exact(stored)}"
    found = backs(passing, look.place, look.unit)
    if not found:
        return title, [loss_text(look, stored)]
    panels: Panels = []
    if len(found) > 1:
        total = exact_sum(found)
        names = " + ".join(f"{each.layer.name}: {exact(each.total)}" for each in found)
        panels.append(
            Text("through several layers", (names, f"their sum {compared(total, stored)}"))
        )
    parts = 0
    for each in found:
        panels += back_panels(look, each, parts)
        parts += len(each.sum.parts) if each.sum is not None else 0
    return title, panels


def exact_sum(found: list[Back]) -> float:
    """What comes back in all, added up as the network does, the last layer first."""
    total = np.float32(0)
    for each in found:
        total += np.float32(each.total)
    return float(total)


def back_panels(look: Look, back: Back, parts: int) -> Panels:
    """What comes back from one layer behind, where those before it have so many parts."""
    if back.sum is not None:
        return sum_panels(look, back.sum, "gradients", f"Σ δ·w of {back.layer.name}", parts)
    if back.shares is None:
        line = f"Through {back.layer.name} it depends on very many units; together they bring"
        return [Text(f"back through {back.layer.name}", (f"{line} {exact(back.total)}.",))]
    rows = [
        (
            unit_text(back.layer, *each.unit),
            exact(each.gradient),
            exact(each.derivative),
            exact(each.gradient * each.derivative),
        )
        for each in back.shares
    ]
    head = ("unit behind", "its gradient δ", "× how it follows", "= share")
    total = math.fsum(each.gradient * each.derivative for each in back.shares)
    if not rows:
        line = f"No unit of {back.layer.name} depends on it: its gradient is 0."
        return [Text(f"back through {back.layer.name}", (line,))]
    line = f"the sum of the shares {compared(total, back.total)}"
    return [
        Table(f"back through {back.layer.name} ({back.layer})", head, tuple(rows)),
        Text("chain rule", (line,)),
    ]


def loss_text(look: Look, stored: float) -> Text:
    """The gradient at the end, where the loss is."""
    passing = look.passing
    name = passing.net.class_names[passing.target]
    why = "" if passing.label is not None else " (the network has no such class; this is its guess)"
    lines = [f"The loss is −log p({name}) of the image's class {name}{why}."]
    one = passing.activations[-1][0].size == len(passing.net.class_names)
    if not one:
        lines.append("It is the mean over all places of the output.")
    elif isinstance(look.spec, specs.Softmax):
        lines.append("SOFTMAX gives log p: the loss falls by 1 where that of the class grows by 1.")
    else:
        p = float(passing.probabilities[look.unit[0]])
        minus_one = " − 1" if look.unit[0] == passing.target else ""
        value = p - bool(minus_one)
        lines.append(f"p{minus_one} = {p:.6f}{minus_one} = {value:.6f}: {compared(value, stored)}")
    return Text("the loss", tuple(lines))


def weight_panels(look: Look) -> tuple[str, Panels]:
    """A weight, and its gradient as a sum over all places."""
    layer, spec, passing = look.layer, look.spec, look.passing
    assert layer is not None
    name, index = parameter_at(layer, *look.unit)
    value = float(layer.parameters[name][index])
    stored = float(passing.weight_gradients[spec.name][name][index])
    place = ", ".join(map(str, index))
    title = f"{spec.name}.{name}[{place}] = {exact(value)}; its gradient is {exact(stored)}"
    if not isinstance(spec, get_args(Weighted)):
        line = "It has a part in all places of its channel; c shows the code of its gradient."
        return title, [Text(spec.name, (line,))]
    return title, sum_panels(look, sums_of(look)[0], look.arriving, "Σ x·δ")
