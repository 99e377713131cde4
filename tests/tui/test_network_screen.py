from rich.color import ColorTriplet

from tuiconv.lessons.scene import Bars, Map, Maps, Numbers, Table, Text
from tuiconv.render.palettes import DIVERGING


def panels(scene, kind):
    return [panel for panel in scene.leaves if isinstance(panel, kind)]


async def test_from_all_layers_to_one_unit_and_its_proof_and_back_by_keys_alone(explore):
    async with explore() as learner:
        scene = await learner.scene("3")
        assert scene.title.startswith("lenet5: image 0 is read as ")
        text = "\n".join(learner.lines)
        assert "▶ conv1    CONV(6,5)" in text
        assert "probabilities" in text
        scene = await learner.scene("down", "down", "down", "right", "right")
        view = learner.shown.view
        assert (view.layer, view.map) == ("conv2", 2)
        assert "▶ conv2    CONV(16,5)" in "\n".join(learner.lines)
        (wall,) = panels(scene, Maps)
        assert (len(wall.maps), wall.chosen) == (16, 2)

        scene = await learner.scene("enter")
        row, column = learner.shown.view.unit
        await learner.scene("up" if row else "down")
        scene = await learner.scene("left" if column else "right")
        unit = learner.shown.view.unit
        assert abs(unit[0] - row) + abs(unit[1] - column) == 2
        assert scene.path == ("conv2", "map 2")
        assert {panel.title.split(",")[0] for panel in panels(scene, Map)} >= {"input", "pool1"}

        scene = await learner.scene("enter")
        assert scene.path[-1] == f"unit {unit[0]},{unit[1]}"
        (proof,) = panels(scene, Text)
        assert any(line.endswith("difference 0") for line in proof.lines)
        scene = await learner.scene("down", "down")
        assert panels(scene, Numbers)[0].title.startswith("channel 2")
        await learner.scene("enter")  # it goes no further in

        looked_at = learner.shown.view
        await learner.tap("0")
        await learner.scene("3")
        assert learner.shown.view == looked_at

        for depth in ("map", "overview"):
            await learner.scene("escape")
            assert learner.shown.view.depth == depth
        assert learner.command == (
            f"tuiconv show network --layer=conv2 --map=2 --unit={unit[0]},{unit[1]}"
        )


async def test_the_image_is_disturbed_and_what_is_shown_is_changed_by_keys(explore):
    async with explore(120, 40) as learner:
        await learner.scene("3")
        scene = await learner.scene("n", "n", "N", "o", "o", "O", "shift+down", "i")
        view = learner.shown.view
        assert (view.digit, view.noise, view.shift, view.occlude) == (1, 0.1, (1, 0), (16, 16))
        (bars,) = panels(scene, Bars)
        assert f"{bars.before[0]:.3f} → {bars.values[0]:.3f}" in "\n".join(learner.lines)

        shown = []
        for _ in range(3):
            scene = await learner.scene("t")
            shown.append(panels(scene, Maps)[0].quantity)
        assert shown == ["weights", "gradients", "activations"]
        styles = [part.style for part in learner.segments("#scene") if "▀" in part.text]
        seen = {side.triplet for style in styles for side in (style.color, style.bgcolor) if side}
        assert len(seen & {ColorTriplet(*rgb) for rgb in DIVERGING.truecolor}) > 10

        scene = await learner.scene("enter", "e")
        assert learner.shown.view.field == "effective"
        assert any("squared sum" in line for text in panels(scene, Text) for line in text.lines)
        scene = await learner.scene("g")
        assert any(table.title == "what the unit reaches" for table in panels(scene, Table))

        await learner.scene("x")
        view = learner.shown.view
        if view.wrong:  # so few images may all be read right
            look = learner.lesson_screen.lesson.look(view)
            assert look.before is not None
        else:
            assert "none was found that is read wrong" in learner.notices[-1]
        await learner.scene("m")
        assert learner.shown.view.model == "lecture-lenet"
        await learner.scene("d")
        assert "no other data set is here" in learner.notices[-1]
        await learner.scene("left_square_bracket")
        assert learner.shown.view.model == "lenet5"
