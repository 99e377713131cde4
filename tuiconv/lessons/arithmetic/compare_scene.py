"""Two networks side by side: layer by layer, and what they add up to."""

from tuiconv.arithmetic import NetworkSpec, Spec
from tuiconv.arithmetic.comparing import differ, figures, paired, show_ratio
from tuiconv.arithmetic.notation import Notation
from tuiconv.lessons.arithmetic.overview import fault, memory_of, source
from tuiconv.lessons.arithmetic.reading import Reading
from tuiconv.lessons.arithmetic.view import ArithmeticView
from tuiconv.lessons.arithmetic.words import COMPARE
from tuiconv.lessons.scene import Columns, Panel, Scene, Table


def pair_table(one: NetworkSpec, other: NetworkSpec, chosen: str) -> Table:
    """A row for each pair of layers that stand beside each other.

    Args:
        one: the network whose layers are looked at.
        other: the one it is compared with.
        chosen: the layer of `one` that is pointed at.
    """
    pairs = paired(one, other)
    rows = []
    for pair in pairs:
        first, second = pair
        sign = "≠" if differ((one, other), pair) else ""
        rows.append((*half(one, first), sign, *half(other, second)))
    names = [one.layers[first].name if first is not None else "" for first, _ in pairs]
    return Table(
        "layer by layer; ≠: not the same",
        ("A", "output", "learns", "", "B", "output", "learns"),
        tuple(rows),
        names.index(chosen),
        "pairs",
    )


def half(network: NetworkSpec, place: int | None) -> tuple[str, str, str]:
    """Name, output and parameters of a layer; nothing where there is none."""
    if place is None:
        return "", "", ""
    layer: Spec = network.layers[place]
    written = Notation(is_1d=layer.is_1d)
    return layer.name, written.shape(layer.output), f"{layer.parameters:,}"


def total_table(one: NetworkSpec, other: NetworkSpec, view: ArithmeticView) -> Table:
    """What both cost in all, and how many times as much the second does."""
    bytes_taken = memory_of(one, view).total, memory_of(other, view).total
    sums = figures(one, other) | {"bytes of memory": bytes_taken}
    rows = tuple(
        (name, f"{first:,}", f"{second:,}", show_ratio(first, second))
        for name, (first, second) in sums.items()
    )
    return Table("in all", ("", "A", "B", "B / A"), rows)


def comparison(view: ArithmeticView, one: Reading, other: Reading) -> Scene:
    """Two networks as texts and as tables; where one does not fit, why."""
    panels: list[Panel | Columns] = []
    for letter, reading in (("A", one), ("B", other)):
        if not reading.name:
            panels.append(source(reading, f"network {letter}"))
        if reading.error is not None:
            panels.append(fault(reading, letter))
    if one.spec is None or other.spec is None:
        return Scene("nothing to compare yet", tuple(panels), help=COMPARE)
    first, second = one.spec, other.spec
    tables = (pair_table(first, second, view.layer),), (total_table(first, second, view),)
    names = f"{one.name or 'your network'}, B is {other.name or 'your network'}"
    if one.error is not None or other.error is not None:
        names += ", as far as they fit"
    return Scene(f"A is {names}", (*panels, Columns(tables)), help=COMPARE)
