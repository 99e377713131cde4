"""A network as rows of text, one for each layer."""

from typing import Final

from tuiconv.arithmetic import NetworkSpec
from tuiconv.arithmetic.joins import Join
from tuiconv.arithmetic.notation import Notation
from tuiconv.arithmetic.rails import labels

HEAD: Final = (
    "layer",
    "is",
    "output",
    "learns",
    "multiply-adds",
    "sees",
    "jump",
    "activations",
)
SPARE: Final = tuple(map(HEAD.index, ("activations", "jump", "is")))
"""The columns that one can do without."""
NARROW: Final = 76
"""Cells of a small screen; what a layer is has room in it, unless texts are long."""


def layer_rows(spec: NetworkSpec) -> tuple[tuple[str, ...], ...]:
    """What each layer is, what leaves it, what it learns, costs and sees."""
    written = Notation(is_1d=spec.layers[0].is_1d)
    return tuple(
        (
            label,
            f"{layer.word}[…]" if isinstance(layer, Join) else str(layer),
            written.shape(layer.output),
            f"{layer.parameters:,}",
            f"{layer.macs:,}",
            written.pair(layer.receptive_field.cells),
            written.pair(layer.receptive_field.jump),
            f"{layer.activations:,}",
        )
        for label, layer in zip(labels(spec.layers), spec, strict=True)
    )


def total_row(spec: NetworkSpec) -> tuple[str, ...]:
    """The sums of those columns that have one."""
    totals = spec.totals
    sums = [f"{each:,}" for each in (totals.parameters, totals.macs, totals.activations)]
    return "total", "", "", sums[0], sums[1], "", "", sums[2]


def spare_columns(rows: tuple[tuple[str, ...], ...]) -> tuple[int, ...]:
    """Those that may be left out: what a layer is only where it has no room on a small screen."""
    needed = [place for place in range(len(HEAD)) if place not in SPARE[:-1]]
    widths = [max(len(text[place]) for text in (HEAD, *rows)) for place in needed]
    return SPARE if sum(widths) + 2 * (len(needed) - 1) > NARROW else SPARE[:-1]
