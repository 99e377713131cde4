"""How shapes and pairs of numbers are written."""

from dataclasses import dataclass

from tuiconv.arithmetic.sizes import Lengths, Padding, Pair
from tuiconv.arithmetic.specs import Shape, Spec


@dataclass(frozen=True)
class Notation:
    """The signs there are, and whether all maps are one row high, which need not be said."""

    times: str = "×"
    to: str = "…"
    is_1d: bool = False

    def shape(self, shape: Shape) -> str:
        """`6×28×28`; in one dimension `6×28`."""
        kept = shape[:1] + shape[2:] if self.is_1d else shape
        return self.times.join(map(str, kept))

    def sides(self, sides: Pair) -> str:
        """`28×28`; in one dimension `28`."""
        return self.times.join(map(str, sides[1:] if self.is_1d else sides))

    def pair(self, pair: Lengths | Padding) -> str:
        """`5` for equal sides, else `3×5`; `1+2` where padding is unequal before and behind."""
        vertical, horizontal = (
            "+".join(map(str, dict.fromkeys(side))) if isinstance(side, tuple) else str(side)
            for side in pair
        )
        is_one = self.is_1d or vertical == horizontal
        return horizontal if is_one else vertical + self.times + horizontal

    def formula(self, layer: Spec) -> str:
        """How the output's size comes about; both ways where rows and columns differ."""
        axes = (1,) if self.is_1d else (0, 1)
        return "; ".join(dict.fromkeys(filter(None, map(layer.output_formula, axes))))

    def interval(self, first: int, last: int) -> str:
        """`3…12`."""
        return f"{first}{self.to}{last}"


def show_discarded(layer: Spec) -> str:
    """`1 row and 2 columns` at the end of what arrives, which no window reaches; "" for none."""
    found = [
        f"{count} {what}" + "s" * (count > 1)
        for count, what in zip(layer.discarded, ("row", "column"), strict=True)
        if count
    ]
    return " and ".join(found)
