import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuiconv.errors import RequestError, UserError
from tuiconv.runs import following
from tuiconv.runs.following import Added, Follower

NOTHING = Added([], afresh=False)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.jsonl"


def test_what_is_there_comes_first_and_then_what_is_added(path):
    path.write_text("one\ntwo\n")
    follower = Follower(path)
    assert follower.read() == Added(["one", "two"], afresh=False)
    assert follower.read() == NOTHING
    with path.open("a") as file:
        file.write("three\n")
    assert follower.read() == Added(["three"], afresh=False)


def test_a_line_without_its_end_waits_for_it(path):
    path.write_text("one\ntw")
    follower = Follower(path)
    assert follower.read().lines == ["one"]
    assert follower.read() == NOTHING
    with path.open("a") as file:
        file.write("o\nthr")
    assert follower.read().lines == ["two"]


def test_a_file_that_was_cut_is_read_again(path):
    path.write_text("one\ntwo\nthree\n")
    follower = Follower(path)
    follower.read()
    os.truncate(path, len("one\n"))
    assert follower.read() == Added(["one"], afresh=True)


def test_a_file_that_was_cut_and_has_grown_beyond_the_place_is_read_again(path):
    path.write_text("one\ntwo\nthree\n")
    follower = Follower(path)
    follower.read()
    path.write_text("one\nzwei\ndrei\nvier\n")
    assert follower.read() == Added(["one", "zwei", "drei", "vier"], afresh=True)


def test_an_emptied_file_begins_afresh_once(path):
    path.write_text("one\n")
    follower = Follower(path)
    follower.read()
    path.write_text("")
    assert follower.read() == Added([], afresh=True)
    assert follower.read() == NOTHING


def test_a_file_in_the_place_of_another_is_read_from_its_beginning(path):
    path.write_text("one\ntwo\n")
    follower = Follower(path)
    follower.read()
    other = path.with_name("other")
    other.write_text("eins\nzwei\ndrei\n")
    other.replace(path)
    assert follower.read() == Added(["eins", "zwei", "drei"], afresh=True)


def test_a_file_may_come_late_and_go_and_come_back(path):
    follower = Follower(path)
    with pytest.raises(FileNotFoundError):
        follower.read()
    path.write_text("one\n")
    assert follower.read().lines == ["one"]
    path.unlink()
    with pytest.raises(FileNotFoundError):
        follower.read()
    path.write_text("one\ntwo\n")
    assert follower.read() == Added(["two"], afresh=False)  # the same lines: nothing is lost


def test_a_long_file_comes_in_pieces_of_whole_lines(path, monkeypatch):
    monkeypatch.setattr(following, "AT_MOST", 10)
    path.write_text("one\ntwo\nthree\nfour\n")
    follower = Follower(path)
    assert follower.read().lines == ["one", "two"]
    assert follower.read().lines == ["three"]
    assert follower.read().lines == ["four"]
    assert follower.read() == NOTHING


def test_a_line_that_never_ends_is_refused(path, monkeypatch):
    monkeypatch.setattr(following, "AT_MOST", 10)
    path.write_bytes(bytes(11))
    with pytest.raises(UserError, match=r"run\.jsonl: a line of 10 bytes or more"):
        Follower(path).read()


def test_bytes_that_are_no_text_are_lines_too(path):
    path.write_bytes(b"\xff\xfe\x00\n")
    assert Follower(path).read().lines == ["\ufffd\ufffd\x00"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_and_not_waited_for(path):
    os.mkfifo(path)
    with pytest.raises(RequestError, match="is no regular file"):
        Follower(path).read()


def test_a_directory_is_refused(tmp_path):
    with pytest.raises(RequestError, match="is no regular file"):
        Follower(tmp_path).read()


@given(st.lists(st.binary(max_size=12), max_size=12))
def test_however_a_file_grows_its_lines_are_those_of_the_whole(tmp_path_factory, pieces):
    path = tmp_path_factory.mktemp("grown") / "run.jsonl"
    path.touch()
    follower, lines = Follower(path), []
    for piece in pieces:
        with path.open("ab") as file:
            file.write(piece)
        lines += follower.read().lines
    whole = b"".join(pieces)
    assert lines == whole[: whole.rfind(b"\n") + 1].decode(errors="replace").split("\n")[:-1]
