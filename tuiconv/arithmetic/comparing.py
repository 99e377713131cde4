"""Two networks side by side: which layers stand beside each other, and what both cost in all."""

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import TypeAlias

from tuiconv.arithmetic.activations import Activation, Dropout
from tuiconv.arithmetic.network import NetworkSpec
from tuiconv.arithmetic.pooling import Pool
from tuiconv.arithmetic.specs import Shape, Spec

Pair: TypeAlias = tuple[int | None, int | None]
"""Places of layers in the first and the second network; None where one has no counterpart."""

Placed: TypeAlias = tuple[int, Spec]
"""A layer and its place in its network."""


def paired(one: NetworkSpec, other: NetworkSpec) -> list[Pair]:
    """Which layers stand beside each other, in their order.

    First those of one role that take and give the same sizes; between them, those of one role.
    """
    return aligned(list(enumerate(one)), list(enumerate(other)), [sized_role, role])


def aligned(
    ones: Sequence[Placed], others: Sequence[Placed], keys: Sequence[Callable[[Spec], object]]
) -> list[Pair]:
    """Pair layers for which the first key is the same, and what is between these by the others."""
    if not keys:
        return [*((place, None) for place, _ in ones), *((None, place) for place, _ in others)]
    key = keys[0]
    first, second = [key(layer) for _, layer in ones], [key(layer) for _, layer in others]
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    pairs: list[Pair] = []
    for tag, begin, end, start, stop in matcher.get_opcodes():
        left, right = ones[begin:end], others[start:stop]
        if tag == "equal":
            pairs += [(one, other) for (one, _), (other, _) in zip(left, right, strict=True)]
        else:
            pairs += aligned(left, right, keys[1:])
    return pairs


def sized_role(layer: Spec) -> tuple[str, Shape, Shape]:
    """What a layer is there for, and the sizes that it takes and gives."""
    return role(layer), layer.input, layer.output


def role(layer: Spec) -> str:
    """What a layer is there for: activations of any kind do the same, and so do pools."""
    if isinstance(layer, Activation) and not isinstance(layer, Dropout):
        return "activation"
    return "pool" if isinstance(layer, Pool) else layer.word


def differ(networks: tuple[NetworkSpec, NetworkSpec], pair: Pair) -> bool:
    """Whether two layers that stand beside each other are not the same, or not of one size."""
    first, second = pair
    if first is None or second is None:
        return False
    one, other = networks[0].layers[first], networks[1].layers[second]
    return (str(one), one.input, one.output) != (str(other), other.input, other.output)


def figures(one: NetworkSpec, other: NetworkSpec) -> dict[str, tuple[int, int]]:
    """What both cost in all."""
    first, second = one.totals, other.totals
    seen, also = (network.layers[-1].receptive_field.cells for network in (one, other))
    return {
        "layers": (len(one), len(other)),
        "parameters": (first.parameters, second.parameters),
        "multiply-adds": (first.macs, second.macs),
        "connections": (first.connections, second.connections),
        "activations": (first.activations, second.activations),
        "sees (height)": (seen[0], also[0]),
        "sees (width)": (seen[1], also[1]),
    }


def show_ratio(first: int, second: int, times: str = "×") -> str:
    """How many times as much the second is, to three digits; nothing if the first is 0."""
    if first == 0:
        return ""
    ratio = second / first
    return (f"{ratio:,.0f}" if ratio >= 1000 else f"{ratio:.3g}") + times
