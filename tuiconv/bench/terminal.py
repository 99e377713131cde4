"""A program in a terminal of its own, as somebody has who sits in front of it: POSIX only."""

import codecs
import fcntl
import os
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

SIZE_GIVEN: Final = struct.Struct("HHHH")
"""Lines and columns, then pixels, as TIOCSWINSZ takes them."""

ASKS_FOR_FRAMES: Final = b"\x1b[?2026$p"
HAS_FRAMES: Final = b"\x1b[?2026;2$y"
"""A terminal's answer that it shows what stands between `FRAME_BEGINS` and `FRAME_ENDS` at once."""
FRAME_BEGINS: Final = b"\x1b[?2026h"
FRAME_ENDS: Final = b"\x1b[?2026l"

SEQUENCE: Final = re.compile(r"\x1b(?:\[[<>=?]?[\d;]*\$?([A-Za-z])|[^\[])")
TOKEN: Final = re.compile(SEQUENCE.pattern + r"|[^\x1b\r\n]+|[\r\n]")
CLEARS: Final = ("\x1b[?1049h", "\x1b[?1049l", "\x1b[2J")


class Terminal:
    """Starts a program, keeps what it sends, and sends it keys.

    Args:
        command: the program and its arguments.
        width: columns.
        height: lines.
        environment: the program's; None for that of this process. What it says of a terminal's
            size is left out.
    """

    def __init__(
        self,
        command: Sequence[str],
        width: int = 80,
        height: int = 24,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.ours, self.theirs = os.openpty()
        self.resize(width, height)
        self.modes: list[object] = termios.tcgetattr(self.theirs)
        """The terminal's modes before the program began."""
        self.sent: list[tuple[float, bytes]] = []
        """What the program sent, and when it came."""
        self._screen = Screen()
        self._fed = 0
        name = os.ttyname(self.theirs)
        given = os.environ if environment is None else environment
        self.began = time.perf_counter()
        # The first terminal that the leader of a session opens is the one that controls it.
        self.pid = os.posix_spawnp(
            command[0],
            list(command),
            {name: value for name, value in given.items() if name not in ("COLUMNS", "LINES")},
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, name, os.O_RDWR, 0),
                (os.POSIX_SPAWN_DUP2, 0, 1),
                (os.POSIX_SPAWN_DUP2, 0, 2),
            ],
            setsid=True,
        )
        self.status: int | None = None
        """How the program ended, as `subprocess` says it; None while it runs."""

    @property
    def output(self) -> bytes:
        """All that the program sent so far."""
        return b"".join(data for _, data in self.sent)

    @property
    def screen(self) -> "Screen":
        """What stands in the terminal; put together when it is asked for, as that takes a while."""
        return self.screen_after(len(self.sent))

    def screen_after(self, parts: int) -> "Screen":
        """What stood in the terminal after so many parts of `sent`, and no fewer than before."""
        for _, data in self.sent[self._fed : parts]:
            self._screen.feed(data)
        self._fed = max(self._fed, parts)
        return self._screen

    def forget(self) -> None:
        """Drop what was sent so far, but for what stands in the terminal after it."""
        self.screen_after(len(self.sent))
        self.sent.clear()
        self._fed = 0

    def resize(self, width: int, height: int) -> None:
        """Change the terminal's size; the program is told."""
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, SIZE_GIVEN.pack(height, width, 0, 0))

    def press(self, keys: str) -> None:
        """Send keys as the terminal would."""
        os.write(self.ours, keys.encode())

    def read(self, seconds: float) -> bool:
        """Take what the program sends next; False if nothing comes in so many seconds."""
        if self.ours < 0:
            time.sleep(seconds)
            return False
        if not select.select([self.ours], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.ours, 1 << 20)
        except OSError:  # so Linux says that nobody has the terminal open any more
            return False
        self.sent.append((time.perf_counter(), data))
        if ASKS_FOR_FRAMES in data:
            os.write(self.ours, HAS_FRAMES)
        return bool(data)

    def read_for(self, seconds: float) -> int:
        """Take what the program sends in so many seconds; how many bytes these are."""
        until, before = time.perf_counter() + seconds, len(self.sent)
        while (left := until - time.perf_counter()) > 0:
            self.read(left)
        return sum(len(data) for _, data in self.sent[before:])

    def wait(self, condition: Callable[[], object], seconds: float = 60.0) -> float:
        """Take what the program sends until the condition holds; how many seconds that took.

        Raises:
            TimeoutError: it does not hold in time, or the program has ended before; the error
                tells what stands in the terminal.
        """
        began = time.perf_counter()
        while not condition():
            waited = time.perf_counter() - began
            if waited > seconds or (not self.read(0.02) and self.ended() and not condition()):
                raise TimeoutError(f"not in {waited:.1f} s:\n{self.screen}")
        return time.perf_counter() - began

    def ended(self) -> bool:
        """Whether the program has ended, and how: then `status` says so."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def hang_up(self) -> None:
        """Take the terminal away, as a line that is cut does."""
        for end in (self.theirs, self.ours):
            if end >= 0:
                os.close(end)
        self.ours = self.theirs = -1

    def close(self) -> None:
        """Take the terminal away, and end the program if that does not."""
        self.hang_up()
        if not self.ended():
            os.kill(self.pid, signal.SIGKILL)
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


class Screen:
    """The text in a terminal after what Textual sends: cells at places, and nothing that scrolls.

    Each sign takes one cell. Colours are left out.
    """

    def __init__(self) -> None:
        self.cells: dict[int, dict[int, str]] = {}
        """By line and column, from 0."""
        self._x = self._y = 0
        self._signs = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def __str__(self) -> str:
        return "\n".join(self.line(y) for y in range(max(self.cells, default=-1) + 1))

    def line(self, y: int) -> str:
        """The text of a line, without blanks at its end."""
        cells = self.cells.get(y, {})
        return "".join(cells.get(x, " ") for x in range(max(cells, default=-1) + 1)).rstrip()

    def feed(self, data: bytes) -> None:
        """Put in what a program sends, which may end within a sign or a sequence."""
        text = self._rest + self._signs.decode(data)
        last = text.rfind("\x1b")
        whole = len(text) if last < 0 or SEQUENCE.match(text, last) else last
        self._rest = text[whole:]
        for found in TOKEN.finditer(text, 0, whole):
            self._take(found[0], found[1])

    def _take(self, token: str, command: str | None) -> None:
        if token in CLEARS:
            self.cells.clear()
        elif command == "H":
            places = [int(part or 1) for part in token[2:-1].split(";")]
            self._y, self._x = places[0] - 1, places[-1] - 1 if len(places) > 1 else 0
        elif token == "\n":
            self._y += 1
        elif token == "\r":
            self._x = 0
        elif not token.startswith("\x1b"):
            line = self.cells.setdefault(self._y, {})
            for sign in token:
                line[self._x] = sign
                self._x += 1
