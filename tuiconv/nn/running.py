"""A run of training: epochs of batches, a test after each, and a report of every step."""

import math
from collections.abc import Iterator
from itertools import islice
from threading import Event as CancelToken
from time import perf_counter
from typing import TYPE_CHECKING

from tuiconv.data.dataset import Dataset
from tuiconv.errors import UserError
from tuiconv.nn.events import BatchDone, EpochDone, Event, Reason, RunEnd, RunStart
from tuiconv.nn.progress import Progress
from tuiconv.nn.schedules import schedule_name
from tuiconv.nn.scoring import total
from tuiconv.nn.until import Until

if TYPE_CHECKING:
    from tuiconv.nn.training import Trainer


class TrainingError(UserError):
    """Training cannot go on: one line that says why and what to change."""


class Run:
    """What a trainer does with two data sets, as an iterator over its events.

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
        self.train, self.test = train, test
        self.epochs = epochs
        self.batches = math.ceil(len(train) / trainer.batch_size)
        """In an epoch."""
        self.cancel = cancel
        self.until = until
        self.learning, self.images = 0.0, 0
        """Seconds of learning, and images learned from in them."""

    def __iter__(self) -> Iterator[Event]:
        """The events, each as soon as it has happened; what made training diverge is raised."""
        yield self.start()
        progress = self.trainer.begin()
        reason, diverged = self.reason(progress), None
        try:
            while reason is None:
                yield from self.epoch(progress)
                began = perf_counter()
                tested = self.trainer.evaluate(self.test, self.cancel)
                progress.seconds += perf_counter() - began
                if tested is None:
                    reason = "cancelled"
                    break
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
                yield done
                reason = self.reason(progress)
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
            test=self.test.name,
            test_images=len(self.test),
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

    def reason(self, progress: Progress) -> Reason | None:
        """Why no further epoch is begun; None to go on."""
        if self.until is not None and progress.last is not None and self.until(progress.last):
            return "until"
        return "epochs" if progress.completed >= self.epochs else None

    def epoch(self, progress: Progress) -> Iterator[BatchDone]:
        """Learn from the batches that the epoch in hand still has, up to a cancel."""
        trainer, epoch = self.trainer, progress.completed + 1
        done = len(progress.scores)
        rest = list(islice(trainer.batches(len(self.train)), done, None))
        pictures = trainer.pictures(self.train.images, rest, epoch, done + 1)
        for batch, chosen in enumerate(rest, start=done + 1):
            began = perf_counter()
            passes = epoch - 1 + (batch - 1) / self.batches
            lr = trainer.lr * trainer.schedule(passes, self.epochs)
            score = trainer.learn(next(pictures), self.train.labels[chosen], lr)
            seconds = perf_counter() - began
            self.learning += seconds
            progress.seconds += seconds
            self.images += len(chosen)
            self.check_loss(score.loss, f"in epoch {epoch}, batch {batch}")
            progress.scores.append(score)
            yield BatchDone(
                epoch=epoch,
                batch=batch,
                batches=self.batches,
                loss=score.loss,
                accuracy=score.accuracy,
                lr=lr,
                images_per_second=self.images / self.learning,
            )
            if self.cancel.is_set():
                return

    def check_loss(self, loss: float, where: str) -> None:
        """Raise TrainingError unless the loss is a number."""
        if not math.isfinite(loss):
            raise TrainingError(
                f"the loss is {loss} {where}: training diverged; try a learning rate below"
                f" {self.trainer.lr:g}"
            )
