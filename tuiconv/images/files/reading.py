"""Reading picture files. Whatever goes wrong is a `PictureError` of one line."""

import io
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageFile, UnidentifiedImageError

from tuiconv.images.files.limits import MOST_PIXELS, check_size, pillows_limit
from tuiconv.images.files.modes import alike, in_light, picture_of
from tuiconv.images.files.quiet import keep_quiet
from tuiconv.images.files.whole import CHECKS
from tuiconv.images.pictures import Picture, PictureError, PictureFile

STANDARD_INPUT = "standard input"
"""What messages call a picture that came as bytes."""

# Not among them: formats that start other programs (EPS), and those whose pictures may be larger
# than they say before they are decoded (ICO).
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "PPM", "TIFF", "WEBP", "AVIF", "JPEG2000", "TGA")
_ANY_MAPS = {
    "image/x-portable-bitmap": "PBM",
    "image/x-portable-graymap": "PGM",
    "image/x-portable-pixmap": "PPM",
}

keep_quiet()

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
    RuntimeError,  # AVIF
    UserWarning,  # where warnings are errors
    struct.error,
    zlib.error,
)
"""What Pillow's decoders raise on damaged files."""


def read_picture(path: str | os.PathLike[str]) -> Picture:
    """The first picture in a file, upright, in RGB if it was in CMYK.

    Raises:
        PictureError: as `read_picture_file`.
    """
    return in_light(_read(Path(path), large=False, only_first=True).frames[0])


def read_picture_file(source: str | os.PathLike[str] | bytes, large: bool = False) -> PictureFile:
    """All that is in a picture file: every frame as one sees it, and what travels along.

    Pictures are turned upright if their EXIF data ask for it. Colours of 16 bits keep them in PNG,
    TIFF and PPM. What a picture becomes in order to be filtered is its `mode`; what has changed
    for good is in its `note`.

    Args:
        source: a path, or the bytes of a file.
        large: read it even if it has more than `MOST_PIXELS` in all its frames.

    Raises:
        PictureError: there is no such file, or no picture in it that can be filtered, or it is
            too large.
    """
    return _read(source if isinstance(source, bytes) else Path(source), large, only_first=False)


def _read(source: Path | bytes, large: bool, only_first: bool) -> PictureFile:
    name = STANDARD_INPUT if isinstance(source, bytes) else str(source)
    try:
        with _opened(source) as file:
            # Only a GIF takes memory when it is opened; of others `check_size` names the size.
            is_gif = file.read(4) == b"GIF8"
            with pillows_limit.on() if is_gif and not large else pillows_limit.off():
                image = Image.open(file, formats=_FORMATS)
            with image, pillows_limit.off() if large else nullcontext():
                if not large:
                    check_size(image, 1 if only_first else _count(image))
                if check := CHECKS.get(image.format or ""):
                    check(file)
                return _picture_file(image, file, only_first)
    except PictureError as error:
        raise PictureError(f"{name}: {error}") from error
    except Image.DecompressionBombError as error:
        raise PictureError(
            f"{name}: more than {2 * MOST_PIXELS:,} pixels; apply-filter --large takes it"
        ) from error
    except UnidentifiedImageError:
        raise PictureError(
            f"{name}: not a picture in a known format (PNG, JPEG, TIFF, WebP, BMP, GIF, PPM, ...)"
        ) from None
    except _DECODER_ERRORS as error:
        raise PictureError(f"{name}: {reason(error, 'damaged picture')}") from error


@contextmanager
def _opened(source: Path | bytes) -> Iterator[BinaryIO]:
    if isinstance(source, bytes):
        yield io.BytesIO(source)
        return
    if source.is_dir():
        raise PictureError("is a directory, not a picture")
    if source.exists() and not source.is_file():
        raise PictureError("is no regular file; a picture file is expected")
    with source.open("rb") as file:
        yield file


def _count(image: ImageFile.ImageFile) -> int:
    """How many pictures a file holds for its reader; a photo's previews are none of them."""
    return 1 if image.format == "MPO" else getattr(image, "n_frames", 1)


def _picture_file(image: ImageFile.ImageFile, file: BinaryIO, only_first: bool) -> PictureFile:
    """The frames of an opened image."""
    count = _count(image)
    moves = count > 1 and image.format != "TIFF"
    has_still = moves and image.info.get("default_image")
    if has_still:  # what is shown by readers of still PNG only
        image.seek(1)
    start = image.tell()
    frames, durations = [], []
    for index in range(start, start + 1 if only_first else count):
        if index:
            image.seek(index)
        frames.append(picture_of(image, file, index))
        durations.append(float(image.info.get("duration", 0)))
    left_out = ""
    if only_first and count > 1:
        left_out = "only the first frame is used"
    elif has_still:
        left_out = "the picture for readers that show no animation is left out"
    if left_out:
        note = "; ".join(filter(None, (frames[0].note, left_out)))
        frames[0] = replace(frames[0], note=note)
    if moves:
        frames = alike(frames)
    loop = image.info.get("loop")
    if image.format == "GIF":  # it counts repetitions
        loop = 1 if loop is None else loop and loop + 1
    return PictureFile(
        tuple(frames),
        _format_name(image),
        tuple(durations) if moves and not only_first else (),
        loop or 0,
    )


def _format_name(image: ImageFile.ImageFile) -> str:
    """The name by which the format is written, if it can be."""
    if image.format == "PPM":
        return _ANY_MAPS.get(image.custom_mimetype or "", "PPM")
    return "JPEG" if image.format == "MPO" else image.format or ""


def reason(error: BaseException, otherwise: str) -> str:
    """Why it failed, on one line: the system's own words, or `otherwise` with the decoder's."""
    if isinstance(error, FileNotFoundError):
        return "no such file"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    words = " ".join(str(error).split())
    return f"{otherwise} ({words})" if words else otherwise
