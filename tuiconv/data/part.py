"""The beginning of a file that is being downloaded, from which a broken download goes on."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Protocol, Self

from tuiconv.data.dataset import DataError

LARGEST = 200_000_000
"""Bytes: no file of any data set is larger, and no more are taken from a server."""


class Watch(Protocol):
    """Is told how a download goes."""

    def progress(self, file: str, done: int, total: int | None) -> None:
        """So many bytes of a file are here; `total` is what the server says there are."""

    def trouble(self, file: str, mirror: str, text: str) -> None:
        """A mirror did not give the file."""


class Trouble(Exception):  # noqa: N818 - no error yet: another mirror may have the file
    """A mirror did not give a file."""

    def __init__(self, text: str, again: bool = True, keep: bool = True) -> None:
        super().__init__(text)
        self.again = again
        """Whether it may help to ask this mirror once more."""
        self.keep = keep
        """Whether what has come of the file so far is still of use."""


class Part:
    """What has come of a file so far; pooch's downloader writes the rest to it.

    It is kept in FILE.part, for the next time if need be. Two programs may write to the same one:
    every byte has its place, nobody cuts it short, and what comes out is checked as a whole.
    """

    def __init__(self, whole: Path, watch: Watch) -> None:
        self.name, self.path = whole.name, whole.with_name(f"{whole.name}.part")
        self.watch = watch
        self.file: BinaryIO | None = None
        self.done = 0
        """Bytes that are here."""
        self.total: int | None = None
        """Bytes that there are, if the last server to answer has said so."""
        self.asked = self.url = ""
        """The addresses asked last, and that the last bytes came from."""
        self.version: str | None = None
        """What it calls this version of the file there."""
        self.response: Any = None
        self.answered = False
        """Whether the server asked last has begun to send the file."""
        if self.path.exists():
            self.done = self.open().seek(0, 2)

    def open(self) -> BinaryIO:
        """The file, which is made if it is not there, without touching what another wrote."""
        if self.file is None:
            with on_this_side(self.path):
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self.file = open(self.path, "r+b", opener=made_if_missing)  # noqa: SIM115 - closed at the end
        return self.file

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.file is not None:
            with suppress(OSError):  # of a full disk, which has been told
                self.file.close()
            if not self.done:
                self.path.unlink(missing_ok=True)

    def request(self, url: str) -> dict[str, str]:
        """The headers that ask an address for what is missing."""
        headers = {"User-Agent": "tuiconv", "Accept-Encoding": "identity"}
        if self.done:
            headers["Range"] = f"bytes={self.done}-"
            if self.version is not None and url == self.url:
                headers["If-Range"] = self.version
        self.asked, self.answered = url, False
        return headers

    def begin(self, response: Any, **_: object) -> None:  # noqa: ANN401 - as requests calls it
        """Look at the head of an answer: it goes on where the part ends, or it begins anew.

        Raises:
            Trouble: it is some other part of the file, or one of another file.
        """
        self.response = response
        if response.status_code not in (200, 206):
            return  # a redirection, or an error that pooch's downloader raises
        response.raw.headers.pop("Content-Encoding", None)  # the file is wanted as it is packed
        if response.status_code == 206:
            sent = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", response.headers.get("Content-Range", ""))
            if sent is None or int(sent[1]) != self.done or self.total not in (None, int(sent[2])):
                raise Trouble("has another file than what came before", keep=False)
            self.total = int(sent[2])
        else:
            self.done = 0
            length = response.headers.get("Content-Length", "")
            self.total = int(length) if length.isdecimal() else None
        tag = response.headers.get("ETag", "W/")
        self.version = response.headers.get("Last-Modified") if tag.startswith("W/") else tag
        self.url, self.answered = self.asked, True

    def hang_up(self) -> None:
        """End the conversation with the server."""
        if self.response is not None:
            self.response.close()

    def write(self, chunk: bytes) -> None:
        """Take the next bytes.

        Raises:
            Trouble: they are more than any file has.
            DataError: there is no room for them.
        """
        if self.done + len(chunk) > LARGEST:
            raise Trouble(f"sends more than {LARGEST:,} bytes", again=False, keep=False)
        file = self.open()
        with on_this_side(self.path):
            file.seek(self.done)
            file.write(chunk)
            file.flush()
        self.done += len(chunk)
        self.watch.progress(self.name, self.done, self.total)

    def flush(self) -> None:
        """Nothing is held back; pooch's downloader asks all the same."""

    def content(self) -> bytes:
        """All that is here."""
        if self.file is None:
            return b""
        self.file.seek(0)
        return self.file.read(self.done)

    def clear(self) -> None:
        """Begin anew."""
        self.done, self.total, self.version = 0, None, None


def made_if_missing(path: str, flags: int) -> int:
    """Open a file, or make it, in one step: another program may take it away between two."""
    return os.open(path, flags | os.O_CREAT, 0o666)


@contextmanager
def on_this_side(path: Path) -> Iterator[None]:
    """Turn the errors of writing files, which are not the server's, into a DataError."""
    try:
        yield
    except OSError as error:
        raise DataError(
            f"{error.filename or path}: cannot be written: {error.strerror}; make room for it, or"
            " name another folder with --data-dir"
        ) from error
