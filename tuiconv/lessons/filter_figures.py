"""The numbers that belong to a filtered picture: the sums, what did not fit, what changed."""

from typing import Final

import numpy as np

from tuiconv.images.apply import Filtered
from tuiconv.images.pictures import Picture
from tuiconv.images.ranges import Scale
from tuiconv.images.statistics import Statistics
from tuiconv.lessons.figures import figure, share
from tuiconv.lessons.planes import BAND

OF_ALL_FRAMES: Final = "numbers of all frames; the first is shown"


def result_lines(before: Picture, filtered: Filtered) -> tuple[str, ...]:
    """The sums, how many of them did not fit, and what changed besides the numbers."""
    after, sums = filtered.picture, filtered.statistics
    lines = [
        f"sums: {figure(sums.minimum)} to {figure(sums.maximum)}, mean {figure(sums.mean)}",
        *too_small_or_large(filtered),
        clipped(sums),
        *black_and_white(filtered.scale, sums),
    ]
    if (before.height, before.width) != (after.height, after.width):
        lines.append(f"size: {before.width}×{before.height} → {after.width}×{after.height}")
    if before.mode != after.mode:
        lines.append(f"mode: {before.mode} → {after.mode}")
    if is_first_frame(filtered):
        lines.append(OF_ALL_FRAMES)
    return tuple(lines)


def is_first_frame(filtered: Filtered) -> bool:
    """Whether the numbers are those of more frames than this one."""
    return filtered.statistics.pixels > filtered.picture.height * filtered.picture.width


def too_small_or_large(filtered: Filtered) -> tuple[str, str]:
    """How many numbers did not fit, and what they became."""
    sums, most = filtered.statistics, filtered.scale.most
    return (
        f"{sums.below:,} of {sums.numbers:,} numbers below 0 became 0",
        f"{sums.above:,} above {most:,} became {most:,}",
    )


def clipped(sums: Statistics) -> str:
    """How many pixels did not fit, in words."""
    of_all = share(sums.clipped_pixels, sums.pixels)
    return f"clipped: {sums.clipped_pixels:,} of {sums.pixels:,} pixels ({of_all})"


def black_and_white(how: Scale, sums: Statistics) -> tuple[str, ...]:
    """Which sums are stored as black, white and, if the scale has one, the middle between them.

    Nothing is said of sums that are stored as they are.
    """
    if how.magnitude:
        return (f"stored without sign: 0 is black, {how.most:,} white",)
    if (how.factor, how.offset) == (1.0, 0.0):
        return ()
    if how.factor == 0:
        return (
            f"stored: {figure(sums.minimum)} as {round(how.offset):,}, as there is only one sum",
        )
    middle = (how.most + 1) / 2
    ends = (1, round(middle), how.most) if how.offset == middle else (0, how.most)
    meant = [f"{figure((end - how.offset) / how.factor)} as {end:,}" for end in ends]
    return (f"stored: {', '.join(meant)}",)


def difference_lines(before: Picture, after: Picture) -> tuple[str, ...]:
    """Smallest, largest and mean change of a stored number, and how many pixels changed.

    Both have the same size and colours.
    """
    lows, highs, total, changed = [], [], 0, 0
    colours, step = before.colours, max(1, BAND // (before.width * before.colours))
    for first in range(0, before.height, step):
        new, old = (
            each.pixels[first : first + step].reshape(-1, len(each.channel_names))[:, :colours]
            for each in (after, before)
        )
        changes = new.astype(np.int64) - old
        lows.append(int(changes.min()))
        highs.append(int(changes.max()))
        total += int(changes.sum())
        changed += int(np.count_nonzero(changes.any(axis=1)))
    pixels = before.height * before.width
    return (
        f"after − before: {figure(min(lows))} to {figure(max(highs))}, "
        f"mean {figure(total / (pixels * colours))}",
        f"changed: {changed:,} of {pixels:,} pixels ({share(changed, pixels)})",
    )
