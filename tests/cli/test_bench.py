import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tuiconv.bench import rows
from tuiconv.bench.cases import PILLOW, Case, Peer, Side, Unit
from tuiconv.cli import bench

ABSENT = Peer("PyTorch", "a_module_that_is_not_there", "torch")
POINTS = Unit("points", more_is_better=True)


def told(name, ours, theirs, peer=PILLOW):
    """A case whose sides tell their figures without being timed."""
    return Case(
        name, POINTS, peer, lambda threads: Side(lambda: ours), lambda threads: Side(lambda: theirs)
    )


def interrupted(threads):
    raise KeyboardInterrupt


@pytest.fixture
def figures(monkeypatch):
    """Sets the rows that can be measured."""

    def use(*cases):
        monkeypatch.setattr(rows, "CASES", cases)

    use(told("run/one", 6.0, 2.0), told("run/two", 1.0, 4.0), told("walk/one", 3.0, 9.0, ABSENT))
    return use


def json_rows(done):
    return [json.loads(line) for line in done.out.splitlines()]


@pytest.mark.usefixtures("figures")
def test_a_table_is_printed(tuiconv):
    done = tuiconv("bench", "--only", "run")
    assert (done.status, done.err) == (0, "")
    lines = [line.split() for line in done.out.splitlines()]
    assert ["run/one", "6.00", "points", "2.00", "Pillow", "3.00×"] in lines
    assert ["run/two", "1.00", "points", "4.00", "Pillow", "0.25×"] in lines
    assert "walk/one" not in done.out
    assert "to compare" not in done.out


@pytest.mark.usefixtures("figures")
def test_as_json_every_line_is_a_row(tuiconv):
    done = tuiconv("bench", "--json")
    assert (done.status, done.err) == (0, "")
    one, two, three = json_rows(done)
    assert one == {
        "name": "run/one",
        "ours": 6.0,
        "peer": "Pillow",
        "theirs": 2.0,
        "ratio": 3.0,
        "unit": "points",
        "note": "",
    }
    assert two["ratio"] == 0.25
    assert (three["theirs"], three["ratio"], three["note"]) == (None, None, "not installed")


@pytest.mark.usefixtures("figures")
def test_a_peer_that_is_missing_is_said_and_how_to_get_it(tuiconv):
    done = tuiconv("bench")
    assert done.status == 0
    assert "not installed" in done.out
    assert "to compare: pip install torch\n" in done.out


@pytest.mark.usefixtures("figures")
@pytest.mark.parametrize(
    ("threads", "words"), [(1, "1 thread;"), (3, "3 threads;"), (None, "thread")]
)
def test_it_says_in_how_many_threads(tuiconv, threads, words):
    options = () if threads is None else ("--threads", threads)
    assert words in tuiconv("bench", *options).out


def test_the_threads_asked_for_are_those_that_both_sides_get(tuiconv, figures):
    seen = []

    def side(threads):
        seen.append(threads)
        return Side(lambda: 1.0)

    figures(Case("run/one", POINTS, PILLOW, side, side))
    assert tuiconv("bench", "--threads", 7).status == 0
    assert seen == [7, 7]


@pytest.mark.usefixtures("figures")
@pytest.mark.parametrize("name", ["run/onee", "run/three", "zzz", "x" * 500])
def test_a_name_of_no_row_is_one_line_with_the_nearest(refused, name):
    message = refused(2, "bench", "--only", name)
    assert repr(name) in message
    assert "the nearest is " in message
    assert "run, walk" in message


@pytest.mark.parametrize("threads", ["0", "-1", "two"])
def test_no_threads_are_refused(refused, threads):
    assert threads in refused(2, "bench", "--threads", threads)


def test_without_compiled_kernels_there_is_nothing_to_measure(refused, monkeypatch):
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    assert "NUMBA_DISABLE_JIT" in refused(2, "bench")


def test_ctrl_c_ends_it_with_what_was_measured(tuiconv, figures):
    figures(told("run/one", 6.0, 2.0), Case("run/two", POINTS, PILLOW, interrupted, None))
    done = tuiconv("bench")
    assert done.status == 130
    assert done.err == "stopped early: 1 of 2 rows\n"
    assert "run/one" in done.out
    assert "run/two" not in done.out


def test_ctrl_c_before_the_first_row_prints_no_empty_table(tuiconv, figures):
    figures(Case("run/one", POINTS, PILLOW, interrupted, None))
    done = tuiconv("bench")
    assert (done.status, done.out, done.err) == (130, "", "stopped early: 0 of 1 rows\n")


def test_as_json_what_was_measured_before_ctrl_c_is_out_already(tuiconv, figures):
    figures(told("run/one", 6.0, 2.0), Case("run/two", POINTS, PILLOW, interrupted, None))
    done = tuiconv("bench", "--json")
    assert done.status == 130
    assert [row["name"] for row in json_rows(done)] == ["run/one"]


AS_IN_A_SHELL = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from tuiconv.cli import main
main()
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_ctrl_c_ends_a_process_that_measures():
    command = [sys.executable, "-c", AS_IN_A_SHELL, "bench", "--only", "kernel", "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, err = process.communicate()
    assert process.returncode == 130
    assert json.loads(first)["name"] == "kernel/conv1/forward"
    assert all(json.loads(line)["unit"] == "GFLOP/s" for line in rest.splitlines())
    assert err.startswith("stopped early: ")


class Screen(io.StringIO):
    """A terminal to write errors to."""

    def isatty(self):
        return True


@pytest.mark.usefixtures("figures")
def test_on_a_terminal_the_row_that_is_measured_is_shown_and_then_taken_away(tuiconv, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    assert tuiconv("bench", "--only", "run", "--json").status == 0
    shown = screen.getvalue()
    assert "1 of 2: run/one" in shown
    assert "2 of 2: run/two" in shown
    assert shown.endswith("\r\x1b[1A\x1b[2K")  # up to its line, which is erased


@pytest.mark.usefixtures("figures")
@pytest.mark.parametrize("options", [[], ["--color", "none"], ["--color", "auto"]])
def test_into_a_pipe_or_without_colour_there_are_no_escape_codes(tuiconv, options):
    assert "\x1b" not in tuiconv("bench", *options).out


@pytest.mark.usefixtures("figures")
def test_colours_asked_for_are_drawn(tuiconv):
    assert "\x1b[1m" in tuiconv("bench", "--color", "truecolor").out


def test_without_any_peer_every_group_is_measured_all_the_same(tuiconv, monkeypatch):
    monkeypatch.setattr("tuiconv.bench.cases.find_spec", lambda module: None)
    for seconds in ("RUN_IN_SECONDS", "ROUND_SECONDS"):
        monkeypatch.setattr(f"tuiconv.bench.clock.{seconds}", 1e-6)
    monkeypatch.setattr("tuiconv.bench.pictures.SIZE", (9, 12))
    for only in ("train/mlp2", "infer/lenet5/1", "filter/3x3/scipy"):
        (row,) = json_rows(tuiconv("bench", "--only", only, "--json"))
        assert row["ours"] > 0
        assert row["note"] == "not installed"


def test_numpy_is_loaded_with_one_core_for_matrix_products_and_the_environment_left_alone(
    monkeypatch,
):
    monkeypatch.setenv("OMP_NUM_THREADS", "5")
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    before = dict(os.environ)
    with bench.blas_on_one_core():
        assert {os.environ[name] for name in bench.BLAS_THREADS} == {"1"}
    assert dict(os.environ) == before


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="counts the threads in /proc")
def test_a_matrix_product_starts_no_thread():
    code = """
import os
from tuiconv.cli.bench import blas_on_one_core
with blas_on_one_core():
    import numpy as np
np.ones((500, 500), np.float32) @ np.ones((500, 500), np.float32)
print(len(os.listdir("/proc/self/task")))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"
