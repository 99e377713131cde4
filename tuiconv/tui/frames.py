"""How often a scene that moves is drawn: it may take only a small share of the time."""

from dataclasses import dataclass, field
from time import perf_counter, thread_time
from typing import Final

SHARE: Final = 19
"""A scene that moves is made and drawn for at most one part of the time in this many and one.

Training has all cores: while one of them draws, the others wait at the end of the batch.
"""

SLOWEST: Final = 1.0
"""Seconds that drawing puts the next scene off at most: keys and mouse take time there as well."""


@dataclass(frozen=True)
class Frame:
    """A scene that has come to be drawn now, in this thread."""

    took: float
    """Seconds that it took to make."""
    came: float = field(default_factory=perf_counter)
    worked: float = field(default_factory=thread_time)
    """Seconds that this thread had worked before."""

    def rest(self) -> float:
        """Seconds until the next may be asked for."""
        drawing = min(SHARE * (thread_time() - self.worked), SLOWEST)
        return SHARE * self.took + drawing - (perf_counter() - self.came)
