"""What becomes of a file's own mode, so that it can be filtered: its pixels as a `Picture`."""

from dataclasses import replace
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
from PIL import ImageFile
from PIL.TiffImagePlugin import TiffImageFile

from tuiconv.images.channels import as_seen
from tuiconv.images.files.deep import deep_pixels, raw_mode
from tuiconv.images.files.metadata import what_travels
from tuiconv.images.files.palettes import Colours
from tuiconv.images.files.raster import array_of, image_from
from tuiconv.images.pictures import MODES, Picture, PictureError, PixelArray, Stored

_GREY_STEP = {"L;2": 85, "L;4": 17}
"""From one grey to the next in a PNG of few bits, whose transparent grey Pillow gives unscaled."""
_ZERO_IS, _WHITE = 262, 0
"""The tag of a TIFF that says what 0 stands for, and one of its values."""


def picture_of(image: ImageFile.ImageFile, file: BinaryIO, page: int = 0) -> Picture:
    """What of an opened image, not loaded yet, is kept.

    Raises:
        PictureError: its numbers cannot be filtered.
        Exception: Pillow's decoders have many for damaged files.
    """
    raw = raw_mode(image)
    turned = image.format == "TIFF" and image.getexif().get(0x0112) in range(2, 9)
    deep = deep_pixels(file, image, page)
    if deep is None:
        image.load()
        pixels, stored, note = _pixels_of(image, _GREY_STEP.get(raw, 1))
        if "16" in raw and pixels.dtype == np.uint8:
            note = "16-bit colour was read as 8-bit"
    else:
        pixels, stored = _deep(deep, image.info.get("transparency"))
        note = ""
    info, orientation = what_travels(image, file)
    if turned or orientation != 1:
        note = "; ".join(filter(None, (note, "turned upright, as its EXIF data ask for")))
    return Picture(upright(pixels, orientation), stored.picture_mode, info, note, stored)


def upright(pixels: PixelArray, orientation: int) -> PixelArray:
    """Pixels turned or mirrored as an EXIF orientation from 1 to 8 asks for."""
    match orientation:
        case 2:
            pixels = pixels[:, ::-1]
        case 3:
            pixels = pixels[::-1, ::-1]
        case 4:
            pixels = pixels[::-1]
        case 5:
            pixels = pixels.swapaxes(0, 1)
        case 6:
            pixels = pixels[::-1].swapaxes(0, 1)
        case 7:
            pixels = pixels[::-1, ::-1].swapaxes(0, 1)
        case 8:
            pixels = pixels.swapaxes(0, 1)[::-1]
    if not pixels.flags.c_contiguous:
        pixels = pixels.copy()
    return pixels


def _pixels_of(image: ImageFile.ImageFile, grey_step: int) -> tuple[PixelArray, Stored, str]:
    """The pixels of a loaded image, how the file held them, and what had to be changed."""
    key = image.info.get("transparency")
    pixels: PixelArray
    match image.mode:
        case "L" | "LA" | "RGB" | "RGBA" as mode:
            pixels = array_of(image)
            if mode == "L" and isinstance(key, int):
                return *_with_key(pixels, mode, (key % (255 // grey_step + 1) * grey_step,)), ""
            if mode == "RGB" and isinstance(key, tuple):
                return *_with_key(pixels, mode, key), ""
            return pixels, Stored(mode, mode), ""
        case "1" | "P" as mode:
            palette = _palette_of(image)
            picture_mode = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[palette.shape[1]]
            colours = palette[:, 0] if picture_mode == "L" else palette
            pixels = colours[array_of(image).astype(np.uint8)]
            return pixels, Stored(mode, picture_mode, palette), ""
        case "CMYK":
            return 255 - array_of(image), Stored("CMYK", "CMYK"), ""
        case "I;16" | "I;16B" | "I;16L" | "I;16N":
            pixels = array_of(image).astype(np.uint16)
            if isinstance(image, TiffImageFile) and image.tag_v2.get(_ZERO_IS) == _WHITE:
                pixels = 0xFFFF - pixels  # which Pillow does for 8 bits only
            if isinstance(key, int):
                return *_with_key(pixels, "I;16", (key,)), ""
            return pixels, Stored("I;16", "I;16"), ""
        case "I":
            numbers = array_of(image)
            low, high = int(numbers.min()), int(numbers.max())
            if low < 0 or high > 0xFFFF:
                raise PictureError(
                    f"32-bit values {low} to {high} cannot be filtered; 0 to 65535 can"
                )
            mode = "I" if image.format == "TIFF" else "I;16"  # a PGM, which has no more bits
            return numbers.astype(np.uint16), Stored(mode, "I;16"), ""
        case "F":
            raise PictureError(
                "floating-point pixels cannot be filtered; save it with 8 or 16 bits"
            )
        case "La":
            return array_of(image.convert("LA")), Stored("La", "LA"), ""
        case "PA" | "RGBa" as mode:
            return array_of(image.convert("RGBA")), Stored(mode, "RGBA"), ""
        case mode:
            note = "" if mode == "RGBX" else f"a picture in {mode} is filtered as RGB"
            return array_of(image.convert("RGB")), Stored(mode, "RGB"), note


def _deep(pixels: npt.NDArray[np.uint16], key: object) -> tuple[PixelArray, Stored]:
    mode = {2: "LA;16", 3: "RGB;16", 4: "RGBA;16"}[pixels.shape[2]]
    if mode == "RGB;16" and isinstance(key, tuple):
        return _with_key(pixels, mode, key)
    return pixels, Stored(mode, mode)


def _with_key(pixels: PixelArray, mode: str, key: tuple[int, ...]) -> tuple[PixelArray, Stored]:
    """The colour named as transparent turned into alpha: filtering mixes it with others."""
    key = tuple(number & np.iinfo(pixels.dtype).max for number in key)  # its lower bits count
    colours = pixels.reshape(*pixels.shape[:2], -1)
    alpha = np.where((colours == key).all(axis=2), 0, np.iinfo(pixels.dtype).max)
    picture_mode = {"L": "LA", "RGB": "RGBA", "I;16": "LA;16", "RGB;16": "RGBA;16"}[mode]
    keyed = np.dstack((colours, alpha.astype(pixels.dtype)))
    return keyed, Stored(mode, picture_mode, key=key)


def _palette_of(image: ImageFile.ImageFile) -> Colours:
    """The colours of a picture with a palette, or of one in black and white, with alpha if any."""
    key = image.info.get("transparency")
    if image.mode == "1":
        palette = np.array([[0], [255]], np.uint8)
        transparent = None if key is None else [key // 255]
    else:
        numbers = image.getpalette("RGB") or []
        palette = np.array(numbers, np.uint8).reshape(-1, 3)
        used = int(array_of(image).max()) + 1
        palette = np.pad(palette, ((0, max(0, used - len(palette))), (0, 0)))
        transparent = [key] if isinstance(key, int) else None
    alpha = np.full((len(palette), 1), 255, np.uint8)
    if transparent is not None:
        alpha[[place for place in transparent if place < len(palette)]] = 0
    elif isinstance(key, bytes):
        alpha[: len(key), 0] = list(key[: len(palette)])
    else:
        return palette
    return np.hstack((palette, alpha))


def in_light(picture: Picture) -> Picture:
    """A picture of inks as the RGB that one sees; every other as it is."""
    if picture.mode != "CMYK":
        return picture
    pixels = as_seen(picture.pixels, picture.mode)
    info = {key: value for key, value in picture.info.items() if key != "icc_profile"}
    return Picture(pixels, "RGB", info, "a picture in CMYK is seen as RGB", Stored("CMYK", "RGB"))


def alike(frames: list[Picture]) -> list[Picture]:
    """The frames of an animation in one mode and of one size: with alpha if one has it.

    A frame that is larger than the first is seen through the first one's window.
    """
    mode = max((frame.mode for frame in frames), key=lambda mode: len(MODES[mode][1]))
    height, width = frames[0].height, frames[0].width
    held_alike = len({frame.stored and frame.stored.mode for frame in frames}) == 1
    together = []
    for frame in frames:
        pixels = frame.pixels[:height, :width]
        if frame.mode != mode:
            old = frame.mode.removesuffix(";16")
            pixels = array_of(image_from(pixels, old).convert(mode))
        stored = frame.stored if held_alike else Stored(mode, mode)
        together.append(replace(frame, pixels=pixels, mode=mode, stored=stored))
    return together
