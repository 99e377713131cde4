import re

import numpy as np
import pytest

from tuiconv.images.apply import Settings, filter_picture
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.images.filters.filter import Magnitude, NamedFilter
from tuiconv.images.pictures import Picture
from tuiconv.lessons.filter_terms import explain
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.filter_terms import draw_terms
from tuiconv.render.lines import block_width

PLAIN = Display(ColorDepth.NONE)
GREY = Picture(np.array([[10, 20, 30], [40, 50, 60], [70, 80, 90]], np.uint8), "L")
COLOURS = Picture(np.random.default_rng(0).integers(0, 256, (5, 6, 3), dtype=np.uint8), "RGB")
DOWN = NamedFilter("down", np.array([[-1.0], [0.0], [1.0]]), "")
SQUARE_DOWN = NamedFilter("y", np.array([[0.0, -1, 0], [0, 0, 0], [0, 1, 0]]), "")
SQUARE_LEFT = NamedFilter("x", np.array([[0.0, 0, 0], [-1, 0, 1], [0, 0, 0]]), "")


def drawn(picture, applied, x=0, y=0, width=80, display=PLAIN, **how):
    terms = explain(filter_picture(picture, (applied,), Settings(**how)), x, y)
    return draw_terms(terms, width, display).lines


def texts(lines):
    return ["".join(segment.text for segment in line).rstrip() for line in lines]


def test_a_line_tells_where_a_number_stands_its_product_and_the_sum_so_far():
    assert texts(drawn(GREY, DOWN, x=2, y=1)) == [
        "Pixel 2,1 (column 2, row 1) after down",
        "",
        "              grey",
        "row  column   value × weight = product  sum so far",
        "  0       2      30 ×     −1 =     −30         −30",
        "  1       2      60 ×      0 =       0         −30",
        "  2       2      90 ×      1 =      90          60",
        "grey: sum 60 → rounded 60 → stored 60, difference 0",
    ]


def test_beyond_the_border_stands_what_was_taken_from_elsewhere():
    assert texts(drawn(GREY, DOWN, x=2))[3:5] == [
        "row  column  taken from   value × weight = product  sum so far",
        " −1       2  1, 2            60 ×     −1 =     −60         −60",
    ]
    assert texts(drawn(GREY, DOWN, x=2, edge="zero"))[4] == (
        " −1       2  black            0 ×     −1 =       0           0"
    )


def test_fractions_are_whole_numbers_over_a_common_divisor():
    lines = texts(drawn(GREY, FILTERS["gaussian-3x3"], x=1, y=1))
    assert lines[2].strip() == "grey, weights times 16"
    assert lines[8].split() == ["1", "1", "50", "×", "4", "=", "200", "360"]
    assert lines[-1] == "grey: sum 800 / 16 = 50 → rounded 50 → stored 50, difference 0"


def test_a_transparent_neighbour_shows_its_colour_and_alpha():
    row = Picture(np.array([[[200], [60], [9]]], np.uint8).repeat(2, axis=2), "LA")
    row.pixels[0, :, 1] = 51, 255, 255
    lines = texts(drawn(row, NamedFilter("left", np.array([[1.0, 0, -1]]), ""), x=1))
    assert lines[-5] == ("row  column   colour  alpha  value × weight = product  sum so far")
    assert lines[-4].split() == ["0", "0", "200", "51", "88", "×", "1", "=", "88", "88"]
    opaque = texts(drawn(row, NamedFilter("right", np.array([[0.0, 0, 1]]), ""), x=2))
    assert "alpha" not in opaque[-5]


def test_channels_stand_beside_each_other_where_there_is_room():
    wide, narrow = (texts(drawn(COLOURS, DOWN, x=3, y=3, width=width)) for width in (160, 80))
    assert [line for line in wide if line.split() == ["R", "G", "B"]]
    assert [line.strip() for line in narrow if line.strip() in "RGB" and line] == ["R", "G", "B"]
    assert wide[-3:] == [line for line in narrow if "stored" in line]
    assert [line.split()[0] for line in narrow if line.startswith(("R", "  3", "G", "B"))] == [
        *("3", "R:", "3", "G:", "3", "B:"),
    ]


def test_both_kernels_of_a_magnitude_stand_beside_each_other_where_there_is_room():
    both = Magnitude("both", SQUARE_LEFT, SQUARE_DOWN, "")
    lines = texts(drawn(GREY, both, x=1, y=1, width=100))
    assert lines[3].split() == ["grey,", "kernel", "x", "grey,", "kernel", "y"]
    assert lines[-1] == (
        "grey: x = 20, y = 60 → √(x² + y²) = 63.245553203 → rounded 63 → stored 63, difference 0"
    )
    below = texts(drawn(GREY, both, x=1, y=1, width=60))
    assert [line.strip() for line in below if "kernel" in line] == [
        "grey, kernel x",
        "grey, kernel y",
    ]


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 160])
@pytest.mark.parametrize("name", ["sharpen", "unsharp-5x5", "box-blur"])
def test_no_line_is_too_long_and_no_number_is_cut(width, name):
    pixels = np.random.default_rng(1).integers(0, 65536, (5, 6, 4), dtype=np.uint16)
    picture = Picture(pixels, "RGBA;16")
    filtered = filter_picture(picture, (FILTERS[name],), Settings(edge="zero", range="signed"))
    terms = explain(filtered, 5, 0)
    lines = draw_terms(terms, width, PLAIN).lines
    assert block_width(lines) <= width
    shown = re.findall(r"−?\d+(?:\.\d+)?", " ".join(texts(lines)))
    values = np.array([float(each.replace("−", "-")) for each in shown])
    for channel in terms.channels:
        assert np.abs(values - channel.stored).min() == 0
        for term in channel.sums[0].terms:
            for number in (term.value, term.product, term.running):
                assert np.abs(values - number).min() < 1e-6


@pytest.mark.parametrize("depth", ColorDepth)
def test_colours_tell_the_sign_of_a_product_that_is_written_before_it_too(depth):
    lines = drawn(GREY, DOWN, x=2, y=1, display=Display(depth))
    assert texts(lines) == texts(drawn(GREY, DOWN, x=2, y=1))
    coloured = {
        segment.text.strip(): segment.style.color
        for line in lines[4:7]
        for segment in line
        if segment.style and segment.style.color
    }
    if depth is ColorDepth.NONE:
        assert not coloured
    else:
        assert set(coloured) == {"−30", "90"}
        assert coloured["−30"] != coloured["90"]
