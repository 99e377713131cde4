"""What travels with the pixels of a file."""

import struct
import zlib
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from tuiconv.images.files.deep import png_chunks
from tuiconv.images.files.reading import read_picture_file
from tuiconv.images.files.writing import encode
from tuiconv.images.pictures import Picture, PictureFile

PROFILE = bytes(16) + b"RGB " + b" of some kind"
CARRIED = (
    (b"cHRM", struct.pack(">8I", *range(31270, 31278))),
    (b"gAMA", struct.pack(">I", 45455)),
    (b"tEXt", b"Title\0a view"),
    (b"zTXt", b"Comment\0\0" + zlib.compress(b"seen from above")),
    (b"iTXt", "Author\0\0\0de\0Urheber\0Jürgen".encode()),
    (b"tEXt", b"Title\0a second title"),
)


def exif_of(orientation=None):
    exif = Image.Exif()
    exif[0x010F] = "a maker"
    exif.get_ifd(0x8769)[0x829A] = 0.01  # exposure time
    if orientation is not None:
        exif[0x0112] = orientation
    loaded = Image.Exif()
    loaded.load(exif.tobytes())
    return loaded


@pytest.mark.parametrize(("depth", "row"), [(8, b"\0\1\2\3"), (16, b"\0\1\2\3\4\5\6")])
def test_png_to_png_keeps_gamma_and_texts_byte_for_byte(png, depth, row):
    content = png(1, 1, depth, 2, row, CARRIED)
    file = read_picture_file(content)
    assert encode(file, "PNG").note == ""
    kept = [chunk for chunk in png_chunks(encode(file, "PNG").content) if chunk in CARRIED]
    assert kept == list(CARRIED)


def test_texts_behind_the_pixels_are_kept_too(png):
    content = png(1, 1, 8, 0, b"\0\7", after=((b"tEXt", b"Title\0last"),))
    chunks = dict(png_chunks(encode(read_picture_file(content), "PNG").content))
    assert chunks[b"tEXt"] == b"Title\0last"


def test_the_gamut_of_a_png_is_kept(png):
    content = png(1, 1, 8, 2, b"\0\1\2\3", ((b"sRGB", b"\0"),))
    chunks = dict(png_chunks(encode(read_picture_file(content), "PNG").content))
    assert chunks[b"sRGB"] == b"\0"


def test_a_note_tells_what_a_format_cannot_carry(png):
    file = read_picture_file(png(1, 1, 8, 2, b"\0\1\2\3", CARRIED))
    assert encode(file, "JPEG").note == "without its texts or gamma"
    assert encode(file, "BMP").note == "without its texts or gamma"


@pytest.mark.parametrize("name", ["PNG", "TIFF", "JPEG", "WEBP"])
@pytest.mark.parametrize("form", ["PNG", "TIFF", "JPEG", "WEBP"])
def test_profile_and_exif_travel_between_formats(saved, opened, name, form):
    image = Image.new("RGB", (8, 8))
    content = saved(image, name, icc_profile=PROFILE, exif=exif_of())
    file = read_picture_file(content)
    after = opened(encode(file, form).content)
    assert after.info["icc_profile"] == PROFILE
    assert after.getexif()[0x010F].rstrip("\0") == "a maker"
    if form == "TIFF":
        assert "exposure" in encode(file, form).note
    else:
        assert encode(file, form).note == ""
        assert after.getexif().get_ifd(0x8769)[0x829A] == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("form", "mode"),
    [
        *((form, "RGB") for form in ("PNG", "TIFF", "JPEG", "BMP")),
        ("PNG", "RGB;16"),
        ("TIFF", "RGB;16"),
    ],
)
def test_density_is_kept(some_pixels, opened, form, mode):
    picture = Picture(some_pixels(mode), mode, {"dpi": (300.0, 150.0)})
    after = opened(encode(PictureFile((picture,), form), form).content)
    assert after.info["dpi"] == pytest.approx((300, 150), abs=0.02)


def test_a_tiff_that_says_no_density_gets_none(saved):
    assert "dpi" not in read_picture_file(saved(Image.new("L", (2, 2)), "TIFF")).frames[0].info


@pytest.mark.parametrize("name", ["PNG", "TIFF", "JPEG", "WEBP"])
def test_a_turned_picture_no_longer_asks_to_be_turned(saved, opened, name):
    content = saved(Image.new("RGB", (8, 16)), name, exif=exif_of(orientation=6))
    file = read_picture_file(content)
    assert "turned upright" in file.note
    assert (file.frames[0].height, file.frames[0].width) == (8, 16)
    after = opened(encode(file, name).content)
    assert after.size == (16, 8)
    assert 0x0112 not in after.getexif()
    assert after.getexif()[0x010F].rstrip("\0") == "a maker"


def test_xmp_that_names_the_orientation_does_not_turn_the_picture_twice(png, opened):
    xmp = b'<x:xmpmeta><rdf:Description tiff:Orientation="3"/></x:xmpmeta>'
    chunks = ((b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp), (b"tEXt", b"Title\0kept"))
    file = read_picture_file(png(2, 1, 8, 0, b"\0\1\2", chunks))
    assert file.frames[0].pixels.tolist() == [[2, 1]]
    again = read_picture_file(encode(file, "PNG").content)
    assert (again.frames[0].pixels.tolist(), again.note) == ([[2, 1]], "")
    assert dict(png_chunks(encode(file, "PNG").content))[b"tEXt"] == b"Title\0kept"


def test_a_profile_for_inks_stays_with_inks(saved, opened):
    profile = bytes(16) + b"CMYK"
    file = read_picture_file(saved(Image.new("CMYK", (4, 4)), "JPEG", icc_profile=profile))
    assert opened(encode(file, "TIFF").content).info["icc_profile"] == profile


def test_a_profile_for_colours_does_not_go_with_greys_made_of_them(saved, opened):
    file = read_picture_file(saved(Image.new("RGB", (4, 4)), "PNG", icc_profile=PROFILE))
    grey = replace(file.frames[0], pixels=np.zeros((4, 4), np.uint8), mode="L")
    changed = replace(file, frames=(grey,))
    assert encode(changed, "PNG").note == "without its colour profile"
    assert "icc_profile" not in opened(encode(changed, "PNG").content).info


def test_a_profile_that_came_with_greys_stays_with_them(saved, opened):
    file = read_picture_file(saved(Image.new("L", (4, 4)), "JPEG", icc_profile=PROFILE))
    assert opened(encode(file, "JPEG").content).info["icc_profile"] == PROFILE


def test_the_comment_of_a_jpeg_is_kept(saved, opened):
    file = read_picture_file(saved(Image.new("L", (4, 4)), "JPEG", comment=b"a view"))
    assert opened(encode(file, "JPEG").content).info["comment"] == b"a view"


@pytest.mark.parametrize("dpi", [(0, 72), (1e9, 72)])
def test_an_impossible_density_is_left_behind(saved, dpi):
    image = Image.new("L", (2, 2))
    content = saved(image, "TIFF", x_resolution=dpi[0], y_resolution=dpi[1], resolution_unit=2)
    assert "dpi" not in read_picture_file(content).frames[0].info
