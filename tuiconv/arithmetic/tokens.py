"""The words, numbers and signs of the layer-pattern language, and errors that point at them."""

import re
from dataclasses import dataclass

from tuiconv.arithmetic.specs import SpecError
from tuiconv.errors import printable

TOKEN = re.compile(r"->|→|[^\W\d]\w*|\d+\.\d+|\d+|[-()\[\],=*|:?]")

SKIPPED = re.compile(r"(?:\s|#[^\n]*)*")
"""White space and comments, which go to the end of the line."""

LONGEST_QUOTED = 40
"""Characters of a word or number that a message shows."""


@dataclass(frozen=True)
class Token:
    """A word, number or sign of the text and where it stands (from 0)."""

    text: str
    start: int


def tokens(text: str) -> list[Token]:
    """Cut the text into words, numbers and signs."""
    found, position = [], 0
    while (position := skip(text, position)) < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            wrong = Token(text[position], position)
            raise error_at(text, wrong, 'expected a layer, a number, "->" or "["')
        found.append(Token(match[0], position))
        position = match.end()
    return found


def skip(text: str, position: int) -> int:
    """Where white space and comments from `position` on end."""
    match = SKIPPED.match(text, position)
    return match.end() if match else position


def error_at(text: str, token: Token, expected: str) -> SpecError:
    """The error that points at a character of the text: what was expected, what is there.

    Of a text of several lines it tells the line too; characters are counted in it, from 1.
    """
    quoted = token.text[:LONGEST_QUOTED] + "…" * (len(token.text) > LONGEST_QUOTED)
    found = f'"{printable(quoted)}"' if token.text else "the end"
    before = " ".join(text[max(0, token.start - 20) : token.start].split())
    after = f' after "{printable(before)}"' if before else ""
    lines_before = text.count("\n", 0, token.start)
    line = f"line {lines_before + 1}, " if "\n" in text.rstrip() else ""
    place = token.start - text.rfind("\n", 0, token.start)
    error = SpecError(f"{line}character {place}{after}: {expected}; found {found}")
    error.at = token.start
    return error
