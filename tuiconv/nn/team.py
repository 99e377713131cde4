"""Threads that wait close by for the next piece of work, and do it together with the caller."""

import os
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Condition, Thread

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.waiting import SPINS, becomes


@dataclass(eq=False)
class _Shared:
    """What the caller and its helpers tell each other; helpers hold no more than this."""

    turns: npt.NDArray[np.int64]
    """The number of the newest piece of work and, for each helper, of the one it has done."""
    changed: Condition = field(default_factory=Condition)
    work: Callable[[int], None] = lambda member: None
    members: int = 1
    error: BaseException | None = None
    closed: bool = False

    def wait(self, index: int, turn: int) -> None:
        """Until turns[index] is this turn: awake at first, then asleep."""
        if not becomes(self.turns, index, turn, SPINS):
            with self.changed:
                self.changed.wait_for(lambda: self.closed or self.turns[index] == turn)

    def announce(self, index: int, value: int) -> None:
        """Set turns[index], and wake those who sleep."""
        with self.changed:
            self.turns[index] = value
            self.changed.notify_all()


MOST = 64
"""Members of a team, however many are asked for."""


class Team:
    """The caller's thread and some helpers; for one caller at a time.

    Args:
        size: how many threads there are with the caller's, at most `MOST`.
    """

    def __init__(self, size: int) -> None:
        self.size = min(size, MOST)
        self._shared = _Shared(np.zeros(self.size, np.int64))
        self._helpers: list[Thread] = []
        weakref.finalize(self, _close, self._shared)

    def run(self, work: Callable[[int], None], members: int | None = None) -> None:
        """Call `work` with 0, 1, … in as many threads at once, and return when all have done it.

        Args:
            work: what to do.
            members: how many threads are enough; None for all.

        Raises:
            BaseException: what `work` raised, in whatever thread.
        """
        shared = self._shared
        members = min(members or self.size, self.size)
        while len(self._helpers) < members - 1:
            arguments = (shared, len(self._helpers) + 1, int(shared.turns[0]))
            helper = Thread(target=_help, args=arguments, daemon=True, name="tuiconv-helper")
            self._helpers.append(helper)
            helper.start()
        shared.work, shared.error = work, None
        shared.members = members
        turn = int(shared.turns[0]) + 1
        shared.announce(0, turn)
        try:
            work(0)
        finally:
            for k in range(1, len(self._helpers) + 1):
                shared.wait(k, turn)
        if shared.error is not None:
            raise shared.error


def _help(shared: _Shared, index: int, turn: int) -> None:
    while True:
        turn += 1
        shared.wait(0, turn)
        if shared.closed:
            return
        try:
            if index < shared.members:
                shared.work(index)
        except BaseException as error:
            shared.error = error
        shared.announce(index, turn)


def _close(shared: _Shared) -> None:
    shared.closed = True
    with shared.changed:
        shared.changed.notify_all()


def usable_cores() -> int:
    """The processors this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
