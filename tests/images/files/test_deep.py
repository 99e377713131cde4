"""Colours of 16 bits, against a decoder of PNG written from the specification."""

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tuiconv.images.files.deep import filtered_rows
from tuiconv.images.files.reading import read_picture_file
from tuiconv.images.files.writing import encode
from tuiconv.images.pictures import Picture, PictureError, PictureFile

COLOUR_TYPES = {"LA;16": 4, "RGB;16": 2, "RGBA;16": 6}
ADAM7 = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)


def unfiltered(rows, pace):
    """The bytes of a picture's rows, each with the kind of its filter before it."""
    out = []
    for row in rows:
        kind, line = row[0], bytearray(row[1:])
        above = out[-1] if out else bytes(len(line))
        for i in range(len(line)):
            a = line[i - pace] if i >= pace else 0
            b = above[i]
            c = above[i - pace] if i >= pace else 0
            p = a + b - c
            nearest = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            line[i] = (line[i] + (0, a, b, (a + b) // 2, nearest)[kind]) & 255
        out.append(bytes(line))
    return b"".join(out)


def decoded(content):
    """The numbers (height, width, channels) in a PNG of 16 bits that is not interlaced."""
    position, data = 8, b""
    while position < len(content):
        length, kind = struct.unpack_from(">I4s", content, position)
        body = content[position + 8 : position + 8 + length]
        assert struct.unpack_from(">I", content, position + 8 + length)[0] == zlib.crc32(
            kind + body
        )
        if kind == b"IHDR":
            width, height, depth, colour, *rest = struct.unpack(">IIBBBBB", body)
            assert (depth, rest) == (16, [0, 0, 0])
        data += body if kind == b"IDAT" else b""
        position += length + 12
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    rows = zlib.decompress(data)
    size = 1 + 2 * channels * width
    assert len(rows) == size * height
    lines = [rows[i : i + size] for i in range(0, len(rows), size)]
    numbers = np.frombuffer(unfiltered(lines, 2 * channels), ">u2")
    return numbers.reshape(height, width, channels)


def unfiltered_rows_of(pixels):
    rows = pixels.astype(">u2").view(np.uint8).reshape(len(pixels), -1)
    return b"".join(b"\0" + row.tobytes() for row in rows)


def test_a_pixel_of_sixteen_bit_colour_keeps_all_of_them(png):
    row = b"\0" + bytes([1, 99, 2, 0, 255, 254])
    picture = read_picture_file(png(1, 1, 16, 2, row)).frames[0]
    assert (picture.mode, picture.note) == ("RGB;16", "")
    assert picture.pixels.tolist() == [[[0x0163, 0x0200, 0xFFFE]]]


@pytest.mark.parametrize("mode", COLOUR_TYPES)
def test_sixteen_bit_colours_of_a_png_are_read_to_the_last_bit(png, some_pixels, mode):
    pixels = some_pixels(mode, 9, 11)
    whole = png(11, 9, 16, COLOUR_TYPES[mode], unfiltered_rows_of(pixels))
    passes = [pixels[y::down, x::across] for x, y, across, down in ADAM7]
    interlaced = png(
        11, 9, 16, COLOUR_TYPES[mode], b"".join(map(unfiltered_rows_of, passes)), interlaced=1
    )
    for content in (whole, interlaced):
        picture = read_picture_file(content).frames[0]
        assert picture.mode == mode
        assert np.array_equal(picture.pixels, pixels)


@pytest.mark.parametrize("mode", COLOUR_TYPES)
def test_sixteen_bit_colours_are_written_as_a_png_that_others_read(some_pixels, mode):
    pixels = some_pixels(mode, 9, 11)
    content = encode(PictureFile((Picture(pixels, mode),), "PNG"), "PNG").content
    assert np.array_equal(decoded(content), pixels)
    assert np.array_equal(read_picture_file(content).frames[0].pixels, pixels)


@given(st.binary(min_size=48, max_size=48), st.integers(1, 8))
def test_every_filtered_row_gives_the_bytes_back(content, pace):
    rows = np.frombuffer(content, np.uint8).reshape(3, 16)
    above, following = rows[0], rows[1:]
    filtered = filtered_rows(following, above, pace)
    lines = [b"\0" + above.tobytes(), *(line.tobytes() for line in filtered)]
    assert unfiltered(lines, pace) == content


def test_a_row_takes_the_guess_that_leaves_least():
    above = np.array([9, 9, 9, 9], np.uint8)
    rows = np.array([[0, 0, 0, 0], [50, 51, 52, 53], [50, 51, 52, 53]], np.uint8)
    filtered = filtered_rows(rows, above, 1)
    assert filtered.tolist() == [[0, 0, 0, 0, 0], [1, 50, 1, 1, 1], [2, 0, 0, 0, 0]]


@pytest.mark.parametrize("mode", ["RGB;16", "RGBA;16"])
def test_a_tiff_brings_back_sixteen_bit_colours(some_pixels, mode):
    pixels = some_pixels(mode, 70, 33)
    content = encode(
        PictureFile((Picture(pixels, mode, {"dpi": (72.0, 72.0)}),), "TIFF"), "TIFF"
    ).content
    again = read_picture_file(content)
    assert (again.format, again.frames[0].mode) == ("TIFF", mode)
    assert np.array_equal(again.frames[0].pixels, pixels)
    assert again.frames[0].info["dpi"] == (72.0, 72.0)


def tiff(pixels, order, planes=1):
    """An uncompressed TIFF of 16-bit RGB in one strip, written by hand."""
    height, width, _ = pixels.shape
    data = pixels.astype(f"{order}u2").tobytes()
    depth_at = 8 + 2 + 10 * 12 + 4
    fields = (
        (256, 3, 1, width),
        (257, 3, 1, height),
        (258, 3, 3, depth_at),
        (259, 3, 1, 1),
        (262, 3, 1, 2),
        (273, 4, 1, depth_at + 6),
        (277, 3, 1, 3),
        (278, 3, 1, height),
        (279, 4, 1, len(data)),
        (284, 3, 1, planes),
    )
    directory = struct.pack(f"{order}H", len(fields))
    for tag, kind, count, value in fields:
        small = kind == 3 and count == 1
        directory += struct.pack(f"{order}HHI", tag, kind, count)
        directory += struct.pack(
            f"{order}HH" if small else f"{order}I", *((value, 0) if small else (value,))
        )
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    return head + directory + bytes(4) + struct.pack(f"{order}3H", 16, 16, 16) + data


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_tiff_of_either_byte_order_is_read_to_the_last_bit(some_pixels, order):
    pixels = some_pixels("RGB;16")
    picture = read_picture_file(tiff(pixels, order)).frames[0]
    assert picture.mode == "RGB;16"
    assert np.array_equal(picture.pixels, pixels)


def test_pages_of_a_tiff_keep_each_its_own_depth(some_pixels):
    modes = ("RGB;16", "L", "RGBA;16")
    frames = tuple(Picture(some_pixels(mode, 4, 3 + i), mode) for i, mode in enumerate(modes))
    again = read_picture_file(encode(PictureFile(frames, "TIFF"), "TIFF").content).frames
    assert tuple(frame.mode for frame in again) == modes
    assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(again, frames, strict=True))


def test_a_pixmap_of_sixteen_bits_is_read_and_written(some_pixels):
    pixels = some_pixels("RGB;16")
    content = b"P6\n7 5\n65535\n" + pixels.astype(">u2").tobytes()
    file = read_picture_file(content)
    assert (file.format, file.frames[0].mode) == ("PPM", "RGB;16")
    assert np.array_equal(file.frames[0].pixels, pixels)
    assert encode(file, "PPM").content == content


def test_a_pixmap_of_ten_bits_is_spread_over_sixteen():
    content = b"P6\n2 1\n1023\n" + np.array([0, 1, 511, 512, 1022, 1023], ">u2").tobytes()
    numbers = read_picture_file(content).frames[0].pixels
    assert numbers.tolist() == [[[0, 64, 32735], [32800, 65471, 65535]]]


def test_a_pixmap_in_words_is_read_and_may_have_remarks():
    file = read_picture_file(b"P3 1 2 65535\n1 256 # red and green\n65535\n7 8 9\n")
    assert file.frames[0].pixels.tolist() == [[[1, 256, 65535]], [[7, 8, 9]]]


@pytest.mark.parametrize(
    "content", [b"P3 1 1 999 1 2", b"P3 1 1 999 1 2 1000", b"P6 1 1 999 \0\1\0"]
)
def test_a_pixmap_of_too_few_numbers_or_too_large_ones_is_damaged(content):
    with pytest.raises(PictureError, match="3 numbers from 0 to 999 are expected"):
        read_picture_file(content)


def test_sixteen_bit_colours_in_separate_planes_are_refused_for_pillow_mixes_them_up(some_pixels):
    content = tiff(some_pixels("RGB;16"), "<", planes=2)
    with pytest.raises(PictureError, match="separate planes"):
        read_picture_file(content)


def test_the_turn_that_exif_asks_for_is_made_with_all_bits(png, some_pixels):
    pixels = some_pixels("RGB;16", 2, 3)
    exif = Image.Exif()
    exif[0x0112] = 6
    chunk = (b"eXIf", exif.tobytes()[6:])
    picture = read_picture_file(png(3, 2, 16, 2, unfiltered_rows_of(pixels), (chunk,))).frames[0]
    assert np.array_equal(picture.pixels, np.rot90(pixels, -1))
    assert "upright" in picture.note


def test_the_transparent_colour_of_a_sixteen_bit_picture_must_agree_in_all_bits(png):
    row = b"\0" + struct.pack(">6H", 256, 2, 3, 257, 2, 3)
    content = png(2, 1, 16, 2, row, ((b"tRNS", struct.pack(">3H", 256, 2, 3)),))
    file = read_picture_file(content)
    assert file.frames[0].mode == "RGBA;16"
    assert file.frames[0].pixels[0, :, 3].tolist() == [0, 65535]
    again = read_picture_file(encode(file, "PNG").content)
    assert again.frames[0].stored.mode == "RGB;16"
    assert np.array_equal(again.frames[0].pixels, file.frames[0].pixels)
