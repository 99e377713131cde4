"""What is made anew while training goes on, but not so often that training would wait for it."""

from collections.abc import Callable, Hashable
from time import perf_counter
from typing import Final, Generic, TypeVar

SHARE: Final = 20
"""It may take one part of the time in so many."""

Value = TypeVar("Value")


class Sparing(Generic[Value]):
    """The last value that was made, and how long that took."""

    def __init__(self) -> None:
        self._kept: tuple[Hashable, Value] | None = None
        self._at = self._cost = 0.0

    def get(self, what: Hashable, make: Callable[[], Value], *, may_be_old: bool) -> Value:
        """The value; made anew unless the last one will do.

        Args:
            what: another one is always made.
            make: makes it.
            may_be_old: whether the last one of the same will do until some time has passed.
        """
        began = perf_counter()
        is_soon = began - self._at < SHARE * self._cost
        if may_be_old and is_soon and self._kept is not None and self._kept[0] == what:
            return self._kept[1]
        value = make()
        self._kept, self._at = (what, value), perf_counter()
        self._cost = self._at - began
        return value
