from threading import Event

import pytest
from textual.widgets import Footer, OptionList, ProgressBar

from tuiconv.tui import app as app_module
from tuiconv.tui.messages import PictureFiltered, WarmUp

SIZES = [(80, 24), (120, 40), (200, 60)]


@pytest.fixture
def slow_compile(monkeypatch):
    """The kernels take until the event is set."""
    go_on = Event()

    def compile_all(preset):
        while not go_on.wait(0.02):
            yield "conv1 forward", 0.25
        yield "conv1 backward", 0.75

    monkeypatch.setattr(app_module, "compile_all", compile_all)
    return go_on


@pytest.mark.parametrize("size", SIZES)
async def test_home_lists_the_screens_with_their_keys(explore, size):
    async with explore(*size) as learner:
        options = learner.app.screen.query_one(OptionList).options
        assert [(option.id, str(option.prompt).split()[:2]) for option in options] == [
            ("filters", ["2", "Filters"]),
            ("training", ["4", "Training"]),
        ]
        for selector in ("#welcome", "#screens", "#doing", "#compiled", "#environment"):
            assert learner.is_whole(selector)


async def test_a_terminal_of_60_columns_still_shows_all_of_home(explore):
    async with explore(60, 18) as learner:
        for selector in ("#welcome", "#screens", "#doing", "#compiled", "#environment"):
            assert learner.is_whole(selector), selector


@pytest.mark.parametrize("size", SIZES)
async def test_every_screen_says_where_one_is_and_has_its_keys_at_the_bottom(explore, size):
    async with explore(*size) as learner:
        for key, heading in (("2", "Filters"), ("4", "Training lenet5"), ("escape", "Home")):
            await learner.press(key)
            assert learner.static("#top").startswith(f"tuiconv › {heading}")
            footer = learner.app.screen.query_one(Footer)
            assert footer.region.bottom == size[1]
            assert learner.is_whole("#top")


async def test_keys_switch_screens_from_anywhere(explore):
    async with explore() as learner:
        for key, mode in [
            ("2", "filters"),
            ("4", "training"),
            ("2", "filters"),
            ("h", "home"),
            ("4", "training"),
            ("escape", "home"),
            ("escape", "home"),
        ]:
            await learner.press(key)
            assert learner.app.current_mode == mode


async def test_arrows_and_enter_open_a_screen(explore):
    async with explore() as learner:
        await learner.press("enter")
        assert learner.app.current_mode == "filters"
        await learner.press("h", "down", "enter")
        assert learner.app.current_mode == "training"


async def test_home_shows_how_far_the_compile_is(explore, slow_compile):
    async with explore() as learner:
        await learner.until(lambda: learner.sent(WarmUp))
        assert learner.static("#doing").startswith("compiling conv1 forward")
        bar = learner.app.screen.query_one(ProgressBar)
        assert bar.percentage == 0.25
        slow_compile.set()
        await learner.until(lambda: bar.percentage == 1)
        assert learner.static("#doing").startswith("kernels ready in ")


@pytest.mark.parametrize("key", ["2", "4"])
async def test_a_screen_that_waits_for_the_kernels_says_so(explore, slow_compile, key):
    async with explore() as learner:
        await learner.until(lambda: learner.sent(WarmUp))
        await learner.tap(key)
        await learner.until(lambda: learner.static("#top"))
        assert "compiling conv1 forward … 25%" in learner.static("#top")
        slow_compile.set()
        await learner.until(lambda: learner.app.warm_up.share == 1)
        await learner.computed()
        assert "compiling" not in learner.static("#top")


async def test_keys_pressed_while_the_kernels_compile_are_obeyed_in_turn(explore, slow_compile):
    async with explore() as learner:
        await learner.until(lambda: learner.sent(WarmUp))
        await learner.tap("4")
        await learner.until(lambda: learner.static("#top"))
        await learner.tap("b", "b", "right")
        slow_compile.set()
        await learner.until(lambda: len(learner.frames) == 4)
        assert learner.frames[-1].last.batch == 2
        assert learner.frames[-1].digit == 1


async def test_what_is_asked_for_comes_before_the_next_kernel(explore, monkeypatch):
    def compile_all(preset):
        while True:
            Event().wait(0.01)
            yield "something that never ends", 0.5

    monkeypatch.setattr(app_module, "compile_all", compile_all)
    async with explore() as learner:
        await learner.tap("2")
        await learner.until(lambda: learner.sent(PictureFiltered))


async def test_environment_names_the_terminals_size_and_colours(explore):
    async with explore(100, 30) as learner:
        assert learner.static("#environment").endswith("100×30, colours: truecolor")
        await learner.pilot.resize_terminal(90, 25)
        await learner.until(lambda: "90×25" in learner.static("#environment"))


async def test_q_quits_from_every_screen(explore):
    for keys in (["q"], ["2", "q"], ["4", "q"]):
        async with explore() as learner:
            await learner.tap(*keys)
            await learner.until(lambda app=learner.app: not app.is_running)
            assert learner.app.return_code == 0


async def test_quitting_stops_a_training_that_plays(explore):
    async with explore() as learner:
        await learner.open_training()
        await learner.tap("space")
        await learner.until(lambda: learner.frames[-1].playing)
        await learner.tap("q")
        await learner.until(lambda: not learner.app.is_running)
    assert learner.app.compute.stopped.is_set()  # and `explore` has seen the thread end


async def test_quitting_stops_the_compile_at_its_next_step(explore, monkeypatch):
    compiled = []

    def compile_all(preset):
        while True:
            compiled.append(preset)
            Event().wait(0.01)
            yield "something that never ends", 0.5

    monkeypatch.setattr(app_module, "compile_all", compile_all)
    async with explore() as learner:
        await learner.until(lambda: compiled)
        await learner.tap("q")
        await learner.until(lambda: not learner.app.is_running)
    assert learner.app.compute.stopped.is_set()


async def test_a_fault_in_the_compute_thread_ends_the_explorer_with_that_error(explore):
    async def meet_the_fault() -> None:
        async with explore() as learner:
            learner.app.compute.submit(lambda: 1 // 0)
            await learner.until(lambda: not learner.app.is_running)

    with pytest.raises(ZeroDivisionError):
        await meet_the_fault()


async def test_a_fault_in_training_ends_the_explorer_with_that_error(explore):
    class Broken:
        going = True

        def advance(self):
            raise KeyError("weights")

    async def meet_the_fault() -> None:
        async with explore() as learner:
            compute = learner.app.compute
            compute.submit(lambda: setattr(compute, "work", Broken()))
            await learner.until(lambda: not learner.app.is_running)

    with pytest.raises(KeyError, match="weights"):
        await meet_the_fault()
