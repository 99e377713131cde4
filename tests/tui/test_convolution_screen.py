from tuiconv.lessons.scene import Numbers
from tuiconv.tui.screens import convolution
from tuiconv.tui.widgets.scene_view import SceneView


def grids(scene):
    return [panel for panel in scene.leaves if isinstance(panel, Numbers)]


async def test_the_window_moves_by_keys_mouse_and_time_and_its_sum_is_opened(explore, monkeypatch):
    monkeypatch.setattr(convolution, "PACE", 0.05)
    async with explore() as learner:
        scene = await learner.scene("1")
        assert scene.title.endswith("= 6.2 (float32: 6.2000003)")
        scene = await learner.scene("right")
        assert scene.title.endswith("= 5.9")
        assert learner.command == "tuiconv show convolution --cell=0,1"

        scene = await learner.scene("enter")
        assert scene.path == ("output[0,1]",)
        assert [panel.title for panel in grids(scene)][1] == "× kernel"
        scene = await learner.scene("enter", "down", "down")
        assert learner.shown.view.term == 2
        text = "\n".join(learner.lines)
        assert "▶ input[0,3]  0  · weight[0,2]  0.4" in text
        await learner.scene("escape", "escape")

        scene = await learner.scene("b", "t")
        view = learner.shown.view
        assert (view.backward, view.at) == (True, "weight")
        assert scene.title.startswith("∂loss/∂weight[0,0] = Σ of 15 products")
        scene = await learner.scene("b", "t", "t", "full_stop", "full_stop", "plus")
        assert learner.shown.view.stride == (2, 2)
        assert "[stride 2×2]" in "\n".join(learner.lines)

        row = next(y for y, line in enumerate(learner.lines) if line.startswith("1 "))
        before = len(learner.lesson_screen.views.past)
        await learner.pilot.hover("#scene", offset=(4, row))
        await learner.settle()
        await learner.computed()
        view = learner.shown.view
        assert (view.at, view.cell[0]) == ("input", 1)
        assert len(learner.lesson_screen.views.past) == before  # hovering is no step of history

        await learner.scene("x", "space")
        assert learner.shown.view.so_far
        assert learner.shown.view.stride is None
        await learner.until(lambda: learner.shown.view.cell >= (0, 2))
        (*_, output) = grids(learner.shown.scene)
        assert 0 < len(output.unwritten) <= 12
        await learner.tap("space")
        assert learner.lesson_screen._playing is None
        assert "not written yet" in "\n".join(learner.lines)


async def test_what_cannot_be_is_told_and_the_scene_stays(explore):
    async with explore(120, 40) as learner:
        before = await learner.scene("1", "n", "n", "full_stop")
        await learner.press(*["plus"] * 6)
        assert "expected at most 7 rows and columns" in learner.notices[-1]
        assert learner.shown.view.kernel == (7, 7)
        await learner.scene("shift+right", "shift+down")
        assert (learner.shown.view.map, learner.shown.view.channel) == (1, 1)
        assert before.title != learner.shown.scene.title
        assert learner.lesson_screen.query_one(SceneView).size.width > 100
