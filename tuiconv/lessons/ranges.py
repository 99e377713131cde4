"""What shares a colour scale, as a view says it: a word, or the ends of the scale."""

from math import isfinite, nan
from typing import Final

from tuiconv.errors import RequestError
from tuiconv.lessons.scene import Limits
from tuiconv.lessons.view import RANGES

DIGITS: Final = 9
"""With so many, every float32 is written so that it is read back as the same."""


def frozen_range(colours: str) -> Limits | None:
    """The limits of a range LOW:HIGH; None for one of the words.

    Raises:
        RequestError: it is neither.
    """
    if colours in RANGES:
        return None
    text, _, end = colours.partition(":")
    try:
        low, high = float(text), float(end)
    except ValueError:
        low = high = nan
    if not (isfinite(low) and isfinite(high) and low < high):
        raise RequestError(
            f'range "{colours}"; expected {", ".join(RANGES)}, or LOW:HIGH with LOW below HIGH'
        )
    return low, high


def next_range(colours: str, now: Limits) -> str:
    """The range after this one: unit, layer, global, then frozen at the limits there are now."""
    if colours not in RANGES:
        return RANGES[0]
    place = RANGES.index(colours) + 1
    return RANGES[place] if place < len(RANGES) else ":".join(f"{end:.{DIGITS}g}" for end in now)
