"""A run of training as a command: its reports, and the signals that stop it."""

import gc
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tuiconv.runs.job import Job
    from tuiconv.runs.outputs import Output

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stop(Event):
    """A cancel token that knows which signal set it."""

    status = 0
    """Of a program that was stopped: 128 and the signal's number, as shells report it."""


def carry_out(job: "Job", output: "Output", as_json: bool) -> int:
    """Train, report and keep what is learned; returns the exit status."""
    from tuiconv.cli.reports import report_for
    from tuiconv.nn.events import RunEnd

    wanted = as_json or output.wants_entries
    with (
        closing(output),
        closing(report_for(as_json)) as report,
        stopped_by_signals() as stop,
    ):
        report.doing(job.reading)
        gc.set_threshold(700)  # compiling leaves garbage, which is let lie in short commands only
        for kernel in job.warm_up(entries=wanted):
            if stop.is_set():
                return stop.status
            progress = f"{kernel.number} of {kernel.of}"
            report.doing(f"compiling {kernel.name}, {progress} (the first run only)")
        report.doing(job.reading)
        for event in job.events(stop):
            entry = job.entry(event) if wanted else {}
            output.keep(event, entry)
            report.event(event, entry)
    if not as_json:
        print(output)
        print("next: run tuiconv and press 4, to watch such a network learn from inside")
    return stop.status if isinstance(event, RunEnd) and event.reason == "cancelled" else 0


@contextmanager
def stopped_by_signals() -> Iterator[Stop]:
    """A token that the first Ctrl-C or SIGTERM sets; the second ends the program at once."""
    stop = Stop()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.status = 128 + number
        stop.set()
        restore()

    def restore() -> None:
        for each, handler in before.items():
            signal.signal(each, handler)

    before = {each: signal.signal(each, on_signal) for each in SIGNALS}
    try:
        yield stop
    finally:
        restore()
