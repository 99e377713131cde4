"""What a learner changes about a run while it goes on, and when."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tuiconv.errors import RequestError, unknown
from tuiconv.nn.optimizers import make_optimizer
from tuiconv.runs.given import Given, checked
from tuiconv.runs.settings import Settings, quoted
from tuiconv.runs.toml import read_override

KEYS = {
    "lr": "optimizer.lr",
    "momentum": "optimizer.momentum",
    "optimizer": "optimizer.name",
    "batch_size": "batch_size",
    "weight_decay": "optimizer.weight_decay",
}
"""What may be changed while a run goes on, and its key in a run file."""


@dataclass(frozen=True)
class Change:
    """Another value of a setting, from some batch on."""

    batches: int
    """How many batches were learned before."""
    name: str
    """One of `KEYS`."""
    value: str | float
    """A whole number for a batch size, a text for an optimiser."""

    def __str__(self) -> str:
        return f"{self.batches}:{self.name}={self.value}"


def parse_changes(text: str) -> tuple[Change, ...]:
    """The changes in a text such as `120:lr=0.05;300:optimizer=adam`, as `changes_text` writes it.

    Raises:
        RequestError: it is not written so, or a value is outside its limits.
    """
    return tuple(parse_change(part) for part in text.split(";") if part.strip())


def parse_change(text: str) -> Change:
    """The change in a text such as `120:lr=0.05`.

    Raises:
        RequestError: as for `parse_changes`.
    """
    when, colon, what = (part.strip() for part in text.partition(":"))
    name, equals, written = (part.strip() for part in what.partition("="))
    if not (colon and equals and re.fullmatch("[0-9]{1,18}", when)):
        raise RequestError(
            f"change {quoted(text)}; expected BATCHES:NAME=VALUE, such as 120:lr=0.05"
        )
    if name not in KEYS:
        raise unknown("change of", name, KEYS)
    (given,) = read_override(f"{KEYS[name]}={written}").values()
    value = checked(KEYS[name], Given(given.value, f"change {quoted(text)}"))
    return Change(int(when), name, value)


def changes_text(changes: Sequence[Change]) -> str:
    """Changes as `parse_changes` reads them."""
    return ";".join(map(str, changes))


def changed(settings: Settings, name: str, value: str | float) -> Settings:
    """Settings with another value of one of `KEYS`.

    Another optimiser comes with the learning rate and the momentum that are usual for it.

    Raises:
        RequestError: the value is outside its limits, or momentum for an optimiser without it.
    """
    if name not in KEYS:
        raise unknown("change of", name, KEYS)
    value = checked(KEYS[name], Given(value, name, is_named=True))
    optimizer = settings.optimizer
    if name == "batch_size":
        return replace(settings, batch_size=int(value))
    if name == "optimizer":
        usual = make_optimizer(str(value), np.zeros(0, np.float32))
        optimizer = replace(optimizer, name=str(value), lr=usual.lr, momentum=usual.momentum)
        return replace(settings, optimizer=optimizer)
    if name == "momentum" and optimizer.momentum is None:
        raise RequestError(
            f"momentum {value}; {optimizer.name} has none, but sgd and nesterov have"
        )
    new: dict[str, Any] = {name: float(value)}
    return replace(settings, optimizer=replace(optimizer, **new))


def made(settings: Settings, changes: Iterable[Change], until: float = math.inf) -> Settings:
    """Settings with the changes that are made up to so many batches.

    Raises:
        RequestError: one of them cannot be made.
    """
    for change in changes:
        if change.batches <= until:
            settings = changed(settings, change.name, change.value)
    return settings


def with_change(first: Settings, changes: Sequence[Change], change: Change) -> list[Change]:
    """The changes up to one more, which is left out if it takes back others at its place.

    Args:
        first: the settings before all changes.
        changes: in order.
        change: a possible one.
    """
    earlier = [each for each in changes if each.batches <= change.batches]
    wanted = changed(made(first, earlier), change.name, change.value)
    again = {"optimizer", "lr", "momentum"} if change.name == "optimizer" else {change.name}
    kept = [each for each in earlier if each.batches < change.batches or each.name not in again]
    return kept if made(first, kept) == wanted else [*kept, change]
