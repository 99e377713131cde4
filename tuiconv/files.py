"""Writing files so that a reader never finds half of one."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file beside `path` to write to, which takes its place if the block ends without an error.

    On an error it is removed and `path` stays as it was. A link is followed, and a file that is
    replaced keeps its permissions.

    Raises:
        OSError: the folder does not exist or cannot be written to.
    """
    target = path.resolve()
    temporary = target.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as file:
            yield file
        if target.exists():
            shutil.copymode(target, temporary)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def check_writable(path: Path) -> None:
    """Find out before long work whether `path` can be written.

    Raises:
        OSError: it cannot; its file name and text say which and why.
    """
    if path.is_dir():
        raise IsADirectoryError(21, "is a directory; a file name is expected", str(path))
    if not path.parent.is_dir():
        raise FileNotFoundError(2, f"there is no directory {path.parent}", str(path))
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
