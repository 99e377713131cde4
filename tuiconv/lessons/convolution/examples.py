"""Grids of numbers to slide a kernel over, and kernels of any size for them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from tuiconv.lessons.convolution.digit import DIGIT, pixels
from tuiconv.lessons.convolution.view import Example, Pair
from tuiconv.lessons.scene import Quantity

Floats = npt.NDArray[np.float32]

CORNER: Final = (4, 14)
"""The first row and column of the corner of the digit that is looked at."""
SIDE: Final = 8
"""Its rows and columns."""
DIRECTIONS: Final = 8
"""Filters, each for edges in another direction."""


@dataclass(frozen=True, eq=False)
class Given:
    """What an example begins with."""

    about: str
    """In a sentence."""
    notes: tuple[str, ...]
    """What else is to be said of it."""
    x: Floats
    """(channels, height, width)."""
    kernel: Callable[[Pair], Floats]
    """(maps, channels, kernel height, kernel width) for a kernel of a size."""
    size: Pair
    """Of the kernel as it is first shown."""
    bias: Floats | None = None
    """(maps,)."""
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    quantity: Quantity = "activations"
    """What the input is."""
    first: Pair = (0, 0)
    """The output that is looked at first."""


def given_in(example: Example) -> Given:
    """An example by its name."""
    makers = {"lecture": lecture, "digit": digit, "channels": channels, "filters": filters}
    return makers[example]()


@cache
def lecture() -> Given:
    """The worked example of the lecture (Rikkyo): 6.2, then 5.9."""
    x = [
        [0, 2, 2, 0, 1, 0, 0],
        [1, 8, 7, 5, 2, 3, 0],
        [3, 6, 9, 7, 6, 1, 0],
        [1, 4, 5, 2, 4, 0, 1],
        [0, 2, 2, 1, 2, 1, 4],
    ]
    printed = np.array([[2, 0, 4], [1, 3, 2], [0, 1, 1]])
    return Given(
        "The lecture's example: 5×7 numbers under a 3×3 kernel give 6.2 first, then 5.9.",
        (
            "Erratum: the lecture prints the grid once with 0, 0, 0, 1, 4 in its last column, as"
            " here, and once with 0, 6, 4, 1, 4 there (and a 3 for a 2 in the last row). Both give"
            " 6.2 and 5.9, as their windows do not reach so far.",
        ),
        np.array([x], np.float32),
        lambda size: continued(printed, size) / np.float32(10),
        (3, 3),
    )


def continued(printed: npt.NDArray[np.int_], size: Pair) -> Floats:
    """A kernel (1, 1, height, width) that begins with the printed one; the rest is made up."""
    rng = np.random.default_rng(0)
    whole = rng.integers(0, 5, np.maximum(size, printed.shape))
    whole[: printed.shape[0], : printed.shape[1]] = printed
    return np.asarray(whole[None, None, : size[0], : size[1]], np.float32)


@cache
def digit() -> Given:
    """A corner of a digit, and a kernel that finds edges and ends."""
    (top, left), end = CORNER, f"{CORNER[0] + SIDE - 1}, columns {CORNER[1]}–{CORNER[1] + SIDE - 1}"

    def edges(size: Pair) -> Floats:
        kernel = np.full((1, 1, *size), -1, np.float32)
        kernel[0, 0, (size[0] - 1) // 2, (size[1] - 1) // 2] = size[0] * size[1] - 1
        return kernel

    return Given(
        f"A corner of a {DIGIT}, rows {top}–{end} of its 28×28 pixels, and a kernel that finds"
        " edges.",
        (
            "0 is paper and 9 is the darkest ink.",
            "The weights add up to 0: where all pixels under the window are alike, the sum is 0.",
        ),
        pixels()[None, top : top + SIDE, left : left + SIDE],
        edges,
        (3, 3),
        quantity="pixels",
    )


@cache
def channels() -> Given:
    """Three channels, two maps with a bias, padding and a stride."""

    def kernels(size: Pair) -> Floats:
        return np.random.default_rng(1020).integers(-1, 2, (2, 3, *size)).astype(np.float32)

    return Given(
        "Three channels (as red, green, blue) and two kernels of three channels each: one map for"
        " each kernel.",
        (
            "A map adds up the products of all channels, and its bias. A kernel has as many"
            " channels as what it slides over.",
        ),
        np.random.default_rng(3).integers(0, 3, (3, 5, 5)).astype(np.float32),
        kernels,
        (3, 3),
        np.array([1, 0], np.float32),
        (2, 2),
        (1, 1),
    )


@cache
def filters() -> Given:
    """Eight filters over a digit, as in the chapter of ml4a: 28×28 become 8 maps of 24×24."""

    def slopes(size: Pair) -> Floats:
        rows, columns = (np.arange(n) - (n - 1) / 2 for n in size)
        angles = np.arange(DIRECTIONS) * 2 * np.pi / DIRECTIONS
        along = (
            np.sin(angles)[:, None, None] * rows[:, None] + np.cos(angles)[:, None, None] * columns
        )
        bell = np.exp(-(rows[:, None] ** 2 + columns**2) / (2 * 1.2**2))
        rounded = np.round(along * bell / 4, 2) + 0.0  # no −0
        return np.asarray(rounded[:, None], np.float32)

    return Given(
        f"Eight filters over one {DIGIT}, eight maps: filter 0 finds edges with the ink on their"
        " right, 2 below, 4 on the left, 6 above; 1, 3, 5 and 7 those between.",
        (
            "Erratum: the chapter that this is from (ml4a) also speaks of 25×25 units. It is"
            " 28 − 5 + 1 = 24, so 8·24·24 = 4,608.",
        ),
        pixels()[None],
        slopes,
        (5, 5),
        quantity="pixels",
        first=(4, 7),
    )
