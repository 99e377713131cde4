"""The views that were looked at before, to go back to."""

from dataclasses import dataclass
from typing import Final, Generic, TypeVar

V = TypeVar("V")

MOST: Final = 500
"""Views before this one that are kept."""


@dataclass(frozen=True)
class History(Generic[V]):
    """A view, those before it, and those that one has come back from, the next one last.

    It never changes: every way from it gives another one.
    """

    now: V
    past: tuple[V, ...] = ()
    future: tuple[V, ...] = ()

    def on_to(self, view: V) -> "History[V]":
        """On to another view; what one had come back from is forgotten."""
        return self if view == self.now else History(view, (*self.past, self.now)[-MOST:])

    def back(self) -> "History[V]":
        """To the view before, where there is one."""
        if not self.past:
            return self
        return History(self.past[-1], self.past[:-1], (*self.future, self.now))

    def forward(self) -> "History[V]":
        """To the view that one came back from last, where there is one."""
        if not self.future:
            return self
        return History(self.future[-1], (*self.past, self.now), self.future[:-1])
