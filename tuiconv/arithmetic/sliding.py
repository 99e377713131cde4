"""What layers whose window slides over maps have in common."""

from dataclasses import dataclass
from functools import cached_property

from tuiconv.arithmetic.sizes import SINGLE, Pair, Window
from tuiconv.arithmetic.specs import Shape, Spec


@dataclass(frozen=True, kw_only=True)
class Sliding(Spec):
    """A layer whose window must fit into the maps that arrive."""

    def check(self) -> None:
        if len(self.input) != 3:
            raise self.refuse("expected maps (channels, height, width)")
        for axis, side in enumerate(("height", "length" if self.is_1d else "width")):
            if self.window.output_size(self.input[1 + axis], axis) < 1:
                error = self.refuse(
                    f"the window does not fit the {side}: {self.output_formula(axis)}"
                )
                error.is_too_small = True
                raise error

    @property
    def maps(self) -> int:
        """How many feature maps leave."""
        return self.input[0]

    @cached_property
    def output(self) -> Shape:
        _, height, width = self.input
        rows, columns = self.window.output_size(height, 0), self.window.output_size(width, 1)
        return (self.maps, rows, columns)

    @property
    def discarded(self) -> Pair:
        _, height, width = self.input
        return self.window.discarded(height, 0), self.window.discarded(width, 1)

    def output_formula(self, axis: int) -> str:
        return self.window.formula(self.input[1 + axis], axis)


@dataclass(frozen=True, kw_only=True)
class Covering(Spec):
    """A layer each of whose outputs depends on everything that arrives."""

    @cached_property
    def window(self) -> Window:
        if len(self.input) == 1:
            return SINGLE
        _, height, width = self.input
        return Window(kernel_size=(height, width))

    def sees(self, first: int, last: int, axis: int) -> Pair:
        return 0, (*self.input, 1, 1)[1 + axis] - 1

    def reaches(self, first: int, last: int, axis: int) -> Pair:
        return 0, (*self.output, 1, 1)[1 + axis] - 1
