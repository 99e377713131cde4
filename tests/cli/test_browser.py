"""The explorer in headless Chromium: what its page shows, and does with keys and mouse."""

import os
import re
import shutil
import socket
import subprocess
import sys
from io import BytesIO

import pytest
from PIL import Image

from tuiconv.tui.catalogue import SCREENS

WIDTH, HEIGHT = 1100, 900
PATIENCE = 60_000
"""Milliseconds that anything may take, as kernels may have to be compiled first."""

CODE = re.compile("\x1b\\[([0-9;?<=>]*)([@-~])|\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)|(\r)|(\n)|(.)")


class Cells:
    """The characters of a terminal, as far as Textual uses one: places, colours and text."""

    def __init__(self):
        self.rows = {}
        self.place = (0, 0)
        self.size = (0, 0)

    def feed(self, frame):
        """Obey what the explorer sends to the page."""
        if isinstance(frame, str):  # no output, but what the server has to say
            return
        y, x = self.place
        for numbers, letter, start, line, sign in CODE.findall(frame.decode()):
            if letter == "H":
                y, x = (int(number or 1) - 1 for number in (numbers or "1;1").split(";"))
            elif letter == "J":
                self.rows.clear()
            elif start:
                x = 0
            elif line:
                y += 1
            elif sign:
                self.rows.setdefault(y, {})[x] = sign
                x += 1
        self.place = (y, x)

    @property
    def text(self):
        return "\n".join(self.line(y) for y in range(self.size[1]))

    def line(self, y):
        row = self.rows.get(y, {})
        return "".join(row.get(x, " ") for x in range(self.size[0]))

    def find(self, words):
        """Row and column of the words."""
        for y in range(self.size[1]):
            if (x := self.line(y).find(words)) >= 0:
                return y, x
        raise AssertionError(f"no {words!r} in:\n{self.text}")


class Browser:
    """A page with the explorer, and a learner in front of it."""

    def __init__(self, page, address):
        self.page = page
        self.cells = Cells()
        self.asked = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("websocket", self.connect)
        page.goto(address)
        self.see("tuiconv › Home")

    def connect(self, websocket):
        self.cells.size = tuple(
            int(n) for n in re.findall(r"(?:width|height)=(\d+)", websocket.url)
        )
        websocket.on("framereceived", self.cells.feed)

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def see(self, *words):
        """Wait until all of the words are there."""
        for _ in range(PATIENCE // 50):
            if all(each in self.cells.text for each in words):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"no {words} in:\n{self.cells.text}")

    def at(self, row, column):
        """Where the middle of a cell is on the page."""
        box = self.page.locator(".xterm-screen").bounding_box()
        width, height = box["width"] / self.cells.size[0], box["height"] / self.cells.size[1]
        return box["x"] + (column + 0.5) * width, box["y"] + (row + 0.5) * height

    def drag(self, *places):
        """Press the mouse button on a cell, move over others, and let it go."""
        self.page.mouse.move(*self.at(*places[0]))
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(*self.at(*place), steps=10)
        self.page.mouse.up()

    def colours(self):
        """How many colours there are on the page."""
        image = Image.open(BytesIO(self.page.screenshot()))
        return len(image.convert("RGB").getcolors(WIDTH * HEIGHT))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of an explorer that is served."""
    home = tmp_path_factory.mktemp("home")
    with socket.create_server(("localhost", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tuiconv", "serve", "--port", str(port)]
    # neither the colours of this terminal nor what else there is on this machine
    own = {"TUICONV_DATA_DIR": "", "TERM": "dumb", "XDG_STATE_HOME": str(home)}
    environment = {**os.environ, **own}
    environment.pop("NO_COLOR", None)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=home, env=environment
    ) as running:
        assert running.stdout is not None
        yield re.search("http://[^ ]+", running.stdout.readline())[0]
        running.terminate()
    assert running.returncode == 143


@pytest.fixture(scope="module")
def chromium():
    """Debian's Chromium; without it, or what drives it, the tests are skipped."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("chromium is not installed (apt install chromium)")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
        browser.close()


@pytest.fixture
def explorer(server, chromium):
    """The explorer, just opened."""
    page = chromium.new_page()
    yield Browser(page, server)
    page.close()


@pytest.mark.slow
def test_home_lists_all_screens_takes_keys_without_a_click_and_asks_nobody_else(explorer, server):
    for entry in SCREENS:
        explorer.see(entry.name)
    explorer.press("Enter")
    explorer.see(f"tuiconv › {SCREENS[0].name}")
    explorer.press("h")
    explorer.see("tuiconv › Home")
    assert explorer.asked
    assert all(url.startswith(server) for url in explorer.asked)


@pytest.mark.slow
def test_the_network_screen_draws_its_maps_and_obeys_keys_and_mouse(explorer):
    explorer.press("3")
    explorer.see("lenet5: image 0", "conv1: CONV(6,5)", "probabilities")
    assert explorer.colours() > 200
    row, column = explorer.cells.find("conv2  ")
    explorer.page.mouse.click(*explorer.at(row, column))
    explorer.see("conv2: CONV(16,5)")
    explorer.press("Enter")
    explorer.see("Network › conv2 › map 0")
    explorer.press("Escape", "Escape")
    explorer.see("tuiconv › Home")


@pytest.mark.slow
def test_a_digit_drawn_with_the_mouse_is_read(explorer):
    explorer.press("7")
    explorer.see("Nothing is drawn yet", "canvas")
    row, column = explorer.cells.find("canvas")
    top, left = row + 1, column  # two pixels a row
    explorer.drag((top + 3, left + 8), (top + 3, left + 20), (top + 12, left + 12))
    explorer.see("reads 7")


@pytest.mark.slow
def test_arrow_keys_add_inputs_to_the_pyramid(explorer):
    explorer.press("6")
    explorer.see("10 → 8 → 4 → 2 → 1")
    explorer.press("Shift+ArrowRight")
    explorer.see("14 → 12 → 6 → 4 → 2")


@pytest.mark.slow
def test_every_page_has_an_explorer_of_its_own_and_says_when_it_has_ended(explorer, server):
    other = Browser(explorer.page.context.new_page(), server)
    other.press("3")
    other.see("tuiconv › Network")
    explorer.press("q")
    explorer.page.get_by_text("The explorer has ended").wait_for()
    explorer.page.get_by_text("Open it again").click()
    explorer.see("tuiconv › Home")
    other.press("h")
    other.see("tuiconv › Home")
    other.page.close()
