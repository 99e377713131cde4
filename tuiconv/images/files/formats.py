"""The file formats that can be written: what each of them can hold, and how it loses least."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tuiconv.images.pictures import PictureError


@dataclass(frozen=True)
class Format:
    """What a file format can hold."""

    suffixes: tuple[str, ...]
    """The extensions that name it."""
    modes: frozenset[str]
    """What it brings back unchanged: modes of a `Picture`, and "1", "P" and "I" of files."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """How Pillow writes it with as little loss as can be."""
    kept: frozenset[str] = frozenset()
    """What of a picture's `info` it can carry."""
    several: str = ""
    """What several pictures are in it: "frames" of an animation or "pages"; empty if it is one."""
    longest: int = (1 << 31) - 1
    """The most pixels along a side."""


FORMATS: Final[dict[str, Format]] = {
    "PNG": Format(
        (".png",),
        frozenset(
            {"1", "P", "L", "LA", "RGB", "RGBA", "I;16", "LA;16", "RGB;16", "RGBA;16"},
        ),
        kept=frozenset({"icc_profile", "exif", "dpi", "chunks"}),
        several="frames",
    ),
    "TIFF": Format(
        (".tif", ".tiff"),
        frozenset(
            {"1", "P", "L", "LA", "RGB", "RGBA", "I;16", "I", "RGB;16", "RGBA;16", "CMYK"},
        ),
        {"compression": "tiff_deflate"},
        frozenset({"icc_profile", "exif", "dpi"}),
        several="pages",
    ),
    "JPEG": Format(
        (".jpg", ".jpeg"),
        frozenset({"L", "RGB", "CMYK"}),
        {"quality": 95, "subsampling": 0},
        frozenset({"icc_profile", "exif", "dpi", "comment", "xmp"}),
        longest=65_500,
    ),
    "WEBP": Format(
        (".webp",),
        frozenset({"RGB", "RGBA"}),
        {"lossless": True, "exact": True},
        frozenset({"icc_profile", "exif", "xmp"}),
        several="frames",
        longest=16_383,
    ),
    "GIF": Format((".gif",), frozenset({"P"}), several="frames", longest=65_535),
    "BMP": Format((".bmp",), frozenset({"1", "P", "L", "RGB"}), kept=frozenset({"dpi"})),
    "PBM": Format((".pbm",), frozenset({"1"})),
    "PGM": Format((".pgm",), frozenset({"L", "I;16"})),
    "PPM": Format((".ppm",), frozenset({"RGB", "RGB;16"})),
}
"""By name: Pillow's, and those of the three kinds of portable anymap."""


def format_of(path: Path) -> str:
    """The name of the format that a path's extension stands for.

    Raises:
        PictureError: no format has this extension.
    """
    suffix = path.suffix.lower()
    for name, form in FORMATS.items():
        if suffix in form.suffixes:
            return name
    every = suffixes(lambda form: True)
    raise PictureError(f"{path}: no format has the extension {path.suffix!r}; use one of {every}")


def suffixes(fits: Callable[[Format], bool]) -> str:
    """The extensions of the formats that fit, for a message."""
    return ", ".join(suffix for form in FORMATS.values() if fits(form) for suffix in form.suffixes)
