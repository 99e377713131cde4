"""The table of `tuiconv shapes`: what leaves every layer, what it learns, costs and sees."""

from collections.abc import Callable
from dataclasses import replace
from operator import attrgetter

from rich.color import Color
from rich.style import Style

from tuiconv.arithmetic import NetworkSpec
from tuiconv.arithmetic.explaining import slides
from tuiconv.arithmetic.joins import Join
from tuiconv.arithmetic.notation import Notation
from tuiconv.arithmetic.rails import labels, skip_sign
from tuiconv.arithmetic.sizes import Lengths, Padding, Window
from tuiconv.arithmetic.specs import Spec
from tuiconv.render.bars import bar
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import Line, paragraph
from tuiconv.render.notation import notation_of
from tuiconv.render.tables import Column, fitting, table_lines, total_width

SHORTEST_BAR, LONGEST_BAR = 6, 16

BAR_COLOURS = {
    ColorDepth.TRUECOLOR: Style(color=Color.from_rgb(90, 150, 215)),
    ColorDepth.EIGHT_BIT: Style(color=Color.from_ansi(68)),
    ColorDepth.STANDARD: Style(color=Color.from_ansi(4)),
    ColorDepth.NONE: Style.null(),
}

LEGEND = {
    "k": "k: kernel",
    "s": "s: stride",
    "p": "p: padding",
    "d": "d: dilation",
    "g": "g: groups",
    "share": "share: of all parameters",
    "connections": "connections: inputs of all units, biases included",
    "activations": "activations: numbers kept for backpropagation",
    "sees": "sees: receptive field in input pixels",
    "jump": "jump: input pixels between units",
    "size": "size: how the output's size comes about",
    "learns": "learns: how the parameters come about",
}
"""What the headings mean."""

BROKEN = {
    "parameters": ("para-", "meters"),
    "multiply-adds": ("multiply-", "adds"),
    "connections": ("connec-", "tions"),
    "activations": ("activa-", "tions"),
}
"""Long headings of what may be short numbers, on two lines."""

IDLE = {"d": "1", "g": "1"}
"""What a column has, besides nothing, that is not worth its place."""


def shapes_lines(network: NetworkSpec, width: int, display: Display) -> list[Line]:
    """A row for each layer, and below them what the columns mean and which are left out.

    Numbers are never cut: where they do not fit `width`, whole columns are left out.
    """
    columns = shapes_columns(network, display)
    kept = fitting(columns, width)
    shown = {column.name for column in kept}
    room = width - total_width(kept)
    lines = table_lines(
        [
            with_bars(each, network, room, display) if each.name == "share" else each
            for each in kept
        ],
        display,
    )
    meanings = [meaning for name, meaning in LEGEND.items() if name in shown]
    if any(column.name == "p" and "+" in "".join(column.cells) for column in kept):
        meanings.append("1+2: 1 before, 2 behind")
    if "sees" in shown and any(layer.receptive_field.exceeds(network.input) for layer in network):
        meanings.append("!: more than the image has")
    skip = skip_sign(display.unicode)
    if any(skip in name for name in columns[0].cells):
        meanings.append(f"{skip}: joined with what leaves that layer")
    lines += paragraph("; ".join(meanings), width)
    if len(kept) < len(columns):
        missing = ", ".join(
            column.name for column in columns if column.name and column.name not in shown
        )
        lines += paragraph(
            f"no room for {missing}: --width {total_width(columns)} or --csv; a layer with its"
            " arithmetic: --explain LAYER",
            width,
        )
    return lines


def shapes_columns(network: NetworkSpec, display: Display) -> list[Column]:
    """Every column, the share as a number; those that say nothing of this network are left out."""
    layers, written = network.layers, notation_of(network, display)
    windows = [layer.window if slides(layer) else None for layer in layers]

    def pairs(of: Callable[[Window], Lengths | Padding]) -> list[str]:
        return [written.pair(of(window)) if window else "" for window in windows]

    def counts(of: Callable[[Spec], int], name: str, rank: int = 0) -> Column:
        numbers = [of(layer) for layer in layers]
        cells, below = [f"{each:,}" for each in numbers], f"{sum(numbers):,}"
        return Column(name, cells, below, rank=rank, broken=BROKEN[name])

    seen = [layer.receptive_field for layer in layers]
    sees = [written.pair(each.cells) + "!" * each.exceeds(network.input) for each in seen]
    arrow = "→" if display.unicode else ">"
    groups = [str(getattr(layer, "groups", "")) for layer in layers]
    columns = [
        Column("layer", labels(layers, display.unicode), "total", is_text=True),
        Column("kind", [layer.word for layer in layers], is_text=True, rank=6),
        Column("k", pairs(lambda window: window.kernel_size), rank=4),
        Column("s", pairs(lambda window: window.stride), rank=4, gap=1),
        Column("p", pairs(lambda window: window.padding), rank=4, gap=1),
        Column("d", pairs(lambda window: window.dilation), rank=4, gap=1),
        Column("g", groups, rank=4, gap=1),
        Column("input", [inputs(layer, written) for layer in layers], is_text=True, rank=9),
        Column("", ["", *[arrow] * (len(layers) - 1)], gap=1, rank=9),
        Column("output", [written.shape(layer.output) for layer in layers], is_text=True, rank=1),
        counts(attrgetter("parameters"), "parameters"),
        Column("share", [show_share(layer, network) for layer in layers], rank=7),
        counts(attrgetter("macs"), "multiply-adds", rank=2),
        counts(attrgetter("connections"), "connections", rank=10),
        counts(attrgetter("activations"), "activations", rank=8),
        Column("sees", sees, rank=3),
        Column("jump", [written.pair(each.jump) for each in seen], rank=5),
        Column("size", [written.formula(layer) for layer in layers], is_text=True, rank=11),
        Column("learns", [layer.parameter_formula for layer in layers], is_text=True, rank=12),
    ]
    return [column for column in columns if {*column.cells} - {"", IDLE.get(column.name)}]


def show_share(layer: Spec, network: NetworkSpec) -> str:
    """Of all parameters, `12.3%`; nothing for a layer that learns nothing."""
    return f"{layer.parameters / network.totals.parameters:.1%}" if layer.parameters else ""


def with_bars(column: Column, network: NetworkSpec, room: int, display: Display) -> Column:
    """The column of shares as bars; before the numbers if there is `room`, else instead of them."""
    before = min(room - 1, LONGEST_BAR)
    length = before if before >= SHORTEST_BAR else column.width + room
    most = max(network.totals.parameters, 1)
    bars = [bar(layer.parameters / most, length, display.unicode) for layer in network]
    if length == before:
        bars = [
            f"{each} {cell:>{column.width}}" for each, cell in zip(bars, column.cells, strict=True)
        ]
    return replace(column, cells=bars, is_text=True, style=BAR_COLOURS[display.depth])


def inputs(layer: Spec, written: Notation) -> str:
    """The shape that arrives, or those at the ends of the branches that a layer joins."""
    shapes = dict.fromkeys(layer.inputs if isinstance(layer, Join) else [layer.input])
    return ", ".join(map(written.shape, shapes))
