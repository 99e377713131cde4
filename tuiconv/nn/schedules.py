"""Schedules: how the learning rate changes while a network learns.

A schedule gives the factor of the learning rate for a batch, from how often the training images
have been seen before it: `passes`, with the share of the pass in hand, of `epochs` in all.
"""

import math
from collections.abc import Callable
from typing import TypeAlias

from tuiconv.errors import unknown

Schedule: TypeAlias = Callable[[float, int], float]
"""(passes, epochs) -> factor of the learning rate."""

TABLE_1998 = ((2, 0.0005), (5, 0.0002), (8, 0.0001), (12, 0.00005), (math.inf, 0.00001))
"""Before so many passes, the global learning rate of LeCun, Bottou, Bengio & Haffner 1998, §III."""


def constant(passes: float, epochs: int) -> float:
    """1, always."""
    return 1.0


def step(passes: float, epochs: int) -> float:
    """A tenth from half of all passes on, and a hundredth in the last quarter (He et al. 2016)."""
    if passes < epochs / 2:
        return 1.0
    return 0.1 if passes < epochs * 3 / 4 else 0.01


def cosine(passes: float, epochs: int) -> float:
    """(1 + cos(π · passes / epochs)) / 2: from 1 gently down to 0 (Loshchilov & Hutter 2017)."""
    return (1 + math.cos(math.pi * passes / epochs)) / 2


def lecun_1998(passes: float, epochs: int) -> float:
    """The table of 1998 over its first rate; with lr 0.0005 its very rates.

    0.0005 for two passes, 0.0002 for three, 0.0001 for three, 0.00005 for four, then 0.00001.
    """
    rate = next(rate for end, rate in TABLE_1998 if passes < end)
    return rate / TABLE_1998[0][1]


SCHEDULES: dict[str, Schedule] = {
    "constant": constant,
    "step": step,
    "cosine": cosine,
    "1998": lecun_1998,
}
"""By name."""


def schedule_named(name: str) -> Schedule:
    """A schedule by name.

    Raises:
        RequestError: there is none of that name.
    """
    if name not in SCHEDULES:
        raise unknown("schedule", name, SCHEDULES)
    return SCHEDULES[name]


def schedule_name(schedule: Schedule) -> str:
    """What a schedule is called; one of one's own by the name of its function."""
    own = getattr(schedule, "__name__", type(schedule).__name__)
    return next((name for name, known in SCHEDULES.items() if known is schedule), own)
