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
Limits = tuple[np.floating[Any], np.floating[Any]]
"""One in float32, one in float64; see `filter_bytes`."""


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


class Room(NamedTuple):
    """Memory to work in, of one thread."""

    lines: Array
    """Lines of the picture: for bytes (height + 1) // 2 lines of pairs, where height is that of
    the kernel; else height + 1 lines of floats, and two for the sums of a first pass."""
    offsets: Offsets
    """A place in `lines` for every column of the kernel in every line but those two."""
    doubts: Array
    """Two runs of sums, as floats."""


@exact_kernel
def filter_bytes(
    picture: Picture,
    kernel: Kernel,
    weights: WholeWeights,
    limits: Limits | None,
    room: Room,
    target: Target,
) -> None:
    """Fill rows with Σ weight · pixel, the weights whole numbers times a scale.

    Args:
        picture: of bytes.
        kernel: the weights themselves.
        weights: the kernel as whole numbers.
        limits: how far from a whole number a sum is at most that is not in doubt: as it is first
            computed, and with both parts of the weights. None if none is in doubt.
        room: of pairs.
        target: what is filled.
    """
    height, width = kernel.shape
    out, values, begin, end = target
    lines, offsets, doubts = room
    kept, length = (height + 1) // 2, values + (width - 1) * picture.channels
    for step in range((end - begin) // 2 + kept - 1):
        _write_pairs(picture, begin + 2 * step, lines, step % kept * length, length)
        y = begin + 2 * (step + 1 - kept)
        if y < begin:
            continue
        _find(offsets, 0, step + 1, kept, length, width, picture.channels)
        for first in range(0, values, RUN):
            k = min(first, values - RUN)
            upper, lower = _two_rows_of_pairs(
                lines, k, offsets, weights.pairs, 0, weights.scales[0]
            )
            if weights.levels == 2:
                scale = np.float32(weights.scales[1])
                fine = _two_rows_of_pairs(lines, k, offsets, weights.pairs, 2 * len(offsets), scale)
                upper, lower = add_runs(upper, fine[0]), add_runs(lower, fine[1])
            at = y * values + k
            store_pixels(out, at, upper)
            store_pixels(out, at + values, lower)
            if limits is not None and (doubtful(upper, limits[0]) or doubtful(lower, limits[0])):
                store_run(doubts, 0, upper)
                store_run(doubts, RUN, lower)
                _mend_pairs(kernel, weights, limits, room, k, target, at)


@exact_kernel
def filter_floats(
    picture: Picture,
    kernel: Kernel,
    down: Array,
    across: Array,
    limit: np.floating[Any] | None,
    room: Room,
    target: Target,
) -> None:
    """Fill rows with Σ weight · pixel in the dtype of the weights.

    Args:
        picture: of any dtype.
        kernel: the weights themselves.
        down: weights of a first pass, which sums columns; or none.
        across: weights of a second pass, which sums rows of these sums; or all of the kernel.
        limit: how far from a whole number a sum is at most that is not in doubt, or None.
        room: of the weights' dtype.
        target: what is filled.
    """
    height, width = kernel.shape
    out, values, begin, end = target
    lines, offsets, doubts = room
    run, channels = RUN * 4 // lines.itemsize, picture.channels
    kept, length = height + 1, values + (width - 1) * channels
    between = kept * length
    for e in range(end - begin + height - 1):
        _write_line(picture, begin + e, lines, e % kept * length, length)
        top = e - height  # the line that the upper row meets first
        if top < 0 or top % 2:
            continue
        if len(down):
            _find(offsets, 0, top, kept, length, 1, channels)
            for first in range(0, length, run):
                k = min(first, length - run)
                upper, lower = _two_rows(lines, k, offsets, down, 1)
                store_run(lines, between + k, upper)
                store_run(lines, between + length + k, lower)
            _find(offsets, between, 0, 2, length, width, channels)
        else:
            _find(offsets, 0, top, kept, length, width, channels)
        for first in range(0, values, run):
            k = min(first, values - run)
            upper, lower = _two_rows(lines, k, offsets, across, width)
            at = (begin + top) * values + k
            store_pixels(out, at, upper)
            store_pixels(out, at + values, lower)
            if limit is not None and (doubtful(upper, limit) or doubtful(lower, limit)):
                store_run(doubts, 0, upper)
                store_run(doubts, run, lower)
                _mend(kernel, limit, room, k, length, top, channels, target, at)


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
def _two_rows_of_pairs(
    lines: Offsets, at: int, offsets: Offsets, pairs: Offsets, tap: int, scale: np.float32
) -> tuple[Run, Run]:
    """The sums of two neighbouring rows with the weights from pairs[tap] on, times their scale."""
    sums = (no_sums(lines), no_sums(lines))
    for t in range(len(offsets)):
        taps = (tap + 2 * t, tap + 2 * t + 1)
        sums = add_products(lines, at, offsets, t, pairs, taps, sums)
    return scaled(sums[0], scale), scaled(sums[1], scale)


@exact_kernel
def _mend_pairs(
    kernel: Kernel,
    weights: WholeWeights,
    limits: Limits,
    room: Room,
    at: int,
    target: Target,
    place: int,
) -> None:
    """Compute once more the registers of sums that are in doubt, and store them from `place` on."""
    # called, not inlined: what it needs would drive the sums of the loop out of the registers
    lines, offsets, doubts = room
    for row in range(2):
        for x in range(0, RUN, LANES):
            coarse = load(doubts, row * RUN + x)
            if not doubtful((coarse,), limits[0]):
                continue
            sums = (widen(coarse),)
            if weights.levels == 1:
                sums = add_runs(sums, _fine_sums(lines, at + x, offsets, weights, row))
            if doubtful(sums, limits[1]):
                sums = _exact_of_pairs(lines, at + x, offsets, kernel, row)
            store_pixels(target.pixels, place + row * target.values + x, sums)


@inlined
def _mend(
    kernel: Kernel,
    limit: np.floating[Any],
    room: Room,
    at: int,
    length: int,
    top: int,
    channels: int,
    target: Target,
    place: int,
) -> None:
    """As `_mend_pairs`, of lines of floats."""
    run = RUN * 4 // room.lines.itemsize
    for row in range(2):
        for x in range(0, run, LANES):
            if doubtful((load(room.doubts, row * run + x),), limit):
                sums = _exact(room.lines, at + x, length, top + row, kernel, channels)
                store_pixels(target.pixels, place + row * target.values + x, sums)


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
def _exact(lines: Array, at: int, length: int, top: int, kernel: Kernel, channels: int) -> Run:
    """As `_exact_of_pairs`, of lines of floats."""
    height, width = kernel.shape
    total = every(0.0)
    for u in range(height):
        first = at + (top + u) % (height + 1) * length
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
