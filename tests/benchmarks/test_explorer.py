"""What the explorer promises about time, bytes and memory, measured in a real terminal.

Outside the normal test run, on a machine that has nothing else to do; POSIX only:

    pytest -n 0 -s tests/benchmarks/test_explorer.py
    pytest -n 0 -s tests/benchmarks/test_explorer.py -m slow       ten minutes, for the memory
"""

import json
import os
import random
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest

from tuiconv.bench.terminal import FRAME_ENDS, Screen, Terminal

EXPLORER = [sys.executable, "-m", "tuiconv"]
DEMO = [sys.executable, "-m", "textual"]
SMALL, LARGE = (80, 24), (200, 60)
SIZES = [pytest.param(size, id="x".join(map(str, size))) for size in (SMALL, LARGE)]
TURNS = 9
KEYS = 200
UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
SHIFT_RIGHT, SHIFT_LEFT = "\x1b[1;2C", "\x1b[1;2D"

SCREENS = {
    "home": ("0", "Home", [DOWN, UP]),
    "convolution": ("1", "6.2", [RIGHT, LEFT]),
    "filters": ("2", "sharpen", [DOWN, DOWN, UP, UP]),
    "network": ("3", "conv1", ["n"]),
    "training": ("4", "space plays", ["n"]),
    "arithmetic": ("5", "multiply-adds", [DOWN, UP]),
    "dynamic": ("6", "stride", [SHIFT_RIGHT, SHIFT_LEFT]),
    "draw": ("7", "probabilities", [RIGHT, LEFT]),
}
"""The key of a screen, what it shows when it is there, and keys that change it, in turn."""

SEEN = re.compile(r"([\d,]+) images seen")
"""How far training is, on the Training screen."""
IMAGE = re.compile(r"test image ([\d,]+)")
"""What it shows that changes by a key only."""

HEADLESS = """
import sys, time
import numpy as np
from tuiconv.data.load import load_dataset
from tuiconv.nn.events import BatchDone
from tuiconv.nn.network import Network
from tuiconv.nn.training import Trainer

rng = np.random.default_rng(0)
train, test = load_dataset("strokes", seed=rng)
trainer = Trainer(Network.preset("lenet5", rng), seed=rng)
images = begin = 0
for event in trainer.run(train, test, 1_000):
    if isinstance(event, BatchDone):
        images += trainer.batch_size
        if event.epoch == 1 and event.batch == 100:
            images, begin = 0, time.perf_counter()
        elif begin and time.perf_counter() - begin > float(sys.argv[1]):
            break
print(images / (time.perf_counter() - begin))
"""
"""The run of the Training screen, without a screen: prints images a second."""

HEATMAP = """
import json, sys, time
import numpy as np
from textual.app import App
from tuiconv.lessons.scene import Map, Scene
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.tui.widgets.scene_view import SceneView

class Heatmap(App[None]):
    began = None

    def compose(self):
        yield SceneView(Display(ColorDepth.TRUECOLOR))

    def on_mount(self):
        self.times = []
        self.draw()

    def draw(self):
        number = len(self.times)
        y, x = np.mgrid[:112, :198]
        if sys.argv[1] == "smooth":
            values = np.sin(x / 17 + number) * np.cos(y / 11 - number) + x / 200
        else:
            values = np.random.default_rng(number).standard_normal(x.shape)
        scene = Scene("a heat map", (Map("map", values),))
        self.began = time.thread_time()
        self.query_one(SceneView).show(scene)

    def post_display_hook(self):
        if self.began is not None:
            self.times.append(1e3 * (time.thread_time() - self.began))
            self.began = None
            self.set_timer(0.02, self.draw if len(self.times) < 60 else self.end)

    def end(self):
        open(sys.argv[2], "w").write(json.dumps(self.times[10:]))
        self.exit()

Heatmap().run()
"""
"""Draws one map after the other, and writes how many milliseconds of the UI thread each took."""


def start(size=SMALL, command=EXPLORER, **changes) -> Terminal:
    """A program in a terminal of all colours, with some changes in its environment."""
    without = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    colours = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
    return Terminal(command, *size, environment=without | colours | changes)


@contextmanager
def explorer(size=SMALL, screen="home"):
    """The explorer on one of its screens, with its kernels ready and at rest."""
    terminal = start(size)
    try:
        # the pictures on Home come when all kernels are there
        terminal.wait(lambda: "▀▀▀" in str(terminal.screen), 120)
        open_screen(terminal, screen)
        yield terminal
    finally:
        terminal.close()


def open_screen(terminal: Terminal, name: str) -> None:
    key, shows, _ = SCREENS[name]
    terminal.press(key)
    terminal.wait(lambda: shows in str(terminal.screen))
    while terminal.read_for(0.5):
        pass


def play(terminal: Terminal) -> None:
    """Go to the Training screen and let it train."""
    open_screen(terminal, "training")
    terminal.press(" ")
    terminal.wait(lambda: images_seen(terminal.screen) > 2_000)


def images_seen(screen: Screen) -> int:
    found = SEEN.search(str(screen))
    return int(found[1].replace(",", "")) if found else 0


def image_shown(screen: Screen) -> str:
    found = IMAGE.search(str(screen))
    assert found, str(screen)
    return found[1]


def seconds_to_first_paint(command) -> float:
    terminal = start(command=command)
    try:
        terminal.wait(lambda: str(terminal.screen).strip())
        return terminal.sent[-1][0] - terminal.began
    finally:
        terminal.close()


def test_the_first_paint_takes_at_most_0_9_s():
    commands = (EXPLORER, DEMO)
    turns = [list(map(seconds_to_first_paint, commands)) for _ in range(TURNS + 1)]
    ours, theirs = map(median, zip(*turns[1:], strict=True))
    print(f"\nfirst paint {ours:.2f} s; the demo of Textual {theirs:.2f} s")
    assert ours <= 0.9


def milliseconds_of_key(terminal: Terminal, key: str, mark) -> float:
    """Until the screen shows what a key changes: its mark, or without one the last part of it."""
    shown = mark and mark(terminal.screen)
    before, pressed = len(terminal.sent), time.perf_counter()
    terminal.press(key)
    terminal.read(2.0)
    terminal.read_for(0.3)
    for parts in range(before + 1, len(terminal.sent) + 1):
        if mark and mark(terminal.screen_after(parts)) != shown:
            return 1e3 * (terminal.sent[parts - 1][0] - pressed)
    parts = [(pressed, b""), *terminal.sent[before:]]  # a mark may be cut in two by the reading
    times = [
        when
        for (_, last), (when, data) in pairwise(parts)
        if FRAME_ENDS in last[-len(FRAME_ENDS) :] + data
    ]
    assert times, f"{key!r} changed nothing:\n{terminal.screen}"
    assert not mark, f"{key!r} did not change {shown}:\n{terminal.screen}"
    return 1e3 * (times[-1] - pressed)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("playing", [False, True], ids=["idle", "playing"])
@pytest.mark.parametrize("screen", SCREENS)
def test_a_key_changes_the_screen_in_60_ms(screen, playing, size):
    keys, pauses = SCREENS[screen][2], random.Random(0)
    with explorer(size) as terminal:
        if playing:
            play(terminal)
        if not playing or screen != "training":
            open_screen(terminal, screen)
        times = []
        for number in range(KEYS):
            terminal.read_for(0.1 * pauses.random())  # not in step with the frames of training
            mark = image_shown if playing and screen == "training" else None
            times.append(milliseconds_of_key(terminal, keys[number % len(keys)], mark))
    label = "while training plays" if playing else "idle"
    print(f"\n{screen} {size}, {label}: median {median(times):.0f} ms, worst {max(times):.0f} ms")
    assert median(times) <= 60
    assert max(times) <= 150


def playing_speed(size, seconds: float) -> tuple[float, float]:
    """Images a second while the screen plays, and bytes a second that it sends."""
    with explorer(size) as terminal:
        play(terminal)
        terminal.wait(lambda: images_seen(terminal.screen) > 10_000)
        # the screen says what was so when its frame was made: clock and count go by frames
        seen, begin = images_seen(terminal.screen), terminal.sent[-1][0]
        sent = terminal.read_for(seconds)
        seconds = terminal.sent[-1][0] - begin
        return (images_seen(terminal.screen) - seen) / seconds, sent / seconds


def headless_speed(seconds: float) -> float:
    command = [sys.executable, "-c", HEADLESS, str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout)


@pytest.mark.parametrize("size", SIZES)
def test_training_that_plays_keeps_85_percent_of_its_speed(size):
    turns = [(headless_speed(5), *playing_speed(size, 5)) for _ in range(3)]
    headless, playing, sent = map(median, zip(*turns, strict=True))
    share = playing / headless
    print(f"\n{size}: {playing:,.0f} images/s of {headless:,.0f}: {share:.0%}; {sent:,.0f} bytes/s")
    assert share >= 0.85


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("screen", SCREENS)
def test_an_idle_screen_sends_nothing(screen, size):
    with explorer(size, screen) as terminal:
        assert terminal.read_for(5) == 0


def seconds_to_quit(terminal: Terminal) -> float:
    terminal.press("q")
    return terminal.wait(terminal.ended)


def test_q_ends_a_compile_and_an_epoch_in_2_s(tmp_path):
    terminal = start(NUMBA_CACHE_DIR=str(tmp_path))
    try:
        terminal.wait(lambda: "compiling" in str(terminal.screen))
        of_compile = seconds_to_quit(terminal)
    finally:
        terminal.close()
    with explorer() as terminal:
        play(terminal)
        of_epoch = seconds_to_quit(terminal)
    print(f"\nq ends a compile in {of_compile:.2f} s, an epoch in {of_epoch:.2f} s")
    assert max(of_compile, of_epoch) <= 2


@pytest.mark.parametrize("values", ["smooth", "noise"])
def test_a_heatmap_as_large_as_the_screen_takes_8_ms_of_the_ui_thread(values, tmp_path):
    times = tmp_path / "times.json"
    terminal = start(LARGE, [sys.executable, "-c", HEATMAP, values, str(times)])
    try:
        while not terminal.ended():
            terminal.read(0.1)
    finally:
        terminal.close()
    milliseconds = json.loads(times.read_text())
    size = len(terminal.output) / 60
    print(
        f"\n{values}: median {median(milliseconds):.1f} ms, worst {max(milliseconds):.1f} ms,"
        f" {size:,.0f} bytes a frame"
    )
    assert median(milliseconds) <= 8


def resident(pid: int) -> float:
    """Megabytes of memory that a process holds now."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", status)
    assert found
    return int(found[1]) / 1024


@pytest.mark.slow
def test_memory_stays_flat_over_ten_minutes_of_training_with_screens_switching():
    figures = {}
    with explorer(LARGE) as terminal:
        play(terminal)
        begin = time.monotonic()
        for minute in (1, 2, 5, 10):
            while time.monotonic() - begin < 60 * minute:
                for key, _, changes in SCREENS.values():
                    terminal.press(key)
                    terminal.read_for(0.5)
                    terminal.press(changes[0])
                    terminal.read_for(0.5)
                terminal.forget()
            figures[minute] = resident(terminal.pid)
            print(f"\nafter {minute} min: {figures[minute]:.0f} MB", flush=True)
    # until then the snapshots to go back to fill their bounds
    assert figures[10] <= 1.05 * figures[5]
