"""One channel of a picture, its greys, or the colours in which one sees it."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tuiconv.errors import RequestError
from tuiconv.images.pictures import MODES, Picture

LUMA: Final = (19595, 38470, 7471)
"""The shares of red, green and blue in a grey, of 65536 (ITU-R BT.601: 0.299, 0.587, 0.114)."""

CHANNELS: Final = tuple(dict.fromkeys(name for _, names in MODES.values() for name in names))
"""The names of all channels there are."""


def one_channel(picture: Picture, name: str) -> Picture:
    """A channel as a grey picture.

    Args:
        picture: any picture.
        name: one of `CHANNELS`.

    Raises:
        RequestError: the picture has no such channel.
    """
    names = picture.channel_names
    if name not in names:
        raise RequestError(
            f"there is no channel {name} in mode {picture.mode}; there are {', '.join(names)}"
        )
    channels = picture.pixels.reshape(picture.height, picture.width, -1)
    return as_grey(picture, channels[:, :, names.index(name)])


def as_seen(pixels: npt.NDArray[Any], mode: str) -> npt.NDArray[Any]:
    """The pixels of a mode as grey or RGB, with alpha if they have it: of inks, what they leave.

    Inks are held as light: what a colour leaves times what black leaves, R = C · K / 255.
    """
    if mode != "CMYK":
        return pixels
    light = pixels[:, :, :3].astype(np.uint16) * pixels[:, :, 3:]
    seen: npt.NDArray[np.uint8] = ((light + 127) // 255).astype(np.uint8)
    return seen


def grey(picture: Picture) -> Picture:
    """The picture in greys; alpha is kept.

    grey = ⌊(19595 R + 38470 G + 7471 B) / 65536 + 1/2⌋, as Pillow computes it, also of 16 bits.
    """
    if picture.colours == 1:
        return picture
    colours = as_seen(picture.pixels, picture.mode)[:, :, :3].astype(np.uint32)
    shades = colours @ np.array(LUMA, np.uint32) + (1 << 15) >> 16
    alpha = picture.pixels[:, :, 3:] if picture.has_alpha else None
    return as_grey(picture, shades, alpha)


def as_grey(
    picture: Picture, shades: npt.NDArray[Any], alpha: npt.NDArray[Any] | None = None
) -> Picture:
    """A picture of these greys (height, width); a profile for colours does not hold for them."""
    wide = picture.pixels.dtype == np.uint16
    pixels: npt.NDArray[Any] = shades.astype(picture.pixels.dtype)
    mode = "I;16" if wide else "L"
    if alpha is not None:
        pixels = np.concatenate([pixels[:, :, np.newaxis], alpha], axis=2)
        mode = "LA;16" if wide else "LA"
    info = dict(picture.info)
    if picture.colours > 1:
        info.pop("icc_profile", None)
    return replace(picture, pixels=pixels, mode=mode, info=MappingProxyType(info))
