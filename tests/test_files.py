import os
import stat
from contextlib import suppress

import pytest

from tuiconv.files import check_writable, replacing


def test_what_is_written_takes_the_place_of_the_file_and_nothing_else_stays(tmp_path):
    path = tmp_path / "net"
    path.write_bytes(b"old")
    with replacing(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


class PowerCutError(BaseException):
    pass


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, PowerCutError])
def test_after_an_error_the_old_file_is_as_it_was_and_no_half_stays(tmp_path, error):
    path = tmp_path / "net"
    path.write_bytes(b"old")
    with pytest.raises(error), replacing(path) as file:  # noqa: PT012 - half of it is the point
        file.write(b"half")
        raise error
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_when_the_last_move_fails_the_old_file_is_as_it_was(tmp_path, monkeypatch):
    def full(self, target):
        raise OSError(28, "No space left on device")

    path = tmp_path / "net"
    path.write_bytes(b"old")
    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OSError, match="No space left"), replacing(path) as file:
        file.write(b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_followed(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    with replacing(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_file_keeps_its_permissions(tmp_path):
    path = tmp_path / "net"
    path.write_bytes(b"old")
    path.chmod(0o640)
    with replacing(path) as file:
        file.write(b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path):
    (tmp_path / "any").write_bytes(b"")
    with replacing(tmp_path / "net") as file:
        file.write(b"new")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 1


def test_two_writers_of_one_file_do_not_meet(tmp_path):
    path = tmp_path / "net"
    with replacing(path) as first, replacing(path) as second:
        first.write(b"first")
        second.write(b"second")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def places_that_cannot_be_written(folder):
    """Names of files, none of which can be written, with what is wrong about each."""
    file = folder / "file"
    file.write_bytes(b"")
    os.mkfifo(folder / "pipe")
    (folder / "loop").symlink_to(folder / "loop")
    (folder / "astray").symlink_to(folder / "missing" / "net")
    return {
        "a directory": folder,
        "in a missing directory": folder / "missing" / "net",
        "in a file": file / "net",
        "a pipe": folder / "pipe",
        "a link to itself": folder / "loop",
        "a link into a missing directory": folder / "astray",
    }


trouble = pytest.mark.parametrize(
    "trouble",
    [
        "a directory",
        "in a missing directory",
        "in a file",
        "a pipe",
        "a link to itself",
        "a link into a missing directory",
    ],
)


@trouble
def test_before_long_work_one_learns_that_a_file_cannot_be_written(tmp_path, trouble):
    path = places_that_cannot_be_written(tmp_path)[trouble]
    with pytest.raises(OSError) as caught:  # noqa: PT011 - what it says is checked below
        check_writable(path)
    assert caught.value.filename == str(path)
    assert caught.value.strerror


@trouble
def test_writing_it_anyway_names_the_file_that_was_asked_for(tmp_path, trouble):
    path = places_that_cannot_be_written(tmp_path)[trouble]
    before = sorted(tmp_path.iterdir())
    with pytest.raises(OSError) as caught, replacing(path) as file:  # noqa: PT011 - as above
        file.write(b"new")
    assert caught.value.filename == str(path)
    assert sorted(tmp_path.iterdir()) == before


def test_a_pipe_stays_a_pipe(tmp_path):
    path = places_that_cannot_be_written(tmp_path)["a pipe"]
    with suppress(OSError), replacing(path) as file:
        file.write(b"new")
    assert path.is_fifo()


def test_a_file_that_can_be_written_is_left_alone(tmp_path):
    path = tmp_path / "net"
    check_writable(path)
    assert list(tmp_path.iterdir()) == []
    path.write_bytes(b"old")
    check_writable(path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
