"""The explorer as a whole: its screens, Home, the compile behind them, and how it ends."""

from threading import Event

import pytest
from textual.widgets import OptionList, ProgressBar

from tuiconv.tui import app as app_module
from tuiconv.tui.app import TuiconvApp
from tuiconv.tui.catalogue import SCREENS
from tuiconv.tui.messages import HomeReady, SceneReady, WarmUp
from tuiconv.tui.visits import count_visit
from tuiconv.tui.widgets.key_line import KeyLine
from tuiconv.tui.widgets.scene_view import SceneView

SIZES = [(80, 24), (120, 40), (200, 60)]


@pytest.fixture
def endless_compile(monkeypatch):
    """There is always another kernel to compile, until the event is set."""
    done = Event()

    def compile_all():
        while not done.wait(0.01):
            yield "compiling conv1 forward", 0.25
        yield "compiling conv1 backward", 0.75

    monkeypatch.setattr(app_module, "compile_all", compile_all)
    return done


async def test_home_lists_the_screens_and_shows_a_picture_of_each_in_any_size(explore):
    async with explore(60, 16) as learner:
        options = learner.app.screen.query_one(OptionList).options
        assert [(option.id, str(option.prompt).split()[:2]) for option in options] == [
            (entry.mode, [entry.key, entry.name]) for entry in SCREENS
        ]
        for selector in ("#welcome", "#screens", "#hint", "#keys"):
            assert learner.is_whole(selector), selector
        await learner.until(lambda: learner.app.warm_up.share == 1)
        learner.app.screen.query_one("#hint").display = False  # as from the fourth visit on
        await learner.computed()
        for size in SIZES:
            await learner.resize(*size)
            text = "\n".join(learner.drawn("#scene"))
            for words in ("Filters: edges", "Network: a 3", "Training: a 3", "This terminal"):
                assert words in text, words
            assert "▀▀▀" in text
            assert f"size: {size[0]}×{size[1]}" in text
            assert "colours: truecolor" in text
            assert "strokes: drawn on the spot" in text
            assert "fetches one" in text


async def test_numbers_open_every_screen_and_each_says_where_one_is_and_what_works(explore):
    async with explore() as learner:
        for size in (SIZES[0], SIZES[-1]):
            await learner.pilot.resize_terminal(*size)
            for entry in SCREENS:
                await learner.press(entry.key)
                assert learner.app.current_mode == entry.mode
                assert learner.static("#top").startswith(f"tuiconv › {entry.name}")
                keys = learner.app.screen.query_one(KeyLine)
                assert keys.region.bottom == size[1]
                assert keys.render().plain.endswith("? Help  q Quit")
                assert learner.is_whole("#top")
                assert isinstance(learner.app.focused, SceneView)
        await learner.press("h")
        assert learner.app.current_mode == "home"
        await learner.press("enter")
        assert learner.app.current_mode == SCREENS[0].mode
        await learner.press("escape")
        await learner.press("down", "enter")
        assert learner.app.current_mode == SCREENS[1].mode


async def test_home_shows_the_losses_of_a_training_that_plays_and_q_stops_it(explore):
    async with explore(120, 40) as learner:
        await learner.until(lambda: learner.app.warm_up.share == 1)
        await learner.press("4", "b", "b", "0")
        assert any("Training: loss by epoch" in line for line in learner.drawn("#scene"))
        before = len(learner.sent(HomeReady))
        await learner.press("4", "space", "0")
        await learner.until(lambda: len(learner.sent(HomeReady)) > before + 1)
        await learner.tap("q")
        await learner.until(lambda: not learner.app.is_running)
    assert learner.app.compute.stopped.is_set()  # and `explore` has seen the thread end


async def test_while_kernels_compile_home_shows_how_far_it_is_and_other_screens_say_so(
    explore, endless_compile
):
    async with explore() as learner:
        await learner.until(lambda: learner.sent(WarmUp))
        assert learner.static("#doing") == "compiling conv1 forward"
        bar = learner.app.screen.query_one(ProgressBar)
        assert bar.display
        assert bar.percentage == 0.25
        await learner.tap("2")
        await learner.until(lambda: learner.sent(SceneReady))  # before the next kernel
        assert "compiling conv1 forward … 25%" in learner.static("#top")
        endless_compile.set()
        await learner.until(lambda: learner.app.warm_up.share == 1)
        assert "compiling" not in learner.static("#top")
        await learner.press("0")
        assert not learner.app.screen.query_one("#progress").display


async def test_quitting_stops_the_compile_at_its_next_step(explore, endless_compile):
    for _ in range(3):
        count_visit()
    async with explore() as learner:
        await learner.until(lambda: learner.sent(WarmUp))
        assert not learner.app.screen.query_one("#hint").display  # not the first time
        await learner.tap("q")
        await learner.until(lambda: not learner.app.is_running)
        assert learner.app.return_code == 0
    assert learner.app.compute.stopped.is_set()


async def test_a_fault_in_the_compute_thread_ends_the_explorer_with_that_error(
    explore, endless_compile
):
    async def meet_the_fault() -> None:
        async with explore() as learner:
            learner.app.compute.submit(lambda: 1 // 0)
            await learner.until(lambda: not learner.app.is_running)

    with pytest.raises(ZeroDivisionError):
        await meet_the_fault()


def test_visits_are_counted_and_the_first_goes_on_where_nothing_can_be_remembered(tmp_path):
    assert [count_visit() for _ in range(3)] == [1, 2, 3]
    (tmp_path / "tuiconv" / "visits").write_text("nonsense")
    assert count_visit() == 1
    (tmp_path / "tuiconv" / "visits").unlink()
    (tmp_path / "tuiconv").rmdir()
    (tmp_path / "tuiconv").write_text("a file where a folder is needed")
    assert [count_visit(), count_visit()] == [1, 1]


def test_without_animation_what_moves_is_drawn_once_a_second():
    app = TuiconvApp(animated=False)
    assert app.frame_time == 1.0
    assert app.animation_level == "none"
