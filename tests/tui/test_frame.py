"""What the frame does around every screen, on a lesson that shows one number."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from math import inf
from threading import Event
from typing import ClassVar

import pytest
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tuiconv.errors import RequestError
from tuiconv.lessons.scene import Scene
from tuiconv.lessons.scene import Text as Lines
from tuiconv.lessons.view import Depth
from tuiconv.tui import app as app_module
from tuiconv.tui import frames
from tuiconv.tui.app import TuiconvApp
from tuiconv.tui.catalogue import SCREENS
from tuiconv.tui.screens import computed
from tuiconv.tui.screens.code import CodeScreen
from tuiconv.tui.screens.command_line import CommandLineScreen
from tuiconv.tui.screens.help import HelpScreen
from tuiconv.tui.screens.home import HomeScreen
from tuiconv.tui.screens.lesson import LessonScreen
from tuiconv.tui.widgets.code_view import cut
from tuiconv.tui.widgets.key_line import KeyLine
from tuiconv.tui.widgets.scene_view import SceneView

DEPTHS = ("overview", "map", "number")


@dataclass(frozen=True)
class Number:
    number: int = 0
    depth: Depth = "overview"
    range: str = "unit"


class Counting:
    """Arrows change the number; there is nothing below 0, and 13 cannot be shown."""

    def __init__(self) -> None:
        self.shown: list[int] = []
        self.go_on = Event()
        self.go_on.set()

    def settled(self, view: Number) -> Number:
        if view.number < 0:
            raise RequestError(f"there is no number {view.number}")
        return view

    def scene(self, view: Number) -> Scene:
        if view.number == 13:
            raise RequestError("13 cannot be shown")
        self.shown.append(view.number)
        path = ("in",) * DEPTHS.index(view.depth)
        panels = (Lines("range", (view.range,)),)
        help_ = ("Numbers are counted.", "Arrows change them.")
        return Scene(f"number {view.number}", panels, path, help_, ("relu", "max_pool2d"))

    def deeper(self, view: Number) -> Number:
        return replace(view, depth=DEPTHS[min(DEPTHS.index(view.depth) + 1, 2)])

    def outer(self, view: Number) -> Number:
        return replace(view, depth=DEPTHS[max(DEPTHS.index(view.depth) - 1, 0)])

    def moved(self, view: Number, rows: int, columns: int) -> Number:
        return replace(view, number=view.number + 12 * rows + columns)

    def pointed(self, view: Number, key: str, index: tuple[int, ...]) -> Number:
        return replace(view, number=index[0])

    def ranged(self, view: Number) -> Number:
        return replace(view, range="layer")


class CountingScreen(LessonScreen[Number]):
    NAME = "counting"
    HEADING = "Counting"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "count(2)", "Double"),
        Binding("l", "count(9)", "Long, with more to say than there is room for"),
        Binding("z", "count(0)", "Zero"),
    ]

    goes_on = False

    def first_view(self) -> Number:
        return Number()

    def make_lesson(self, view: Number) -> Counting:
        return Counting()

    def moves(self) -> bool:
        return self.goes_on


@pytest.fixture
def count(explore, monkeypatch):
    """Opens the explorer, which has nothing to compile, at a screen that counts."""
    monkeypatch.setattr(app_module, "compile_all", lambda: iter(()))
    monkeypatch.setattr(HomeScreen, "ask", lambda screen: None)
    monkeypatch.setitem(TuiconvApp.MODES, "counting", CountingScreen)
    monkeypatch.setattr(TuiconvApp, "DEFAULT_MODE", "counting")

    @asynccontextmanager
    async def opened(width: int = 80, height: int = 24) -> AsyncIterator[object]:
        async with explore(width, height) as learner:
            await learner.open("counting")
            yield learner

    return opened


def hold(learner):
    """Have the compute thread wait, so that requests gather, until the event is set."""
    go_on = Event()
    learner.app.compute.submit(lambda: go_on.wait(30))
    return go_on


def sheet_text(learner):
    """All that is written in a modal."""
    return "\n".join(str(each.content) for each in learner.app.screen.query(Static))


def key_line(learner):
    return learner.app.screen.query_one(KeyLine).render().plain


async def test_enter_goes_in_and_escape_comes_out_one_level_at_a_time_and_home_at_last(count):
    async with count() as learner:
        tops = []
        for key in ("r", "right", "enter", "enter", "enter", "escape", "escape"):
            await learner.press(key)
            tops.append(learner.static("#top"))
        inside = "tuiconv › Counting › in"
        assert tops[1:] == [
            "tuiconv › Counting",
            inside,
            f"{inside} › in",
            f"{inside} › in",
            inside,
            "tuiconv › Counting",
        ]
        assert learner.command == "tuiconv show counting --number=1 --range=layer"
        await learner.press("escape")
        assert learner.app.current_mode == "home"
        await learner.open("counting")
        assert learner.shown.view == Number(1, range="layer")


async def test_what_cannot_be_shown_is_told_in_a_line_and_what_was_shown_stays(count):
    async with count() as learner:
        assert (await learner.scene("left")).title == "number 0"
        assert learner.notices == ["there is no number -1"]
        for key in ("down", "right"):
            await learner.press(key)
        assert learner.notices[1:] == ["13 cannot be shown"]
        assert learner.shown.view == learner.lesson_screen.view == Number(12)
        assert (await learner.scene("down")).title == "number 24"
        assert (await learner.scene("left_square_bracket")).title == "number 12"


async def test_a_scene_that_moves_is_asked_for_again_and_again_while_it_is_in_sight(
    count, monkeypatch
):
    monkeypatch.setattr(frames, "SHARE", 0)  # however busy the machine is
    async with count() as learner:
        learner.app.frame_time = 0.01
        screen, shown = learner.lesson_screen, learner.lesson_screen.lesson.shown

        async def rests():
            """Nothing is asked for, though the next frame is due."""
            seen = len(shown)
            await learner.pilot.pause(0.05)
            await learner.computed()
            return len(shown) == seen

        screen.goes_on = True
        await learner.press("right")
        await learner.until(lambda: len(shown) > 5)
        await learner.press("question_mark")
        assert await rests()
        seen = len(shown)
        await learner.press("escape")
        await learner.until(lambda: len(shown) > seen + 2)
        screen.goes_on = False
        await learner.until(lambda: not learner.shown.moves)
        assert await rests()


async def test_c_shows_the_plain_twin_and_after_tab_what_runs(count):
    async with count() as learner:
        learner.app.animation_level = "none"
        await learner.press("c")
        assert isinstance(learner.app.screen, CodeScreen)

        def code():
            return "\n".join(line.rstrip() for line in learner.drawn("CodeView"))

        def colours():
            return {part.style.color for part in learner.segments("CodeView")}

        assert "# relu, plain: loops to read\n\ndef relu(" in code()
        await learner.until(lambda: len(colours()) > 2)  # they come later
        assert "def relu(" in code()
        await learner.tap("end")
        await learner.until(lambda: "yield row, column" in code())
        await learner.press("tab")
        assert "# relu, compiled by Numba: what runs\n" in code()
        await learner.tap("end")
        await learner.until(lambda: "def _keep_largest" in code())
        assert learner.has_straight_edges("CodeView")
        await learner.press("home")
        await learner.resize(200, 60)
        (both,) = (line for line in code().splitlines() if "# relu" in line)
        assert "# relu, compiled by Numba: what runs" in both
        assert "# relu, plain: loops to read  " in both
        await learner.press("c")
        assert isinstance(learner.app.screen, CountingScreen)


def test_a_line_of_code_that_is_too_long_goes_on_in_the_next():
    assert [piece.plain for piece in cut(Text("0123456789"), 4)] == ["0123", "4567", "89"]
    assert [piece.plain for piece in cut(Text("0123"), 4)] == ["0123"]
    assert [piece.plain for piece in cut(Text(""), 4)] == [""]


async def test_a_terminal_that_is_too_small_is_told_what_is_needed_until_it_is_larger(count):
    async with count(40, 12) as learner:
        await learner.until(lambda: learner.app.screen.query_one("#too-small").size)
        assert learner.is_whole("#too-small")
        text = "\n".join(learner.drawn("#too-small"))
        assert "has 40×12 cells" in text
        assert "needs 60×16" in text
        assert "q quits" in text
        await learner.press("right")
        await learner.pilot.resize_terminal(60, 16)
        await learner.until(lambda: not learner.app.screen.query_one("#too-small").display)
        assert isinstance(learner.app.focused, SceneView)
        await learner.until(lambda: learner.lines[:1] == ["number 1"])
        await learner.pilot.resize_terminal(80, 15)
        await learner.until(lambda: learner.app.screen.query_one("#too-small").display)


async def test_what_is_shown_can_be_had_as_a_command_line_and_as_a_drawing(
    count, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    async with count() as learner:
        await learner.press("right", "enter", "y")
        assert isinstance(learner.app.screen, CommandLineScreen)
        assert learner.app.clipboard == "tuiconv show counting --number=1 --depth=map"
        assert learner.app.clipboard in sheet_text(learner)
        await learner.press("y")
        assert isinstance(learner.app.screen, CountingScreen)
        await learner.press("escape")
        for key in ("w", "right", "w"):
            await learner.press(key)
        first, second = (tmp_path / f"counting-{number}.svg" for number in (1, 2))
        assert "number 1" in first.read_text()
        assert "number 2" in second.read_text()
        assert str(second) in learner.notices[-1]


async def test_p_goes_through_the_palettes_and_a_number_without_a_screen_is_told_so(count):
    async with count() as learner:
        first = learner.app.depth.palettes
        await learner.press("p")
        assert learner.app.depth.palettes != first
        assert learner.app.depth.palettes in learner.notices[-1]
        await learner.press("p", "p")
        assert learner.app.depth.palettes == first
        await learner.press("8")
        assert learner.app.current_mode == "counting"
        there = ", ".join(f"{entry.key} {entry.name}" for entry in SCREENS)
        assert learner.notices[-1] == f"there is no screen 8; there are {there}"


async def test_help_has_the_sentences_of_the_scene_and_every_key_and_q_quits_from_it(count):
    async with count() as learner:
        await learner.press("question_mark")
        assert isinstance(learner.app.screen, HelpScreen)
        assert "Numbers are counted." in sheet_text(learner)
        keys = learner.app.screen._keys
        names = {each.name: each.keys for each in keys}
        assert names["Move"] == "←↑↓→"
        assert names["Home"] == "h 0"
        assert names["Filters"] == "2"
        assert {"In", "Out", "Range", "Code", "Command", "SVG", "Quit"} <= names.keys()
        assert "Back" not in names
        await learner.press("question_mark")
        assert isinstance(learner.app.screen, CountingScreen)
        await learner.press("question_mark")
        await learner.tap("q")
        await learner.until(lambda: not learner.app.is_running)


async def test_the_command_palette_has_all_that_can_be_done_and_lets_one_write_a_q(count):
    async with count() as learner:
        app = learner.app
        titles = [each.title for each in app.get_system_commands(app.screen)]
        assert titles[: len(SCREENS)] == [f"{entry.name} ({entry.key})" for entry in SCREENS]
        assert "Commands (ctrl+p)" not in titles
        assert {"Range (r)", "Code (c)", "Command (y)", "SVG (w)", "Palettes (p)"} <= {*titles}
        await learner.press("ctrl+p", *"range")
        await learner.until(lambda: app.screen.query("CommandList").first().option_count == 1)
        await learner.press("enter")
        await learner.until(lambda: isinstance(app.screen, CountingScreen))
        assert (await learner.scene()).leaves[0].lines == ("layer",)
        await learner.tap("ctrl+p", "s", "q")
        assert learner.app.focused.value == "sq"
        await learner.tap("backspace", "backspace", "q")
        await learner.until(lambda: not learner.app.is_running)


async def test_brackets_step_back_and_forward_and_are_offered_only_where_they_lead(count):
    async with count(200, 24) as learner:
        assert "[ Back" not in key_line(learner)
        await learner.press("right", "right")
        assert "[ Back" in key_line(learner)
        assert "] Forward" not in key_line(learner)
        back, forward = "left_square_bracket", "right_square_bracket"
        titles = [(await learner.scene(key)).title for key in (back, back, back, forward)]
        assert titles == ["number 1", "number 0", "number 0", "number 1"]
        assert "] Forward" in key_line(learner)
        await learner.press("right")
        assert "] Forward" not in key_line(learner)


async def test_the_keys_that_fit_are_whole_and_help_and_quit_are_always_among_them(count):
    async with count(200, 24) as learner:
        assert len(key_line(learner)) == 198
        words = key_line(learner).split("  ")
        for width in (60, 70, 80, 120):
            await learner.resize(width, 24)
            line = key_line(learner)
            assert len(line) == width - 2
            assert line.endswith("? Help  q Quit")
            is_long = "l Long" in line
            assert is_long == (width > 100)
            assert line.startswith("⏎ In  esc Out  d Double  ")
            assert line.index("Zero") < line.index("Move")  # the screen's own keys come first
            assert {each.strip() for each in line.split("  ") if each.strip()} <= {
                each.strip() for each in words
            }
        await learner.resize(80, 30)  # where there is room for a second line
        first, second = key_line(learner).split("\n")
        assert first.endswith("? Help  q Quit")
        assert "l Long" not in first
        assert second.startswith("l Long, with more to say than there is room for  ")
        assert learner.app.screen.query_one(KeyLine).region.bottom == 30
        assert learner.app.screen.query_one(SceneView).size.height == 27


async def test_requests_that_gather_are_done_in_turn_and_one_is_shown_every_now_and_then(
    count, monkeypatch
):
    async with count() as learner:
        go_on = hold(learner)
        await learner.tap("enter", "escape", "right")
        go_on.set()
        await learner.computed()
        assert learner.app.current_mode == "counting"
        assert learner.shown.view == Number(1)
        monkeypatch.setattr(computed, "LONGEST", inf)
        shown = learner.lesson_screen.lesson.shown
        shown.clear()
        go_on = hold(learner)
        await learner.tap(*["right"] * 5)
        go_on.set()
        await learner.computed()
        assert shown == [6]
        monkeypatch.setattr(computed, "LONGEST", -1)
        go_on = hold(learner)
        await learner.tap(*["right"] * 3)
        go_on.set()
        await learner.computed()
        assert shown == [6, 7, 8, 9]


async def test_where_one_is_is_told_from_the_innermost_on_as_far_as_there_is_room(count):
    async with count(60, 16) as learner:
        screen, inside = learner.lesson_screen, " › map 31 › unit 13,11"
        for name, told in {
            "conv1": "tuiconv › Network › conv1",
            "c" * 20: f"… › Network › {'c' * 20}",
            "c" * 31: f"… › {'c' * 31}",
            "c" * 40: "…",
        }.items():
            screen.heading = f"Network › {name}{inside}"
            assert learner.static("#top") == told + inside


async def test_keys_take_effect_in_turn_though_nothing_is_shown_yet(count):
    async with count() as learner:
        learner.app.add_mode("again", CountingScreen)
        go_on = hold(learner)
        await learner.tap("enter")  # of the screen that one leaves
        learner.app.switch_mode("again")
        await learner.tap("right", "enter", "right", "enter", "y", "y")
        go_on.set()
        await learner.until(lambda: isinstance(learner.app.screen, CommandLineScreen))
        assert learner.app.clipboard == "tuiconv show counting --number=2 --depth=number"
        await learner.press("escape")
        assert learner.shown.view == Number(2, "number")
        go_on = hold(learner)
        await learner.tap("escape", "enter", "right", "left_square_bracket", "c")
        go_on.set()
        await learner.until(lambda: isinstance(learner.app.screen, CodeScreen))
        assert learner.shown.view == Number(2, "number")


async def test_a_screen_that_is_not_shown_computes_nothing_until_it_is_again(count):
    async with count() as learner:
        screen = learner.lesson_screen
        await learner.press("0")
        screen.change(lambda lesson, view: lesson.moved(view, 0, 7))
        await learner.computed()
        assert screen.lesson.shown == [0]
        await learner.open("counting")
        assert screen.lesson.shown == [0, 7]


async def test_a_lesson_that_cannot_begin_says_why_where_it_would_be(count, monkeypatch):
    def missing(screen, view):
        raise FileNotFoundError(2, "there is no such file", "net.safetensors")

    monkeypatch.setattr(CountingScreen, "make_lesson", missing)
    async with count() as learner:
        assert learner.lines[0] == "net.safetensors: there is no such file"
        assert learner.static("#top") == "tuiconv › Counting"
        monkeypatch.setattr(CountingScreen, "make_lesson", lambda screen, view: Counting())
        assert (await learner.scene("right")).title == "number 1"
        await learner.press("escape")
        assert learner.app.current_mode == "home"
