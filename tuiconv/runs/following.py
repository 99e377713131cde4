"""Reading the lines of a file that another program is still writing."""

import stat
from dataclasses import dataclass
from pathlib import Path

from tuiconv.errors import RequestError, UserError

AT_MOST = 4_000_000
"""Bytes read in one go; a line must be shorter."""

REMEMBERED = 256
"""Bytes before the place that was reached, by which the file is known again."""


@dataclass(frozen=True)
class Added:
    """What was found in a file since the last look."""

    lines: list[str]
    """Whole lines; one without its end is left until that is written."""
    afresh: bool
    """Whether the file was cut or replaced, so that these are its first lines."""


class Follower:
    """Reads a file piece by piece, and from its beginning again if it is no longer the same.

    Args:
        path: the file, which need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._position = 0
        """Behind the last whole line."""
        self._before = b""
        """The last bytes in front of it."""

    def read(self) -> Added:
        """The lines that were added; none if there is nothing new.

        A call returns a few megabytes at most: call again until nothing comes.

        Raises:
            FileNotFoundError: there is no such file (yet, or any more).
            OSError: it cannot be read.
            RequestError: it is no regular file.
            UserError: it has a line that is far too long.
        """
        if not stat.S_ISREG(self.path.stat().st_mode):
            raise RequestError(f"{self.path}: is no regular file; the log of a run is expected")
        with self.path.open("rb") as file:
            file.seek(self._position - len(self._before))
            afresh = file.read(len(self._before)) != self._before
            if afresh:
                file.seek(0)
                self._position, self._before = 0, b""
            content = file.read(AT_MOST)
        whole = content[: content.rfind(b"\n") + 1]
        if not whole and len(content) == AT_MOST:
            raise UserError(f"{self.path}: a line of {AT_MOST:,} bytes or more; no log of a run")
        self._position += len(whole)
        self._before = (self._before + whole)[-REMEMBERED:]
        return Added(whole.decode(errors="replace").split("\n")[:-1], afresh)
