import sys

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no terminals of this kind", allow_module_level=True)

from tuiconv.bench.terminal import ASKS_FOR_FRAMES, HAS_FRAMES, Screen, Terminal


def test_text_stands_where_the_cursor_was_put():
    screen = Screen()
    screen.feed(b"\x1b[2;3Hab\x1b[1;1Hc\r\nde")
    assert str(screen) == "c\ndeab"


def test_colours_and_modes_leave_no_text():
    screen = Screen()
    screen.feed(b"\x1b[?25l\x1b[38;2;1;2;3;1mred\x1b[0m\x1b[>1u")
    assert str(screen) == "red"


def test_signs_and_sequences_that_come_in_two_parts_are_put_together():
    data = "a\x1b[3;5Hé×\x1b[1mb".encode()
    whole = Screen()
    whole.feed(data)
    for cut in range(len(data)):
        halves = Screen()
        halves.feed(data[:cut])
        halves.feed(data[cut:])
        assert str(halves) == str(whole)


def test_another_screen_begins_empty():
    screen = Screen()
    screen.feed(b"shell\x1b[?1049h")
    assert str(screen) == ""


PROGRAM = f"""
import os, shutil, sys, termios, tty
tty.setcbreak(0)
print(*shutil.get_terminal_size(), flush=True)
os.write(1, {ASKS_FOR_FRAMES!r})
answer = os.read(0, {len(HAS_FRAMES)})
key = os.read(0, 1)
print(answer == {HAS_FRAMES!r}, key.decode())
sys.exit(3)
"""


def test_a_program_finds_a_terminal_of_the_size_and_gets_keys(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")  # as test runners have it
    terminal = Terminal([sys.executable, "-c", PROGRAM], 33, 11)
    try:
        terminal.wait(lambda: ASKS_FOR_FRAMES in terminal.output)
        terminal.press("k")
        terminal.wait(terminal.ended)
        terminal.read(0.1)
        assert str(terminal.screen).split("\n") == ["33 11", "True k"]
        assert terminal.status == 3
    finally:
        terminal.close()


def test_what_is_waited_for_in_vain_is_told_with_what_stands_there():
    terminal = Terminal([sys.executable, "-c", "print('all there is')"])
    try:
        with pytest.raises(TimeoutError, match="all there is"):
            terminal.wait(lambda: "more" in str(terminal.screen))
    finally:
        terminal.close()
