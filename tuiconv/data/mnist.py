"""MNIST from its four files, padded to the 32×32 that LeNet expects."""

from hashlib import md5
from pathlib import Path

import numpy as np

from tuiconv.data.dataset import DataError, Dataset, Splits
from tuiconv.data.idx import parse_idx, read_bytes

CHECKSUMS = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
"""MD5 of the unpacked files, so that any mirror and any compression will do."""


def read_mnist(folder: Path) -> Splits:
    """The 60,000 training and 10,000 test digits of MNIST.

    Args:
        folder: holds the four files under their usual names, with or without `.gz`.

    Raises:
        DataError: a file is missing, damaged, or not MNIST's.
    """
    return Splits(
        train=read_digits(folder, "train", "mnist training digits"),
        test=read_digits(folder, "t10k", "mnist test digits"),
    )


def read_digits(folder: Path, part: str, name: str) -> Dataset:
    """The images and labels of one part (`train` or `t10k`), checked against MNIST's checksums."""
    names = (f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte")
    paths = [find_file(folder, name) for name in names]
    contents = [read_bytes(path) for path in paths]
    images, labels = (
        parse_idx(content, str(path)) for content, path in zip(contents, paths, strict=True)
    )
    if images.ndim != 3 or images.shape[1:] != (28, 28) or images.dtype != np.uint8:
        raise DataError(f"{paths[0]}: {images.shape} {images.dtype}; expected n×28×28 bytes")
    if labels.ndim != 1 or labels.dtype != np.uint8:
        raise DataError(f"{paths[1]}: {labels.shape} {labels.dtype}; expected n bytes")
    digits = Dataset(name, pad_to_32(images), labels.astype(np.int64))
    for path, content, file in zip(paths, contents, names, strict=True):
        found = md5(content, usedforsecurity=False).hexdigest()
        if found != CHECKSUMS[file]:
            raise DataError(
                f"{path}: not MNIST's {file}: MD5 {found}; expected {CHECKSUMS[file]} (unpacked)"
            )
    return digits


def pad_to_32(
    images: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """(n, 28, 28) -> (n, 1, 32, 32): two rows and columns of background on every side."""
    padded = np.zeros((len(images), 1, 32, 32), np.uint8)
    padded[:, 0, 2:30, 2:30] = images
    return padded


def find_file(folder: Path, name: str) -> Path:
    """The path of a file, packed or not."""
    for path in (folder / name, folder / f"{name}.gz"):
        if path.exists():
            return path
    raise DataError(f"{folder}: {name} (or {name}.gz) is missing")
