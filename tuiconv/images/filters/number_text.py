"""Numbers as they are written in filters and kernels: `2`, `-0.5`, `1e-3` or `1/9`."""

import math
import re
from typing import Final

from tuiconv.errors import printable

_PLAIN: Final = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"

NUMBER: Final = rf"[-+−]?{_PLAIN}(?:/{_PLAIN})?"
"""What a number looks like, as a regular expression."""

LONGEST_QUOTED: Final = 40
"""Characters of a word that a message shows."""


def number_in(word: str) -> float | None:
    """The number that a word writes; None if it is no finite number, such as nan or 1/0."""
    if re.fullmatch(NUMBER, word) is None:
        return None
    above, _, below = word.replace("−", "-").partition("/")
    divisor = float(below or 1)
    value = float(above) / divisor if divisor else math.inf
    return value if math.isfinite(value) else None


def number_text(value: float) -> str:
    """The shortest text that `number_in` reads as this number: `2` for 2.0."""
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def quoted(text: str, most: int = LONGEST_QUOTED) -> str:
    """A text in quotes, for a message of one line: cut, and without signs a terminal obeys."""
    cut = text if len(text) <= most else text[:most] + "…"
    return f'"{printable(cut)}"'
