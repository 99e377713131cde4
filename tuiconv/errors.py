"""Errors whose message is meant for the user: one line, no traceback."""

from collections.abc import Collection
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
    from difflib import get_close_matches

    close = get_close_matches(name, known, 1)
    hint = f"; did you mean {close[0]}?" if close else ""
    return RequestError(f'{what} "{name}"; expected one of {", ".join(known)}{hint}')
