"""Timing what is compared: in turns, so that a busy moment of the machine meets both."""

from collections.abc import Callable, Sequence
from statistics import median
from time import perf_counter, sleep

ROUNDS = 5
"""Odd, so that the median is one of them."""

ROUND_SECONDS = 0.04
"""How long a round is at least: far longer than a clock's tick or a thread's falling asleep."""

PAUSE_SECONDS = 0.25
"""Between two turns: threads of OpenMP spin for 0.2 s after their work, on the other's cores."""


def seconds_per_call(calls: Sequence[Callable[[], object]]) -> list[float]:
    """Time some functions in turns: a round of the first, of the second, …, and again.

    Returns:
        For each, the median over `ROUNDS` rounds of the mean time of a call, in seconds.
    """
    counts = [calls_in_a_round(call) for call in calls]
    rounds = [
        [mean_seconds(call, count) for call, count in zip(calls, counts, strict=True)]
        for _ in range(ROUNDS)
    ]
    return [median(times) for times in zip(*rounds, strict=True)]


def calls_in_a_round(call: Callable[[], object]) -> int:
    """How many calls last `ROUND_SECONDS`; finding out also warms everything up."""
    count = 1
    while mean_seconds(call, count) * count < ROUND_SECONDS:
        count *= 2
    return count


def mean_seconds(call: Callable[[], object], count: int) -> float:
    """The mean time of a call, after one that brings caches and threads back from the last turn."""
    sleep(PAUSE_SECONDS)
    call()
    start = perf_counter()
    for _ in range(count):
        call()
    return (perf_counter() - start) / count
