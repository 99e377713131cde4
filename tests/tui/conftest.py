"""A learner in front of the explorer, and data small enough for tests."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import pytest
from textual.events import Callback, Timer
from textual.message import Message
from textual.notifications import Notify
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Static

from tuiconv.data import load
from tuiconv.lessons.scene import Scene
from tuiconv.lessons.view import command
from tuiconv.render.lines import line_width
from tuiconv.tui.app import TuiconvApp
from tuiconv.tui.messages import SceneReady
from tuiconv.tui.screens.lesson import LessonScreen
from tuiconv.tui.widgets.scene_view import SceneView

TRAIN, TEST = 128, 16
DEADLINE = 120.0
"""Seconds after which something that was waited for will not come any more."""
ROUNDS = 50
"""More than a key takes to the focused widget, up to the app, and into a screen that it opens.

While a network trains there is always news, and nothing to wait for.
"""

Sent = TypeVar("Sent", bound=Message)


class Learner:
    """Presses keys, waits for what shows, and reads the screen."""

    def __init__(self, app: TuiconvApp, pilot: Pilot[None], messages: list[Message]) -> None:
        self.app = app
        self.pilot = pilot
        self.messages = messages

    def sent(self, kind: type[Sent]) -> list[Sent]:
        """The messages of one kind so far."""
        return [message for message in self.messages if isinstance(message, kind)]

    @property
    def notices(self) -> list[str]:
        return [message.notification.message for message in self.sent(Notify)]

    async def until(self, condition: Callable[[], object]) -> None:
        """Let the explorer work until the condition holds."""
        async with asyncio.timeout(DEADLINE):
            while not condition():
                assert self.app.is_running, "the explorer has ended"
                await asyncio.sleep(0.005)
        await self.settle()

    async def settle(self) -> None:
        """Let messages arrive, and those that they lead to; each round takes them a widget further.

        A pause of some length would be too short for a busy machine.
        """
        for _ in range(ROUNDS):
            before = self.handled()
            await asyncio.sleep(0)  # what another thread has posted gets into the queues
            await self.pilot.pause(0)
            if self.handled() == before:
                break

    def handled(self) -> int:
        """How many messages arrived so far, but for the calls that rounds and clocks make."""
        return sum(not isinstance(message, Callback | Timer) for message in self.messages)

    async def computed(self) -> None:
        """Wait until the compute thread has done all it was asked, and it shows."""
        done: list[bool] = []
        self.app.compute.submit(lambda: done.append(True))
        await self.until(lambda: done)

    async def tap(self, *keys: str) -> None:
        """Press keys and wait until they are obeyed, but not for the compute thread.

        The pilot's own `press` waits for the process to be idle, which it is not in training.
        """
        for key in keys:
            self.app.simulate_key(key)
            await self.settle()

    async def press(self, *keys: str) -> None:
        """Press keys, and wait until what they asked for is there."""
        await self.tap(*keys)
        await self.computed()

    async def open(self, mode: str) -> None:
        """Go to a screen by its name, and wait until it is there and shows what it has."""
        self.app.switch_mode(mode)
        await self.until(lambda: self.app.current_mode == mode)
        await self.until(lambda: self.app.screen.query_one("#top").size)  # it is laid out
        await self.computed()

    async def click(self, selector: str, x: int, y: int) -> None:
        """Click into a widget, and wait until what that asked for is there."""
        await self.pilot.click(selector, offset=(x, y))
        await self.settle()
        await self.computed()

    async def resize(self, width: int, height: int) -> None:
        """Make the terminal another size, and wait until all is drawn for it."""
        await self.pilot.resize_terminal(width, height)
        await self.settle()
        await self.computed()

    async def scene(self, *keys: str) -> Scene:
        """Press keys on a screen with a lesson; the scene that is shown when all are obeyed."""
        await self.press(*keys)
        return self.shown.scene

    @property
    def shown(self) -> SceneReady:
        """What the current screen shows: its `view` and its `scene`."""
        shown = self.lesson_screen.shown
        assert shown is not None, f"nothing is shown yet; notices: {self.notices}"
        return shown

    @property
    def lesson_screen(self) -> LessonScreen[Any]:
        """The current screen, or the one behind a modal."""
        *_, screen = (each for each in self.app.screen_stack if isinstance(each, LessonScreen))
        return screen

    @property
    def command(self) -> str:
        """The command line that prints what is shown."""
        return command(self.lesson_screen.NAME, self.shown.view)

    @property
    def lines(self) -> list[str]:
        """The lines of the scene that are in sight."""
        view = self.lesson_screen.query_one(SceneView)
        return [view.render_line(y).text.rstrip() for y in range(view.size.height)]

    async def open_training(self) -> None:
        await self.scene("4")

    async def open_filters(self) -> None:
        await self.scene("2")

    def static(self, selector: str) -> str:
        """The text of a Static on the current screen."""
        return str(self.app.screen.query_one(selector, Static).content)

    def drawn(self, selector: str) -> list[str]:
        """The lines that a widget of the current screen draws, as they reach the terminal."""
        widget = self.app.screen.query_one(selector, Widget)
        return [widget.render_line(y).text for y in range(widget.size.height)]

    def segments(self, selector: str) -> list[Any]:
        """All segments that a widget of the current screen draws."""
        widget = self.app.screen.query_one(selector, Widget)
        return [part for y in range(widget.size.height) for part in widget.render_line(y)]

    def is_whole(self, selector: str) -> bool:
        """Whether all of a widget is on the screen, with nothing in front of it."""
        place = self.app.screen.find_widget(self.app.screen.query_one(selector, Widget))
        return place.region.area > 0 and place.visible_region == place.region

    def has_straight_edges(self, selector: str) -> bool:
        """Whether every line of a widget is exactly as wide as the widget."""
        widget = self.app.screen.query_one(selector, Widget)
        lines = [list(widget.render_line(y)) for y in range(widget.size.height)]
        bar = 1 if widget.show_vertical_scrollbar else 0
        return {line_width(line) for line in lines} <= {widget.content_region.width - bar}


Explore: TypeAlias = Callable[..., AbstractAsyncContextManager[Learner]]


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Little data, no MNIST, a terminal of all colours."""
    monkeypatch.setattr(load, "STROKES_TRAIN", TRAIN)
    monkeypatch.setattr(load, "STROKES_TEST", TEST)
    monkeypatch.setattr(load, "user_data_path", lambda name: tmp_path / name)
    monkeypatch.delenv("TUICONV_DATA_DIR", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")


@pytest.fixture
def explore() -> Explore:
    """Opens the explorer; afterwards its compute thread must end by itself."""

    @asynccontextmanager
    async def opened(width: int = 80, height: int = 24) -> AsyncIterator[Learner]:
        app, messages = TuiconvApp(), list[Message]()
        try:
            async with app.run_test(size=(width, height), message_hook=messages.append) as pilot:
                learner = Learner(app, pilot, messages)
                await learner.until(lambda: app.compute.ident)
                yield learner
        finally:
            if app.compute.ident:
                app.compute.join(DEADLINE)
        assert not app.compute.is_alive()

    return opened
