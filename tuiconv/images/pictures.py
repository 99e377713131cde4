"""Pictures in memory: the numbers, the mode that says what they mean, and what travels along."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from tuiconv.errors import UserError

PixelArray: TypeAlias = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]

MODES: Final[dict[str, tuple[type[np.uint8] | type[np.uint16], tuple[str, ...]]]] = {
    "L": (np.uint8, ("grey",)),
    "LA": (np.uint8, ("grey", "alpha")),
    "RGB": (np.uint8, ("R", "G", "B")),
    "RGBA": (np.uint8, ("R", "G", "B", "alpha")),
    "I;16": (np.uint16, ("grey",)),
    "LA;16": (np.uint16, ("grey", "alpha")),
    "RGB;16": (np.uint16, ("R", "G", "B")),
    "RGBA;16": (np.uint16, ("R", "G", "B", "alpha")),
    "CMYK": (np.uint8, ("C", "M", "Y", "K")),
}
"""The modes a `Picture` may have, by Pillow's names where it has one: dtype and channels."""


class PictureError(UserError):
    """A picture could not be read or written; the message is one line with the path in it."""


@dataclass(frozen=True, eq=False)
class Stored:
    """How a file held the pixels of a `Picture`, so that it can be written back the same way."""

    mode: str
    """Pillow's name of the file's own mode: "P" for a palette, "1" for black and white, ..."""
    picture_mode: str
    """The mode of the `Picture` they became."""
    palette: npt.NDArray[np.uint8] | None = None
    """The only colours there were, (colours, channels) in the picture's mode."""
    key: tuple[int, ...] | None = None
    """The colour that stood for transparent, where alpha was no channel of its own."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture in memory, with what is needed to save it as it came.

    Raises:
        ValueError: if mode, dtype and shape do not belong together, or there are no pixels.
    """

    pixels: PixelArray
    """(height, width) or (height, width, channels) of the mode's dtype.

    CMYK is held as light: 255 is no ink, 0 is full ink.
    """
    mode: str
    """One of `MODES`."""
    info: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """What travels with the file: ICC profile, dots per inch, EXIF."""
    note: str = ""
    """What had to be changed on reading, in words for the user; empty if nothing."""
    stored: Stored | None = None
    """How the file it was read from held it; None if it comes from no file."""

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"mode {self.mode!r} is none of {', '.join(MODES)}")
        dtype, names = MODES[self.mode]
        shape, ends = self.pixels.shape, () if len(names) == 1 else (len(names),)
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

    @property
    def channel_names(self) -> tuple[str, ...]:
        """What each channel holds, "alpha" last if there is one."""
        return MODES[self.mode][1]

    @property
    def has_alpha(self) -> bool:
        """Whether the last channel says how opaque a pixel is."""
        return self.channel_names[-1] == "alpha"

    @property
    def colours(self) -> int:
        """How many channels are colours: all but alpha."""
        return len(self.channel_names) - self.has_alpha

    @property
    def most(self) -> int:
        """The largest number a channel can hold: 255 or 65535."""
        return int(np.iinfo(MODES[self.mode][0]).max)


@dataclass(frozen=True, eq=False)
class PictureFile:
    """All that a picture file holds: a single picture, the frames of an animation, or pages."""

    frames: tuple[Picture, ...]
    """At least one picture, upright, each as one sees it."""
    format: str
    """Pillow's name of the file format: "PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF", "PPM"."""
    durations: tuple[float, ...] = ()
    """Milliseconds that each frame of an animation is shown; empty if nothing moves."""
    loop: int = 0
    """How many times an animation is played; 0 = for ever."""

    def __post_init__(self) -> None:
        if not self.frames:
            raise ValueError("a picture file needs at least one frame")
        if self.durations and len(self.durations) != len(self.frames):
            raise ValueError(f"{len(self.durations)} durations for {len(self.frames)} frames")

    @property
    def note(self) -> str:
        """What had to be changed on reading, each change told once; empty if nothing."""
        return "; ".join(dict.fromkeys(frame.note for frame in self.frames if frame.note))
