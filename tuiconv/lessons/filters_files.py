"""Pictures to be chosen from, and where what came out is saved."""

import shlex
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from tuiconv.errors import printable
from tuiconv.files import check_writable, path_of, unused
from tuiconv.images.apply import filter_frames
from tuiconv.images.files.formats import FORMATS, format_of
from tuiconv.images.files.reading import read_picture_file
from tuiconv.images.files.writing import write_picture_file
from tuiconv.images.filters.recipes import parse_filters
from tuiconv.lessons.filters_view import FiltersView
from tuiconv.lessons.filters_work import settings_of

READ: Final = {
    *(suffix for each in FORMATS.values() for suffix in each.suffixes),
    *(".avif", ".jp2", ".j2k", ".tga", ".pnm"),
}
"""How files are called that may be pictures."""
EXACT: Final = {".png", ".tif", ".tiff", ".bmp", ".ppm", ".pgm"}
"""What keeps every number of a picture that it is read from."""
HERE: Final = Path()
"""The current directory."""


@dataclass(frozen=True)
class Listing:
    """A folder, and the names of what one can go on to from there."""

    folder: Path
    folders: tuple[str, ...]
    pictures: tuple[str, ...]


def listing(folder: Path) -> Listing:
    """The folders and the pictures in a folder, in the order of their names; not the hidden ones.

    Raises:
        OSError: it cannot be read.
    """
    there = [each for each in folder.iterdir() if not each.name.startswith(".")]
    folders = sorted((each.name for each in there if each.is_dir()), key=str.lower)
    pictures = sorted((each.name for each in there if is_picture(each)), key=str.lower)
    return Listing(folder.resolve(), tuple(folders), tuple(pictures))


def is_picture(path: Path) -> bool:
    """Whether a file is called like one."""
    return path.suffix.lower() in READ and path.is_file()


def path_in(text: str, folder: Path = HERE) -> str:
    """The file in a folder that a text means: as it is, as a shell would read it, or an address.

    A terminal on which a file is dropped writes one of these; of several files it is the first.
    """
    text = text.strip()
    with suppress(ValueError):  # no address, or a quote without its end
        if text.startswith("file://"):
            return unquote(urlsplit(text.splitlines()[0].strip()).path)
        if not (folder / path_of(text)).exists():
            text = next(iter(shlex.split(text)), "")
    return str(folder / path_of(text)) if text else ""


def suggested(view: FiltersView) -> str:
    """A name that no file has yet, for what comes out: with an ending that keeps all numbers."""
    source = Path(view.image or "sample.png")
    suffix = source.suffix.lower()
    names = "-".join(words(view.filter)) or "filtered"
    return str(unused(f"{source.stem}-{names}", suffix if suffix in EXACT else ".png"))


def words(filters: str) -> Iterator[str]:
    """What a row of filters is called in a file's name."""
    for each in filters.split("|"):
        name = each.strip().partition("(")[0].strip()
        yield "kernel" if name.startswith("[") else name


def is_there(path: Path) -> bool:
    """Whether a picture that is saved so takes the place of a file.

    Raises:
        PictureError: no format has this extension.
        OSError: nothing can be written there.
    """
    format_of(path)
    check_writable(path)
    return path.exists()


def save(view: FiltersView, path: Path) -> str:
    """Filter a view's picture in full size, with all its frames, and write it.

    It is what `tuiconv apply-filter` does: the same bytes.

    Returns:
        How large it is, what the format could not keep, and the command that does the same.

    Raises:
        RequestError: there are no such filters.
        PictureError: it cannot be read, or not be written.
    """
    if view.image:
        file = read_picture_file(view.image)
    else:
        with as_file(files("tuiconv") / "assets" / "sample.png") as sample:
            file = read_picture_file(sample)
    filtered = filter_frames(file.frames, parse_filters(view.filter), settings_of(view))
    after = replace(file, frames=tuple(each.picture for each in filtered))
    lost = write_picture_file(path, after)
    first = after.frames[0]
    told = (f"{first.width}×{first.height} {first.mode}", lost, command(view, path))
    return "; ".join(filter(None, told))


def command(view: FiltersView, path: Path) -> str:
    """The command line that saves the same; nothing for the program's own picture."""
    if not view.image:
        return ""
    range_ = () if view.stored == "auto" else ("--range", view.stored)
    parts = (view.image, view.filter, "--edge", view.edge, *range_, "-o", str(path))
    return f"the same as: tuiconv apply-filter {shlex.join(map(printable, parts))}"
