"""Pictures of several frames: animations and pages."""

import struct
import zlib
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from tuiconv.images.files.reading import read_picture, read_picture_file
from tuiconv.images.files.writing import encode
from tuiconv.images.pictures import Picture, PictureError, PictureFile

RNG = np.random.default_rng(7)
MOVING = ("GIF", "PNG", "WEBP")


def moving(mode="RGB", count=3, greys=256):
    """Frames of random colours, the last one twice."""
    channels = {"RGB": 3, "RGBA": 4}[mode]
    shades = RNG.integers(0, greys, (count, 4, 5, channels), dtype=np.uint8)
    if mode == "RGBA":
        shades[..., 3] = np.where(shades[..., 3] % 3, 255, 0)
    frames = [Picture(pixels, mode) for pixels in shades]
    return PictureFile((*frames, frames[-1]), "PNG", (40.0, 50.0, 60.0, 70.0), 3)


def seen(frame):
    """RGBA as one sees it: what is wholly transparent has no colour."""
    pixels = frame.pixels
    if frame.mode == "RGB":
        pixels = np.dstack((pixels, np.full(pixels.shape[:2], 255, np.uint8)))
    return np.where(pixels[:, :, 3:] == 0, 0, pixels)


def timeline(file):
    """What is seen in every ten milliseconds."""
    return [
        seen(frame).tolist()
        for frame, duration in zip(file.frames, file.durations, strict=True)
        for _ in range(round(duration / 10))
    ]


@pytest.mark.parametrize("form", MOVING)
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_an_animation_comes_back_as_it_was_seen(form, mode):
    file = moving(mode)
    assert encode(file, form).note == ""
    again = read_picture_file(encode(file, form).content)
    assert (again.format, again.loop) == (form, 3)
    assert timeline(again) == timeline(file)


@pytest.mark.parametrize("form", MOVING)
def test_an_opaque_frame_is_not_seen_through_the_next(form):
    colours = RNG.integers(0, 256, (2, 1, 3, 4), dtype=np.uint8)
    colours[:, :, :, 3] = [[255, 255, 255]], [[255, 0, 255]]
    file = PictureFile(tuple(Picture(each, "RGBA") for each in colours), "PNG", (50.0, 50.0))
    again = read_picture_file(encode(file, form).content)
    assert timeline(again) == timeline(file)


@pytest.mark.parametrize("loop", [0, 1, 2])
@pytest.mark.parametrize("form", MOVING)
def test_an_animation_is_played_as_often_as_before(form, loop):
    again = read_picture_file(encode(replace(moving(), loop=loop), form).content)
    assert again.loop == loop


def test_a_gif_keeps_frames_that_equal_the_one_before():
    again = read_picture_file(encode(moving(), "GIF").content)
    assert again.durations == (40.0, 50.0, 60.0, 70.0)


@pytest.mark.parametrize(("disposal", "second"), [(1, [[1, 0], [1, 2]]), (2, [[1, 2], [1, 2]])])
def test_frames_are_put_over_one_another_as_they_are_seen(saved, disposal, second):
    # Pillow writes only what differs; frame 0 leaves its left column or is cleared
    first = Image.fromarray(np.array([[1, 0], [1, 0]], np.uint8))
    palette = [0, 0, 0, 200, 0, 0, 0, 0, 200]
    first.putpalette(palette)
    other = Image.fromarray(np.array(second, np.uint8))
    other.putpalette(palette)
    options = {"save_all": True, "disposal": disposal, "duration": 50}
    file = read_picture_file(saved(first, "GIF", append_images=[other], **options))
    colours = np.array(palette, np.uint8).reshape(-1, 3)
    assert file.frames[0].pixels[:, :, :3].tolist() == colours[[[1, 0], [1, 0]]].tolist()
    assert file.frames[1].pixels[:, :, :3].tolist() == colours[second].tolist()


@pytest.mark.parametrize(("form", "becomes"), [("PNG", 37.5), ("WEBP", 38), ("GIF", 40)])
def test_durations_that_a_format_does_not_know_are_rounded_and_that_is_said(form, becomes):
    file = replace(moving(), durations=(37.5, 100.0, 200.0, 300.0))
    assert ("rounded" in encode(file, form).note) == (becomes != 37.5)
    assert read_picture_file(encode(file, form).content).durations[0] == becomes


def test_who_wants_just_a_picture_gets_the_first_frame(tmp_path):
    path = tmp_path / "picture.gif"
    path.write_bytes(encode(moving(), "GIF").content)
    picture = read_picture(path)
    assert "only the first frame" in picture.note
    assert picture.height == 4


def test_the_picture_for_readers_without_animation_is_no_frame(saved):
    frames = [Image.new("RGB", (3, 2), colour) for colour in ("red", "blue", "green")]
    content = saved(
        frames[0], "PNG", save_all=True, append_images=frames[1:], default_image=True, duration=50
    )
    file = read_picture_file(content)
    assert [frame.pixels[0, 0].tolist() for frame in file.frames] == [[0, 0, 255], [0, 128, 0]]
    assert file.durations == (50.0, 50.0)
    assert file.note == "the picture for readers that show no animation is left out"


@pytest.mark.parametrize("form", ["JPEG", "BMP", "PPM"])
def test_several_frames_do_not_fit_into_a_format_of_one(form):
    with pytest.raises(PictureError, match=rf"{form} holds one picture, not 4 frames; use .*\.gif"):
        encode(moving(), form)


def test_an_animation_becomes_pages_of_a_tiff_without_its_durations():
    file = moving()
    assert "without their durations" in encode(file, "TIFF").note
    again = read_picture_file(encode(file, "TIFF").content)
    assert (len(again.frames), again.durations) == (4, ())
    assert all(
        np.array_equal(a.pixels, b.pixels) for a, b in zip(again.frames, file.frames, strict=True)
    )


@pytest.mark.parametrize("form", MOVING)
def test_pages_do_not_become_an_animation(form):
    pages = replace(moving(), durations=())
    with pytest.raises(PictureError, match=r"holds no pages, and there are 4; use \.tif, \.tiff"):
        encode(pages, form)


@pytest.mark.parametrize("mode", ["I;16", "RGB;16"])
def test_frames_of_sixteen_bits_become_pages_only(some_pixels, mode):
    frame = Picture(some_pixels(mode), mode)
    file = PictureFile((frame, frame), "PNG", (50.0, 50.0))
    with pytest.raises(PictureError, match=r"frames of 8 bits only; use \.tif"):
        encode(file, "PNG")
    again = read_picture_file(encode(file, "TIFF").content).frames
    assert [np.array_equal(each.pixels, frame.pixels) for each in again] == [True, True]


def test_sixteen_bit_colours_that_move_are_read_with_eight_and_that_is_said(png):
    control = struct.pack(">IIIIIHHBB", 0, 1, 1, 0, 0, 1, 20, 0, 0)
    second = struct.pack(">IIIIIHHBB", 1, 1, 1, 0, 0, 1, 20, 0, 0)
    data = struct.pack(">I", 2) + zlib.compress(b"\0" + bytes([4, 99, 5, 99, 6, 99]))
    content = png(
        1,
        1,
        16,
        2,
        b"\0" + bytes([1, 99, 2, 99, 3, 99]),
        ((b"acTL", struct.pack(">II", 2, 0)), (b"fcTL", control)),
        after=((b"fcTL", second), (b"fdAT", data)),
    )
    file = read_picture_file(content)
    assert [each.pixels.tolist() for each in file.frames] == [[[[1, 2, 3]]], [[[4, 5, 6]]]]
    assert file.note == "16-bit colour was read as 8-bit"


def test_more_colours_than_a_gif_has_are_reduced_and_that_is_said():
    gradient = np.zeros((32, 32, 3), np.uint8)
    gradient[:, :, 0] = np.arange(32)[:, np.newaxis] * 8
    gradient[:, :, 1] = np.arange(32) * 8
    file = PictureFile((Picture(gradient, "RGB"),), "PNG")
    assert "256 colours" in encode(file, "GIF").note
    again = read_picture_file(encode(file, "GIF").content).frames[0]
    assert len(np.unique(again.pixels.reshape(-1, 3), axis=0)) <= 256
    assert np.abs(again.pixels.astype(int) - gradient).max() <= 24


@pytest.mark.parametrize("clear", [0, 1])
def test_as_many_colours_as_a_gif_has_are_kept(clear):
    colours = np.zeros((1, 256 + clear, 4), np.uint8)
    colours[0, :256, 0] = np.arange(256)
    colours[0, :, 3] = 255
    colours[0, 255:, 3] = 255 * (1 - clear)
    file = PictureFile((Picture(colours, "RGBA"),), "PNG")
    assert encode(file, "GIF").note == ""
    again = read_picture_file(encode(file, "GIF").content).frames[0]
    assert np.array_equal(seen(again), seen(file.frames[0]))


def test_a_gif_of_a_grey_picture_is_exact():
    greys = np.arange(256, dtype=np.uint8).reshape(16, 16)
    file = PictureFile((Picture(greys, "L"),), "PNG")
    again = read_picture_file(encode(file, "GIF").content).frames[0]
    assert (again.mode, encode(file, "GIF").note) == ("L", "")
    assert np.array_equal(again.pixels, greys)


def test_what_is_half_transparent_does_not_fit_into_a_gif():
    pixels = np.array([[[1, 2, 3, 255], [1, 2, 3, 128], [1, 2, 3, 0]]], np.uint8)
    with pytest.raises(PictureError, match=r"1 pixels are between; use .*\.png"):
        encode(PictureFile((Picture(pixels, "RGBA"),), "PNG"), "GIF")


def test_frames_with_one_palette_keep_it_and_others_share_a_mode(saved):
    indices = RNG.integers(0, 3, (2, 4, 5), dtype=np.uint8)
    images = [Image.fromarray(each) for each in indices]
    for image in images:
        image.putpalette([9, 8, 7, 100, 90, 80, 30, 60, 90])
    options = {"save_all": True, "append_images": images[1:], "duration": 50}
    file = read_picture_file(saved(images[0], "PNG", **options))
    assert [frame.stored.mode for frame in file.frames] == ["P", "P"]
    again = read_picture_file(encode(file, "PNG").content)
    assert [frame.stored.mode for frame in again.frames] == ["P", "P"]
    changed = replace(file.frames[1], pixels=file.frames[1].pixels + 1)
    mixed = replace(file, frames=(file.frames[0], changed))
    again = read_picture_file(encode(mixed, "PNG").content)
    assert [frame.stored.mode for frame in again.frames] == ["RGB", "RGB"]
    assert timeline(again) == timeline(mixed)
