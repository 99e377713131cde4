"""The Draw screen in front of a learner: keys, the mouse, and what follows."""

from textual.events import MouseDown, MouseMove, MouseUp

from tuiconv.lessons.scene import Bars, Canvas
from tuiconv.tui.widgets.scene_view import SceneView

SEVEN = [(8, 5), (14, 5), (20, 5), (18, 8), (16, 11), (14, 15)]
"""Cells of a view of 80×24: the canvas begins below a title, a blank line and its own title."""


def panel(scene, kind):
    return next(each for each in scene.leaves if isinstance(each, kind))


async def drag(learner, points):
    """Press the mouse at a cell, lead it over others, and let it go; parts of cells may be told."""
    view = learner.app.screen.query_one(SceneView)
    kinds = [MouseDown, *[MouseMove] * (len(points) - 1), MouseUp]
    for kind, (x, y) in zip(kinds, [*points, points[-1]], strict=True):
        at = (x + view.content_region.x, y + view.content_region.y)
        learner.app.screen._forward_event(
            kind(None, *at, 0, 0, 1, False, False, False, screen_x=at[0], screen_y=at[1])
        )
        await learner.settle()
    await learner.computed()


async def test_a_digit_drawn_with_keys_is_read_and_so_is_one_drawn_with_the_mouse(explore):
    async with explore() as learner:
        await learner.scene("7")
        assert "Nothing is drawn yet" in learner.lines[0]
        scene = await learner.scene("space", *["shift+down"] * 4, "space")
        assert scene.title.startswith("lenet5 reads 1, p = 0.9")
        assert "canvas · pen up at 22,14" in "\n".join(learner.lines)

        before = learner.shown.view
        scene = await learner.scene("x")
        assert not panel(scene, Canvas).ink.any()
        await learner.scene("left_square_bracket")
        assert learner.shown.view == before

        await learner.scene("x")
        await drag(learner, SEVEN)
        scene = learner.shown.scene
        assert scene.title.startswith("lenet5 reads 7, p = 0.9")
        assert panel(scene, Bars).values[7] > 0.9
        assert learner.shown.view.ink == "8,4.5 20,4.5 16,16.5 14,24.5"
        await learner.scene("left_square_bracket")  # the whole drag is one step
        assert learner.shown.view.ink == ""


async def test_a_stroke_is_dragged_and_the_digit_becomes_another(explore):
    async with explore(120, 40) as learner:
        await learner.scene("7", *["n"] * 8)
        assert learner.shown.view.template == 7
        assert learner.shown.scene.title.startswith("lenet5 reads 7")
        await drag(learner, [(10, 5), (10, 7.25), (10, 9.25)])  # the bar, in a terminal of pixels
        view = learner.shown.view
        assert (view.stroke, view.template) == (0, 7)
        assert learner.shown.scene.title.startswith("lenet5 reads 4")
        await learner.scene("shift+up", "shift+up")
        assert learner.shown.scene.title.startswith("lenet5 reads 7")
        assert learner.command.startswith("tuiconv show draw --template=7 '--ink=")

        await learner.scene("s", "s")
        assert learner.shown.view.stroke is None
        scene = await learner.scene("full_stop", "t", "enter")
        assert scene.path == ("relu1", "map 1")
        await learner.scene("g")
        assert learner.shown.view.field == "reached"
        await learner.scene("escape", "u")
        assert "|" not in learner.shown.view.ink
