"""Threads that wait close by for the next piece of work, and do it together with the caller."""

import os
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Condition, Thread
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.waiting import SPINS, reaches

Stage: TypeAlias = Callable[[int], None]
"""A piece of work; called with the number of the member that does it."""

MOST = 64
"""Members of a team, however many are asked for."""
STEP = 1 << 16
"""More than a job ever has stages: job n counts its stages from n · STEP."""


@dataclass(frozen=True)
class _Job:
    number: int
    members: int
    stages: tuple[Stage, ...]


@dataclass(eq=False)
class _Shared:
    """What the members tell each other; helpers hold no more than this."""

    turns: npt.NDArray[np.int64]
    """The number of the newest job and, for each member, how far it has come."""
    job: _Job = _Job(0, 1, ())
    changed: Condition = field(default_factory=Condition)
    asleep: int = 0
    error: BaseException | None = None
    closed: bool = False

    def wait(self, index: int, turn: int) -> None:
        """Until turns[index] has come so far: awake at first, then asleep."""
        if reaches(self.turns, index, turn, SPINS):
            return
        with self.changed:
            self.asleep += 1
            self.changed.wait_for(lambda: self.closed or self.turns[index] >= turn)
            self.asleep -= 1

    def announce(self, index: int, turn: int) -> None:
        """Set turns[index], and wake those who sleep."""
        self.turns[index] = turn
        if self.asleep:
            with self.changed:
                self.changed.notify_all()

    def take_part(self, job: _Job, member: int) -> None:
        """Do all stages of a job; nobody begins a stage before all have done the one before."""
        for turn, stage in enumerate(job.stages, start=job.number * STEP + 1):
            if self.error is None:
                try:
                    stage(member)
                except BaseException as error:
                    self.error = error
            self.announce(1 + member, turn)
            for other in range(job.members):
                self.wait(1 + other, turn)


class Team:
    """The caller's thread and some helpers; for one caller at a time.

    Args:
        size: how many threads there are with the caller's, at most `MOST`.
    """

    def __init__(self, size: int) -> None:
        self.size = min(size, MOST)
        self._shared = _Shared(np.zeros(1 + self.size, np.int64))
        self._helpers: list[Thread] = []
        weakref.finalize(self, _close, self._shared)

    def run(self, *stages: Stage, members: int | None = None) -> None:
        """Call each stage with 0, 1, … in as many threads at once, one stage after the other.

        Args:
            stages: what to do.
            members: how many threads are enough; None for all.

        Raises:
            BaseException: what a stage raised, in whatever thread; later stages are left out.
        """
        shared = self._shared
        members = min(members or self.size, self.size)
        while len(self._helpers) < members - 1:
            member = len(self._helpers) + 1
            helper = Thread(target=_help, args=(shared, member, shared.job.number), daemon=True)
            self._helpers.append(helper)
            helper.start()
        shared.error = None
        shared.job = _Job(shared.job.number + 1, members, stages)
        shared.announce(0, shared.job.number)
        shared.take_part(shared.job, 0)
        if shared.error is not None:
            raise shared.error


def _help(shared: _Shared, member: int, last: int) -> None:
    while True:
        shared.wait(0, last + 1)
        if shared.closed:
            return
        job = shared.job
        last = job.number
        if member < job.members:
            shared.take_part(job, member)


def _close(shared: _Shared) -> None:
    shared.closed = True
    with shared.changed:
        shared.changed.notify_all()


def usable_cores() -> int:
    """The processors this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
