"""Reading files that may be packed, and never more of them than a data set can hold."""

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from tuiconv.data.dataset import DataError

LARGEST_IDX = 16 + 60_000 * 28 * 28
"""Bytes of MNIST's largest file, unpacked; Fashion-MNIST's and KMNIST's are as large."""

MOST_STREAMS = 1000
"""A gzip file may be a row of smaller ones, such as one for each 64 KB; so many are followed."""

DAMAGE = (
    OSError, EOFError, ValueError, OverflowError, RecursionError, zlib.error, tarfile.TarError,
)  # fmt: skip
"""What the standard library raises for a packed file that is damaged or cut short."""


class LimitedGzip(gzip.GzipFile):
    """A gzip file that ends in a DataError once it has unpacked to more than `most` bytes."""

    def __init__(self, path: Path, most: int) -> None:
        super().__init__(path)
        self.path, self.most, self.given = path, most, 0

    def read(self, size: int | None = -1) -> bytes:
        """Up to `size` more bytes, or all of them."""
        left = self.most + 1 - self.given
        content = super().read(left if size is None or size < 0 else min(size, left))
        self.given += len(content)
        if self.given > self.most:
            raise too_large(self.path, self.most)
        return content


def read_bytes(path: Path, most: int = LARGEST_IDX) -> bytes:
    """The contents of a file, unpacked if it is gzip (by its first bytes, whatever its name).

    No more than `most` + 1 bytes are ever unpacked.

    Raises:
        DataError: the file cannot be read, holds more than `most` bytes, or its gzip stream is
            damaged or cut short.
    """
    content = read_packed(path, most)
    if content.startswith(b"\x1f\x8b"):
        try:
            content = unpacked(content, most)
        except DAMAGE as error:
            raise unreadable(path, error, "damaged or cut short: not a whole gzip file") from error
    if len(content) > most:
        raise too_large(path, most)
    return content


def read_packed(path: Path, most: int) -> bytes:
    """The contents of a file as they are stored, or the first `most` + 1 bytes if they are more.

    Raises:
        DataError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise unreadable(path, error) from error


def unpacked(packed: bytes, most: int) -> bytes:
    """The contents of a gzip file, or `most` + 1 bytes if they are more.

    One call a stream: a reader of small pieces would wait for Python's lock at each of them while
    the rest of the program is being imported. Each call copies what is left, which is why streams
    are counted.
    """
    content, streams = b"", 0
    while packed and len(content) <= most:
        streams += 1
        if streams > MOST_STREAMS:
            raise EOFError(f"it holds more than {MOST_STREAMS:,} streams")
        stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
        content += stream.decompress(packed, most + 1 - len(content))
        if not stream.eof and len(content) <= most:
            raise EOFError("it ends before its end mark")
        packed = stream.unused_data.lstrip(b"\0")
    return content


def read_members(path: Path, most: int) -> Iterator[tuple[str, bytes]]:
    """Name and contents of every regular file in a .tar.gz, in its order.

    The archive is read as a stream and nothing is written to disk; `most` bounds the whole
    stream, headers included.

    Raises:
        DataError: it is damaged, cut short, or unpacks to more than `most` bytes.
    """
    try:
        with (
            LimitedGzip(path, most) as packed,
            tarfile.open(fileobj=packed, mode="r|") as archive,
        ):
            for member in archive:
                # A sparse file may claim any size without a byte for it.
                regular = member.isreg() and not member.issparse()
                if regular and (file := archive.extractfile(member)) is not None:
                    yield member.name, file.read()
            # The checksum stands at the very end, behind what tar asks for.
            while packed.read(1 << 16):
                pass
    except DAMAGE as error:
        raise unreadable(path, error, "damaged or cut short: not a whole .tar.gz") from error


def unreadable(path: Path | str, error: Exception, what: str = "cannot be read") -> DataError:
    """The error for a file that cannot be opened, or in which something (`what`) is wrong."""
    if isinstance(error, OSError) and error.strerror is not None:
        return DataError(f"{path}: cannot be read: {error.strerror}")
    return DataError(f"{path}: {what} ({' '.join(str(error).split())})")


def too_large(path: Path, most: int) -> DataError:
    """The error for a file that holds more than its data set does."""
    return DataError(f"{path}: holds more than {most:,} bytes; expected at most so many, unpacked")
