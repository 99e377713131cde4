from itertools import pairwise

import numpy as np
import pytest

from tuiconv.runs.settings import Settings
from tuiconv.runs.stepping import snapshots as module
from tuiconv.runs.stepping.snapshots import Snapshot, Snapshots


def snapshot(batches: int, floats: int = 10) -> Snapshot:
    array = np.zeros(floats, np.float32)
    return Snapshot(batches, None, Settings(), {"a": array}, {"b": array, "c": 1})


@pytest.fixture
def kept():
    snapshots = Snapshots()
    for batches in (0, 10, 20, 30):
        snapshots.keep(snapshot(batches))
    return snapshots


def places(snapshots):
    return [batches for batches in range(1000) if snapshots.has(batches)]


def test_the_last_one_before_a_place_is_found(kept):
    assert [kept.before(at).batches for at in (-1, 0, 9, 10, 29, 99)] == [0, 0, 0, 10, 20, 30]
    assert kept.first == 0


def test_a_second_one_at_a_place_is_not_kept(kept):
    first = kept.before(10)
    kept.keep(snapshot(10))
    assert kept.before(10) is first


def test_the_one_that_is_missed_least_goes_worked_by_hand(kept, monkeypatch):
    monkeypatch.setattr(module, "MOST", 4)
    kept.keep(snapshot(40))  # gaps 20 in distances 30, 20 and 10
    assert places(kept) == [0, 20, 30, 40]
    kept.keep(snapshot(50))  # 30/30, 20/20, 20/10: the first of the two equal ones
    assert places(kept) == [0, 30, 40, 50]
    kept.keep(snapshot(38))  # after going back: 38/8, 10/2, 10/12
    assert places(kept) == [0, 30, 38, 40]


def test_few_reach_back_to_the_beginning_ever_farther_apart(monkeypatch):
    monkeypatch.setattr(module, "MOST", 20)
    kept = Snapshots()
    for batches in range(2001):
        kept.keep(snapshot(batches))
    at = [kept.before(2000).batches]
    while at[-1]:
        at.append(kept.before(at[-1] - 1).batches)
    assert (len(at), kept.first) == (20, 0)
    assert at[:3] == [2000, 1999, 1998]
    for near, far in pairwise(at[2:]):
        assert near - far <= 0.6 * (2000 - far)


def test_the_bytes_of_their_arrays_are_bounded_but_the_three_nearest_stay(kept, monkeypatch):
    assert snapshot(0).bytes == 80
    monkeypatch.setattr(module, "MOST_BYTES", 320)
    kept.keep(snapshot(40))
    assert places(kept) == [0, 20, 30, 40]
    kept.keep(snapshot(50, floats=1000))
    assert places(kept) == [30, 40, 50]
    kept.keep(snapshot(60))
    assert places(kept) == [40, 50, 60]
    for batches in (70, 80, 90, 100):
        kept.keep(snapshot(batches))
    assert places(kept) == [60, 80, 90, 100]


def test_a_future_that_will_not_be_is_forgotten(kept):
    kept.forget_after(10)
    assert places(kept) == [0, 10]
