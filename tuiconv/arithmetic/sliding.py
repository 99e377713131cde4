"""What layers whose window slides over maps have in common."""

from dataclasses import dataclass

from tuiconv.arithmetic.specs import Shape, Spec


@dataclass(frozen=True, kw_only=True)
class Sliding(Spec):
    """A layer whose window must fit into the maps that arrive."""

    def check(self) -> None:
        if len(self.input) != 3:
            raise self.refuse("expected maps (channels, height, width)")
        for axis, side in enumerate(("height", "width")):
            size = self.input[1 + axis]
            if self.window.output_size(size, axis) < 1:
                raise self.refuse(
                    f"the window does not fit the {side}: {self.window.formula(size, axis)}"
                )

    @property
    def maps(self) -> int:
        """How many feature maps leave."""
        return self.input[0]

    @property
    def output(self) -> Shape:
        _, height, width = self.input
        rows, columns = self.window.output_size(height, 0), self.window.output_size(width, 1)
        return (self.maps, rows, columns)
