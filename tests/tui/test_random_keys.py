"""Whatever is pressed, clicked and resized, in whatever order, the explorer stays usable."""

import random
import string

import pytest
from textual.app import App
from textual.events import Paste
from textual.keys import _character_to_key

from tuiconv.render.lines import line_width
from tuiconv.tui.screens.framed import LEAST_HEIGHT, LEAST_WIDTH, FramedScreen
from tuiconv.tui.widgets.scene_view import SceneView

ARROWS = ["up", "down", "left", "right"]
KEYS = [
    *string.ascii_lowercase.replace("q", ""),
    *string.ascii_uppercase,
    *string.digits,
    *(3 * [*ARROWS, "enter", "enter", "escape", "space"]),
    *(f"shift+{arrow}" for arrow in ARROWS),
    *("left_square_bracket", "right_square_bracket", "comma", "full_stop", "plus", "minus"),
    *("tab", "shift+tab", "pageup", "pagedown", "home", "end", "backspace", "delete"),
    *("question_mark", "ctrl+p", "ctrl+c", "ctrl+z", "f1", "slash"),
]
"""All that is on a keyboard but for q, often those that lead further in."""
SIZES = [(20, 8), (40, 12), (60, 16), (80, 24), (80, 24), (120, 40), (200, 60)]
TEXTS = [
    "INPUT(1,32,32) -> CONV(6,5) -> RELU -> FC(10)",
    "INPUT(1,32,32) -> CONV(6,0) -> [",
    "lenet5",
    "31415",
    "1 0 -1; 2 0 -2; 1 0 -1",
    "nan 1e999 ; / 0",
    "/no/such/picture.png",
    "M 3 4 L 20 21, 22 1",
    "数\x07\n\t",
    "",
]
LEVELS = 12
"""More escapes than there are levels, sheets and palettes on top of each other."""


class Monkey:
    """Does something to the explorer, at random, and writes down what."""

    def __init__(self, learner, seed):
        self.learner = learner
        self.random = random.Random(seed)
        self.done = []

    async def act(self):
        """Press a key, mostly; or type, paste, click, drag, or make the terminal another size."""
        kind = self.random.random()
        if kind < 0.84:
            await self.press(self.random.choice(KEYS))
        elif kind < 0.88:
            await self.write(self.random.choice(TEXTS))
        elif kind < 0.90:
            await self.paste(self.random.choice(TEXTS))
        elif kind < 0.94:
            await self.click(*self.somewhere())
        elif kind < 0.98:
            await self.drag(self.somewhere(), [self.somewhere() for _ in range(3)])
        else:
            await self.resize(*self.random.choice(SIZES))

    def somewhere(self):
        width, height = self.learner.app.size
        return self.random.randrange(width), self.random.randrange(height)

    async def press(self, key):
        self.done.append(key)
        self.learner.app.simulate_key(key)
        await self.learner.pilot.pause(0)

    async def write(self, text):
        """Where one can write, and where every letter is a key."""
        if self.random.random() < 0.5:
            await self.press("e")
        for letter in text:
            if letter != "q":
                await self.press(_character_to_key(letter))
        await self.press(self.random.choice(["enter", "escape"]))

    async def paste(self, text):
        self.done.append(f"paste {text!r}")
        self.learner.app.post_message(Paste(text))
        await self.learner.pilot.pause(0)

    async def drag(self, begin, ways):
        self.done.append(f"drag {begin} {ways}")
        pilot = self.learner.pilot
        await pilot.mouse_down(offset=begin)
        for way in ways:
            await pilot.hover(offset=way)
        await pilot.mouse_up(offset=ways[-1])
        await pilot.hover(offset=begin)

    async def click(self, x, y):
        self.done.append((x, y))
        await self.learner.pilot.click(offset=(x, y))

    async def resize(self, width, height):
        self.done.append(f"{width}x{height}")
        await self.learner.pilot.resize_terminal(width, height)

    async def check(self):
        """What was asked for is done in time, and what stands on the screen can be read."""
        await self.learner.computed()
        app = self.learner.app
        assert app.is_running, self.done
        framed = [each for each in app.screen_stack if isinstance(each, FramedScreen)]
        assert framed, self.done
        if app.size.width >= LEAST_WIDTH and app.size.height >= LEAST_HEIGHT:
            where = str(framed[0].query_one("#top").content)
            assert where.removeprefix("tuiconv › ").startswith(framed[0].HEADING), self.done
            for view in framed[0].query(SceneView):
                assert_fits(view, self.done)


def assert_fits(view, done):
    """No line of a scene is wider than its widget, where numbers would be cut."""
    width = view.scrollable_content_region.width
    wide = [line for line in view._drawing.lines if line_width(line) > width]
    assert not wide, (width, ["".join(part.text for part in line) for line in wide], done)


async def go_home(monkey):
    """Escape leads home, one level at a time."""
    app = monkey.learner.app
    for _ in range(LEVELS):
        if app.current_mode == "home" and len(app.screen_stack) == 1:
            return
        await monkey.press("escape")
        await monkey.learner.computed()
    raise AssertionError((app.current_mode, app.screen_stack, monkey.done))


async def drive(explore, seed, acts):
    async with explore() as learner:
        await learner.until(lambda: learner.app.warm_up.share == 1)
        monkey = Monkey(learner, seed)
        try:
            for number in range(1, acts + 1):
                await monkey.act()
                if number % 25 == 0:
                    await monkey.check()
            await monkey.check()
            await go_home(monkey)
        except Exception as error:
            error.add_note(f"after {monkey.done}")
            raise


async def stay(app):
    """Do nothing instead."""


@pytest.fixture(autouse=True)
def files_go_nowhere_else(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # the command palette offers to quit, and Ctrl-Z would stop the tests
    monkeypatch.setattr(App, "action_quit", stay)
    monkeypatch.setattr(App, "action_suspend_process", lambda app: None)


async def test_random_keys_texts_clicks_and_sizes_leave_the_explorer_usable(explore):
    await drive(explore, seed=0, acts=60)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 5))
async def test_2000_random_keys_texts_clicks_and_sizes_leave_the_explorer_usable(explore, seed):
    await drive(explore, seed, acts=500)
