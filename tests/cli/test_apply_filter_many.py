"""Several pictures at once: a directory to save in, order, bad ones, bars and signals."""

import json
import os
import signal
import sys
import threading
import time
from functools import partial

import numpy as np
import pytest
from PIL import Image

from tuiconv.cli import filter_one

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals and terminals")


@pytest.fixture
def pictures(folder):
    """Pictures of one grey each, which sharpening leaves alone: the names, and the greys."""
    greys = {f"{grey}.png": grey for grey in (10, 20, 30, 40, 50)}
    for name, grey in greys.items():
        Image.new("L", (8, 6), grey).save(folder / name)
    return greys


def grey_of(path):
    with Image.open(path) as image:
        return int(np.unique(np.array(image)).item())


def test_a_directory_is_made_and_names_are_kept(tuiconv, folder, pictures):
    done = tuiconv("apply-filter", *pictures, "sharpen", "-o", "out")
    assert (done.status, done.err) == (0, "")
    assert {path.name: grey_of(path) for path in (folder / "out").iterdir()} == pictures


@pytest.mark.parametrize("jobs", [1, 2, 9])
def test_lines_come_in_the_order_of_the_arguments(tuiconv, monkeypatch, pictures, jobs):
    first = threading.Event()

    def slow_first(file, change, real=filter_one.read_picture_file):
        if file == "50.png":
            first.wait(0.2 if jobs > 1 else 0)
        return real(file, change)

    monkeypatch.setattr(filter_one, "read_picture_file", slow_first)
    names = list(reversed(pictures))
    done = tuiconv("apply-filter", *names, "sharpen", "-o", "out", "--jobs", jobs)
    assert [line.split(";")[0] for line in done.out.splitlines()] == [
        f"saved {os.path.join('out', name)}" for name in names
    ]


def test_each_line_tells_how_much_was_clipped(tuiconv, pictures):
    dot = np.zeros((5, 5), np.uint8)
    dot[2, 2] = 200
    Image.fromarray(dot).save("dot.png")
    done = tuiconv("apply-filter", "10.png", "dot.png", "sharpen", "-o", "out")
    flat, clipped = done.out.splitlines()
    assert "clipped: 0 of 48 pixels" in flat
    assert "clipped: 5 of 25 pixels" in clipped  # four below 0, one above 255


def test_they_are_drawn_only_if_that_is_asked_for(tuiconv, pictures):
    saved = tuiconv("apply-filter", *pictures, "sharpen", "-o", "out")
    assert "before" not in saved.out
    drawn = tuiconv("apply-filter", *pictures, "sharpen", "-o", "out", "--view", "both")
    assert drawn.out.count("before: 8×6 L") == len(pictures)


def test_without_an_output_each_is_drawn_below_its_name(tuiconv, pictures):
    done = tuiconv("apply-filter", *pictures, "sharpen")
    assert "\n\n20.png:\n" in done.out
    assert done.out.startswith("10.png:\n")
    assert [line for line in done.out.splitlines() if line.endswith(".png:")] == [
        f"{name}:" for name in pictures
    ]
    assert done.out.count("before: 8×6 L") == len(pictures)


def test_a_bad_one_is_told_and_the_rest_done(tuiconv, folder, pictures):
    (folder / "bad.png").write_bytes(b"a text")
    names = ["10.png", "bad.png", "none.png", "20.png"]
    done = tuiconv("apply-filter", *names, "sharpen", "-o", "out")
    assert done.status == 1
    assert [line.split(": ")[1] for line in done.err.splitlines()] == ["bad.png", "none.png"]
    assert all(line.startswith("tuiconv: ") for line in done.err.splitlines())
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["10.png", "20.png"]


def test_one_that_the_filter_does_not_fit_is_told_by_name(tuiconv, folder, pictures):
    Image.new("L", (2, 2)).save("small.png")
    done = tuiconv("apply-filter", "10.png", "small.png", "sharpen", "-o", "out")
    assert done.status == 1
    assert done.err.startswith("tuiconv: small.png: sharpen: the kernel, 3×3 pixels")
    assert [path.name for path in (folder / "out").iterdir()] == ["10.png"]


def test_one_that_its_format_cannot_hold_is_told_by_name(tuiconv, folder, pictures):
    Image.new("RGBA", (8, 6)).save("clear.jpg", "PNG")
    done = tuiconv("apply-filter", "10.png", "clear.jpg", "sharpen", "-o", "out")
    assert done.status == 1
    assert done.err.startswith(f"tuiconv: {os.path.join('out', 'clear.jpg')}: JPEG cannot hold")
    assert [path.name for path in (folder / "out").iterdir()] == ["10.png"]


def test_if_all_are_bad_no_directory_is_left(tuiconv, folder):
    done = tuiconv("apply-filter", "one.png", "two.png", "sharpen", "-o", "out")
    assert done.status == 1
    assert list(folder.iterdir()) == []


def test_notes_name_their_picture(tuiconv, photo, pictures):
    done = tuiconv("apply-filter", "10.png", "photo.png", "sharpen", "--grey", "-o", "out")
    assert (done.status, done.err) == (0, "note: photo.png: mode RGB → L, as asked\n")


def test_as_json_every_line_is_a_picture(tuiconv, pictures):
    done = tuiconv("apply-filter", *pictures, "sharpen", "-o", "out", "--json")
    entries = [json.loads(line) for line in done.out.splitlines()]
    assert [entry["image"] for entry in entries] == list(pictures)
    assert [entry["output"] for entry in entries] == [os.path.join("out", n) for n in pictures]
    assert [entry["after"]["mean"] for entry in entries] == list(pictures.values())


def test_the_pictures_own_directory_takes_what_becomes_of_them(tuiconv, folder, pictures):
    done = tuiconv("apply-filter", *pictures, "--kernel", "2", "-o", ".")
    assert done.status == 0
    assert {path.name: grey_of(path) for path in folder.iterdir()} == {
        name: 2 * grey for name, grey in pictures.items()
    }


def test_one_picture_goes_into_a_directory_too(tuiconv, folder, pictures):
    (folder / "there").mkdir()
    for target in ("there", "there/", "made/"):
        assert tuiconv("apply-filter", "10.png", "sharpen", "-o", target).status == 0
        assert grey_of(folder / target / "10.png") == 10


@pytest.mark.parametrize("also", ["sub/10.png", "./10.png", "10.png"])
def test_two_that_would_become_one_file_are_refused_with_both_names(
    refused, folder, pictures, also
):
    (folder / "sub").mkdir()
    Image.new("L", (8, 6)).save("sub/10.png")
    message = refused(2, "apply-filter", "10.png", "20.png", also, "sharpen", "-o", "out")
    assert f"10.png and {also} would both become" in message


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["10.png", "20.png", "sharpen", "-o", "30.png"], ["30.png is a file", "2 pictures"]),
        (["10.png", "20.png", "sharpen", "-o", "new.png"], ["new.png is a file", "directory"]),
        (["10.png", "20.png", "sharpen", "-o", "-"], ["one picture, not 2"]),
        (["10.png", "-", "sharpen", "-o", "out"], ["stdin has no name"]),
        (["-", "-", "sharpen"], ["stdin", "once"]),
        (["10.png", "20.png", "sharpen", "--svg", "a.svg"], ["one picture, not 2"]),
    ],
)
def test_what_several_cannot_do_is_refused_up_front(refused, pictures, arguments, words):
    message = refused(2, "apply-filter", *arguments)
    assert all(word in message for word in words)


def test_a_full_memory_is_the_trouble_of_one_picture_only(tuiconv, monkeypatch, pictures):
    def hungry(frames, filters, settings, real=filter_one.filter_frames):
        if frames[0].pixels[0, 0] == 20:
            raise MemoryError
        return real(frames, filters, settings)

    monkeypatch.setattr(filter_one, "filter_frames", hungry)
    done = tuiconv("apply-filter", *pictures, "sharpen", "-o", "out")
    assert (done.status, done.err) == (1, "tuiconv: 20.png: not enough memory\n")
    assert len(done.out.splitlines()) == len(pictures) - 1


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_no_more_pictures_are_in_memory_than_jobs(tuiconv, monkeypatch, pictures, jobs):
    lock, now, most = threading.Lock(), 0, 0
    meet = threading.Barrier(jobs)

    def counted(self, picture, target, real=filter_one.Job.__call__):
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        if picture in list(pictures)[:jobs]:
            meet.wait(10)  # so many begin together
        try:
            return real(self, picture, target)
        finally:
            with lock:
                now -= 1

    monkeypatch.setattr(filter_one.Job, "__call__", counted)
    done = tuiconv("apply-filter", *pictures, "sharpen", "-o", "out", "--jobs", jobs)
    assert done.status == 0
    assert most == jobs


@pytest.fixture
def nudge():
    """Ends a wait of the main thread: a signal that came just before it is noticed after it."""
    before = signal.signal(signal.SIGUSR1, lambda *_: None)
    yield partial(os.kill, os.getpid(), signal.SIGUSR1)
    signal.signal(signal.SIGUSR1, before)


@posix
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_lets_the_picture_in_hand_be_finished(
    tuiconv, monkeypatch, folder, pictures, nudge, number, status
):
    def interrupted(path, file, real=filter_one.write_picture_file):
        handler = signal.getsignal(number)
        if path.name == "20.png":
            os.kill(os.getpid(), number)
            while signal.getsignal(number) is handler:  # until it has been noticed
                nudge()
                time.sleep(0.001)
        real(path, file)

    monkeypatch.setattr(filter_one, "write_picture_file", interrupted)
    done = tuiconv("apply-filter", *pictures, "sharpen", "-o", "out", "--jobs", 1)
    assert done.status == status
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["10.png", "20.png"]
    assert len(done.out.splitlines()) == 2
    assert done.err == "stopped early: 2 of 5 pictures\n"
