"""Images and labels in a NumPy archive (.npz)."""

import io
import zipfile
import zlib
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy

from tuiconv.data.dataset import DataError, Images, Labels, Splits, make_splits
from tuiconv.data.unpack import unreadable

ONE_PART = ("images", "labels")
TWO_PARTS = ("x_train", "y_train", "x_test", "y_test")

MOST_BYTES = 2**31
"""No array may be larger."""

MOST_CLASSES = 1000
"""A label above is taken for a mistake: ImageNet has a thousand classes."""

PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What NumPy writes. Others unpack as much as they like at a time, whatever size is allowed."""

LONGEST_HEADER = 10_000
"""Bytes before an array's values. NumPy refuses longer ones, but only after reading them."""

DAMAGE = (
    OSError, EOFError, ValueError, KeyError, RuntimeError, TokenError, zipfile.BadZipFile,
    zlib.error,
)  # fmt: skip
"""What the standard library and NumPy raise for an archive that is damaged or encrypted."""


def read_npz(path: Path) -> Splits:
    """The data set in an archive with `images` and `labels`, or with a test part of its own.

    That has the arrays `x_train`, `y_train`, `x_test` and `y_test`; otherwise every sixth image
    of a class is held out to test on. Images are uint8 (n, height, width), (n, height, width, 3),
    (n, 1, height, width) or (n, 3, height, width); labels are whole numbers, (n,) or (n, 1), from
    0 to the largest of the training part. Classes are called by their numbers.

    Raises:
        DataError: an array is missing, damaged, hostile or of another kind.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            stored = archive.namelist()
            names = TWO_PARTS if "x_train.npy" in stored else ONE_PART
            if missing := [name for name in names if f"{name}.npy" not in stored]:
                raise DataError(
                    f"{path}: {', '.join(missing)} missing; expected {', '.join(ONE_PART)} or"
                    f" {', '.join(TWO_PARTS)}; found {', '.join(stored[:9]) or 'nothing'}"
                )
            arrays = [read_array(archive, name, path) for name in names]
    except DAMAGE as error:
        raise unreadable(path, error, "not a whole .npz file") from error
    parts = [
        (
            as_images(arrays[i], f"{path}: {names[i]}"),
            as_labels(arrays[i + 1], f"{path}: {names[i + 1]}"),
        )
        for i in range(0, len(names), 2)
    ]
    classes = 1 + int(parts[0][1].max(initial=-1))
    test = parts[1] if len(parts) == 2 else None
    return make_splits(path.name, parts[0], test, tuple(map(str, range(classes))))


def read_array(archive: zipfile.ZipFile, name: str, path: Path) -> npt.NDArray[Any]:
    """One array; its header is believed only if as many bytes as it promises are stored.

    Raises:
        DataError: it is larger than allowed, or promises another size than is stored.
    """
    member = archive.getinfo(f"{name}.npy")
    if member.compress_type not in PACKINGS:
        raise DataError(f"{path}: {name}: packed in another way than NumPy's")
    with archive.open(member) as file:
        head = io.BytesIO(file.read(LONGEST_HEADER))
    version = npy.read_magic(head)
    read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, _, dtype = read_header(head)
    promised = int(np.prod(shape, dtype=object)) * dtype.itemsize
    held = member.file_size - head.tell()
    if dtype.hasobject or not 0 <= promised == held <= MOST_BYTES:
        raise DataError(
            f"{path}: {name}: {dtype} {shape} in {held:,} bytes; expected numbers, in"
            f" {promised:,} bytes of at most {MOST_BYTES:,}"
        )
    with archive.open(member) as file:
        array: npt.NDArray[Any] = npy.read_array(file, allow_pickle=False)
    return array


def as_images(array: npt.NDArray[Any], name: str) -> Images:
    """(n, channels, height, width), whichever way they are stored."""
    shape = array.shape
    if array.dtype == np.uint8 and 0 not in shape[1:]:
        if array.ndim == 3:
            return array[:, None]
        if array.ndim == 4 and shape[1] in (1, 3):
            return array
        if array.ndim == 4 and shape[3] in (1, 3):
            return np.ascontiguousarray(array.transpose(0, 3, 1, 2))
    raise DataError(
        f"{name}: {array.dtype} {shape}; expected uint8 (n, height, width), (n, height, width, 3)"
        " or (n, 1 or 3, height, width)"
    )


def as_labels(array: npt.NDArray[Any], name: str) -> Labels:
    """(n,) int64."""
    if (
        array.dtype.kind not in "iu"
        or array.ndim not in (1, 2)
        or array.shape[1:] not in ((), (1,))
    ):
        raise DataError(f"{name}: {array.dtype} {array.shape}; expected whole numbers (n,)")
    flat = array.ravel()
    if wrong := flat[(flat < 0) | (flat >= MOST_CLASSES)][:1].tolist():
        raise DataError(f"{name}: label {wrong[0]}; expected 0 to {MOST_CLASSES - 1}")
    return flat.astype(np.int64)
