"""Tables of a network's arithmetic."""

from rich import box
from rich.table import Table

from tuiconv.arithmetic import NetworkSpec
from tuiconv.arithmetic.sizes import Pair
from tuiconv.render.depth import Display


def shapes_table(network: NetworkSpec, display: Display) -> Table:
    """A row per layer: what leaves it, what it learns, costs and sees of the input image."""
    times = "×" if display.unicode else "x"
    table = Table(
        box=box.SIMPLE_HEAD if display.unicode else box.ASCII2,
        show_footer=True,
        pad_edge=False,
        safe_box=not display.unicode,
    )
    totals = network.totals
    table.add_column("layer", "total", no_wrap=True)
    table.add_column("spec", overflow="fold")
    table.add_column("output", no_wrap=True)
    table.add_column("parameters", f"{totals.parameters:,}", justify="right", no_wrap=True)
    table.add_column("multiply-adds", f"{totals.macs:,}", justify="right", no_wrap=True)
    table.add_column("sees", justify="right", no_wrap=True)
    table.add_column("jump", justify="right", no_wrap=True)
    for layer in network:
        seen = layer.receptive_field
        table.add_row(
            layer.name,
            str(layer),
            times.join(map(str, layer.output)),
            f"{layer.parameters:,}",
            f"{layer.macs:,}",
            show_pair(seen.size, times),
            show_pair(seen.jump, times),
        )
    table.caption = (
        "sees: input pixels under one unit (receptive field); jump: input pixels between units"
    )
    return table


def show_pair(pair: Pair, times: str) -> str:
    """`5` for equal sides, else `3×5`."""
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}{times}{pair[1]}"
