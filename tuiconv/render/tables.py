"""Tables of a network's arithmetic."""

from rich import box
from rich.cells import cell_len
from rich.table import Table

from tuiconv.arithmetic import NetworkSpec
from tuiconv.arithmetic.sizes import Lengths
from tuiconv.render.depth import Display

IF_THERE_IS_ROOM = ("multiply-adds", "spec", "sees", "jump", "links")
"""The columns that may be left out when the terminal is too narrow, the most needed first."""

LEGEND = {
    "sees": "sees: receptive field in input pixels",
    "jump": "jump: input pixels between units",
    "links": "links: connections, biases included",
}


def shapes_table(network: NetworkSpec, width: int, display: Display) -> Table:
    """A row per layer: what leaves it, what it learns, costs and sees of the input image.

    Numbers are never cut: where they do not fit `width`, whole columns are left out.
    """
    times = "×" if display.unicode else "x"
    columns = shapes_columns(network, times)
    # Two cells of space go with every column: its padding and a divider; the first has a divider in
    # front as well, the last no padding.
    widths = {name: max(map(cell_len, cells)) + 2 for name, cells in columns.items()}
    room = width - sum(widths[name] for name in widths.keys() - set(IF_THERE_IS_ROOM))
    for name in IF_THERE_IS_ROOM:
        if widths[name] <= room:
            room -= widths[name]
        else:
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
    table.caption = "; ".join(meaning for name, meaning in LEGEND.items() if name in columns)
    return table


def shapes_columns(network: NetworkSpec, times: str) -> dict[str, list[str]]:
    """Every column by name: its heading, a cell per layer, and what stands below them."""
    columns: dict[str, list[str]] = {
        "layer": [layer.name for layer in network],
        "spec": [str(layer) for layer in network],
        "output": [times.join(map(str, layer.output)) for layer in network],
        "parameters": [f"{layer.parameters:,}" for layer in network],
        "multiply-adds": [f"{layer.macs:,}" for layer in network],
        "links": [f"{layer.links:,}" for layer in network],
        "sees": [show_pair(layer.receptive_field.cells, times) for layer in network],
        "jump": [show_pair(layer.receptive_field.jump, times) for layer in network],
    }
    totals = network.totals
    below = {
        "layer": "total",
        "parameters": f"{totals.parameters:,}",
        "multiply-adds": f"{totals.macs:,}",
        "links": f"{totals.links:,}",
    }
    return {name: [name, *cells, below.get(name, "")] for name, cells in columns.items()}


def show_pair(pair: Lengths, times: str) -> str:
    """`5` for equal sides, else `3×5`."""
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}{times}{pair[1]}"
