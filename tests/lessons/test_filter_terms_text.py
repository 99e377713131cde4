import numpy as np
import pytest

from tuiconv.images.apply import Settings, filter_picture
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.images.filters.filter import LearnedFilter, Magnitude, NamedFilter
from tuiconv.images.pictures import Picture
from tuiconv.lessons.filter_terms import explain
from tuiconv.lessons.filter_terms_text import number, number_column, terms_text

ROW = Picture(np.array([[12, 7, 3]], np.uint8), "L")
LEFT = NamedFilter("left", np.array([[-1.0, 0.0, 1.0]]), "")


def told(picture, filters, x=0, y=0, **how):
    return terms_text(explain(filter_picture(picture, filters, Settings(**how)), x, y))


def test_every_product_is_a_sentence():
    assert told(ROW, (LEFT,), x=1) == [
        "Pixel 1,0 (column 1, row 0) after left.",
        "Channel grey.",
        "row 0, column 0: 12 times −1 is −12; sum so far −12",
        "row 0, column 1: 7 times 0 is 0; sum so far −12",
        "row 0, column 2: 3 times 1 is 3; sum so far −9",
        "sum −9; rounded −9; clamped 0; stored 0, difference 0",
    ]


def test_what_stands_beyond_the_border_is_said():
    assert (
        told(ROW, (LEFT,))[2] == "row 0, column −1, beyond the border, taken from row 0, column 1:"
        " 7 times −1 is −7; sum so far −7"
    )
    assert (
        told(ROW, (LEFT,), edge="zero")[2]
        == "row 0, column −1, beyond the border, black: 0 times −1 is 0; sum so far 0"
    )


def test_what_is_more_than_a_pixel_holds_is_clamped_by_a_step_of_its_own():
    bright = NamedFilter("bright", np.array([[30.0]]), "")
    assert told(ROW, (bright,))[-1] == "sum 360; rounded 360; clamped 255; stored 255, difference 0"


def test_a_divisor_and_a_bias_are_said_where_the_sum_is():
    mean = NamedFilter("mean", np.array([[0.5, 0, 0.5]]), "", bias=-2)
    lines = told(ROW, (mean,), x=1)
    assert lines[1] == "Channel grey, weights times 2."
    assert lines[-1] == "sum 15 / 2 − 2 = 5.5; rounded 6; stored 6, difference 0"


@pytest.mark.parametrize(
    ("asked", "steps"),
    [
        ("abs", "sum −9; magnitude 9; rounded 9; stored 9, difference 0"),
        ("signed", "sum −9; × 14.111111111 + 128 = 1; rounded 1; stored 1, difference 0"),
        ("minmax", "sum −9; × 28.333333333 + 255 = 0; rounded 0; stored 0, difference 0"),
    ],
)
def test_the_range_is_a_step_of_its_own(asked, steps):
    # sums 0, −9 and 0: 127 / 9 = 14.1…, 255 / 9 = 28.3…
    assert told(ROW, (LEFT,), x=1, range=asked)[-1] == steps


def test_a_magnitude_tells_both_sums_and_the_root():
    both = Magnitude("both", LEFT, NamedFilter("centre", np.array([[0.0, 4 / 3, 0]]), ""), "")
    far = Picture(np.array([[3, 9, 12]], np.uint8), "L")
    lines = told(far, (both,), x=1)
    assert [line for line in lines if line.startswith("Channel")] == [
        "Channel grey, kernel x.",
        "Channel grey, kernel y, weights times 3.",
    ]
    assert (
        lines[-1] == "x = 9, y = 36 / 3 = 12; √(x² + y²) = 15; rounded 15; stored 15, difference 0"
    )


def test_a_learned_filter_tells_the_sum_of_each_colour():
    learned = LearnedFilter("learned", tuple(np.array([[k]]) for k in (1.0, 2.0, -0.5)), "")
    colours = Picture(np.array([[[1, 2, 30]]], np.uint8), "RGB")
    assert (
        told(colours, (learned,))[-1] == "R = 1, G = 4, B = −30 / 2 = −15; R + G + B = −10;"
        " rounded −10; clamped 0; stored 0, difference 0"
    )


def test_a_transparent_neighbour_is_said_with_its_own_colour_and_alpha():
    row = Picture(np.array([[[200, 51], [60, 255], [9, 255]]], np.uint8), "LA")
    lines = told(row, (LEFT,), x=1)
    assert (
        "Where alpha is less than 255, the colour in the middle stands in for the rest:"
        " value = (alpha · colour + (255 − alpha) · middle) / 255." in lines
    )
    assert "Alpha is 255, as in the middle of the window." in lines
    assert (
        "row 0, column 0, colour 200 with alpha 51 of 255: 88 times −1 is −88; sum so far −88"
        in lines
    )
    opaque = told(row, (LEFT,), x=2, edge="replicate")
    assert not any("Where alpha" in line for line in opaque)


def test_the_filters_before_and_inks_are_said():
    inks = Picture(np.full((1, 1, 4), 9, np.uint8), "CMYK")
    lines = told(inks, (FILTERS["identity"], LEFT))
    assert lines[:3] == [
        "Pixel 0,0 (column 0, row 0) after left.",
        "The values are the sums of identity, neither rounded nor clamped.",
        "The numbers are light: 255 less the ink.",
    ]


def test_that_decimals_are_missing_is_said_if_any_are():
    said = "Shown to 9 decimals (values, products and sums so far: 6), computed with all."
    assert said not in told(ROW, (LEFT,))
    assert said not in told(ROW, (FILTERS["gaussian-3x3"],), x=1)
    assert said in told(ROW, (NamedFilter("root", np.array([[np.sqrt(2)]]), ""),))
    part = NamedFilter("part", np.array([[1 / 128]]), "")
    assert said not in told(ROW, (part,), x=1)  # 7 / 128 = 0.0546875
    assert said in told(ROW, (part, FILTERS["identity"]), x=1)  # of which a table shows six
    tenth = NamedFilter("tenth", np.array([[0.1]]), "")
    assert said not in told(ROW, (tenth, FILTERS["identity"]))  # 1.2000000000000002
    assert said in told(ROW, (NamedFilter("third", np.array([[1 / 3]]), ""),), x=1)  # 7 / 3


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12.0, "12"),
        (-0.25, "−0.25"),
        (0.1 + 0.2, "0.3"),
        (-1e-12, "0"),
        (1 / 3, "0.333333333"),
        (63.4999999, "63.4999999"),
        (65535.0, "65535"),
        (-2e300, "−2e+300"),
    ],
)
def test_a_number_has_as_many_decimals_as_it_needs(value, text):
    assert number(value) == text


def test_numbers_that_stand_below_each_other_have_equally_many_decimals():
    assert number_column([1.0, -0.5, 0.125]) == ["1.000", "−0.500", "0.125"]
    assert number_column([1.0, 1 / 3], decimals=2) == ["1.00", "0.33"]
