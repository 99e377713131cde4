"""A run of training under a learner's hands."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event as CancelToken
from time import perf_counter
from typing import Literal, TypeAlias

from tuiconv.errors import RequestError
from tuiconv.nn.running import TrainingError
from tuiconv.runs.settings import Settings
from tuiconv.runs.stepping.apart import Apart, InHand
from tuiconv.runs.stepping.changes import Change
from tuiconv.runs.stepping.course import Course
from tuiconv.runs.stepping.operations import operations_of

Grain: TypeAlias = Literal["operation", "batch", "epoch"]
"""How far a step goes."""

AT_ONCE = 0.004
"""Seconds of training that `advance` does, unless a batch takes longer."""

SOON = 0.1
"""Seconds after which going back goes on by playing, so that it can be seen and stopped."""


@dataclass(frozen=True)
class Position:
    """Where a run is."""

    batches: int
    """How many are learned since the beginning."""
    epoch: int
    """The one in hand, from 1."""
    batch: int
    """How many batches of it are learned; when all are, the test comes next."""
    of: int
    """How many batches it has."""
    operation: int | None
    """Which of the `operations` was done last on the batch in hand; None between two batches."""
    furthest: int
    """How many batches had been learned before one went back."""


class Stepper(Course):
    """A run that goes on by operations, batches and epochs, or plays by itself, and goes back.

    It belongs to one thread; as `compute.Work` it plays between that thread's jobs. Arguments and
    errors are those of `Course`.
    """

    def __init__(
        self,
        settings: Settings,
        cancel: CancelToken | None = None,
        changes: Sequence[Change] = (),
        earlier: Course | None = None,
    ) -> None:
        super().__init__(settings, cancel, changes, earlier)
        self.operations = operations_of(self.trainer)
        """What learning a batch consists of, in order; the last is the update."""
        self.playing = False
        """Whether it goes on by itself; may be set."""
        self.grain: Grain = "batch"
        """Of the last step: what `back` undoes one of, and `forward` does again."""
        self._stop: tuple[int | None, int | None] = (None, None)
        """After which epoch and after how many batches in all it stops playing."""
        self._hands: list[InHand] = []
        """The batch in hand after each of the operations that are done."""
        self._apart: Apart | None = None
        self._operated: tuple[int, int] = (0, 0)
        """Before one went back: batches learned, and operations done on the next."""
        self._pace = math.inf
        """Seconds that a batch takes, as far as that is known."""

    @property
    def position(self) -> Position:
        """Where the run is."""
        progress = self.run.progress
        done = len(self._hands) - 1 if self._hands else None
        return Position(
            batches=self.batches,
            epoch=progress.completed + 1,
            batch=len(progress.scores),
            of=self.run.batches,
            operation=done,
            furthest=self.furthest,
        )

    @property
    def in_hand(self) -> InHand | None:
        """The batch that is taken apart, as far as it is; None between two batches."""
        return self._hands[-1] if self._hands else None

    @property
    def going(self) -> bool:
        """Whether it goes on by itself."""
        return self.playing and not self.cancel.is_set()

    def advance(self) -> None:
        """Learn for some milliseconds or, after an epoch's last batch, read some test images.

        Raises:
            TrainingError: training has diverged; it plays no more.
        """
        try:
            self._check()
            self._let_go()
            if self.run.is_epoch_over:
                self._test()
            else:
                self._learn_some()
            if not self.run.is_epoch_over:
                self._arrive()
        except TrainingError:
            self.pause()
            raise
        epoch, batches = self._stop
        is_there = self.batches == batches and not self.run.is_epoch_over
        if is_there or self.run.progress.completed == epoch:
            self.pause()

    def _learn_some(self) -> None:
        """Learn as many batches as a key can wait for, up to the next place to stop at."""
        stops = [change.batches for change in self.changes] + [self._stop[1] or 0]
        left = self.run.batches - len(self.run.progress.scores)
        ahead = [stop - self.batches for stop in stops if stop > self.batches]
        count = min(left, max(1, int(AT_ONCE / self._pace)), *ahead)
        began = perf_counter()
        for _ in range(count - 1):
            self._learn()
        self._remember()
        self._learn()
        self._pace = (perf_counter() - began) / count

    def pause(self) -> None:
        """Play no more."""
        self.playing, self._stop = False, (None, None)

    def step(self, grain: Grain) -> None:
        """Go on by one operation or one batch; or begin to play up to the end of the epoch.

        After an epoch's last batch all test images are read.

        Raises:
            TrainingError: training has diverged.
        """
        self.pause()
        self.grain = grain
        self._check()
        if grain == "epoch":
            self.playing, self._stop = True, (self.run.progress.completed + 1, None)
        elif grain == "operation":
            self._operate()
        else:
            self._let_go()
            self._one_batch(keep=True)

    def back(self) -> None:
        """Undo one step of the last grain, if that is within reach; so also by whole epochs.

        If the nearest snapshot is far, it begins to play from there.
        """
        self.pause()
        if not self.can_go_back:
            return
        if self._hands:
            self._hands = self._hands[:-1] if self.grain == "operation" else []
        elif self.grain == "epoch":
            begun = len(self.run.progress.scores)
            before = self.last.batches if self.last is not None else 0
            self._undo(begun or before)
        elif self.grain == "operation":
            self.go_to(self.batches - 1, len(self.operations) - 2)
        else:
            self._undo(1)

    def _undo(self, batches: int) -> None:
        """Go back by so many, as far as that is within reach."""
        place = max(self.batches - batches, self.reach)
        self._repeat(place, SOON)
        if self.batches < place:
            self.playing, self._stop = True, (None, place)

    @property
    def to_repeat(self) -> int:
        """How many batches it plays yet to be where one goes back to."""
        epoch, batches = self._stop
        return 0 if epoch is not None or batches is None else batches - self.batches

    @property
    def can_go_back(self) -> bool:
        """Whether there is a step to undo within reach."""
        return bool(self._hands) or self.batches > self.reach

    def forward(self) -> None:
        """Take a step of the last grain again, up to where one had been before going back.

        Raises:
            TrainingError: training has diverged.
        """
        if not self.can_go_forward:
            return
        self.step(self.grain)
        if self.grain == "epoch":
            self._stop = self._stop[0], self.furthest

    @property
    def can_go_forward(self) -> bool:
        """Whether one has been further."""
        return (self.batches, len(self._hands)) < max(self._operated, (self.furthest, 0))

    def go_to(self, batches: int, operation: int | None = None) -> None:
        """Be where so many batches are learned, and some operations are done on the next.

        Args:
            batches: since the beginning, no less than `reach`.
            operation: the last one that is done, a place in `operations`; None for none.

        Raises:
            RequestError: that is too far back, or there is no such operation before the update.
            TrainingError: training diverged on the way.
        """
        if operation is not None and not 0 <= operation < len(self.operations) - 1:
            most = len(self.operations) - 2
            raise RequestError(f"operation {operation}; expected 0 to {most}, before the update")
        self.pause()
        self._let_go()
        super().go_to(batches)
        for _ in range(0 if operation is None else operation + 1):
            self._operate()

    def change(self, name: str, value: str | float) -> None:
        if self.to_repeat:  # where one was going back to, it will be another run
            self.pause()
        if name in ("optimizer", "batch_size"):  # there will be other coins, or another batch
            self._let_go()
        super().change(name, value)
        self._operated = (self.batches, len(self._hands))

    def run_settings(self) -> Settings:
        """The settings of a run to the end of the epoch in hand, as a run file can have them.

        They are those of now: what was changed on the way cannot be among them.
        """
        progress = self.run.progress
        epochs = max(1, progress.completed + (len(progress.scores) > 0))
        if self.settings.schedule.name != "constant":
            epochs = self.settings.epochs  # the schedule is stretched over them
        return replace(self.settings, epochs=epochs, until=None, output=None, series=None)

    def save(self, path: Path) -> None:
        """Write the network to a checkpoint, whole or not at all.

        Raises:
            OSError: it cannot be written.
        """
        self.net.save(path)

    def _check(self) -> None:
        """Say again that training has diverged."""
        if self.failure is not None:
            raise self.failure

    def _let_go(self) -> None:
        """Be between two batches."""
        self._hands, self._apart = [], None

    def _operate(self) -> None:
        """Do the next operation."""
        self._finish_epoch()
        operation = self.operations[len(self._hands)]
        if operation.kind == "update":
            self._let_go()
            self._one_batch(keep=True)
            return
        if self._apart is None or not self._hands:
            self._apart = Apart(self.trainer, self.run.batch)
        before = self._hands[-1] if self._hands else self._apart.first()
        self._hands = [*self._hands, self._apart.after(before, operation)]
        self._operated = max(self._operated, (self.batches, len(self._hands)))
