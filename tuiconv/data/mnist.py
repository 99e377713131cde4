"""MNIST and the data sets in its format, padded to the 32×32 that LeNet expects."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import md5
from pathlib import Path

import numpy as np

from tuiconv.data.catalog import CATALOG, Entry
from tuiconv.data.dataset import DataError, Dataset, Images, Splits, statistics
from tuiconv.data.idx import parse_idx
from tuiconv.data.unpack import read_bytes

CHECKSUMS = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
"""MD5 of MNIST's unpacked files, so that any mirror and any compression will do."""

BORDER = 2
"""Rows and columns of background around the stored 28×28 pixels."""


def read_mnist(folder: Path) -> Splits:
    """The 60,000 training and 10,000 test digits of MNIST.

    Args:
        folder: holds the four files under their usual names, with or without `.gz`.

    Raises:
        DataError: a file is missing, damaged, or not MNIST's.
    """
    entry = CATALOG["mnist"]
    return Splits(
        train=read_part(folder, "train", entry.part("training"), entry, CHECKSUMS),
        test=read_part(folder, "t10k", entry.part("test"), entry, CHECKSUMS),
    )


def read_lookalike(folder: Path, entry: Entry) -> Splits:
    """A data set whose four files have MNIST's names and format, normalised by its statistics.

    The checksums that are published for Fashion-MNIST and KMNIST are of one particular packing,
    so that the files are checked for their format and sizes alone.

    Raises:
        DataError: a file is missing or damaged.
    """
    train = read_part(folder, "train", entry.part("training"), entry)
    test = read_part(folder, "t10k", entry.part("test"), entry)
    inside = slice(BORDER, -BORDER)
    seen = statistics(train.images[:, :, inside, inside])
    return Splits(replace(train, preprocessing=seen), replace(test, preprocessing=seen))


def read_part(
    folder: Path, part: str, name: str, entry: Entry, checksums: Mapping[str, str] | None = None
) -> Dataset:
    """The images and labels of one part (`train` or `t10k`), checked against checksums if any."""
    names = (f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte")
    paths = [find_file(folder, name, entry) for name in names]
    contents = [read_bytes(path) for path in paths]
    images, labels = (
        parse_idx(content, str(path)) for content, path in zip(contents, paths, strict=True)
    )
    if images.ndim != 3 or images.shape[1:] != (28, 28) or images.dtype != np.uint8:
        raise DataError(f"{paths[0]}: {images.shape} {images.dtype}; expected n×28×28 bytes")
    if labels.ndim != 1 or labels.dtype != np.uint8:
        raise DataError(f"{paths[1]}: {labels.shape} {labels.dtype}; expected n bytes")
    dataset = Dataset(name, pad_to_32(images), labels.astype(np.int64), entry.class_names)
    for path, content, file in zip(paths, contents, names, strict=True):
        found = md5(content, usedforsecurity=False).hexdigest()
        if checksums is not None and found != checksums[file]:
            raise DataError(
                f"{path}: not MNIST's {file}: MD5 {found}; expected {checksums[file]} (unpacked)"
            )
    return dataset


def pad_to_32(images: Images) -> Images:
    """(n, 28, 28) -> (n, 1, 32, 32): two rows and columns of background on every side."""
    padded = np.zeros((len(images), 1, 32, 32), np.uint8)
    padded[:, 0, BORDER:-BORDER, BORDER:-BORDER] = images
    return padded


def find_file(folder: Path, name: str, entry: Entry) -> Path:
    """The path of a file of a data set, packed or not.

    Raises:
        DataError: it is missing.
    """
    for path in (folder / name, folder / f"{name}.gz"):
        if path.exists():
            return path
    raise DataError(
        f"{folder}: {name} (or {name}.gz) is missing; `tuiconv data get {entry.prefix}` fetches it"
    )


def has_files(folder: Path) -> bool:
    """Whether all four files are there, packed or not."""
    return all((folder / name).exists() or (folder / f"{name}.gz").exists() for name in CHECKSUMS)
