"""Reading a line of digits: the network looks at every place of it, and says what stands there.

A network for one digit that is applied to a wider picture gives a row of answers, one for every
place it fits (lecture N; Matan et al. 1992, "Multi-digit recognition using a space displacement
neural network"). It must have learned an eleventh class, "none of the above", for what it sees
between two digits.
"""

from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt

import tuiconv_kernels as kernels
from tuiconv.data.none import NONE
from tuiconv.errors import RequestError
from tuiconv.nn.network import Network
from tuiconv.nn.prediction import (
    FAINT,
    LUMA,
    Floats,
    ink_of,
    ink_side,
    opaque,
    rounded,
    scaled,
    start_of,
)

CERTAIN = 0.5
"""Where `none` is less probable than this, a digit stands."""

ENOUGH = 2.0
"""The least sum of a class's probabilities over neighbouring columns that makes a digit."""

TALL = 0.5
"""Share of the tallest ink below which ink does not tell how tall the digits are."""

WIDEST = 8192
"""Columns of a line as the network sees it; some 300 digits."""


@dataclass(frozen=True)
class Digit:
    """A digit in a line."""

    name: str
    x: float
    """The column of its middle, from the picture's left edge, in pixels."""
    probability: float
    """The largest that any place gives it."""


@dataclass(frozen=True, eq=False)
class Line:
    """What a network read in a picture."""

    digits: tuple[Digit, ...]
    """From left to right."""
    pixels: npt.NDArray[np.uint8]
    """(1, height, width): what the network was shown."""
    inverted: bool
    """Whether dark ink on a bright ground was made bright on dark."""

    @property
    def text(self) -> str:
        """The digits' names, one after the other."""
        return "".join(digit.name for digit in self.digits)


def reads_lines(net: Network) -> bool:
    """Whether a network for grey pictures knows `none` and gives a wider one an answer a place.

    Not so where something takes the mean of a whole map, or where maps grow again.
    """
    channels, height, width = net.spec.input
    step = answers_every(net)
    if channels != 1 or net.class_names[-1:] != (NONE,) or step > width:
        return False
    wider = np.zeros((1, 1, height, width + step), net.parameters.dtype)
    try:
        answers = net.forward(wider)[-1]
    except RequestError:
        return False
    return answers.shape == (1, len(net.class_names), 1, 2)


def answers_every(net: Network) -> int:
    """The columns from one answer of a network to the next: its overall stride."""
    return ceil(net.spec.layers[-1].receptive_field.jump[1])


def read_line(net: Network, pixels: npt.NDArray[Any]) -> Line:
    """Read the digits that stand beside each other in a picture.

    The ink is made bright on dark, and scaled until a digit is as tall as MNIST's. Columns where
    `none` has less than half of the probability belong to a digit, those beside each other to the
    same: to the class with the largest sum of probabilities over them, if that is at least 2.

    Args:
        net: one that `reads_lines`.
        pixels: as `tuiconv.nn.prediction.prepare` takes them.

    Raises:
        RequestError: the line is too long.
    """
    grey = opaque(pixels) @ LUMA
    ink, inverted = ink_of(grey)
    _, height, _ = net.spec.input
    strip, zoom, left = strip_of(ink, height)
    shown = rounded(strip)[np.newaxis]
    probabilities = np.exp(sweep(net, shown))
    reduced = pixels.shape[1] / grey.shape[1]
    digits = tuple(
        Digit(
            net.class_names[label],
            float(((first + end) / 2 / zoom + left) * reduced),
            float(probabilities[label, first:end].max()),
        )
        for first, end, label in found(probabilities)
    )
    return Line(digits, shown, inverted)


def strip_of(ink: Floats, height: int) -> tuple[Floats, float, int]:
    """A line of ink, so scaled and placed that its digits are as those the network learned.

    Args:
        ink: (rows, columns), 0 to 255.
        height: of the network's INPUT.

    Returns:
        The strip (height, width), its scale, and the column of `ink` with which it begins.

    Raises:
        RequestError: it would have more than `WIDEST` columns.
    """
    there = ink > FAINT * 255
    rows, columns = np.flatnonzero(there.any(axis=1)), np.flatnonzero(there.any(axis=0))
    if len(rows) == 0:
        return np.zeros((height, 1)), 1.0, 0
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    zoom = ink_side(height) / typical_height(cut > FAINT * 255)
    width = max(1, round(cut.shape[1] * zoom))
    if width > WIDEST:
        raise RequestError(
            f"a line {width:,} columns long for digits {height} rows tall; at most {WIDEST:,}"
            " can be read"
        )
    top = (height - len(cut) * zoom) / 2
    if top >= 0:
        top = start_of(cut.sum(axis=1), zoom, height)
    wide = scaled(cut, zoom, 0, width)
    return scaled(wide.T, zoom, top, height).T, zoom, int(columns[0])


def typical_height(there: npt.NDArray[np.bool_]) -> float:
    """The median of the heights of what stands by itself; small specks and dashes do not count.

    Args:
        there: (rows, columns), whether a pixel has ink; some in the first and the last column.
    """
    ends = np.flatnonzero(np.diff(there.any(axis=0).astype(int), prepend=0, append=0))
    heights = []
    for first, end in zip(ends[::2], ends[1::2], strict=True):
        rows = np.flatnonzero(there[:, first:end].any(axis=1))
        heights.append(rows[-1] + 1 - rows[0])
    return float(np.median([each for each in heights if each >= TALL * max(heights)]))


def sweep(net: Network, strip: npt.NDArray[np.uint8]) -> Floats:
    """The log-probabilities of all classes at every column of a strip: (classes, width).

    As the network answers only at every so many columns, it is shown the strip once for each column
    between. One that pads its maps sees, instead of the padding, what stands beside a place.

    Args:
        net: one that `reads_lines`.
        strip: (1, height, width) uint8, as tall as the network's INPUT.
    """
    _, height, width = net.spec.input
    stride = answers_every(net)
    columns = strip.shape[2]
    answers = -(-columns // stride)
    # a window's middle is the column to the right of it, as MNIST has it
    wide = np.zeros((1, height, width + stride * answers - 1), np.uint8)
    wide[:, :, width // 2 : width // 2 + columns] = strip
    span = width + stride * (answers - 1)
    shifted = np.stack([wide[:, :, s : s + span] for s in range(stride)])
    output = net(net.preprocessing(shifted)).reshape(stride, len(net.class_names), answers)
    log_p = output if net.ends_in_softmax else kernels.log_softmax(output[..., np.newaxis])
    by_column = log_p.reshape(output.shape).transpose(1, 2, 0).reshape(output.shape[1], -1)
    return by_column[:, :columns].astype(np.float64)


def found(probabilities: Floats, enough: float = ENOUGH) -> list[tuple[int, int, int]]:
    """Where digits stand: first column, the one after the last, and class, from left to right.

    Args:
        probabilities: (classes, columns), `none` last.
        enough: the least sum of a digit's probabilities; less where only every so many columns
            have an answer.
    """
    there = probabilities[-1] < CERTAIN
    ends = np.flatnonzero(np.diff(there.astype(int), prepend=0, append=0))
    digits = []
    for first, end in zip(ends[::2].tolist(), ends[1::2].tolist(), strict=True):
        sums = probabilities[:-1, first:end].sum(axis=1)
        if sums.max() >= enough:
            digits.append((first, end, int(sums.argmax())))
    return digits
