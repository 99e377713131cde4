"""The walkthrough followed literally: its keys, pressed in a row, lead where its commands do."""

import re
import runpy
import shlex
from pathlib import Path
from unittest.mock import patch

import pytest

from tuiconv.cli import run
from tuiconv.data import load

SAMPLES = Path(__file__).parents[2] / "samples"
TEXT = (SAMPLES / "walkthrough.md").read_text(encoding="utf-8")
keys_in = runpy.run_path(str(SAMPLES / "make_screens.py"))["keys_in"]


def places():
    """The keys of every step, and the command of what is shown then."""
    for section in re.split(r"^#+ ", TEXT, flags=re.MULTILINE):
        press = re.search(r"^Press (`.+?)\n\n", section, re.MULTILINE | re.DOTALL)
        if press:
            yield keys_in(press[1]), re.search(r"^tuiconv show .+$", section, re.MULTILINE)[0]


def view_of(line):
    """The view that a command line asks for."""
    words = shlex.split(line)[1:]
    with patch(f"tuiconv.cli.show_{words[1]}.show_scene") as show_scene:
        assert run(words) == 0
    _, _, view, _ = show_scene.call_args.args
    return view


@pytest.mark.slow
async def test_the_keys_of_the_walkthrough_lead_where_its_commands_do(explore, monkeypatch):
    monkeypatch.setattr(load, "STROKES_TRAIN", 30_000)
    monkeypatch.setattr(load, "STROKES_TEST", 5_000)
    async with explore(100, 32) as learner:
        for keys, line in places():
            await learner.press(*keys)
            screen = learner.lesson_screen
            assert shlex.split(line)[2] == screen.NAME
            assert screen.lesson.settled(view_of(line)) == learner.shown.view, (keys, line)
