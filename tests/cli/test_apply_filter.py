import io
import os
import sys

import numpy as np
import pytest
from PIL import Image
from rich.cells import cell_len
from scipy import ndimage

from tuiconv.cli import run

# The kernels as the lectures print them.
KERNELS = {
    "identity": np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
    "edge-diagonal": np.array([[1, 0, -1], [0, 0, 0], [-1, 0, 1]]),
    "edge-4": np.array([[0, -1, 0], [-1, 4, -1], [0, -1, 0]]),
    "edge-8": np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    "box-blur": np.ones((3, 3)) / 9,
    "gaussian-3x3": np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16,
    "gaussian-5x5": np.array(
        [
            [1, 4, 6, 4, 1],
            [4, 16, 24, 16, 4],
            [6, 24, 36, 24, 6],
            [4, 16, 24, 16, 4],
            [1, 4, 6, 4, 1],
        ]
    )
    / 256,
    "unsharp-5x5": np.array(
        [
            [1, 4, 6, 4, 1],
            [4, 16, 24, 16, 4],
            [6, 24, -476, 24, 6],
            [4, 16, 24, 16, 4],
            [1, 4, 6, 4, 1],
        ]
    )
    / -256,
}
every_filter = pytest.mark.parametrize("name", KERNELS)


def by_scipy(pixels, name):
    """What the filter must make of every channel of uint8 pixels."""
    planes = pixels.reshape(*pixels.shape[:2], -1).astype(np.float64)
    sums = [
        ndimage.correlate(planes[:, :, c], KERNELS[name], mode="mirror")
        for c in range(planes.shape[2])
    ]
    return np.clip(np.rint(np.stack(sums, axis=2)), 0, 255).astype(np.uint8).reshape(pixels.shape)


def read(path):
    with Image.open(path) as image:
        return image.mode, np.array(image)


def filtered(tuiconv, source, name, target="out.png"):
    """Mode and pixels of the picture that the command wrote."""
    done = tuiconv("apply-filter", source, name, "-o", target)
    assert (done.status, done.err) == (0, "")
    assert done.out.endswith(f"\nsaved {target}\n")
    return read(target)


def random_pixels(*shape):
    return np.random.default_rng(8).integers(0, 256, shape, dtype=np.uint8)


def test_sharpening_one_grey_dot_by_hand(tuiconv):
    # 5 · 50 = 250 where the dot is, 0 - 50 beside it becomes 0
    dot = np.zeros((5, 5), np.uint8)
    dot[2, 2] = 50
    Image.fromarray(dot).save("dot.png")
    mode, pixels = filtered(tuiconv, "dot.png", "sharpen")
    assert mode == "L"
    assert pixels[2, 2] == 250
    assert pixels.sum() == 250


@every_filter
def test_a_png_in_colour_comes_out_as_scipy_computes_it(tuiconv, photo, name):
    mode, pixels = filtered(tuiconv, "photo.png", name)
    assert mode == "RGB"
    np.testing.assert_array_equal(pixels, by_scipy(photo, name))


@every_filter
def test_a_grey_png_stays_grey(tuiconv, name):
    grey = random_pixels(9, 14)
    Image.fromarray(grey).save("grey.png")
    mode, pixels = filtered(tuiconv, "grey.png", name)
    assert mode == "L"
    np.testing.assert_array_equal(pixels, by_scipy(grey, name))


@every_filter
def test_a_jpeg_is_filtered_as_it_looks(tuiconv, name):
    Image.fromarray(random_pixels(16, 24, 3)).save("photo.jpg")
    mode, pixels = filtered(tuiconv, "photo.jpg", name)
    assert mode == "RGB"
    np.testing.assert_array_equal(pixels, by_scipy(read("photo.jpg")[1], name))


def test_a_jpeg_may_become_a_jpeg_of_the_same_size(tuiconv):
    Image.fromarray(random_pixels(16, 24, 3)).save("photo.jpg")
    mode, pixels = filtered(tuiconv, "photo.jpg", "gaussian-5x5", "soft.jpg")
    assert (mode, pixels.shape) == ("RGB", (16, 24, 3))


@every_filter
def test_alpha_is_kept(tuiconv, name):
    before = random_pixels(8, 6, 4)
    Image.fromarray(before).save("photo.png")
    mode, pixels = filtered(tuiconv, "photo.png", name)
    assert mode == "RGBA"
    np.testing.assert_array_equal(pixels[:, :, 3], before[:, :, 3])
    np.testing.assert_array_equal(pixels[:, :, :3], by_scipy(before[:, :, :3], name))


@every_filter
@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (7, 1), (2, 2)])
def test_pictures_smaller_than_the_kernel_are_filtered_too(tuiconv, name, shape):
    small = random_pixels(*shape)
    Image.fromarray(small).save("small.png")
    np.testing.assert_array_equal(filtered(tuiconv, "small.png", name)[1], by_scipy(small, name))


def test_it_says_what_it_shows(tuiconv, photo):
    done = tuiconv("apply-filter", "photo.png", "edge-8")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("edge-8: ")
    assert "before: 17×12 RGB" in done.out
    assert "after" in done.out
    assert ["-1", "8", "-1"] in [line.split()[:3] for line in done.out.splitlines()]


def test_it_counts_what_did_not_fit(tuiconv):
    # eight times 200 in the middle, minus 200 in each of the eight around it
    dot = np.zeros((5, 5), np.uint8)
    dot[2, 2] = 200
    Image.fromarray(dot).save("dot.png")
    text = tuiconv("apply-filter", "dot.png", "edge-8").out
    assert "sums: -200 to 1,600" in text
    assert "of 25 numbers" in text
    assert "8 below 0 became 0" in text
    assert "1 above 255 became 255" in text


def test_without_an_output_nothing_is_written(tuiconv, photo, contents):
    before = contents()
    assert tuiconv("apply-filter", "photo.png", "sharpen").status == 0
    assert contents() == before


def test_the_picture_itself_may_be_the_output(tuiconv, photo):
    assert filtered(tuiconv, "photo.png", "identity", "photo.png")[0] == "RGB"
    np.testing.assert_array_equal(read("photo.png")[1], photo)


def test_a_link_as_output_stays_a_link(tuiconv, photo, folder):
    (folder / "out.png").symlink_to("target.png")
    pixels = filtered(tuiconv, "photo.png", "edge-4")[1]
    assert (folder / "out.png").is_symlink()
    np.testing.assert_array_equal(read("target.png")[1], pixels)


@pytest.mark.parametrize("name", ["a b.png", "ünïcode 写真.png", "line\nbreak.png", "-.png"])
def test_any_name_will_do(tuiconv, photo, folder, name):
    (folder / "photo.png").rename(folder / name)
    done = tuiconv("apply-filter", "-o", f"out {name}", "--", name, "sharpen")
    assert (done.status, done.err) == (0, "")
    assert (folder / f"out {name}").is_file()


def test_what_had_to_change_is_noted_apart_from_the_result(tuiconv):
    Image.new("P", (4, 4)).save("palette.png")
    done = tuiconv("apply-filter", "palette.png", "sharpen")
    assert done.status == 0
    assert done.err == "note: a picture with a palette is filtered as RGB\n"


@pytest.mark.parametrize("options", [[], ["--color", "none"], ["--color", "auto"]])
def test_into_a_pipe_or_without_colour_there_are_no_escape_codes(tuiconv, photo, options):
    assert "\x1b" not in tuiconv("apply-filter", "photo.png", "sharpen", *options).out


@pytest.mark.parametrize(
    ("color", "code", "others"),
    [
        ("truecolor", "38;2;", ["38;5;"]),
        ("256", "38;5;", ["38;2;"]),
        ("16", "\x1b[", ["38;2;", "38;5;"]),
    ],
)
@pytest.mark.parametrize("no_color", ["", "1"])
def test_colours_asked_for_are_the_colours_drawn(
    tuiconv, photo, monkeypatch, color, code, others, no_color
):
    monkeypatch.setenv("NO_COLOR", no_color)  # which --color overrules
    text = tuiconv("apply-filter", "photo.png", "identity", "--color", color).out
    assert code in text
    assert not any(other in text for other in others)


def test_in_true_colour_every_pixel_is_drawn_as_it_is(tuiconv):
    Image.new("RGB", (2, 2), (10, 200, 30)).save("flat.png")
    text = tuiconv("apply-filter", "flat.png", "identity", "--color", "truecolor").out
    assert "38;2;10;200;30" in text
    assert "48;2;10;200;30" in text


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_it_is_no_wider_than_asked_for(tuiconv, photo, width):
    done = tuiconv("apply-filter", "photo.png", "unsharp-5x5", "--width", width)
    assert done.status == 0
    assert max(map(cell_len, done.out.splitlines())) <= width


@pytest.mark.parametrize("width", [40, 60])
def test_in_a_narrow_terminal_no_number_is_cut_off(tuiconv, photo, width):
    text = tuiconv("apply-filter", "photo.png", "unsharp-5x5", "--width", width).out
    assert "of 612 numbers" in " ".join(text.split())
    assert "above 255 became 255" in " ".join(text.split())


def test_an_ascii_terminal_gets_ascii(photo, monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    assert run(["apply-filter", "photo.png", "box-blur", "-o", "out.png"]) == 0
    assert stream.buffer.getvalue().isascii()


@pytest.mark.parametrize("name", ["sharpn", "Sharpen", "SHARPEN", "sharpen "])
def test_an_unknown_filter_gets_the_nearest_name_and_all_of_them(refused, photo, name):
    message = refused(2, "apply-filter", "photo.png", name)
    assert f"'{name}'" in message
    assert "did you mean sharpen?" in message
    assert all(known in message for known in KERNELS)


@pytest.mark.parametrize("name", ["", "zzz", "photo.png", "x" * 10_000])
def test_where_no_name_is_near_all_of_them_are_told(refused, photo, name):
    message = refused(2, "apply-filter", "photo.png", name)
    assert "did you mean" not in message
    assert all(known in message for known in KERNELS)


def cut_png():
    buffer = io.BytesIO()
    Image.fromarray(random_pixels(40, 40, 3)).save(buffer, "PNG")
    return buffer.getvalue()[:900]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a picture"),
        (b"a text\n", "not a picture"),
        (cut_png(), "damaged picture"),
        (cut_png()[:20], "bad.png"),
    ],
)
def test_what_is_no_picture_is_refused_and_the_output_left_alone(refused, folder, content, words):
    (folder / "bad.png").write_bytes(content)
    (folder / "out.png").write_bytes(b"precious")
    message = refused(1, "apply-filter", "bad.png", "sharpen", "-o", "out.png")
    assert message.startswith("tuiconv: bad.png: ")
    assert words in message


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("none.png", "none.png: no such file"),
        ("line\nbreak.png", r"line\nbreak.png: no such file"),
        ("no/photo.png", "no/photo.png: no such file"),
        (".", "is a directory"),
        ("photo.png/photo.png", "not a directory"),
        ("a" * 300 + ".png", "file name too long"),
        ("loop.png", "symbolic links"),
        ("/dev/null", "no regular file"),
    ],
)
def test_a_picture_that_is_not_there_is_named(refused, photo, folder, source, words):
    (folder / "loop.png").symlink_to("loop.png")
    assert words in refused(1, "apply-filter", source, "sharpen", "-o", "out.png")


def test_an_escape_code_in_a_name_does_not_reach_the_terminal(refused):
    assert "\x1b" not in refused(1, "apply-filter", "\x1b[31mred.png", "sharpen")


def test_a_picture_one_may_not_read_is_one_line(refused, photo, monkeypatch):
    def forbidden(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("tuiconv.images.pictures.Image.open", forbidden)
    assert refused(1, "apply-filter", "photo.png", "sharpen") == (
        "tuiconv: photo.png: permission denied\n"
    )


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("out", "use one of .png"),
        ("out.xyz", "'.xyz'"),
        ("out.gif", "'.gif'"),
        ("", "directory"),
        (".", "is a directory"),
        ("folder.png", "folder.png: is a directory"),
        ("no/out.png", "no/out.png: there is no directory"),
        ("photo.png/out.png", "photo.png"),
        ("b" * 300 + ".png", "ile name too long"),
        ("loop.png", "loop.png"),
        ("pipe.png", "pipe.png"),
        ("astray.png", "astray.png"),
    ],
)
def test_an_output_that_cannot_be_written_is_named(refused, photo, folder, target, words):
    (folder / "folder.png").mkdir()
    (folder / "loop.png").symlink_to("loop.png")
    (folder / "astray.png").symlink_to("missing/out.png")
    os.mkfifo(folder / "pipe.png")
    assert words in refused(1, "apply-filter", "photo.png", "sharpen", "-o", target)


@pytest.mark.parametrize("target", ["out.jpg", "out.ppm"])
def test_a_format_that_cannot_hold_the_mode_is_refused_with_one_that_can(refused, folder, target):
    Image.fromarray(random_pixels(4, 4, 4)).save("photo.png")
    (folder / target).write_bytes(b"precious")
    message = refused(1, "apply-filter", "photo.png", "sharpen", "-o", target)
    assert "cannot hold mode RGBA" in message
    assert ".png" in message


def test_a_full_disk_is_one_line_and_leaves_the_old_picture(refused, photo, folder, monkeypatch):
    def full(self, file, *args, **options):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    (folder / "out.png").write_bytes(b"precious")
    monkeypatch.setattr(Image.Image, "save", full)
    message = refused(1, "apply-filter", "photo.png", "sharpen", "-o", "out.png")
    assert message == "tuiconv: out.png: no space left on device\n"


def test_a_folder_one_may_not_write_to_is_found_out_first(refused, photo, monkeypatch):
    def forbidden(*args, **options):
        raise PermissionError(13, "Permission denied", "/some/folder/tmp1234")

    monkeypatch.setattr("tuiconv.files.tempfile.TemporaryFile", forbidden)
    message = refused(1, "apply-filter", "none.png", "sharpen", "-o", "out.png")
    assert message.lower() == "tuiconv: out.png: permission denied\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["photo.png", "sharpen", "--color", "pink"], ["pink", "auto, truecolor, 256, 16"]),
        (["photo.png", "sharpen", "--color", ""], ["''", "auto"]),
        (["photo.png", "sharpen", "--width", "0"], ["--width", "20"]),
        (["photo.png", "sharpen", "--width", "-1"], ["--width", "20"]),
        (["photo.png", "sharpen", "--width", "wide"], ["--width", "int"]),
        (["photo.png", "sharpen", "--width"], ["--width", "argument"]),
        (["photo.png", "sharpen", "--colour", "none"], ["--colour", "--color"]),
        (["photo.png", "sharpen", "more"], ["more"]),
        (["photo.png"], ["FILTER"]),
        ([], ["IMAGE"]),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(refused, photo, arguments, words):
    message = refused(2, "apply-filter", *arguments)
    assert all(word in message for word in words)
