"""The Training screen under a learner's keys; what it shows is tested with the lesson."""

import asyncio
from threading import Event

import numpy as np
import pytest

from tuiconv.lessons.scene import Maps, Text
from tuiconv.lessons.training import view as views
from tuiconv.runs.given import settings_from
from tuiconv.runs.toml import read_run_file
from tuiconv.tui.messages import SceneReady
from tuiconv.tui.screens.training import TrainingScreen

TINY = views.TrainingView(net="mlp1", batch_size=32)


@pytest.fixture(autouse=True)
def tiny_net(monkeypatch):
    monkeypatch.setattr(TrainingScreen, "first_view", lambda screen: TINY)


def title(learner):
    return learner.shown.scene.title


def read(learner):
    status = next(each for each in learner.shown.scene.leaves if isinstance(each, Text))
    return "\n".join((status.title, *status.lines))


async def until_drawn(learner, condition):
    """Let frames come until one of them is as it should be."""
    await learner.until(lambda: learner.lesson_screen.shown and condition())


async def test_keys_step_forward_and_back_and_go_through_views_images_and_depths(explore):
    async with explore(200, 60) as learner:
        await learner.scene("4")
        assert title(learner) == "epoch 1 · 4 batches ahead · 0 images seen · paused"
        await learner.press("b", "b", "s")
        assert "forward through fc1: 32 images, 1 map 32×32 → 10 units each" in read(learner)
        assert learner.shown.view.operation == "forward:fc1"
        await learner.press("left_square_bracket")
        assert learner.shown.view.operation == ""
        await learner.press("b")
        stepper = learner.lesson_screen.lesson.stepper
        three = stepper.net.parameters.copy()
        await learner.press("left_square_bracket")
        assert title(learner).startswith("epoch 1 · batch 2 of 4")
        await learner.press("right_square_bracket")
        np.testing.assert_array_equal(stepper.net.parameters, three)
        line = learner.command
        assert line == "tuiconv show training --net=mlp1 --batch-size=32 --batches=3 --layer=fc1"
        assert learner.lines[0].startswith("epoch 1 · batch 3 of 4")
        await learner.press("v")
        assert learner.shown.view.panels == "chain-rule"
        await learner.press("v", "v", "t", "t", "n", "n", "N")
        view = learner.shown.view
        assert (view.panels, view.show, view.digit) == ("maps", "weights", 1)
        assert any(isinstance(each, Maps) for each in learner.shown.scene.leaves)
        await learner.press("enter", "right", "enter")
        assert learner.static("#top").startswith(
            "tuiconv › Training › fc1 › kernel 0 › weight 16,17"
        )
        await learner.press("escape", "escape")
        assert learner.shown.view.depth == "overview"
        assert learner.has_straight_edges("#scene")


async def test_it_plays_while_another_screen_shows_and_sends_no_frames_there(explore):
    async with explore() as learner:
        await learner.scene("4")
        await learner.tap("space")
        await until_drawn(learner, lambda: title(learner).endswith("playing"))
        await learner.tap("2")
        stepper = learner.app.compute.work.stepper
        seen = [each for each in learner.sent(SceneReady) if each.view.__class__ is type(TINY)]
        batches = stepper.batches
        await learner.until(lambda: stepper.batches > batches + 20)
        more = [each for each in learner.sent(SceneReady) if each.view.__class__ is type(TINY)]
        assert len(more) == len(seen)
        await learner.tap("4")
        await until_drawn(learner, lambda: learner.shown.view.batches > batches)
        await learner.tap("space")
        await until_drawn(learner, lambda: title(learner).endswith("paused"))
        paused = stepper.batches
        await asyncio.sleep(0.05)
        assert stepper.batches == paused == learner.shown.view.batches


async def test_settings_change_while_it_plays_and_the_epoch_key_stops_at_its_end(explore):
    async with explore(120, 40) as learner:
        await learner.scene("4")
        await learner.tap("space", "plus", "full_stop", "plus")
        await until_drawn(learner, lambda: "[momentum 0.95]" in read(learner))
        assert "lr 0.05" in read(learner)
        await learner.tap("e")
        await until_drawn(learner, lambda: title(learner).endswith("paused"))
        assert "4 batches ahead" in title(learner)
        assert "test " in read(learner)


async def test_that_a_new_run_takes_a_while_is_said_at_once(explore, monkeypatch):
    may_begin = Event()
    async with explore() as learner:
        await learner.scene("4")
        lesson = learner.lesson_screen.lesson
        begun = lesson.begun_anew

        def begun_late(view, **other):
            assert may_begin.wait(20)
            return begun(view, **other)

        monkeypatch.setattr(lesson, "begun_anew", begun_late)
        for keys, seed in ((("x",), 0), (("comma", "comma", "plus"), 1)):
            may_begin.clear()
            await learner.tap(*keys)
            await learner.until(lambda: "getting ready" in learner.static("#top"))
            may_begin.set()
            await until_drawn(learner, lambda: "getting ready" not in learner.static("#top"))
            await until_drawn(learner, lambda seed=seed: learner.shown.view.seed == seed)


async def test_a_diverged_run_says_what_to_do_and_can_be_gone_back_from(explore):
    async with explore() as learner:
        await learner.press("4", "b")
        net = learner.lesson_screen.lesson.stepper.net
        learner.app.compute.submit(lambda: net.parameters.fill(np.nan))
        await learner.press("space")
        await learner.until(lambda: learner.notices)
        assert "try a learning rate below 0.02" in learner.notices[0]
        await until_drawn(learner, lambda: title(learner).endswith("diverged"))
        await learner.press("x", "b")
        assert title(learner).startswith("epoch 1 · batch 1 of 4")


async def test_files_are_written_beside_those_there_are_and_missing_data_is_told(
    explore, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    async with explore() as learner:
        await learner.press("4", "plus", "f", "f", "k")
        await learner.until(lambda: len(learner.notices) == 3)
        first, second, third = learner.notices
        assert first.startswith(
            "wrote mlp1-strokes-1.toml; next: tuiconv train mlp1-strokes-1.toml"
        )
        assert "mlp1-strokes-2.toml" in second
        assert third.startswith("wrote mlp1-strokes-1.safetensors; next: tuiconv eval")
        settings = settings_from(read_run_file(tmp_path / "mlp1-strokes-2.toml"))
        assert (settings.net, settings.optimizer.lr) == ("mlp1", 0.05)
        await learner.press("b", "comma", "comma", "comma", "plus")
        await learner.until(lambda: len(learner.notices) == 4)
        assert "no other data set is here" in learner.notices[-1]
        assert title(learner).startswith("epoch 1 · batch 1 of 4")
        monkeypatch.setattr("tuiconv.lessons.training.lesson.replacing", refuse)
        await learner.press("f")
        await learner.until(lambda: len(learner.notices) == 5)
        assert learner.notices[-1].endswith("Permission denied")


async def test_a_checkpoint_asked_for_is_written_though_q_follows_at_once(
    explore, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    go_on = Event()
    async with explore() as learner:
        await learner.scene("4")
        learner.app.compute.submit(lambda: go_on.wait(20))
        await learner.tap("k")
        await learner.tap("q")
        await learner.until(lambda: not learner.app.is_running)
        assert learner.app.compute.owes
        go_on.set()
    assert [path.name for path in tmp_path.glob("*.safetensors")] == ["mlp1-strokes-1.safetensors"]


def refuse(path):
    raise PermissionError(13, "Permission denied", str(path))
