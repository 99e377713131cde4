"""Pictures of a few colours: a palette, and for every pixel the place of its colour in it."""

import numpy as np
import numpy.typing as npt
from PIL import Image

from tuiconv.images.files.raster import image_from
from tuiconv.images.pictures import PixelArray

Colours = npt.NDArray[np.uint8]
"""(colours, channels)."""
Places = npt.NDArray[np.uint8]
"""(height, width): where in the palette a pixel's colour stands."""

_ROWS_AT_ONCE = 256


def places_in(palette: Colours, pixels: PixelArray) -> Places | None:
    """Where in a palette the colours of a picture stand; None if one of them is not in it.

    What is wholly transparent has no colour to be seen, so any transparent one in the palette will
    do. Of a colour that is in it twice the first is taken.

    Args:
        palette: at most 256 colours, with the picture's channels.
        pixels: uint8 (height, width) or (height, width, channels), alpha last of 2 or 4.
    """
    wanted = _as_numbers(palette)
    order = np.argsort(wanted, kind="stable")
    has_alpha = palette.shape[1] in (2, 4)
    clear = np.flatnonzero(palette[:, -1] == 0) if has_alpha else np.empty(0, np.intp)
    places = np.empty(pixels.shape[:2], np.uint8)
    for top in range(0, len(pixels), _ROWS_AT_ONCE):
        band = pixels[top : top + _ROWS_AT_ONCE].reshape(-1, pixels.shape[1], palette.shape[1])
        numbers = _as_numbers(band)
        at = np.searchsorted(wanted[order], numbers).clip(max=len(order) - 1)
        found = order[at]
        missing = wanted[found] != numbers
        if clear.size:
            hidden = missing & (band[:, :, -1] == 0)
            found[hidden] = clear[0]
            missing &= ~hidden
        if missing.any():
            return None
        places[top : top + _ROWS_AT_ONCE] = found
    return places


def _as_numbers(colours: PixelArray) -> npt.NDArray[np.uint32]:
    """One number for every colour: its bytes beside one another."""
    numbers: npt.NDArray[np.uint32] = np.zeros(colours.shape[:-1], np.uint32)
    for channel in range(colours.shape[-1]):
        numbers = np.bitwise_or(numbers << 8, colours[..., channel], dtype=np.uint32)
    return numbers


def image_with(palette: Colours, places: Places) -> Image.Image:
    """A Pillow image of places in a palette, without its alpha."""
    image = Image.fromarray(places)
    image.putpalette(palette[:, :3].tobytes())
    return image


def with_palette(pixels: PixelArray, colours: int = 256) -> tuple[Places, Colours, bool]:
    """A picture with a palette made for it.

    Args:
        pixels: uint8 (height, width, 3).
        colours: how many colours there may be.

    Returns:
        places, palette, and whether every pixel has kept its colour. If there were too many
        colours, each was replaced by the nearest of a median cut.
    """
    image = image_from(pixels, "RGB")
    if used := image.getcolors(colours):
        palette = np.array(sorted(colour for _, colour in used), np.uint8)
        places = places_in(palette, pixels)
        assert places is not None
        return places, palette, True
    reduced = image.quantize(colours)
    palette = np.array(reduced.getpalette("RGB"), np.uint8).reshape(-1, 3)
    return np.asarray(reduced), palette, False
