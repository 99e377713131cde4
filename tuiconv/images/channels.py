"""One channel of a picture, or its greys, as a picture of its own."""

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


def grey(picture: Picture) -> Picture:
    """The picture in greys; alpha is kept.

    grey = ⌊(19595 R + 38470 G + 7471 B) / 65536 + 1/2⌋, as Pillow computes it, also of 16 bits.
    Of inks, light comes through that of a colour times that of black: R = C · K / 255.
    """
    if picture.colours == 1:
        return picture
    colours = picture.pixels.astype(np.uint32)
    if picture.mode == "CMYK":
        colours = (colours[:, :, :3] * colours[:, :, 3:] + 127) // 255
    shades = colours[:, :, :3] @ np.array(LUMA, np.uint32) + (1 << 15) >> 16
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
