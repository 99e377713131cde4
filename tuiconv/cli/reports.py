"""How a training run tells what it does: JSON lines, plain lines, or progress bars."""

import json
import sys
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from tuiconv.nn.events import BatchDone, EpochDone, Event, RunEnd, RunStart, to_json


class Report(Protocol):
    """Shows a run while it happens; used as a context."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def doing(self, what: str) -> None:
        """Say what is done before training begins."""

    def event(self, event: Event) -> None:
        """Report one step of the run."""


def report_for(as_json: bool) -> Report:
    """JSON if asked for, bars on a terminal, lines elsewhere."""
    if as_json:
        return JsonReport()
    return BarReport() if sys.stdout.isatty() else LineReport()


def summary(event: RunStart | EpochDone | RunEnd) -> str:
    """One line for a reader."""
    match event:
        case RunStart():
            return (
                f"{event.spec}\n{event.parameters:,} parameters; {event.train_images:,}"
                f" {event.train}, {event.test_images:,} {event.test};"
                f" {counted(event.epochs, 'epoch')} of {event.batches:,} batches of up to"
                f" {event.batch_size}; {event.optimizer}, {settings(event)},"
                f" {counted(event.threads, 'thread')}"
            )
        case EpochDone():
            return (
                f"epoch {event.epoch}/{event.epochs}  loss {event.train_loss:.4f}  accuracy"
                f" {event.train_accuracy:.2%}  test loss {event.test_loss:.4f}  test accuracy"
                f" {event.test_accuracy:.2%}  {event.seconds:.1f} s"
            )
        case RunEnd():
            stopped = "stopped early: " if event.cancelled else ""
            tested = "not tested yet"
            if event.test_accuracy is not None:
                epochs = counted(event.epochs, "epoch")
                tested = f"test accuracy {event.test_accuracy:.2%} after {epochs}"
            return (
                f"{stopped}{tested}, {event.seconds:.1f} s, {event.images_per_second:,.0f} images/s"
            )


def settings(event: RunStart) -> str:
    """How the optimiser is set; what is off is left out."""
    texts = [f"lr {event.lr:g}"]
    if event.momentum is not None:
        texts.append(f"momentum {event.momentum:g}")
    if event.weight_decay:
        texts.append(f"weight decay {event.weight_decay:g}")
    if event.clip is not None:
        texts.append(f"clip {event.clip:g}")
    return ", ".join(texts)


def counted(number: int, what: str) -> str:
    """`1 epoch`, `2 epochs`."""
    return f"{number:,} {what}" + ("" if number == 1 else "s")


class PlainReport:
    """What the reports without bars share."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass

    def doing(self, what: str) -> None:
        """Nothing: only results belong into a pipe."""


class JsonReport(PlainReport):
    """One JSON object a line."""

    def event(self, event: Event) -> None:
        print(json.dumps(to_json(event)), flush=True)


class LineReport(PlainReport):
    """A line an epoch, for logs and pipes."""

    def event(self, event: Event) -> None:
        if not isinstance(event, BatchDone):
            print(summary(event), flush=True)


class BarReport:
    """A progress bar an epoch, with the latest loss."""

    def __init__(self) -> None:
        self.console = Console(highlight=False)
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.completed}/{task.total}  {task.fields[state]}"),
            TimeRemainingColumn(),
            console=self.console,
            transient=True,
        )
        self.status = self.console.status("starting", spinner="line")
        self.bar: TaskID | None = None

    def __enter__(self) -> Self:
        self.status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.status.stop()
        self.progress.stop()

    def doing(self, what: str) -> None:
        self.status.update(what)

    def event(self, event: Event) -> None:
        if isinstance(event, BatchDone):
            self.advance(event)
            return
        self.status.stop()
        self.progress.stop()
        self.console.print(summary(event), soft_wrap=True)
        self.bar = None

    def advance(self, event: BatchDone) -> None:
        """Move the bar of this epoch, which the first batch makes."""
        state = f"loss {event.loss:.3f}  {event.images_per_second:,.0f} images/s"
        if self.bar is None:
            for task in self.progress.task_ids:
                self.progress.remove_task(task)
            self.bar = self.progress.add_task(
                f"epoch {event.epoch}", total=event.batches, state=state
            )
            self.progress.start()
        self.progress.update(self.bar, completed=event.batch, state=state)
