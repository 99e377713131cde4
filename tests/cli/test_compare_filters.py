import numpy as np
import pytest
from PIL import Image
from rich.cells import cell_len

from tuiconv.images.filters.catalog import FILTERS


def test_the_contact_sheet_names_the_picture_and_every_filter(tuiconv, photo):
    done = tuiconv("filters", "--compare", "photo.png")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("photo.png: 17×12 RGB\n")
    words = done.out.split()
    assert {each.name.split(",")[0] for each in FILTERS.values()} <= {
        w.split(",")[0] for w in words
    }


def test_an_escape_code_in_a_name_does_not_reach_the_terminal(tuiconv, photo, folder):
    (folder / "photo.png").rename(folder / "\x1b[31mred.png")
    text = tuiconv("filters", "--compare", "\x1b[31mred.png", "--color", "none").out
    assert text.startswith("\\x1b[31mred.png: 17×12 RGB\n")
    assert "\x1b" not in text


def test_that_a_large_picture_is_shrunk_first_is_told(tuiconv):
    Image.fromarray(np.zeros((300, 500), np.uint8)).save("large.png")
    first = tuiconv("filters", "--compare", "large.png").out.splitlines()[0]
    assert first == "large.png: 500×300 L, shrunk to 25×15 and then filtered"


@pytest.mark.parametrize("width", [20, 80, 160])
@pytest.mark.parametrize("color", ["truecolor", "256", "16", "none"])
def test_it_fills_the_width_in_any_colours(tuiconv, photo, width, color):
    done = tuiconv("filters", "--compare", "photo.png", "--width", width, "--color", color)
    assert done.status == 0
    if color == "none":
        assert max(map(cell_len, done.out.splitlines())) <= width


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_mode_has_a_contact_sheet(tuiconv, mode):
    Image.new(mode, (9, 7)).save("picture.tif")
    assert tuiconv("filters", "--compare", "picture.tif").status == 0


@pytest.mark.parametrize(
    ("status", "arguments", "words"),
    [
        (1, ["--compare", "none.png"], "none.png: no such file"),
        (1, ["--compare", "."], "is a directory"),
        (2, ["sobel", "--compare", "photo.png"], "FILTER and --compare"),
        (2, ["--json", "--compare", "photo.png"], "--compare and --json"),
    ],
)
def test_what_cannot_be_compared_is_refused(refused, photo, status, arguments, words):
    assert words in refused(status, "filters", *arguments)
