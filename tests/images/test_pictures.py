import io
import os
import stat
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tuiconv.images.pictures import MODES, Picture, PictureError, read_picture, write_picture

RNG = np.random.default_rng(7)


def some_pixels(mode, height=5, width=7):
    dtype, channels = MODES[mode]
    shape = (height, width) if channels == 1 else (height, width, channels)
    return np.random.default_rng(7).integers(0, np.iinfo(dtype).max, shape, dtype=dtype)


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, colour, rows, extra=b""):
    """A PNG written by hand, for what Pillow cannot write."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + extra
        + png_chunk(b"IDAT", zlib.compress(rows))
        + png_chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("suffix", [".png", ".tif", ".TIFF"])
def test_every_mode_survives_writing_and_reading(tmp_path, mode, suffix):
    path = tmp_path / f"picture{suffix}"
    pixels = some_pixels(mode)
    write_picture(path, Picture(pixels, mode))
    again = read_picture(path)
    assert (again.mode, again.note, again.height, again.width) == (mode, "", 5, 7)
    assert again.pixels.dtype == pixels.dtype
    assert np.array_equal(again.pixels, pixels)


@pytest.mark.parametrize(
    ("suffix", "mode"),
    [
        (".webp", "RGB"),
        (".webp", "RGBA"),
        (".bmp", "L"),
        (".bmp", "RGB"),
        (".pgm", "L"),
        (".pgm", "I;16"),
        (".ppm", "RGB"),
    ],
)
def test_lossless_formats_bring_back_every_pixel(tmp_path, suffix, mode):
    path = tmp_path / f"picture{suffix}"
    pixels = some_pixels(mode)
    write_picture(path, Picture(pixels, mode))
    again = read_picture(path)
    assert again.mode == mode
    assert np.array_equal(again.pixels, pixels)


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_jpeg_keeps_size_and_mode_and_nearly_the_pixels(tmp_path, mode):
    path = tmp_path / "picture.jpg"
    pixels = np.full_like(some_pixels(mode, 16, 24), 90)
    write_picture(path, Picture(pixels, mode))
    again = read_picture(path)
    assert (again.mode, again.pixels.shape) == (mode, pixels.shape)
    assert np.abs(again.pixels.astype(int) - 90).max() <= 2


@pytest.mark.parametrize(
    ("suffix", "mode", "way_out"),
    [
        (".jpg", "RGBA", ".png"),
        (".jpeg", "LA", ".tif"),
        (".bmp", "I;16", ".pgm"),
        (".webp", "L", ".jpg"),
        (".ppm", "L", ".pgm"),
    ],
)
def test_a_mode_that_a_format_cannot_hold_is_refused_before_writing(
    tmp_path, suffix, mode, way_out
):
    path = tmp_path / f"picture{suffix}"
    path.write_bytes(b"precious")
    with pytest.raises(PictureError, match=f"mode {mode}.*use .*{way_out}"):
        write_picture(path, Picture(some_pixels(mode), mode))
    assert path.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("mode", "becomes"), [("P", "RGB"), ("1", "L"), ("CMYK", "RGB"), ("YCbCr", "RGB")]
)
def test_a_mode_that_must_change_is_noted(tmp_path, mode, becomes):
    path = tmp_path / "picture.tif"
    original = Image.fromarray(some_pixels("RGB")).convert(mode)
    original.save(path)
    picture = read_picture(path)
    assert picture.mode == becomes
    assert becomes in picture.note
    assert np.array_equal(picture.pixels, np.array(original.convert(becomes)))


def test_a_palette_with_transparency_becomes_rgba(tmp_path):
    path = tmp_path / "picture.png"
    original = Image.new("P", (2, 1))
    original.putpalette([10, 20, 30, 40, 50, 60])
    original.putpixel((1, 0), 1)
    original.save(path, transparency=1)
    picture = read_picture(path)
    assert picture.mode == "RGBA"
    assert "palette" in picture.note
    assert picture.pixels.tolist() == [[[10, 20, 30, 255], [40, 50, 60, 0]]]


@pytest.mark.parametrize(
    ("colour", "row", "key", "mode", "expected"),
    [
        (0, bytes([5, 9]), b"\0\x05", "LA", [[[5, 0], [9, 255]]]),
        (2, bytes([1, 2, 3, 4, 5, 6]), b"\0\1\0\2\0\3", "RGBA", [[[1, 2, 3, 0], [4, 5, 6, 255]]]),
    ],
)
def test_a_colour_named_as_transparent_becomes_alpha(tmp_path, colour, row, key, mode, expected):
    path = tmp_path / "picture.png"
    path.write_bytes(png(2, 1, 8, colour, b"\0" + row, png_chunk(b"tRNS", key)))
    picture = read_picture(path)
    assert (picture.mode, picture.pixels.tolist()) == (mode, expected)
    assert "transparent" in picture.note


def test_sixteen_bit_colour_is_noted_as_read_with_eight(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(png(1, 1, 16, 2, b"\0" + bytes([1, 99, 2, 99, 3, 99])))
    picture = read_picture(path)
    assert picture.pixels.tolist() == [[[1, 2, 3]]]
    assert "16-bit" in picture.note


def test_sixteen_bit_grey_with_a_transparent_grey_stays_sixteen_bit(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(png(1, 1, 16, 0, b"\0\x12\x34", png_chunk(b"tRNS", b"\0\0")))
    picture = read_picture(path)
    assert (picture.mode, picture.pixels.tolist()) == ("I;16", [[0x1234]])
    assert "transparent" in picture.note


def test_only_the_first_frame_of_an_animation_is_read_and_noted(tmp_path):
    path = tmp_path / "picture.gif"
    frames = [Image.new("RGB", (3, 2), colour) for colour in ("red", "blue")]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    picture = read_picture(path)
    assert picture.pixels[0, 0].tolist() == [255, 0, 0]
    assert "first" in picture.note


@pytest.mark.parametrize(
    ("orientation", "expected"),
    [(1, [[1, 2], [3, 4]]), (3, [[4, 3], [2, 1]]), (6, [[3, 1], [4, 2]]), (8, [[2, 4], [1, 3]])],
)
def test_a_rotated_picture_is_turned_upright_once(tmp_path, orientation, expected):
    path, again = tmp_path / "picture.png", tmp_path / "again.png"
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(np.array([[1, 2], [3, 4]], dtype=np.uint8)).save(path, exif=exif)
    picture = read_picture(path)
    assert picture.pixels.tolist() == expected
    write_picture(again, picture)
    assert read_picture(again).pixels.tolist() == expected


def test_resolution_and_colour_profile_travel_along(tmp_path):
    path, again = tmp_path / "picture.jpg", tmp_path / "again.png"
    Image.new("RGB", (4, 4)).save(path, dpi=(300, 300), icc_profile=b"a profile")
    write_picture(again, read_picture(path))
    with Image.open(again) as image:
        assert image.info["icc_profile"] == b"a profile"
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.01)


def test_the_profile_of_inks_is_left_behind(tmp_path):
    path = tmp_path / "picture.jpg"
    Image.new("CMYK", (4, 4)).save(path, icc_profile=b"inks")
    assert "icc_profile" not in read_picture(path).info


@pytest.mark.parametrize("value", [-1, 65536])
def test_thirty_two_bit_values_beyond_sixteen_bits_are_refused(tmp_path, value):
    path = tmp_path / "picture.tif"
    Image.fromarray(np.full((2, 2), value, dtype=np.int32)).save(path)
    with pytest.raises(PictureError, match=str(value)):
        read_picture(path)


def test_floating_point_pixels_are_refused_with_a_remedy(tmp_path):
    path = tmp_path / "picture.tif"
    Image.fromarray(np.ones((2, 2), dtype=np.float32)).save(path)
    with pytest.raises(PictureError, match="8 or 16 bits"):
        read_picture(path)


def truncated_png():
    buffer = io.BytesIO()
    Image.fromarray(RNG.integers(0, 256, (40, 40, 3), dtype=np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()[:900]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a picture"),
        (b"just a text\n", "not a picture"),
        (truncated_png(), "damaged picture"),
    ],
)
def test_a_file_that_is_no_whole_picture_is_one_line_with_its_path(tmp_path, content, reason):
    path = tmp_path / "picture.png"
    path.write_bytes(content)
    with pytest.raises(PictureError, match=reason) as caught:
        read_picture(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_directory_are_told_apart(tmp_path):
    with pytest.raises(PictureError, match=r"none\.png: no such file"):
        read_picture(tmp_path / "none.png")
    with pytest.raises(PictureError, match="is a directory"):
        read_picture(tmp_path)


@pytest.mark.parametrize("limit", [3, 7])  # over twice the limit, and over the limit
def test_a_decompression_bomb_is_refused_with_the_limit(tmp_path, monkeypatch, limit):
    path = tmp_path / "picture.png"
    write_picture(path, Picture(np.zeros((2, 4), dtype=np.uint8), "L"))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
    with pytest.raises(PictureError, match=f"at most {limit} pixels"):
        read_picture(path)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_damaged_files_raise_nothing_but_picture_errors(tmp_path_factory, data):
    suffix = data.draw(st.sampled_from(["PNG", "JPEG", "BMP", "PPM", "GIF"]))
    buffer = io.BytesIO()
    Image.fromarray(some_pixels("RGB", 9, 11)).save(buffer, suffix)
    content = bytearray(buffer.getvalue())
    for position in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
        content[position] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))])
    try:
        picture = read_picture(path)
    except PictureError as error:
        assert "\n" not in str(error)  # noqa: PT017
    else:
        assert picture.mode in MODES


def grey():
    return Picture(np.zeros((2, 2), dtype=np.uint8), "L")


@pytest.mark.parametrize("name", ["picture.xyz", "picture", "picture.gif", ".png"])
def test_an_unknown_extension_names_those_that_work(tmp_path, name):
    with pytest.raises(PictureError, match=r"use one of .*\.png.*\.jpg"):
        write_picture(tmp_path / name, grey())
    assert list(tmp_path.iterdir()) == []


def test_a_target_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(PictureError, match=r"folder\.png: is a directory"):
        write_picture(tmp_path / "folder.png", grey())
    with pytest.raises(PictureError, match=r"there is no directory .*nowhere"):
        write_picture(tmp_path / "nowhere" / "picture.png", grey())


def test_a_place_that_may_not_be_entered_is_one_line(tmp_path, monkeypatch):
    def forbidden(self, **options):
        raise PermissionError(13, "Permission denied", str(self))

    path = tmp_path / "picture.png"
    monkeypatch.setattr(Path, "stat", forbidden)
    with pytest.raises(PictureError, match=r"picture\.png: permission denied"):
        write_picture(path, grey())
    with pytest.raises(PictureError, match=r"picture\.png: permission denied"):
        read_picture(path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes anywhere")
def test_an_unwritable_directory_is_one_line(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(PictureError, match="permission denied"):
        write_picture(tmp_path / "picture.png", grey())


def test_a_write_that_fails_leaves_the_old_picture_and_no_other_file(tmp_path, monkeypatch):
    path = tmp_path / "picture.png"
    path.write_bytes(b"old")

    def disk_full(self, file, *args, **options):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", disk_full)
    with pytest.raises(PictureError, match=r"picture\.png: no space left"):
        write_picture(path, grey())
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_writing_over_a_picture_keeps_its_permissions_and_follows_links(tmp_path):
    target, link = tmp_path / "target.png", tmp_path / "link.png"
    target.write_bytes(b"old")
    target.chmod(0o640)
    link.symlink_to(target)
    write_picture(link, grey())
    assert link.is_symlink()
    assert read_picture(target).width == 2
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


@pytest.mark.parametrize(
    ("pixels", "mode", "words"),
    [
        (np.zeros((2, 2), np.uint8), "P", "'P'"),
        (np.zeros((2, 2), np.uint8), "RGB", r"\(height, width, 3\)"),
        (np.zeros((2, 2, 1), np.uint8), "L", r"\(height, width\)"),
        (np.zeros((2, 2), np.uint8), "I;16", "uint16"),
        (np.zeros((0, 2), np.uint8), "L", "at least one pixel"),
    ],
)
def test_pixels_that_do_not_fit_their_mode_are_refused(pixels, mode, words):
    with pytest.raises(ValueError, match=words):
        Picture(pixels, mode)


READ = """
import sys
from tuiconv.images.pictures import PictureError, read_picture
try:
    read_picture(sys.argv[1])
except PictureError as error:
    print(error)
"""


def test_what_pillow_thinks_of_a_damaged_file_is_not_written_to_stderr(tmp_path):
    path = tmp_path / "damaged.tif"
    Image.new("RGB", (5, 5)).save(path)
    channels = struct.pack("<HHIH", 277, 3, 1, 3)
    content = path.read_bytes().replace(channels, struct.pack("<HHIH", 277, 3, 1, 2048))
    assert content != path.read_bytes()
    path.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(f"{path}: not a picture in a known format")
    assert done.stderr == ""
