"""How the receptive field of a unit comes about, layer by layer from the image on."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from tuiconv.arithmetic import NetworkSpec
from tuiconv.arithmetic.enlarging import Enlarging
from tuiconv.arithmetic.joins import Join
from tuiconv.arithmetic.specs import Spec


@dataclass(frozen=True)
class Step:
    """A layer on the way: what its unit sees of the input, and how far the next unit is there."""

    layer: Spec
    sees_how: str
    sees: int | Fraction
    jump_how: str
    jump: int | Fraction


def path_to(network: NetworkSpec, layer: Spec) -> list[Spec]:
    """The layers one behind the other up to this one: from INPUT, or from the last join on."""
    path = [layer]
    while path[0].sources and not (isinstance(path[0], Join) and path[0] is not layer):
        path.insert(0, network.layers[path[0].sources[0]])
    return path


def steps_to(network: NetworkSpec, layer: Spec, axis: int) -> Iterator[Step]:
    """Layer by layer, size += (span − 1)·jump and jump *= stride; without what changes neither."""
    for each in path_to(network, layer):
        before, after, window = each.input_field, each.receptive_field, each.window
        sees, jump = after.size[axis], after.jump[axis]
        if isinstance(each, Join) or not each.sources:
            yield Step(each, "", sees, "", jump)
            continue
        if (window.span[axis], window.stride[axis]) == (1, 1) and each is not layer:
            continue
        span, stride = window.span[axis], window.stride[axis]
        if isinstance(each, Enlarging):
            sees_how = f"{before.size[axis]} + ({span} − 1)·{fraction(jump)}"
            yield Step(each, sees_how, sees, f"{before.jump[axis]} / {stride}", jump)
        else:
            sees_how = f"{before.size[axis]} + ({span} − 1)·{fraction(before.jump[axis])}"
            yield Step(each, sees_how, sees, f"{fraction(before.jump[axis])}·{stride}", jump)


def fraction(length: int | Fraction) -> str:
    """`4`, or `(1/2)`."""
    return str(length) if isinstance(length, int) else f"({length})"
