"""The command line called in this process, in an empty folder, with little data."""

import os
import struct
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tuiconv.cli import run
from tuiconv.data.mnist import CHECKSUMS

TINY = "INPUT(1,32,32) -> FC(10) -> SOFTMAX"


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    status: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty current folder, no data sets but strokes, and only a few of these."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TUICONV_DATA_DIR", "")
    monkeypatch.setattr("tuiconv.data.load.user_data_path", lambda name: tmp_path / "home" / name)
    monkeypatch.setattr("tuiconv.data.load.STROKES_TRAIN", 64)
    monkeypatch.setattr("tuiconv.data.load.STROKES_TEST", 32)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@pytest.fixture
def tuiconv(capsys):
    """Carries out a command line as the entry point does."""

    def call(*arguments):
        status = run([str(argument) for argument in arguments])
        return Done(status, *capsys.readouterr())

    return call


@pytest.fixture
def refused(tuiconv, folder):
    """Carries out a command line that must fail: one line on stderr, and nothing else happens."""

    def call(status, *arguments):
        before = everything_in(folder)
        done = tuiconv(*arguments)
        assert done.status == status
        assert done.err.startswith("tuiconv: ")
        assert Counter(done.err)["\n"] == 1
        assert done.err.endswith("\n")
        assert everything_in(folder) == before
        return done.err

    return call


class Terminal:
    """A terminal that a Python program runs in, as in a shell's foreground; used as a context.

    Args:
        program: its source.
        arguments: of the program.
        size: rows and columns.
        environment: what is changed in it.
    """

    def __init__(self, program, *arguments, size=(24, 80), **environment):
        import pty

        own = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
        usual = {
            "TERM": "xterm-256color",
            "COLORTERM": "",
            "NO_COLOR": "",
            "COLUMNS": "",
            "LINES": "",
        }
        self.screen, inside = pty.openpty()
        self.resize(*size)
        self.process = subprocess.Popen(
            [sys.executable, "-c", own + program, *map(str, arguments)],
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
            env={**os.environ, **usual, **environment},
        )
        os.close(inside)
        self.seen = b""

    def resize(self, rows, columns):
        import fcntl
        import termios

        fcntl.ioctl(self.screen, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, until=None):
        """Everything shown until these words, or to the end."""
        while until is None or until.encode() not in self.seen:
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


@pytest.fixture
def in_terminal():
    """Runs a Python program in a terminal; POSIX only."""
    return Terminal


def everything_in(folder: Path) -> dict[str, bytes | str]:
    """What is in a folder, by name: contents of files, targets of links, kinds of the rest."""
    found: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_file():
            found[name] = path.read_bytes()
        else:
            found[name] = "folder" if path.is_dir() else "special"
    return found


@pytest.fixture
def contents(folder):
    """What is in the current folder now."""
    return lambda: everything_in(folder)


@pytest.fixture
def photo(folder):
    """A picture in colour, photo.png, and its pixels."""
    pixels = np.random.default_rng(5).integers(0, 256, (12, 17, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(folder / "photo.png")
    return pixels


@pytest.fixture
def tiny():
    """A network that trains at once."""
    return TINY


@pytest.fixture
def checkpoint(tuiconv, folder):
    """A checkpoint of the tiny network."""
    assert tuiconv("train", TINY, "--epochs", 1, "-o", "net.safetensors").status == 0
    return folder / "net.safetensors"


@pytest.fixture
def small_mnist(folder, monkeypatch):
    """The folder data/mnist/ with twenty training and ten test digits under MNIST's names."""
    home = folder / "data" / "mnist"
    home.mkdir(parents=True)
    rng = np.random.default_rng(3)
    for part, count in (("train", 20), ("t10k", 10)):
        images = rng.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        labels = np.arange(count, dtype=np.uint8) % 10
        for name, values in ((f"{part}-images-idx3", images), (f"{part}-labels-idx1", labels)):
            head = bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape)
            content = head + values.tobytes()
            (home / f"{name}-ubyte").write_bytes(content)
            found = md5(content, usedforsecurity=False).hexdigest()
            monkeypatch.setitem(CHECKSUMS, f"{name}-ubyte", found)
    return home
