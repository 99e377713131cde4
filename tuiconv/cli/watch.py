"""`tuiconv watch`: a run of training, seen from another terminal."""

import json
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tuiconv.cli.options import INTERRUPTED, Color, Json, Width, console_for

if TYPE_CHECKING:
    from rich.console import Console

    from tuiconv.render.depth import Display
    from tuiconv.render.lines import Line
    from tuiconv.runs.alerts import Alert
    from tuiconv.runs.watch import Told, Watched

BETWEEN_LOOKS = 0.5
"""Seconds."""

LINES = 36
"""Of what is printed once, not redrawn, if there is room."""


def watch(
    run: Annotated[
        Path, typer.Argument(metavar="RUN", help="A run's directory, or its run.jsonl.")
    ],
    once: Annotated[bool, typer.Option(help="Show the present state and end.")] = False,
    plain: Annotated[
        bool, typer.Option(help="Print a line an epoch and a line an alert, as into a pipe.")
    ] = False,
    as_json: Json = False,
    color: Color = "auto",
    width: Width = None,
) -> int:
    """Follow a run of training from another terminal.

    Shows the loss and the accuracy as curves, the last figures, the time left, and what is going
    wrong: a loss that is no number or does not fall, a gradient that explodes, units that are
    dead, an output that is constant, images learned by heart; each with its likely cause and what
    to try. Ends with the run, with status 1 if it diverged; Ctrl-C ends watching, not the run.
    With --json a summary and the alerts are printed when the run has ended, or, with --once, now.

    \b
    Examples:
      tuiconv watch runs/mnist
      tuiconv watch runs/mnist/run.jsonl --once
      tuiconv watch runs/mnist --json
    """
    from tuiconv.runs.watch import Watched

    console, display = console_for(color, width)
    watched = Watched(run)
    try:
        if as_json:
            wait(watched, once)
            print(json.dumps(to_json(watched), indent=2))
        elif once and not plain:
            wait(watched, once)
            show(watched, console, display)
        elif plain or console.is_dumb_terminal or not console.is_terminal:
            tell(watched, once)
        else:
            redraw(watched, console, display)
    except KeyboardInterrupt:
        return INTERRUPTED
    return 1 if watched.history.diverged else 0


def looks(watched: "Watched", once: bool = False) -> "Iterator[list[Told] | None]":
    """What every look at the log finds, until the run has ended; None while there is no log.

    Raises:
        FileNotFoundError: there is no log to look at `once`.
    """
    while True:
        try:
            events = watched.look()
        except FileNotFoundError:
            if once:
                raise
            events = None
        yield events
        if once or (events is not None and watched.history.end is not None):
            return
        time.sleep(BETWEEN_LOOKS)


def wait(watched: "Watched", once: bool) -> None:
    """Read a run to its end, or once; say so if it is not there yet."""
    for number, events in enumerate(looks(watched, once)):
        if number == 0 and events is None:
            print(f"waiting for {watched.log}", file=sys.stderr, flush=True)


def tell(watched: "Watched", once: bool) -> None:
    """Print a line an epoch, and one for every kind of alert when it comes up."""
    from tuiconv.cli.reports import summary

    told: set[str] = set()
    known: set[str] = set()
    for events in looks(watched, once):
        if events is None and not told:
            told.add(waiting := f"waiting for {watched.log}")
            print(waiting, file=sys.stderr, flush=True)
        for event in events or ():
            line = summary(event)
            if line not in told:  # a log that was cut tells its beginning again
                told.add(line)
                print(line, flush=True)
        found = alerts_of(watched)
        for alert in found:
            if alert.kind not in known:
                print(f"! {alert.kind.replace('_', ' ')}: {alert.text}", flush=True)
        known = {alert.kind for alert in found}


def show(watched: "Watched", console: "Console", display: "Display") -> None:
    """Print the present state."""
    from tuiconv.render.lines import Lines

    room = console.height - 1 if console.is_terminal else LINES  # the prompt takes a line
    console.print(Lines(frame(watched, "", console.width, min(LINES, room), display)))


def redraw(watched: "Watched", console: "Console", display: "Display") -> None:
    """Show the state on a screen of its own, drawn anew when it changes, and leave the last one."""
    from rich.live import Live

    from tuiconv.render.lines import Lines

    drawn: tuple[object, ...] = ()
    with (
        ended_by_sigterm(),
        Live(console=console, screen=True, auto_refresh=False, redirect_stderr=False) as live,
    ):
        for events in looks(watched):
            footer = "Ctrl-C ends watching; the run goes on"
            if events is None and watched.history.start is not None:
                footer = f"{watched.log} is gone; waiting for it"
            # a second changes what depends on time alone
            state = (watched.history.lines, console.size, footer, int(time.monotonic()))
            if state != drawn:
                drawn = state
                lines = frame(watched, footer, console.width, console.height, display)
                live.update(Lines(lines), refresh=True)
    show(watched, console, display)


@contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the program as an error does, so that the terminal is put in order."""

    def end(signal_number: int, frame: FrameType | None) -> None:
        sys.exit(128 + signal_number)  # as shells report it

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def frame(
    watched: "Watched", footer: str, width: int, height: int, display: "Display"
) -> "list[Line]":
    """The state of a run as lines."""
    from tuiconv.cli.reports import summary
    from tuiconv.render.depth import NARROWEST
    from tuiconv.render.lines import text_line
    from tuiconv.render.run import run_lines, wrapped

    history, width = watched.history, max(width, NARROWEST)
    if history.start is None:
        waiting = wrapped(f"waiting for the first line of {watched.log}", width, display)
        return [*map(text_line, waiting), *([text_line(footer)] if footer else [])]
    about, found = summary(history.start), alerts_of(watched)
    return run_lines(history, about, found, footer, width, height, display)


def alerts_of(watched: "Watched") -> "list[Alert]":
    """What is wrong with a run now."""
    from tuiconv.runs.alerts import alerts

    try:
        silent = time.time() - watched.log.stat().st_mtime
    except OSError:
        silent = 0.0
    return alerts(watched.history, silent)


def to_json(watched: "Watched") -> dict[str, Any]:
    """The state of a run as a JSON object."""
    from tuiconv.nn import events

    history = watched.history
    last = {
        "start": history.start,
        "step": history.last,
        "epoch": history.epochs[-1] if history.epochs else None,
        "best": history.best,
        "end": history.end,
    }
    return {
        "log": str(watched.log),
        "epochs_done": history.done,
        "seconds_left": history.seconds_left,
        **{name: event and events.to_json(event) for name, event in last.items()},
        "health": history.health and asdict(history.health),
        "alerts": [asdict(alert) for alert in alerts_of(watched)],
    }
