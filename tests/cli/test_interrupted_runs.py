"""Runs in a process of their own that are stopped or killed, and go on as if nothing had been."""

import json
import random
import signal
import subprocess
import sys
import time

import pytest

from tuiconv import Network
from tuiconv.nn.checkpoint import load_state

pytestmark = [
    pytest.mark.slow,  # every run is a process of its own
    pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals"),
]

# The command with few stroke digits.
FEW = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
import tuiconv.data.load as load
load.STROKES_TRAIN, load.STROKES_TEST = 320, 32
from tuiconv.cli import main
main()
"""
BATCHES = 40
"""In an epoch."""
TIMES = ("time", "seconds", "images_per_second")
FILES = ("last.safetensors", "best.safetensors")


def start(*arguments):
    """The command begun in a process of its own."""
    command = [sys.executable, "-c", FEW, "train", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(*arguments):
    with start(*arguments) as process:
        out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    return out


def lines(run):
    path = run / "run.jsonl"
    return path.read_text().splitlines() if path.exists() else []


def wait_for(run, count, process):
    """Wait until the log has so many lines."""
    while len(lines(run)) < count:
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.002)


def told(run):
    """What the log tells, without its times."""
    entries = map(json.loads, lines(run))
    return [{k: v for k, v in entry.items() if k not in TIMES} for entry in entries]


def same(first, second):
    """Whether two runs have told the same and learned the same, to the last bit."""
    states = [load_state(run / FILES[0]) for run in (first, second)]
    arrays = [[state[name].tobytes() for name in ("losses", "images")] for state in states]
    weights = [
        [Network.load(run / name).parameters.tobytes() for name in FILES] for run in (first, second)
    ]
    return told(first) == told(second) and weights[0] == weights[1] and arrays[0] == arrays[1]


@pytest.mark.parametrize(
    ("optimizer", "number", "status"), [("sgd", signal.SIGTERM, 143), ("adam", signal.SIGINT, 130)]
)
def test_a_run_that_was_stopped_goes_on_bit_for_bit(folder, tiny, optimizer, number, status):
    arguments = (tiny, "--epochs", 60, "--batch-size", 8, "--optimizer", optimizer)
    run = folder / "run"
    with start(*arguments, "-o", run) as process:
        wait_for(run, BATCHES + BATCHES // 2, process)
        process.send_signal(number)
        out, err = process.communicate()
    assert (process.returncode, err) == (status, "")
    assert "stopped early" in out
    assert "kept in" in out
    assert json.loads(lines(run)[-1])["reason"] == "cancelled"

    with start("--resume", run, "--json") as process:
        first = process.stdout.readline()
        process.send_signal(number)
        process.communicate()
    assert json.loads(first)["event"] == "start"
    assert process.returncode == status

    finish("--resume", run)
    finish(*arguments, "-o", folder / "whole")
    assert same(run, folder / "whole")


def test_a_run_killed_at_any_moment_keeps_a_whole_checkpoint_and_goes_on_bit_for_bit(folder, tiny):
    arguments = (tiny, "--epochs", 60, "--batch-size", 8, "--optimizer", "adam", "-o")
    run, chance = folder / "run", random.Random(4)
    todo = (*arguments, run)
    for _ in range(6):
        with start(*todo) as process:
            # also before a line of its own: while the directory is made, or its log is cut back
            wait_for(run, len(lines(run)) + chance.choice([0, 1, 5, 2 * BATCHES]), process)
            time.sleep(chance.uniform(0, 0.03))
            process.kill()
        assert process.returncode == -signal.SIGKILL
        for name in FILES:
            if (run / name).exists():
                assert Network.load(run / name)
        if (run / "last.safetensors").exists():
            assert load_state(run / "last.safetensors")
        todo = ("--resume", run) if (run / "run.toml").exists() else (*arguments, run)
    finish(*todo)
    finish(*arguments, folder / "whole")
    assert same(run, folder / "whole")
    assert {path.name for path in run.iterdir()} == {"run.toml", "run.jsonl", *FILES}
    assert len(lines(run)) == 1 + 60 * (BATCHES + 1) + 1
