import gc
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from tuiconv.nn import team as team_module
from tuiconv.nn.team import MOST, Job, Team
from tuiconv.nn.training import Trainer


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
    assert sorted(done) == [0, 1, 2]


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
    helpers = list(team._helpers.values())
    assert all(helper.is_alive() for helper in helpers)
    del team
    gc.collect()
    for helper in helpers:
        helper.join(timeout=60)
        assert not helper.is_alive()


def test_no_more_threads_are_started_than_make_sense():
    assert Team(10**9).size == MOST


@pytest.mark.parametrize("guilty", [0, 1])
def test_a_job_can_be_done_again_after_an_error(guilty):
    done, fails = [], [True]

    def work(member):
        if member == guilty and fails:
            raise ValueError(fails.pop())
        done.append(member)

    team = Team(2)
    stages = [[[(work, (member,))] for member in (0, 1)] for _ in range(2)]
    first, second = Job(team, stages, np.float32), Job(team, stages, np.float32)
    with pytest.raises(ValueError, match="True"):
        first.run()
    for job in (first, second, first):
        done.clear()
        job.run()
        assert sorted(done) == [0, 0, 1, 1]


def test_a_helper_that_could_not_be_started_is_started_for_the_next_job(monkeypatch):
    team, called = Team(2), []
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", lambda self: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            team.run(called.append)
    team.run(called.append)
    assert sorted(called) == [0, 1]


class InterruptAtLine:
    """Raises KeyboardInterrupt at one line of the team's module that is run in this thread."""

    def __init__(self, number):
        self.left = number

    def __call__(self, frame, event, argument):
        # a real interrupt does not come between the body of a with and its end, as one would here
        if frame.f_code.co_filename != team_module.__file__ or frame.f_code.co_name == "wake":
            return None
        if event == "line":
            self.left -= 1
            if self.left == 0:
                sys.settrace(None)
                raise KeyboardInterrupt
        return self


@pytest.mark.parametrize("asleep", [False, True], ids=["awake", "asleep"])
def test_an_interrupt_at_any_line_leaves_a_trainer_as_good_as_new(small, rng, asleep):
    x, labels = rng.standard_normal((40, 1, 8, 8)).astype(np.float32), rng.integers(0, 3, 40)
    other_x, other_labels = x[:20] + 1, labels[:20]
    expected = small()
    Trainer(expected, momentum=0, threads=1).step(x, labels)
    was_interrupted, line = True, 0
    while was_interrupted:
        line += 1
        net = small()
        start = net.state_dict()
        trainer = Trainer(net, momentum=0, threads=2)
        trainer.step(x, labels)
        time.sleep(0.01 * asleep)
        was_interrupted = False
        before = sys.gettrace()
        sys.settrace(InterruptAtLine(line))
        try:
            trainer.step(x, labels)
        except KeyboardInterrupt:
            was_interrupted = True
        finally:
            sys.settrace(before)
        trainer.step(other_x, other_labels)
        net.load_state_dict(start)
        trainer.step(x, labels)
        assert net.parameters.tobytes() == expected.parameters.tobytes()
    assert line > 15


def test_two_threads_may_use_one_trainer(small, rng):
    x, labels = rng.standard_normal((40, 1, 8, 8)).astype(np.float32), rng.integers(0, 3, 40)
    net, expected = small(), small()
    trainer, alone = Trainer(net, threads=2), Trainer(expected, threads=1)
    threads = [
        threading.Thread(target=lambda: [trainer.step(x, labels) for _ in range(20)])
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()
    for _ in range(40):
        alone.step(x, labels)
    assert net.parameters.tobytes() == expected.parameters.tobytes()


FORK = """
import os
import numpy as np
from tuiconv.nn.network import Network
net = Network.parse("INPUT(1,4,4) -> FC(2)")
net.compiled._team.size = 2
x = np.ones((100, 1, 4, 4), np.float32)
net(x)
child = os.fork()
if child == 0:
    net(x)
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_forked_process_finds_helpers_of_its_own():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORK],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert done.stdout.strip() == "7"
