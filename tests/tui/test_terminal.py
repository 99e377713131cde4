"""The explorer in a real terminal: what it leaves behind, however it ends."""

import os
import re
import signal
import sys
import termios
from contextlib import contextmanager

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no terminals of this kind", allow_module_level=True)

from tuiconv.bench.terminal import Terminal

EXPLORER = """
import sys
sys.stderr = open(sys.argv.pop(1), "w", buffering=1)
from tuiconv.cli import main
main()
"""
"""What is told on stderr goes to a file; the screen is drawn on the terminal all the same."""

DEADLINE = 30.0
"""Seconds after which a program will not end any more, however busy the machine is."""
CTRL_Z = "\x1a"
LEFT = {
    b"\x1b[?1049": "the alternate screen",
    b"\x1b[?1000": "the mouse",
    b"\x1b[?1003": "the mouse's moves",
    b"\x1b[?1006": "far columns of the mouse",
    b"\x1b[?2004": "bracketed paste",
    b"\x1b[?1004": "news of the focus",
}
"""Modes that are on while the explorer shows: how their sequences begin."""
HIDES, SHOWS = b"\x1b[?25l", b"\x1b[?25h"
SGR = re.compile(rb"\x1b\[([\d;]*)m")


@pytest.fixture
def stderr(tmp_path):
    return tmp_path / "stderr.txt"


@pytest.fixture
def explorer(stderr):
    """Starts the explorer in a terminal of its own; nothing may ever be told on stderr."""

    @contextmanager
    def started(width=80, height=24, **environment):
        command = [sys.executable, "-c", EXPLORER, str(stderr)]
        terminal = Terminal(command, width, height, environment=os.environ | environment)
        try:
            terminal.wait(lambda: shows(terminal, "q Quit") or shows(terminal, "q quits"))
            yield terminal
        finally:
            terminal.close()
        if terminal.status != 128 + signal.SIGHUP:  # what cannot be written any more is told of
            assert stderr.read_text() == ""

    return started


def shows(terminal, text):
    return text in str(terminal.screen)


def leave(terminal):
    """Press q; the explorer must end, and the terminal be as it was."""
    terminal.press("q")
    terminal.wait(terminal.ended, DEADLINE)
    while terminal.read(0.1):
        pass
    assert terminal.status == 0
    assert_restored(terminal)


def assert_restored(terminal):
    output = terminal.output
    for begins, name in LEFT.items():
        assert output.rfind(begins + b"l") > output.rfind(begins + b"h"), name
    assert output.rfind(SHOWS) > output.rfind(HIDES), "the cursor"
    assert termios.tcgetattr(terminal.theirs) == terminal.modes


def assert_drawn(terminal, width, height):
    """The line on top, the keys at the bottom, and nothing beyond the edges."""
    terminal.wait(lambda: terminal.screen.line(height - 1))
    cells = terminal.screen.cells
    assert max(cells) == height - 1
    assert max(max(line) for line in cells.values()) == width - 1


def test_q_gives_the_terminal_back_as_it_was(explorer):
    with explorer() as terminal:
        assert_drawn(terminal, 80, 24)
        assert termios.tcgetattr(terminal.theirs) != terminal.modes
        leave(terminal)
        assert b"Traceback" not in terminal.output


@pytest.mark.slow
def test_a_terminal_that_is_too_small_is_told_so_until_it_is_large_enough(explorer):
    with explorer(40, 12) as terminal:
        terminal.wait(lambda: shows(terminal, "60×16"))
        terminal.resize(80, 24)
        terminal.wait(lambda: not shows(terminal, "60×16"))
        assert_drawn(terminal, 80, 24)


@pytest.mark.slow
def test_after_a_storm_of_sizes_the_last_one_is_drawn(explorer):
    with explorer() as terminal:
        for step in range(200):
            terminal.resize(20 + step * 37 % 180, 8 + step * 13 % 52)
            terminal.read(0.002)
        terminal.resize(100, 30)
        terminal.read_for(0.5)
        terminal.wait(lambda: "q Quit" in terminal.screen.line(29))
        leave(terminal)


@pytest.mark.slow
def test_ctrl_z_gives_the_terminal_back_and_fg_draws_all_again(explorer):
    with explorer() as terminal:
        terminal.press(CTRL_Z)
        terminal.wait(lambda: b"\x1b[?1049l" in terminal.output)
        _, status = os.waitpid(terminal.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        terminal.read_for(0.1)
        assert_restored(terminal)
        os.kill(terminal.pid, signal.SIGCONT)
        terminal.wait(lambda: shows(terminal, "tuiconv › Home"))
        terminal.press("2")
        terminal.wait(lambda: shows(terminal, "tuiconv › Filters"))
        leave(terminal)


@pytest.mark.slow
def test_a_lost_terminal_ends_the_explorer(explorer):
    with explorer() as terminal:
        terminal.hang_up()
        terminal.wait(terminal.ended, DEADLINE)
        assert terminal.status == 128 + signal.SIGHUP


@pytest.mark.slow
def test_a_request_to_end_gives_the_terminal_back(explorer):
    with explorer() as terminal:
        os.kill(terminal.pid, signal.SIGTERM)
        terminal.wait(terminal.ended, DEADLINE)
        assert terminal.status == 128 + signal.SIGTERM
        while terminal.read(0.1):
            pass
        assert_restored(terminal)


@pytest.mark.slow
def test_q_ends_a_compile(explorer, tmp_path):
    with explorer(NUMBA_CACHE_DIR=str(tmp_path / "cache")) as terminal:
        terminal.wait(lambda: shows(terminal, "compiling"))
        leave(terminal)


@pytest.mark.slow
def test_q_ends_a_training_that_plays(explorer):
    with explorer() as terminal:
        terminal.press("4")
        terminal.wait(lambda: shows(terminal, "digit"))
        terminal.press(" ")
        terminal.wait(lambda: shows(terminal, "batch 3"))
        leave(terminal)


def colours(terminal):
    """The kinds of colours that were sent: "true", "256", "16"."""
    kinds = set()
    for found in SGR.finditer(terminal.output):
        codes = found[1].decode().split(";")
        text = ";" + ";".join(codes)
        if re.search(r";[34]8;2;", text):
            kinds.add("true")
        elif re.search(r";[34]8;5;", text):
            kinds.add("256")
        elif any(re.fullmatch(r"[34][0-7]|9[0-7]|10[0-7]", code) for code in codes):
            kinds.add("16")
    return kinds


COLOURS = [
    pytest.param({"NO_COLOR": "1"}, set(), id="none"),
    pytest.param({"COLORTERM": ""}, {"256"}, id="256"),
    pytest.param({"COLORTERM": "", "TERM": "xterm"}, {"16"}, id="16"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("environment", "kinds"), COLOURS)
def test_no_more_colours_are_sent_than_the_terminal_has(explorer, environment, kinds):
    with explorer(**environment) as terminal:
        terminal.press("2")
        terminal.wait(lambda: shows(terminal, "sharpen"))
        terminal.read_for(0.3)
        assert colours(terminal) <= kinds


def test_a_terminal_that_cannot_place_text_is_refused_in_a_line():
    environment = os.environ | {"TERM": "dumb"}
    terminal = Terminal([sys.executable, "-m", "tuiconv"], environment=environment)
    try:
        terminal.wait(terminal.ended)
        while terminal.read(0.1):
            pass
    finally:
        terminal.close()
    assert terminal.status == 2
    assert terminal.output.startswith(b"tuiconv: TERM=dumb")
    assert terminal.output.count(b"\n") == 1
