"""Writing picture files. Whatever goes wrong is a `PictureError` of one line."""

import io
import os
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, TiffImagePlugin

from tuiconv.files import replacing
from tuiconv.images.files.deep import encode_png, encode_ppm, tiff_tags
from tuiconv.images.files.formats import FORMATS, format_of, suffixes
from tuiconv.images.files.gif import encode_gif, gif_frame
from tuiconv.images.files.holding import Held, held
from tuiconv.images.files.metadata import left_out, options_for
from tuiconv.images.files.raster import image_from
from tuiconv.images.files.reading import reason
from tuiconv.images.pictures import Picture, PictureError, PictureFile


@dataclass(frozen=True)
class Encoded:
    """A picture file in a format."""

    content: bytes
    note: str
    """What the format could not keep, in words for the user; empty if nothing."""


def write_picture_file(target: str | os.PathLike[str], file: PictureFile) -> str:
    """Write a picture file in the format that the extension names.

    Every picture keeps its size, and its mode as the format can hold it. The file appears complete
    or not at all: it is written beside the target and renamed.

    Returns:
        What the format could not keep, in words for the user; empty if nothing.

    Raises:
        PictureError: before anything is written, if the extension is unknown or the format cannot
            hold the pictures; or if the file cannot be written.
    """
    path = Path(target)
    form = format_of(path)
    try:
        if path.is_dir():
            raise PictureError("is a directory")
        if not path.parent.is_dir():
            raise PictureError(f"there is no directory {path.parent}")
        encoded = encode(file, form)
        with replacing(path) as out:
            out.write(encoded.content)
    except PictureError as error:
        raise PictureError(f"{path}: {error}") from error
    except OSError as error:
        raise PictureError(f"{path}: {reason(error, 'could not be written')}") from error
    return encoded.note


def encode(file: PictureFile, form: str) -> Encoded:
    """A picture file as the bytes of a format.

    A frame that equals the one before may be joined with it, in PNG and WebP.

    Args:
        file: what is to be written.
        form: the name of a format, a key of `FORMATS`.

    Raises:
        PictureError: the format cannot hold it; the message names those that can.
    """
    _check(file, form)
    try:
        if form == "GIF":
            frames = [gif_frame(picture) for picture in file.frames]
            content = encode_gif(frames, file.durations, file.loop)
            exact = all(frame.exact for frame in frames)
            notes = [] if exact else ["GIF holds 256 colours: others became the nearest of these"]
        else:
            every = _all_held(file, form)
            content, notes = _encoded(every, file, form), [each.note for each in every]
    except (OSError, ValueError, OverflowError, MemoryError, struct.error) as error:
        raise PictureError(f"{form}: {reason(error, 'could not be made')}") from error
    return Encoded(content, _told_once((*notes, *_not_carried(file, form))))


def _not_carried(file: PictureFile, form: str) -> Iterator[str]:
    """What a format cannot keep of what belongs to the pictures, beside their pixels."""
    for picture in file.frames:
        yield left_out(picture, form)
    if file.durations and FORMATS[form].several == "pages":
        yield f"{form} holds the frames as pages, without their durations"
    step = {"GIF": 10, "WEBP": 1}.get(form, 0)
    if step and any(duration % step for duration in file.durations):
        yield f"{form} holds durations as multiples of {step} ms: others are rounded"


def _told_once(notes: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(filter(None, notes)))


def _check(file: PictureFile, form: str) -> None:
    """Refuse a format that cannot hold as many pictures, such large ones, or their alpha."""
    if form not in FORMATS:
        every = suffixes(lambda other: True)
        raise PictureError(f"{form or 'this format'} can be read only; use {every}")
    several, longest = FORMATS[form].several, FORMATS[form].longest
    count = len(file.frames)
    if count > 1 and not several:
        holders = suffixes(lambda other: bool(other.several))
        raise PictureError(f"{form} holds one picture, not {count} frames; use {holders}")
    if count > 1 and several == "frames" and not file.durations:
        holders = suffixes(lambda other: other.several == "pages")
        raise PictureError(f"{form} holds no pages, and there are {count}; use {holders}")
    if count > 1 and several == "frames" and any(each.most > 255 for each in file.frames):
        raise PictureError(f"{form} holds frames of 8 bits only; use .tif, .tiff")
    side = max(max(picture.height, picture.width) for picture in file.frames)
    if side > longest:
        holders = suffixes(lambda other: side <= other.longest)
        raise PictureError(
            f"{form} holds at most {longest:,} rows and columns, not {side:,}; use {holders}"
        )
    if form == "GIF":
        for picture in file.frames:
            _check_for_gif(picture)


def _check_for_gif(picture: Picture) -> None:
    """Refuse what GIF could only hold with the loss of more than some colours."""
    holders = suffixes(lambda other: picture.mode in other.modes)
    if picture.mode not in ("L", "LA", "RGB", "RGBA"):
        raise PictureError(f"GIF cannot hold mode {picture.mode}; use {holders}")
    alpha = picture.pixels[:, :, -1] if picture.has_alpha else np.empty(0, np.uint8)
    between = int(np.count_nonzero((alpha > 0) & (alpha < 255)))
    if between:
        raise PictureError(
            f"GIF knows opaque and transparent only, and {between:,} pixels are between; "
            f"use {holders}"
        )


def _all_held(file: PictureFile, form: str) -> list[Held]:
    """How a format is to hold every picture: pages each as it is, frames all the same way."""
    every = [held(picture, form) for picture in file.frames]
    if len({each.mode for each in every}) > 1 and FORMATS[form].several == "frames":
        return [held(picture, form, as_stored=False) for picture in file.frames]
    return every


def _encoded(every: Sequence[Held], file: PictureFile, form: str) -> bytes:
    first = every[0]
    options: dict[str, Any] = {**FORMATS[form].options, **options_for(first.picture, form)}
    buffer = io.BytesIO()
    if form == "TIFF":
        with TiffImagePlugin.AppendingTiffWriter(buffer) as pages:
            for each in every:
                _save_tiff(each, pages)
                pages.newFrame()
    elif first.mode.startswith(("LA;", "RGB;", "RGBA;")):
        pixels = first.pixels.astype(np.uint16, copy=False)
        if form != "PNG":
            return encode_ppm(pixels)
        return encode_png(
            pixels, options if first.key is None else {**options, "transparency": first.key}
        )
    else:
        if len(every) > 1:
            whole = [round(duration) for duration in file.durations]
            options |= {
                "save_all": True,
                "append_images": [each.image() for each in every[1:]],
                "duration": whole if form == "WEBP" else file.durations,
                "loop": file.loop,
            }
        name = "PPM" if form in ("PBM", "PGM") else form
        first.image().save(buffer, name, **options)
    return buffer.getvalue()


def _save_tiff(each: Held, pages: io.BytesIO) -> None:
    options: dict[str, Any] = {**FORMATS["TIFF"].options, **options_for(each.picture, "TIFF")}
    if not each.mode.startswith(("RGB;", "RGBA;")):
        each.image().save(pages, "TIFF", **options)
        return
    pixels = each.pixels.astype(np.uint16, copy=False)
    exif = options.setdefault("exif", Image.Exif())
    for tag, value in tiff_tags(pixels).items():
        exif[tag] = value
    image_from(pixels.reshape(len(pixels), -1), "I;16").save(pages, "TIFF", **options)
