"""Lists of kernel calls, and how two threads that run one each wait for each other."""

import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from threading import BrokenBarrierError

import numba
import numpy as np
import pytest

from tuiconv_kernels import jit, passes
from tuiconv_kernels.program import ADDRESS, KERNELS, Program, kinds
from tuiconv_kernels.waiting import BROKEN, arrive, linger, meet, reaches

compiled = pytest.mark.skipif(not jit.ENABLED, reason="rows of integers need compiled kernels")

PATIENCE = 60
"""Seconds after which a thread that should have ended will not end any more."""


@pytest.fixture
def other_thread():
    with ThreadPoolExecutor(1) as pool:
        yield pool


def add(rows):
    """Add the second of two rows to the first."""
    return passes.add_rows, (rows, 2, 0, rows.shape[1])


@compiled
def test_calls_run_in_order_and_python_functions_among_them(dtype):
    x, seen = np.array([[1, 2], [10, 20]], dtype), []
    calls = [add(x), (lambda: seen.append(x[0].tolist()), ()), add(x), (passes.clear, (x[1],))]
    Program(calls, dtype).run()
    assert seen == [[11, 22]]
    np.testing.assert_array_equal(x, [[21, 42], [0, 0]])


@compiled
def test_a_call_may_be_given_another_array_and_another_number(dtype):
    x = np.array([[1, 2, 3], [10, 20, 30]], dtype)
    y = np.array([[1, 1], [5, 5]], dtype)
    program = Program([add(x)], dtype)
    program.change(0, 0, y)
    program.change(0, 3, 1)
    program.run()
    np.testing.assert_array_equal(y, [[6, 1], [5, 5]])
    np.testing.assert_array_equal(x[0], [1, 2, 3])


def test_a_python_function_may_be_given_other_arguments():
    seen = []
    program = Program([(seen.insert, (0, "first")), (seen.append, ("last",))], np.float32)
    program.change(0, 1, "changed")
    program.run()
    program.change(0, 0, 1)
    program.run()
    assert seen == ["changed", "changed", "last", "last"]


@compiled
def test_arrays_live_as_long_as_a_call_takes_them_also_if_another_was_refused(dtype):
    program = Program([add(np.zeros((2, 4), dtype))], dtype)
    array = np.zeros((2, 4), dtype)
    taken = weakref.ref(array)
    program.change(0, 0, array)
    del array
    with pytest.raises(TypeError):
        program.change(0, 0, np.zeros(4, dtype))
    assert taken() is not None
    program.change(0, 0, np.zeros((2, 4), dtype))
    assert taken() is None


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.__name__)
def test_the_arguments_of_every_kernel_leave_room_for_its_address(kernel, dtype):
    kind = kinds(numba.from_dtype(np.dtype(dtype)))
    integers = [1 + getattr(kind[letter], "ndim", 0) for letter in KERNELS[kernel].split()]
    assert 1 + sum(integers) <= ADDRESS


@compiled
def test_an_array_with_gaps_is_refused_with_its_strides():
    gaps = np.zeros((2, 4), np.float32)[:, ::2]
    with pytest.raises(ValueError, match=r"strides \(16, 8\)"):
        Program([add(gaps)], np.float32)


@compiled
def test_an_array_of_another_kind_is_refused_with_what_is_needed():
    with pytest.raises(TypeError, match=r"float64, 2-d, stands for array\(float32, 2d, C\)"):
        Program([add(np.zeros((2, 4)))], np.float32)
    program = Program([add(np.zeros((2, 4), np.float32))], np.float32)
    with pytest.raises(TypeError, match=r"float32, 1-d"):
        program.change(0, 0, np.zeros(4, np.float32))


@compiled
def test_nobody_goes_on_before_all_have_come(other_thread):
    turns, x = np.zeros(2, np.int64), np.array([[0, 0], [1, 1]], np.float32)
    later = [(time.sleep, (0.05,)), add(x), (arrive, (turns, 1)), (meet, (turns, 1))]
    waiting = other_thread.submit(Program(later, np.float32).run)
    doubled = [(arrive, (turns, 0)), (meet, (turns, 0)), add(x)]
    Program(doubled, np.float32).run()
    waiting.result()
    np.testing.assert_array_equal(x[0], [2, 2])  # 1, and only then 1 more
    np.testing.assert_array_equal(turns, [1, 1])


@compiled
def test_who_waits_for_a_broken_thread_is_told(other_thread):
    turns, x = np.zeros(2, np.int64), np.array([[0, 0], [1, 1]], np.float32)
    calls = [add(x), (arrive, (turns, 0)), (meet, (turns, 0)), add(x)]
    waiting = other_thread.submit(Program(calls, np.float32).run)
    turns[1] = BROKEN
    with pytest.raises(BrokenBarrierError):
        waiting.result(timeout=PATIENCE)
    np.testing.assert_array_equal(x[0], [1, 1])


def test_a_list_of_nothing_but_waiting_waits_too(other_thread):
    turns = np.zeros(2, np.int64)
    waits = Program([(arrive, (turns, 0)), (meet, (turns, 0))], np.float32)
    waiting = other_thread.submit(waits.run)
    time.sleep(0.02)
    assert not waiting.done()
    arrive(turns, 1)
    waiting.result(timeout=PATIENCE)
    turns[1] = BROKEN
    arrive(turns, 0)
    with pytest.raises(BrokenBarrierError):
        meet(turns, 0)


def test_a_turn_is_seen_once_it_is_reached():
    turns = np.array([3, 5])
    assert reaches(turns, 1, 5, 1)
    assert reaches(turns, 0, 2, 1)
    assert not reaches(turns, 0, 4, 10)


def test_who_lingers_goes_when_the_leader_goes_on_or_after_a_while(other_thread):
    jobs = np.array([1, 1])
    linger(jobs, 0, 1, 10)
    waiting = other_thread.submit(linger, jobs, 0, 1, 1 << 40 if jit.ENABLED else 1)
    arrive(jobs, 0)
    waiting.result(timeout=PATIENCE)
    assert jobs.tolist() == [2, 1]
