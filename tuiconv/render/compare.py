"""Two networks side by side: their layers, and what they cost in all."""

from collections.abc import Callable, Sequence

from tuiconv.arithmetic import NetworkSpec, Spec
from tuiconv.arithmetic.comparing import differ, figures, paired, show_ratio
from tuiconv.arithmetic.rails import rails
from tuiconv.render.depth import Display
from tuiconv.render.lines import Line, paragraph
from tuiconv.render.notation import notation_of
from tuiconv.render.tables import Column, fitting, table_lines


def compare_lines(
    networks: tuple[NetworkSpec, NetworkSpec], titles: tuple[str, str], width: int, display: Display
) -> list[Line]:
    """The layers of two networks side by side, and below them their totals."""
    pairing = paired(*networks)
    unequal = "≠" if display.unicode else "!"
    differs = [unequal * differ(networks, pair) for pair in pairing]
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
    if any(differs):
        lines += paragraph(f"{unequal}: not the same layer, or not of the same size", width)
    return [*lines, [], *table_lines(fitting(totals(networks, display), width), display)]


def half(
    network: NetworkSpec, places: Sequence[int | None], letter: str, display: Display
) -> list[Column]:
    """The columns of one network; empty where it has no counterpart."""
    written = notation_of(network, display)
    marks = rails(network.layers, display.unicode)
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
    rows = figures(*networks)
    times = "×" if display.unicode else "x"
    return [
        Column("total", list(rows), is_text=True),
        Column("A", [f"{first:,}" for first, _ in rows.values()]),
        Column("B", [f"{second:,}" for _, second in rows.values()]),
        Column("B / A", [show_ratio(*pair, times) for pair in rows.values()], rank=1),
    ]
