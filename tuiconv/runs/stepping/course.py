"""The course of a run: batch after batch, with snapshots to go back to and changes on the way."""

import math
from collections.abc import Sequence
from dataclasses import replace
from threading import Event as CancelToken
from time import perf_counter

import numpy as np

from tuiconv.errors import RequestError
from tuiconv.nn.events import BatchDone, RunEnd
from tuiconv.nn.layers import Array
from tuiconv.nn.running import TrainingError
from tuiconv.runs.job import Job
from tuiconv.runs.settings import Settings
from tuiconv.runs.stepping.changes import Change, changed, made, with_change
from tuiconv.runs.stepping.record import EpochTested, Record
from tuiconv.runs.stepping.snapshots import Snapshot, Snapshots
from tuiconv.runs.watch import History

APART = 0.05
"""Seconds of training between two snapshots: so long, at most, it takes to go back by a batch."""

SHARE = 0.005
"""Of the time of training that snapshots may take."""

LOOKED_AT_EVERY = 400_000
"""Training images between two looks at a network's health, which cost as much as some thousand."""


class Course:
    """A run that can be taken back to any batch within reach of its snapshots.

    Every batch is learned and every test is made by the calls that `Trainer.run` makes, so that
    with the same settings the network becomes the same as by `tuiconv train`, bit for bit. Going
    back puts the nearest snapshot in place and repeats the batches from there. What was changed on
    the way is repeated too, at its place; only another change makes another future.

    Args:
        settings: of the run. It goes on until one stops it: `epochs` only stretches a schedule.
        cancel: set when the program ends; what takes long then ends early.
        changes: what is going to be changed on the way, see `parse_changes`.
        earlier: another run; its data are taken if they are the same.

    Raises:
        RequestError: settings, network, data and changes do not fit together.
        UserError: data or weights cannot be read.
    """

    def __init__(
        self,
        settings: Settings,
        cancel: CancelToken | None = None,
        changes: Sequence[Change] = (),
        earlier: "Course | None" = None,
    ) -> None:
        self._job: Job = Job(settings, earlier=None if earlier is None else earlier._job)
        self.cancel = cancel or CancelToken()
        self.net, self.trainer = self._job.net, self._job.trainer
        self.run = self._job.ready(self.cancel)
        """The steps that the run is made of."""
        self.run.begin()
        self.train, self.test = self.run.train, self.run.test_set
        self.first = made(self._job.settings, changes, until=0)
        """The settings it began with, with what None stands for in them."""
        self.settings = self._job.settings
        """As they are now, so too."""
        self.changes = sorted((c for c in changes if c.batches > 0), key=lambda c: c.batches)
        """What was changed on the way, or is going to be changed again after going back."""
        made(self.first, self.changes)  # raises what is wrong with them
        self.batches = 0
        """How many have been learned since the beginning."""
        self.furthest = 0
        """How many had been learned before one went back."""
        self.last: BatchDone | None = None
        """The batch learned last."""
        self.failure: TrainingError | None = None
        """Why the next batch or test cannot be: training has diverged. To go on, go back."""
        self._record = Record()
        self._snapshots = Snapshots()
        self._before = self.net.parameters.copy()
        self._knows_before = False
        self._kept_at = 0.0
        """Seconds of training before the last snapshot."""
        self._cost = 0.0
        """Seconds that the last snapshot took."""
        self._keep()
        self._settle()

    @property
    def before_update(self) -> Array | None:
        """The parameters before the last update, laid out as `net.parameters`; not to be changed.

        None before the first update within reach.
        """
        return self._before if self._knows_before else None

    @property
    def history(self) -> History:
        """The run so far, for curves and alerts; of a very long one only every so many batches."""
        diverged = RunEnd(self.run.progress.completed, None, 0.0, 0.0, "diverged")
        return replace(
            self._record.history(self.batches),
            start=self.run.start(),
            last=self.last,
            end=None if self.failure is None else diverged,
        )

    @property
    def tests(self) -> list[EpochTested]:
        """How the network did on the test images after the epochs so far."""
        return self._record.tests_until(self.batches)

    @property
    def reach(self) -> int:
        """How many batches are learned at the earliest place that one can go back to.

        0, the beginning, unless the network is very large.
        """
        return self._snapshots.first

    def go_to(self, batches: int) -> None:
        """Be where so many batches are learned, and the test images read if they end an epoch.

        Args:
            batches: since the beginning; no less than `reach`.

        Raises:
            RequestError: that is too far back.
            TrainingError: training diverged on the way.
        """
        if batches < self.reach:
            raise RequestError(
                f"batch {batches}; expected at least {self.reach}, as what was"
                " before that is forgotten"
            )
        self._repeat(batches)

    def _repeat(self, batches: int, seconds: float = math.inf) -> None:
        """Be there, or after so many seconds on the way there."""
        end = perf_counter() + seconds
        if batches < self.batches or self.failure is not None:
            self._restore(self._snapshots.before(batches - 1))
            self._knows_before = False
        while (
            (left := batches - self.batches) > 0
            and not self.cancel.is_set()
            and perf_counter() < end
        ):
            # near the end in ever smaller distances, for who is going to go back further
            self._one_batch(keep=(left - 1).bit_count() == 1)

    def change(self, name: str, value: str | float) -> None:
        """Give a setting another value, from the next batch on; see `changes.KEYS`.

        What had been after this point is forgotten, as it would be something else now. Another
        batch size divides what is left of the epoch anew. Another optimiser begins with an empty
        memory, its usual learning rate and its usual momentum.

        Raises:
            RequestError: the value cannot be; then nothing is changed.
            TrainingError: training diverged before.
        """
        self._finish_epoch()
        settings = changed(self.settings, name, value)
        if settings == self.settings:
            return
        for images in (len(self.train) - self.run.learned, len(self.train)):
            self.trainer.check_batches(settings.batch_size, images)
        self._keep()
        self.furthest, self.failure = self.batches, None
        self._record.forget_after(self.batches)
        self._snapshots.forget_after(self.batches)
        if self.batches == 0:
            self.first, self.changes = settings, []
        else:
            self.changes = with_change(self.first, self.changes, Change(self.batches, name, value))
        if name == "optimizer":  # what the one before remembered may be wanted again
            self._restore(self._snapshots.before(self.batches))
        else:
            self._settle()

    def _one_batch(self, *, keep: bool) -> None:
        """Learn one batch, and read the test images after the last of an epoch."""
        self._finish_epoch()
        self._remember()
        self._learn()
        self._finish_epoch()
        self._arrive(keep=keep)

    def _remember(self) -> None:
        """Copy the parameters before they are updated."""
        np.copyto(self._before, self.net.parameters)
        self._knows_before = True

    def _learn(self) -> None:
        """Learn the next batch of the epoch.

        Raises:
            TrainingError: its loss is no number; then everything is as it was before it.
        """
        try:
            self.last = self.run.learn()
        except TrainingError as error:
            self.failure = error
            self.go_to(self.batches)
            self.failure = error
            raise
        self.batches += 1
        if self.batches > self.furthest:
            self.furthest = self.batches
        if self._record.wants(self.batches):
            at = self.run.progress.completed + self.run.learned / len(self.train)
            self._record.learned(self.batches, at, self.last)

    def _finish_epoch(self) -> None:
        """Read all test images, if that comes next."""
        while self.run.is_epoch_over:
            self._test()

    def _test(self) -> None:
        """Read some test images; after the last ones the next epoch is in hand.

        Raises:
            TrainingError: their loss is no number.
        """
        try:
            done = self.run.test()
        except TrainingError as error:
            self.failure = error
            raise
        if done is None:
            return
        every = math.ceil(LOOKED_AT_EVERY / len(self.train))
        known = self._record.tests and self._record.tests[-1].epoch.epoch >= done.epoch
        is_looked_at = not known and (done.epoch == 1 or done.epoch % every == 0)
        health = self._job.health() if is_looked_at else None
        self._record.tested(EpochTested(self.batches, done, health))

    def _arrive(self, *, keep: bool = False) -> None:
        """Between two batches: take a snapshot now and then, and change what is to be changed."""
        is_due = any(change.batches == self.batches for change in self.changes)
        since = self.run.learning - self._kept_at
        if keep or is_due or since > max(APART, self._cost / SHARE):
            self._keep()
        if is_due:
            self._settle()

    def _keep(self) -> None:
        """Take a snapshot, unless there is one; changes that are made here come after it."""
        if self._snapshots.has(self.batches):
            return
        began = perf_counter()
        arrays, state = self.net.state_dict(), self.trainer.state()
        self._snapshots.keep(Snapshot(self.batches, self.last, self.settings, arrays, state))
        self._kept_at, self._cost = self.run.learning, perf_counter() - began

    def _restore(self, snapshot: Snapshot) -> None:
        """Be where a snapshot was taken."""
        self._use(snapshot.settings)
        self.net.load_state_dict(snapshot.arrays)
        self.trainer.restore(snapshot.state)
        self.run.begin()
        self.batches, self.last = snapshot.batches, snapshot.last
        self.failure = None
        self._settle()

    def _settle(self) -> None:
        """Have the settings that belong here."""
        settings = made(self.first, self.changes, until=self.batches)
        if settings == self.settings:
            return
        deals = settings.batch_size != self.settings.batch_size
        self._use(settings)
        if deals:
            self.run.deal()

    def _use(self, settings: Settings) -> None:
        """Let the trainer go on with these settings."""
        optimizer = settings.optimizer
        self.trainer.batch_size = settings.batch_size
        self.trainer.use(optimizer.name, optimizer.lr, optimizer.momentum, optimizer.weight_decay)
        self.settings = settings
