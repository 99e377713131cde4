"""Writing files so that a reader never finds half of one."""

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import BinaryIO

from tuiconv.errors import UserError


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file beside `path` to write to, which takes its place if the block ends without an error.

    On an error it is removed and `path` stays as it was. A link is followed, and a file that is
    replaced keeps its permissions.

    Raises:
        OSError: the folder does not exist or cannot be written to, or `path` is a directory, a
            device or a pipe; its file name is `path`.
    """
    target = target_of(path)
    temporary = target.with_name(f".{os.urandom(8).hex()}.tmp")
    try:
        opened = temporary.open("xb")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    try:
        with opened as file:
            yield file
        if target.exists():
            shutil.copymode(target, temporary)
        temporary.replace(target)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None and error.errno is not None:
            raise OSError(error.errno, error.strerror, str(path)) from error  # such as a full disk
        raise


def path_of(text: str) -> Path:
    """The path that a text names, with ~ as in a shell: it stays where nobody is called so."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def unused(stem: str, suffix: str) -> Path:
    """`stem-1suffix` in the current directory, or with the first number that no file has."""
    return next(
        path for number in count(1) if not (path := Path(f"{stem}-{number}{suffix}")).exists()
    )


def check_writable(path: Path) -> None:
    """Find out before long work whether `path` can be written.

    Raises:
        OSError: it cannot; its file name and text say which and why.
    """
    import tempfile  # with much that a short command does without

    target = target_of(path)
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, f"there is no directory {target.parent}", str(path))
    try:
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def target_of(path: Path) -> Path:
    """The file that `path` leads to, through links; it need not exist.

    Raises:
        OSError: it is something that a file must not take the place of.
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "is a directory; a file is expected", str(path))
    if os.path.lexists(target) and not target.is_file():
        raise OSError(errno.EINVAL, "is no regular file; a file is expected", str(path))
    return target


class DirectoryLock:
    """Keeps other programs that ask out of a directory, until it is closed or this program ends.

    Windows, which cannot lock a directory, lets them in.

    Raises:
        UserError: another program is at work in it.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor: int | None = None
        if sys.platform == "win32":
            return
        import fcntl

        self._descriptor = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.close()
            raise UserError(
                f"{path}: another program is at work in it; wait for its end"
            ) from error
        except OSError:  # a file system without locks
            self.close()

    def close(self) -> None:
        """Let others in."""
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = None
