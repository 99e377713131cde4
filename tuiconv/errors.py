"""Errors whose message is meant for the user: one line, no traceback."""

from typing import ClassVar


class UserError(Exception):
    """Something the user can mend: the message names what is wrong and what is allowed."""

    exit_status: ClassVar[int] = 1
    """What the command line ends with: 1, the work failed."""


class RequestError(UserError, ValueError):
    """A request that cannot be carried out as it was made: a wrong name, size or setting."""

    exit_status: ClassVar[int] = 2
