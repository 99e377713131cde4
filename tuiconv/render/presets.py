"""The table of all presets: what each takes, gives and adds up to."""

from collections.abc import Mapping

from tuiconv.arithmetic import NetworkSpec
from tuiconv.render.depth import Display
from tuiconv.render.lines import Line, paragraph
from tuiconv.render.notation import notation_of
from tuiconv.render.tables import Column, fitting, table_lines


def presets_lines(networks: Mapping[str, NetworkSpec], width: int, display: Display) -> list[Line]:
    """A row for each network, in the columns for which `width` has room."""
    lines = table_lines(fitting(presets_columns(networks, display), width), display)
    more = "activations: numbers kept for backpropagation; one network: tuiconv shapes vgg16"
    return [*lines, *paragraph(more, width)]


def presets_columns(networks: Mapping[str, NetworkSpec], display: Display) -> list[Column]:
    """Every column: the name, the image, and the totals."""
    written = [notation_of(network, display) for network in networks.values()]
    inputs = [
        notation.shape(network.input)
        for notation, network in zip(written, networks.values(), strict=True)
    ]
    totals = [network.totals for network in networks.values()]
    return [
        Column("preset", list(networks), is_text=True),
        Column("input", inputs, is_text=True, rank=2),
        Column("layers", [f"{len(network):,}" for network in networks.values()], rank=3),
        Column("parameters", [f"{total.parameters:,}" for total in totals]),
        Column("multiply-adds", [f"{total.macs:,}" for total in totals], rank=1),
        Column("activations", [f"{total.activations:,}" for total in totals], rank=4),
        Column("connections", [f"{total.connections:,}" for total in totals], rank=5),
    ]
