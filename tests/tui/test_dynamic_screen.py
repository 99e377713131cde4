from tuiconv.lessons.scene import Diagram, Sweep


def panel(scene, kind):
    return next(each for each in scene.leaves if isinstance(each, kind))


async def test_from_ten_inputs_to_one_unit_and_to_a_line_of_digits_by_keys_alone(explore):
    async with explore() as learner:
        scene = await learner.scene("6")
        assert scene.title == "10 → 8 → 4 → 2 → 1"
        await learner.scene("right", "right", "right", "right")
        assert "+4 inputs give +4, +2, +2, +1" in "\n".join(learner.lines)
        assert learner.command == "tuiconv show dynamic --length=14"
        await learner.scene("shift+right", "shift+left", "down", "enter")
        view = learner.shown.view
        assert (view.length, view.layer, view.depth) == (14, "conv2", "map")
        scene = await learner.scene("right", "enter")
        assert scene.path == ("conv2[1]", "sum")
        await learner.scene("escape", "escape", "x")
        assert learner.shown.view.length == 10

        lesson = learner.lesson_screen.lesson
        assert lesson._measured.cache_info().currsize == 1  # ahead, between the keys
        scene = await learner.scene("t")
        first = panel(scene, Sweep)
        scene = await learner.scene("e", "4", "2", "enter")
        assert learner.shown.view.digits == "42"
        assert panel(scene, Sweep).shares.shape == (11, 8)
        await learner.scene("plus", "plus")
        assert "32×64, 9 answers" in "\n".join(learner.lines)
        await learner.scene("minus", "shift+right", "shift+right", "n", "right", "up")
        view = learner.shown.view
        assert (view.apart, view.columns, view.line) == (30, 70, 1)
        assert view.place is not None
        assert view.label is not None

        scene = await learner.scene("enter")
        assert scene.path == ("a line of digits", f"place {view.place}")
        await learner.scene("escape", "x")
        assert learner.shown.view.digits == ""
        assert panel(learner.shown.scene, Sweep).pixels.shape == first.pixels.shape
        await learner.scene("d")
        assert any("tuiconv data get mnist" in notice for notice in learner.notices)


async def test_the_mouse_points_at_what_it_comes_over_and_a_click_goes_in(explore):
    async with explore(120, 40) as learner:
        await learner.scene("6", "t")
        before = len(learner.lesson_screen.views.past)
        y = next(at for at, line in enumerate(learner.lines) if line.strip().startswith("none"))
        await learner.pilot.hover("#scene", offset=(40, y))
        await learner.settle()
        await learner.computed()
        view = learner.shown.view
        assert (view.label, view.depth) == (10, "overview")
        assert len(learner.lesson_screen.views.past) == before
        await learner.click("#scene", 40, y)
        assert learner.shown.view.depth == "map"
        assert learner.shown.view.place == view.place

        await learner.scene("escape", "t")
        y = next(at for at, line in enumerate(learner.lines) if line.strip().startswith("conv1"))
        x = learner.lines[y].index("●")
        await learner.pilot.hover("#scene", offset=(x, y))
        await learner.settle()
        await learner.computed()
        assert learner.shown.view.depth == "overview"
        await learner.click("#scene", x, y)
        view = learner.shown.view
        assert (view.layer, view.unit, view.depth) == ("conv1", 0, "map")
        assert panel(learner.shown.scene, Diagram).chosen == (1, 0)
