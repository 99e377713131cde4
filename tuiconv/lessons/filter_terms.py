"""How one pixel of a filtered picture came about: every product, the sums, what is stored of them.

What is told here is worked out anew, term by term and in the order of reading. That it comes to
the pixel that is stored is a proof of both.
"""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from tuiconv.errors import RequestError
from tuiconv.images.apply import Filtered
from tuiconv.images.filters.filter import Filter, LearnedFilter, Magnitude, Matrix
from tuiconv.images.filters.kernel_text import integer_kernel
from tuiconv.images.ranges import Scale
from tuiconv.images.stages import Band, Stage
from tuiconv.lessons.filter_kernels import bias_of

Joined: TypeAlias = Literal["alone", "length", "added"]
"""How the sums of a channel become one: there is but one, √(x² + y²), or R + G + B."""


@dataclass(frozen=True)
class Term:
    """One number under the window, and its product."""

    row: int
    """Where it stands, in what the filter is laid on; outside of that lies padding."""
    column: int
    source: tuple[int, int] | None
    """(row, column) of the pixel whose number stands there; None for black."""
    colour: float
    """The number."""
    opacity: float
    """Alpha, from 0 to 1."""
    value: float
    """opacity · colour + (1 − opacity) · colour in the middle: what the filter sees."""
    weight: float
    product: float
    """value · weight."""
    running: float
    """The sum of all products so far."""

    @property
    def is_inside(self) -> bool:
        """Whether it is no padding."""
        return self.source == (self.row, self.column)


@dataclass(frozen=True)
class WeightedSum:
    """The products of one kernel: value = running sum of the last / divisor + bias."""

    label: str
    """What the kernel is for: x or y, or the colour it is laid on; "" if there is one only."""
    terms: tuple[Term, ...]
    """In the order of reading, row by row."""
    divisor: int
    """What all weights are divided by, so that they are whole numbers; 1 if they are none."""
    bias: float
    value: float


@dataclass(frozen=True)
class Channel:
    """One number of the pixel."""

    name: str
    sums: tuple[WeightedSum, ...]
    joined: Joined
    sum: float
    """What the filter makes of its window."""
    scaled: float
    """What the range makes of the sum."""
    rounded: float
    """To a whole number, halves to the even one."""
    clamped: int
    """To what a pixel holds."""
    stored: int
    """What stands in the filtered picture."""
    difference: int
    """stored − clamped: 0."""


@dataclass(frozen=True)
class Terms:
    """All that there is to tell of a pixel."""

    filter: str
    """The filter, the last of a row."""
    filters_before: tuple[str, ...]
    """Those before it in the row: the values are their sums, neither rounded nor clamped."""
    mode: str
    """Of the filtered picture."""
    x: int
    """Column of the filtered picture, from 0."""
    y: int
    """Row of the filtered picture, from 0."""
    channels: tuple[Channel, ...]
    """All colours."""
    alpha: int | None
    """Stored alpha, that of the pixel in the middle of the window; None if there is none."""
    scale: Scale
    """How sums become pixels."""


def explain(filtered: Filtered, x: int, y: int) -> Terms:
    """Work out a pixel of a filtered picture, term by term, for every colour.

    Of several filters the last is explained; the values that it sees are the sums of those before.

    Args:
        filtered: from `filter_picture`.
        x: column, from 0.
        y: row, from 0.

    Raises:
        RequestError: there is no such pixel.
    """
    picture, stage, how = filtered.picture, filtered.stages[-1], filtered.scale
    if not (0 <= x < picture.width and 0 <= y < picture.height):
        raise RequestError(
            f"there is no pixel at x {x}, y {y}: the filtered picture has x from 0 to"
            f" {picture.width - 1} and y from 0 to {picture.height - 1}"
        )
    window = window_at(stage, x, y)
    stored = picture.pixels[y, x].reshape(-1).tolist()
    channels = (
        channel(name, stored[number], *weighted_sums(stage.applied, window, number), how)
        for number, name in enumerate(picture.channel_names[: picture.colours])
    )
    return Terms(
        filter=stage.applied.name,
        filters_before=tuple(each.applied.name for each in filtered.stages[:-1]),
        mode=picture.mode,
        x=x,
        y=y,
        channels=tuple(channels),
        alpha=stored[-1] if picture.has_alpha else None,
        scale=how,
    )


@dataclass(frozen=True, eq=False)
class Seen:
    """What a window lies on."""

    rows: list[tuple[int, int]]
    """For every row of the window: which row that is, and which stands there; −1 for black."""
    columns: list[tuple[int, int]]
    """The same for its columns."""
    band: Band
    """Colours and opacity (kernel height, kernel width, …)."""


def window_at(stage: Stage, x: int, y: int) -> Seen:
    """What the window of pixel (x, y) lies on."""
    band, (down, across) = stage.windows(y, y + 1), stage.window.stride
    height, width = stage.window.kernel_size
    first = x * across
    columns = slice(first, first + width)
    above, left = stage.window.before

    def places(sources: npt.NDArray[np.int64], begin: int, padding: int) -> list[tuple[int, int]]:
        return [(begin - padding + i, source) for i, source in enumerate(sources.tolist())]

    return Seen(
        places(stage.row_sources[y * down : y * down + height], y * down, above),
        places(stage.column_sources[columns], first, left),
        Band(
            band.values[:, columns],
            None if band.opacity is None else band.opacity[:, columns],
        ),
    )


def weighted_sums(
    applied: Filter, window: Seen, colour: int
) -> tuple[tuple[WeightedSum, ...], Joined]:
    """The sums that one number of a pixel is made of, and how they become one."""
    match applied:
        case Magnitude(x=x, y=y):
            x_sum = weighted_sum("x", x.kernel, x.bias, window, colour)
            return (x_sum, weighted_sum("y", y.kernel, y.bias, window, colour)), "length"
        case LearnedFilter(kernels=kernels) if len(kernels) > 1:
            parts = enumerate(applied.matrices.items())
            sums = (weighted_sum(name, kernel, 0.0, window, c) for c, (name, kernel) in parts)
            return tuple(sums), "added"
    (kernel,) = applied.matrices.values()
    return (weighted_sum("", kernel, bias_of(applied), window, colour),), "alone"


def weighted_sum(label: str, kernel: Matrix, bias: float, window: Seen, colour: int) -> WeightedSum:
    """The products of a kernel and one colour under the window."""
    weights, divisor = integer_kernel(kernel) or (kernel.tolist(), 1)
    height, width = kernel.shape
    middle = float(window.band.values[height // 2, width // 2, colour])
    terms: list[Term] = []
    running = 0.0
    for u, (row, row_source) in enumerate(window.rows):
        for v, (column, column_source) in enumerate(window.columns):
            number = float(window.band.values[u, v, colour])
            opacity = 1.0 if window.band.opacity is None else float(window.band.opacity[u, v, 0])
            value = opacity * number + (1 - opacity) * middle
            weight = float(weights[u][v])
            product = value * weight + 0.0  # 0 times −1 is 0, not −0
            running += product
            is_black = row_source < 0 or column_source < 0
            source = None if is_black else (row_source, column_source)
            terms.append(
                Term(row, column, source, number, opacity, value, weight, product, running)
            )
    return WeightedSum(label, tuple(terms), divisor, bias, running / divisor + bias)


def channel(
    name: str, stored: int, sums: tuple[WeightedSum, ...], joined: Joined, how: Scale
) -> Channel:
    """From the sums of a channel to what is stored."""
    values = [each.value for each in sums]
    total = math.hypot(*values) if joined == "length" else sum(values)
    scaled, rounded = (float(of(np.array(total))) for of in (how.values, how.rounded))
    clamped = int(min(max(rounded, 0), how.most))
    return Channel(name, sums, joined, total, scaled, rounded, clamped, stored, stored - clamped)
