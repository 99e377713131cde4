"""How `apply-filter` shows a picture, in terminals of several sizes and abilities."""

import re

import numpy as np
import pytest
from PIL import Image
from rich.cells import cell_len

PROGRAM = "import sys; from tuiconv.cli import run; sys.exit(run(sys.argv[1:]))"


@pytest.fixture
def large(folder):
    """A photo.png that fits no terminal, with an edge to find."""
    pixels = np.full((300, 400, 3), 30, np.uint8)
    pixels[100:200, 100:300] = 220
    Image.fromarray(pixels).save(folder / "photo.png")


def test_a_small_terminal_shows_it_all_without_scrolling(in_terminal, large):
    arguments = ("apply-filter", "photo.png", "edge-8", "-o", "out.png")
    with in_terminal(PROGRAM, *arguments) as terminal:
        text = re.sub(r"\x1b\[[0-9;]*m", "", terminal.read()).replace("\r", "")
    lines = text.splitlines()
    assert len(lines) <= 23  # and one for the shell
    assert max(map(cell_len, lines)) <= 80
    assert sum("▀" * 20 in line for line in lines) >= 8  # pictures of more than 16 pixels
    for words in (
        "before: 400×300 RGB",
        "after",
        "kernel",
        "of 360,000 numbers below 0",
        "clipped",
    ):
        assert words in text


@pytest.mark.parametrize("view", ["both", "before", "after", "difference", "kernel"])
@pytest.mark.parametrize("width", [20, 40, 80, 160])
def test_no_view_is_wider_than_asked_and_no_number_is_cut(tuiconv, large, view, width):
    done = tuiconv("apply-filter", "photo.png", "edge-8", "--view", view, "--width", width)
    assert (done.status, done.err) == (0, "")
    assert max(map(cell_len, done.out.splitlines())) <= width
    words = done.out.split()
    if view in ("before", "after", "difference"):
        assert {"360,000", "120,000"} <= set(words)


@pytest.mark.parametrize("color", ["truecolor", "256", "16", "none"])
def test_the_sign_is_seen_in_any_colours(tuiconv, large, color):
    text = tuiconv("apply-filter", "photo.png", "sobel-x", "--color", color).out
    if color in ("16", "none"):
        assert "≡" in text  # below 0
        assert "█" in text  # above
    else:
        colours = {"truecolor": ["30;95;185", "160;66;0"], "256": ["5;25", "5;130"]}[color]
        assert all(each in text for each in colours)


def test_a_slide_has_the_same_words_as_the_terminal(tuiconv, large, folder):
    done = tuiconv("apply-filter", "photo.png", "edge-8", "--svg", "slide.svg")
    assert done.status == 0
    slide = (folder / "slide.svg").read_text()
    for words in ("before: 400×300 RGB", "after: sums, mean of RGB", "of 360,000 numbers below 0"):
        assert words in slide
        assert words in done.out


def test_what_is_read_aloud_has_nothing_to_be_seen(tuiconv, large):
    done = tuiconv("apply-filter", "photo.png", "edge-8", "--plain")
    assert done.status == 0
    assert not set("▀█▓▒░≡│─┌") & set(done.out)
    assert "   " not in done.out
    assert "Row 2: −1, 8, −1." in done.out
