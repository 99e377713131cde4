"""The table of `tuiconv bench`."""

from collections.abc import Sequence
from math import floor, log10

from rich import box
from rich.cells import cell_len
from rich.table import Table

from tuiconv.bench.cases import Row
from tuiconv.render.depth import Display

LEAST_NEEDED = ("peer", "theirs", "unit")
"""The columns that go, in this order, when the terminal is too narrow for all."""

WORDS = ("name", "unit", "peer")
"""The columns that are no numbers."""


def bench_table(rows: Sequence[Row], width: int, display: Display) -> Table:
    """A row for each that was measured: ours, theirs, and how many times as good ours is.

    Numbers are never cut: where they do not fit `width`, whole columns are left out.
    """
    columns = bench_columns(rows, display.unicode)
    for name in LEAST_NEEDED:
        # between two columns are a cell of padding and a divider
        if sum(max(map(cell_len, cells)) + 2 for cells in columns.values()) - 2 <= width:
            break
        del columns[name]
    table = Table(
        box=box.SIMPLE_HEAD if display.unicode else box.ASCII2,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
    )
    for name, cells in columns.items():
        table.add_column(cells[0], justify="left" if name in WORDS else "right", no_wrap=True)
    groups = [row.name.partition("/")[0] for row in rows]
    for number, row in enumerate(rows, start=1):
        table.add_row(
            *(cells[number] for cells in columns.values()),
            style="bold" if (row.ratio or 0) >= 1 else None,
            end_section=groups[number - 1 : number] != groups[number : number + 1],
        )
    return table


def bench_columns(rows: Sequence[Row], unicode: bool) -> dict[str, list[str]]:
    """Every column by name: its heading and a cell per row."""
    times, micro = ("×", "µ") if unicode else ("x", "u")
    columns = {
        "name": [row.name for row in rows],
        "ours": [show_figure(row.ours) for row in rows],
        "unit": [row.unit.replace("µ", micro) for row in rows],
        "theirs": [row.note if row.theirs is None else show_figure(row.theirs) for row in rows],
        "peer": [row.peer for row in rows],
        "ratio": [show_ratio(row.ratio, times) for row in rows],
    }
    return {name: ["" if name in WORDS else name, *cells] for name, cells in columns.items()}


def show_ratio(ratio: float | None, times: str) -> str:
    """`0.95×`, `12.3×`; nothing without a peer."""
    if ratio is None:
        return ""
    return f"{ratio:.{2 if ratio < 10 else 1}f}{times}"


def show_figure(value: float) -> str:
    """A number to three digits that count: `68,900`, `5.42`; more would be noise."""
    if value <= 0:
        return f"{value:g}"
    digits = 2 - floor(log10(value))
    return f"{round(value, digits):,.{max(digits, 0)}f}"
