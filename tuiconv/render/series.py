"""The table of a series of runs."""

from collections.abc import Sequence

from rich import box
from rich.table import Table

from tuiconv.render.depth import Display
from tuiconv.runs.series import Row


def series_table(rows: Sequence[Row], display: Display) -> Table:
    """A row for every network: mean accuracies with their standard deviation, and what they took.

    Args:
        rows: in the order to show.
        display: what the terminal can show.
    """
    between = "±" if display.unicode else "+-"
    table = Table(
        box=box.SIMPLE_HEAD if display.unicode else box.ASCII2,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
    )
    table.add_column("net", overflow="fold")
    for name in ("parameters", "training %", "test %", "epochs", "seconds"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            row.net,
            f"{row.parameters:,}",
            f"{100 * row.train_accuracy:.2f} {between} {100 * row.train_deviation:.2f}",
            f"{100 * row.test_accuracy:.2f} {between} {100 * row.test_deviation:.2f}",
            f"{row.epochs:g}",
            f"{row.seconds:.1f}",
        )
    return table
