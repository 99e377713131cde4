"""The command line called in this process, in an empty folder, with little data."""

import struct
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
