"""One layer with its arithmetic: how its size, what it learns and what it sees come about."""

from tuiconv.arithmetic import NetworkSpec, Spec
from tuiconv.arithmetic.explaining import explained
from tuiconv.render.depth import Display
from tuiconv.render.lines import Line, paragraph, text_line
from tuiconv.render.notation import notation_of
from tuiconv.render.tables import BOLD

LABEL = 17
"""Cells of what stands before each line."""


def explain_lines(network: NetworkSpec, layer: Spec, width: int, display: Display) -> list[Line]:
    """A layer's name, and below it a line for everything that there is to work out."""
    lines = [text_line(f"{layer.name}  {layer}", style=BOLD)]
    for label, text in explained(network, layer, notation_of(network, display)):
        lines += paragraph(f"  {label:<{LABEL - 2}}{text}", width, indent=min(LABEL, width // 4))
    return lines
