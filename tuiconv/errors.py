"""Errors whose message is meant for the user: one line, no traceback."""

from collections.abc import Collection, Iterable
from typing import ClassVar


class UserError(Exception):
    """Something the user can mend: the message names what is wrong and what is allowed."""

    exit_status: ClassVar[int] = 1
    """What the command line ends with: 1, the work failed."""


class RequestError(UserError, ValueError):
    """A request that cannot be carried out as it was made: a wrong name, size or setting."""

    exit_status: ClassVar[int] = 2


def unknown(what: str, name: str, known: Collection[str]) -> RequestError:
    """The error for a name that is not among those known; it names the nearest of them."""
    return RequestError(
        f'{what} "{name}"; expected one of {", ".join(known)}{nearest(name, known)}'
    )


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean …?` when a known word is near."""
    from difflib import get_close_matches

    close = get_close_matches(word, list(known), 1)
    return f"; did you mean {close[0]}?" if close else ""


def printable(text: str) -> str:
    """The text with a code such as \\x1b for what a terminal would obey, or not show."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
