"""The pictures of the screens are what the explorer draws after their keys."""

import re
import runpy
from pathlib import Path

import pytest

from tuiconv.tui.catalogue import SCREENS

SAMPLES = Path(__file__).parents[2] / "samples"
MAKE = runpy.run_path(str(SAMPLES / "make_screens.py"))
LARGEST = 150_000
"""Bytes of a picture."""


def words_of(text):
    """What is written on a picture, but for what is measured anew each time."""
    words = re.findall(r"<text [^>]*>([^<]*)</text>", text)
    return [re.sub(r"[\d,]+ images/s", "images/s", each) for each in words]


def test_keys_are_read_from_a_text_as_a_reader_does():
    keys_in = MAKE["keys_in"]
    assert keys_in("`t` `↓` 2× `shift+→` `Enter`.") == ["t", "down", "down", "shift+right", "enter"]
    assert keys_in("`e` and type `a b` `Enter`") == ["e", "a", " ", "b", "enter"]


def test_there_is_a_small_picture_of_every_screen():
    assert list(MAKE["PRESSED"]) == ["home", *(entry.mode for entry in SCREENS)]
    for name in MAKE["PRESSED"]:
        assert (SAMPLES / "screens" / f"{name}.svg").stat().st_size < LARGEST


@pytest.mark.slow
@pytest.mark.parametrize("name", MAKE["PRESSED"])
def test_a_picture_is_what_the_explorer_draws(name, tmp_path, monkeypatch):
    monkeypatch.undo()  # of the few digits that tests of screens draw
    for variable in (*MAKE["SURROUNDINGS"], "XDG_STATE_HOME", "XDG_DATA_HOME", "NO_COLOR"):
        monkeypatch.setenv(variable, "")  # and set back when the script has changed it
    MAKE["main"](("--only", name, "--into", str(tmp_path)))
    drawn, kept = (folder / f"{name}.svg" for folder in (tmp_path, SAMPLES / "screens"))
    assert words_of(drawn.read_text(encoding="utf-8")) == words_of(kept.read_text(encoding="utf-8"))
