"""Kernels of one's own: `0 -1 0; -1 5 -1; 0 -1 0`, or the same in a file."""

import math
import re
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from tuiconv.errors import RequestError
from tuiconv.images.filters.filter import Matrix, NamedFilter
from tuiconv.images.filters.number_text import number_in, number_text, quoted

MOST_SIDE: Final = 255
"""Rows and columns of a kernel."""

MOST_WEIGHT: Final = 1e9
"""Magnitude of a weight, and of what is added: sums stay far from where numbers end."""

RANGE: Final = f"-{MOST_WEIGHT:g} to {MOST_WEIGHT:g}"

LARGEST_FILE: Final = 1_000_000
"""Bytes of a file; the largest kernel takes fewer with fifteen signs a number."""


def parse_kernel(text: str) -> Matrix:
    """The kernel that a text writes, row by row.

    Rows are parted by ";" or stand on lines of their own; numbers, such as 2, -0.5 or 1/9, are
    parted by spaces or commas. From "#" to the end of the line is a comment.

    Returns:
        float64 (height, width), both odd.

    Raises:
        RequestError: it is no such matrix; the row and the number are told, from 1.
    """
    written = re.split(r"[;\n]", re.sub(r"#[^\n]*", "", text))
    rows = [re.split(r"\s*,\s*|\s+", row.strip()) for row in written if row.strip()]
    if not rows:
        raise RequestError(
            'the kernel is empty; expected rows of numbers, as in "0 1 0; 1 -4 1; 0 1 0"'
        )
    for number, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            raise RequestError(
                f"kernel: row {number} has {counted(len(row), 'number')}, row 1 has {len(rows[0])};"
                " expected as many in every row"
            )
    check_size(len(rows), len(rows[0]))
    return np.array(
        [
            [weight(word, f"row {y}, number {x}") for x, word in enumerate(row, 1)]
            for y, row in enumerate(rows, 1)
        ]
    )


def check_size(height: int, width: int) -> None:
    """Refuse a kernel that has no pixel in its middle, or is larger than any use.

    Raises:
        RequestError: quotes its size, and the sizes next to it that are allowed.
    """
    size = f"kernel: {counted(height, 'row')} of {counted(width, 'number')}"
    for side, what in ((height, "rows"), (width, "numbers a row")):
        if side > MOST_SIDE:
            raise RequestError(f"{size}; expected at most {MOST_SIDE} {what}")
        if side % 2 == 0:
            raise RequestError(
                f"{size}; expected {side - 1} or {side + 1} {what}: an odd number, so that there"
                " is a middle to lay over the pixel"
            )


def weight(word: str, place: str) -> float:
    """A number of a kernel.

    Raises:
        RequestError: quotes the word that is none, or too large, and tells its place.
    """
    value = number_in(word)
    if value is None:
        found = quoted(word) if word else "nothing"
        raise RequestError(
            f"kernel: {place}: expected a finite number, such as 2, -0.5 or 1/9; found {found}"
        )
    if abs(value) > MOST_WEIGHT:
        raise RequestError(f"kernel: {place}: expected a number from {RANGE}; found {quoted(word)}")
    return value


def counted(count: int, noun: str) -> str:
    """`1 row`, `2 rows`."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def read_kernel_file(path: Path) -> Matrix:
    """The kernel in a file of text, written as `parse_kernel` reads it.

    Raises:
        RequestError: there is no such file, or no kernel in it.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise RequestError(
            f"{path}: {error.strerror or error}; expected a kernel's file"
        ) from error
    if len(content) > LARGEST_FILE:
        raise RequestError(f"{path}: more than {LARGEST_FILE:,} bytes; no kernel is as long")
    try:
        return parse_kernel(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise RequestError(f"{path}: not UTF-8 at byte {error.start}; expected a text") from error
    except RequestError as error:
        raise RequestError(f"{path}: {error}") from error


def custom_filter(kernel: npt.ArrayLike, divide: float = 1.0, bias: float = 0.0) -> NamedFilter:
    """A filter of one's own: Σ kernel · value / divide + bias.

    Raises:
        RequestError: `divide` is 0, or it, a weight or `bias` is no number to compute with.
        ValueError: the kernel is no matrix of odd height and width.
    """
    if not math.isfinite(divide) or divide == 0:
        raise RequestError(f"divide by {divide:g}; expected a finite number other than 0")
    if not abs(bias) <= MOST_WEIGHT:
        raise RequestError(f"bias {bias:g}; expected a number from {RANGE}")
    with np.errstate(over="ignore"):
        weights = np.asarray(kernel, dtype=np.float64) / divide
    largest = np.abs(weights).max()
    if not largest <= MOST_WEIGHT:
        raise RequestError(
            f"kernel divided by {divide:g}: a weight of ±{largest:g}; expected weights from {RANGE}"
        )
    formula = "Σ kernel · value" + (f" / {number_text(divide)}" if divide != 1 else "")
    if bias:
        formula += f" {'+' if bias > 0 else '−'} {number_text(abs(bias))}"
    size = "×".join(map(str, weights.shape))
    return NamedFilter("kernel", weights, f"A {size} kernel of your own.", formula, bias)
