"""One window, or what else the place under the cursor meets, with its products."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from tuiconv.lessons.convolution.grids import grid, input_panel, output_panel
from tuiconv.lessons.convolution.look import Look
from tuiconv.lessons.convolution.pools import pooled
from tuiconv.lessons.convolution.terms import Term, Terms, W, X, terms_of
from tuiconv.lessons.convolution.view import At, Pair
from tuiconv.lessons.convolution.words import (
    counted,
    help_of,
    kernel_name,
    kernels_of,
    place,
    telling,
)
from tuiconv.lessons.inside import extent
from tuiconv.lessons.network.adding import Added
from tuiconv.lessons.network.digits import compared, exact, short
from tuiconv.lessons.network.sums import span
from tuiconv.lessons.scene import Columns, Map, Numbers, Panel, Quantity, Scene, Table, Text
from tuiconv.nn.layers import Array

Panels = tuple[Panel | Columns, ...]


def window_scene(look: Look) -> Scene:
    """The products of one channel or map, and what becomes of them."""
    view = look.view
    if look.is_pool and not view.backward:
        panels = pool_panels(look)
    else:
        found = terms_of(look)
        here = [t for t in found.terms if t.map == view.map and t.channel == look.channel]
        panels = (*product_panels(look, found, here), *ends(look, found), whole(look))
    return Scene(
        title=telling(look),
        panels=panels,
        path=(place(view.at, look),),
        help=help_of(look),
        code=kernels_of(look),
    )


def product_panels(look: Look, found: Terms, terms: Sequence[Term]) -> Panels:
    """Both factors and their products as grids."""
    if not terms:
        return (Text("", ("Nothing meets it here.",)),)
    if found.to == "input" and not look.is_pool:
        return going_back(look, terms)
    by: At = "input" if look.view.at == "output" else "output"
    left, right, products = (
        laid([getattr(term, what) for term in terms], terms, by)
        for what in ("left", "right", "product")
    )
    places, origin = where(*taps(terms, by))
    title = f"× {grid_name(look, found.right, terms[0])}"
    if found.right == W and look.view.at == "input":
        title += ", turned half round"
    panels: list[Panel] = [
        numbers(
            f"{grid_name(look, found.left, terms[0])}{places}", left, kind(look, found.left), origin
        ),
        numbers(title, right, kind(look, found.right)),
        numbers("= products", products, "activations", origin),
    ]
    return (Columns(tuple((each,) for each in panels)), *parts(look, found, terms))


def whole(look: Look) -> Columns:
    """The input and the output that this is a part of."""
    return Columns(((input_panel(look, look.channel),), (output_panel(look, look.view.map),)))


def parts(look: Look, found: Terms, terms: Sequence[Term]) -> Panels:
    """What becomes of the products, if they are not added up."""
    if found.to == "output":
        return (Text("", ("Each product is a part of the output whose row and column it has.",)),)
    if found.to == "input":
        return (Text("", ("Each product goes to the input whose row and column it has.",)),)
    return ()


def numbers(title: str, values: Array, quantity: Quantity, origin: Pair = (0, 0)) -> Numbers | Map:
    """A grid on a scale of its own."""
    return grid(title, values, quantity, extent([values]), (), None, origin)


def grid_name(look: Look, factor: str, term: Term) -> str:
    """What a factor's grid is called: `input 1`, `kernel 0,1`, `δ of output 0`."""
    made = look.sliding
    match factor:
        case "weight":
            return kernel_name(look, term.map, term.channel)
        case "input":
            return f"input {term.channel}" if len(made.x) > 1 else "input"
        case "δ":
            return f"δ of output {term.map}" if len(made.out) > 1 else "δ of the output"
        case _:
            return factor


def kind(look: Look, factor: str) -> Quantity:
    """What the numbers of a factor are."""
    kinds: dict[str, Quantity] = {X: look.sliding.given.quantity, W: "weights"}
    return kinds.get(factor, "gradients")


def going_back(look: Look, terms: Sequence[Term]) -> Panels:
    """The gradient of one output: by the weights to the inputs, by these to the weights."""
    delta, tap = terms[0].left, terms[0].meeting.weight
    weights = laid([term.right for term in terms], terms, "input")
    x = laid([look.x_at(term.channel, term.meeting.input) for term in terms], terms, "input")
    places, origin = where(*taps(terms, "input"))
    kernel, x_name = (grid_name(look, factor, terms[0]) for factor in (W, X))
    told = (
        f"Every output sends its δ back so. Here δ = {exact(delta)}: each number on the right is δ"
        " times that on the left.",
        "What arrives at one input, or at one weight, is added up: t goes there and shows the sum.",
    )
    return (
        Columns(
            (
                (numbers(kernel, weights, "weights", tap),),
                (
                    numbers(
                        f"δ·weights, to {x_name}{places}",
                        timed(delta, weights),
                        "gradients",
                        origin,
                    ),
                ),
            )
        ),
        Columns(
            (
                (numbers(f"{grid_name(look, X, terms[0])}{places}", x, kind(look, X), origin),),
                (numbers(f"δ·input, to {kernel}", timed(delta, x), "gradients", tap),),
            )
        ),
        Text(f"δ of {place('output', look)}", told),
    )


def timed(delta: float, values: Array) -> Array:
    """A gradient times numbers; 0 times −1 is 0, not −0."""
    return np.float32(delta) * values + np.float32(0)


def ends(look: Look, found: Terms) -> Panels:
    """What the products add up to, with all channels or maps and the bias."""
    if found.stored is None:
        return ()
    added = found.added()
    parts = sorted({(term.map, term.channel) for term in found.terms})
    text = Text(
        "the sum",
        (f"{counted(found)}, added up {added.how}", compared(added.total, found.stored)),
    )
    if len(parts) == 1 and found.bias is None:
        return (text,)
    return (Columns(((part_table(look, found, added),), (text,))),)


def part_table(look: Look, found: Terms, added: Added) -> Table:
    """What each channel or map adds."""
    what = "map" if look.view.at == "input" else "channel"
    numbers = [term.map if what == "map" else term.channel for term in found.terms]
    rows: list[tuple[str, ...]] = []
    if found.bias is not None:
        rows.append(("bias", exact(found.bias), exact(added.begin)))
    chosen = None
    for number in sorted({*numbers}):
        terms = [at for at, each in enumerate(numbers) if each == number]
        adds = math.fsum(found.terms[at].product for at in terms)
        if number == (look.view.map if what == "map" else look.channel):
            chosen = len(rows)
        rows.append((f"{what} {number}", short(adds), exact(added.sums[terms[-1]])))
    begin = int(found.bias is not None)
    return Table("", ("", "Σ products", "sum so far"), tuple(rows), chosen, f"{what}s:{begin}")


def pool_panels(look: Look) -> Panels:
    """The window of a pool, and the number it becomes."""
    view = look.view
    if view.at != "output":
        return (Text("its windows", tuple(window_lines(look))),)
    found = pooled(look)
    terms = [Term(view.map, look.channel, s.meeting, s.x, 1.0) for s in found.steps]
    values = laid([step.x for step in found.steps], terms, "input")
    places, origin = where(*taps(terms, "input"))
    window = numbers(f"{grid_name(look, X, terms[0])}{places}", values, kind(look, X), origin)
    if found.winner is not None and isinstance(window, Numbers):
        row, column = found.winner.input
        window = replace(window, chosen=(row - origin[0], column - origin[1]))
    stored = float(look.sliding.out[view.map, *look.cell])
    lines = (f"{found.formula} = {short(found.value)}", compared(found.value, stored))
    return (
        Columns(((window,), (input_panel(look, look.channel),), (output_panel(look, view.map),))),
        Text("what goes on", lines),
    )


def window_lines(look: Look) -> Iterator[str]:
    """The windows of a pool that an input is in, and what they become."""
    for each in look.chosen:
        if look.is_inside("output", each.output):
            value = exact(float(look.sliding.out[look.view.map, *each.output]))
            yield f"{place('output', look, each.output)} = {value}"


def laid(numbers: Sequence[float], terms: Sequence[Term], by: At) -> Array:
    """The numbers of some terms as a grid, in the order of their inputs or outputs."""
    rows, columns = taps(terms, by)
    found = np.zeros((len(rows), len(columns)), np.float32)
    for number, term in zip(numbers, terms, strict=True):
        row, column = getattr(term.meeting, by)
        found[rows.index(row), columns.index(column)] = number
    return found


def taps(terms: Sequence[Term], by: At) -> tuple[list[int], list[int]]:
    """The rows and the columns of the inputs or the outputs that terms are of."""
    places: list[Pair] = [getattr(term.meeting, by) for term in terms]
    return sorted({row for row, _ in places}), sorted({column for _, column in places})


def where(rows: Sequence[int], columns: Sequence[int]) -> tuple[str, Pair]:
    """Where numbers are: in words if there are gaps, and otherwise their first row and column."""
    if rows[-1] - rows[0] < len(rows) and columns[-1] - columns[0] < len(columns):
        return "", (rows[0], columns[0])
    return f", rows {span(rows)}, columns {span(columns)}", (0, 0)
