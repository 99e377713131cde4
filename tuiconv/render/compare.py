"""Two networks side by side: their layers, and what they cost in all."""

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import TypeAlias

from tuiconv.arithmetic import NetworkSpec, Spec
from tuiconv.arithmetic.activations import Activation, Dropout
from tuiconv.arithmetic.pooling import Pool
from tuiconv.arithmetic.specs import Shape
from tuiconv.render.depth import Display
from tuiconv.render.lines import Line, paragraph
from tuiconv.render.notation import notation_of
from tuiconv.render.rails import rails
from tuiconv.render.tables import Column, fitting, table_lines

Pairing: TypeAlias = list[tuple[int | None, int | None]]
"""Places of layers in the first and the second network; None where one has no counterpart."""

Placed: TypeAlias = tuple[int, Spec]
"""A layer and its place in its network."""


def compare_lines(
    networks: tuple[NetworkSpec, NetworkSpec], titles: tuple[str, str], width: int, display: Display
) -> list[Line]:
    """The layers of two networks side by side, and below them their totals."""
    pairing = paired(*networks)
    differs = [sign(networks, pair, display) for pair in pairing]
    left, right = (
        half(network, [pair[side] for pair in pairing], "AB"[side], display)
        for side, network in enumerate(networks)
    )
    columns = [*left, Column("", differs), *right]
    lines = [
        line
        for letter, title in zip("AB", titles, strict=True)
        for line in paragraph(f"{letter}: {title}", width, indent=3)
    ]
    lines += [[], *table_lines(fitting(columns, width), display)]
    unequal = "≠" if display.unicode else "!"
    if any(differs):
        lines += paragraph(f"{unequal}: not the same layer, or not of the same size", width)
    return [*lines, [], *table_lines(fitting(totals(networks, display), width), display)]


def paired(one: NetworkSpec, other: NetworkSpec) -> Pairing:
    """Which layers stand beside each other, in their order.

    First those of one role that take and give the same sizes; between them, those of one role.
    """
    return aligned(list(enumerate(one)), list(enumerate(other)), [sized_role, role])


def aligned(
    ones: Sequence[Placed], others: Sequence[Placed], keys: Sequence[Callable[[Spec], object]]
) -> Pairing:
    """Pair layers for which the first key is the same, and what is between these by the others."""
    if not keys:
        return [*((place, None) for place, _ in ones), *((None, place) for place, _ in others)]
    key = keys[0]
    first, second = [key(layer) for _, layer in ones], [key(layer) for _, layer in others]
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    pairs: Pairing = []
    for tag, begin, end, start, stop in matcher.get_opcodes():
        left, right = ones[begin:end], others[start:stop]
        if tag == "equal":
            pairs += [(one, other) for (one, _), (other, _) in zip(left, right, strict=True)]
        else:
            pairs += aligned(left, right, keys[1:])
    return pairs


def sized_role(layer: Spec) -> tuple[str, Shape, Shape]:
    """What a layer is there for, and the sizes that it takes and gives."""
    return role(layer), layer.input, layer.output


def role(layer: Spec) -> str:
    """What a layer is there for: activations of any kind do the same, and so do pools."""
    if isinstance(layer, Activation) and not isinstance(layer, Dropout):
        return "activation"
    return "pool" if isinstance(layer, Pool) else layer.word


def sign(
    networks: tuple[NetworkSpec, NetworkSpec], pair: tuple[int | None, int | None], display: Display
) -> str:
    """Whether two layers that stand beside each other differ; nothing for one alone."""
    first, second = pair
    if first is None or second is None:
        return ""
    one, other = networks[0].layers[first], networks[1].layers[second]
    same = (str(one), one.input, one.output) == (str(other), other.input, other.output)
    return "" if same else "≠" if display.unicode else "!"


def half(
    network: NetworkSpec, places: Sequence[int | None], letter: str, display: Display
) -> list[Column]:
    """The columns of one network; empty where it has no counterpart."""
    written = notation_of(network, display)
    marks = rails(network.layers, display)
    layers = [None if place is None else network.layers[place] for place in places]
    names = ["" if place is None else marks[place] + network.layers[place].name for place in places]

    def cells(show: Callable[[Spec], str]) -> list[str]:
        return [show(layer) if layer else "" for layer in layers]

    return [
        Column(letter, names, is_text=True),
        Column("output", cells(lambda layer: written.shape(layer.output)), is_text=True, rank=1),
        Column("parameters", cells(lambda layer: f"{layer.parameters:,}"), rank=2),
        Column("sees", cells(lambda layer: written.pair(layer.receptive_field.cells)), rank=3),
        Column("multiply-adds", cells(lambda layer: f"{layer.macs:,}"), rank=4),
        Column("activations", cells(lambda layer: f"{layer.activations:,}"), rank=5),
    ]


def totals(networks: tuple[NetworkSpec, NetworkSpec], display: Display) -> list[Column]:
    """What both cost in all, and how many times as much the second does."""
    one, other = (network.totals for network in networks)
    figures = {
        "layers": (len(networks[0]), len(networks[1])),
        "parameters": (one.parameters, other.parameters),
        "multiply-adds": (one.macs, other.macs),
        "connections": (one.connections, other.connections),
        "activations": (one.activations, other.activations),
    }
    for axis, side in enumerate(("height", "width")):
        first, second = (network.layers[-1].receptive_field.cells for network in networks)
        figures[f"sees ({side})"] = (first[axis], second[axis])
    times = "×" if display.unicode else "x"
    return [
        Column("total", list(figures), is_text=True),
        Column("A", [f"{first:,}" for first, _ in figures.values()]),
        Column("B", [f"{second:,}" for _, second in figures.values()]),
        Column("B / A", [show_ratio(*pair, times) for pair in figures.values()], rank=1),
    ]


def show_ratio(first: int, second: int, times: str) -> str:
    """How many times as much the second is, to three digits; nothing if the first is 0."""
    if first == 0:
        return ""
    ratio = second / first
    return (f"{ratio:,.0f}" if ratio >= 1000 else f"{ratio:.3g}") + times
