"""Training in a process of its own: what Ctrl-C does, and what a terminal shows."""

import json
import os
import signal
import struct
import subprocess
import sys

import numpy as np
import pytest

from tuiconv import Network

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals and terminals")

# The command with fewer stroke digits, as if started from a shell's foreground.
FEW = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
import tuiconv.data.load as load
load.STROKES_TRAIN, load.STROKES_TEST = int(sys.argv.pop(1)), 32
from tuiconv.cli import main
main()
"""
OWN_TERMINAL = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
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


def test_ctrl_c_ends_the_run_after_the_batch_and_keeps_what_was_learned(tiny, folder):
    with start(64, tiny, "--epochs", LONG, "--json", "-o", "net.safetensors") as process:
        read_until(process, "epoch")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    end = json.loads(out.splitlines()[-1])
    assert process.returncode == 130
    assert err == ""
    assert (end["event"], end["cancelled"]) == ("end", True)
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


def test_a_second_ctrl_c_ends_at_once_and_saves_nothing(folder):
    # One batch takes many seconds; in the first epoch there is nothing after it but the end.
    deep = "INPUT(1,32,32) -> [CONV(8,5,pad=2) -> RELU]*20 -> POOL(32) -> FC(10)"
    arguments = ("--batch-size", 4000, "--epochs", 1, "--json", "-o", "net.safetensors")
    with start(4000, deep, *arguments) as process:
        read_until(process, "start")
        for _ in range(20):
            process.send_signal(signal.SIGINT)
            try:
                process.wait(1)
            except subprocess.TimeoutExpired:
                continue
            break
        out, err = process.communicate()
    assert process.returncode == 130
    assert out == ""
    assert err in ("", "tuiconv: interrupted\n")
    assert list(folder.iterdir()) == []


class Terminal:
    """A terminal of 80×24 cells that a command runs in."""

    def __init__(self, digits, arguments, environment):
        import fcntl
        import pty
        import termios

        self.screen, inside = pty.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        usual = {"TERM": "xterm-256color", "COLORTERM": "", "NO_COLOR": ""}
        self.process = subprocess.Popen(
            [sys.executable, "-c", OWN_TERMINAL + FEW, str(digits), *map(str, arguments)],
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
            env={**os.environ, **usual, **environment},
        )
        os.close(inside)
        self.seen = b""

    def read(self, until=None):
        """Everything shown until these bytes, or to the end."""
        while until is None or until not in self.seen:
            try:
                more = os.read(self.screen, 65536)
            except OSError:  # what Linux says when the other side is closed
                more = b""
            if not more:
                break
            self.seen += more
        return self.seen.decode()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        os.close(self.screen)
        self.process.kill()
        self.process.wait()


def shown(tiny, **environment):
    """What a terminal shows of three epochs, and the exit status."""
    with Terminal(640, ("train", tiny, "--epochs", 3), environment) as terminal:
        text = terminal.read()
        return text, terminal.process.wait()


def test_a_terminal_shows_a_bar_an_epoch_and_then_the_lines_of_a_pipe(tiny):
    text, status = shown(tiny)
    assert status == 0
    assert "10/10  loss" in text
    assert "━" in text
    assert "images/s" in text
    for line in ("10,250 parameters", "epoch 1/3  loss", "epoch 3/3  loss", "after 3 epochs"):
        assert line in text
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h")  # the cursor is back


def test_a_terminal_without_colour_shows_bars_without_colour(tiny):
    text, status = shown(tiny, NO_COLOR="1")
    assert status == 0
    assert "10/10  loss" in text
    assert "\x1b[3" not in text


def test_a_dumb_terminal_shows_no_escape_codes(tiny):
    text, status = shown(tiny, TERM="dumb")
    assert status == 0
    assert "epoch 3/3  loss" in text
    assert "\x1b" not in text


def test_a_terminal_for_ascii_shows_the_run_too(tiny):
    text, status = shown(tiny, PYTHONIOENCODING="ascii")
    assert "Traceback" not in text
    assert status == 0
    assert text.isascii()


def test_ctrl_c_typed_into_a_terminal_ends_the_run_and_gives_the_cursor_back(tiny, folder):
    arguments = ("train", tiny, "--epochs", LONG, "-o", "net.safetensors")
    with Terminal(640, arguments, {}) as terminal:
        terminal.read(until=b"epoch 1/")
        os.write(terminal.screen, b"\x03")
        text = terminal.read()
        status = terminal.process.wait()
    assert status == 130
    assert "Traceback" not in text
    assert "stopped early" in text
    assert "saved net.safetensors" in text
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h")
    assert Network.load("net.safetensors")
