"""What travels with the pixels of a file: colour profile, density, EXIF, texts, gamma."""

import math
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO, Final

from PIL import ExifTags, Image, ImageFile
from PIL.PngImagePlugin import PngInfo

from tuiconv.images.files.formats import FORMATS
from tuiconv.images.pictures import Picture

_NAMES: Final = {
    "icc_profile": "colour profile",
    "exif": "EXIF",
    "dpi": "density",
    "comment": "comment",
    "xmp": "XMP",
    "chunks": "texts or gamma",
}
"""What may be in a picture's `info`, as a user calls it."""

_CARRIED = frozenset({b"gAMA", b"cHRM", b"sRGB", b"cICP", b"tEXt", b"zTXt", b"iTXt"})
"""The chunks of a PNG that are copied byte for byte."""
_EXIF = b"Exif\0\0"
_XMP_CHUNK = b"XML:com.adobe.xmp\0"
_DAMAGED = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    struct.error,
    UserWarning,
)
"""What Pillow raises on damaged EXIF data."""
_ORIENTATION = ExifTags.Base.Orientation
_ABOUT_THE_PICTURE = frozenset(
    {
        ExifTags.Base.ImageDescription,
        ExifTags.Base.Make,
        ExifTags.Base.Model,
        ExifTags.Base.Software,
        ExifTags.Base.DateTime,
        ExifTags.Base.Artist,
        ExifTags.Base.HostComputer,
        ExifTags.Base.Copyright,
    }
)
"""The EXIF tags that a TIFF shares with other formats; its others say how the file is built."""
_IFDS = frozenset({ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo})
"""The EXIF tags that lead to further ones, which Pillow cannot write into a packed TIFF."""
_PROFILES = {b"GRAY": 1, b"RGB ": 3, b"CMYK": 4}
"""How many colours the pictures have that a colour profile is for."""


def what_travels(image: ImageFile.ImageFile, file: BinaryIO) -> tuple[Mapping[str, Any], int]:
    """What goes with a loaded image, and the EXIF orientation it still has to be turned by.

    What is returned no longer asks for that turn. Damaged EXIF is left behind.
    """
    info: dict[str, Any] = {}
    for key in ("icc_profile", "comment", "xmp"):
        value = image.info.get(key)
        if isinstance(value, bytes) and value:
            info[key] = value
    dpi = image.info.get("dpi")
    if image.format in ("TIFF", "JPEG", "MPO") and not _says_density(image):
        dpi = None  # Pillow's own guess
    if dpi and all(math.isfinite(d) and 0 < d < 65_536 for d in dpi):
        info["dpi"] = (float(dpi[0]), float(dpi[1]))
    chunks = _carried_chunks(file) if image.format == "PNG" else ()
    orientation, exif = _orientation_and_exif(image)
    if orientation != 1:  # XMP may name the orientation too
        info.pop("xmp", None)
        chunks = tuple(chunk for chunk in chunks if not chunk[1].startswith(_XMP_CHUNK))
    if exif:
        info["exif"] = exif
    if chunks:
        info["chunks"] = chunks
    return info, orientation


def _says_density(image: ImageFile.ImageFile) -> bool:
    try:
        return image.info.get("jfif_unit", 0) > 0 or ExifTags.Base.XResolution in image.getexif()
    except _DAMAGED:
        return False


def _orientation_and_exif(image: ImageFile.ImageFile) -> tuple[int, bytes]:
    """How an image lies, 1 to 8, and its EXIF data without that."""
    orientation = 1
    try:
        exif = image.getexif()
        if image.format == "TIFF":  # Pillow has turned it
            leave_out_the_build(exif)
        elif exif.get(_ORIENTATION) in range(2, 9):
            orientation = exif.pop(_ORIENTATION)
        else:
            data = image.info.get("exif", b"")
            return 1, data if data.startswith(_EXIF) or not data else _EXIF + data  # as WebP
        return orientation, exif.tobytes() if len(exif) else b""
    except _DAMAGED:
        return orientation, b""


def leave_out_the_build(exif: Image.Exif) -> None:
    """Remove those of the EXIF tags that say how a file is built."""
    for tag in set(exif) - _ABOUT_THE_PICTURE - _IFDS:
        del exif[tag]


def _carried_chunks(file: BinaryIO) -> tuple[tuple[bytes, bytes], ...]:
    """The kind and data of the chunks of a PNG that are copied."""
    carried = []
    file.seek(8)
    while len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind in _CARRIED:
            carried.append((kind, file.read(length)))
            file.seek(4, 1)
        else:
            file.seek(length + 4, 1)
    return tuple(carried)


def options_for(picture: Picture, form: str) -> dict[str, Any]:
    """What Pillow has to be told to write along with a picture."""
    info = {key: value for key, value in picture.info.items() if key in FORMATS[form].kept}
    if not _profile_fits(picture):
        info.pop("icc_profile", None)
    if "chunks" in info:
        info["pnginfo"] = PngInfo()
        for kind, data in info.pop("chunks"):
            info["pnginfo"].add(kind, data)
    if form == "TIFF" and "exif" in info:
        exif = _loaded(info["exif"])
        leave_out_the_build(exif)
        for tag in _IFDS & set(exif):
            del exif[tag]
        info["exif"] = exif
    return info


def _profile_fits(picture: Picture) -> bool:
    """Whether the colour profile is for as many colours, or at least came with as many."""
    if picture.stored is not None and picture.stored.picture_mode == picture.mode:
        return True
    colours = _PROFILES.get(picture.info.get("icc_profile", b"")[16:20], picture.colours)
    return colours == picture.colours


def left_out(picture: Picture, form: str) -> str:
    """What of a picture's information the format cannot carry, in words; empty if nothing."""
    kept = FORMATS[form].kept
    dropped = [name for key, name in _NAMES.items() if key in picture.info and key not in kept]
    if "icc_profile" in picture.info and "icc_profile" in kept and not _profile_fits(picture):
        dropped.append(_NAMES["icc_profile"])
    if form == "TIFF" and "exif" in picture.info and _IFDS & set(_loaded(picture.info["exif"])):
        dropped.append("EXIF data of exposure and place")
    return f"without its {', '.join(dropped)}" if dropped else ""


def _loaded(data: bytes) -> Image.Exif:
    exif = Image.Exif()
    exif.load(data)
    return exif
