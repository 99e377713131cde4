"""Rails along a list of layers, which show where branches begin, run beside each other and join."""

from collections.abc import Sequence

from tuiconv.arithmetic.joins import Join
from tuiconv.arithmetic.specs import Spec


def labels(layers: Sequence[Spec], unicode: bool = True) -> list[str]:
    """The name of each layer behind its rails.

    An empty branch has no row; its join names the layer that it takes instead: `└ res1 ←relu3`.
    """
    skip = skip_sign(unicode)
    return [
        f"{mark}{layer.name} {skip}{layers[layer.fork].name}"
        if isinstance(layer, Join) and layer.fork in layer.sources
        else mark + layer.name
        for mark, layer in zip(rails(layers, unicode), layers, strict=True)
    ]


def skip_sign(unicode: bool = True) -> str:
    """What stands before the layer that an empty branch takes."""
    return "←" if unicode else "<-"


def rails(layers: Sequence[Spec], unicode: bool = True) -> list[str]:
    """What stands before the name of each layer: nothing outside of branches.

    A branch begins with ┌, the next one with ├, and └ is the layer that joins them; in branches of
    branches one such rail stands beside the other.
    """
    first, along, next_one, joined = "┌│├└" if unicode else ",|+'"
    marks = [""] * len(layers)
    begins: dict[int, int] = {}
    for place, layer in enumerate(layers):
        if not isinstance(layer, Join):
            continue
        marks[place] = joined
        begins[place] = place
        branches = [(begin(layers, end, layer.fork, begins), end) for end in layer.sources]
        inside = [branch for branch in branches if branch[1] != layer.fork]
        for number, (start, end) in enumerate(inside):
            begins[place] = min(begins[place], start)
            for inner in range(start, end + 1):
                sign = along if inner > start else next_one if number else first
                marks[inner] = sign + marks[inner]
    return [f"{mark} " if mark else "" for mark in marks]


def begin(layers: Sequence[Spec], end: int, fork: int, begins: dict[int, int]) -> int:
    """The place of the first layer of the branch that ends at `end`, its own branches included.

    Args:
        layers: all of them.
        end: the last layer of the branch.
        fork: the one that the branch begins behind; the same as `end` for an empty branch.
        begins: the same for the joins so far: where the first of their branches begins.
    """
    place = end
    while place != fork:
        layer = layers[place]
        first = begins.get(place, place)
        place = layer.fork if isinstance(layer, Join) else layer.sources[0]
    return first if end != fork else end
