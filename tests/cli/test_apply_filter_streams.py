"""apply-filter in a pipe, and in a terminal, where a bar is shown."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tuiconv.cli import run

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals and terminals")
RUN = "from tuiconv.cli import main; main()"


@pytest.fixture
def piped(monkeypatch, capsysbinary):
    """The command with bytes on stdin: status, bytes on stdout, text on stderr."""

    def call(content, *arguments):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        status = run(["apply-filter", *arguments])
        done = capsysbinary.readouterr()
        return status, done.out, done.err.decode()

    return call


def read(content):
    with Image.open(io.BytesIO(content)) as image:
        return image.format, np.array(image)


def test_through_a_pipe_the_picture_is_all_that_comes_out(piped, photo):
    status, out, err = piped(Path("photo.png").read_bytes(), "-", "identity", "-o", "-")
    assert (status, err) == (0, "note: standard input: clipped: 0 of 204 pixels (0%)\n")
    form, pixels = read(out)
    assert form == "PNG"
    np.testing.assert_array_equal(pixels, photo)


@pytest.mark.parametrize("form", ["PNG", "BMP", "TIFF", "WEBP", "PPM", "GIF", "JPEG"])
def test_on_stdout_the_format_is_that_of_the_input(piped, folder, form):
    Image.new("RGB", (8, 8), (10, 20, 30)).save("photo", form)
    status, out, _ = piped(b"", "photo", "identity", "-o", "-")
    assert status == 0
    assert read(out)[0] == form


def test_stdin_may_be_saved_as_a_file(piped, photo, folder):
    status, out, err = piped(Path("photo.png").read_bytes(), "-", "identity", "-o", "out.bmp")
    assert (status, err) == (0, "")
    assert out.endswith(b"\nsaved out.bmp\n")
    np.testing.assert_array_equal(np.array(Image.open("out.bmp")), photo)


@pytest.mark.parametrize("content", [b"", b"a text"])
def test_what_is_no_picture_on_stdin_is_told_so(piped, folder, content):
    status, out, err = piped(content, "-", "sharpen", "-o", "-")
    assert (status, out) == (1, b"")
    assert err.startswith("tuiconv: standard input: not a picture")
    assert err.count("\n") == 1


def test_a_format_that_can_only_be_read_is_no_format_for_stdout(piped, folder):
    Image.new("RGB", (8, 8)).save("photo.tga")
    status, out, err = piped(b"", "photo.tga", "identity", "-o", "-")
    assert (status, out) == (1, b"")
    assert "can be read only" in err


def test_what_is_lost_is_told_beside_the_picture(piped, photo):
    status, out, err = piped(b"", "photo.png", "sobel-x", "--channel", "R", "-o", "-")
    assert status == 0
    assert read(out)[1].shape == (12, 17)
    mode, clipped, lost = err.splitlines()
    assert mode == "note: photo.png: mode RGB → L, as asked"
    assert clipped.startswith("note: photo.png: clipped: ")
    assert lost.endswith("--range signed keeps them")


@pytest.mark.slow
@posix
def test_a_reader_that_wants_no_picture_ends_the_command_in_silence(photo):
    Image.effect_noise((600, 600), 90).save("noise.bmp")  # more than a pipe holds
    with subprocess.Popen(
        [sys.executable, "-m", "tuiconv", "apply-filter", "noise.bmp", "identity", "-o", "-"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout.read(2) == b"BM"
        process.stdout.close()
        err = process.stderr.read()
    assert err.count(b"\n") <= 1
    assert b"Traceback" not in err
    assert process.returncode == 0


def test_a_terminal_is_not_sent_a_picture(piped, photo, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    status, out, err = piped(b"", "photo.png", "sharpen", "-o", "-")
    assert (status, out) == (2, b"")
    assert "on this terminal" in err


def test_a_terminal_is_not_asked_for_a_picture(refused, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stdin", Terminal())
    assert "that is this terminal" in refused(2, "apply-filter", "-", "sharpen")


@pytest.mark.slow
def test_scipy_is_not_waited_for(photo):
    command = ["-X", "importtime", "-m", "tuiconv", "apply-filter", "photo.png", "sharpen"]
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=True)
    loaded = {line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines()}
    assert "numba" in loaded
    assert "scipy.linalg" not in loaded


@pytest.fixture
def shown(in_terminal, folder):
    """What a terminal shows of several pictures."""
    for name in ("a", "b", "c"):
        Image.new("L", (8, 8), 9).save(folder / f"{name}.png")
    (folder / "b.png").write_bytes(b"a text")

    def call(*options, **environment):
        arguments = ("apply-filter", "a.png", "b.png", "c.png", "sharpen", *options)
        with in_terminal(RUN, *arguments, size=(24, 200), **environment) as terminal:
            return terminal.read(), terminal.process.wait()

    return call


@pytest.mark.slow
@posix
def test_a_terminal_shows_a_bar_and_then_the_lines_of_a_pipe(shown):
    text, status = shown("-o", "out")
    assert status == 1
    assert "━" in text
    assert "filtering" in text
    for line in ("saved out/a.png", "tuiconv: b.png: not a picture", "saved out/c.png"):
        assert line in text
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h")  # the cursor is back


@pytest.mark.slow
@posix
def test_a_dumb_terminal_shows_lines_only(shown):
    text, status = shown("-o", "out", TERM="dumb")
    assert status == 1
    assert "\x1b" not in text
    assert "saved out/c.png" in text


INTERRUPTED = """
import os, signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # as if started from a shell's foreground
from tuiconv.cli import filter_one, main
from tuiconv.files import replacing
class Slow:
    signals = 1
    def __init__(self, file):
        self.file = file
    def write(self, content):
        self.file.write(content[:9])
        for _ in range(Slow.signals):
            Slow.signals = 0
            os.kill(os.getpid(), signal.SIGINT)
        self.file.write(content[9:])
import contextlib
import tuiconv.images.files.writing as writing
@contextlib.contextmanager
def slowly(path):
    with replacing(path) as file:
        yield Slow(file)
writing.replacing = slowly
main()
"""


@pytest.mark.slow
@posix
@pytest.mark.parametrize("names", [["a.png"], ["a.png", "b.png", "c.png", "d.png"]])
def test_ctrl_c_in_the_middle_of_a_file_leaves_whole_files_only(folder, names):
    for name in names:
        Image.new("L", (8, 8), 9).save(folder / name)
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, "apply-filter", *names, "sharpen", "-o", "out/"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
    assert {path.name for path in folder.rglob("*") if path.is_file()} == set(names)
    for path in (folder / "out").glob("*"):
        Image.open(path).load()
    assert len(names) > 1 or not (folder / "out").exists()
