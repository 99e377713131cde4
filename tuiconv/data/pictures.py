"""A folder of pictures with one sub-folder a class, as a data set."""

import io
import logging
import struct
import warnings
import zlib
from collections import defaultdict
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from tuiconv.data.dataset import DataError, Images, Splits, make_splits
from tuiconv.data.unpack import read_members, unreadable

# Pillow writes remarks on damaged files to stderr unless somebody takes them; its errors are told.
logging.getLogger("PIL").addHandler(logging.NullHandler())

File: TypeAlias = tuple[str, Path | io.BytesIO]
"""A picture's name for errors, and where its bytes are."""
Classes: TypeAlias = dict[str, list[File]]
"""The pictures of each class, sorted by name."""

MOST_BYTES = 2**31
"""Images may take two gigabytes as they are kept: a byte for a pixel and channel."""

DAMAGE = (OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, EOFError,
          OverflowError, NotImplementedError, struct.error, zlib.error)  # fmt: skip
"""What Pillow's decoders raise on damaged files."""


def read_pictures(folder: Path, name: str | None = None) -> Splits:
    """The pictures in the sub-folders of a folder; a sub-folder's name is its pictures' class.

    With train/ and test/ inside, each holding the sub-folders, these are the two parts; otherwise
    every sixth picture of a class is held out to test on. Classes are numbered in the order of
    their names. Pictures are grey if all of them are and RGB otherwise; transparency is left out.
    Files and folders whose name begins with a dot are passed over.

    Args:
        folder: where to look.
        name: what to call the data set; the folder's name if None.

    Raises:
        DataError: no pictures, a file that is none, or one of another size than the first.
    """
    parted = all((folder / part).is_dir() for part in ("train", "test"))
    parts = [folder / "train", folder / "test"] if parted else [folder]
    return assemble(name or folder.resolve().name, [classes_in(part) for part in parts])


def read_picture_archive(path: Path, most: int, name: str) -> Splits:
    """The same from a .tar.gz with train/CLASS/PICTURE and test/CLASS/PICTURE, read in memory.

    Raises:
        DataError: as `read_pictures`; also if the archive is damaged or larger than `most` bytes.
    """
    parts: dict[str, Classes] = {"train": defaultdict(list), "test": defaultdict(list)}
    for member, content in sorted(read_members(path, most)):
        folders = PurePosixPath(member).parts[-3:-1]
        if len(folders) != 2 or folders[0] not in parts:
            raise DataError(f"{path}: {member}; expected train/CLASS/PICTURE or test/CLASS/PICTURE")
        parts[folders[0]][folders[1]].append((f"{path}: {member}", io.BytesIO(content)))
    for part, classes in parts.items():
        if not classes:
            raise DataError(f"{path}: no pictures in {part}/")
    return assemble(name, list(parts.values()))


def classes_in(folder: Path) -> Classes:
    """The files in every sub-folder.

    Raises:
        DataError: there is no sub-folder, or one without files.
    """
    try:
        folders = sorted(entry for entry in visible(folder) if entry.is_dir())
        classes: Classes = {
            entry.name: [(str(file), file) for file in visible(entry) if file.is_file()]
            for entry in folders
        }
    except OSError as error:
        raise DataError(f"{error.filename}: cannot be read: {error.strerror}") from error
    if not classes:
        raise DataError(f"{folder}: no sub-folders; expected one for each class of pictures")
    for name, files in classes.items():
        if not files:
            raise DataError(f"{folder / name}: no pictures; expected those of class {name}")
    return classes


def visible(folder: Path) -> list[Path]:
    """What is in a folder, sorted by name, without hidden entries."""
    return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))


def assemble(name: str, parts: list[Classes]) -> Splits:
    """One or two parts (training, test) of pictures as a data set."""
    class_names = tuple(parts[0])
    for class_name in parts[-1]:
        if class_name not in class_names:
            raise DataError(f"{name}: test class {class_name}; expected {', '.join(class_names)}")
    files = [file for part in parts for pictures in part.values() for file in pictures]
    images = stack(files)
    labels = np.array(
        [
            class_names.index(class_name)
            for part in parts
            for class_name, pictures in part.items()
            for _ in pictures
        ],
        np.int64,
    )
    end = sum(map(len, parts[0].values()))
    test = (images[end:], labels[end:]) if len(parts) == 2 else None
    return make_splits(name, (images[:end], labels[:end]), test, class_names)


def stack(files: list[File]) -> Images:
    """All pictures as one array (n, 1 or 3, height, width).

    Raises:
        DataError: a file that is no picture, or the first whose size differs; or too many.
    """
    first = open_picture(files[0])
    (height, width), (name, _) = first.shape[:2], files[0]
    images = np.empty((0, 1, height, width), np.uint8)
    for n, file in enumerate(files):
        pixels = first if n == 0 else open_picture(file, (name, (width, height)))
        channels = 3 if pixels.ndim == 3 else 1
        if n == 0 or channels > images.shape[1]:
            total = len(files) * channels * height * width
            if total > MOST_BYTES:
                raise DataError(
                    f"{len(files):,} pictures of {channels}×{height}×{width} take {total:,} bytes;"
                    f" expected at most {MOST_BYTES:,}; make them smaller"
                )
            grey = images[:n]
            images = np.empty((len(files), channels, height, width), np.uint8)
            images[:n] = grey
        images[n] = pixels.transpose(2, 0, 1) if pixels.ndim == 3 else pixels
    return images


def open_picture(
    file: File, like: tuple[str, tuple[int, int]] | None = None
) -> npt.NDArray[np.uint8]:
    """One picture: (height, width) if it is grey, (height, width, 3) otherwise.

    Args:
        file: the picture.
        like: name and size (width, height) of the one it must be as large as.

    Raises:
        DataError: it is none, is damaged or has another size.
    """
    name, source = file
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # oddities beside the pixels, such as damaged EXIF
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(source) as image:
                if like is not None and image.size != like[1]:
                    (width, height), (first, expected) = image.size, like
                    raise DataError(
                        f"{name}: {width}×{height} pixels; expected {expected[0]}×{expected[1]},"
                        f" the size of {first}"
                    )
                return to_bytes(image)
    except UnidentifiedImageError:
        raise DataError(f"{name}: not a picture in a known format") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise DataError(f"{name}: too many pixels to train on") from None
    except DAMAGE as error:
        raise unreadable(name, error, "damaged picture") from error


def to_bytes(image: Image.Image) -> npt.NDArray[np.uint8]:
    """Pixels of any mode as grey or RGB bytes; 16-bit grey keeps its upper eight."""
    match image.mode:
        case "1" | "L" | "LA":
            return np.asarray(image.convert("L"))
        case "I" | "I;16" | "I;16B" | "I;16L" | "I;16N":
            wide: npt.NDArray[Any] = np.asarray(image)
            if wide.min() < 0 or wide.max() > 0xFFFF:
                raise ValueError(f"grey values {wide.min()} to {wide.max()}; expected 0 to 65535")
            return (wide >> 8).astype(np.uint8)
        case "F":
            raise ValueError("floating-point pixels; expected 8 or 16 bits")
        case _:
            return np.asarray(image.convert("RGB"))
