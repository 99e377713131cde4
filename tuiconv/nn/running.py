"""A run of training: epochs of batches, a test after each, and a report of every step."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event as CancelToken
from time import perf_counter
from typing import TYPE_CHECKING

from tuiconv.data.dataset import Dataset, Images
from tuiconv.errors import UserError
from tuiconv.nn.augmentation import Numbers
from tuiconv.nn.events import BatchDone, EpochDone, Event, Reason, RunEnd, RunStart
from tuiconv.nn.layers import Labels
from tuiconv.nn.progress import Progress
from tuiconv.nn.schedules import schedule_name
from tuiconv.nn.scoring import Score, total
from tuiconv.nn.until import Until

if TYPE_CHECKING:
    from tuiconv.nn.training import Trainer


class TrainingError(UserError):
    """Training cannot go on: one line that says why and what to change."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Training images that are about to be learned."""

    epoch: int
    """From 1."""
    number: int
    """Within the epoch, from 1."""
    chosen: Numbers
    """Which of the training images."""
    images: Images
    """As they are learned: changed, if the trainer augments them."""
    labels: Labels


class Run:
    """What a trainer does with two data sets: an iterator over its events, or step by step.

    Who takes the steps calls `begin`, then `learn` until `is_epoch_over`, then `test` until it has
    an `EpochDone`, and so on.

    The arguments are those of `Trainer.run`, already checked.
    """

    def __init__(
        self,
        trainer: "Trainer",
        train: Dataset,
        test: Dataset,
        epochs: int,
        cancel: CancelToken,
        until: Until | None,
    ) -> None:
        self.trainer = trainer
        self.train, self.test_set = train, test
        self.epochs = epochs
        self.cancel = cancel
        self.until = until
        self.batches = math.ceil(len(train) / trainer.batch_size)
        """In the epoch in hand."""
        self.learned = 0
        """Training images that were learned in the epoch in hand."""
        self.progress = Progress(trainer.order)
        self.learning, self.images = 0.0, 0
        """Seconds of learning, and images learned from in them."""
        self._order: Numbers | None = None
        """Of the images in the epoch in hand; None before they are shuffled for it."""
        self._coming: Iterator[Batch] = iter(())
        """The rest of the epoch, but for the next batch if that has been looked at."""
        self._next: Batch | None = None
        self._tested: list[Score] = []
        """The scores on the parts of the test set that are read so far."""

    def __iter__(self) -> Iterator[Event]:
        """The events, each as soon as it has happened; what made training diverge is raised."""
        yield self.start()
        self.begin()
        progress = self.progress
        reason, diverged = self.reason, None
        try:
            while reason is None:
                while not self.is_epoch_over:
                    yield self.learn()
                    if self.cancel.is_set():
                        break
                done = None
                while done is None and not self.cancel.is_set():
                    done = self.test()
                if done is None:
                    reason = "cancelled"
                    break
                yield done
                reason = self.reason
        except TrainingError as error:
            reason, diverged = "diverged", error
        yield RunEnd(
            epochs=progress.completed,
            test_accuracy=progress.last.test_accuracy if progress.last else None,
            seconds=progress.seconds,
            images_per_second=self.images / self.learning if self.images else 0.0,
            reason=reason,
        )
        if diverged is not None:
            raise diverged

    def start(self) -> RunStart:
        """What is about to happen."""
        trainer = self.trainer
        return RunStart(
            spec=str(trainer.net.spec),
            parameters=trainer.net.spec.totals.parameters,
            train=self.train.name,
            train_images=len(self.train),
            test=self.test_set.name,
            test_images=len(self.test_set),
            epochs=self.epochs,
            batches=self.batches,
            batch_size=trainer.batch_size,
            optimizer=trainer.optimizer,
            lr=trainer.lr,
            momentum=trainer.momentum,
            weight_decay=trainer.weight_decay,
            clip=trainer.clip,
            schedule=schedule_name(trainer.schedule),
            loss=trainer.loss,
            threads=trainer.threads,
        )

    def begin(self) -> None:
        """Be where the trainer is: at the beginning, or where it was restored to."""
        self.progress = self.trainer.begin()
        begun = len(self.progress.scores) > 0
        self._order = self.trainer.shuffled(len(self.train)) if begun else None
        self.deal()

    def deal(self) -> None:
        """Cut what is left of the epoch in hand into batches of the size the trainer now has."""
        done = len(self.progress.scores)
        self.learned = sum(score.images for score in self.progress.scores)
        left = len(self.train) - self.learned
        self.batches = done + math.ceil(left / self.trainer.batch_size)
        self._coming, self._next, self._tested = self._dealt(done, self.learned), None, []

    def _dealt(self, done: int, learned: int) -> Iterator[Batch]:
        trainer, epoch = self.trainer, self.progress.completed + 1
        if self._order is None:
            self._order = trainer.shuffled(len(self.train))
        batches = trainer.batches(self._order[learned:])
        pictures = trainer.pictures(self.train.images, batches, epoch, done + 1)
        for number, chosen in enumerate(batches, start=done + 1):
            yield Batch(epoch, number, chosen, next(pictures), self.train.labels[chosen])

    @property
    def reason(self) -> Reason | None:
        """Why no further epoch is begun; None to go on."""
        last = self.progress.last
        if self.until is not None and last is not None and self.until(last):
            return "until"
        return "epochs" if self.progress.completed >= self.epochs else None

    @property
    def is_epoch_over(self) -> bool:
        """Whether all training images have been seen, so that the test comes next."""
        return len(self.progress.scores) == self.batches

    @property
    def batch(self) -> Batch:
        """What is learned next."""
        if self._next is None:
            self._next = next(self._coming)
        return self._next

    def learn(self) -> BatchDone:
        """Learn the next batch of the epoch.

        Raises:
            TrainingError: its loss is no number.
        """
        began = perf_counter()
        batch, self._next = self.batch, None
        lr = self.lr(batch)
        score = self.trainer.learn(batch.images, batch.labels, lr)
        seconds = perf_counter() - began
        self.learning += seconds
        self.progress.seconds += seconds
        self.images += len(batch.images)
        self.check_loss(score.loss, f"in epoch {batch.epoch}, batch {batch.number}")
        self.progress.scores.append(score)
        self.learned += len(batch.images)
        return BatchDone(
            epoch=batch.epoch,
            batch=batch.number,
            batches=self.batches,
            loss=score.loss,
            accuracy=score.accuracy,
            lr=lr,
            images_per_second=self.images / self.learning,
        )

    def lr(self, batch: Batch) -> float:
        """The learning rate for a batch: the trainer's times the schedule's factor."""
        passes = batch.epoch - 1 + (batch.number - 1) / self.batches
        return self.trainer.lr * self.trainer.schedule(passes, self.epochs)

    def test(self) -> EpochDone | None:
        """Read the next few test images; after the last ones the epoch is done.

        Raises:
            TrainingError: their loss is no number.
        """
        progress = self.progress
        began = perf_counter()
        self._tested += self.trainer.scores(self.test_set, len(self._tested))
        progress.seconds += perf_counter() - began
        tested = total(self._tested)
        if tested.images < len(self.test_set):
            return None
        epoch = progress.completed + 1
        self.check_loss(tested.loss, f"on the test images after epoch {epoch}")
        learned = total(progress.scores)
        done = EpochDone(
            epoch=epoch,
            epochs=self.epochs,
            train_loss=learned.loss,
            train_accuracy=learned.accuracy,
            test_loss=tested.loss,
            test_accuracy=tested.accuracy,
            seconds=progress.seconds,
        )
        progress.complete(done, self.trainer.order)
        self._order = None
        self.deal()
        return done

    def check_loss(self, loss: float, where: str) -> None:
        """Raise TrainingError unless the loss is a number."""
        if not math.isfinite(loss):
            raise TrainingError(
                f"the loss is {loss} {where}: training diverged; try a learning rate below"
                f" {self.trainer.lr:g}"
            )
