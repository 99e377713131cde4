"""Work that takes long, done in a thread of its own while previews are shown."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock, Thread
from typing import Final, Generic, TypeVar

KEPT: Final = 2
"""Results that are kept, the last ones."""

T = TypeVar("T")


class Behind(Generic[T]):
    """Does one job after the other; of those that wait, only the last is still wanted.

    Its thread is a daemon and ends when nothing is left to do.

    Args:
        ready: called, in that thread, when there is another result.
    """

    def __init__(self, ready: Callable[[], object]) -> None:
        self._ready = ready
        self._lock = Lock()
        self._known: dict[Hashable, Future[T]] = {}
        self._next: tuple[Callable[[], T], Future[T]] | None = None
        self._works = False

    def ask(self, key: Hashable, job: Callable[[], T]) -> Future[T]:
        """The result of a job that is known by a key, now or later."""
        with self._lock:
            if key in self._known and not self._known[key].cancelled():
                return self._known[key]
            future: Future[T] = Future()
            if self._next is not None:
                self._next[1].cancel()
            self._next = job, future
            self._known = {**self._known, key: future}
            for old in [*self._known][:-KEPT]:
                del self._known[old]
            if not self._works:
                self._works = True
                Thread(target=self._run, name="tuiconv-behind", daemon=True).start()
            return future

    def _run(self) -> None:
        while (waiting := self._take()) is not None:
            job, future = waiting
            try:
                future.set_result(job())
            except BaseException as error:  # whoever asks for the result is told
                future.set_exception(error)
            self._ready()

    def _take(self) -> tuple[Callable[[], T], Future[T]] | None:
        with self._lock:
            waiting, self._next = self._next, None
            self._works = waiting is not None
            if waiting is not None:
                waiting[1].set_running_or_notify_cancel()
            return waiting
