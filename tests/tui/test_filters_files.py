"""Pictures from files on the Filters screen, and back into files."""

import numpy as np
import pytest
from PIL import Image
from textual import events
from textual.widgets import Input, Static

from tuiconv.images.apply import apply_filter
from tuiconv.images.files.reading import read_picture
from tuiconv.tui.screens.filters import FiltersScreen
from tuiconv.tui.screens.picture_file import PictureScreen
from tuiconv.tui.screens.save_picture import SavePictureScreen
from tuiconv.tui.widgets.scene_view import SceneView


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current directory, with a picture, a damaged one, and one in a folder."""
    here = tmp_path / "pictures"
    (here / "inner").mkdir(parents=True)
    monkeypatch.chdir(here)
    for name, side in (("photo one.png", 30), ("inner/two.png", 20)):
        pixels = np.random.default_rng(side).integers(0, 256, (side, side + 5, 3), np.uint8)
        Image.fromarray(pixels).save(here / name)
    (here / "damaged.png").write_bytes((here / "photo one.png").read_bytes()[:500])
    return here


async def drop(learner, text):
    """What a terminal sends when a file is dropped on it."""
    learner.app.post_message(events.Paste(text))
    await learner.settle()
    await learner.computed()


async def test_a_picture_is_chosen_from_a_folder_dropped_or_named_and_saved_once_asked(
    explore, folder
):
    async with explore() as learner:
        await learner.open_filters()
        await learner.press("o")
        sheet = learner.app.screen
        assert isinstance(sheet, PictureScreen)
        drawn = [line.strip() for line in learner.drawn("#names")]
        names = ["..", "inner/", "▶ damaged.png", "photo one.png"]
        assert [line for line in drawn if line in names] == names
        sheet.open_clicked(SceneView.Pointed("names", (99,)))  # drawn before the list got shorter
        assert learner.app.screen is sheet
        await learner.press(*"one", "enter")
        assert learner.shown.view.image == str(folder / "photo one.png")
        assert "photo one.png 35×30 RGB" in "\n".join(learner.lines)
        assert learner.lesson_screen.heading == "Filters"

        # a damaged one: one line, and the last good scene stays
        scene = learner.shown.scene
        await drop(learner, f"'{folder}/damaged.png'\n")
        assert "damaged.png: damaged picture" in learner.notices[-1]
        assert "\n" not in learner.notices[-1]
        assert learner.shown.scene.title == scene.title
        assert learner.shown.view.image == str(folder / "photo one.png")
        assert learner.lesson_screen.heading == "Filters"

        # into a folder, and a click on its picture
        await learner.press("o", "up", "enter")
        assert learner.app.screen is not sheet
        (y,) = (y for y, line in enumerate(learner.drawn("#names")) if "two.png" in line)
        await learner.click("#names", 4, y)
        assert learner.shown.view.image == str(folder / "inner" / "two.png")
        await drop(learner, str(folder / "photo one.png").replace(" ", "\\ "))
        assert learner.shown.view.image == str(folder / "photo one.png")

        # saved at once under a name that no file has
        await learner.press("s")
        assert isinstance(learner.app.screen, SavePictureScreen)
        await learner.press("enter")
        saved = read_picture(folder / "photo one-sharpen-1.png").pixels
        before = read_picture(folder / "photo one.png").pixels
        assert np.array_equal(saved, apply_filter(before, "sharpen"))
        assert "the same as: tuiconv apply-filter" in learner.notices[-1]

        # nothing that is dropped or written ends the explorer, and the sheet says what is wrong
        for wrong in ("~~~", "file://[", "/" + "a/" * 3000):
            before_it = len(learner.notices)
            await drop(learner, wrong)
            assert len(learner.notices) == before_it + 1
            assert len(learner.notices[-1]) < 500
        await learner.press("s")
        for wrong, told in (
            ("a" * 300 + ".png", "too long"),
            ("one.doc", "extension"),
            ("~~~/a.png", "no directory"),
        ):
            learner.app.screen.query_one(Input).value = wrong
            await learner.press("enter")
            assert told in str(learner.app.screen.query_one("#told", Static).content)
        await learner.press("escape")

        # over a file only if asked twice
        await learner.press("s")
        learner.app.screen.query_one(Input).value = "photo one.png"
        await learner.press("enter")
        assert "is there already" in str(learner.app.screen.query_one("#told", Static).content)
        await learner.press("escape")
        assert np.array_equal(read_picture(folder / "photo one.png").pixels, before)
        await learner.press("s")
        learner.app.screen.query_one(Input).value = "photo one.png"
        await learner.press("enter", "enter")
        assert isinstance(learner.app.screen, FiltersScreen)
        assert np.array_equal(read_picture(folder / "photo one.png").pixels, saved)
