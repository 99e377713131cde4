"""One unit: the nested boxes that it sees, drawn on the image, and its interval in every layer."""

from collections.abc import Mapping, Sequence

from tuiconv.arithmetic import NetworkSpec, Spec
from tuiconv.arithmetic.extents import LETTERS, Extent
from tuiconv.arithmetic.notation import Notation
from tuiconv.arithmetic.units import Box, Seen, extents, padding, sides
from tuiconv.render.boxes import draw_boxes
from tuiconv.render.depth import Display
from tuiconv.render.lines import Line, block_width, paragraph, side_by_side
from tuiconv.render.notation import notation_of
from tuiconv.render.tables import Column, fitting, table_lines

GAP = 3

LEAST_WIDTH = 40
"""Cells that a drawing needs for a place beside the tables; with fewer, or if these are longer than
the screen, it goes below."""


def unit_lines(
    network: NetworkSpec,
    seen: Mapping[str, Seen],
    reached: Mapping[str, Box | None],
    width: int,
    height: int,
    display: Display,
) -> list[Line]:
    """The boxes of a unit on the image, its interval in each layer, and the later units it reaches.

    Args:
        network: the network of the unit.
        seen: as `tuiconv.arithmetic.units.seen_by` has it: the last layer is the unit's own.
        reached: as `reached_by` has it: the first layer is the unit's own.
        width: cells across.
        height: lines of the screen, which the drawing fits into.
        display: what the terminal can show.
    """
    boxes: dict[tuple[Extent, Extent], list[str]] = {}
    for name, each in seen.items():
        if each.unclipped:
            place = extents(network.named(name), each.unclipped, network.input)
            boxes.setdefault(place, []).append(name)
    letters = {
        name: LETTERS[min(number, len(LETTERS) - 1)]
        for number, names in enumerate(boxes.values())
        for name in names
    }
    written = notation_of(network, display)
    tables = table_lines(fitting(seen_columns(network, seen, letters, written), width), display)
    if len(reached) > 1:
        columns = fitting(reached_columns(network, reached, written), width)
        tables += [[], *table_lines(columns, display)]
    beside = width - block_width(tables) - GAP
    is_beside = beside >= LEAST_WIDTH and len(tables) <= height
    room = beside if is_beside else width
    drawing = draw_boxes(list(boxes), network.input[1:], room, height - 1, display)
    outside = any(padding(each.padding) for each in seen.values())
    drawing += paragraph("frame: the input" + "; outside of it: padding" * outside, room)
    return side_by_side([drawing, tables], GAP) if is_beside else [*tables, [], *drawing]


def seen_columns(
    network: NetworkSpec, seen: Mapping[str, Seen], letters: Mapping[str, str], written: Notation
) -> list[Column]:
    """A row for each layer: which of its units the unit sees, and how much of that is padding."""
    layers = [network.named(name) for name in seen]
    boxes = [each.unclipped for each in seen.values()]
    beyond = [padding(each.padding) for each in seen.values()]
    return [
        Column("", [letters.get(name, "") for name in seen], is_text=True),
        Column("sees", list(seen), is_text=True),
        *intervals(layers, boxes, written),
        *([Column("of these padding", beyond, is_text=True, rank=1)] if any(beyond) else []),
    ]


def reached_columns(
    network: NetworkSpec, reached: Mapping[str, Box | None], written: Notation
) -> list[Column]:
    """A row for each later layer: which of its units depend on the unit."""
    later = {network.named(name): box for name, box in list(reached.items())[1:]}
    names = [layer.name for layer in later]
    return [
        Column("reaches", names, is_text=True),
        *intervals(list(later), list(later.values()), written),
    ]


def intervals(
    layers: Sequence[Spec], boxes: Sequence[Box | None], written: Notation
) -> list[Column]:
    """Sizes, rows, columns and how many units these are, for a box in every layer.

    Of a vector these are all, as every unit of it sees the same.
    """
    sizes: list[str] = []
    cells: list[tuple[str, str, str]] = []
    for layer, box in zip(layers, boxes, strict=True):
        if box is None:
            cells.append(("none", "none", "0"))
        elif len(layer.output) == 1:
            cells.append(("all", "all", written.shape(layer.output)))
        else:
            rows, columns = map(written.interval, box.first, box.last)
            cells.append((rows, columns, written.sides(box.size)))
        sizes.append(
            written.shape(layer.output) if len(layer.output) == 1 else written.sides(sides(layer))
        )
    return [
        Column("of", sizes, rank=3),
        *([] if written.is_1d else [Column("rows", [each[0] for each in cells])]),
        Column("columns", [each[1] for each in cells]),
        Column("units", [each[2] for each in cells], rank=2),
    ]
