"""GIF: up to 256 colours a frame, of which one may be transparent.

Every frame is written whole, with a palette of its own. Pillow compresses the pixels; the file
around them is put together here, since Pillow leaves out frames that equal the one before.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PIL import GifImagePlugin

from tuiconv.images.files.palettes import Colours, Places, image_with, places_in, with_palette
from tuiconv.images.pictures import Picture

_KEEP, _CLEAR = 1, 2
"""What becomes of a frame before the next one: it stays, or leaves nothing."""
_GREYS = np.repeat(np.arange(256, dtype=np.uint8)[:, np.newaxis], 3, axis=1)


@dataclass(frozen=True, eq=False)
class Frame:
    """A picture as GIF holds it."""

    places: Places
    palette: Colours
    """(colours, 3), at most 256."""
    clear: int | None
    """Which of the colours is transparent."""
    exact: bool
    """Whether every pixel has kept its colour."""


def gif_frame(picture: Picture) -> Frame:
    """A picture of 8 bits that is wholly opaque or wholly transparent at every pixel."""
    stored = picture.stored
    if stored is not None and stored.palette is not None and stored.palette.shape[1] >= 3:
        clear = np.flatnonzero(stored.palette[:, 3] == 0) if picture.has_alpha else np.empty(0)
        if stored.picture_mode == picture.mode and len(clear) <= 1:
            places = places_in(stored.palette, picture.pixels)
            if places is not None:
                return Frame(places, stored.palette, int(clear[0]) if len(clear) else None, True)
    if picture.mode == "L":
        return Frame(picture.pixels.astype(np.uint8), _GREYS, None, True)
    pixels = picture.pixels.astype(np.uint8, copy=False)
    colours = np.repeat(pixels[:, :, :1], 3, axis=2) if picture.colours == 1 else pixels[:, :, :3]
    hidden = pixels[:, :, -1] == 0 if picture.has_alpha else np.zeros(pixels.shape[:2], bool)
    if not hidden.any():
        return Frame(*with_palette(colours)[:2], None, with_palette(colours)[2])
    seen = colours[~hidden][:1] if not hidden.all() else 0
    places, palette, exact = with_palette(np.where(hidden[:, :, np.newaxis], seen, colours), 255)
    places = np.where(hidden, np.uint8(len(palette)), places)
    return Frame(places, np.vstack((palette, np.zeros(3, np.uint8))), len(palette), exact)


def with_clear(frame: Frame) -> Frame:
    """The frame with a transparent colour, even if none of its pixels has it.

    If all of the 256 are in use, it stays as it is.
    """
    unused = np.setdiff1d(np.arange(256), frame.places)
    if frame.clear is not None or not len(unused):
        return frame
    clear = int(unused[0])
    more = np.zeros((max(clear + 1 - len(frame.palette), 0), 3), np.uint8)
    return replace(frame, palette=np.vstack((frame.palette[:, :3], more)), clear=clear)


def encode_gif(frames: Sequence[Frame], durations: Sequence[float], loop: int) -> bytes:
    """A GIF89a of frames of one size.

    Args:
        frames: at least one.
        durations: milliseconds of each, rounded to hundredths of a second; empty if nothing moves.
        loop: how many times it is played, 0 = for ever.
    """
    disposal = _KEEP
    if any(frame.clear is not None for frame in frames):
        # Else the frame before would be seen through it. Pillow takes what is cleared for
        # transparent only if the frame has such a colour.
        frames, disposal = [with_clear(frame) for frame in frames], _CLEAR
    height, width = frames[0].places.shape
    parts = [struct.pack("<6sHHBBB", b"GIF89a", width, height, 0x70, 0, 0)]  # no common palette
    if durations and loop != 1:
        repeats = loop and loop - 1
        parts.append(struct.pack("<2sB11sBBHB", b"!\xff", 11, b"NETSCAPE2.0", 3, 1, repeats, 0))
    for index, frame in enumerate(frames):
        told: dict[str, Any] = {} if frame.clear is None else {"transparency": frame.clear}
        if durations:
            told["duration"] = round(durations[index] / 10) * 10
            told["disposal"] = disposal
        image = image_with(frame.palette, frame.places)
        parts += GifImagePlugin.getdata(image, include_color_table=True, **told)
    return b"".join((*parts, b";"))
