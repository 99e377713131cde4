"""The one thread that computes: the UI thread only asks and draws."""

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Protocol, TypeAlias

from tuiconv.errors import UserError

Job: TypeAlias = Callable[[], None]


class Work(Protocol):
    """Something that goes on in small steps whenever no job waits, such as training."""

    @property
    def going(self) -> bool:
        """Whether there is a step to take now."""

    def advance(self) -> None:
        """Take one step, short enough that a job can wait for it."""


class Compute(Thread):
    """Runs jobs in the order they are submitted, and in between goes on with its work.

    It is a daemon, so that quitting never waits for it; `stopped` tells work in hand to end.

    Args:
        failed: told, in this thread, of an error that a job or the work raised.
    """

    def __init__(self, failed: Callable[[Exception], object]) -> None:
        super().__init__(name="tuiconv-compute", daemon=True)
        self.work: Work | None = None
        """What goes on between jobs; only jobs may set it."""
        self.stopped = Event()
        self._jobs: SimpleQueue[Job] = SimpleQueue()
        self._failed = failed
        self._promised = self._kept = 0

    def submit(self, job: Job) -> None:
        """Have `job` run in this thread, after the step in hand and the jobs before it."""
        self._jobs.put(job)

    def promise(self, job: Job) -> None:
        """As `submit`, for what is done also if the thread is to stop meanwhile: writing a file.

        To be called in one thread only.
        """

        def keep() -> None:
            try:
                job()
            finally:
                self._kept += 1

        self._promised += 1
        self.submit(keep)

    @property
    def owes(self) -> bool:
        """Whether something promised is still to be done."""
        return self._kept < self._promised

    def stop(self) -> None:
        """End after the step in hand, and all that is promised."""
        self.stopped.set()
        self.submit(lambda: None)

    def run(self) -> None:
        """The thread's life."""
        while self.owes or not self.stopped.is_set():
            going = not self.stopped.is_set() and self.work is not None and self.work.going
            try:
                job = self._jobs.get(block=not going)
            except Empty:
                assert self.work is not None
                job = self.work.advance
            try:
                job()
            except Exception as error:
                if self.stopped.is_set():
                    continue  # nobody is left to tell, which may be the very error
                self._failed(error)
                if not isinstance(error, UserError | OSError):
                    # A fault of the program: the UI thread must learn of it, and nothing goes on.
                    self.stopped.set()
                    return
