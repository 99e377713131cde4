"""Tables of a network's arithmetic."""

from rich import box
from rich.cells import cell_len
from rich.table import Table

from tuiconv.arithmetic import NetworkSpec
from tuiconv.arithmetic.sizes import Pair
from tuiconv.render.depth import Display

LEAST_NEEDED = ("jump", "sees", "spec", "multiply-adds")
"""The columns that go, in this order, when the terminal is too narrow for all."""

LEGEND = {
    "sees": "sees: receptive field in input pixels",
    "jump": "jump: input pixels between units",
}


def shapes_table(network: NetworkSpec, width: int, display: Display) -> Table:
    """A row per layer: what leaves it, what it learns, costs and sees of the input image.

    Numbers are never cut: where they do not fit `width`, whole columns are left out.
    """
    times = "×" if display.unicode else "x"
    columns = shapes_columns(network, times)
    for name in LEAST_NEEDED:
        # Two cells of space go with every column: its padding and a divider; the first has a
        # divider in front as well, the last no padding.
        if sum(max(map(cell_len, cells)) + 2 for cells in columns.values()) <= width:
            break
        del columns[name]
    table = Table(
        box=box.SIMPLE_HEAD if display.unicode else box.ASCII2,
        show_footer=True,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    for name, cells in columns.items():
        right = name not in ("layer", "spec", "output")
        table.add_column(name, cells[-1], justify="right" if right else "left", no_wrap=True)
    for row in zip(*(cells[1:-1] for cells in columns.values()), strict=True):
        table.add_row(*row)
    table.caption = "; ".join(LEGEND[name] for name in columns if name in LEGEND)
    return table


def shapes_columns(network: NetworkSpec, times: str) -> dict[str, list[str]]:
    """Every column by name: its heading, a cell per layer, and what stands below them."""
    columns: dict[str, list[str]] = {
        "layer": [layer.name for layer in network],
        "spec": [str(layer) for layer in network],
        "output": [times.join(map(str, layer.output)) for layer in network],
        "parameters": [f"{layer.parameters:,}" for layer in network],
        "multiply-adds": [f"{layer.macs:,}" for layer in network],
        "sees": [show_pair(layer.receptive_field.size, times) for layer in network],
        "jump": [show_pair(layer.receptive_field.jump, times) for layer in network],
    }
    totals = network.totals
    below = {
        "layer": "total",
        "parameters": f"{totals.parameters:,}",
        "multiply-adds": f"{totals.macs:,}",
    }
    return {name: [name, *cells, below.get(name, "")] for name, cells in columns.items()}


def show_pair(pair: Pair, times: str) -> str:
    """`5` for equal sides, else `3×5`."""
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}{times}{pair[1]}"
