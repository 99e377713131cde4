import io
import os
import struct
import subprocess
import sys
import threading
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tuiconv.images.files import limits
from tuiconv.images.files.reading import read_picture, read_picture_file
from tuiconv.images.files.writing import encode
from tuiconv.images.pictures import MODES, Picture, PictureError, PictureFile

RNG = np.random.default_rng(7)


def colours(height=5, width=7):
    return Image.fromarray(RNG.integers(0, 256, (height, width, 3), dtype=np.uint8))


@pytest.mark.parametrize(("mode", "becomes"), [("P", "RGB"), ("1", "L")])
def test_a_palette_is_filtered_as_the_colours_it_stands_for(saved, mode, becomes):
    original = colours().convert(mode)
    picture = read_picture_file(saved(original, "TIFF")).frames[0]
    assert (picture.mode, picture.note) == (becomes, "")
    assert np.array_equal(picture.pixels, np.array(original.convert(becomes)))


def test_a_mode_that_must_change_for_good_is_noted(saved):
    original = colours().convert("YCbCr")
    picture = read_picture_file(saved(original, "TIFF")).frames[0]
    assert picture.mode == "RGB"
    assert "YCbCr" in picture.note
    assert np.array_equal(picture.pixels, np.array(original.convert("RGB")))


@pytest.mark.parametrize(
    ("transparency", "alphas"), [(1, [255, 0]), (b"\x80", [128, 255]), (b"\x07\x08\x09", [7, 8])]
)
def test_a_palette_with_transparency_becomes_rgba(saved, transparency, alphas):
    original = Image.new("P", (2, 1))
    original.putpalette([10, 20, 30, 40, 50, 60])
    original.putpixel((1, 0), 1)
    picture = read_picture_file(saved(original, "PNG", transparency=transparency)).frames[0]
    assert picture.mode == "RGBA"
    assert picture.pixels.tolist() == [[[10, 20, 30, alphas[0]], [40, 50, 60, alphas[1]]]]


@pytest.mark.parametrize(
    ("depth", "colour", "row", "key", "mode", "expected"),
    [
        (8, 0, bytes([5, 9]), b"\0\x05", "LA", [[[5, 0], [9, 255]]]),
        (
            8,
            2,
            bytes([1, 2, 3, 4, 5, 6]),
            b"\0\1\0\2\0\3",
            "RGBA",
            [[[1, 2, 3, 0], [4, 5, 6, 255]]],
        ),
        (16, 0, b"\x12\x34\x12\x35", b"\x12\x34", "LA;16", [[[0x1234, 0], [0x1235, 65535]]]),
        (2, 0, bytes([0b10010000]), b"\0\2", "LA", [[[170, 0], [85, 255]]]),
        (4, 0, bytes([0x3F]), b"\0\3", "LA", [[[51, 0], [255, 255]]]),
        (1, 0, bytes([0b10000000]), b"\0\1", "LA", [[[255, 0], [0, 255]]]),
        (8, 0, bytes([7, 9]), b"\x54\7", "LA", [[[7, 0], [9, 255]]]),  # the lower bits count
        (4, 0, bytes([0x3F]), b"\xff\xf3", "LA", [[[51, 0], [255, 255]]]),
        (
            8,
            2,
            bytes([1, 2, 3, 4, 5, 6]),
            b"\1\1\1\2\1\3",
            "RGBA",
            [[[1, 2, 3, 0], [4, 5, 6, 255]]],
        ),
    ],
)
def test_a_colour_named_as_transparent_becomes_alpha(png, depth, colour, row, key, mode, expected):
    content = png(2, 1, depth, colour, b"\0" + row, ((b"tRNS", key),))
    picture = read_picture_file(content).frames[0]
    assert (picture.mode, picture.pixels.tolist(), picture.note) == (mode, expected, "")


def with_tag(content, tag, value):
    """A TIFF in which one tag of a short number has another value."""
    place = content.index(struct.pack("<HHI", tag, 3, 1)) + 8
    return content[:place] + struct.pack("<H", value) + content[place + 2 :]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("compression", ["raw", "tiff_deflate"])
def test_a_tiff_in_which_zero_is_white_is_no_negative(saved, dtype, compression):
    pixels = np.array([[0, 1, 200]], dtype)
    content = saved(Image.fromarray(pixels), "TIFF", compression=compression)
    inverted = read_picture_file(with_tag(content, 262, 0))
    assert inverted.frames[0].pixels.tolist() == (np.iinfo(dtype).max - pixels).tolist()
    again = read_picture_file(encode(inverted, "TIFF").content).frames[0]
    assert np.array_equal(again.pixels, inverted.frames[0].pixels)


def test_greys_multiplied_by_their_alpha_are_divided_by_it(saved):
    content = saved(Image.fromarray(np.array([[[50, 100], [9, 255]]], np.uint8)), "TIFF")
    picture = read_picture_file(with_tag(content, 338, 1)).frames[0]  # 50 · 255 / 100 = 127.5
    assert (picture.mode, picture.pixels.tolist()) == ("LA", [[[127, 100], [9, 255]]])


def test_grey_and_alpha_in_separate_planes_are_refused_for_pillow_mixes_them_up(saved):
    content = saved(Image.new("LA", (3, 2)), "TIFF")
    with pytest.raises(PictureError, match="grey and alpha in separate planes cannot be read"):
        read_picture_file(with_tag(content, 284, 2))


def test_a_jpeg_of_inks_is_held_as_light(saved):
    inks = np.zeros((16, 16, 4), np.uint8)
    inks[:] = (200, 100, 0, 50)
    original = Image.fromarray(inks, "CMYK")
    picture = read_picture_file(saved(original, "JPEG", quality=100)).frames[0]
    assert picture.mode == "CMYK"
    assert np.abs(picture.pixels - np.array([55, 155, 255, 205])).max() <= 2


def test_who_wants_just_a_picture_gets_inks_as_rgb(tmp_path, saved):
    original = colours().convert("CMYK")
    path = tmp_path / "picture.tif"
    path.write_bytes(saved(original, "TIFF", icc_profile=b"inks"))
    picture = read_picture(path)
    assert (picture.mode, dict(picture.info)) == ("RGB", {})
    assert np.array_equal(picture.pixels, np.array(original.convert("RGB")))
    assert "CMYK" in picture.note


def test_whole_numbers_of_thirty_two_bits_are_read_if_sixteen_can_hold_them(saved):
    numbers = np.array([[0, 65535], [256, 7]], np.int32)
    picture = read_picture_file(saved(Image.fromarray(numbers), "TIFF")).frames[0]
    assert (picture.mode, picture.pixels.tolist()) == ("I;16", numbers.tolist())


@pytest.mark.parametrize("value", [-1, 65536])
def test_thirty_two_bit_values_beyond_sixteen_bits_are_refused(saved, value):
    content = saved(Image.fromarray(np.full((2, 2), value, dtype=np.int32)), "TIFF")
    with pytest.raises(PictureError, match=f"{value}.*0 to 65535"):
        read_picture_file(content)


def test_floating_point_pixels_are_refused_with_a_remedy(saved):
    content = saved(Image.fromarray(np.ones((2, 2), dtype=np.float32)), "TIFF")
    with pytest.raises(PictureError, match=r"standard input: floating-point .* 8 or 16 bits"):
        read_picture_file(content)


@pytest.mark.parametrize(
    ("orientation", "expected"),
    [
        (1, [[1, 2, 3], [4, 5, 6]]),
        (2, [[3, 2, 1], [6, 5, 4]]),
        (3, [[6, 5, 4], [3, 2, 1]]),
        (4, [[4, 5, 6], [1, 2, 3]]),
        (5, [[1, 4], [2, 5], [3, 6]]),
        (6, [[4, 1], [5, 2], [6, 3]]),
        (7, [[6, 3], [5, 2], [4, 1]]),
        (8, [[3, 6], [2, 5], [1, 4]]),
        (9, [[1, 2, 3], [4, 5, 6]]),
    ],
)
@pytest.mark.parametrize("name", ["PNG", "TIFF"])
def test_a_picture_is_turned_as_its_exif_data_ask_for(saved, name, orientation, expected):
    exif = Image.Exif()
    exif[0x0112] = orientation
    original = Image.fromarray(np.array([[1, 2, 3], [4, 5, 6]], dtype=np.uint8))
    file = read_picture_file(saved(original, name, exif=exif))
    assert file.frames[0].pixels.tolist() == expected
    assert ("turned upright" in file.note) == (orientation in range(2, 9))
    again = read_picture_file(encode(file, name).content)
    assert again.frames[0].pixels.tolist() == expected
    assert again.note == ""


def test_damaged_exif_data_do_not_keep_a_picture_from_being_read(png):
    content = png(1, 1, 8, 0, b"\0\x07", ((b"eXIf", b"II*\0\xff\xff\xff\xff nonsense"),))
    picture = read_picture_file(content).frames[0]
    assert picture.pixels.tolist() == [[7]]


def test_the_content_decides_what_a_file_is_and_not_its_name(tmp_path, saved):
    path = tmp_path / "picture.png"
    path.write_bytes(saved(colours(), "BMP"))
    assert read_picture_file(path).format == "BMP"


@pytest.mark.parametrize(
    "content", [b"", b"just a text\n", b"\x89PNG", b"%!PS-Adobe-3.0 EPSF-3.0\n"]
)
def test_what_is_no_picture_is_one_line_with_its_path(tmp_path, content):
    path = tmp_path / "picture.png"
    path.write_bytes(content)
    for source, name in ((path, str(path)), (content, "standard input")):
        with pytest.raises(PictureError, match="not a picture in a known format") as caught:
            read_picture_file(source)
        assert str(caught.value).startswith(f"{name}: ")
        assert "\n" not in str(caught.value)


def test_a_picture_without_pixels_is_refused(png):
    with pytest.raises(PictureError, match="standard input: "):
        read_picture_file(png(0, 5, 8, 0, b""))


def test_a_missing_file_a_directory_and_a_pipe_are_told_apart(tmp_path):
    with pytest.raises(PictureError, match=r"none\.png: no such file"):
        read_picture_file(tmp_path / "none.png")
    with pytest.raises(PictureError, match="is a directory"):
        read_picture_file(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.png")
        with pytest.raises(PictureError, match=r"pipe\.png: is no regular file"):
            read_picture_file(tmp_path / "pipe.png")


def test_a_place_that_may_not_be_entered_is_one_line(tmp_path, monkeypatch):
    def forbidden(self, **options):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "stat", forbidden)
    with pytest.raises(PictureError, match=r"picture\.png: permission denied"):
        read_picture_file(tmp_path / "picture.png")


def test_a_picture_that_is_too_large_is_refused_with_its_size_and_what_allows_it(
    monkeypatch, saved
):
    monkeypatch.setattr(limits, "MOST_PIXELS", 19)
    content = saved(Image.new("L", (5, 4)), "PNG")
    with pytest.raises(
        PictureError, match="5×4 pixels are more than 19; apply-filter --large takes it"
    ):
        read_picture_file(content)
    assert read_picture_file(content, large=True).frames[0].width == 5
    monkeypatch.setattr(limits, "MOST_PIXELS", 20)
    assert read_picture_file(content).frames[0].width == 5


@pytest.mark.parametrize("name", ["GIF", "PNG", "WEBP", "TIFF"])
def test_all_frames_together_may_be_too_large(tmp_path, monkeypatch, saved, name):
    monkeypatch.setattr(limits, "MOST_PIXELS", 59)
    frames = [Image.new("RGB", (5, 4), colour) for colour in ("red", "blue", "green")]
    content = saved(frames[0], name, save_all=True, append_images=frames[1:], duration=50)
    with pytest.raises(PictureError, match="5×4 pixels and 2 more, 60 pixels in all"):
        read_picture_file(content)
    assert len(read_picture_file(content, large=True).frames) == 3
    path = tmp_path / "picture"
    path.write_bytes(content)
    assert read_picture(path).width == 5  # one frame is not too large


def test_a_picture_is_refused_by_its_size_before_it_is_decoded(png):
    content = png(20_000, 20_000, 8, 0, b"nothing of the sort")
    with pytest.raises(PictureError, match="20,000×20,000 pixels are more than 89,478,485"):
        read_picture_file(content)
    with pytest.raises(PictureError, match="damaged"):
        read_picture_file(content, large=True)


@pytest.mark.parametrize("size", [20_000, 5])
def test_a_gif_is_refused_before_it_takes_memory_for_a_frame(size):
    screen = b"GIF89a" + struct.pack("<HHBBB", size, size, 0, 0, 0)
    cleared_after = b"!\xf9\4\x08\0\0\0\0"
    frame = b"," + struct.pack("<HHHHB", 0, 0, 60_000, 60_000, 0) + b"\2\1\x05\0;"
    with pytest.raises(
        PictureError, match="more than 178,956,970 pixels; apply-filter --large takes it"
    ):
        read_picture_file(screen + cleared_after + frame)


def test_the_limit_of_pillow_is_back_when_the_last_thread_has_done_with_it():
    usual = Image.MAX_IMAGE_PIXELS
    entered, leave = threading.Event(), threading.Event()

    def other():
        with limits.pillows_limit.off():
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=other)
    with limits.pillows_limit.off():
        thread.start()
        assert entered.wait(10)
    assert Image.MAX_IMAGE_PIXELS is None
    leave.set()
    thread.join()
    assert usual == Image.MAX_IMAGE_PIXELS is not None


def test_who_needs_the_limit_of_pillow_waits_until_no_other_thread_has_it_off():
    seen = []

    def needs_it():
        with limits.pillows_limit.on():
            seen.append(Image.MAX_IMAGE_PIXELS)

    thread = threading.Thread(target=needs_it)
    with limits.pillows_limit.off():
        thread.start()
        thread.join(0.05)
        assert not seen
    thread.join(10)
    assert seen == [Image.MAX_IMAGE_PIXELS]
    assert seen != [None]


def files():
    """A small file of every kind: its content by a name for it."""
    pixels = {
        mode: RNG.integers(0, 99, (5, 6, 3), dtype=MODES[mode][0]) for mode in ("RGB", "RGB;16")
    }
    rgb, deep = (PictureFile((Picture(pixels[mode], mode),), "") for mode in pixels)
    moves = PictureFile((*rgb.frames, Picture(99 - pixels["RGB"], "RGB")), "", (50.0, 60.0))
    made = {
        f"{name} of 8 bits": encode(rgb, name).content
        for name in ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP")
    }
    made |= {f"{name} of 16 bits": encode(deep, name).content for name in ("PNG", "TIFF", "PPM")}
    made |= {
        f"moving {name}": encode(moves, name).content for name in ("GIF", "PNG", "WEBP", "TIFF")
    }
    raw = io.BytesIO()
    Image.fromarray(pixels["RGB"]).save(raw, "TIFF")
    return made | {"TIFF as it is": raw.getvalue()}


FILES = files()


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.filterwarnings("ignore:::PIL")
def test_a_file_cut_off_anywhere_is_an_error_of_one_line_or_complete(kind):
    content = FILES[kind]
    whole = read_picture_file(content)
    refused = []
    for length in range(len(content)):
        try:
            file = read_picture_file(content[:length])
        except PictureError as error:
            refused.append(str(error))
        else:
            assert len(file.frames) == len(whole.frames)
            assert all(
                np.array_equal(cut.pixels, all_of_it.pixels)
                for cut, all_of_it in zip(file.frames, whole.frames, strict=True)
            )
    assert all(text.startswith("standard input: ") and "\n" not in text for text in refused)
    assert len(refused) >= len(content) - 8  # the last bytes of TIFF and BMP may mean nothing


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
@pytest.mark.filterwarnings("ignore:::PIL")
def test_damaged_files_raise_nothing_but_picture_errors(data):
    content = bytearray(FILES[data.draw(st.sampled_from(sorted(FILES)))])
    for position in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
        content[position] = data.draw(st.integers(0, 255))
    try:
        file = read_picture_file(bytes(content[: data.draw(st.integers(1, len(content)))]))
    except PictureError as error:
        told, modes = str(error), set()
    else:
        told, modes = "", {frame.mode for frame in file.frames}
    assert "\n" not in told
    assert modes <= MODES.keys()


def test_a_text_that_unpacks_to_far_too_much_is_refused(png):
    bomb = b"Comment\0\0" + zlib.compress(bytes(80_000_000), 9)
    with pytest.raises(PictureError, match="too large"):
        read_picture_file(png(1, 1, 8, 0, b"\0\x07", ((b"zTXt", bomb),)))


READ = """
import sys
from tuiconv.images.pictures import PictureError
from tuiconv.images.files.reading import read_picture_file
for path in sys.argv[1:]:
    try:
        read_picture_file(path)
    except PictureError as error:
        print(error)
"""


def test_what_pillow_and_libtiff_think_of_damaged_files_is_not_written_to_stderr(tmp_path, saved):
    channels = struct.pack("<HHIH", 277, 3, 1, 3)
    many = saved(colours(), "TIFF").replace(channels, struct.pack("<HHIH", 277, 3, 1, 2048))
    squeezed = bytearray(saved(colours(30, 30), "TIFF", compression="tiff_adobe_deflate"))
    squeezed[100:110] = bytes(10)
    paths = [tmp_path / "many.tif", tmp_path / "squeezed.tif"]
    for path, content in zip(paths, (many, squeezed), strict=True):
        path.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", READ, *map(str, paths)], capture_output=True, text=True, check=True
    )
    first, second = done.stdout.splitlines()
    assert first.startswith(f"{paths[0]}: not a picture in a known format")
    assert second.startswith(f"{paths[1]}: damaged picture")
    assert done.stderr == ""
