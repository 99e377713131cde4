"""Training in a process of its own: what Ctrl-C does, and what a terminal shows."""

import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from tuiconv import Network

pytestmark = [
    pytest.mark.slow,  # every run is a process of its own
    pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals and terminals"),
]

# The command with fewer stroke digits, as if started from a shell's foreground.
FEW = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
import tuiconv.data.load as load
load.STROKES_TRAIN, load.STROKES_TEST = int(sys.argv.pop(1)), 32
from tuiconv.cli import main
main()
"""
LONG = 10**9
"""Epochs that nobody waits for."""


def start(digits, *arguments, **options):
    command = [sys.executable, "-c", FEW, str(digits), "train", *map(str, arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


def read_until(process, kind):
    """The events up to the first of this kind."""
    found = []
    for line in process.stdout:
        found.append(json.loads(line))
        if found[-1]["event"] == kind:
            return found
    raise AssertionError(f"ended without {kind}: {process.stderr.read()}")


# The same, where Ctrl-C comes before the first kernel is compiled.
EARLY = FEW.replace(
    "from tuiconv.cli",
    """
import tuiconv.nn.warm_up as module
def warm_up(kernels, real=module.warm_up):
    signal.raise_signal(signal.SIGINT)
    return real(kernels)
module.warm_up = warm_up
from tuiconv.cli""",
)


def test_ctrl_c_before_the_first_batch_saves_nothing(tiny, folder):
    command = [sys.executable, "-c", EARLY, "64", "train", tiny, "-o", "net.safetensors"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
    assert list(folder.iterdir()) == []


# The same, where it comes twice while a batch is learned.
TWICE = FEW.replace(
    "from tuiconv.cli",
    """
from tuiconv.nn.together import Learning
def run(self, x, labels, real=Learning.run):
    if len(x) > 2:  # the first compile learns two images
        for _ in range(2):
            signal.raise_signal(signal.SIGINT)
    return real(self, x, labels)
Learning.run = run
from tuiconv.cli""",
)


def test_a_second_ctrl_c_ends_at_once_and_saves_nothing(tiny, folder):
    command = [sys.executable, "-c", TWICE, "64", "train", tiny, "--json", "-o", "net.safetensors"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 130
    assert [json.loads(line)["event"] for line in done.stdout.splitlines()] == ["start"]
    assert done.stderr in ("", "tuiconv: interrupted\n")
    assert list(folder.iterdir()) == []


def test_ctrl_c_ends_the_run_after_the_batch_and_keeps_what_was_learned(tiny, folder):
    with start(64, tiny, "--epochs", LONG, "--json", "-o", "net.safetensors") as process:
        read_until(process, "epoch")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    end = json.loads(out.splitlines()[-1])
    assert process.returncode == 130
    assert err == ""
    assert (end["event"], end["reason"]) == ("end", "cancelled")
    assert end["epochs"] >= 1
    learned = Network.load("net.safetensors").state_dict()["fc1.weight"]
    assert not np.array_equal(learned, Network.parse(tiny, 0).state_dict()["fc1.weight"])
    assert list(folder.iterdir()) == [folder / "net.safetensors"]


def test_for_a_reader_it_says_that_it_stopped_early(tiny):
    with start(64, tiny, "--epochs", LONG) as process:
        for line in process.stdout:
            if line.startswith("epoch 1/"):
                break
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert process.returncode == 130
    assert err == ""
    assert "stopped early: test accuracy " in out


@pytest.fixture
def shown(in_terminal, tiny):
    """What a terminal shows of three epochs, and the exit status."""

    def train(*options, **environment):
        arguments = ("train", tiny, "--epochs", 3, *options)
        with in_terminal(FEW, 640, *arguments, **environment) as terminal:
            return terminal.read(), terminal.process.wait()

    return train


def test_a_terminal_shows_a_bar_an_epoch_and_then_the_lines_of_a_pipe(shown):
    text, status = shown()
    assert status == 0
    assert "10/10  loss" in text
    assert "━" in text
    assert "images/s" in text
    for line in ("10,250 parameters", "epoch 1/3  loss", "epoch 3/3  loss", "after 3 epochs"):
        assert line in text
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h")  # the cursor is back


def test_a_terminal_without_colour_shows_bars_without_colour(shown):
    text, status = shown(NO_COLOR="1")
    assert status == 0
    assert "10/10  loss" in text
    assert "\x1b[3" not in text


def test_a_dumb_terminal_shows_no_escape_codes(shown):
    text, status = shown(TERM="dumb")
    assert status == 0
    assert "epoch 3/3  loss" in text
    assert "\x1b" not in text


def test_a_terminal_for_ascii_shows_the_run_too(shown):
    text, status = shown(PYTHONIOENCODING="ascii")
    assert "Traceback" not in text
    assert status == 0
    assert text.isascii()


def test_a_data_set_may_be_called_like_a_markup(shown, folder):
    for name in ("red", "blue"):
        (folder / "[/set]" / name).mkdir(parents=True)
        for i in range(7):
            Image.new("L", (8, 8), 30 * i).save(folder / "[/set]" / name / f"{i}.png")
    text, status = shown(
        "--set", "net=INPUT(1,8,8) -> FC(2) -> SOFTMAX", "--data", folder / "[/set]"
    )
    assert "Traceback" not in text
    assert status == 0
    assert "[/set]" in text


def test_ctrl_c_typed_into_a_terminal_ends_the_run_and_gives_the_cursor_back(in_terminal, tiny):
    arguments = ("train", tiny, "--epochs", LONG, "-o", "net.safetensors")
    with in_terminal(FEW, 640, *arguments) as terminal:
        terminal.read(until="epoch 1/")
        os.write(terminal.screen, b"\x03")
        text = terminal.read()
        status = terminal.process.wait()
    assert status == 130
    assert "Traceback" not in text
    assert "stopped early" in text
    assert "saved net.safetensors" in text
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h")
    assert Network.load("net.safetensors")
