"""Fetching a data set: several mirrors, broken downloads carried on, every file checked."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import md5
from http.client import responses
from pathlib import Path
from typing import Literal

import pooch

from tuiconv.data.cifar import find_batches, read_batches
from tuiconv.data.dataset import DataError
from tuiconv.data.part import LARGEST, Part, Trouble, Watch, on_this_side
from tuiconv.data.sources import SOURCES, Source
from tuiconv.data.unpack import DAMAGE, LARGEST_IDX, read_packed, unpacked
from tuiconv.files import replacing

CHUNK = 1 << 14
"""Bytes taken at a time; of a download that breaks, the last incomplete chunk is lost."""

TIMEOUT = (10.0, 20.0)
"""Seconds to wait for a connection, and for the next bytes of an answer."""

WAITS = (0.0, 1.0, 4.0)
"""Seconds before all mirrors are asked for the first time, the second time and so on."""


@dataclass(frozen=True)
class Outcome:
    """What became of one file."""

    file: str
    status: Literal["there", "fetched", "replaced"]
    """There already and right; fetched; or fetched because what was there was damaged."""
    mirror: str | None = None


def fetch(name: str, folder: Path, watch: Watch) -> Iterator[Outcome]:
    """Fetch the files of a data set that are not in its folder, or not as they should be.

    Each is written in one go once it is whole and its checksum is right; until then what has come
    of it is kept in FILE.part, from which the next call goes on.

    Args:
        name: a data set of `SOURCES`.
        folder: where its files belong; it need not exist.
        watch: is told how it goes.

    Yields:
        What became of each file.

    Raises:
        DataError: no mirror gave a file, or it could not be written.
    """
    source = SOURCES[name]
    if name == "cifar10" and (batches := unpacked_batches(folder, source)) is not None:
        yield Outcome(batches.name, "there")
        return
    for file, checksum in source.files.items():
        path = folder / file
        there = what_readers_take(path)
        if there is not None and matches(read_packed(there, LARGEST), checksum):
            yield Outcome(there.name, "there")
            continue
        content, mirror = fetch_file(file, checksum, source.mirrors, folder, watch)
        with on_this_side(path):
            with replacing(path) as output:
                output.write(content)
            path.with_name(f"{file}.part").unlink(missing_ok=True)
            if there is not None and there != path:
                there.unlink()  # readers would take it
        yield Outcome(file, "fetched" if there is None else "replaced", mirror)


def what_readers_take(path: Path) -> Path | None:
    """The file at a path, if it is there; an IDX file may be there unpacked, and goes first."""
    unpacked = path.with_suffix("")
    if unpacked.name.endswith("-ubyte") and unpacked.exists():
        return unpacked
    return path if path.exists() else None


def unpacked_batches(folder: Path, source: Source) -> Path | None:
    """Where CIFAR-10 is in another form than the file that would be fetched, if it is.

    Raises:
        DataError: it is damaged.
    """
    found = find_batches(folder)
    if found is None or found[1].name in source.files:
        return None
    try:
        read_batches(*found)
    except DataError as error:
        raise DataError(f"{error}; empty {found[1]} to have it fetched anew") from error
    return found[1]


def fetch_file(
    file: str, checksum: str, mirrors: tuple[str, ...], folder: Path, watch: Watch
) -> tuple[bytes, str]:
    """The contents of a file, and the mirror that completed it.

    Raises:
        DataError: no mirror has it; the message has every mirror's trouble.
    """
    asked = list(mirrors)
    troubles: dict[str, str] = {}
    with Part(folder / file, watch) as part:
        for wait in WAITS:
            time.sleep(wait if asked else 0)
            for mirror in tuple(asked):
                came = complete(part, mirror + file, checksum)
                if isinstance(came, bytes):
                    return came, mirror
                if not came.again:
                    asked.remove(mirror)
                if troubles.get(mirror) != str(came):
                    watch.trouble(file, mirror, str(came))
                troubles[mirror] = str(came)
    told = "; ".join(f"{mirror}{file} {text}" for mirror, text in troubles.items())
    raise DataError(
        f"{file} could not be fetched: {told}. Try again later, or put the file into {folder}"
        " yourself"
    )


def complete(part: Part, url: str, checksum: str) -> bytes | Trouble:
    """Fetch what is missing of a file, or all of it if that does not fit to what is here.

    Returns:
        The contents, which are right, or why they are not.
    """
    while True:
        empty = part.done == 0
        trouble = ask(url, part)
        content = part.content()
        if matches(content, checksum):
            return content
        if trouble is None:
            text = f"sends another file: MD5 {digest(content)}; expected {checksum}"
            trouble = Trouble(text, again=part.total is None, keep=False)
        if trouble.keep:
            return trouble
        part.clear()
        if empty:
            return trouble


def ask(url: str, part: Part) -> Trouble | None:
    """Fetch what is missing of a file; None if the server says that this was all."""
    download = pooch.HTTPDownloader(
        chunk_size=CHUNK, timeout=TIMEOUT, headers=part.request(url), hooks={"response": part.begin}
    )
    try:
        download(url, part, None)
    except Trouble as trouble:
        return trouble
    except (OSError, ValueError) as error:  # of requests; this side's would be a DataError
        return trouble_of(error, part)
    finally:
        part.hang_up()
    if part.total is not None and part.done < part.total:
        return Trouble(broken_off(part))
    return None


def trouble_of(error: Exception, part: Part) -> Trouble:
    """What an error of requests means, in few words."""
    response = getattr(error, "response", None)
    if response is not None:
        status = response.status_code
        return Trouble(
            f"answers {status} {responses.get(status, '')}".rstrip(),
            again=status in (408, 416, 425, 429) or status >= 500,
            keep=status != 416,
        )
    if part.answered:
        return Trouble(broken_off(part))
    cause = getattr(error.args[0] if error.args else None, "reason", error)
    return Trouble(f"cannot be reached ({' '.join(str(cause).split()).rpartition(': ')[2]})")


def broken_off(part: Part) -> str:
    """How far a download came."""
    of = "" if part.total is None else f" of {part.total:,}"
    return f"broke off after {part.done:,}{of} bytes"


def matches(content: bytes, checksum: str) -> bool:
    """Whether a file, or what it unpacks to, has this MD5."""
    if digest(content) == checksum:
        return True
    try:
        return digest(unpacked(content, LARGEST_IDX)) == checksum
    except DAMAGE:
        return False


def digest(content: bytes) -> str:
    """The MD5 of some bytes."""
    return md5(content, usedforsecurity=False).hexdigest()
