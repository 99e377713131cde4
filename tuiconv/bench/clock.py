"""Timing what is compared: in turns, so that a busy moment of the machine meets both."""

from collections.abc import Callable, Sequence
from statistics import median
from time import perf_counter

ROUNDS = 5
"""Odd, so that the median is one of them."""

ROUND_SECONDS = 0.15
"""How long a round is at least: far longer than a clock's tick or a thread's falling asleep."""

RUN_IN_SECONDS = 0.25
"""What goes before a round: threads of OpenMP spin on the other's cores for 0.2 s after their
work, and caches, clock rates and sleeping threads need a while to come back."""


def seconds_per_call(calls: Sequence[Callable[[], object]]) -> list[float]:
    """Time some functions in turns: a round of the first, of the second, …, and again.

    Returns:
        For each, the median over `ROUNDS` rounds of the mean time of a call, in seconds.
    """
    rounds = [[seconds_in_a_round(call) for call in calls] for _ in range(ROUNDS)]
    return [median(times) for times in zip(*rounds, strict=True)]


def seconds_in_a_round(call: Callable[[], object]) -> float:
    """The mean time of a call that has been running for a while."""
    mean_seconds(call, RUN_IN_SECONDS)
    return mean_seconds(call, ROUND_SECONDS)


def mean_seconds(call: Callable[[], object], at_least: float) -> float:
    """The mean time of a call, over as many as fill so many seconds, and one at least."""
    start, count = perf_counter(), 0
    while True:
        call()
        count += 1
        seconds = perf_counter() - start
        if seconds >= at_least:
            return seconds / count
