"""Pixels from Pillow's memory to NumPy's and back."""

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

_ROWS_AT_ONCE = 256


def array_of(image: Image.Image) -> npt.NDArray[Any]:
    """An image's pixels (height, width) or (height, width, channels), copied.

    Some rows at a time: Pillow puts a copy of its own between, and a small one stays in the cache.
    """
    image.load()
    width, height = image.size
    shape_of_none = np.asarray(image.crop((0, 0, width, 0)))
    pixels = np.empty((height, *shape_of_none.shape[1:]), shape_of_none.dtype)
    for top in range(0, height, _ROWS_AT_ONCE):
        bottom = min(top + _ROWS_AT_ONCE, height)
        rows = np.asarray(image.crop((0, top, width, bottom)))
        pixels[top:bottom] = rows.view(np.uint8) != 0 if rows.dtype == bool else rows
    return pixels


def image_from(pixels: npt.NDArray[Any], mode: str) -> Image.Image:
    """A Pillow image of pixels as `array_of` gives them."""
    height, width = pixels.shape[:2]
    pixels = np.ascontiguousarray(pixels)
    if mode == "CMYK":
        return Image.frombuffer(mode, (width, height), pixels, "raw", mode, 0, 1)
    return Image.fromarray(pixels)
