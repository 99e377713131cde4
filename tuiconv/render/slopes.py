"""Gradients found in two ways, beside each other."""

from collections.abc import Sequence

from rich import box
from rich.table import Table

from tuiconv.nn.gradient_check import Slope
from tuiconv.render.depth import Display


def slopes_table(slopes: Sequence[Slope], display: Display) -> Table:
    """A row per parameter; the last column says whether the gradients agree.

    Numbers have nine significant digits, errors two.
    """
    table = Table(
        box=box.SIMPLE_HEAD if display.unicode else box.ASCII2,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    table.add_column("parameter", overflow="fold")
    for heading in ("analytic", "numeric", "rel. error"):
        table.add_column(heading, justify="right", overflow="fold")
    table.add_column("")
    for slope in slopes:
        table.add_row(
            slope.parameter,
            f"{slope.analytic:.9g}",
            f"{slope.numeric:.9g}",
            f"{slope.relative_error:.1e}",
            "agree" if slope.agrees else "DISAGREE",
        )
    return table
