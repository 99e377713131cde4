import numpy as np
import pytest
from textual.widgets import Footer

from tuiconv.data import load
from tuiconv.runs.given import settings_from
from tuiconv.runs.toml import read_run_file
from tuiconv.tui.messages import FrameReady
from tuiconv.tui.screens.training import RATES
from tuiconv.tui.widgets.wall import MapsWall

SIZES = [(80, 24), (120, 40), (200, 60)]
TEST = 16
LAYERS = [
    "digit",
    "conv1",
    "relu1",
    "pool1",
    "conv2",
    "relu2",
    "pool2",
    "fc1",
    "relu3",
    "fc2",
    "relu4",
    "fc3",
]


async def wall_headings(learner) -> list[str]:
    """The lines that begin with a layer's name, from scrolling through the whole wall."""
    wall = learner.app.screen.query_one(MapsWall)
    found: list[str] = []
    for y in range(wall.virtual_size.height):
        wall.scroll_to(y=y, animate=False, immediate=True)
        line = wall.render_line(y - wall.scroll_offset.y).text
        if line.split(" ")[0] in LAYERS:
            found.append(line)
    return found


async def test_an_untrained_network_waits_to_be_trained(explore):
    async with explore() as learner:
        frame = await learner.open_training()
        await learner.until(lambda: learner.app.warm_up.share == 1)
        assert (frame.last, frame.playing) == (None, False)
        assert learner.static("#top") == "tuiconv › Training lenet5 · strokes · paused"
        assert learner.static("#numbers") == (
            "lr 0.02 · untrained: space trains, b takes one batch, f writes a run file"
        )


@pytest.mark.parametrize("size", SIZES)
async def test_everything_beside_the_wall_is_in_sight(explore, size):
    async with explore(*size) as learner:
        await learner.open_training()
        await learner.frame("b")
        for selector in ("#numbers", "#loss", "#probabilities", "#maps"):
            assert learner.is_whole(selector), selector
        for selector in ("#loss", "#probabilities", "#maps"):
            assert learner.has_straight_edges(selector), selector
        assert learner.drawn("#loss")[0].startswith("loss of each batch")
        assert len(learner.drawn("#probabilities")) == 1 + 10


@pytest.mark.parametrize("size", SIZES)
async def test_maps_need_no_horizontal_scrolling(explore, size):
    async with explore(*size) as learner:
        await learner.open_training()
        await learner.pilot.pause()
        assert not learner.app.screen.query_one(MapsWall).show_horizontal_scrollbar


async def test_the_wall_has_every_layer_and_scrolls_by_keys(explore):
    async with explore() as learner:
        await learner.open_training()
        wall = learner.app.screen.query_one(MapsWall)
        assert wall.has_focus
        assert wall.max_scroll_y > 0
        await learner.tap("down")
        await learner.until(lambda: wall.scroll_offset.y == 1)
        await learner.tap("end")
        await learner.until(lambda: wall.scroll_offset.y == wall.max_scroll_y)
        assert [line.split(" ")[0] for line in await wall_headings(learner)] == LAYERS


async def test_b_learns_from_one_batch(explore):
    async with explore() as learner:
        await learner.open_training()
        frame = await learner.frame("b")
        assert (frame.last.epoch, frame.last.batch) == (1, 1)
        assert not frame.playing
        assert "epoch 1 batch 1/2 · loss " in learner.static("#numbers")
        frame = await learner.frame("b", "b")
        assert (frame.last.epoch, frame.last.batch) == (2, 1)
        assert "test " in learner.static("#numbers")


async def test_space_plays_until_space_is_pressed_again(explore):
    async with explore() as learner:
        await learner.open_training()
        await learner.tap("space")
        await learner.until(lambda: learner.frames[-1].last and learner.frames[-1].last.epoch > 2)
        assert learner.static("#top").endswith("· playing")
        await learner.tap("space")
        await learner.until(lambda: not learner.frames[-1].playing)
        await learner.computed()
        assert learner.static("#top").endswith("· paused")
        stopped_at = learner.frames[-1].last
        assert (await learner.frame("right")).last == stopped_at
        assert f"epoch {stopped_at.epoch} " in learner.static("#numbers")


async def test_b_pauses_a_training_that_plays(explore):
    async with explore() as learner:
        await learner.open_training()
        await learner.tap("space")
        await learner.until(lambda: learner.frames[-1].playing)
        await learner.tap("b")
        await learner.until(lambda: not learner.frames[-1].playing)
        await learner.computed()
        assert learner.static("#top").endswith("· paused")


async def test_left_and_right_choose_the_digit_and_count_round(explore):
    async with explore() as learner:
        await learner.open_training()
        shown = [(await learner.frame(key)).digit for key in ("right", "right", "left")]
        assert shown == [1, 2, 1]
        assert (await learner.frame("left", "left")).digit == TEST - 1
        assert any(line.startswith("digit 15, a ") for line in learner.drawn("#maps"))
        assert (await learner.frame("right")).digit == 0


async def test_the_bars_name_what_the_digit_is_read_as(explore):
    async with explore() as learner:
        await learner.open_training()
        frame = await learner.frame("b")
        bars = frame.scene.panels[1]
        guess = int(np.argmax(bars.values))
        verdict = "right" if guess == bars.marked else "wrong"
        lines = learner.drawn("#probabilities")
        assert lines[0].startswith(f"read as {guess}")
        assert verdict in lines[0]
        assert lines[1 + bars.marked].startswith("▶")


async def test_plus_and_minus_step_through_the_rates_and_stop_at_the_ends(explore):
    async with explore() as learner:
        await learner.open_training()
        assert (await learner.frame("plus")).lr == 0.05
        assert (await learner.frame("equals_sign")).lr == 0.1
        assert learner.static("#numbers").startswith("lr 0.1 ")
        assert (await learner.frame("minus")).lr == 0.05
        assert (await learner.frame("b")).last.lr == 0.05
        assert (await learner.frame(*["plus"] * 6)).lr == RATES[-1]
        assert (await learner.frame(*["minus"] * len(RATES))).lr == RATES[0]


async def test_z_draws_maps_in_full_size_and_small_again(explore):
    async with explore() as learner:
        await learner.open_training()
        wall = learner.app.screen.query_one(MapsWall)
        small = wall.virtual_size.height
        assert any("at 1/" in line for line in await wall_headings(learner))
        await learner.press("z")
        assert wall.virtual_size.height > small
        assert not any("at 1/" in line for line in await wall_headings(learner))
        assert learner.has_straight_edges("#maps")
        await learner.press("z")
        assert wall.virtual_size.height == small


async def test_r_begins_anew_with_the_same_digits_and_an_untrained_network(explore):
    async with explore() as learner:
        untrained = await learner.open_training()
        first = await learner.frame("b", "b", "plus")
        again = await learner.frame("r")
        assert (again.last, again.tested, again.playing) == (None, None, False)
        assert again.lr == first.lr
        for old, new in zip(untrained.scene.panels[3:], again.scene.panels[3:], strict=True):
            np.testing.assert_array_equal(old.maps, new.maps)
        assert "untrained" in learner.static("#numbers")


async def test_data_that_is_missing_is_named_and_the_session_goes_on(explore, tmp_path):
    async with explore() as learner:
        await learner.open_training()
        before = await learner.frame("b")
        numbers = learner.static("#numbers")
        await learner.press("d")
        await learner.until(lambda: learner.notices)
        (notice,) = learner.notices
        assert notice.startswith(f"no folder mnist/ in {tmp_path / 'tuiconv'}; put its files there")
        after = await learner.frame("b")
        assert after.data == "strokes"
        assert after.last.batch == before.last.batch + 1
        assert learner.static("#numbers") != numbers


async def test_the_line_of_numbers_comes_back_when_data_is_missing(explore):
    async with explore() as learner:
        await learner.open_training()
        await learner.frame("b")
        numbers = learner.static("#numbers")
        await learner.press("d")
        await learner.until(lambda: learner.notices)
        await learner.computed()
        assert learner.static("#numbers") == numbers


async def test_d_goes_round_the_data_sets(explore, monkeypatch, tmp_path):
    monkeypatch.setattr(load, "find_folder", lambda name, folder: tmp_path)
    monkeypatch.setattr(load, "read_mnist", lambda folder: load.load_dataset("strokes", seed=1))
    async with explore() as learner:
        await learner.open_training()
        await learner.frame("b")
        frame = await learner.frame("d")
        assert (frame.data, frame.last) == ("mnist", None)
        assert learner.static("#top") == "tuiconv › Training lenet5 · mnist · paused"
        assert (await learner.frame("r")).data == "mnist"
        assert (await learner.frame("d")).data == "strokes"


async def test_the_session_survives_a_visit_elsewhere(explore):
    async with explore() as learner:
        await learner.open_training()
        before = await learner.frame("b", "right", "right", "plus")
        numbers, bars = learner.static("#numbers"), learner.drawn("#probabilities")
        await learner.press("2", "escape", "4")
        assert learner.static("#numbers") == numbers
        assert learner.drawn("#probabilities") == bars
        after = await learner.frame("right")
        assert (after.digit, after.lr, after.last) == (before.digit + 1, before.lr, before.last)


async def test_training_goes_on_unseen_while_another_screen_shows(explore):
    async with explore() as learner:
        await learner.open_training()
        await learner.tap("space")
        await learner.until(lambda: learner.frames[-1].playing)
        await learner.press("h")
        seen, batches = len(learner.frames), len(learner.app.compute.work.losses)
        await learner.until(lambda: len(learner.app.compute.work.losses) > batches + 4)
        assert len(learner.frames) == seen
        await learner.tap("4")
        await learner.until(lambda: len(learner.frames) > seen)
        assert len(learner.frames[-1].scene.panels[0].values) > batches


async def test_one_frame_at_a_time_is_asked_for(explore, monkeypatch):
    submitted = []
    async with explore() as learner:
        await learner.open_training()
        await learner.tap("space")
        await learner.until(lambda: learner.frames[-1].playing)
        await learner.until(lambda: learner.app.warm_up.share == 1)  # that submits jobs too
        submit = learner.app.compute.submit
        monkeypatch.setattr(
            learner.app.compute, "submit", lambda job: (submitted.append(job), submit(job))
        )
        before = len(learner.frames)
        await learner.until(lambda: len(learner.frames) >= before + 5)
        assert len(submitted) <= len(learner.frames) - before + 1


async def test_resizing_while_it_plays_fits_everything_anew(explore):
    async with explore() as learner:
        await learner.open_training()
        await learner.tap("space")
        await learner.until(lambda: learner.frames[-1].playing)
        for size in ((40, 10), (200, 60)):
            await learner.pilot.resize_terminal(*size)
            seen = len(learner.frames)
            await learner.until(lambda seen=seen: len(learner.frames) > seen + 1)
            for selector in ("#loss", "#probabilities", "#maps"):
                assert learner.has_straight_edges(selector), (size, selector)
            assert learner.app.screen.query_one(Footer).region.bottom == size[1]


async def test_a_diverged_run_says_what_to_do_and_another_can_begin(explore):
    async with explore() as learner:
        await learner.open_training()
        work = learner.app.compute.work
        learner.app.compute.submit(lambda: work.net.parameters.fill(np.nan))
        await learner.tap("space")
        await learner.until(lambda: learner.notices)
        assert "try a learning rate below 0.02" in learner.notices[0]
        await learner.until(lambda: learner.static("#top").endswith("· paused"))
        frame = await learner.frame("r")
        assert frame.last is None
        assert (await learner.frame("b")).last.batch == 1


@pytest.mark.parametrize("key", ["space", "b"])
async def test_a_diverged_run_can_be_asked_to_go_on_without_harm(explore, key):
    async with explore() as learner:
        await learner.open_training()
        work = learner.app.compute.work
        learner.app.compute.submit(lambda: work.net.parameters.fill(np.nan))
        await learner.tap("b")
        await learner.until(lambda: len(learner.notices) == 1)
        await learner.tap(key)
        await learner.until(lambda: len(learner.notices) == 2)
        assert learner.app.is_running
        assert learner.sent(FrameReady)


async def test_f_writes_a_run_file_of_what_the_screen_does(explore, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with explore() as learner:
        await learner.open_training()
        await learner.frame("plus")
        await learner.press("f", "f")
        await learner.until(lambda: len(learner.notices) == 2)
    assert learner.notices[0] == (
        "wrote lenet5-strokes.toml; next: tuiconv train lenet5-strokes.toml"
    )
    for name in ("lenet5-strokes.toml", "lenet5-strokes-2.toml"):
        settings = settings_from(read_run_file(tmp_path / name))
        assert (settings.net, settings.data.name) == ("lenet5", "strokes")
        assert settings.optimizer.lr == 0.05


async def test_a_run_file_that_cannot_be_written_is_told(explore, tmp_path, monkeypatch):
    monkeypatch.setattr("tuiconv.tui.run_file.replacing", refuse)
    async with explore() as learner:
        await learner.open_training()
        await learner.press("f")
        await learner.until(lambda: learner.notices)
    assert learner.notices == ["lenet5-strokes.toml cannot be written: Permission denied"]


def refuse(path):
    raise PermissionError(13, "Permission denied", str(path))
