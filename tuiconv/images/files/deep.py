"""Colours of 16 bits, of which Pillow decodes the upper 8 only.

Decoded a second time with the two bytes of every number taken for each other, a file gives the
lower 8. What Pillow cannot write either is written here.
"""

import io
import re
import struct
import sys
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile, TiffImagePlugin

from tuiconv.images.files.raster import array_of
from tuiconv.images.pictures import PictureError

PNG_COLOURS: Final = {1: 0, 2: 4, 3: 2, 4: 6}
"""PNG's colour type for a number of channels: grey, grey with alpha, RGB, RGBA."""
_DEPTHS, _SAMPLES, _PLANES = 258, 277, 284
"""Tags of a TIFF: bits a sample, samples a pixel, and 2 if every colour has a plane of its own."""
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_FILTERED_AT_ONCE = 1 << 20

Deep = npt.NDArray[np.uint16]
Bytes = npt.NDArray[np.uint8]


def raw_mode(image: ImageFile.ImageFile) -> str:
    """How the numbers lie in an opened file, by Pillow's names: "RGB;16B". Empty once loaded."""
    for arg in _arguments(image):
        if isinstance(arg, str):
            return arg
    return ""


def _arguments(image: ImageFile.ImageFile) -> tuple[Any, ...]:
    """What Pillow tells its decoder."""
    if not image.tile:
        return ()
    args = image.tile[0].args
    return args if isinstance(args, tuple) else (args,)


def deep_pixels(file: BinaryIO, image: ImageFile.ImageFile, page: int = 0) -> Deep | None:
    """The 16-bit colours of a file that Pillow has opened, and not loaded yet.

    Args:
        file: the file.
        image: what Pillow makes of it.
        page: which page of a TIFF it is.

    Returns:
        (height, width, channels), or None if there are no 16-bit colours, or not in a way that
        they can be read.

    Raises:
        PictureError: they, or grey and alpha, are in planes of their own, which Pillow mixes up.
        ValueError: the file is cut off.
    """
    if image.format == "PNG" and getattr(image, "is_animated", False):
        return None  # Pillow puts frames over one another with 8 bits
    if isinstance(image, TiffImagePlugin.TiffImageFile) and image.tag_v2.get(_PLANES) == 2:
        samples = image.tag_v2.get(_SAMPLES, 1)
        if samples > 1 and max(image.tag_v2.get(_DEPTHS, (1,))) > 8:
            raise PictureError("16-bit colours in separate planes cannot be read; interleaved can")
        if samples == 2:
            raise PictureError("grey and alpha in separate planes cannot be read; interleaved can")
        return None
    raw = raw_mode(image)
    if raw == "RGB" and image.format == "PPM":
        return _any_map(file, image)
    if raw == "LA;16B":  # four bytes a pixel, as RGBA has them
        image.tile = [image.tile[0]._replace(args="RGBA")]
        both: Deep = array_of(image).view(">u2").astype(np.uint16)
        return both
    name, _, order = raw.partition(";16")
    if name not in ("RGB", "RGBA", "RGBX") or not order:
        return None
    upper = array_of(image).astype(np.uint16)
    file.seek(0)
    other = Image.open(file, formats=(image.format or "",))
    other.seek(page)
    swapped = f"{name};16{_other_order(order)}"
    other.tile = [
        tile._replace(args=(swapped, *tile.args[1:]) if isinstance(tile.args, tuple) else swapped)
        for tile in other.tile
    ]
    whole: Deep = np.bitwise_or(upper << 8, array_of(other), dtype=np.uint16)
    return whole


def _other_order(order: str) -> str:
    """The order of bytes that is not this one: B(ig), L(ittle) or N(ative)."""
    if order == "N":
        order = "L" if sys.byteorder == "little" else "B"
    return "L" if order == "B" else "B"


def _any_map(file: BinaryIO, image: ImageFile.ImageFile) -> Deep | None:
    """The colours of a portable pixmap, from 0…most to 0…65535; None if it has 8 bits."""
    _, *rest = _arguments(image)
    most, count = rest[0] if rest else 255, image.width * image.height * 3
    if most < 256:
        return None
    file.seek(image.tile[0].offset)
    data = file.read()
    if image.tile[0].codec_name == "ppm_plain":  # P3: in words
        words = re.sub(rb"#[^\r\n]*", b"", data).split()
        values = np.array([int(word) for word in words[:count]], np.int64)
    else:  # P6: in bytes
        values = np.frombuffer(data[: min(2 * count, len(data) // 2 * 2)], ">u2")
    if values.size < count or values.min() < 0 or values.max() > most:
        raise ValueError(f"{count} numbers from 0 to {most} are expected")
    values = values.reshape(image.height, image.width, 3)
    scaled: Deep = np.rint(values * (0xFFFF / most)).astype(np.uint16)
    return scaled


def encode_ppm(pixels: Deep) -> bytes:
    """A portable pixmap (P6) of 16-bit colours (height, width, 3)."""
    height, width, _ = pixels.shape
    return b"P6\n%d %d\n65535\n" % (width, height) + pixels.astype(">u2").tobytes()


def tiff_tags(pixels: Deep) -> dict[int, int]:
    """What must be said of 16-bit colours when their TIFF is written as one wide 16-bit grey."""
    _, width, channels = pixels.shape
    size_and_kind = {256: width, 277: channels, 262: 2}  # width, samples a pixel, RGB
    return size_and_kind | ({338: 2} if channels == 4 else {})  # alpha, not multiplied in


def encode_png(pixels: Deep, options: dict[str, Any]) -> bytes:
    """A PNG of 16-bit colours (height, width, channels), with what Pillow's `options` ask for.

    Pillow writes a picture of one pixel; its header and pixels are replaced.
    """
    height, width, channels = pixels.shape
    small = io.BytesIO()
    mode = {2: "LA", 3: "RGB", 4: "RGBA"}[channels]
    Image.new(mode, (1, 1)).save(small, "PNG", **options)
    header = struct.pack(">IIBBBBB", width, height, 16, PNG_COLOURS[channels], 0, 0, 0)
    replaced = {b"IHDR": header, b"IDAT": _compressed(pixels)}
    chunks = ((kind, replaced.get(kind, data)) for kind, data in png_chunks(small.getvalue()))
    return _SIGNATURE + b"".join(png_chunk(kind, data) for kind, data in chunks)


def png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The kind and data of every chunk of a PNG that is whole."""
    position = len(_SIGNATURE)
    while position < len(content):
        length, kind = struct.unpack_from(">I4s", content, position)
        yield kind, content[position + 8 : position + 8 + length]
        position += length + 12


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk: its length, kind, data and check sum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _compressed(pixels: Deep) -> bytes:
    """The rows of a PNG: filtered, and compressed as Pillow does it."""
    height = pixels.shape[0]
    pace = 2 * pixels.shape[2]
    row_bytes = pixels[0].nbytes
    above = np.zeros(row_bytes, np.uint8)
    squeeze = zlib.compressobj()
    parts = []
    step = max(1, _FILTERED_AT_ONCE // row_bytes)
    for first in range(0, height, step):
        band = pixels[first : first + step].astype(">u2").view(np.uint8).reshape(-1, row_bytes)
        parts.append(squeeze.compress(filtered_rows(band, above, pace).tobytes()))
        above = band[-1]
    return b"".join((*parts, squeeze.flush()))


def filtered_rows(rows: Bytes, above: Bytes, pace: int) -> Bytes:
    """Rows as PNG stores them: each less a guess from its neighbours, the kind of guess before it.

    Of the five guesses (none, left, above, their mean, Paeth's) a row takes the one whose
    differences are the smallest, as the PNG specification (section 12.7) advises.

    Args:
        rows: uint8 (rows, bytes).
        above: the row before the first; zeros if there is none.
        pace: bytes from a number to the same one of the next pixel.

    Returns:
        uint8 (rows, 1 + bytes).
    """
    up = np.vstack((above, rows[:-1])).astype(np.int16)
    left, corner = np.zeros_like(up), np.zeros_like(up)
    left[:, pace:], corner[:, pace:] = rows[:, :-pace], up[:, :-pace]
    guess = left + up - corner
    far_left, far_up, far_corner = (np.abs(guess - near) for near in (left, up, corner))
    paeth = np.where(far_up <= far_corner, up, corner)
    paeth = np.where((far_left <= far_up) & (far_left <= far_corner), left, paeth)
    guesses = (np.zeros_like(up), left, up, (left + up) >> 1, paeth)
    # guess, row, byte
    differences = np.stack([rows - guess.astype(np.uint8) for guess in guesses])
    costs = np.abs(differences.view(np.int8).astype(np.int16)).sum(axis=2, dtype=np.int64)
    best = costs.argmin(axis=0)
    chosen = differences[best, np.arange(len(rows))]
    return np.hstack((best.astype(np.uint8)[:, np.newaxis], chosen))
