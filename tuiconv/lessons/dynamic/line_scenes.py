"""The scenes of a line of digits: all that is read in it, what one place sees, one probability."""

import numpy as np

from tuiconv.lessons.dynamic.cost import TIMES, LayerCost, Measured
from tuiconv.lessons.dynamic.line import SIDE, STEP
from tuiconv.lessons.dynamic.passing import Passing
from tuiconv.lessons.dynamic.view import DynamicView
from tuiconv.lessons.inside import shape_text
from tuiconv.lessons.network.digits import exact
from tuiconv.lessons.network.passing import Passing as Alone
from tuiconv.lessons.network.softmax import fraction
from tuiconv.lessons.ranges import frozen_range
from tuiconv.lessons.scene import Bars, Columns, Limits, Pixels, Scene, Sweep, Table, Text
from tuiconv.lessons.view import RANGES
from tuiconv.nn.reading import CERTAIN, ENOUGH

HELP = (
    "LeNet-5 was made for 32×32. Over a wider picture every layer of it slides on, and in one pass"
    " it gives an answer for every place it fits: one every four columns, its overall stride."
    " Below the picture stands a row for each class with its probability at every place; the ring"
    " shows what the chosen place sees.",
    "The eleventh class, none, says that no digit stands in the middle. Neighbouring places where"
    f" none has less than {CERTAIN:g} belong to one digit: the class with the largest sum of"
    f" probabilities over them, if that is at least {ENOUGH / STEP:g}.",
    "← and → choose a place, ↑ and ↓ a class. Shift with ← or → makes the picture narrower or"
    " wider by four columns, which is one answer; + and − put the digits closer together or farther"
    " apart. n and N take another line, e writes digits, d takes them from other data.",
    "What the mouse is over is pointed at, and a click or Enter goes in: to what a place sees, and"
    " from there to a probability as the fraction that it is.",
    "The costs: to cut the windows out and read each by itself computes nearly every feature many"
    " times over. One pass computes each once, and its numbers are the same.",
)
CODE = ("conv2d", "relu", "max_pool2d", "linear", "log_softmax")


def limits_of(view: DynamicView, passing: Passing) -> Limits:
    """The ends of the scale of the probabilities."""
    return frozen_range(view.range) or (0.0, float(passing.p.max()) if view.range == "unit" else 1)


def overview(
    view: DynamicView, passing: Passing, costs: tuple[LayerCost, ...], measured: Measured
) -> Scene:
    """The line with all that is said of it, and what that costs."""
    return Scene(
        title(passing),
        (
            sweep(view, passing),
            Columns(((here(view, passing), line_text(passing)), (reading(passing),))),
            Columns(((cost_table(costs, passing),), (cost_text(costs, measured, passing),))),
        ),
        path=("a line of digits",),
        help=HELP,
        code=CODE,
    )


def title(passing: Passing) -> str:
    """`32×144, 29 answers: 41592 is read as 41592: right`."""
    line, count = passing.line, passing.places
    verdict = "right" if passing.text == line.text else "wrong"
    return (
        f"{size(passing)}, {count} answer{'s' * (count != 1)}: {line.text} is read as"
        f" {passing.text or 'nothing'}: {'too narrow for all of it' if line.is_cut else verdict}"
    )


def size(passing: Passing) -> str:
    """`32×144`."""
    return f"{SIDE}×{passing.line.columns}"


def sweep(view: DynamicView, passing: Passing) -> Sweep:
    """The picture with the scores below it."""
    label, place = passing.chosen(view)
    names = passing.net.class_names
    scale = f" · scale: {view.range}" if view.range not in RANGES[1:] else ""
    return Sweep(
        f"line {view.line} of {view.data}: p at each place{scale}",
        passing.line.pixels[0],
        names,
        passing.p,
        STEP,
        (label, place),
        tuple(((first + last) / 2, names[k]) for first, last, k in passing.digits),
        limits_of(view, passing),
        key="places",
    )


def here(view: DynamicView, passing: Passing) -> Text:
    """What is said at the chosen place."""
    label, place = passing.chosen(view)
    p, names = passing.p[:, place], passing.net.class_names
    best = int(p.argmax())
    lines = [f"{names[k]} with p = {p[k]:.4f} (4 decimals)" for k in dict.fromkeys((best, label))]
    lines.append(f"sees columns {STEP * place} to {STEP * place + SIDE - 1} (the ring)")
    return Text(f"place {place} of 0 to {passing.places - 1}", tuple(lines))


def line_text(passing: Passing) -> Text:
    """How many places there are."""
    return Text(
        "answers",
        (
            f"floor(({passing.line.columns} − {SIDE}) / {STEP}) + 1 = {passing.places}",
            f"each sees {SIDE} columns, the next {STEP} further on: the overall stride",
        ),
    )


def reading(passing: Passing) -> Table:
    """The digits that are read."""
    names = passing.net.class_names
    rows = tuple(
        (
            names[k],
            f"{first}–{last}" if last > first else f"{first}",
            f"{passing.p[k, first : last + 1].sum():.4f}",
            f"{passing.p[k, first : last + 1].max():.4f}",
        )
        for first, last, k in passing.digits
    )
    text = f"read: {passing.text or 'nothing'} (p to 4 decimals)"
    return Table(text, ("digit", "places", "sum of p", "largest p"), rows)


def cost_table(costs: tuple[LayerCost, ...], passing: Passing) -> Table:
    """The multiply-adds of every layer, both ways."""
    count = passing.places
    rows = [
        (
            each.name,
            shape_text(each.alone),
            shape_text(each.output),
            f"{each.window:,}",
            f"{each.windows:,}",
            f"{each.one_pass:,}",
            f"{each.windows / each.one_pass:.2f}",
        )
        for each in costs
    ]
    window, windows, one_pass = totals(costs)
    factor = f"{windows / one_pass:.2f}"
    rows.append(("sum", "", "", f"{window:,}", f"{windows:,}", f"{one_pass:,}", factor))
    sizes = f"on {SIDE}×{SIDE}", f"on {size(passing)}"
    head = ("layer", *sizes, "a window", f"{count} windows", "one pass", "times fewer")
    return Table("maps, and multiply-adds (their quotient to 2 decimals)", head, tuple(rows))


def totals(costs: tuple[LayerCost, ...]) -> tuple[int, int, int]:
    """Multiply-adds of one window, of all windows, and of one pass."""
    return (
        sum(each.window for each in costs),
        sum(each.windows for each in costs),
        sum(each.one_pass for each in costs),
    )


def cost_text(costs: tuple[LayerCost, ...], measured: Measured, passing: Passing) -> Text:
    """Both ways in milliseconds, and whether they say the same."""
    _, windows, one_pass = totals(costs)
    same = np.array_equal(passing.log_p, passing.alone)
    apart = float(np.abs(passing.log_p - passing.alone).max())
    return Text(
        "measured on this machine",
        (
            f"{passing.places} windows as one batch {measured.windows:.3f} ms,"
            f" one pass {measured.one_pass:.3f} ms: {measured.factor:.2f} times faster"
            f" (by multiply-adds {windows / one_pass:.2f})",
            f"the same kernels in one thread, the best of {TIMES}",
            f"all {passing.log_p.size:,} log-probabilities are the same bits both ways"
            if same
            else f"log-probabilities differ by at most {apart:.3g}",
        ),
    )


def one_place(view: DynamicView, passing: Passing) -> Scene:
    """What a place sees, and what the network says of it."""
    label, place = passing.chosen(view)
    p, names = passing.p[:, place], passing.net.class_names
    columns = f"columns {STEP * place} to {STEP * place + SIDE - 1}"
    best = int(p.argmax())
    return Scene(
        f"place {place} sees {columns}: {names[best]}, p = {p[best]:.4f}",
        (
            Columns(
                (
                    (Pixels(f"{columns} of {size(passing)}", passing.window(place)[0], True),),
                    (
                        Bars("probabilities at this place", names, p, marked=None),
                        beside(passing, label, place),
                    ),
                )
            ),
        ),
        path=("a line of digits", f"place {place}"),
        help=HELP,
        code=CODE,
    )


def beside(passing: Passing, label: int, place: int) -> Text:
    """A log-probability out of the one pass, and of the window read by itself."""
    one, alone = float(passing.log_p[label, place]), float(passing.alone[label, place])
    name = passing.net.class_names[label]
    return Text(
        f"log p({name})",
        (
            f"in one pass over the line: {exact(one)}",
            f"the window cut out and read alone: {exact(alone)}",
            "difference 0: the same bits" if one == alone else f"difference {one - alone:.3g}",
        ),
    )


def one_share(view: DynamicView, passing: Passing) -> Scene:
    """A probability as the fraction that it is."""
    label, place = passing.chosen(view)
    name = passing.net.class_names[label]
    table, text = fraction(Alone(passing.net, passing.window(place), None), label)
    return Scene(
        f"place {place}: p({name}) = {passing.p[label, place]:.6f}, rounded to 6 decimals",
        (table, text, beside(passing, label, place)),
        path=("a line of digits", f"place {place}", f"p({name})"),
        help=HELP,
        code=CODE,
    )
