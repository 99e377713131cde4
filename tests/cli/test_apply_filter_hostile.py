"""Bad pictures, kernels, targets and requests: one line, the right status, nothing half done.

`refused` holds all of it: it compares everything in the folder, and there must be one line.
"""

import io
import os
import struct
import zlib
from contextlib import contextmanager

import numpy as np
import pytest
from PIL import Image

from tuiconv.files import replacing

PRECIOUS = b"precious"


@pytest.fixture
def out(folder):
    """An old output, which must survive."""
    (folder / "out.png").write_bytes(PRECIOUS)
    return folder / "out.png"


def png(width=40, height=40):
    buffer = io.BytesIO()
    noise = np.random.default_rng(3).integers(0, 256, (height, width, 3), dtype=np.uint8)
    Image.fromarray(noise).save(buffer, "PNG")
    return buffer.getvalue()


def declared(width, height):
    """A small PNG whose head, with a right checksum, tells of another size."""
    content = bytearray(png(8, 8))
    content[16:24] = struct.pack(">II", width, height)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "not a picture", id="empty"),
        pytest.param(b"a text\n", "not a picture", id="a text"),
        pytest.param(b"\x88" + png()[1:], "not a picture", id="wrong magic"),
        pytest.param(png()[:20], "bad.png", id="cut in its head"),
        pytest.param(png()[:900], "damaged picture", id="cut in its pixels"),
        pytest.param(png()[:-60], "damaged picture", id="cut near its end"),
        pytest.param(declared(0, 8), "bad.png", id="no columns"),
        pytest.param(declared(8, 0), "bad.png", id="no rows"),
        pytest.param(declared(50_000, 50_000), "50,000×50,000", id="a bomb"),
        pytest.param(declared(2**31 - 1, 2**31 - 1), "2,147,483,647", id="a huge bomb"),
    ],
)
def test_what_is_no_picture_is_refused_and_the_output_left_alone(
    refused, folder, out, content, words
):
    (folder / "bad.png").write_bytes(content)
    message = refused(1, "apply-filter", "bad.png", "sharpen", "-o", out.name)
    assert message.startswith("tuiconv: bad.png: ")
    assert words in message


def test_a_bomb_is_told_with_the_switch_that_allows_it(refused, folder):
    (folder / "bad.png").write_bytes(declared(20_000, 20_000))
    message = refused(1, "apply-filter", "bad.png", "sharpen")
    assert "20,000×20,000" in message
    assert "89,478,485" in message
    assert "--large" in message


def test_with_large_a_picture_of_any_size_is_read(tuiconv, folder, monkeypatch):
    monkeypatch.setattr("tuiconv.images.files.limits.MOST_PIXELS", 99)
    (folder / "big.png").write_bytes(png(10, 10))
    assert tuiconv("apply-filter", "big.png", "sharpen").status == 1
    assert tuiconv("apply-filter", "big.png", "sharpen", "--large").status == 0


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
def test_a_picture_that_is_not_there_is_named(refused, photo, folder, out, source, words):
    (folder / "loop.png").symlink_to("loop.png")
    assert words in refused(1, "apply-filter", source, "sharpen", "-o", out.name)


def test_an_escape_code_in_a_name_does_not_reach_the_terminal(refused):
    assert "\x1b" not in refused(1, "apply-filter", "\x1b[31mred.png", "sharpen")


def test_nor_does_it_when_pictures_are_told_of_and_saved(tuiconv, photo, folder):
    Image.new("RGB", (4, 4)).save("\x1b[31mred.png")
    done = tuiconv("apply-filter", "\x1b[31mred.png", "photo.png", "sharpen", "--grey", "-o", "out")
    assert done.status == 0
    assert "\x1b" not in done.out + done.err
    assert r"\x1b[31mred.png; clipped" in done.out
    assert r"note: \x1b[31mred.png: mode RGB" in done.err


def test_a_picture_one_may_not_read_is_one_line(tuiconv, photo, out, monkeypatch):
    def forbidden(path, mode="r"):
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patch:  # tests may run as root, who may read everything
        patch.setattr("tuiconv.images.files.reading.Path.open", forbidden)
        done = tuiconv("apply-filter", "photo.png", "sharpen", "-o", out.name)
    assert (done.status, done.out) == (1, "")
    assert done.err == "tuiconv: photo.png: permission denied\n"
    assert out.read_bytes() == PRECIOUS


@pytest.mark.parametrize(
    ("kernel", "words"),
    [
        ("", ["empty"]),
        (" ; ", ["empty"]),
        ("1 1; 1 1", ["2 rows", "odd"]),
        ("1 1 1; 1 1 1", ["2 rows", "1 or 3"]),
        ("1 2 3; 4 5; 6 7 8", ["row 2 has 2 numbers"]),
        ("0 1 0; 1 x 1; 0 1 0", ["row 2, number 2", '"x"']),
        ("nan", ['"nan"']),
        ("1 inf 1", ['"inf"']),
        ("1e999", ['"1e999"']),
        ("1/0", ['"1/0"']),
    ],
)
def test_what_is_no_kernel_is_refused_with_its_place(refused, photo, folder, out, kernel, words):
    message = refused(2, "apply-filter", "photo.png", "--kernel", kernel, "-o", out.name)
    assert all(word in message for word in words)
    (folder / "kernel.txt").write_text(kernel)
    given = ("--kernel-file", "kernel.txt")
    message = refused(2, "apply-filter", "photo.png", *given, "-o", out.name)
    assert all(word in message for word in ["kernel.txt", *words])


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"0 " * 600_000])
def test_a_file_without_a_kernel_is_refused(refused, photo, folder, content):
    (folder / "kernel.txt").write_bytes(content)
    assert "kernel.txt" in refused(2, "apply-filter", "photo.png", "--kernel-file", "kernel.txt")


def test_a_kernel_file_that_is_not_there_is_named(refused, photo):
    assert "none.txt" in refused(2, "apply-filter", "photo.png", "--kernel-file", "none.txt")


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("out", "use one of .png"),
        ("out.xyz", "'.xyz'"),
        ("out.", "use one of .png"),
        ("no/out.png", "no/out.png: there is no directory"),
        ("photo.png/out.png", "photo.png"),
        ("b" * 300 + ".png", "ile name too long"),
        ("loop.png", "loop.png"),
        ("pipe.png", "pipe.png"),
        ("astray.png", "astray.png"),
        ("no/folder/", "there is no directory"),
    ],
)
def test_an_output_that_cannot_be_written_is_named(refused, photo, folder, target, words):
    (folder / "loop.png").symlink_to("loop.png")
    (folder / "astray.png").symlink_to("missing/out.png")
    os.mkfifo(folder / "pipe.png")
    assert words in refused(1, "apply-filter", "photo.png", "sharpen", "-o", target)


@pytest.mark.parametrize("target", ["out.jpg", "out.ppm"])
def test_a_format_that_cannot_hold_the_mode_is_refused_with_one_that_can(refused, folder, target):
    Image.fromarray(np.zeros((4, 4, 4), np.uint8)).save("photo.png")
    (folder / target).write_bytes(PRECIOUS)
    message = refused(1, "apply-filter", "photo.png", "sharpen", "-o", target)
    assert "RGBA" in message or "alpha" in message
    assert ".png" in message


@pytest.fixture
def full_disk(monkeypatch):
    """Half of a file fits on the disk."""

    class Full:
        def __init__(self, file):
            self.file = file

        def write(self, content):
            self.file.write(content[: len(content) // 2])
            raise OSError(28, "No space left on device")

    @contextmanager
    def half(path):
        with replacing(path) as file:
            yield Full(file)

    monkeypatch.setattr("tuiconv.images.files.writing.replacing", half)


@pytest.mark.usefixtures("full_disk")
@pytest.mark.parametrize("target", ["out.png", "photo.png"])
def test_a_full_disk_is_one_line_and_leaves_the_old_picture(refused, photo, out, target):
    message = refused(1, "apply-filter", "photo.png", "sharpen", "-o", target)
    assert message == f"tuiconv: {target}: no space left on device\n"


@pytest.mark.usefixtures("full_disk")
def test_a_directory_made_for_nothing_is_gone_again(refused, photo):
    refused(1, "apply-filter", "photo.png", "sharpen", "-o", "folder/")


@pytest.mark.parametrize("target", ["out.png", "folder/", "."])
def test_a_folder_one_may_not_write_to_is_found_out_first(refused, photo, monkeypatch, target):
    def forbidden(*args, **options):
        raise PermissionError(13, "Permission denied", "/some/folder/tmp1234")

    monkeypatch.setattr("tempfile.TemporaryFile", forbidden)
    message = refused(1, "apply-filter", "none.png", "sharpen", "-o", target)
    assert message.lower().endswith(": permission denied\n")


NO_WORK = ("none.png", "sharpen")  # a wrong request is told before a picture is even looked for


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["IMAGE"]),
        (["photo.png"], ['"photo.png" alone', "FILTER"]),
        (["sharpen", "photo.png"], ['"photo.png" is a file', "FILTER"]),
        ([*NO_WORK, "more"], ['"more"', "one of", "sharpen"]),
        ([*NO_WORK, "--color", "pink"], ["pink", "auto, truecolor, 256, 16"]),
        ([*NO_WORK, "--color", ""], ["''", "auto"]),
        ([*NO_WORK, "--width", "0"], ["--width", "20"]),
        ([*NO_WORK, "--width", "-1"], ["--width", "20"]),
        ([*NO_WORK, "--width", "wide"], ["--width", "int"]),
        ([*NO_WORK, "--width"], ["--width", "argument"]),
        ([*NO_WORK, "--colour", "none"], ["--colour", "--color"]),
        ([*NO_WORK, "--edge", "mirror"], ['"mirror"', "zero, replicate, reflect, wrap"]),
        ([*NO_WORK, "--edge", "refelct"], ["did you mean reflect?"]),
        ([*NO_WORK, "--stride", "0"], ['--stride "0"', "from 1"]),
        ([*NO_WORK, "--stride", "2,0"], ['--stride "2,0"']),
        ([*NO_WORK, "--stride", "1,2,3"], ['--stride "1,2,3"', "2,1"]),
        ([*NO_WORK, "--stride", "1.5"], ['--stride "1.5"']),
        ([*NO_WORK, "--stride", ""], ['--stride ""']),
        ([*NO_WORK, "--stride", "9" * 5000], ['--stride "999']),
        ([*NO_WORK, "--padding", "-1"], ['--padding "-1"', "from 0"]),
        ([*NO_WORK, "--channel", "X"], ['"X"', "R, G, B"]),
        ([*NO_WORK, "--channel", "R", "--grey"], ["--channel and --grey"]),
        ([*NO_WORK, "--range", "all"], ['"all"', "clamp, signed, abs, minmax"]),
        ([*NO_WORK, "--view", "side"], ['"side"', "both, before, after, difference, kernel"]),
        ([*NO_WORK, "--crop", "1,2,3"], ['--crop "1,2,3"', "x,y,width,height"]),
        ([*NO_WORK, "--crop", "1,2,0,4"], ['--crop "1,2,0,4"']),
        ([*NO_WORK, "--crop", "-1,0,5,5"], ['--crop "-1,0,5,5"']),
        ([*NO_WORK, "--crop", "1e3,0,5,5"], ["--crop"]),
        ([*NO_WORK, "--crop", ""], ['--crop ""']),
        ([*NO_WORK, "--explain", "1"], ['--explain "1"', "x,y"]),
        ([*NO_WORK, "--explain", "one,two"], ['--explain "one,two"']),
        ([*NO_WORK, "--explain", "\x1b[31m"], [r'--explain "\x1b[31m"']),
        ([*NO_WORK, "--jobs", "0"], ["--jobs", "1"]),
        ([*NO_WORK, "--divide", "9"], ["--divide 9 needs --kernel"]),
        ([*NO_WORK, "--bias", "0"], ["--bias 0 needs --kernel"]),
        (["none.png", "--kernel", "1", "--divide", "0"], ["divide by 0"]),
        (["none.png", "--kernel", "1", "--divide", "nan"], ["divide by nan"]),
        (["none.png", "--kernel", "1", "--divide", "x"], ["--divide", "'x'"]),
        (["none.png", "--kernel", "1", "--bias", "inf"], ["bias inf"]),
        (["none.png", "--kernel", "1", "--conv1", "lenet5:0"], ["--kernel and --conv1"]),
        (["none.png", "--kernel", "", "--kernel-file", "k.txt"], ["--kernel and --kernel-file"]),
        (["none.png", "--conv1", "lenet5"], ["6 kernels", "lenet5:0 to lenet5:5"]),
        (["none.png", "--conv1", "lenet5:6"], ["no number 6"]),
        ([*NO_WORK, "-o", ""], ['--output ""']),
        (["photo.png", "sharpen", "-o", "photo.png/"], ["photo.png is a file", "directory"]),
        ([*NO_WORK, "-o", "-", "--json"], ["--json and --output -"]),
        ([*NO_WORK, "-o", "-", "--plain"], ["--plain and --output -"]),
        ([*NO_WORK, "-o", "-", "--explain", "1,1"], ["--explain and --output -"]),
        ([*NO_WORK, "-o", "-", "--view", "both"], ["--view and --output -"]),
        ([*NO_WORK, "-o", "-", "--crop", "0,0,1,1"], ["--crop and --output -"]),
        ([*NO_WORK, "--json", "--plain"], ["--json and --plain"]),
        ([*NO_WORK, "--json", "--view", "after"], ["--view and --json"]),
        ([*NO_WORK, "--json", "--crop", "0,0,1,1"], ["--crop and --json"]),
        ([*NO_WORK, "--plain", "--view", "after"], ["--view and --plain"]),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_before_any_work(refused, photo, arguments, words):
    message = refused(2, "apply-filter", *arguments)
    assert all(word in message for word in words)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--explain", "17,0"], ["x 17", "16"]),
        (["--explain", "0,12"], ["y 12", "11"]),
        (["--crop", "10,0,8,1"], ["crop 10,0,8,1", "17×12"]),
        (["--channel", "alpha"], ["no channel alpha", "R, G, B"]),
        (["--stride", "1", "--padding", "0", "--edge", "zero"], ["does not fit"]),
        (["--padding", "999999999", "--stride", "999999999"], ["89,478,485", "--large"]),
    ],
)
def test_what_a_picture_does_not_have_is_refused_before_it_is_saved(
    refused, photo, out, arguments, words
):
    kernel = "gaussian(9)" if "--padding" in arguments else "sharpen"
    message = refused(2, "apply-filter", "photo.png", kernel, "-o", out.name, *arguments)
    assert all(word in message for word in words)


def test_a_model_that_is_not_there_is_named(refused):
    assert "none.safetensors" in refused(
        1, "apply-filter", "a.png", "--conv1", "none.safetensors:0"
    )
