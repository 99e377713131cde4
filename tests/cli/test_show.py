"""`tuiconv show`: every lesson's scene in a shell."""

import json
import re
import shlex
import sys
from contextlib import contextmanager
from io import FileIO, TextIOWrapper
from types import NoneType
from typing import Literal, get_args, get_origin, get_type_hints
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tuiconv.cli import run
from tuiconv.cli.scene_json import scene_json
from tuiconv.files import replacing
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.lessons.arithmetic.view import ArithmeticView
from tuiconv.lessons.convolution.view import ConvolutionView
from tuiconv.lessons.draw.view import DrawView
from tuiconv.lessons.dynamic.view import DynamicView
from tuiconv.lessons.filters_lesson import FiltersLesson
from tuiconv.lessons.filters_view import FiltersView
from tuiconv.lessons.network.view import NetworkView
from tuiconv.lessons.training.view import TrainingView
from tuiconv.lessons.view import command

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /dev/full")

LESSONS = {
    "convolution": ConvolutionView,
    "filters": FiltersView,
    "network": NetworkView,
    "training": TrainingView,
    "arithmetic": ArithmeticView,
    "dynamic": DynamicView,
    "draw": DrawView,
}

numbers = st.floats(0, 2)
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
places = st.integers(0, 99_999)
BY_TYPE = {
    str: words,
    int: places,
    float: numbers,
    bool: st.booleans(),
    tuple[int, int]: st.tuples(places, places),
    NoneType: st.none(),
}


def values(kind):
    """Any values of a type; a text need not mean anything."""
    if kind in BY_TYPE:
        return BY_TYPE[kind]
    if get_origin(kind) is Literal:
        return st.sampled_from(get_args(kind))
    return st.one_of(map(values, get_args(kind)))


def view_of(name, line):
    """The view that a command line asks for."""
    with patch(f"tuiconv.cli.show_{name}.show_scene") as show_scene:
        assert run(shlex.split(line)[1:]) == 0
    _, _, view, _ = show_scene.call_args.args
    return view


@pytest.mark.parametrize("name", LESSONS)
@settings(deadline=None, max_examples=10)
@given(data=st.data())
def test_the_command_line_of_a_view_asks_for_that_view(name, data):
    kinds = get_type_hints(LESSONS[name])
    view = LESSONS[name](**{field: data.draw(values(kind)) for field, kind in kinds.items()})
    assert view_of(name, command(name, view)) == view


def test_a_command_line_tells_only_what_is_not_as_usual():
    assert command("filters", FiltersView()) == "tuiconv show filters"
    view = FiltersView("gaussian(2) | sobel-x", image="a picture.png", pixel=(3, 0))
    assert command("filters", view) == (
        "tuiconv show filters '--filter=gaussian(2) | sobel-x' '--image=a picture.png' --pixel=3,0"
    )


def test_the_command_line_of_a_screen_prints_the_scene_of_the_screen(tuiconv):
    lesson = FiltersLesson()
    view = FiltersView("gaussian(2) | sobel-x", show="after", pixel=(0, 3), range="-90.5:90.5")
    for depth in ("overview", "map", "number"):
        view = lesson.settled(view)
        done = tuiconv(*shlex.split(command("filters", view))[1:], "--json")
        shown = scene_json("filters", view, lesson.scene(view))
        assert json.loads(done.out) == json.loads(json.dumps(shown)), depth
        assert shown["command"] == command("filters", view)
        view = lesson.deeper(view)


@pytest.mark.parametrize(
    "line",
    [
        "filters --filter sobel --depth map --pixel 3,4 --range layer",
        "network --layer conv2 --map 3 --unit 4,5 --depth number --noise 0.25 --shift=-1,2",
        "network --layer fc1 --show weights --range -0.5:0.5",
        "training --net 'INPUT(1,32,32) -> FC(10) -> SOFTMAX' --batches 1 --batch-size 8",
        "arithmetic --net lenet5-1998 --layer conv2 --unit 3,9 --depth map --batch 64",
        "arithmetic --net 'INPUT(1,8) -> CONV(2,9)' --other mlp1 --training adam",
    ],
)
def test_the_command_line_in_the_json_gives_the_same_json(tuiconv, line):
    done = tuiconv("show", *shlex.split(line), "--json")
    assert (done.status, done.err) == (0, "")
    again = shlex.split(json.loads(done.out)["command"])
    assert again[:3] == ["tuiconv", "show", line.split()[0]]
    first, second = (
        re.sub(r"[\d,]+ images/s", "", each.out)  # which is measured
        for each in (done, tuiconv(*again[1:], "--json"))
    )
    assert first == second


def test_without_a_name_the_lessons_are_listed_with_a_sentence_each(tuiconv):
    done = tuiconv("show")
    assert (done.status, done.err) == (0, "")
    listed = [line.split(maxsplit=1) for line in done.out.splitlines()[:-1]]
    assert [name for name, _ in listed] == list(LESSONS)
    assert all(about.endswith(".") for _, about in listed)
    assert "tuiconv show NAME --help" in done.out


@pytest.mark.parametrize("name", LESSONS)
def test_the_help_of_every_lesson_explains_all_options_with_two_examples_that_run(tuiconv, name):
    shown = tuiconv("show", name, "--help").out
    examples = shown.split("Examples:\n")[1].split("\n\n")[0].splitlines()
    assert len(examples) >= 2
    for line in examples:
        done = tuiconv(*shlex.split(re.sub(r"--batches \d+", "--batches 1", line))[1:])
        assert (done.status, done.err) == (0, ""), line
        assert done.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["filtres"], "Did you mean 'filters'?"),
        (["filters", "--filter", "sharpn"], "did you mean sharpen?"),
        (["filters", "--depth", "deep"], "'overview', 'map', 'number'"),
        (["filters", "--range", "2:1"], "LOW:HIGH with LOW below HIGH"),
        (["filters", "--pixel", "3"], "--pixel"),
        (["network", "--unit", "3"], '--unit "3"; expected two whole numbers'),
        (["network", "--unit", "1,1234567890"], "expected two whole numbers"),
        (["network", "--shift", "1,x"], "expected two whole numbers"),
        (["network", "--map", "6"], "--map 6; expected 0 to 5"),
        (["network", "--unit", "4,28"], "--unit 4,28; expected 0,0 to 27,27"),
        (["network", "--unit=-1,2"], "--unit -1,2; expected 0,0 to 27,27"),
        (["network", "--digit", "32"], "--digit 32; expected 0 to 31"),
        (["network", "--occlude", "0,32"], "--occlude 0,32; expected 0,0 to 31,31"),
        (["network", "--depth", "number", "--part", "1"], "--part 1; expected 0 to 0"),
        (["network", "--layer", "relu1", "--show", "weights", "--map", "0"], "none to be shown"),
        (["network", "--noise", "2.5"], "0<=x<=2.0"),
        (["arithmetic", "--layer", "conv9"], 'no layer is called "conv9"; there are input, conv1'),
        (["arithmetic", "--unit", "28,0"], "--unit 28,0; expected 0,0 to 27,27"),
        (["arithmetic", "--batch", "0"], "a batch of 0; expected at least 1"),
        (["arithmetic", "--bytes", "5"], "expected 4 or 8"),
        (["arithmetic", "--range", "2:1"], "LOW:HIGH with LOW below HIGH"),
        (["network", "--noise", "nan"], "noise nan; expected 0 to 2"),
        (["training", "--map", "6"], "--map 6; expected 0 to 5"),
        (["filters", "--pixel", "96,2"], "--pixel 96,2; expected 0,0 to 95,63"),
        (["filters", "--show", "all"], "'both', 'before', 'after'"),
        (["filters", "--color", "mauve"], "mauve"),
        (["filters", "--width", "19"], "--width"),
        (["filters", "--json", "--svg", "-"], "--json and --svg; expected at most one"),
        (["filters", "--svg", "slide.png"], "ends in .svg, or - for stdout"),
    ],
)
def test_a_wrong_request_is_one_line_that_says_what_there_is(refused, arguments, words):
    assert words in refused(2, "show", *arguments)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["filters", "--image", "none.png"], "none.png"),
        (["filters", "--svg", "nowhere/slide.svg"], "there is no directory"),
    ],
)
def test_what_cannot_be_had_is_one_line(refused, arguments, words):
    assert words in refused(1, "show", *arguments)


def test_a_drawing_is_saved_or_sent_to_stdout_with_the_words_of_the_terminal(tuiconv, folder):
    done = tuiconv("show", "filters", "--svg", "slide.svg")
    assert (done.status, done.out, done.err) == (0, "saved slide.svg\n", "")
    sent = tuiconv("show", "filters", "--svg", "-").out
    assert (folder / "slide.svg").read_text() == sent
    assert sent.startswith("<svg ")
    for words in ("sharpen: Makes edges crisper", "1,526 of 6,144 pixels (25%)"):
        assert words in sent
        assert words in tuiconv("show", "filters").out


def test_a_full_disk_is_one_line_and_leaves_the_old_drawing(refused, folder, monkeypatch):
    @contextmanager
    def full(path):
        with replacing(path) as file:
            file.write(b"<svg")
            raise OSError(28, "No space left on device")
            yield file

    (folder / "slide.svg").write_text("old")
    monkeypatch.setattr("tuiconv.cli.show_scene.replacing", full)
    message = refused(1, "show", "filters", "--svg", "slide.svg")
    assert message.startswith("tuiconv: slide.svg: ")
    assert "No space left on device" in message


@linux
def test_a_full_disk_under_stdout_is_one_line(monkeypatch, capsys):
    with FileIO("/dev/full", "w") as full:
        monkeypatch.setattr(sys, "stdout", TextIOWrapper(full, write_through=True))
        assert run(["show", "filters", "--svg", "-"]) == 1
    assert capsys.readouterr().err == "tuiconv: output: No space left on device\n"


@pytest.mark.parametrize("depth", ["overview", "map", "number"])
@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_nothing_is_wider_than_asked_for(tuiconv, width, depth):
    done = tuiconv("show", "filters", "--width", width, "--depth", depth)
    assert (done.status, done.err) == (0, "")
    assert max(map(cell_len, done.out.splitlines())) <= width


def test_without_colours_there_are_no_escape_codes_and_numbers_are_the_same(tuiconv):
    arguments = ("show", "filters", "--depth", "number", "--color")
    plain, coloured = (tuiconv(*arguments, color).out for color in ("none", "truecolor"))
    assert "\x1b" not in plain
    assert "\x1b" in coloured
    for line in ("R: sum 92 → rounded 92 → stored 92, difference 0", " 92 [92]"):
        assert line in plain


def test_where_no_screen_limits_it_a_list_has_all_its_rows(tuiconv):
    words = tuiconv("show", "filters").out.split()
    assert set(FILTERS) <= set(words)
    low = tuiconv("show", "filters", "--height", 22).out
    assert len(low.splitlines()) <= 22
    assert "filters, 0 to " in low
    slide = tuiconv("show", "filters", "--svg", "-").out
    assert all(name in slide for name in FILTERS)


def test_pixels_are_as_large_as_the_lines_asked_for_allow(tuiconv):
    arguments = ("show", "filters", "--depth", "map", "--width", 200, "--color", "truecolor")
    lines = [len(tuiconv(*arguments, "--height", most).out.splitlines()) for most in (22, 60)]
    assert lines[0] <= 22 < lines[1] <= 60
