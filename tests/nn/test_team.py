import gc
import threading
import time

import pytest

from tuiconv.nn.team import MOST, Team


def test_every_member_is_called_once_with_its_number():
    team, called = Team(4), []
    for _ in range(50):
        called.clear()
        team.run(called.append)
        assert sorted(called) == [0, 1, 2, 3]


def test_fewer_members_may_be_asked_for_than_there_are():
    team, called = Team(4), []
    for members in (1, 3, 4, 2, 1, 9):
        called.clear()
        team.run(called.append, members=members)
        assert sorted(called) == list(range(min(members, 4)))


def test_the_caller_is_the_first_member():
    threads = {}
    Team(3).run(lambda member: threads.update({member: threading.current_thread()}))
    assert threads[0] is threading.current_thread()
    assert len(set(threads.values())) == 3


def test_nobody_returns_before_all_are_done():
    done = []

    def work(member):
        time.sleep(0.02 * member)
        done.append(member)

    Team(3).run(work)
    assert done == [0, 1, 2]


def test_no_stage_begins_before_all_have_done_the_one_before():
    done = []

    def first(member):
        time.sleep(0.02 * member)
        done.append("first")

    Team(3).run(first, lambda member: done.append("second"))
    assert done == ["first"] * 3 + ["second"] * 3


def test_after_an_error_later_stages_are_left_out():
    team, called = Team(2), []
    with pytest.raises(ZeroDivisionError):
        team.run(lambda member: 1 / member, called.append)
    assert called == []


def test_helpers_that_have_gone_to_sleep_wake_up_again():
    team, called = Team(2), []
    team.run(called.append)
    time.sleep(0.1)
    team.run(called.append)
    assert sorted(called) == [0, 0, 1, 1]


@pytest.mark.parametrize("guilty", [0, 1])
def test_an_error_in_any_member_reaches_the_caller_and_the_team_goes_on(guilty):
    def fail(member):
        if member == guilty:
            raise ValueError(f"member {member}")

    team, called = Team(2), []
    with pytest.raises(ValueError, match=f"member {guilty}"):
        team.run(fail)
    team.run(called.append)
    assert sorted(called) == [0, 1]


def test_helpers_end_with_their_team():
    team = Team(3)
    team.run(lambda member: None)
    helpers = team._helpers
    assert all(helper.is_alive() for helper in helpers)
    del team
    gc.collect()
    for helper in helpers:
        helper.join(timeout=5)
        assert not helper.is_alive()


def test_no_more_threads_are_started_than_make_sense():
    assert Team(10**9).size == MOST
