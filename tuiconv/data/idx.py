"""The IDX format of MNIST (LeCun, Cortes and Burges): a header of sizes, then the numbers."""

import struct
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from tuiconv.data.dataset import DataError

DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
"""The third byte of the header, as NumPy spells it."""


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
