"""Digits beside each other on one picture, as high as the network that reads them is."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from tuiconv.data.catalog import CATALOG
from tuiconv.data.dataset import Dataset, Images
from tuiconv.data.load import NAMES, check_name, find_folder, where
from tuiconv.data.mnist import read_part
from tuiconv.errors import RequestError

SIDE: Final = 32
"""Rows and columns of a digit with its border: what LeNet-5 was made for."""
BY_CHANCE: Final = 5
"""Digits of a line where none are written."""
MOST_DIGITS: Final = 30
APART: Final = (16, 40)
"""The fewest and the most columns from one digit to the next."""
STEP: Final = 4
"""Columns from one answer of the network to the next."""
COLUMNS: Final = (SIDE, SIDE + APART[1] * (MOST_DIGITS - 1))
"""The fewest and the most columns of a picture."""
DRAWN: Final = 1000
"""Digits by strokes, of which a line is made where there is no MNIST."""


def first_data() -> str:
    """MNIST if its files are here, else digits drawn by strokes."""
    return "mnist" if where("mnist") is not None else "strokes"


def read_digits(name: str) -> Dataset:
    """The digits of which lines are made: MNIST's test digits, or such as are drawn by strokes.

    Raises:
        RequestError: a data set of something else.
        DataError: the files of MNIST are not here.
    """
    if name not in NAMES:
        check_name(name)
        raise RequestError(f"data {name}; lines are of digits: {' or '.join(NAMES)}")
    entry = CATALOG[name]
    if name == "mnist":
        return read_part(find_folder(name), "t10k", entry.part("test"), entry)
    from tuiconv.data.strokes import draw_digits

    images, labels = draw_digits(DRAWN, np.random.default_rng(0))
    return Dataset(entry.part("test"), images, labels)


@dataclass(frozen=True, eq=False)
class Line:
    """A picture with digits on it."""

    text: str
    """What is written."""
    which: tuple[int, ...]
    """The numbers of the digits among those of the data set."""
    pixels: Images
    """(1, 32, columns)."""
    is_cut: bool
    """Whether it has too few columns for all digits."""

    @property
    def columns(self) -> int:
        """Of the picture."""
        count: int = self.pixels.shape[2]
        return count


def write_line(digits: Dataset, text: str, seed: int, apart: int, columns: int | None) -> Line:
    """A line of digits; those that reach into each other are laid over each other.

    Args:
        digits: of which it is made.
        text: what is written; nothing for five by chance.
        seed: of the generator that chooses among the digits.
        apart: columns from the middle of one to that of the next.
        columns: of the picture, which may cut digits off; None for as many as they need.
    """
    rng = np.random.default_rng(seed)
    if text:
        which = [int(rng.choice(np.flatnonzero(digits.labels == int(each)))) for each in text]
    else:
        which = rng.integers(0, len(digits), BY_CHANCE).tolist()
    pixels = np.zeros((1, SIDE, SIDE + apart * (len(which) - 1)), np.uint8)
    for place, number in enumerate(which):
        here = pixels[:, :, place * apart : place * apart + SIDE]
        np.maximum(here, digits.images[number], out=here)
    is_cut = columns is not None and columns < pixels.shape[2]
    if columns is not None:
        pixels = np.pad(pixels, ((0, 0), (0, 0), (0, max(columns - pixels.shape[2], 0))))
        pixels = pixels[:, :, :columns]
    written = "".join(str(digits.labels[number]) for number in which)
    return Line(written, tuple(which), np.ascontiguousarray(pixels), is_cut)


def check_digits(text: str) -> None:
    """Raise RequestError unless a text can be written."""
    bad = next((sign for sign in text if sign not in "0123456789"), None)
    if bad is not None:
        raise RequestError(f'digits "{text}": found "{bad}"; expected 0 to 9')
    if len(text) > MOST_DIGITS:
        raise RequestError(f"digits: {len(text)} of them; at most {MOST_DIGITS} can be written")
