"""One layer: its formulas with their numbers, and what one of its units sees of the input."""

from collections.abc import Iterator
from itertools import groupby
from typing import TypeAlias

from tuiconv.arithmetic import NetworkSpec
from tuiconv.arithmetic.explaining import explained
from tuiconv.arithmetic.extents import LETTERS, Extent
from tuiconv.arithmetic.notation import Notation
from tuiconv.arithmetic.specs import Spec
from tuiconv.arithmetic.units import (
    Box,
    Seen,
    Unit,
    extents,
    padding,
    reached_by,
    seen_by,
    sides,
)
from tuiconv.errors import RequestError
from tuiconv.lessons.arithmetic.costs import cost_terms
from tuiconv.lessons.arithmetic.view import ArithmeticView
from tuiconv.lessons.arithmetic.words import MAP
from tuiconv.lessons.scene import Boxes, Columns, Panel, Scene, Table, Text

Area: TypeAlias = tuple[Extent, Extent]
"""Rows and columns, in pixels of the input."""


def layer_scene(view: ArithmeticView, spec: NetworkSpec) -> Scene:
    """The chosen layer of a network."""
    layer = spec.named(view.layer)
    written = Notation(is_1d=layer.is_1d)
    seen = seen_in(view, spec)
    beside: list[Panel] = [formula_text(spec, layer)]
    if not isinstance(seen, RequestError):
        beside.append(seen_table(spec, seen))
        reached = reached_by(spec, unit_of(view))
        beside += [reached_table(spec, reached)] if len(reached) > 1 else []
    return Scene(
        f"{layer.name} is {layer}: {written.shape(layer.input)} → {written.shape(layer.output)}",
        (Columns(((drawing(view, spec, seen),), tuple(beside))),),
        (layer.name,),
        MAP,
    )


def unit_of(view: ArithmeticView) -> Unit:
    """The unit that is looked at."""
    return Unit(view.layer, *(view.unit or (0, 0)))


def seen_in(view: ArithmeticView, spec: NetworkSpec) -> dict[str, Seen] | RequestError:
    """What the unit sees of each layer before it; or why that cannot be followed."""
    try:
        return seen_by(spec, unit_of(view))
    except RequestError as error:
        return error


def drawing(
    view: ArithmeticView, spec: NetworkSpec, seen: dict[str, Seen] | RequestError
) -> Boxes | Text:
    """What the unit sees, on the input; or why that cannot be followed."""
    layer, size = spec.named(view.layer), sides(spec.layers[0])
    written = Notation(is_1d=layer.is_1d)
    title = f"what {unit_name(layer, unit_of(view))} sees of the input, {written.sides(size)}"
    if isinstance(seen, RequestError):
        return Text(title, (str(seen),))
    return Boxes(title, tuple(dict.fromkeys(areas(spec, seen).values())), size, "input")


def formula_text(spec: NetworkSpec, layer: Spec) -> Text:
    """How the layer's numbers come about, in a line each."""
    lines = formulas(spec, layer, Notation(is_1d=layer.is_1d))
    texts = tuple(f"{label:<13} {text}" for label, text in lines)
    return Text(f"how the numbers of {layer.name} come about", texts)


def formulas(spec: NetworkSpec, layer: Spec, written: Notation) -> Iterator[tuple[str, str]]:
    """What is worked out, and how; what arrives and what leaves stands in the title."""
    for label, text in explained(spec, layer, written):
        if label in ("takes", "gives") and len(layer.sources) == 1:
            continue
        how = cost_terms(layer)[-1].how if label == "multiply-adds" else ""
        yield label, f"{how} = {text}" if how else text


def unit_name(layer: Spec, unit: Unit) -> str:
    """`unit 3,4 of conv1`; `every unit of fc1`."""
    if len(layer.output) == 1:
        return f"every unit of {layer.name}"
    place = str(unit.column) if layer.is_1d else f"{unit.row},{unit.column}"
    return f"unit {place} of {layer.name}"


def areas(spec: NetworkSpec, seen: dict[str, Seen]) -> dict[str, Area]:
    """Where on the image the cells lie that a unit sees of each layer, by the layer's name."""
    return {
        name: extents(spec.named(name), each.unclipped, spec.input)
        for name, each in seen.items()
        if each.unclipped
    }


def seen_table(spec: NetworkSpec, seen: dict[str, Seen]) -> Table:
    """A row for each layer: which of its cells the unit sees, and how much of that is padding."""
    drawn = areas(spec, seen)
    boxes = {area: place for place, area in enumerate(dict.fromkeys(drawn.values()))}
    letters = {name: LETTERS[min(boxes[drawn[name]], len(LETTERS) - 1)] for name in drawn}
    beyond = any(padding(each.padding) for each in seen.values())
    rows = {
        name: (
            letters.get(name, ""),
            *interval(spec.named(name), each.unclipped),
            *((padding(each.padding),) if beyond else ()),
        )
        for name, each in seen.items()
    }
    head = ("sees", "", *axes(spec), *(("of these padding",) if beyond else ()))
    return Table("", head, together(rows))


def reached_table(spec: NetworkSpec, reached: dict[str, Box | None]) -> Table:
    """A row for each later layer: which of its units depend on this one."""
    later = list(reached.items())[1:]
    rows = {name: interval(spec.named(name), box) for name, box in later}
    return Table("", ("reaches", *axes(spec)), together(rows))


def together(rows: dict[str, tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Rows behind the names of their layers; equal ones that follow each other are one."""
    found = []
    for row, alike in groupby(rows, key=rows.__getitem__):
        names = list(alike)
        last = "" if len(names) == 1 else f"{', ' if len(names) == 2 else ' … '}{names[-1]}"
        found.append((names[0] + last, *row))
    return tuple(found)


def axes(spec: NetworkSpec) -> tuple[str, ...]:
    """What places are counted along."""
    return ("places",) if spec.layers[0].is_1d else ("rows", "columns")


def interval(layer: Spec, box: Box | None) -> tuple[str, ...]:
    """Where a box is along each of them; of a vector it is all."""
    if box is None:
        texts = ["none", "none"]
    elif len(layer.output) == 1:
        texts = ["all", "all"]
    else:
        texts = [f"{first}–{last}" for first, last in zip(box.first, box.last, strict=True)]
    return tuple(texts[1:] if layer.is_1d else texts)
