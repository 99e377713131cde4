"""IDX files written by hand."""

import gzip
import struct
from collections.abc import Callable
from hashlib import md5
from pathlib import Path

import numpy as np
import pytest

from tuiconv.data.mnist import CHECKSUMS


def idx_bytes(code: int, shape: tuple[int, ...], values: bytes) -> bytes:
    return bytes([0, 0, code, len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + values


@pytest.fixture
def idx() -> Callable[[int, tuple[int, ...], bytes], bytes]:
    """Builds a file from its type code, its sizes and its bytes."""
    return idx_bytes


@pytest.fixture
def small_mnist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the four files of an MNIST of six training and two test digits.

    Pixel (i, j) of image n is i + j + n. Labels are 0, 1, 2, …; the checksums are made to fit.
    """
    folder = tmp_path / "data" / "mnist"
    folder.mkdir(parents=True)
    row = np.arange(28, dtype=np.uint8)
    for part, count in (("train", 6), ("t10k", 2)):
        labels = np.arange(count, dtype=np.uint8)
        images = labels[:, None, None] + row[:, None] + row
        contents = {
            f"{part}-images-idx3-ubyte": idx_bytes(0x08, images.shape, images.tobytes()),
            f"{part}-labels-idx1-ubyte": idx_bytes(0x08, labels.shape, labels.tobytes()),
        }
        for name, content in contents.items():
            (folder / f"{name}.gz").write_bytes(gzip.compress(content))
            found = md5(content, usedforsecurity=False).hexdigest()
            monkeypatch.setitem(CHECKSUMS, name, found)
    return folder
