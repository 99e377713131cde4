"""What the network is shown of a drawing, made as MNIST's images were."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tuiconv.arithmetic import NetworkSpec
from tuiconv.lessons.network.models import fitted
from tuiconv.nn.prediction import FAINT, ink_side, prepare

Ink = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Centring:
    """What became of the ink on its way to the network; places are (row, column)."""

    first: tuple[int, int]
    last: tuple[int, int]
    """The corners of the ink on the canvas."""
    mass: tuple[float, float]
    """Its centre of mass there, the middle of the first pixel being 0,0."""
    side: int
    """Pixels of its longer side afterwards."""
    seen: tuple[float, float]
    """The centre of mass afterwards."""
    size: tuple[int, int]
    """Pixels of the network's INPUT down and across."""

    @property
    def box(self) -> tuple[int, int]:
        """Pixels of the ink down and across."""
        return self.last[0] + 1 - self.first[0], self.last[1] + 1 - self.first[1]

    @property
    def lines(self) -> tuple[str, ...]:
        """What was done, with its numbers."""
        height, width = self.box
        zoom = self.side / max(height, width)
        return (
            f"ink {height}×{width}, ×{zoom:.3f}:",
            f"longer side {self.side}",
            f"mass at {self.mass[0]:.1f},{self.mass[1]:.1f},",
            f"moved to {self.seen[0]:.1f},{self.seen[1]:.1f}",
        )


def prepared(ink: Ink, spec: NetworkSpec) -> tuple[Ink, str]:
    """A drawing as a network's INPUT, and how it was made, in a sentence.

    Args:
        ink: (height, width), 0 for paper.
        spec: the network's.

    Raises:
        RequestError: the network takes no pictures.
    """
    channels, height, width = spec.input
    if channels != 1 or spec.layers[0].is_1d:
        return fitted(ink[np.newaxis], spec)
    # the border is paper, however much of the canvas is covered
    seen = prepare(np.pad(ink, 1), (1, height, width)).pixels
    return seen, "It is sized, and centred by mass, as MNIST's digits were."


def centring(ink: Ink, seen: Ink) -> Centring | None:
    """What became of the ink; None if there is none.

    Args:
        ink: (height, width), as it was drawn.
        seen: (1, height, width), as it was prepared.
    """
    there = ink > FAINT * ink.max(initial=1)
    if not there.any():
        return None
    rows, columns = np.flatnonzero(there.any(axis=1)), np.flatnonzero(there.any(axis=0))
    height, width = seen.shape[1:]
    return Centring(
        (int(rows[0]), int(columns[0])),
        (int(rows[-1]), int(columns[-1])),
        mass_centre(ink),
        ink_side(min(height, width)),
        mass_centre(seen[0]),
        (height, width),
    )


def mass_centre(ink: Ink) -> tuple[float, float]:
    """(row, column) of the centre of mass; of nothing, the middle."""
    mass = ink.sum(dtype=np.float64)
    if mass == 0:
        return (ink.shape[0] - 1) / 2, (ink.shape[1] - 1) / 2
    row, column = (
        float(np.arange(size) @ ink.sum(axis=1 - axis, dtype=np.float64) / mass)
        for axis, size in enumerate(ink.shape)
    )
    return row, column
