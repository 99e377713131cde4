"""Reading and writing picture files. Whatever goes wrong is a `PictureError` of one line."""

import logging
import math
import os
import re
import struct
import warnings
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from tuiconv.errors import UserError
from tuiconv.files import replacing

# Pillow writes remarks on damaged files to stderr unless somebody takes them; its errors are told.
logging.getLogger("PIL").addHandler(logging.NullHandler())

PixelArray: TypeAlias = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]

MODES: Final = {
    "L": (np.uint8, 1),
    "LA": (np.uint8, 2),
    "RGB": (np.uint8, 3),
    "RGBA": (np.uint8, 4),
    "I;16": (np.uint16, 1),
}
"""The modes a `Picture` may have, by Pillow's names: dtype and number of channels."""

_ALL_MODES = frozenset(MODES)
_OPAQUE = frozenset({"L", "RGB"})
_FORMATS: Final[dict[str, tuple[str, frozenset[str], dict[str, Any]]]] = {
    # format, modes it brings back unchanged, and options that lose as little as it can
    ".png": ("PNG", _ALL_MODES, {}),
    ".tif": ("TIFF", _ALL_MODES, {"compression": "tiff_deflate"}),
    ".tiff": ("TIFF", _ALL_MODES, {"compression": "tiff_deflate"}),
    ".jpg": ("JPEG", _OPAQUE, {"quality": 95, "subsampling": 0}),
    ".jpeg": ("JPEG", _OPAQUE, {"quality": 95, "subsampling": 0}),
    ".webp": ("WEBP", frozenset({"RGB", "RGBA"}), {"lossless": True, "exact": True}),
    ".bmp": ("BMP", _OPAQUE, {}),
    ".pgm": ("PPM", frozenset({"L", "I;16"}), {}),
    ".ppm": ("PPM", frozenset({"RGB"}), {}),
}
_DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    IndexError,
    KeyError,
    EOFError,
    OverflowError,
    MemoryError,
    struct.error,
    zlib.error,
)
"""What Pillow's decoders raise on damaged files."""


class PictureError(UserError):
    """A picture could not be read or written; the message is one line with the path in it."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture in memory, with what is needed to save it as it came.

    Raises:
        ValueError: if mode, dtype and shape do not belong together, or there are no pixels.
    """

    pixels: PixelArray
    """(height, width) or (height, width, channels), uint8, or uint16 for mode "I;16"."""
    mode: str
    """One of `MODES`."""
    info: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """What travels with the file: ICC profile, dots per inch, EXIF."""
    note: str = ""
    """What had to be changed on reading, in words for the user; empty if nothing."""

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"mode {self.mode!r} is none of {', '.join(MODES)}")
        dtype, channels = MODES[self.mode]
        shape, ends = self.pixels.shape, () if channels == 1 else (channels,)
        if self.pixels.dtype != dtype or len(shape) != 2 + len(ends) or shape[2:] != ends:
            wanted = ", ".join(("height", "width", *map(str, ends)))
            raise ValueError(
                f"mode {self.mode} needs {np.dtype(dtype)} pixels of shape ({wanted}), "
                f"not {self.pixels.dtype} of shape {shape}"
            )
        if self.pixels.size == 0:
            raise ValueError(f"a picture needs at least one pixel; its shape is {shape}")

    @property
    def height(self) -> int:
        """Rows of pixels."""
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        """Columns of pixels."""
        return int(self.pixels.shape[1])


def read_picture(path: str | os.PathLike[str]) -> Picture:
    """The picture in a file, turned upright if its EXIF data ask for it.

    Grey, grey with alpha, RGB, RGBA and 16-bit grey keep their mode. Every other mode is
    converted to the nearest of these, and the picture's `note` says so.

    Raises:
        PictureError: if there is no such file, or no picture in it that can be filtered.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise PictureError(f"{path}: is a directory, not a picture")
        if path.exists() and not path.is_file():
            raise PictureError(f"{path}: is no regular file; a picture file is expected")
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                return _picture(image)
    except UnidentifiedImageError:
        raise PictureError(
            f"{path}: not a picture in a known format (PNG, JPEG, TIFF, WebP, BMP, GIF, PPM, ...)"
        ) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(
            f"{path}: too large to open safely; at most {Image.MAX_IMAGE_PIXELS:,} pixels "
            "are allowed"
        ) from error
    except _DECODER_ERRORS as error:
        raise PictureError(f"{path}: {_reason(error, 'damaged picture')}") from error


def write_picture(path: str | os.PathLike[str], picture: Picture) -> None:
    """Write the picture in the format its extension names, in the size and mode it has.

    The file appears complete or not at all: it is written beside the target and renamed.

    Raises:
        PictureError: before anything is written, if the extension is unknown or the format
            cannot hold the picture's mode; or if the file cannot be written.
    """
    path = Path(path)
    name, modes, options = _FORMATS.get(path.suffix.lower(), ("", frozenset(), {}))
    if not name:
        raise PictureError(
            f"{path}: no format has the extension {path.suffix!r}; use one of {', '.join(_FORMATS)}"
        )
    if picture.mode not in modes:
        holders = [suffix for suffix, (_, held, _) in _FORMATS.items() if picture.mode in held]
        raise PictureError(
            f"{path}: {name} cannot hold mode {picture.mode} unchanged; use {', '.join(holders)}"
        )
    image = Image.fromarray(picture.pixels)
    try:
        if path.is_dir():
            raise PictureError(f"{path}: is a directory")
        if not path.parent.is_dir():
            raise PictureError(f"{path}: there is no directory {path.parent}")
        with replacing(path) as file:
            image.save(file, name, **options, **picture.info)
    except (OSError, ValueError, struct.error) as error:
        raise PictureError(f"{path}: {_reason(error, 'could not be written')}") from error


def _picture(image: ImageFile.ImageFile) -> Picture:
    """Everything of an opened file that a `Picture` keeps. The image must not be loaded yet."""
    notes = []
    # Pillow unpacks 16-bit colour to 8 bits on loading; only the raw mode before it tells.
    if any(re.search(r"(RGB[AX]?|LA);16", str(tile.args)) for tile in image.tile):
        notes.append("16-bit colour was read as 8-bit")
    if getattr(image, "n_frames", 1) > 1:
        notes.append("only the first frame is used")
    image.load()
    upright = ImageOps.exif_transpose(image)
    mode, why = _filterable(upright)
    if why:
        notes.append(why)
    pixels: PixelArray
    if mode == "I;16":
        pixels = np.array(upright).astype(np.uint16)
    else:
        pixels = np.array(upright.convert(mode), dtype=np.uint8)
    return Picture(pixels, mode, _what_travels(upright), "; ".join(notes))


def _filterable(image: Image.Image) -> tuple[str, str]:
    """The mode to filter an image in, and why it is not the image's own (empty if it is)."""
    # PNG can name one colour as the transparent one, which filtering would mix with others.
    keyed = "transparency" in image.info
    match image.mode:
        case "I;16" | "I;16B" | "I;16L" | "I;16N":
            return "I;16", "the colour named as transparent is now opaque" if keyed else ""
        case "I":
            low, high = image.getextrema()
            if isinstance(low, int) and isinstance(high, int) and 0 <= low <= high <= 0xFFFF:
                return "I;16", ""
            raise ValueError(f"32-bit values {low} to {high} cannot be filtered; 0 to 65535 can")
        case "F":
            raise ValueError("floating-point pixels cannot be filtered; save it with 8 or 16 bits")
        case "P" | "PA":
            mode = "RGBA" if keyed or image.mode == "PA" else "RGB"
            return mode, f"a picture with a palette is filtered as {mode}"
        case "1":
            return "L", "a black-and-white picture is filtered as L (256 greys)"
        case "L" | "RGB" if keyed:
            return image.mode + "A", "the colour named as transparent became an alpha channel"
        case "L" | "LA" | "RGB" | "RGBA":
            return image.mode, ""
        case "RGBX":
            return "RGB", ""
        case "RGBa":
            return "RGBA", ""
        case other:
            return "RGB", f"a picture in {other} is filtered as RGB"


def _what_travels(image: Image.Image) -> Mapping[str, Any]:
    """The parts of a file's information that still hold for the `Picture`."""
    info = {key: image.info[key] for key in ("icc_profile", "exif") if image.info.get(key)}
    if image.mode in ("CMYK", "YCbCr", "LAB", "HSV"):
        info.pop("icc_profile", None)  # it describes the inks, not the RGB made from them
    dpi = image.info.get("dpi")
    if dpi and all(math.isfinite(d) and d > 0 for d in dpi):
        info["dpi"] = (float(dpi[0]), float(dpi[1]))
    return MappingProxyType(info)


def _reason(error: BaseException, otherwise: str) -> str:
    """Why it failed, on one line: the system's own words, or `otherwise` with the decoder's."""
    if isinstance(error, FileNotFoundError):
        return "no such file"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    words = " ".join(str(error).split())
    return f"{otherwise} ({words})" if words else otherwise
