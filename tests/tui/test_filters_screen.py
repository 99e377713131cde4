from rich.color import ColorTriplet
from textual.widgets import Static

from tuiconv.images.apply import apply_filter
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.lessons.filters_lesson import sample
from tuiconv.lessons.filters_view import SHOWN
from tuiconv.lessons.scene import Pixels, Table
from tuiconv.tui.widgets.scene_view import SceneView


def panels(scene, kind):
    return [panel for panel in scene.leaves if isinstance(panel, kind)]


def colours(learner) -> set[ColorTriplet]:
    """All true colours in sight."""
    styles = [part.style for part in learner.segments("#scene") if "▀" in part.text]
    return {side.triplet for style in styles for side in (style.color, style.bgcolor) if side}


def assert_the_framed_pixels_have_their_colours(learner):
    scene = learner.shown.scene
    for panel in panels(scene, Pixels):
        (frame,) = panel.frames
        row, column = frame.first
        assert ColorTriplet(*panel.pixels[max(row, 0), max(column, 0)]) in colours(learner)
    assert not any("at 1/" in line for line in learner.lines)
    assert panels(scene, Table)[0].title.split(" in ")[0] in "\n".join(learner.lines)


async def test_from_the_list_to_a_picture_to_a_pixel_and_back_by_keys_alone(explore):
    async with explore() as learner:
        scene = await learner.scene("2")
        assert scene.title.startswith("sharpen: ")
        text = "\n".join(learner.lines)
        assert "▶ sharpen" in text
        assert "sample 96×64 RGB" in text

        scene = await learner.scene("down", "right", "up")
        assert scene.title.startswith("box-blur: ")
        names = list(FILTERS)
        await learner.scene("shift+down")
        assert learner.shown.view.filter == names[names.index("box-blur") + 8]
        await learner.scene("shift+up")

        scene = await learner.scene("enter")
        assert scene.path == ("box-blur",)
        assert_the_framed_pixels_have_their_colours(learner)
        start = learner.shown.view.pixel
        await learner.scene("right", "right", "down", "shift+left")
        x, y = learner.shown.view.pixel
        assert (x, y) == (start[0] - 6, start[1] + 1)
        assert f"pixel {x},{y} in the part 25×17" in "\n".join(learner.lines)

        scene = await learner.scene("enter")
        assert scene.path == ("box-blur", f"pixel {x},{y}")
        top = str(learner.app.screen.query_one("#top", Static).content)
        assert top.startswith(f"tuiconv › Filters › box-blur › pixel {x},{y}")
        stored = apply_filter(sample().pixels, "box-blur")[y, x]
        for name, number in zip("RGB", stored, strict=True):
            (line,) = (line for line in learner.lines if line.strip().startswith(f"{name}: sum"))
            assert line.endswith(f"stored {number}, difference 0")
        await learner.scene("enter")  # it goes no further in

        for depth in ("map", "overview"):
            await learner.scene("escape")
            assert learner.shown.view.depth == depth
        assert learner.command == f"tuiconv show filters --filter=box-blur --pixel={x},{y}"
        await learner.press("escape")
        assert learner.app.current_mode == "home"
        await learner.press("2")
        assert learner.shown.view.filter == "box-blur"


async def test_t_shows_one_thing_after_another_and_r_another_colour_range(explore):
    async with explore(120, 40) as learner:
        await learner.open_filters()
        seen = []
        for _ in SHOWN:
            seen.append(learner.shown.view.show)
            await learner.scene("t")
        assert tuple(seen) == SHOWN
        await learner.scene("r")
        assert (learner.shown.view.show, learner.shown.view.range) == (SHOWN[0], "layer")


async def test_a_click_chooses_a_filter_goes_to_a_pixel_and_to_another(explore):
    async with explore(200, 60) as learner:
        await learner.open_filters()
        (y,) = (y for y, line in enumerate(learner.lines) if "emboss" in line)
        await learner.click("#scene", 8, y)
        assert learner.shown.view.filter == "emboss"

        (y, line) = next((y, line) for y, line in enumerate(learner.lines) if "before" in line)
        await learner.click("#scene", line.index("before"), y + 1)
        view = learner.shown.view
        assert (view.depth, view.pixel) == ("map", (0, 0))
        assert_the_framed_pixels_have_their_colours(learner)

        (y,) = (y for y, line in enumerate(learner.lines) if "after: RGB" in line)
        x = learner.lines[y].index("after: RGB")
        # inside the margin for the ring, three cells a pixel
        await learner.click("#scene", x + 1 + 3 * 5, y + 2)
        assert learner.shown.view.pixel == (5, 0)


async def test_filters_are_joined_written_and_changed_number_by_number_with_the_picture(explore):
    async with explore(120, 40) as learner:
        await learner.open_filters()
        await learner.scene("a", "down", "down")
        names = list(FILTERS)
        assert learner.shown.view.filter == f"sharpen | {names[2]}"
        await learner.scene("x")
        assert learner.shown.view.filter == "sharpen"

        # the kernel in the place of the list: its last weight up by two
        scene = await learner.scene("k", "right", "down", "plus", "equals_sign")
        own = "[0 -1 0; -1 5 -1; 0 -1 2]"
        assert learner.shown.view.filter == own
        assert any(line.split()[:4] == ["2", "0", "-1", "[2]"] for line in learner.lines)
        after = panels(scene, Pixels)[1].pixels
        assert (after == apply_filter(sample().pixels, own)).all()
        await learner.scene("full_stop", "plus", "comma", "minus")
        assert learner.shown.view.filter == "[0 -1 0; -1 5 -1; 0 -1 1]/2"
        (y, line) = next((y, line) for y, line in enumerate(learner.lines) if "[1]" in line)
        await learner.click("#scene", line.index("-1"), y)
        assert learner.shown.view.cell == (2, 1)
        await learner.scene("k")

        # written: every letter that makes sense shows, an error leaves the last good scene
        await learner.press("e", *" | sobel-")
        assert "sobel-" in learner.static("#told")
        assert learner.shown.scene.title == "kernel | sobel"
        scene = await learner.scene("x", "enter")
        assert scene.title == "kernel | sobel-x"

        # two kernels are not edited as one
        await learner.press("down", "down", "k")
        assert "sobel-x" in learner.notices[-1]
        assert not learner.shown.view.edit


async def test_the_mouse_over_single_pixels_shows_their_numbers_without_a_trace(explore):
    async with explore(200, 60) as learner:
        await learner.open_filters()
        await learner.scene("enter")
        screen = learner.lesson_screen
        past = screen.views.past
        box = learner.shown.scene.leaves[-1].title.split(" at ")[1]
        left, top = map(int, box.split(","))
        screen.query_one(SceneView).post_message(SceneView.Hovered("after", (3, 4)))
        await learner.settle()
        await learner.computed()
        assert learner.shown.view.pixel == (left + 4, top + 3)
        assert f"pixel {left + 4},{top + 3} " in "\n".join(learner.lines)
        assert screen.views.past == past
        await learner.scene("escape")
        screen.query_one(SceneView).post_message(SceneView.Hovered("after", (0, 0)))
        await learner.computed()
        assert learner.shown.view.depth == "overview"
