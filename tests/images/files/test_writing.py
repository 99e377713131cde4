import os
import signal
import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tuiconv.images.files.formats import FORMATS, format_of
from tuiconv.images.files.reading import read_picture_file
from tuiconv.images.files.writing import encode, write_picture_file
from tuiconv.images.pictures import MODES, Picture, PictureError, PictureFile

RNG = np.random.default_rng(7)


def one(pixels, mode, **more):
    return PictureFile((Picture(pixels, mode, **more),), "PNG")


def grey():
    return one(np.zeros((2, 2), dtype=np.uint8), "L")


@pytest.mark.parametrize(
    ("form", "mode"),
    [
        (form, mode)
        for form, held in FORMATS.items()
        for mode in MODES
        if mode in held.modes and form != "JPEG"
    ],
)
def test_a_format_brings_back_every_mode_it_is_said_to_hold(some_pixels, form, mode):
    pixels = some_pixels(mode)
    file = one(pixels, mode)
    assert encode(file, form).note == ""
    again = read_picture_file(encode(file, form).content)
    assert (again.format, len(again.frames)) == (form, 1)
    assert (again.frames[0].mode, again.note) == (mode, "")
    assert again.frames[0].pixels.dtype == pixels.dtype
    assert np.array_equal(again.frames[0].pixels, pixels)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpeg_keeps_size_and_mode_and_nearly_the_pixels(some_pixels, mode):
    pixels = np.full_like(some_pixels(mode, 16, 24), 90)
    again = read_picture_file(encode(one(pixels, mode), "JPEG").content).frames[0]
    assert (again.mode, again.pixels.shape) == (mode, pixels.shape)
    assert np.abs(again.pixels.astype(int) - 90).max() <= 2


def stored_images():
    """Images in every mode of a file, with what Pillow has to be told to save them so."""
    rgb = Image.fromarray(RNG.integers(0, 256, (13, 11, 3), dtype=np.uint8))
    grey = Image.fromarray(RNG.integers(0, 256, (13, 11), dtype=np.uint8))
    wide = RNG.integers(0, 65536, (13, 11), dtype=np.uint16)
    rgba, la = rgb.copy(), grey.copy()
    rgba.putalpha(grey)
    la.putalpha(grey)
    first = tuple(int(value) for value in np.array(rgb)[0, 0])
    named = {
        "1": rgb.convert("1"),
        "L": grey,
        "LA": la,
        "P": rgb.quantize(7),
        "RGB": rgb,
        "RGBA": rgba,
        "I;16": Image.fromarray(wide),
    }
    yield from ((mode, "PNG", image, {}) for mode, image in named.items())
    yield from ((mode, "TIFF", image, {}) for mode, image in named.items())
    yield "CMYK", "TIFF", rgb.convert("CMYK"), {"compression": "tiff_lzw"}
    yield "I", "TIFF", Image.fromarray(wide.astype(np.int32)), {}
    yield "I", "PPM", Image.fromarray(wide), {}
    yield "P with one clear colour", "PNG", named["P"], {"transparency": 2}
    yield "P with alpha", "PNG", named["P"], {"transparency": bytes([0, 40, 255, 7, 0])}
    yield "P with one clear colour", "GIF", named["P"], {"transparency": 2}
    yield "1 with a clear colour", "PNG", named["1"], {"transparency": 0}
    yield "L with a clear colour", "PNG", grey, {"transparency": int(np.array(grey)[0, 0])}
    yield "RGB with a clear colour", "PNG", rgb, {"transparency": first}
    yield "I;16 with a clear colour", "PNG", named["I;16"], {"transparency": int(wide[0, 0])}
    for name, modes in {
        "GIF": "1LP",
        "BMP": ["1", "L", "P", "RGB"],
        "PPM": ["1", "L", "RGB"],
    }.items():
        yield from ((mode, name, named[mode], {}) for mode in modes)
    yield "RGB", "WEBP", rgb, {"lossless": True}
    yield "RGBA", "WEBP", rgba, {"lossless": True, "exact": True}


@pytest.mark.parametrize(
    ("name", "image", "options"),
    [pytest.param(*rest, id=f"{mode} in {rest[0]}") for mode, *rest in stored_images()],
)
def test_a_picture_nobody_changed_has_the_mode_and_pixels_it_had(
    saved, opened, name, image, options
):
    content = saved(image, name, **options)
    file = read_picture_file(content)
    assert (file.note, encode(file, file.format).note) == ("", "")
    before, after = opened(content), opened(encode(file, file.format).content)
    assert (after.mode, after.size) == (before.mode, before.size)
    alike = [each.convert("RGBA") if each.mode == "P" else each for each in (before, after)]
    assert np.array_equal(*map(np.array, alike))
    assert after.info.get("transparency") == before.info.get("transparency")
    if before.mode == "P" and name != "GIF":
        assert after.getpalette() == before.getpalette()


@pytest.mark.parametrize(
    ("mode", "becomes", "why"),
    [("1", "L", "other greys"), ("P", "RGB", "palette")],
)
def test_colours_that_a_palette_does_not_have_take_another_mode(saved, opened, mode, becomes, why):
    image = Image.fromarray(np.array([[0, 255]], np.uint8))
    image = image.convert("1") if mode == "1" else image.convert("RGB").quantize(2)
    file = read_picture_file(saved(image, "PNG"))
    frame = file.frames[0]
    changed = replace(file, frames=(replace(frame, pixels=frame.pixels // 2 + 1),))
    assert why in encode(changed, "PNG").note
    assert f"saved as {becomes}" in encode(changed, "PNG").note
    after = opened(encode(changed, "PNG").content)
    assert after.mode == becomes
    assert np.array_equal(np.array(after), changed.frames[0].pixels)


def test_a_colour_of_a_palette_that_is_not_seen_may_be_any(saved):
    image = Image.fromarray(np.array([[0, 1, 1]], np.uint8))
    image.putpalette([10, 20, 30, 40, 50, 60])
    file = read_picture_file(saved(image, "PNG", transparency=0))
    pixels = file.frames[0].pixels.copy()
    pixels[0, 0, :3] = 99
    changed = replace(file, frames=(replace(file.frames[0], pixels=pixels),))
    assert encode(changed, "PNG").note == ""
    again = read_picture_file(encode(changed, "PNG").content).frames[0]
    assert again.stored.mode == "P"
    assert np.array_equal(again.pixels, file.frames[0].pixels)


def test_a_transparent_colour_that_no_longer_stands_alone_becomes_alpha(saved):
    file = read_picture_file(
        saved(Image.fromarray(np.array([[5, 9]], np.uint8)), "PNG", transparency=5)
    )
    for pixels in ([[[5, 0], [5, 255]]], [[[5, 0], [9, 128]]]):
        changed = replace(file.frames[0], pixels=np.array(pixels, np.uint8))
        changed = replace(file, frames=(changed,))
        assert "saved as LA" in encode(changed, "PNG").note
        again = read_picture_file(encode(changed, "PNG").content).frames[0]
        assert (again.stored.mode, again.pixels.tolist()) == ("LA", pixels)


@pytest.mark.parametrize(
    ("mode", "form", "note"),
    [
        ("P", "TIFF", "mode P becomes RGBA in TIFF"),
        ("L", "TIFF", "mode L becomes LA in TIFF"),
        ("L", "WEBP", "mode L becomes RGBA in WEBP"),
    ],
)
def test_what_only_png_has_a_clear_colour_for_is_not_said_to_have_more(saved, mode, form, note):
    file = read_picture_file(saved(Image.new(mode, (3, 2)), "PNG", transparency=0))
    assert encode(file, form).note == note


@pytest.mark.parametrize(("mode", "becomes"), [("L", "RGB"), ("LA", "RGBA")])
def test_where_a_format_has_no_grey_it_holds_three_equal_channels(some_pixels, mode, becomes):
    file = one(some_pixels(mode), mode)
    assert encode(file, "WEBP").note == f"mode {mode} becomes {becomes} in WEBP"
    again = read_picture_file(encode(file, "WEBP").content).frames[0]
    grey = some_pixels(mode).reshape(5, 7, -1)[:, :, :1]
    assert again.mode == becomes
    assert np.array_equal(again.pixels[:, :, :3], np.repeat(grey, 3, axis=2))


@pytest.mark.parametrize(
    ("suffix", "mode", "way_out"),
    [
        (".jpg", "RGBA", ".png"),
        (".jpeg", "LA", ".tif"),
        (".jpg", "RGB;16", ".png, .tif, .tiff, .ppm"),
        (".bmp", "I;16", ".pgm"),
        (".bmp", "RGBA", ".webp"),
        (".webp", "RGBA;16", ".png"),
        (".tif", "LA;16", ".png"),
        (".png", "CMYK", ".tif, .tiff, .jpg, .jpeg"),
        (".gif", "I;16", ".png"),
        (".gif", "CMYK", ".tif"),
        (".pgm", "RGB", ".ppm"),
        (".pbm", "L", ".pgm"),
        (".ppm", "LA", ".png"),
    ],
)
def test_a_mode_that_a_format_cannot_hold_is_refused_before_writing(
    tmp_path, some_pixels, suffix, mode, way_out
):
    path = tmp_path / f"picture{suffix}"
    path.write_bytes(b"precious")
    file = one(some_pixels(mode), mode)
    with pytest.raises(PictureError, match=f"^{path}: .*mode {mode}; use .*{way_out}"):
        write_picture_file(path, file)
    with pytest.raises(PictureError, match=f"mode {mode}"):
        encode(file, format_of(path))
    assert path.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("form", "longest", "way_out"),
    [("JPEG", 65_500, ".png"), ("WEBP", 16_383, ".jpg"), ("GIF", 65_535, ".tif")],
)
def test_a_side_that_is_too_long_for_a_format_is_refused(form, longest, way_out):
    file = one(np.zeros((1, longest + 1), np.uint8), "L")
    with pytest.raises(PictureError, match=f"{longest:,}.*{longest + 1:,}; use .*{way_out}"):
        encode(file, form)


def test_a_format_that_can_only_be_read_is_refused():
    with pytest.raises(PictureError, match=r"TGA can be read only; use \.png"):
        encode(grey(), "TGA")


@pytest.mark.parametrize("name", ["picture.xyz", "picture", "picture.jp2", ".png"])
def test_an_unknown_extension_names_those_that_work(tmp_path, name):
    with pytest.raises(PictureError, match=r"use one of .*\.png.*\.jpg.*\.gif"):
        write_picture_file(tmp_path / name, grey())
    assert list(tmp_path.iterdir()) == []


def test_a_target_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(PictureError, match=r"folder\.png: is a directory"):
        write_picture_file(tmp_path / "folder.png", grey())
    with pytest.raises(PictureError, match=r"there is no directory .*nowhere"):
        write_picture_file(tmp_path / "nowhere" / "picture.png", grey())


def test_a_place_that_may_not_be_entered_is_one_line(tmp_path, monkeypatch):
    def forbidden(self, **options):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "stat", forbidden)
    with pytest.raises(PictureError, match=r"picture\.png: permission denied"):
        write_picture_file(tmp_path / "picture.png", grey())


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes anywhere")
def test_an_unwritable_directory_is_one_line(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(PictureError, match="permission denied"):
        write_picture_file(tmp_path / "picture.png", grey())


def test_a_disk_without_room_leaves_the_old_picture_and_no_other_file(tmp_path):
    resource = pytest.importorskip("resource")
    path = tmp_path / "picture.png"
    path.write_bytes(b"old")
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50, usual[1]))
    try:
        with pytest.raises(PictureError, match=r"picture\.png: file too large"):
            write_picture_file(path, grey())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        signal.signal(signal.SIGXFSZ, handler)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_writing_over_a_picture_keeps_its_permissions_and_follows_links(tmp_path):
    target, link = tmp_path / "target.png", tmp_path / "link.png"
    target.write_bytes(b"old")
    target.chmod(0o640)
    link.symlink_to(target)
    write_picture_file(link, grey())
    assert link.is_symlink()
    assert read_picture_file(target).frames[0].width == 2
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
