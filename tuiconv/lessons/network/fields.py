"""What a unit sees in every earlier layer, what it reaches in later ones, and how strongly."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from tuiconv.arithmetic.units import Box, Unit, reached_by, seen_by, sides
from tuiconv.lessons.figures import share
from tuiconv.lessons.network.look import Look
from tuiconv.lessons.network.sums import span
from tuiconv.nn.layers import Array

MOST: Final = 8
"""Layers whose maps are drawn; the table has all."""
MOST_OF: Final = 0.95
"""A share of the squared sum that most pixels of a field add little to."""


@dataclass(frozen=True)
class Part:
    """A layer's part in what a unit sees or reaches."""

    place: int
    map: int
    """The one that moves the unit most, or that it moves most."""
    box: Box | None
    """None if there is no such cell."""
    padding: int
    """How many rows and columns of the box are padding, both sides together."""


def earlier(look: Look) -> list[Part]:
    """What the unit sees of each layer before its own, INPUT first."""
    spec, grads = look.passing.net.spec, look.passing.gradients_of(look.place, look.index)
    places = {layer.name: place for place, layer in enumerate(spec)}
    seen = seen_by(spec, Unit(look.spec.name, *look.unit[1:]))
    return [
        Part(
            places[name],
            strongest(grads[places[name]]),
            each.unclipped,
            sum(map(sum, each.padding)),
        )
        for name, each in seen.items()
        if name != look.spec.name
    ]


def later(look: Look) -> list[Part]:
    """What the unit reaches in each layer behind its own."""
    spec, changes = look.passing.net.spec, look.passing.changes_without(look.place, look.index)
    places = {layer.name: place for place, layer in enumerate(spec)}
    reached = reached_by(spec, Unit(look.spec.name, *look.unit[1:]))
    return [
        Part(places[name], strongest(changes[places[name]]), box, 0)
        for name, box in reached.items()
        if name != look.spec.name
    ]


def strongest(numbers: Array) -> int:
    """The map (1, c, …) with the largest sum of squares."""
    squares = np.nan_to_num(numbers[0].astype(np.float64)) ** 2
    return int(squares.reshape(len(squares), -1).sum(axis=1).argmax())


def drawn(look: Look, parts: list[Part]) -> list[Part]:
    """Of the parts those that are drawn: the last of several alike, and not too many."""

    def kind(part: Part) -> object:
        return part.place == 0, part.box, sides(look.passing.net.spec.layers[part.place])

    unlike = [one for one, other in pairwise(parts) if kind(one) != kind(other)] + parts[-1:]
    return unlike if len(unlike) <= MOST else [*unlike[:1], *unlike[1 - MOST :]]


def rows_of(look: Look, parts: list[Part]) -> tuple[tuple[str, ...], ...]:
    """A row of text for each part: layer, map, rows, columns, how many of these are padding."""
    rows = []
    for part in parts:
        layer = look.passing.net.spec.layers[part.place]
        if part.box is None:
            rows.append((layer.name, str(part.map), "none", "", ""))
        elif len(layer.output) == 1:
            rows.append((layer.name, str(part.map), f"all {layer.output[0]} units", "", ""))
        else:
            (top, left), (bottom, right) = part.box.first, part.box.last
            padding = str(part.padding) if part.padding else ""
            rows.append((layer.name, str(part.map), ends(top, bottom), ends(left, right), padding))
    return tuple(rows)


def ends(first: int, last: int) -> str:
    """`4–8`; `4` for one."""
    return span([first]) if first == last else span(range(first, last + 1))


def influence(gradient: Array, box: Box | None) -> tuple[str, ...]:
    """How the gradient of a unit on the image (h, w) fills what it sees, in sentences."""
    squares = gradient.astype(np.float64) ** 2
    whole = float(squares.sum())
    if box is None or whole == 0 or not np.isfinite(whole):
        return ("Its gradient is 0 at every pixel: no small change of the image moves it.",)
    height, width = gradient.shape
    top, left = (max(at, 0) for at in box.first)
    bottom, right = min(box.last[0], height - 1), min(box.last[1], width - 1)
    inside = squares[top : bottom + 1, left : right + 1]
    rows, columns = inside.shape
    middle = inside[rows // 4 : rows - rows // 4, columns // 4 : columns - columns // 4]
    falling = np.sort(inside.ravel())[::-1]
    few = int(np.searchsorted(np.cumsum(falling), MOST_OF * whole)) + 1
    return (
        f"Of the gradient's squared sum {percent(inside.sum() / whole)} lies inside the frame of"
        f" {rows}×{columns} = {rows * columns} pixels, and {percent(middle.sum() / whole)} in the"
        f" middle half of its rows and columns, {share(middle.size, inside.size)} of the pixels.",
        f"{min(few, inside.size)} pixels hold {MOST_OF:.0%} of it;"
        f" {int((inside == 0).sum())} have no influence at all.",
    )


def percent(part: float) -> str:
    """A share in per cent, to one decimal."""
    return f"{100 * part:.1f}%"
