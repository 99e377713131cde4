"""What a unit sees in every layer before it, and which units behind it depend on it.

A unit here is a place in the maps of a layer, in all of them at once; a vector is one place. Rows
and columns are followed each by itself and cell by cell, so that boxes are exact at the edges too:
where all of a dilated window but its middle lies in the padding, that one cell is what it sees.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from tuiconv.arithmetic.bits import ends, run, touching, under
from tuiconv.arithmetic.enlarging import Enlarging
from tuiconv.arithmetic.extents import Extent
from tuiconv.arithmetic.network import NetworkSpec
from tuiconv.arithmetic.sizes import Pair
from tuiconv.arithmetic.sliding import Covering
from tuiconv.arithmetic.specs import Shape, Spec, show_shape
from tuiconv.errors import RequestError

MOST_CELLS = 100_000
"""The longest side of maps, and the most padding, through which units are followed."""

Cells: TypeAlias = tuple[int, int]
"""Rows and columns, a bit for each; both or neither have any."""

NONE: Cells = (0, 0)


@dataclass(frozen=True)
class Unit:
    """A place in the maps of a layer; that of a vector is 0, 0."""

    layer: str
    row: int = 0
    column: int = 0


@dataclass(frozen=True)
class Box:
    """The cells from `first` to `last`, both included, as (vertical, horizontal) pairs."""

    first: Pair
    last: Pair

    @property
    def size(self) -> Pair:
        """How many rows and columns it has."""
        return self.last[0] - self.first[0] + 1, self.last[1] - self.first[1] + 1

    def around(self, other: "Box | None") -> "Box":
        """The least box that holds both."""
        if other is None:
            return self
        return Box(
            (min(self.first[0], other.first[0]), min(self.first[1], other.first[1])),
            (max(self.last[0], other.last[0]), max(self.last[1], other.last[1])),
        )


@dataclass(frozen=True)
class Seen:
    """What a unit sees of a layer before it."""

    inside: Box | None
    """The least box around the cells it depends on; None if it depends on none of them."""
    unclipped: Box | None
    """The box that it would see of maps without edges; None if no cell has a part in it."""
    padding: tuple[Pair, Pair]
    """How much of `unclipped` is beyond the edges: rows (above, below), columns (left, right)."""


def read_unit(text: str, network: NetworkSpec) -> Unit:
    """A unit as it is written: `conv1:2,3` for row 2 and column 3 of conv1, counted from 0.

    In one-dimensional maps it is `conv1:3`, in a vector `fc1:3`. The name alone is enough for a
    vector, all of whose units see the same, and for maps of a single place.

    Raises:
        RequestError: there is no such layer, or no such unit in it.
    """
    name, colon, places = text.partition(":")
    layer = network.named(name.strip())
    if not colon and sides(layer) == (1, 1):
        return Unit(layer.name)
    counts, numbers = counted(layer), [part.strip() for part in places.split(",")]
    fits = len(numbers) == len(counts) and all(
        number.isdecimal() and len(number) <= 12 and int(number) < count
        for number, count in zip(numbers, counts, strict=True)
    )
    if not fits:
        raise no_unit(layer, text)
    if len(layer.output) == 1:
        return Unit(layer.name)
    row, column = (0, *map(int, numbers))[-2:]
    return Unit(layer.name, row, column)


def seen_by(network: NetworkSpec, unit: Unit) -> dict[str, Seen]:
    """What a unit sees in the layers before it.

    The walk goes back through `sources`. Of a layer at which branches part it sees the union, of
    rows and of columns, of what the branches see.

    Returns:
        By the name of each layer on the way, in the network's order, from INPUT to the unit itself.

    Raises:
        RequestError: there is no such layer or unit, or maps are larger than `MOST_CELLS`.
    """
    last = place_of(network, unit)
    cells: dict[int, Cells] = {last: (1 << unit.row, 1 << unit.column)}
    boxes: dict[int, Box | None] = {last: Box((unit.row, unit.column), (unit.row, unit.column))}
    for place in range(last, 0, -1):
        if place not in cells:
            continue
        layer = network.layers[place]
        for source in layer.sources:
            found = seen_cells(layer, cells[place], sides(network.layers[source]))
            cells[source] = both(cells.get(source, NONE), found)
            box = seen_box(layer, boxes[place])
            boxes[source] = box.around(boxes.get(source)) if box else boxes.get(source)
    seen = {}
    for place in sorted(cells):
        layer = network.layers[place]
        seen[layer.name] = Seen(
            box_around(cells[place]), boxes[place], beyond(boxes[place], sides(layer))
        )
    return seen


def reached_by(network: NetworkSpec, unit: Unit) -> dict[str, Box | None]:
    """The units of later layers that depend on a unit, or on a pixel, a unit of INPUT.

    Returns:
        The least box around them by the name of each layer on the way, in the network's order, from
        the unit itself on; None where the layer leaves it out.

    Raises:
        RequestError: as for `seen_by`.
    """
    first = place_of(network, unit)
    cells: dict[int, Cells] = {first: (1 << unit.row, 1 << unit.column)}
    for place, layer in enumerate(network.layers[first + 1 :], first + 1):
        for source in layer.sources:
            if source in cells:
                found = reached_units(layer, cells[source])
                cells[place] = both(cells.get(place, NONE), found)
    return {network.layers[place].name: box_around(found) for place, found in cells.items()}


def seen_cells(layer: Spec, units: Cells, sizes: Pair) -> Cells:
    """The cells, of maps with `sizes`, on which some units of a layer depend."""
    rows, columns = (seen_along(layer, units[axis], axis, sizes[axis]) for axis in (0, 1))
    return (rows, columns) if rows and columns else NONE


def seen_along(layer: Spec, units: int, axis: int, size: int) -> int:
    """The cells 0 … size − 1 along an axis on which some units depend."""
    if isinstance(layer, Covering):
        return run(0, size - 1) if units else 0
    if isinstance(layer, Enlarging):
        return touching(layer.window, axis, units, size)
    return under(layer.window, axis, units, size)


def reached_units(layer: Spec, cells: Cells) -> Cells:
    """The units of a layer that depend on some cells."""
    rows, columns = (
        reached_along(layer, cells[axis], axis, count) for axis, count in enumerate(sides(layer))
    )
    return (rows, columns) if rows and columns else NONE


def reached_along(layer: Spec, cells: int, axis: int, count: int) -> int:
    """The units 0 … count − 1 along an axis that depend on some cells."""
    if isinstance(layer, Covering):
        return run(0, count - 1) if cells else 0
    if isinstance(layer, Enlarging):
        return under(layer.window, axis, cells, count)
    return touching(layer.window, axis, cells, count)


def seen_box(layer: Spec, box: Box | None) -> Box | None:
    """What the units of a box see of maps without edges."""
    if box is None:
        return None
    rows, columns = (layer.sees(box.first[axis], box.last[axis], axis) for axis in (0, 1))
    seen = Box((rows[0], columns[0]), (rows[1], columns[1]))
    return seen if min(seen.size) > 0 else None


def both(one: Cells, other: Cells) -> Cells:
    """The union along each axis."""
    return one[0] | other[0], one[1] | other[1]


def box_around(cells: Cells) -> Box | None:
    """The least box that holds some cells."""
    if cells == NONE:
        return None
    (top, bottom), (left, right) = map(ends, cells)
    return Box((top, left), (bottom, right))


def beyond(box: Box | None, sizes: Pair) -> tuple[Pair, Pair]:
    """How many rows (above, below) and columns (left, right) of a box are beyond the edges."""
    if box is None:
        return (0, 0), (0, 0)
    rows, columns = (
        (
            max(0, min(last, -1) - first + 1),
            max(0, last - max(first, size) + 1),
        )
        for first, last, size in zip(box.first, box.last, sizes, strict=True)
    )
    return rows, columns


def extents(layer: Spec, box: Box, image: Shape) -> tuple[Extent, Extent]:
    """Where the units of a box are on the image, vertically and horizontally.

    A unit is as large as the step to the next. Where that many steps make up the image, as they do
    with padding, each has its share of it: in time, the last is at the end, though it sees but what
    is before. Elsewhere a unit is in the middle of what it sees.
    """
    seen = layer.receptive_field

    def extent(axis: int) -> Extent:
        jump = seen.jump[axis]
        begin: float | Fraction = 0  # of unit 0
        if sides(layer)[axis] * jump != image[1 + axis]:
            begin = seen.start[axis] + (seen.size[axis] - jump) / 2
        first, last = box.first[axis], box.last[axis]
        return Extent(float(begin + first * jump), float(begin + (last + 1) * jump))

    return extent(0), extent(1)


def padding(beyond: tuple[Pair, Pair]) -> str:
    """`2 above, 1 left`; nothing if there is none."""
    (above, below), (left, right) = beyond
    found = {"above": above, "below": below, "left": left, "right": right}
    return ", ".join(f"{count} {side}" for side, count in found.items() if count)


def sides(layer: Spec) -> Pair:
    """(height, width) of what leaves a layer; of a vector (1, 1)."""
    if len(layer.output) == 1:
        return 1, 1
    _, height, width = layer.output
    return height, width


def counted(layer: Spec) -> Shape:
    """How many units there are along each number with which one is written."""
    if len(layer.output) == 1 or not layer.is_1d:
        return layer.output[-2:]
    return layer.output[-1:]


def place_of(network: NetworkSpec, unit: Unit) -> int:
    """Where the layer of a unit is among the layers, if there is such a unit."""
    for layer in network:
        padding = max(map(sum, zip(layer.window.before, layer.window.behind, strict=True)))
        if max(*sides(layer), padding) > MOST_CELLS:
            shape = show_shape(layer.output)
            padded = f", with a padding of {padding}" if padding > MOST_CELLS else ""
            raise RequestError(
                f"{layer.name} is {shape}{padded}; units are followed through maps and padding of"
                f" at most {MOST_CELLS:,} rows and columns"
            )
    layer = network.named(unit.layer)
    height, width = sides(layer)
    if not (0 <= unit.row < height and 0 <= unit.column < width):
        raise no_unit(layer, f"{unit.layer}:{unit.row},{unit.column}")
    return network.layers.index(layer)


def no_unit(layer: Spec, given: str) -> RequestError:
    """The error for a unit that a layer does not have; it says which it has."""
    last = ",".join(str(count - 1) for count in counted(layer))
    first = ",".join("0" for _ in counted(layer))
    return RequestError(
        f'unit "{given}": {layer.name} is {show_shape(layer.output)};'
        f" expected {layer.name}:{first} to {layer.name}:{last}"
    )
