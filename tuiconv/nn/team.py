"""Threads that wait close by for the next piece of work, and do it together with the caller."""

import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Condition, Thread

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.waiting import SPINS, changes


@dataclass(eq=False)
class _Shared:
    """What the caller and its helpers tell each other; helpers hold no more than this."""

    turns: npt.NDArray[np.int64]
    """The number of the newest piece of work and, for each helper, of the one it has done."""
    changed: Condition = field(default_factory=Condition)
    work: Callable[[int], None] = lambda member: None
    error: BaseException | None = None
    closed: bool = False

    def wait(self, index: int, value: int) -> None:
        """Until turns[index] is another value: awake at first, then asleep."""
        if not changes(self.turns, index, value, SPINS):
            with self.changed:
                self.changed.wait_for(lambda: self.closed or self.turns[index] != value)

    def announce(self, index: int, value: int) -> None:
        """Set turns[index], and wake those who sleep."""
        with self.changed:
            self.turns[index] = value
            self.changed.notify_all()


class Team:
    """The caller's thread and some helpers; for one caller at a time.

    Args:
        size: how many threads there are with the caller's.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._shared = _Shared(np.zeros(size, np.int64))
        self._helpers: list[Thread] = []
        weakref.finalize(self, _close, self._shared)

    def run(self, work: Callable[[int], None]) -> None:
        """Call `work` with 0, 1, … in as many threads at once, and return when all have done it.

        Raises:
            BaseException: what `work` raised, in whatever thread.
        """
        shared = self._shared
        if self.size > 1 and not self._helpers:
            self._helpers = [
                Thread(target=_help, args=(shared, k), daemon=True, name=f"tuiconv-team-{k}")
                for k in range(1, self.size)
            ]
            for helper in self._helpers:
                helper.start()
        shared.work, shared.error = work, None
        turn = int(shared.turns[0]) + 1
        shared.announce(0, turn)
        try:
            work(0)
        finally:
            for k in range(1, self.size):
                shared.wait(k, turn - 1)
        if shared.error is not None:
            raise shared.error


def _help(shared: _Shared, index: int) -> None:
    turn = 0
    while True:
        shared.wait(0, turn)
        if shared.closed:
            return
        turn += 1
        try:
            shared.work(index)
        except BaseException as error:
            shared.error = error
        shared.announce(index, turn)


def _close(shared: _Shared) -> None:
    shared.closed = True
    with shared.changed:
        shared.changed.notify_all()
