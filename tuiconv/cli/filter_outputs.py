"""Where the pictures of `tuiconv apply-filter` come from and go to: files, a directory, streams."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from tuiconv.errors import RequestError
from tuiconv.files import check_writable
from tuiconv.images.files.formats import FORMATS, format_of

STREAM: Final = "-"
"""Stands for stdin among the pictures, and for stdout as the output."""
Target: TypeAlias = Path | Literal["-"] | None
"""Where a picture is saved, if it is."""


@dataclass(frozen=True)
class Outputs:
    """A target for every picture."""

    targets: tuple[Target, ...]
    """In the order of the pictures."""
    directory: Path | None = None
    """What they are in, if it was asked for as such."""

    @contextmanager
    def prepared(self) -> Iterator[None]:
        """The directory is there; if it was made for this, it goes again if nothing is in it."""
        if self.directory is None or self.directory.is_dir():
            yield
            return
        self.directory.mkdir()
        try:
            yield
        finally:
            with suppress(OSError):  # which is what says that there is something in it
                self.directory.rmdir()


def check_stdin(pictures: Sequence[str]) -> None:
    """Refuse stdin where no picture can come from it.

    Raises:
        RequestError: it is asked for more than once, or it is a terminal.
    """
    if pictures.count(STREAM) > 1:
        raise RequestError(
            f"- is stdin, which can be read once; it is named {pictures.count(STREAM)} times"
        )
    if STREAM in pictures and sys.stdin.isatty():
        raise RequestError(
            "- is stdin, and that is this terminal; send a picture there, as in"
            " tuiconv apply-filter - sharpen < photo.png, or name a file"
        )


def outputs_for(pictures: Sequence[str], output: str | None) -> Outputs:
    """The targets for some pictures, checked as far as can be before there is anything to write.

    Raises:
        RequestError: not all of them can go there.
        PictureError: the output's extension is unknown.
        OSError: it cannot be written.
    """
    if output is None:
        return Outputs((None,) * len(pictures))
    if not output:
        raise RequestError('--output ""; expected a file, a directory or - for stdout')
    if output == STREAM:
        check_stdout(pictures)
        return Outputs((STREAM,))
    path = Path(output)
    if len(pictures) == 1 and not path.is_dir() and not output.endswith(("/", os.sep)):
        format_of(path)
        check_writable(path)
        return Outputs((path,))
    return Outputs(in_directory(pictures, path), path)


def check_stdout(pictures: Sequence[str]) -> None:
    """Refuse stdout where a picture would do no good.

    Raises:
        RequestError: there are several pictures, or it is a terminal.
    """
    if len(pictures) > 1:
        raise RequestError(
            f"--output - takes one picture, not {len(pictures)}; name a directory for several"
        )
    if sys.stdout.isatty():
        raise RequestError(
            "--output - would print the bytes of a picture on this terminal; send them elsewhere,"
            " as in --output - > out.png, or name a file"
        )


def in_directory(pictures: Sequence[str], directory: Path) -> tuple[Path, ...]:
    """The pictures' names in a directory, which may have to be made.

    Raises:
        RequestError: two pictures would become the same file, one has no name, or the directory
            is called like a picture.
        OSError: it cannot be written to, or made.
    """
    suffixes = {suffix for form in FORMATS.values() for suffix in form.suffixes}
    is_file = os.path.lexists(directory) or directory.suffix.lower() in suffixes
    if is_file and not directory.is_dir():
        count = f"{len(pictures)} picture" + "s" * (len(pictures) > 1)
        raise RequestError(f"--output {directory} is a file; expected a directory for {count}")
    sources: dict[Path, str] = {}
    for picture in pictures:
        if picture == STREAM:
            raise RequestError(f"--output {directory}: stdin has no name to keep; name a file")
        target = directory / Path(picture).name
        if target in sources:
            raise RequestError(
                f"{sources[target]} and {picture} would both become {target}; filter them one by"
                " one, or into two directories"
            )
        sources[target] = picture
    check_writable(next(iter(sources)) if directory.is_dir() else directory)
    return tuple(sources)


def check_svg(path: Path, pictures: Sequence[str]) -> None:
    """Find out before any work whether the drawing can be saved.

    Raises:
        RequestError: there are several pictures, or the file is not called so.
        OSError: it cannot be written.
    """
    if len(pictures) > 1:
        raise RequestError(f"--svg {path} takes one picture, not {len(pictures)}")
    if path.suffix.lower() != ".svg":
        raise RequestError(f"--svg {path}; expected a name that ends in .svg")
    check_writable(path)
