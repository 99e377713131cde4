from tuiconv.lessons.training import sparing
from tuiconv.lessons.training.sparing import SHARE, Sparing


def test_what_costs_a_second_is_made_anew_after_so_many_seconds(monkeypatch):
    clock, made = [0.0], []
    monkeypatch.setattr(sparing, "perf_counter", lambda: clock[0])

    def make():
        clock[0] += 1
        made.append(clock[0])
        return made[-1]

    kept = Sparing()

    def get(what, may_be_old=True):
        return kept.get(what, make, may_be_old=may_be_old)

    assert get("a") == 1
    clock[0] = 1 + SHARE - 0.5
    assert get("a") == 1
    clock[0] = 1 + SHARE
    assert get("a") == SHARE + 2
    assert get("b") == SHARE + 3
    assert get("b", may_be_old=False) == SHARE + 4
