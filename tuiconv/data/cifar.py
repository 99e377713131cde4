"""CIFAR-10 in the forms it is handed on: binary, pickled for Python, or as pictures."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path

import numpy as np

from tuiconv.data.catalog import OBJECTS
from tuiconv.data.dataset import DataError, Dataset, Images, Labels, Splits, statistics
from tuiconv.data.pickles import read_batch
from tuiconv.data.unpack import read_bytes, read_members

BATCH = 10_000
"""Images in each of the six files."""

RECORD = 1 + 3 * 32 * 32
"""Bytes of one image in the binary version: its label, then red, green and blue rows."""

LARGEST_BATCH = 32_000_000
LARGEST_ARCHIVE = 200_000_000
"""No file and no archive of CIFAR-10 has more bytes, unpacked."""

PICTURES = "cifar10-jpeg.tar.gz"
"""An archive of train/CLASS/*.jpg and test/CLASS/*.jpg."""

CHECKSUMS = {
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test_batch": "40351d587109b95175f43aff81a1287e",
}
"""MD5 of the Python version's files. None are published for the files of the binary version."""


def parse_binary(content: bytes, name: str) -> tuple[Images, Labels]:
    """The pixels (n, 3, 32, 32) and labels (n,) in one file of the binary version.

    Raises:
        DataError: it has not the 10,000 records of 3,073 bytes.
    """
    if len(content) != BATCH * RECORD:
        raise DataError(
            f"{name}: {len(content):,} bytes; expected {BATCH:,} records of {RECORD:,} bytes ="
            f" {BATCH * RECORD:,}"
        )
    records = np.frombuffer(content, np.uint8).reshape(BATCH, RECORD)
    return records[:, 1:].reshape(BATCH, 3, 32, 32), records[:, 0].astype(np.int64)


def parse_python(content: bytes, name: str) -> tuple[Images, Labels]:
    """The pixels and labels in one file of the Python version, after its checksum was right.

    Raises:
        DataError: it is not that file of CIFAR-10.
    """
    found, expected = md5(content, usedforsecurity=False).hexdigest(), CHECKSUMS[Path(name).name]
    if found != expected:
        raise DataError(f"{name}: not CIFAR-10's: MD5 {found}; expected {expected}")
    return read_batch(content, name)


@dataclass(frozen=True)
class Form:
    """A way in which the six files are handed on."""

    files: tuple[str, ...]
    folder: str
    archive: str
    parse: Callable[[bytes, str], tuple[Images, Labels]]


FORMS = (
    Form(
        tuple(f"{name}.bin" for name in CHECKSUMS),
        "cifar-10-batches-bin",
        "cifar-10-binary.tar.gz",
        parse_binary,
    ),
    Form(tuple(CHECKSUMS), "cifar-10-batches-py", "cifar-10-python.tar.gz", parse_python),
)


def read_cifar10(folder: Path) -> Splits:
    """The 50,000 training and 10,000 test images of CIFAR-10, whichever form of it is there.

    Args:
        folder: holds the files of the binary or the Python version, their folder as the archive
            has it, or the archive; or the archive of pictures, or its folders train/ and test/.

    Raises:
        DataError: none of these is there, or it is damaged.
    """
    found = find_batches(folder)
    if found is not None:
        return read_batches(*found)
    from tuiconv.data.pictures import read_picture_archive, read_pictures  # with Pillow

    if (folder / PICTURES).exists():
        return read_picture_archive(folder / PICTURES, LARGEST_ARCHIVE, "cifar10")
    if (folder / "train").is_dir():
        return read_pictures(folder, "cifar10")
    wanted = [name for form in FORMS for name in (f"{form.folder}/", form.archive)]
    raise DataError(
        f"{folder}: no CIFAR-10 in it; expected {', '.join(wanted)}, {PICTURES} or train/ and test/"
        "; `tuiconv data get cifar10` fetches it"
    )


def has_cifar10(folder: Path) -> bool:
    """Whether some form of it is there."""
    return (
        find_batches(folder) is not None
        or (folder / PICTURES).exists()
        or (folder / "train").is_dir()
    )


def find_batches(folder: Path) -> tuple[Form, Path] | None:
    """The first form that is there, and the archive or the folder its six files are in."""
    for form in FORMS:
        for place in (folder, folder / form.folder):
            if (place / form.files[0]).exists():
                return form, place
        if (folder / form.archive).exists():
            return form, folder / form.archive
    return None


def read_batches(form: Form, place: Path) -> Splits:
    """The data set in an archive or a folder with the six files of one form.

    Raises:
        DataError: a file is missing or damaged.
    """
    contents = files_in(place, form) if place.is_dir() else members_of(place, form)
    return assemble(form, contents, str(place))


def files_in(folder: Path, form: Form) -> Iterator[tuple[str, bytes]]:
    """Name and contents of the six files in a folder."""
    for name in form.files:
        if (folder / name).exists():
            yield name, read_bytes(folder / name, LARGEST_BATCH)


def members_of(archive: Path, form: Form) -> Iterator[tuple[str, bytes]]:
    """Name and contents of the six files in an archive."""
    for path, content in read_members(archive, LARGEST_ARCHIVE):
        name = Path(path).name
        if name in form.files:
            yield name, content


def assemble(form: Form, contents: Iterator[tuple[str, bytes]], where: str) -> Splits:
    """Both parts from the six files, which may come in any order."""
    images = np.empty((len(form.files) * BATCH, 3, 32, 32), np.uint8)
    labels = np.empty(len(images), np.int64)
    missing = list(form.files)
    for name, content in contents:
        first = form.files.index(name) * BATCH
        pixels, classes = form.parse(content, f"{where}/{name}")
        if len(classes) != BATCH:
            raise DataError(f"{where}/{name}: {len(classes):,} images; expected {BATCH:,}")
        images[first : first + BATCH], labels[first : first + BATCH] = pixels, classes
        if name in missing:
            missing.remove(name)
    if missing:
        raise DataError(f"{where}: {', '.join(missing)} missing")
    seen = statistics(images[:-BATCH])
    return Splits(
        train=Dataset("cifar10 training images", images[:-BATCH], labels[:-BATCH], OBJECTS, seen),
        test=Dataset("cifar10 test images", images[-BATCH:], labels[-BATCH:], OBJECTS, seen),
    )
