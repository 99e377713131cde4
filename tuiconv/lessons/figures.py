"""Numbers as they are read: whole ones in full, shares that never round to all or none."""

import math
from typing import Final

DIGITS: Final = 6
"""That are shown of a number which is not whole, at least."""


def figure(value: float) -> str:
    """A number with commas at the thousands: whole ones in full, others with at least six digits.

    What differs from a whole number by less than 10⁻⁹ is one: that is noise of adding up.
    """
    if abs(value) >= 1e15:
        return minus(f"{value:.{DIGITS}g}")
    if abs(value - round(value)) < 1e-9:
        return minus(f"{round(value):,}")
    before = math.floor(math.log10(abs(value))) + 1
    places = max(DIGITS - before, 1)
    return minus(f"{value:,.{places}f}".rstrip("0").removesuffix("."))


def minus(text: str) -> str:
    """The text with minus signs for hyphens, which are not always read aloud."""
    return text.replace("-", "−")


def share(part: int, whole: int) -> str:
    """So many of so many in per cent: two digits, and 0% or 100% only if it is none or all.

    3 of 1,000,000 are 0.0003%, and 999,999 are 99.9999%.
    """
    if part in (0, whole):
        return "0%" if part == 0 else "100%"
    percent = 100 * part / whole
    places = max(0, 1 - math.floor(math.log10(min(percent, 100 - percent))))
    text = f"{percent:.{places}f}"
    return (text.rstrip("0").removesuffix(".") if places else text) + "%"
