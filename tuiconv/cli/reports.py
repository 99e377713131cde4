"""How a training run tells what it does: JSON lines, plain lines, or progress bars."""

import sys
from typing import Any, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

from tuiconv.nn.events import BatchDone, EpochDone, Event, Reason, RunEnd, RunStart
from tuiconv.runs.log import as_line

STOPPED: dict[Reason, str] = {
    "epochs": "",
    "until": "stopped as asked: ",
    "cancelled": "stopped early: ",
    "diverged": "diverged: ",
}
"""Why a run ended, in front of how it ended."""


class Report(Protocol):
    """Shows a run while it happens."""

    def doing(self, what: str) -> None:
        """Say what is done before training begins."""

    def event(self, event: Event, entry: dict[str, Any]) -> None:
        """Report one step of the run; for JSON as its `entry` in the log."""

    def close(self) -> None:
        """Nothing more comes."""


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
                f" {counted(event.epochs, 'epoch')} of {counted(event.batches, 'batch', 'es')} of"
                f" up to {event.batch_size}; {event.optimizer}, {settings(event)},"
                f" {counted(event.threads, 'thread')}"
            )
        case EpochDone():
            return (
                f"epoch {event.epoch}/{event.epochs}  loss {event.train_loss:.4f}  accuracy"
                f" {event.train_accuracy:.2%}  test loss {event.test_loss:.4f}  test accuracy"
                f" {event.test_accuracy:.2%}  {event.seconds:.1f} s"
            )
        case RunEnd():
            stopped = STOPPED[event.reason]
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


def counted(number: int, what: str, ending: str = "s") -> str:
    """`1 epoch`, `2 epochs`."""
    return f"{number:,} {what}" + ("" if number == 1 else ending)


class PlainReport:
    """What the reports without bars share."""

    def doing(self, what: str) -> None:
        """Nothing: only results belong into a pipe."""

    def close(self) -> None:
        pass


class JsonReport(PlainReport):
    """One JSON object a line."""

    def event(self, event: Event, entry: dict[str, Any]) -> None:
        print(as_line(entry), flush=True)


class LineReport(PlainReport):
    """A line an epoch, for logs and pipes."""

    def event(self, event: Event, entry: dict[str, Any]) -> None:
        if not isinstance(event, BatchDone):
            print(summary(event), flush=True)


class BarReport:
    """A progress bar an epoch, with the latest loss."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, markup=False, emoji=False)
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

    def doing(self, what: str) -> None:
        self.status.update(Text(what))  # a text would be read as Rich's markup
        self.status.start()

    def event(self, event: Event, entry: dict[str, Any]) -> None:
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

    def close(self) -> None:
        self.status.stop()
        self.progress.stop()
