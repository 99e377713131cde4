"""The kernels of `filter2d`: rows are extended and converted once, and summed two at a time.

A row has as many values as pixels times channels. Lines are rows of the picture with what stands
beyond the edges, as the sums need them; in a ring, where the newest takes the place of the one
that is no longer met. Results go to an even number of rows of at least RUN values; the part of
them that lies beyond the picture is of no use.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.checks import Array
from tuiconv_kernels.jit import exact_kernel
from tuiconv_kernels.lanes import LANES, add, every, load, multiply, widen
from tuiconv_kernels.pixels import (
    RUN,
    Run,
    add_products,
    add_runs,
    doubtful,
    load_half,
    load_pairs,
    load_pixels,
    no_sums,
    scaled,
    store_pixels,
    store_run,
)
from tuiconv_kernels.tiles import Offsets, inlined

Kernel = npt.NDArray[np.float64]
"""The weights of a filter, (height, width)."""
Limits = tuple[np.float32, float]


class Picture(NamedTuple):
    """A picture and what stands around it."""

    pixels: npt.NDArray[Any]
    """Flat: y x channel."""
    rows: Offsets
    """For every extended row, from the topmost: where the row that stands there begins in
    `pixels`, or −1 if it is black. One more if the height is odd."""
    columns: Offsets
    """For every value of an extended row, from the leftmost: which value of a row stands there, or
    −1 if it is black. As many more as a row is shorter than a run."""
    margin: int
    """Values to the left of the picture."""
    values: int
    """Values of a row."""
    channels: int


class Target(NamedTuple):
    """Where results go."""

    pixels: npt.NDArray[Any]
    """Flat: y value."""
    values: int
    """Values of a row."""
    begin: int
    """The first row to fill."""
    end: int
    """The row behind the last; an even number of rows in between."""


class WholeWeights(NamedTuple):
    """A kernel as whole numbers times a scale, and what that leaves out in the same way."""

    pairs: Offsets
    """For two lines of the kernel at a time, every column, and two output rows: the weights with
    which these lines enter the row, as pairs. Behind all these the same for what is left out."""
    levels: int
    """2 if the second part is always added, 1 if only where the first does not tell enough."""
    scales: tuple[np.float32, np.float64]
    """Of either part."""


@exact_kernel
def filter_bytes(
    picture: Picture,
    kernel: Kernel,
    weights: WholeWeights,
    limits: Limits | None,
    lines: Offsets,
    offsets: Offsets,
    doubts: Array,
    target: Target,
) -> None:
    """Fill rows with Σ weight · pixel, the weights whole numbers times a scale.

    Args:
        picture: of bytes.
        kernel: the weights themselves.
        weights: the kernel as whole numbers.
        limits: how far from a whole number a sum is at most that is not in doubt: as it is first
            computed, and with both parts of the weights in float64. None if none is in doubt.
        lines: room for (height + 1) / 2 lines of pairs.
        offsets: room for as many places as there are columns in all those lines.
        target: what is filled.
    """
    height, width = kernel.shape
    out, values, begin, end = target
    pairs, levels, scales = weights
    kept, length = (height + 1) // 2, values + (width - 1) * picture.channels
    for step in range((end - begin) // 2 + kept - 1):
        _write_pairs(picture, begin + 2 * step, lines, step % kept * length, length)
        y = begin + 2 * (step + 1 - kept)
        if y < begin:
            continue
        _find(offsets, 0, step + 1, kept, length, width, picture.channels)
        for first in range(0, values, RUN):
            k = min(first, values - RUN)
            upper, lower = _scaled_sums(lines, k, offsets, pairs, 0, scales[0])
            if levels == 2:
                behind, scale = 2 * len(offsets), np.float32(scales[1])
                fine_upper, fine_lower = _scaled_sums(lines, k, offsets, pairs, behind, scale)
                upper, lower = add_runs(upper, fine_upper), add_runs(lower, fine_lower)
            at = y * values + k
            store_pixels(out, at, upper)
            store_pixels(out, at + values, lower)
            if limits is not None and (doubtful(upper, limits[0]) or doubtful(lower, limits[0])):
                store_run(doubts, 0, upper)
                store_run(doubts, RUN, lower)
                _mend_bytes(kernel, weights, limits, lines, k, offsets, doubts, out, at, values)


@exact_kernel
def filter_floats(
    picture: Picture,
    kernel: Kernel,
    down: Array,
    across: Array,
    limit: np.floating[Any] | None,
    lines: Array,
    offsets: Offsets,
    doubts: Array,
    target: Target,
) -> None:
    """Fill rows with Σ weight · pixel in the dtype of the weights.

    Args:
        picture: of any dtype.
        kernel: the weights themselves.
        down: weights of a first pass, which sums columns; or none.
        across: weights of a second pass, which sums rows of these sums; or all of the kernel.
        limit: how far from a whole number a sum is at most that is not in doubt, or None.
        lines: room for height + 1 lines, and two for the sums of the first pass.
        offsets: room for (height + 1) · width places.
        target: what is filled.
    """
    height, width = kernel.shape
    out, values, begin, end = target
    run, channels = RUN * 4 // lines.itemsize, picture.channels
    kept, length = height + 1, values + (width - 1) * channels
    between = kept * length
    for e in range(end - begin + height - 1):
        _write_line(picture, begin + e, lines, e % kept * length, length)
        y = e - height
        if y < 0 or y % 2:
            continue
        for last in range(0 if len(down) else 1, 2):
            weights, taps, stop = (across, width, values) if last else (down, 1, length)
            if last and len(down):
                _find(offsets, between, 0, 2, length, width, channels)
            else:
                _find(offsets, 0, y, kept, length, taps, channels)
            for first in range(0, stop, run):
                k = min(first, stop - run)
                upper, lower = _two_rows(lines, k, offsets, weights, taps)
                if not last:
                    store_run(lines, between + k, upper)
                    store_run(lines, between + length + k, lower)
                    continue
                at = (begin + y) * values + k
                store_pixels(out, at, upper)
                store_pixels(out, at + values, lower)
                if limit is not None and (doubtful(upper, limit) or doubtful(lower, limit)):
                    store_run(doubts, 0, upper)
                    store_run(doubts, run, lower)
                    _mend(kernel, limit, lines, k, length, y, channels, doubts, out, at, values)


@inlined
def _two_rows(
    lines: Array, at: int, offsets: Offsets, weights: Array, width: int
) -> tuple[Run, Run]:
    """The sums of two neighbouring rows; `offsets` begins with the first line of the upper."""
    # the first line is met by the upper row alone, the last by the lower: a weight of 0 instead
    # would turn an infinite pixel, which the other row must not notice, into NaN
    upper, lower = (no_sums(lines),), (no_sums(lines),)
    last = len(weights)
    for t in range(width):
        upper = add_products(lines, at, offsets, t, weights, (t,), upper)
        lower = add_products(lines, at, offsets, last + t, weights, (last - width + t,), lower)
    sums = (upper[0], lower[0])
    for t in range(width, last):
        sums = add_products(lines, at, offsets, t, weights, (t, t - width), sums)
    return sums


@inlined
def _scaled_sums(
    lines: Offsets, at: int, offsets: Offsets, pairs: Offsets, tap: int, scale: np.float32
) -> tuple[Run, Run]:
    """The sums of two neighbouring rows with the weights from pairs[tap] on, times their scale."""
    sums = (no_sums(lines), no_sums(lines))
    for t in range(len(offsets)):
        taps = (tap + 2 * t, tap + 2 * t + 1)
        sums = add_products(lines, at, offsets, t, pairs, taps, sums)
    return scaled(sums[0], scale), scaled(sums[1], scale)


# The kernels below are called, not inlined: what they need would drive sums from the registers.


@exact_kernel
def _mend_bytes(
    kernel: Kernel,
    weights: WholeWeights,
    limits: Limits,
    lines: Offsets,
    at: int,
    offsets: Offsets,
    doubts: Array,
    out: npt.NDArray[Any],
    place: int,
    values: int,
) -> None:
    """Replace the registers that hold a sum in doubt; `doubts` are the runs of two rows."""
    for r in range(0, 2 * RUN, LANES):
        coarse = load(doubts, r)
        if not doubtful((coarse,), limits[0]):
            continue
        row, x = r // RUN, r % RUN
        sums = (widen(coarse),)
        if weights.levels == 1:
            sums = add_runs(sums, _fine_sums(lines, at + x, offsets, weights, row))
        if weights.levels == 2 or doubtful(sums, limits[1]):
            sums = _exact_of_pairs(lines, at + x, offsets, kernel, row)
        store_pixels(out, place + row * values + x, sums)


@exact_kernel
def _mend(
    kernel: Kernel,
    limit: np.floating[Any],
    lines: Array,
    at: int,
    length: int,
    y: int,
    channels: int,
    doubts: Array,
    out: npt.NDArray[Any],
    place: int,
    values: int,
) -> None:
    """As `_mend_bytes`, of lines of floats."""
    run = len(doubts) // 2
    for r in range(0, 2 * run, LANES):
        if doubtful((load(doubts, r),), limit):
            row, x = r // run, r % run
            sums = _exact(lines, at + x, length, y + row, kernel, channels)
            store_pixels(out, place + row * values + x, sums)


@inlined
def _fine_sums(lines: Offsets, at: int, offsets: Offsets, weights: WholeWeights, row: int) -> Run:
    """One register of sums with the second part of the weights."""
    sums = (no_sums(lines)[:1],)
    for t in range(len(offsets)):
        tap = 2 * (len(offsets) + t) + row
        sums = add_products(lines, at, offsets, t, weights.pairs, (tap,), sums)
    return scaled(sums[0], weights.scales[1])


@inlined
def _exact_of_pairs(lines: Offsets, at: int, offsets: Offsets, kernel: Kernel, row: int) -> Run:
    """One register of sums by the kernel itself: first the products of a row, then the rows."""
    height, width = kernel.shape
    total = every(0.0)
    for u in range(height):
        row_total = every(0.0)
        for v in range(width):
            place = at + offsets[(row + u) // 2 * width + v]
            pixels = load_half(lines, place, (row + u) % 2)
            row_total = add(row_total, multiply(every(kernel[u, v]), pixels))
        total = add(total, row_total)
    return (total,)


@inlined
def _exact(lines: Array, at: int, length: int, y: int, kernel: Kernel, channels: int) -> Run:
    """As `_exact_of_pairs`, of lines of floats."""
    height, width = kernel.shape
    total = every(0.0)
    for u in range(height):
        first = at + (y + u) % (height + 1) * length
        row_total = every(0.0)
        for v in range(width):
            pixels = widen(load(lines, first + v * channels))
            row_total = add(row_total, multiply(every(kernel[u, v]), pixels))
        total = add(total, row_total)
    return (total,)


@inlined
def _find(
    offsets: Offsets, base: int, oldest: int, kept: int, length: int, width: int, channels: int
) -> None:
    """Note where the columns of a kernel meet the lines of a ring, from the oldest line."""
    for line in range(len(offsets) // width):
        for v in range(width):
            offsets[line * width + v] = base + (oldest + line) % kept * length + v * channels


@inlined
def _write_pairs(picture: Picture, y: int, lines: Offsets, at: int, length: int) -> None:
    """Write an extended row and the next, as pairs, to lines[at : at + length]."""
    pixels, rows, columns, margin, values, _ = picture
    upper, lower = rows[y], rows[y + 1]
    mask = np.int32((0xFF if upper >= 0 else 0) + (0xFF0000 if lower >= 0 else 0))
    upper, lower = max(upper, 0), max(lower, 0)
    begin, end = (margin, margin + values) if values >= RUN else (length, length)
    for first in range(begin, end, RUN):
        k = min(first, end - RUN)
        pairs = load_pairs(pixels, upper + k - margin, lower + k - margin, mask)
        store_run(lines, at + k, pairs)
    for i in range(begin + length - end):
        k = i if i < begin else i - begin + end
        column = columns[k]
        lines[at + k] = 0
        if column >= 0:
            pair = np.int32(pixels[upper + column]) | np.int32(pixels[lower + column]) << 16
            lines[at + k] = pair & mask


@inlined
def _write_line(picture: Picture, y: int, lines: Array, at: int, length: int) -> None:
    """Write an extended row to lines[at : at + length]."""
    pixels, rows, columns, margin, values, _ = picture
    run, row = RUN * 4 // lines.itemsize, rows[y]
    begin, end = (margin, margin + values) if values >= run and row >= 0 else (length, length)
    for first in range(begin, end, run):
        k = min(first, end - run)
        store_run(lines, at + k, load_pixels(pixels, row + k - margin, lines))
    for i in range(begin + length - end):
        k = i if i < begin else i - begin + end
        column = columns[k]
        lines[at + k] = pixels[row + column] if row >= 0 and column >= 0 else 0
