"""One number of a layer, term by term."""

from dataclasses import replace

from tuiconv.arithmetic import NetworkSpec
from tuiconv.arithmetic.explaining import slides
from tuiconv.arithmetic.joins import Join
from tuiconv.arithmetic.memory import mebibytes
from tuiconv.arithmetic.notation import Notation
from tuiconv.arithmetic.specs import Spec
from tuiconv.lessons.arithmetic.costs import cost_terms, memory_terms
from tuiconv.lessons.arithmetic.fields import steps_to
from tuiconv.lessons.arithmetic.learning import parameter_terms
from tuiconv.lessons.arithmetic.sizes import count_terms, side_terms, stands
from tuiconv.lessons.arithmetic.terms import Term
from tuiconv.lessons.arithmetic.view import NUMBERS, ArithmeticView
from tuiconv.lessons.arithmetic.words import NUMBER
from tuiconv.lessons.scene import Columns, Panel, Scene, Table, Text


def number_scene(view: ArithmeticView, spec: NetworkSpec) -> Scene:
    """How the chosen number of the chosen layer comes about."""
    layer = spec.named(view.layer)
    makers = {
        "size": size_panels,
        "parameters": parameter_panels,
        "multiply-adds": cost_panels,
        "memory": memory_panels,
        "sees": field_panels,
    }
    others = "  ".join(f"▸{name}◂" if name == view.number else name for name in NUMBERS)
    return Scene(
        f"{layer.name} {layer}: {value_text(view, layer)}",
        (Text("", (f"← {others} →",)), *makers[view.number](view, spec, layer)),
        (layer.name, view.number),
        NUMBER,
    )


def value_text(view: ArithmeticView, layer: Spec) -> str:
    """The chosen number and what it is."""
    written = Notation(is_1d=layer.is_1d)
    match view.number:
        case "size":
            return f"{written.shape(layer.output)} leaves"
        case "parameters":
            return f"{layer.parameters:,} parameters"
        case "multiply-adds":
            return f"{layer.macs:,} multiply-adds for an image"
        case "memory":
            return f"{memory_terms(layer, view)[-1].value:,} bytes of memory"
        case "sees":
            cells = written.sides(layer.receptive_field.cells)
            return f"a unit sees {cells} pixels of the input"


def term_table(title: str, terms: list[Term]) -> Table:
    """A row for each term; the last one, which is the number, below a rule."""
    rows = [(term.what, term.how and f"{term.how} =", f"{term.value:,}") for term in terms]
    below = rows.pop() if len(rows) > 1 else ()
    return Table(title, ("", "formula", "number"), tuple(rows), below=below)


def size_panels(
    view: ArithmeticView, spec: NetworkSpec, layer: Spec
) -> tuple[Panel | Columns, ...]:
    """Along each axis, and in all; where a window slides, where it stands."""
    written = Notation(is_1d=layer.is_1d)
    panels: list[Panel | Columns] = []
    axes = (1,) if layer.is_1d else (0, 1)
    sides = {axis: side_terms(layer, axis) for axis in axes}
    if len(axes) == 2 and sides[0] == sides[1]:
        names = {0: "rows, and just so columns"}
    else:
        names = {axis: "length" if layer.is_1d else ("rows", "columns")[axis] for axis in axes}
    for axis, name in names.items():
        if not sides[axis]:
            continue
        table = term_table(name, sides[axis])
        panels.append(Columns(((table,), *windows(layer, axis))))
    if not panels:
        panels.append(Text("size", (unchanged(layer, written),)))
    return (*panels, term_table("in all", count_terms(layer)))


def unchanged(layer: Spec, written: Notation) -> str:
    """Why rows and columns need no formula."""
    if len(layer.output) == 1:
        return f"A vector leaves: it has no rows and columns. {written.shape(layer.input)} arrives."
    if not layer.sources:
        return "It is what the text says."
    return f"What leaves has the rows and columns of what arrives, {written.shape(layer.input)}."


def windows(layer: Spec, axis: int) -> tuple[tuple[Table, ...], ...]:
    """The cells under the window at its first places and the last, and why there are no more."""
    if isinstance(layer, Join) or not (slides(layer) and layer.output_formula(axis)):
        return ()
    window, arriving = layer.window, layer.input[1 + axis]
    if window.output_size(arriving, axis) != layer.output[1 + axis]:
        return ()  # it slides over the output instead
    end = arriving + window.behind[axis] - 1
    rows = []
    for place, first, last in stands(window, arriving, axis):
        is_there = place < layer.output[1 + axis]
        note = padded(first, last, arriving) if is_there else f"no: the last cell is {end}"
        rows.append((str(place), f"{first}–{last}", note))
    return ((Table("where the window stands", ("place", "cells", ""), tuple(rows)),),)


def padded(first: int, last: int, arriving: int) -> str:
    """How many of some cells are padding."""
    count = max(0, -first) + max(0, last - arriving + 1)
    return f"{count} of them padding" if count else ""


def parameter_panels(
    view: ArithmeticView, spec: NetworkSpec, layer: Spec
) -> tuple[Panel | Columns, ...]:
    """Weights and biases."""
    return share_of("parameters", parameter_terms(layer), spec.totals.parameters)


def cost_panels(
    view: ArithmeticView, spec: NetworkSpec, layer: Spec
) -> tuple[Panel | Columns, ...]:
    """Products, each of which is added."""
    return share_of("multiply-adds", cost_terms(layer), spec.totals.macs)


def share_of(name: str, terms: list[Term], whole: int) -> tuple[Panel, ...]:
    """The terms, and how much of the network's number that is."""
    table = term_table(name, terms)
    part = terms[-1].value
    if not part:
        return (table,)
    return table, Text("", (f"{part / whole:.1%} of the network's {whole:,}.",))


def memory_panels(
    view: ArithmeticView, spec: NetworkSpec, layer: Spec
) -> tuple[Panel | Columns, ...]:
    """What is kept of a batch, and of what is learned."""
    terms = memory_terms(layer, view)
    doing = "forward only" if view.training == "none" else f"training with {view.training}"
    title = f"batch {view.batch:,}, {view.bytes} bytes a number, {doing}"
    taken = mebibytes(terms[-1].value)
    return term_table(title, terms), Text("", (f"That is {taken} MiB of 1,048,576 bytes each.",))


def field_panels(
    view: ArithmeticView, spec: NetworkSpec, layer: Spec
) -> tuple[Panel | Columns, ...]:
    """From the image, or from the last join, up to the layer."""
    axes = (1,) if layer.is_1d else (0, 1)
    tables = [field_table(spec, layer, axis) for axis in axes]
    if len(tables) == 2 and tables[0].rows != tables[1].rows:
        tables = [
            replace(table, title=f"{name}, {table.title}")
            for name, table in zip(("rows", "columns"), tables, strict=True)
        ]
        return (*tables, *about_field(spec, layer))
    return (tables[0], *about_field(spec, layer))


def field_table(spec: NetworkSpec, layer: Spec, axis: int) -> Table:
    """A row for each layer on the way that changes what a unit sees, or the jump."""
    rows = tuple(
        (step.layer.name, step.sees_how, str(step.sees), step.jump_how, str(step.jump))
        for step in steps_to(spec, layer, axis)
    )
    head = ("layer", "sees before + (span − 1)·jump", "sees", "jump·stride", "jump")
    return Table("from the input on", head, rows)


def about_field(spec: NetworkSpec, layer: Spec) -> tuple[Text, ...]:
    """What there is to say of it."""
    told = []
    if layer.receptive_field.exceeds(spec.input):
        told.append("This is more than the image has: there is always padding in it.")
    return (Text("", tuple(told)),) if told else ()
