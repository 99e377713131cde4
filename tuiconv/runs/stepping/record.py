"""How a run has been doing, in a memory that stays bounded for hours."""

from array import array
from bisect import bisect_right
from dataclasses import dataclass

from tuiconv.nn.events import BatchDone, EpochDone, Health
from tuiconv.runs.watch import History

MOST = 4096
"""Batches, and epochs; beyond it every second one is forgotten, again and again."""

FIRST = 10
"""Batches and epochs that are never forgotten."""


@dataclass(frozen=True)
class EpochTested:
    """How the network did on the test images after an epoch."""

    batches: int
    """Learned in the run before."""
    epoch: EpochDone
    health: Health | None
    """None where nobody looked."""


class Record:
    """The batches and epochs so far; of very many every second, fourth, … besides the first few.

    What comes again after going back is passed over: it has the same bits.
    """

    def __init__(self) -> None:
        self._batches: array[int] = array("q")
        """The numbers in the run of the batches that are kept, from 1; what follows is of them."""
        self._at: array[float] = array("d")
        """When they ended, in epochs."""
        self._losses: array[float] = array("d")
        self._accuracies: array[float] = array("d")
        self._stride = 1
        self.tests: list[EpochTested] = []
        """In order."""
        self._tests_stride = 1

    def wants(self, batch: int) -> bool:
        """Whether a batch is one of those that are kept, and new."""
        return is_kept(batch, self._stride) and (not self._batches or batch > self._batches[-1])

    def learned(self, batch: int, at: float, event: BatchDone) -> None:
        """Add a batch that is wanted.

        Args:
            batch: its number in the run, from 1.
            at: when it ended, in epochs from the beginning.
            event: what is told of it.
        """
        self._batches.append(batch)
        self._at.append(at)
        self._losses.append(event.loss)
        self._accuracies.append(event.accuracy)
        if len(self._batches) > MOST:
            self._stride *= 2
            kept = [k for k, n in enumerate(self._batches) if is_kept(n, self._stride)]
            self._batches = array("q", [self._batches[k] for k in kept])
            for curve in (self._at, self._losses, self._accuracies):
                curve[:] = array("d", [curve[k] for k in kept])

    def tested(self, test: EpochTested) -> None:
        """Add an epoch; the last one is always there."""
        if self.tests and test.epoch.epoch <= self.tests[-1].epoch.epoch:
            return
        if self.tests and not is_kept(self.tests[-1].epoch.epoch, self._tests_stride):
            self.tests.pop()
        self.tests.append(test)
        if len(self.tests) > MOST:
            self._tests_stride *= 2
            *others, _ = self.tests
            kept = [each for each in others if is_kept(each.epoch.epoch, self._tests_stride)]
            self.tests = [*kept, test]

    def forget_after(self, batches: int) -> None:
        """Forget what comes after so many batches: it will be something else."""
        kept = bisect_right(self._batches, batches)
        for each in (self._batches, self._at, self._losses, self._accuracies):
            del each[kept:]
        self.tests = self.tests_until(batches)

    def tests_until(self, batches: int) -> list[EpochTested]:
        """The tests after at most so many batches."""
        return self.tests[: bisect_right(self.tests, batches, key=lambda test: test.batches)]

    def history(self, batches: int) -> History:
        """The run up to so many batches, for curves and alerts."""
        count = bisect_right(self._batches, batches)
        tests = self.tests_until(batches)
        return History(
            at=self._at[:count],
            losses=self._losses[:count],
            accuracies=self._accuracies[:count],
            epochs=[test.epoch for test in tests],
            health=next((test.health for test in reversed(tests) if test.health), None),
            forgotten=batches - count,
            every=self._stride,
        )


def is_kept(number: int, stride: int) -> bool:
    """Whether a batch or an epoch of this number, from 1, stays."""
    return number <= FIRST or number % stride == 0
