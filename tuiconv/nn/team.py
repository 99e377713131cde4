"""Threads that wait close by for the next piece of work, and do it together with the caller.

To wake a thread, or to take turns at Python's lock, costs as much as a small batch. So members wait
for each other within their lists of kernel calls: the caller's list begins by telling the others
that there is work, and theirs end by waiting, still without the lock, for the next.
"""

import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import BrokenBarrierError, Condition, Lock, Thread
from time import sleep
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.program import Program
from tuiconv_kernels.waiting import BROKEN, NAP, SPINS, Turns, arrive, linger, meet
from tuiconv_kernels.weighted import Call

Stage: TypeAlias = Sequence[Sequence[Call]]
"""For each member, the calls that it makes."""

MOST = 64
"""Members of a team, however many are asked for."""


class Team:
    """The caller's thread and some helpers.

    Args:
        size: how many threads there are with the caller's, at most `MOST`.
    """

    def __init__(self, size: int) -> None:
        self.size = min(size, MOST)
        self.busy = Lock()
        """Held by the one thread that changes or runs a job."""
        self.shared = Shared(np.zeros(self.size, np.int64))
        self._helpers: dict[int, Thread] = {}
        weakref.finalize(self, self.shared.close)

    def gather(self, members: int) -> None:
        """See to it that there are so many members, the caller included."""
        for member in range(1, members):
            helper = self._helpers.get(member)
            if helper is None or not helper.is_alive():  # as after a fork
                seen = self.shared.newest[0]
                helper = Thread(target=help_out, args=(self.shared, member, seen), daemon=True)
                helper.start()
                self._helpers[member] = helper

    def run(self, *stages: Callable[[int], None], members: int | None = None) -> None:
        """Call each stage with 0, 1, … in as many threads at once, one stage after the other.

        Args:
            stages: what to do.
            members: how many threads are enough; None for all.

        Raises:
            BaseException: what a stage raised, in whatever thread; later stages are left out.
        """
        members = min(members or self.size, self.size)
        calls = [[[(stage, (member,))] for member in range(members)] for stage in stages]
        with self.busy:
            Job(self, calls, np.float32).run()


@dataclass(eq=False)
class Shared:
    """What the members of a team tell each other; idle helpers hold no more than this."""

    jobs: Turns
    """How many jobs the caller has begun and, for each helper, how many it has seen."""
    newest: "tuple[int, Job | None]" = (0, None)
    """The first of `jobs`, but a little earlier; and the job, while it is being done."""
    closed: bool = False
    _asleep: int = 0
    _changed: Condition = field(default_factory=Condition)

    def sleep(self, seen: int) -> None:
        """Until there is another job than those seen, or there will be none; a minute at most."""
        with self._changed:
            self._asleep += 1
            self._changed.wait_for(lambda: self.closed or self.newest[0] > seen, timeout=60)
            self._asleep -= 1

    def begin(self, job: "Job") -> None:
        """Put a job before all, and wake those who sleep; those awake look at `jobs`."""
        self.newest = self.newest[0] + 1, job
        self.wake()

    def wake(self) -> None:
        """Wake all who sleep."""
        if self._asleep:
            with self._changed:
                self._changed.notify_all()

    def end(self) -> None:
        """Forget the job."""
        self.newest = self.newest[0], None

    def close(self) -> None:
        """Let the helpers end."""
        self.closed = True
        self.wake()


class Job:
    """Stages of work for some members of a team, ready to be done any number of times.

    Nobody begins a stage before all have done the one before. Who changes or runs a job holds the
    team's `busy`.

    Args:
        team: whose members do it.
        stages: one after the other; each has calls for the same number of members.
        dtype: of the arrays in the calls.
    """

    def __init__(self, team: Team, stages: Sequence[Stage], dtype: npt.DTypeLike) -> None:
        self._team, self._shared = team, team.shared
        self._turns = np.zeros(len(stages[0]), np.int64)
        """How many stages each member has done in this run."""
        self._stages = len(stages)
        self._errors: list[BaseException] = []
        self._programs = [
            Program(self._with_waiting(member, [stage[member] for stage in stages]), dtype)
            for member in range(len(self._turns))
        ]

    def _with_waiting(self, member: int, stages: Sequence[Sequence[Call]]) -> list[Call]:
        if len(self._turns) == 1:
            return [call for calls in stages for call in calls]
        jobs, here = self._shared.jobs, (self._turns, member)
        calls: list[Call] = [] if member else [(arrive, (jobs, 0))]
        for stage in stages:
            calls += [*stage, (arrive, here), (meet, here)]
        if member:
            # only the caller needs to know that all have done the last
            calls[-1] = (linger, (jobs, 0, member, SPINS))
        return calls

    def change(self, member: int, call: int, argument: int, value: npt.NDArray[Any]) -> None:
        """Give a call of a member's first stage another array of the same kind."""
        first = 1 if member == 0 and len(self._turns) > 1 else 0
        self._programs[member].change(first + call, argument, value)

    def run(self) -> None:
        """Do all stages, together.

        Raises:
            BaseException: what a call raised, in whatever thread; later stages are left out.
            RuntimeError: an earlier run was interrupted while it waited for the helpers to stop.
        """
        if len(self._turns) == 1:
            self._programs[0].run()
            return
        if self._is_at_work():
            raise RuntimeError("this job was interrupted, and its threads may still be at work")
        self._team.gather(len(self._turns))
        self._turns[:], self._errors = 0, []
        try:
            self._shared.begin(self)
            self._programs[0].run()
        except BaseException as error:
            self._fail(0, error)
        while self._errors and self._is_at_work():
            try:
                sleep(NAP)
            except KeyboardInterrupt:  # it has to wait until the helpers have stopped
                continue
        self._shared.end()
        if self._errors:
            raise self._errors[0]

    def _is_at_work(self) -> bool:
        """Whether somebody has the job and has not done all of it."""
        return self._shared.newest[1] is self and bool((self._turns < self._stages).any())

    def take_part(self, member: int) -> None:
        """Do a helper's share."""
        if member < len(self._turns):
            try:
                self._programs[member].run()
            except BaseException as error:
                self._fail(member, error)

    def _fail(self, member: int, error: BaseException) -> None:
        """Keep the error for the caller, and let nobody wait for this member any more."""
        if not isinstance(error, BrokenBarrierError):
            self._errors.append(error)
        if member == 0:  # it may not have come to tell the others that there is work
            self._shared.jobs[0] = self._shared.newest[0]
            self._shared.wake()
        self._turns[member] = BROKEN


def help_out(shared: Shared, member: int, seen: int) -> None:
    """Take part in every job that begins after those seen, until the team is closed."""
    while not shared.closed:
        if shared.newest[0] == seen:
            shared.sleep(seen)
            continue
        seen, job = shared.newest
        shared.jobs[member] = seen
        if job is not None:
            job.take_part(member)
        del job  # and with it the team, which would never end
