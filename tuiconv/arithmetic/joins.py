"""Layers that join branches, as specs: sums (skip connections), stacks of maps, products."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import prod
from typing import ClassVar

from tuiconv.arithmetic.sizes import ReceptiveField, whole
from tuiconv.arithmetic.specs import Shape, Spec, SpecError, show_shape


@dataclass(frozen=True, kw_only=True)
class Join(Spec):
    """What makes one output of several branches, all of which begin with the same maps.

    `input` is what arrives at the branches and `sources` are their ends; an empty branch ends where
    it begins.
    """

    usage: ClassVar[str]

    fork: int
    """The place of the layer whose output all branches take."""
    inputs: tuple[Shape, ...]
    """The shape at the end of each branch."""
    input_fields: tuple[ReceptiveField, ...]
    """What a unit at the end of each branch sees of the input image."""

    def check(self) -> None:
        if len(set(self.inputs)) > 1:
            raise self.misfit("equal shapes")

    def misfit(self, expected: str) -> SpecError:
        """The error for branches whose ends do not fit each other."""
        arriving = " and ".join(map(show_shape, self.inputs))
        return SpecError(f"{self.name} {self.word}[…]: {arriving} arrive; expected {expected}")

    @property
    def output(self) -> Shape:
        return self.inputs[0]

    @cached_property
    def receptive_field(self) -> ReceptiveField:
        """The union of what the branches see.

        Where their jumps differ, the least box that moves with the first branch's jump and holds
        what every unit sees.
        """
        rows, columns = (self.union(axis) for axis in (0, 1))
        return ReceptiveField(*zip(rows, columns, strict=True))

    def union(self, axis: int) -> tuple[int | Fraction, int | Fraction, int | Fraction]:
        """Size, jump and start of the union along an axis."""
        jump = self.input_fields[0].jump[axis]
        last = self.output[1 + axis] - 1 if len(self.output) == 3 else 0
        firsts, ends = [], []
        for seen in self.input_fields:
            drift = (seen.jump[axis] - jump) * last
            firsts += [seen.start[axis], seen.start[axis] + drift]
            ends += [first + seen.size[axis] for first in firsts[-2:]]
        start = min(firsts)
        return whole(Fraction(max(ends) - start)), jump, start

    @property
    def alignment(self) -> str:
        """Why the branches are misaligned: what their units see lies elsewhere; "" if it does not.

        Aligned branches have the same jump, and the same centre for every unit (Araujo et al. 2019,
        "Computing receptive fields of convolutional neural networks"). In one dimension, where maps
        are rows in time, the same last cell will do: it is the present of causal convolutions.
        """
        for axis, side in enumerate(("rows", "columns")):
            jumps = distinct(seen.jump[axis] for seen in self.input_fields)
            if len(jumps) > 1:
                found = " and ".join(map(str, jumps))
                return f"the branches of {self.name} are misaligned: they jump {found} {side}"
            ends = distinct(seen.start[axis] + seen.size[axis] for seen in self.input_fields)
            centres = distinct(centre(seen, axis) for seen in self.input_fields)
            if len(centres) > 1 and not (self.is_1d and len(ends) == 1):
                found = " and ".join(f"{float(each):g}" for each in centres)
                return (
                    f"the branches of {self.name} are misaligned: what their first unit sees is"
                    f" centred on {side} {found}"
                )
        return ""


def distinct(lengths: Iterable[int | Fraction]) -> list[int | Fraction]:
    """Each length once, in their order."""
    return list(dict.fromkeys(lengths))


def centre(seen: ReceptiveField, axis: int) -> Fraction:
    """The middle of what unit 0 sees."""
    return Fraction(seen.start[axis]) + Fraction(seen.size[axis] - 1) / 2


@dataclass(frozen=True, kw_only=True)
class Residual(Join):
    """The sum of branches: `RES[body]` or `RES[body | shortcut]`.

    With one branch it is added to what arrives, a skip connection; a shortcut is for a body that
    changes the shape, such as `RES[… | CONV(128,1,stride=2)]` (He et al. 2015, "Deep residual
    learning for image recognition"). It can be done in the place of the first branch.
    """

    word: ClassVar[str] = "RES"
    usage: ClassVar[str] = "RES[CONV(6,3,pad=1) -> RELU] or RES[… | shortcut]"

    def check(self) -> None:
        if len(set(self.inputs)) > 1:
            raise self.misfit("equal shapes; a shortcut can change one: RES[body | CONV(…)]")

    @property
    def connections(self) -> int:
        return len(self.inputs) * prod(self.output)

    @property
    def activations(self) -> int:
        return 0


@dataclass(frozen=True, kw_only=True)
class Concat(Join):
    """The maps of all branches, one branch behind the other: `CONCAT[a | b | …]`.

    (Szegedy et al. 2014, "Going deeper with convolutions": the inception module.)
    """

    word: ClassVar[str] = "CONCAT"
    usage: ClassVar[str] = "CONCAT[CONV(6,1) | CONV(6,3,pad=1)]"

    def check(self) -> None:
        if len({shape[1:] for shape in self.inputs}) > 1:
            raise self.misfit("maps of equal height and width")

    @cached_property
    def output(self) -> Shape:
        return (sum(shape[0] for shape in self.inputs), *self.inputs[0][1:])

    @property
    def units(self) -> int:
        return 0


@dataclass(frozen=True, kw_only=True)
class Product(Join):
    """The product of branches, unit by unit: `MUL[a | b]`, a gate if one ends in a sigmoid.

    With one branch it is multiplied with what arrives.
    """

    word: ClassVar[str] = "MUL"
    usage: ClassVar[str] = "MUL[CONV(6,1) -> TANH | CONV(6,1) -> SIGMOID]"

    @property
    def macs(self) -> int:
        return (len(self.inputs) - 1) * prod(self.output)

    @property
    def connections(self) -> int:
        return len(self.inputs) * prod(self.output)


JOINS: dict[str, type[Join]] = {kind.word: kind for kind in (Residual, Concat, Product)}
"""Every join by its word."""
