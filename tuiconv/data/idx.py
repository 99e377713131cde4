"""The IDX format of MNIST (LeCun, Cortes and Burges): a header of sizes, then the numbers."""

import gzip
import struct
import zlib
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tuiconv.data.dataset import DataError

DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
"""The third byte of the header, as NumPy spells it."""


def read_bytes(path: Path) -> bytes:
    """The contents of a file, unpacked if it is gzip (by its first bytes, whatever its name).

    Raises:
        DataError: the file cannot be read, or its gzip stream is damaged or cut short.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from error
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: damaged or cut short: not a whole gzip file ({error})") from error


def parse_idx(content: bytes, name: str) -> npt.NDArray[Any]:
    """The array in an (unpacked) IDX file.

    Two zero bytes, a byte for the type, a byte for the number of dimensions d, d sizes as
    big-endian 32-bit numbers, then the values in C order.

    Args:
        content: the bytes of the file.
        name: what to call the file in errors.

    Raises:
        DataError: not IDX, or fewer or more values than its header promises.
    """
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in DTYPES:
        raise DataError(
            f"{name}: not an IDX file: it starts with {content[:4].hex(' ') or 'nothing'}"
        )
    dtype, dimensions = np.dtype(DTYPES[content[2]]), content[3]
    start = 4 + 4 * dimensions
    if len(content) < start:
        raise DataError(f"{name}: cut short inside its header, after {len(content)} bytes")
    shape = struct.unpack(f">{dimensions}I", content[4:start])
    expected, found = prod(shape) * dtype.itemsize, len(content) - start
    if expected != found:
        sizes = "×".join(map(str, shape))
        trouble = "cut short" if found < expected else "too long"
        raise DataError(
            f"{name}: {trouble}: its header promises {sizes} values in {expected} bytes,"
            f" but {found} bytes follow"
        )
    try:
        values = np.frombuffer(content, dtype, offset=start).reshape(shape)
    except ValueError as error:
        raise DataError(f"{name}: no array has {dimensions} dimensions {shape}: {error}") from error
    return values.astype(dtype.newbyteorder("="), copy=False)
