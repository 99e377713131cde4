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
    return clock_of_the_test


def test_calls_of_two_and_of_three_milliseconds_are_timed_as_such(time):
    seconds = clock.seconds_per_call([time.work(0.002), time.work(0.003)])
    assert seconds == pytest.approx([0.002, 0.003])


def test_two_slow_rounds_of_five_leave_the_median_alone(time):
    taken = iter([1.0, 0.6, 1.0, 9.0, 1.0, 0.6, 1.0, 7.0, 1.0, 0.6])
    # each round is a call, and one before it that does not count

    def call():
        time.now += next(taken)

    assert clock.ROUNDS == 5
    assert clock.seconds_per_call([call]) == pytest.approx([0.6])


def test_the_sides_take_turns(time):
    order = []

    def side(name):
        def call():
            order.append(name)
            time.now += 1.0

        return call

    clock.seconds_per_call([side("ours"), side("theirs")])
    turns = [name for name, _ in groupby(order)]
    assert turns == ["ours", "theirs"] * clock.ROUNDS


def test_slow_first_calls_do_not_count(time):
    taken = iter([0.1] * 3)

    def call():
        time.now += next(taken, 0.01)

    assert clock.seconds_in_a_round(call) == pytest.approx(0.01)


@pytest.mark.parametrize("seconds", [1e-6, 0.0004, 0.03, 2.0])
def test_calls_go_on_until_the_time_is_full_and_no_longer(time, seconds):
    assert clock.mean_seconds(time.work(seconds), 0.1) == pytest.approx(seconds)
    assert time.now == pytest.approx(max(0.1, seconds), abs=seconds)
