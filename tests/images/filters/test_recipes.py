import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuiconv.errors import RequestError
from tuiconv.images.apply import apply_filter
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.images.filters.recipes import MOST_FILTERS, parse_filters


def names(text):
    return [each.name for each in parse_filters(text)]


def answer(text):
    """What a text is read as, or the line that it is refused with."""
    try:
        return parse_filters(text)
    except RequestError as error:
        return str(error)


def refusal(text):
    """The one line with which a text is refused."""
    with pytest.raises(RequestError) as caught:
        parse_filters(text)
    message = str(caught.value)
    assert message.isprintable()
    return message


def test_filters_in_a_row_are_applied_from_left_to_right():
    assert names("gaussian(2) | sobel-x") == ["gaussian(2)", "sobel-x"]
    image = np.random.default_rng(0).uniform(0, 255, (6, 7))
    each = apply_filter(apply_filter(image, "sobel"), "box-blur")
    np.testing.assert_allclose(apply_filter(image, "sobel | box-blur"), each)
    other = apply_filter(apply_filter(image, "box-blur"), "sobel")
    assert not np.allclose(apply_filter(image, "sobel | box-blur"), other)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("gaussian", "gaussian(1)"),
        ("gaussian()", "gaussian(1)"),
        ("gaussian(2.0)", "gaussian(2)"),
        ("gaussian(1/2)", "gaussian(0.5)"),
        ("gaussian(.5e1)", "gaussian(5)"),
        ("  gaussian (\tsigma = 2 ) \n", "gaussian(2)"),
        ("gabor", "gabor(0, 8, 4)"),
        ("gabor(45)", "gabor(45, 8, 4)"),
        ("gabor(−45)", "gabor(-45, 8, 4)"),
        ("gabor(-0)", "gabor(0, 8, 4)"),
        ("gabor(sigma=2,theta=+30)", "gabor(30, 8, 2)"),
        ("gabor(30, sigma=2)", "gabor(30, 8, 2)"),
        ("gabor(theta=30, 6)", "gabor(30, 6, 4)"),
        ("motion-blur(5,45)", "motion-blur(5, 45)"),
        ("box-blur", "box-blur"),
        ("box-blur(5)", "box-blur(5)"),
        ("gaussian-3x3", "gaussian-3x3"),
    ],
)
def test_numbers_are_given_by_place_or_by_name_and_spaces_are_free(text, name):
    assert names(text) == [name]


@pytest.mark.parametrize(
    ("text", "place", "expected", "found"),
    [
        ("", 1, "one of identity", "the end"),
        ("   ", 1, "one of identity", "the end"),
        ("|", 1, "one of identity", '"|"'),
        ("sobel |", 8, "one of identity", "the end"),
        ("sobel || sobel", 8, "one of identity", '"|"'),
        ("sobel sobel", 7, '"|" or the end', '"sobel"'),
        ("sobel(3)", 6, '"|" or the end, as sobel takes no numbers', '"("'),
        ("gaussian(2", 11, '"," or ")"', "the end"),
        ("gaussian(", 10, "a number from 0.1 to 16 for sigma", "the end"),
        ("gaussian(2))", 12, '"|" or the end', '")"'),
        ("gaussian(2px)", 11, '"," or ")"', '"px"'),
        ("gaussian(nan)", 10, "a number from 0.1 to 16 for sigma", '"nan"'),
        ("gaussian(inf)", 10, "a number from 0.1 to 16 for sigma", '"inf"'),
        ("gaussian(1e999)", 10, "a number from 0.1 to 16 for sigma", '"1e999"'),
        ("gaussian(1/0)", 10, "a number from 0.1 to 16 for sigma", '"1/0"'),
        ("gaussian(0)", 10, "a number from 0.1 to 16 for sigma", '"0"'),
        ("gaussian(-2)", 10, "a number from 0.1 to 16 for sigma", '"-2"'),
        ("gaussian(sigma=17)", 16, "a number from 0.1 to 16 for sigma", '"17"'),
        ("gaussian(sigma)", 10, "a number from 0.1 to 16 for sigma", '"sigma"'),
        ("gaussian(,)", 10, "a number from 0.1 to 16 for sigma", '","'),
        ("gaussian(2, 3)", 13, '")", as gaussian takes no more than sigma', '"3"'),
        ("gabor(1,2,3,4)", 13, '")", as gabor takes no more than theta, wavelength, sigma', '"4"'),
        ("gabor(theta=1, theta=2)", 16, "theta only once", '"theta"'),
        ("gabor(sigma=3, 8)", 16, "a name, such as wavelength=, after others", '"8"'),
        ("box-blur(4)", 10, "an odd number from 1 to 101 for size", '"4"'),
        ("motion-blur(2.5)", 13, "a whole number from 1 to 101 for length", '"2.5"'),
        ("gaussian(٢)", 10, "a number from 0.1 to 16 for sigma", '"٢"'),
    ],
)
def test_an_error_points_at_the_character_and_tells_what_was_expected(text, place, expected, found):
    message = refusal(text)
    assert message.startswith(f'filter "{text}", character {place}: expected {expected}')
    assert f"; found {found}" in message


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("sharp", "sharpen"),
        ("Sharpen", "sharpen"),
        ("edge_8", "edge-8"),
        ("gaussian(2) | sobl-x", "sobel-x"),
        ("gausian(2)", "gaussian"),
        ("gaussian(sgma=2)", "sigma"),
    ],
)
def test_a_misspelt_name_gets_the_nearest(text, meant):
    assert refusal(text).endswith(f"; did you mean {meant}?")


def test_all_names_are_told_with_an_unknown_one_and_no_nearest_if_none_is_near():
    message = refusal("xyzzy")
    assert all(name in message for name in FILTERS)
    assert "did you mean" not in message


def test_long_texts_and_strange_signs_are_quoted_in_one_short_line():
    assert len(refusal("x" * 100_000)) < 600
    assert r'filter "sharpen\n\x1b[31m", character 9:' in refusal("sharpen\n\x1b[31m")


def test_no_more_filters_than_sums_can_take():
    row = " | ".join(["scharr-x"] * MOST_FILTERS)
    sums = apply_filter(np.random.default_rng(0).uniform(0, 65535, (3, 3)), row)
    assert np.isfinite(sums).all()
    assert "expected at most 50 filters in a row" in refusal(row + " | scharr-x")


@settings(deadline=None, max_examples=300)
@given(st.text())
def test_any_text_is_read_or_refused_in_one_line(text):
    found = answer(text)
    assert isinstance(found, tuple) or found.isprintable()


def test_ten_thousand_recipes_torn_to_pieces_are_read_or_refused():
    pieces = [*FILTERS, *"(),=|", " ", "\n", "-1", "2", "1e9", "nan", "1/3", "theta", "sigma", "é"]
    rng = random.Random(6)
    for _ in range(10_000):
        text = "".join(rng.choices(pieces, k=rng.randint(0, 8)))
        found = answer(text)
        assert isinstance(found, tuple) or found.isprintable()
