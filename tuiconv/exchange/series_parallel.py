"""Chains and branches in a graph: the nesting that a line of text can say, if there is one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from typing import TypeAlias

MOST_NESTED = 50
"""Branches inside branches; as many as the pattern language takes."""


@dataclass(frozen=True)
class Branches:
    """Chains that all begin behind the same layer, and the layer that joins them."""

    join: int
    chains: tuple["Chain", ...]


Chain: TypeAlias = tuple["int | Branches", ...]
"""Layers one behind the other, by their places; empty for what arrives."""


class NotNestedError(Exception):
    """The graph is no nesting of branches: `place` stands in two of them, or too deep."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


def decompose(sources: Sequence[Sequence[int]]) -> Chain:
    """Write a graph that begins at its first layer and ends at its last as nested chains.

    Walking back from the last layer, a layer with one source comes behind it; one with several is a
    join, whose branches begin at the fork: the last layer that all ways to the join pass, its
    immediate dominator. The graph is series-parallel if no layer is met twice.

    Branches of a join that stand side by side and begin with the same layers are joined by
    themselves, inside it: `[a → b | a → c | d]` is `[a → [b | c] | d]`.

    Args:
        sources: for each layer, the places of those it takes, all before its own; the first has
            none. A layer that does not lead to the last is left out.

    Returns:
        The chain behind the first layer.

    Raises:
        NotNestedError: the branches share a layer, or nest deeper than MOST_NESTED.
    """
    return Walk(sources).chain(0, len(sources) - 1, depth=0)


class Walk:
    """The way back through a graph.

    Args:
        sources: as for `decompose`.
    """

    def __init__(self, sources: Sequence[Sequence[int]]) -> None:
        self.sources = sources
        self.met: set[int] = set()
        self.forks, self.distances = [0], [0]
        for ends in sources[1:]:
            fork = reduce(self.meeting, ends)
            self.forks.append(fork)
            self.distances.append(self.distances[fork] + 1)

    def meeting(self, one: int, other: int) -> int:
        """The last layer that all ways to both pass."""
        while one != other:
            if self.distances[one] < self.distances[other]:
                one, other = other, one
            one = self.forks[one]
        return one

    def chain(self, fork: int, end: int, depth: int) -> Chain:
        """The chain behind a layer up to another."""
        items: list[int | Branches] = []
        while end != fork:
            if end in self.met or depth > MOST_NESTED:
                raise NotNestedError(end)
            self.met.add(end)
            ends, start = self.sources[end], self.forks[end]
            items.append(end if len(ends) == 1 else self.branches(end, start, ends, depth + 1))
            end = start
        return tuple(reversed(items))

    def branches(self, join: int, fork: int, ends: Sequence[int], depth: int) -> Branches:
        """The branches behind a layer that end at `ends`."""
        chains: list[Chain] = []
        for first, group in groupby(ends, lambda end: self.first_behind(fork, end)):
            inner_ends = list(group)
            if first == fork or len(inner_ends) == 1:
                chains += [self.chain(fork, end, depth) for end in inner_ends]
            else:
                inner = reduce(self.meeting, inner_ends)
                beginning = self.chain(fork, inner, depth)
                chains.append((*beginning, self.branches(join, inner, inner_ends, depth + 1)))
        return Branches(join, tuple(chains))

    def first_behind(self, fork: int, end: int) -> int:
        """The first layer behind `fork` that all ways from there to `end` pass."""
        while end != fork and self.forks[end] != fork:
            end = self.forks[end]
        return end


def in_order(chain: Chain) -> list[int]:
    """The places of all layers as they are written: a join behind its branches."""
    places: list[int] = []
    for item in chain:
        if isinstance(item, Branches):
            for branch in item.chains:
                places += in_order(branch)
            places.append(item.join)
        else:
            places.append(item)
    return places
