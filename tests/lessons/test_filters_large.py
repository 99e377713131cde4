"""Large pictures: a preview at once, all of it later."""

from dataclasses import replace
from threading import Event

import numpy as np
import pytest
from PIL import Image

from tuiconv.cli.scene_json import panel_json
from tuiconv.errors import UserError
from tuiconv.images.apply import apply_filter
from tuiconv.images.files.reading import read_picture
from tuiconv.lessons import filters_lesson, filters_work
from tuiconv.lessons.filters_behind import Behind
from tuiconv.lessons.filters_lesson import FiltersLesson
from tuiconv.lessons.filters_view import FiltersView
from tuiconv.lessons.scene import Pixels, Signed, Text
from tuiconv.lessons.shrinking import shrunk

PATIENCE = 60.0


@pytest.fixture
def large(tmp_path, monkeypatch) -> str:
    """A picture that counts as large here."""
    monkeypatch.setattr(filters_lesson, "LARGE", 1000)
    monkeypatch.setattr(filters_work, "SIDE", 20)
    monkeypatch.setattr(filters_work, "PREVIEW", 10)
    pixels = np.random.default_rng(5).integers(0, 256, (40, 60, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "large.png")
    return str(tmp_path / "large.png")


def panels(scene, kind):
    return [panel for panel in scene.leaves if isinstance(panel, kind)]


def panel_jsons(scene):
    return [panel_json(panel) for panel in scene.panels]


def texts(scene):
    return " ".join(line for panel in panels(scene, Text) for line in (panel.title, *panel.lines))


def test_a_preview_says_so_and_all_of_the_picture_follows(large):
    ready, gate = Event(), Event()
    lesson = FiltersLesson(ready.set)
    view = lesson.settled(FiltersView("sharpen", image=large))
    lesson._works._run, run = lambda: (gate.wait(PATIENCE), run()), lesson._works._run
    scene = lesson.scene(view)
    before, after = panels(scene, Pixels)
    picture = read_picture(large)
    small = shrunk(picture.pixels, 6)
    assert (before.title, after.title) == ("before, preview", "after, preview")
    assert np.array_equal(before.pixels, small)
    assert np.array_equal(after.pixels, apply_filter(small, "sharpen"))
    assert before.size == after.size == (40, 60)  # a click on it finds the pixel
    assert "preview the filters on the picture made smaller, 10×6; all 60×40 pixels" in texts(scene)
    assert "clipped" not in texts(scene)

    gate.set()
    assert ready.wait(PATIENCE)
    scene = lesson.scene(view)
    before, after = panels(scene, Pixels)
    assert (before.title, after.title) == ("before", "after")
    assert np.array_equal(after.pixels, shrunk(apply_filter(picture.pixels, "sharpen"), 3))
    assert after.size == (40, 60)
    assert "preview" not in texts(scene)
    alone = FiltersLesson()
    assert texts(scene) == texts(alone.scene(alone.settled(view)))


@pytest.mark.parametrize("stored", ["auto", "abs", "minmax"])
@pytest.mark.parametrize("show", ["both", "difference"])
def test_further_in_every_pixel_is_exact_at_once(large, stored, show):
    lesson, alone, gate = FiltersLesson(lambda: None), FiltersLesson(), Event()
    if stored != "minmax":  # for which the largest sum of all rows has to be known
        lesson._works._run = lambda: gate.wait(PATIENCE)
    for depth in ("map", "number"):
        view = FiltersView("gaussian(2) | emboss", large, "wrap", stored, show, depth=depth)
        for pixel in ((59, 0), (30, 39), (7, 20)):
            view = lesson.settled(replace(view, pixel=pixel))
            assert panel_jsons(lesson.scene(view)) == panel_jsons(alone.scene(view))
    gate.set()


@pytest.mark.parametrize("show", ["difference", "after", "kernel"])
def test_everything_that_is_shown_of_a_picture_has_a_preview(large, show):
    lesson = FiltersLesson(lambda: None)
    scene = lesson.scene(lesson.settled(FiltersView("edge-8", image=large, show=show)))
    assert panels(scene, Signed)
    assert scene.help


def test_without_someone_to_be_told_every_scene_waits_for_the_whole(large):
    lesson = FiltersLesson()
    scene = lesson.scene(lesson.settled(FiltersView(image=large)))
    assert "preview" not in texts(scene)


def test_a_picture_that_cannot_be_had_leaves_the_last_one_as_it_was(large):
    lesson = FiltersLesson()
    view = lesson.settled(FiltersView(image=large))
    before = lesson.scene(view)
    for image in ("none.png", str(large) + "/no"):
        with pytest.raises(UserError):
            lesson.settled(replace(view, image=image))
    assert texts(lesson.scene(view)) == texts(before)


def test_of_jobs_that_wait_only_the_last_is_done_and_none_twice():
    told, began, gate, done = [], Event(), Event(), Event()
    behind = Behind[str](lambda: told.append(1))

    def first():
        began.set()
        assert gate.wait(PATIENCE)
        return "first"

    one = behind.ask("a", first)
    assert began.wait(PATIENCE)
    assert behind.ask("a", first) is one
    dropped = behind.ask("b", lambda: "never")
    last = behind.ask("c", lambda: done.set() or "last")
    assert dropped.cancelled()
    gate.set()
    assert (one.result(PATIENCE), last.result(PATIENCE)) == ("first", "last")
    again = behind.ask("b", lambda: "now")
    assert again.result(PATIENCE) == "now"


def test_what_goes_wrong_behind_is_told_to_whoever_asks_for_the_result():
    behind = Behind[int](lambda: None)
    with pytest.raises(ZeroDivisionError):
        behind.ask("a", lambda: 1 // 0).result(PATIENCE)
    assert behind.ask("b", lambda: 7).result(PATIENCE) == 7
