from queue import SimpleQueue
from threading import Event, Timer, get_ident

import pytest

from tuiconv.errors import RequestError
from tuiconv.tui import app
from tuiconv.tui.compute import Compute

PATIENCE = 30.0
"""Seconds after which a thread that should have ended will not end any more."""


class Counting:
    """Work that counts its steps, and waits in each of them to be let go on."""

    def __init__(self) -> None:
        self.going = True
        self.steps = 0
        self.began: SimpleQueue[int] = SimpleQueue()
        self.go_on: SimpleQueue[None] = SimpleQueue()

    def advance(self) -> None:
        self.steps += 1
        self.began.put(self.steps)
        self.go_on.get(timeout=PATIENCE)


@pytest.fixture
def errors() -> SimpleQueue[Exception]:
    return SimpleQueue()


@pytest.fixture
def compute(errors):
    thread = Compute(errors.put)
    thread.start()
    yield thread
    thread.stop()
    thread.join(PATIENCE)
    assert not thread.is_alive()


@pytest.fixture
def work(compute) -> Counting:
    """Work that has begun its first step."""
    counting = Counting()
    compute.submit(lambda: setattr(compute, "work", counting))
    assert counting.began.get(timeout=PATIENCE) == 1
    yield counting
    counting.going = False
    counting.go_on.put(None)


def test_jobs_run_in_order_in_one_other_thread(compute):
    done = SimpleQueue()
    for number in range(50):
        compute.submit(lambda number=number: done.put((number, get_ident())))
    results = [done.get(timeout=PATIENCE) for _ in range(50)]
    assert [number for number, _ in results] == list(range(50))
    assert {ident for _, ident in results} == {compute.ident}
    assert compute.ident != get_ident()


def test_submitting_does_not_wait_for_the_job(compute):
    go_on = Event()
    compute.submit(lambda: go_on.wait(PATIENCE))
    compute.submit(lambda: None)  # or this would never be reached
    go_on.set()


def test_work_goes_on_by_itself_when_no_job_waits(work):
    for step in (2, 3, 4):
        work.go_on.put(None)
        assert work.began.get(timeout=PATIENCE) == step


def test_waiting_jobs_all_run_before_the_next_step_of_work(compute, work):
    steps_at_job = SimpleQueue()
    for _ in range(3):
        compute.submit(lambda: steps_at_job.put(work.steps))
    assert steps_at_job.empty()  # the first step is still in hand
    work.go_on.put(None)
    assert work.began.get(timeout=PATIENCE) == 2
    assert [steps_at_job.get(timeout=PATIENCE) for _ in range(3)] == [1, 1, 1]


def test_work_that_is_not_going_rests_until_a_job_sets_it_going(compute, work):
    compute.submit(lambda: setattr(work, "going", False))
    rested = Event()
    compute.submit(rested.set)
    work.go_on.put(None)
    assert rested.wait(PATIENCE)
    assert work.steps == 1
    compute.submit(lambda: setattr(work, "going", True))
    assert work.began.get(timeout=PATIENCE) == 2


def test_stop_ends_after_the_step_in_hand_though_work_goes_on(compute, work):
    compute.stop()
    work.go_on.put(None)
    compute.join(PATIENCE)
    assert not compute.is_alive()
    assert work.steps == 1


def test_stop_ends_a_thread_that_waits_for_jobs(compute):
    compute.stop()
    compute.join(PATIENCE)
    assert not compute.is_alive()


def test_what_was_promised_is_done_though_the_thread_is_to_stop_with_all_before_it(compute, work):
    done = []
    compute.submit(lambda: done.append("asked before"))
    compute.promise(lambda: done.append("promised"))
    compute.submit(lambda: done.append("asked afterwards"))
    compute.stop()
    assert compute.owes
    work.go_on.put(None)
    compute.join(PATIENCE)
    assert done == ["asked before", "promised"]
    assert work.steps == 1
    assert not compute.owes


def test_the_program_ends_only_when_a_file_that_takes_long_is_written(monkeypatch, capsys):
    written, go_on = [], Event()

    def press_s_and_q(explorer):
        explorer.compute.start()
        explorer.compute.promise(lambda: written.append(go_on.wait(PATIENCE)))
        explorer.compute.stop()

    monkeypatch.setattr(app, "end_by_signals", lambda explorer: None)
    monkeypatch.setattr(app, "PATIENCE", 0.0)
    monkeypatch.setattr(app.TuiconvApp, "run", press_s_and_q)
    Timer(0.2, go_on.set).start()
    assert app.run_explorer(animated=True) == 0
    assert written == [True]
    assert capsys.readouterr().err == "a file is still being written; Ctrl-C gives it up\n"


def test_a_promise_that_cannot_be_kept_does_not_hold_the_thread(compute, errors):
    go_on = Event()
    compute.submit(lambda: go_on.wait(PATIENCE))
    for _ in range(2):
        compute.promise(lambda: 1 // 0)
    compute.stop()
    go_on.set()
    compute.join(PATIENCE)
    assert not compute.is_alive()
    assert errors.empty()


def test_jobs_behind_stop_do_not_run(compute):
    ran = Event()
    go_on = Event()
    compute.submit(lambda: go_on.wait(PATIENCE))
    compute.stop()
    compute.submit(ran.set)
    go_on.set()
    compute.join(PATIENCE)
    assert not ran.is_set()


def test_the_process_does_not_wait_for_the_thread(compute):
    assert compute.daemon


def test_an_error_that_the_user_can_mend_is_reported_and_jobs_go_on(compute, errors):
    mistake = RequestError("no such thing")

    def fail() -> None:
        raise mistake

    went_on = Event()
    compute.submit(fail)
    compute.submit(went_on.set)
    assert errors.get(timeout=PATIENCE) is mistake
    assert went_on.wait(PATIENCE)
    assert errors.empty()


def test_a_fault_of_the_program_is_reported_and_ends_everything(compute, errors):
    ran = Event()
    compute.submit(lambda: {}["missing"])
    compute.submit(ran.set)
    assert isinstance(errors.get(timeout=PATIENCE), KeyError)
    compute.join(PATIENCE)
    assert not compute.is_alive()
    assert compute.stopped.is_set()
    assert not ran.is_set()


def test_a_fault_in_the_work_is_reported_too(compute, errors):
    class Broken:
        going = True

        def advance(self) -> None:
            raise ZeroDivisionError

    compute.submit(lambda: setattr(compute, "work", Broken()))
    assert isinstance(errors.get(timeout=PATIENCE), ZeroDivisionError)
    compute.join(PATIENCE)
    assert not compute.is_alive()
