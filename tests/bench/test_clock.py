from itertools import groupby

import pytest

from tuiconv.bench import clock


class Clock:
    """Time that passes only when told to."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def work(self, seconds):
        """A function that takes so long."""

        def call():
            self.now += seconds

        return call


@pytest.fixture
def time(monkeypatch):
    clock_of_the_test = Clock()
    monkeypatch.setattr(clock, "perf_counter", clock_of_the_test)
    monkeypatch.setattr(clock, "sleep", lambda seconds: None)
    return clock_of_the_test


def test_calls_of_two_and_of_three_milliseconds_are_timed_as_such(time):
    seconds = clock.seconds_per_call([time.work(0.002), time.work(0.003)])
    assert seconds == pytest.approx([0.002, 0.003])


def test_two_slow_rounds_of_five_leave_the_median_alone(time):
    taken = iter([0.06] * 2 + [0.06, 0.06, 0.06, 9.0, 0.06, 0.06, 0.06, 7.0, 0.06, 0.06])
    # a call before each round is not timed: the slow calls are those of the second and fourth round

    def call():
        time.now += next(taken)

    assert clock.ROUNDS == 5
    assert clock.seconds_per_call([call]) == pytest.approx([0.06])


def test_the_sides_take_turns(time):
    order = []

    def side(name):
        def call():
            order.append(name)
            time.now += 1.0  # a round is one call, and one before it

        return call

    clock.seconds_per_call([side("ours"), side("theirs")])
    turns = [name for name, _ in groupby(order)]
    assert turns == ["ours", "theirs"] * (1 + clock.ROUNDS)  # the first turn finds out how many


@pytest.mark.parametrize("seconds", [1e-6, 0.0004, 0.03, 2.0])
def test_a_round_lasts_long_enough_and_not_more_than_twice_as_long_if_calls_are_short(
    time, seconds
):
    calls = clock.calls_in_a_round(time.work(seconds))
    assert calls * seconds >= clock.ROUND_SECONDS * 0.999
    assert calls == 1 or calls * seconds < 2 * clock.ROUND_SECONDS


def test_rounds_are_at_least_thirty_milliseconds():
    assert clock.ROUND_SECONDS >= 0.03
