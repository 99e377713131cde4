"""What the log of a run tells so far: its lines folded into curves and last figures."""

import json
import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from reprlib import repr as shorten
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar, get_args, get_origin, get_type_hints

from tuiconv.errors import UserError
from tuiconv.nn.events import BatchDone, EpochDone, Event, Health, RunEnd, RunStart
from tuiconv.runs.following import Follower

Told: TypeAlias = RunStart | EpochDone | RunEnd
"""What a reader is told in a line of its own: all but the steps, which are many."""

Record = TypeVar("Record")
"""A dataclass."""

KINDS: dict[str, type[Event]] = {
    kind.event: kind for kind in (RunStart, BatchDone, EpochDone, RunEnd)
}
"""Which event a line of a log holds, by its `event`."""

FIELDS: dict[type, dict[str, Any]] = {
    kind: {
        name: hint
        for name, hint in get_type_hints(kind).items()
        if get_origin(hint) is not ClassVar
    }
    for kind in (*KINDS.values(), Health)
}
"""The hints of a record's fields by their names."""

LOG = "run.jsonl"
"""The log's name in a run's directory."""


class LogError(UserError):
    """A file that is no log of a run: one line that names it and says what stands there instead."""


@dataclass
class History:
    """A run as its log tells it.

    A step or an epoch that comes again, as it may when a run goes on from a checkpoint, takes the
    place of what was told from there on.
    """

    start: RunStart | None = None
    last: BatchDone | None = None
    """The last step."""
    at: "array[float]" = field(default_factory=lambda: array("d"))
    """When each step ended, in epochs from the beginning: 1.5 is half-way through the second."""
    losses: "array[float]" = field(default_factory=lambda: array("d"))
    """Of the steps."""
    accuracies: "array[float]" = field(default_factory=lambda: array("d"))
    """Of the steps, on the images they learned from."""
    forgotten: int = 0
    """Steps that the curves do not have any more."""
    every: int = 1
    """Of so many steps the curves have one; but for the first few, of which they may have all."""
    epochs: list[EpochDone] = field(default_factory=list)
    health: Health | None = None
    """After the last epoch."""
    end: RunEnd | None = None
    lines: int = 0
    """How many were read."""
    unreadable: str | None = None
    """Which line was the last that holds no event, and why."""

    def read(self, lines: Iterable[str], name: str) -> list[Told]:
        """Take in further lines of a log; returns their events but the steps.

        A line that holds no event is passed over and remembered as `unreadable`.

        Args:
            lines: without their ends.
            name: the log's, for errors.

        Raises:
            LogError: the first line is not the start of a run.
        """
        found: list[Told] = []
        for line in lines:
            self.lines += 1
            try:
                raw = decoded(line)
                event = event_of(raw)
                health = health_of(raw)
            except ValueError as error:
                self.unreadable = f"line {self.lines}: {error}"
            else:
                self.take(event, health)
                if not isinstance(event, BatchDone):
                    found.append(event)
            if self.start is None:
                raise LogError(
                    f"{name}: no log of a run:"
                    f" {self.unreadable or 'line 1: does not begin with the event start'}"
                )
        return found

    def take(self, event: Event, health: Health | None = None) -> None:
        """Add an event; `health` is that of the network after an epoch."""
        match event:
            case RunStart():
                self.start, self.end = event, None
            case BatchDone():
                at = event.epoch - 1 + event.batch / event.batches
                kept = bisect_left(self.at, at)
                for curve, value in (
                    (self.at, at), (self.losses, event.loss), (self.accuracies, event.accuracy)
                ):  # fmt: skip
                    del curve[kept:]
                    curve.append(value)
                self.forget_from(event.epoch)
                self.last, self.end = event, None
            case EpochDone():
                self.forget_from(event.epoch)
                self.epochs.append(event)
                self.health, self.end = health, None
            case RunEnd():
                self.end = event

    def forget_from(self, epoch: int) -> None:
        """Drop what was told of this epoch's end and of later ones."""
        while self.epochs and self.epochs[-1].epoch >= epoch:
            self.epochs.pop()
            self.health = None

    @property
    def best(self) -> EpochDone | None:
        """The epoch with the highest test accuracy, the first of several."""
        return max(self.epochs, key=lambda epoch: epoch.test_accuracy, default=None)

    @property
    def done(self) -> float:
        """How many epochs are done, parts of one included."""
        return max(self.at[-1] if self.at else 0.0, self.epochs[-1].epoch if self.epochs else 0.0)

    @property
    def diverged(self) -> bool:
        """Whether the run has ended because its loss was no finite number any more."""
        return self.end is not None and self.end.reason == "diverged"

    @property
    def seconds_left(self) -> float | None:
        """How long the run will take to its last epoch at its pace so far; None if unknown."""
        if self.start is None or self.last is None or self.end is not None:
            return None
        if self.epochs:
            an_epoch = self.epochs[-1].seconds / self.epochs[-1].epoch
        elif self.last.images_per_second > 0:
            an_epoch = self.start.train_images / self.last.images_per_second
        else:
            return None
        left = (self.start.epochs - self.done) * an_epoch
        return max(0.0, left) if math.isfinite(left) else None


class Watched:
    """A run that is followed by what is added to its log.

    Args:
        run: its directory, or its log; it need not be there yet.
    """

    def __init__(self, run: Path) -> None:
        self.run = run
        self.history = History()
        self._follower = Follower(run)

    @property
    def log(self) -> Path:
        """The log's path."""
        return self.run / LOG if self.run.is_dir() else self.run

    def look(self) -> list[Told]:
        """Take in what was added to the log; returns its events but the steps.

        If the log was cut or replaced, the history begins afresh.

        Raises:
            FileNotFoundError: the log is not there.
            OSError: it cannot be read.
            UserError: it is no log.
        """
        if self._follower.path != self.log:
            self._follower = Follower(self.log)
        events: list[Told] = []
        while True:
            added = self._follower.read()
            if added.afresh:
                self.history = History()
            if not added.lines:
                return events
            events += self.history.read(added.lines, str(self.log))


def duration(seconds: float) -> str:
    """A time for a reader, in its two largest units."""
    whole = round(seconds)
    for unit, name, smaller, its_name in (
        (86400, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= unit:
            return f"{whole // unit:,} {name} {whole % unit // smaller} {its_name}"
    return f"{whole} s"


def decoded(line: str) -> dict[str, Any]:
    """The JSON object in a line.

    Raises:
        ValueError: there is none.
    """
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError):
        raw = None
    if not isinstance(raw, dict):
        raise ValueError(f"{shorten(line)} is no JSON object")
    return raw


def event_of(raw: dict[str, Any]) -> Event:
    """The event in a line's object; what it does not know of it is passed over.

    Raises:
        ValueError: it is none, or lacks something.
    """
    kind = KINDS.get(str(raw.get("event")))
    if kind is None:
        raise ValueError(f"event is {shorten(raw.get('event'))}; allowed are {', '.join(KINDS)}")
    event: Event = record(kind, raw)
    match event:
        case RunStart() if event.epochs < 1:
            raise ValueError(f"a run of {event.epochs} epochs")
        case BatchDone() if event.epoch < 1 or not 1 <= event.batch <= event.batches:
            raise ValueError(f"batch {event.batch} of {event.batches} in epoch {event.epoch}")
        case EpochDone() if event.epoch < 1:
            raise ValueError(f"epoch {event.epoch}")
    return event


def health_of(raw: dict[str, Any]) -> Health | None:
    """The health in a line's object; None where nobody looked.

    Raises:
        ValueError: it lacks something.
    """
    found = raw.get("health")
    if found is None:
        return None
    if not isinstance(found, dict):
        raise ValueError(f"health is {shorten(found)}")
    return record(Health, found)


def record(kind: type[Record], raw: dict[str, Any]) -> Record:
    """A dataclass from an object in JSON.

    Raises:
        ValueError: a field is missing, or of another type.
    """
    values = {}
    for name, hint in FIELDS[kind].items():
        if name not in raw:
            raise ValueError(f"{name} is missing")
        if not fits(raw[name], hint):
            raise ValueError(f"{name} is {shorten(raw[name])}")
        values[name] = raw[name]
        if hint is str and not raw[name].isprintable():  # a terminal would obey it
            values[name] = repr(raw[name])[1:-1]
    return kind(**values)


def fits(value: object, hint: Any) -> bool:  # noqa: ANN401 - a type hint has no narrower type
    """Whether a value read from JSON is of the type that a field's hint names."""
    if type(value) is int and (hint is int or hint is float):
        return abs(value) < 2**63  # a float holds it
    if hint is float:
        return isinstance(value, float) and math.isfinite(value)
    if isinstance(hint, type):
        return type(value) is hint
    inner = get_args(hint)
    if get_origin(hint) is Literal:
        return value in inner
    if get_origin(hint) is dict:
        return isinstance(value, dict) and all(
            name.isprintable() and fits(each, inner[1]) for name, each in value.items()
        )
    return any(fits(value, each) for each in inner)
