"""How a format is to hold a picture: as it was in its file where that is possible."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from tuiconv.images.files.formats import FORMATS, suffixes
from tuiconv.images.files.palettes import Places, image_with, places_in
from tuiconv.images.files.raster import image_from
from tuiconv.images.pictures import Picture, PictureError, PixelArray

_WITH_EQUAL_CHANNELS = {"L": "RGB", "LA": "RGBA"}


@dataclass(frozen=True, eq=False)
class Held:
    """A picture as a format is to hold it."""

    picture: Picture
    mode: str
    """One of the modes of its `Format`."""
    note: str = ""
    """What has changed for that, in words for the user."""
    places: Places | None = None
    """Where in the palette that it came with its colours stand, if that is how it is held."""
    keyed: PixelArray | None = None
    """Its pixels without alpha, if one colour stands for transparent."""
    key: tuple[int, ...] | int | None = None
    """That colour."""

    @property
    def pixels(self) -> PixelArray:
        """The numbers, where they are no places in a palette."""
        return self.picture.pixels if self.keyed is None else self.keyed

    def image(self) -> Image.Image:
        """What Pillow is to write."""
        stored = self.picture.stored
        if self.places is not None and stored is not None and stored.palette is not None:
            alpha = stored.palette[:, -1] if self.picture.has_alpha else np.empty(0, np.uint8)
            if self.mode == "1":
                image = image_from(self.places.astype(bool), "1")
            else:
                image = image_with(stored.palette, self.places)
            if alpha.size:
                clear = int(alpha.argmin()) if self.mode == "1" else alpha.tobytes().rstrip(b"\xff")
                image.info["transparency"] = clear
            return image
        if self.mode == "CMYK":
            return image_from(255 - self.pixels, "CMYK")
        if self.mode == "I":
            return image_from(self.pixels.astype(np.int32), "I")
        image = image_from(self.pixels, self.mode)
        if self.key is not None:
            image.info["transparency"] = self.key
        return image if image.mode == self.mode else image.convert(self.mode)


def held(picture: Picture, form: str, as_stored: bool = True) -> Held:
    """How a format is to hold a picture.

    Args:
        picture: of any mode.
        form: a key of `FORMATS`, other than GIF.
        as_stored: whether it may be held as in the file it came from: with the same palette if
            that has all its colours, in black and white, with a colour that stands for transparent.

    Raises:
        PictureError: the format cannot hold it without losing what is to be seen; the message
            names those that can.
    """
    modes = FORMATS[form].modes
    changed = ""
    if as_stored and picture.stored is not None and picture.mode == picture.stored.picture_mode:
        before = _as_stored(picture, form)
        if before is not None:
            return before
        changed = picture.stored.mode
    mode = picture.mode
    if mode not in modes:
        mode = _WITH_EQUAL_CHANNELS.get(mode, mode)
    if mode not in modes:
        holders = suffixes(lambda other: picture.mode in other.modes)
        raise PictureError(f"{form} cannot hold mode {picture.mode}; use {holders}")
    if not changed:
        changed = picture.mode
    return Held(picture, mode, _note(picture, changed, mode, form))


def _as_stored(picture: Picture, form: str) -> Held | None:
    """The picture as the file held that it came from; None if that cannot be."""
    stored = picture.stored
    if stored is None or stored.mode not in FORMATS[form].modes:
        return None
    if stored.palette is not None and (form == "PNG" or not picture.has_alpha):
        places = places_in(stored.palette, picture.pixels)
        return None if places is None else Held(picture, stored.mode, places=places)
    if stored.key is not None and form == "PNG":
        keyed = _keyed(picture, stored.key)
        key = stored.key[0] if len(stored.key) == 1 else stored.key
        return None if keyed is None else Held(picture, stored.mode, keyed=keyed, key=key)
    return Held(picture, "I") if stored.mode == "I" else None


def _keyed(picture: Picture, key: tuple[int, ...]) -> PixelArray | None:
    """The colours, with `key` where they are transparent; None if that would change the picture."""
    colours, alpha = picture.pixels[:, :, :-1], picture.pixels[:, :, -1]
    clear = alpha == 0
    has_key = (colours == key).all(axis=2)
    if (~clear & ((alpha != picture.most) | has_key)).any():
        return None
    keyed = np.where(clear[:, :, np.newaxis], np.array(key, colours.dtype), colours)
    return keyed[:, :, 0] if len(key) == 1 else keyed


def _note(picture: Picture, before: str, mode: str, form: str) -> str:
    """What a change of mode means; empty if there is none."""
    if before == mode:
        return ""
    if before not in FORMATS[form].modes or (picture.has_alpha and form != "PNG"):
        return f"mode {before} becomes {mode} in {form}"
    why = {
        "1": "there are other greys than black and white",
        "P": "not all of the colours are in the palette",
    }
    return f"{why.get(before, 'transparency takes more than one colour')}: saved as {mode}"
