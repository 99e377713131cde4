"""The real entry points, and streams that are full, closed, cut off or of another encoding."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tuiconv import __version__
from tuiconv.cli import run

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /dev/full and file names")
SCRIPT = Path(sys.executable).with_name("tuiconv")
TRAIN = ["train", "INPUT(1,32,32) -> FC(10) -> SOFTMAX", "--epochs", "1"]


def call(*arguments, **options):
    """The command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "tuiconv", *arguments],
        check=False,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | options,
    )


@pytest.mark.parametrize("program", [[SCRIPT], [sys.executable, "-m", "tuiconv"]])
def test_the_program_starts_by_its_name_and_as_a_module(program):
    command = [*program, "--version"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"tuiconv {__version__}\n", "")


def test_the_exit_status_is_the_programs():
    done = call("shapes", "lenet4")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith('tuiconv: no preset is called "lenet4": did you mean lenet5?')
    assert call("apply-filter", "none.png", "sharpen").returncode == 1


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_help_and_version_wait_for_nothing_heavy(option):
    # -X importtime lists on stderr every module that the entry point loads
    command = [sys.executable, "-X", "importtime", SCRIPT, option]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    loaded = {line.rsplit("|", 1)[1].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert done.returncode == 0
    assert "typer" in loaded
    assert not loaded & {"numpy", "numba", "textual", "PIL", "scipy", "safetensors"}


@linux
@pytest.mark.parametrize("arguments", [["--help"], ["filters", "--json"], ["shapes", "lenet5"]])
def test_a_full_disk_under_stdout_is_one_line(arguments):
    with Path("/dev/full").open("w") as full:
        done = call(*arguments, stdout=full)
    assert done.returncode == 1
    assert done.stderr.startswith("tuiconv: ")
    assert "No space left on device" in done.stderr
    assert done.stderr.count("\n") == 1


@linux
def test_nowhere_to_complain_is_no_reason_to_crash():
    with Path("/dev/full").open("w") as full:
        done = call("apply-filter", "none.png", "sharpen", stderr=full)
    assert done.returncode == 1
    assert done.stdout == ""


def closed(redirection, *arguments):
    """The command with a stream closed, as a shell's `<&-` or `>&-` leaves it."""
    shell = ["sh", "-c", f'exec "$@" {redirection}', "sh", sys.executable, "-m", "tuiconv"]
    return subprocess.run([*shell, *arguments], check=False, capture_output=True, text=True)


@posix
@pytest.mark.parametrize(
    "arguments",
    [["--version"], ["--help"], ["filters"], ["shapes", "lenet5"], ["doctor"]],
)
def test_a_closed_stdout_is_no_reason_to_crash(arguments):
    done = closed(">&-", *arguments)
    assert "Traceback" not in done.stderr
    assert done.returncode == 0


@posix
def test_with_a_closed_stdin_the_explorer_says_that_it_needs_a_terminal():
    done = closed("<&-")
    assert done.returncode == 2
    assert done.stderr.startswith("tuiconv: the explorer needs a terminal")
    assert done.stderr.count("\n") == 1


@posix
def test_with_stdin_and_stderr_closed_a_command_works_as_ever():
    done = closed("<&- 2>&-", "filters")
    assert (done.returncode, done.stderr) == (0, "")
    assert "sharpen" in done.stdout


@posix
@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "INPUT(1,32,32) -> FC(10)", "--epochs", "1000000", "--json"],
        ["shapes", "INPUT(1,32,32) -> [FC(10)]*1500"],
        ["shapes", "INPUT(1,32,32) -> [FC(10)]*1500", "--json"],
    ],
)
def test_a_reader_that_has_seen_enough_ends_the_command_in_silence(arguments):
    # more than a pipe holds, so that the command is still writing when `head -1` has gone
    with subprocess.Popen(
        [sys.executable, "-m", "tuiconv", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
    assert err == b""
    assert process.returncode == 0


@linux
def test_names_that_are_no_text_are_names_all_the_same(folder):
    Image.new("L", (3, 3), 9).save("photo.png")
    odd, out = os.fsdecode(b"x\xff.png"), os.fsdecode(b"y\xfe.png")
    Path("photo.png").rename(odd)
    done = call("apply-filter", odd, "sharpen", "-o", out, text=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.endswith(b"saved y\xfe.png\n")
    assert sorted(path.name for path in folder.iterdir()) == sorted([odd, out])


@linux
@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ([b"apply-filter", b"z\xff.png", b"sharpen"], 1),
        ([b"apply-filter", b"z.png", b"sharp\xff"], 2),
        ([b"train", b"--weights", b"z\xff"], 1),
        ([b"shapes", b"INPUT\xff"], 2),
        ([b"\xff"], 2),
    ],
)
def test_what_is_no_text_can_be_complained_of(arguments, status):
    done = call(*arguments, text=False)
    assert done.returncode == status
    assert done.stderr.startswith(b"tuiconv: ")
    assert done.stderr.count(b"\n") == 1


@linux
def test_a_pipe_is_a_picture_too(folder):
    Image.new("L", (3, 3), 9).save("photo.png")
    with Path("photo.png").open("rb") as photo:
        done = call("apply-filter", "/dev/stdin", "identity", "-o", "out.png", stdin=photo)
    assert (done.returncode, done.stderr) == (0, "")
    assert Path("out.png").is_file()


class AsciiOutput(io.TextIOWrapper):
    """A stream as PYTHONIOENCODING=ascii makes it, which refuses everything else."""

    def __init__(self):
        super().__init__(io.BytesIO(), encoding="ascii", errors="strict")


@pytest.mark.usefixtures("photo", "checkpoint")
@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--help"], 0),
        (["apply-filter", "--help"], 0),
        (["train", "--help"], 0),
        (["shapes", "--help"], 0),
        (["filters"], 0),
        (["filters", "--json"], 0),
        (["doctor"], 0),
        (["doctor", "--json"], 0),
        (["shapes", "lenet5"], 0),
        (["shapes", "lenet5", "--json"], 0),
        (["shapes", "INPUT(1,32,32) → FÇ(10)"], 2),
        (["shapes", "INPUT(1,32,32) -> CONV(6,40)"], 2),
        (["apply-filter", "photo.png", "gaussian-5x5"], 0),
        (["apply-filter", "photo.png", "sharpen", "--color", "truecolor"], 0),
        (["apply-filter", "photo.png", "sharpen", "-o", "é.png"], 0),
        (["apply-filter", "é.png", "sharpen"], 1),
        (TRAIN, 0),
        ([*TRAIN, "--json"], 0),
        (["train", "--weights", "é"], 1),
    ],
)
def test_an_ascii_terminal_gets_every_command_in_ascii(monkeypatch, arguments, status):
    out, err = AsciiOutput(), AsciiOutput()
    err.reconfigure(errors="backslashreplace")  # as Python opens stderr
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    assert run(arguments) == status
    out.flush()
    err.flush()
    assert out.buffer.getvalue().isascii()
    assert err.buffer.getvalue().count(b"\n") == (status != 0)


@pytest.mark.usefixtures("photo")
def test_in_ascii_all_signs_of_an_explanation_are_spelled(monkeypatch):
    out = AsciiOutput()
    monkeypatch.setattr(sys, "stdout", out)
    assert run(["apply-filter", "photo.png", "sobel", "--explain", "3,3", "--width", "80"]) == 0
    out.flush()
    text = " ".join(out.buffer.getvalue().decode("ascii").split())
    assert "sqrt(x^2 + y^2) = " in text
    assert "-> stored " in text
    assert "?" not in text


def test_in_ascii_a_product_is_no_decimal_number(monkeypatch):
    err = AsciiOutput()
    monkeypatch.setattr(sys, "stdout", AsciiOutput())
    monkeypatch.setattr(sys, "stderr", err)
    assert run(["shapes", "INPUT(1,4,4) -> größe: CONV(1,5)"]) == 2
    err.flush()
    message = err.buffer.getvalue().decode("ascii")
    assert "1x4x4 arrives" in message
    assert "floor((4 + 2*0 - 5) / 1) + 1 = 0" in message
    assert r"gr\xf6\xdfe" in message


@posix
def test_an_ascii_locale_is_no_reason_to_crash(folder):
    Image.new("L", (3, 3), 9).save("photo.png")
    done = call(
        "apply-filter", "photo.png", "sharpen", env={**os.environ, "PYTHONIOENCODING": "ascii"}
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 0
