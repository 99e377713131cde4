import pytest

from tuiconv.bench import cases, clock
from tuiconv.bench.cases import Case, Peer, Row, Side, measure

ABSENT = Peer("Absent", "a_module_that_is_not_there", "absent")


def timed(monkeypatch, unit, ours, theirs):
    """The row of two sides (seconds of a call, work of a call)."""
    seconds = [ours[0], theirs[0]]
    monkeypatch.setattr(cases, "seconds_per_call", lambda calls: seconds)
    case = Case(
        "a/case",
        unit,
        Peer("Peer"),
        lambda threads: Side(lambda: None, ours[1]),
        lambda threads: Side(lambda: None, theirs[1]),
    )
    return measure(case, 2)


def test_64_images_in_two_milliseconds_are_32000_a_second_and_twice_as_many_as_16000(monkeypatch):
    row = timed(monkeypatch, cases.IMAGES_PER_SECOND, (0.002, 64), (0.004, 64))
    assert (row.ours, row.theirs, row.ratio) == pytest.approx((32_000, 16_000, 2))
    assert row.unit == "images/s"


def test_3_milliseconds_against_6_are_twice_as_fast(monkeypatch):
    row = timed(monkeypatch, cases.MILLISECONDS, (0.003, 1), (0.006, 1))
    assert (row.ours, row.theirs, row.ratio) == pytest.approx((3, 6, 2))


def test_40_microseconds_against_10_are_a_quarter_as_fast(monkeypatch):
    row = timed(monkeypatch, cases.MICROSECONDS, (40e-6, 1), (10e-6, 1))
    assert (row.ours, row.theirs, row.ratio) == pytest.approx((40, 10, 0.25))


def test_sides_that_do_different_amounts_of_work_are_compared_by_their_rates(monkeypatch):
    # 6e9 operations in 0.1 s are 60 GFLOP/s, 2e9 in 0.02 s are 100
    row = timed(monkeypatch, cases.GFLOPS, (0.1, 6e9), (0.02, 2e9))
    assert (row.ours, row.theirs, row.ratio) == pytest.approx((60, 100, 0.6))


@pytest.mark.parametrize(("more_is_better", "ratio"), [(True, 3), (False, 1 / 3)])
def test_a_ratio_above_one_is_good_whatever_the_unit(told, more_is_better, ratio):
    row = measure(told(ours=6.0, theirs=2.0, more_is_better=more_is_better), 1)
    assert row == Row("a/case", 6.0, "Peer", 2.0, pytest.approx(ratio), "points", "")


def test_without_its_peer_a_row_has_our_figure_and_says_why_there_is_no_other(told):
    row = measure(told(peer=ABSENT), 1)
    assert row == Row("a/case", 6.0, "Absent", None, None, "points", "not installed")


def test_a_row_without_a_peer_has_nothing_to_note(told):
    row = measure(told(theirs=None, peer=cases.NOBODY), 1)
    assert row == Row("a/case", 6.0, "", None, None, "points", "")


def broken_when_built(threads):
    raise ImportError("of another version")


def broken_when_called(threads):
    return Side({}.popitem)


@pytest.mark.parametrize("broken", [broken_when_built, broken_when_called])
def test_a_peer_that_fails_does_not_take_our_figure_with_it(told, broken):
    good = told()
    row = measure(Case(good.name, good.unit, good.peer, good.ours, broken), 1)
    assert (row.ours, row.theirs, row.ratio, row.note) == (6.0, None, None, "failed")


def test_ctrl_c_is_no_failure_of_a_peer(told):
    def interrupted(threads):
        raise KeyboardInterrupt

    good = told()
    with pytest.raises(KeyboardInterrupt):
        measure(Case(good.name, good.unit, good.peer, good.ours, interrupted), 1)


def test_both_sides_are_built_for_the_threads_asked_for():
    seen = []

    def side(threads):
        seen.append(threads)
        return Side(lambda: 1.0)

    measure(Case("a/case", cases.MEGABYTES, Peer("Peer"), side, side), 3)
    assert seen == [3, 3]


def test_sides_with_a_unit_of_time_are_really_timed(monkeypatch):
    for seconds in ("RUN_IN_SECONDS", "ROUND_SECONDS"):
        monkeypatch.setattr(clock, seconds, 1e-6)
    calls = []
    case = Case(
        "a/case", cases.MILLISECONDS, Peer("Peer"),
        lambda threads: Side(lambda: calls.append("ours")),
        lambda threads: Side(lambda: calls.append("theirs")),
    )  # fmt: skip
    row = measure(case, 1)
    assert row.ours > 0
    assert row.theirs > 0
    assert {"ours", "theirs"} == set(calls)
