"""The explorer as a whole: its screens, Home, the compile behind them, and how it ends."""

import re
from threading import Event

import pytest
from textual.widgets import Static

from tuiconv.tui import app as app_module
from tuiconv.tui.app import TuiconvApp
from tuiconv.tui.catalogue import SCREENS
from tuiconv.tui.messages import HomeReady, SceneReady, WarmUp
from tuiconv.tui.screens.home import WELCOME
from tuiconv.tui.visits import count_visit
from tuiconv.tui.widgets.card import Card
from tuiconv.tui.widgets.key_line import KeyLine
from tuiconv.tui.widgets.scene_view import SceneView

SMALLEST = (60, 16)
SIZES = [(80, 24), (120, 40), (200, 60)]


def read(learner, selector):
    """The left half of a card, as one line."""
    return " ".join(" ".join(line[: len(line) // 2] for line in learner.drawn(selector)).split())


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


async def test_home_lists_the_screens_and_shows_a_picture_of_each_from_80_by_24_on(explore):
    async with explore(*SMALLEST) as learner:
        await learner.until(lambda: learner.app.warm_up.share == 1)
        learner.app.screen.query_one("#welcome", Static).update(WELCOME)  # as from the fourth visit
        await learner.computed()
        for size in [SMALLEST, *SIZES]:
            await learner.resize(*size)
            for card in learner.app.screen.query(Card):
                entry, text = card.entry, "".join(learner.drawn(f"#{card.id}"))
                assert ("▀▀▀" in text) == (size != SMALLEST)
                assert f"{entry.key} {entry.name.split()[0]}" in text.replace("  ", " ")
                if size != SMALLEST:
                    assert entry.about in read(learner, f"#{card.id}")
                assert learner.is_whole(f"#{card.id}")
            here = learner.static("#here")
            assert f"Terminal: {size[0]}×{size[1]}, truecolor" in here
            assert ("make the window at least 80×24" in here) == (size == SMALLEST)
            assert "Data: strokes; `tuiconv data get` fetches mnist" in here


async def test_arrows_and_enter_or_a_click_open_a_screen_from_home(explore):
    async with explore() as learner:
        await learner.until(lambda: "▀" in "".join(learner.drawn("#network")))
        modes, places = [entry.mode for entry in SCREENS], []

        def chosen():
            (pointed,) = (mode for mode in modes if "▶" in "".join(learner.drawn(f"#{mode}")))
            return modes.index(pointed)

        for key in ("left", "down", "up", "up", "right", "right", "up"):
            await learner.tap(key)
            places.append(chosen())
        assert places == [0, 2, 0, 0, 1, 2, 0]
        before = learner.segments("#network")
        await learner.press("p")  # other palettes: other colours of its map
        await learner.until(lambda: learner.segments("#network") != before)
        await learner.press("right", "enter")
        assert learner.app.current_mode == modes[1]
        await learner.press("escape")
        await learner.click(f"#{modes[2]}", 2, 0)
        assert learner.app.current_mode == modes[2]


async def test_numbers_open_every_screen_and_each_says_where_one_is_and_what_works(explore):
    async with explore() as learner:
        for number, entry in enumerate(SCREENS):
            size = SIZES[number % 2]
            await learner.pilot.resize_terminal(*size)
            await learner.press(entry.key)
            assert learner.app.current_mode == entry.mode
            assert learner.static("#top").startswith(f"tuiconv › {entry.name}")
            keys = learner.app.screen.query_one(KeyLine)
            assert keys.region.bottom == size[1]
            assert keys.render().plain.split("\n")[0].endswith("? Help  q Quit")
            assert learner.is_whole("#top")
            assert isinstance(learner.app.focused, SceneView)
        await learner.press("h")
        assert learner.app.current_mode == "home"


async def test_home_shows_the_losses_of_a_training_that_plays_and_q_stops_it(explore):
    async with explore(120, 40) as learner:
        await learner.until(lambda: learner.app.warm_up.share == 1)
        await learner.press("4", "b", "b", "0")
        assert re.search(r"loss 2\.\d{3} after 1\.0 epochs", read(learner, "#training"))
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
        assert "compiling conv1 forward … 25%" in learner.static("#top")
        await learner.tap("2")
        await learner.until(lambda: learner.sent(SceneReady))  # before the next kernel
        assert "compiling conv1 forward … 25%" in learner.static("#top")
        endless_compile.set()
        await learner.until(lambda: learner.app.warm_up.share == 1)
        assert "compiling" not in learner.static("#top")
        await learner.press("0")
        assert learner.static("#top") == "tuiconv › Home"


async def test_quitting_stops_the_compile_at_its_next_step(explore, endless_compile):
    for _ in range(3):
        count_visit()
    async with explore() as learner:
        await learner.until(lambda: learner.sent(WarmUp))
        assert learner.static("#welcome") == WELCOME  # no hint as the first time
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
