"""Drawn digits are read as what they are, and become another when a stroke moves."""

import numpy as np
import pytest

from tuiconv.lessons.draw import moves
from tuiconv.lessons.draw.view import DrawView

KEYS = {
    0: "l l _ L d l D D D r d R r u r U U U l u L",
    1: "_ D D D D",
    2: "L _ u u R R r d D l d d L d l d d L d R R R",
    3: "L l _ u R R d r d d l d L l R r d R r D d l d L L u",
    4: "L l _ D d d d R R R l _ U U U _ D D D D D",
    5: "R _ L L l D d u r R r d r D d d l d L L u",
    6: "R _ L d l d d l D D d d r d R r u r U l u L l d l",
    7: "L l _ R R R d l d d l D l d d l D",
    8: "R _ u L l d l d d d r d r R d r d d d l d L l u l u u u r u r R u r u u u l",
    9: "R _ l u L d l d D d r d R u r u U U D D D D D",
}
"""As `press` has them: with the pen in its first place, five to forty keys a digit."""


def guess(lesson, view):
    passing = lesson.inside(view).passing
    return passing.guess, passing.probabilities.max()


@pytest.mark.parametrize("digit", KEYS)
def test_a_digit_drawn_with_keys_alone_is_read(lesson, press, view, digit):
    found, p = guess(lesson, press(view, KEYS[digit]))
    assert found == digit
    assert p > 0.9


@pytest.mark.parametrize("digit", range(10))
def test_a_template_is_read_as_its_digit(lesson, digit):
    found, p = guess(lesson, lesson.settled(DrawView(template=digit)))
    assert found == digit
    assert p > 0.99


@pytest.mark.parametrize(
    ("before", "stroke", "by", "after"),
    [
        (7, 0, (8, 0), 4),  # its bar lowered
        (4, 1, (-6, 0), 7),  # its crossbar raised
        (9, 0, (10, 10), 6),  # its loop put to the foot of the stem, on the right
        (1, 2, (-16, 0), 7),  # its base raised to the top
        (5, 0, (0, 8), 3),  # its upright pushed to the right
    ],
)
def test_one_stroke_moves_and_the_digit_becomes_another(lesson, before, stroke, by, after):
    view = lesson.settled(DrawView(template=before, stroke=stroke))
    assert guess(lesson, view)[0] == before
    scores = []
    for _ in range(8):
        view = lesson.settled(moves.stroke_moved(lesson, view, by[0] / 8, by[1] / 8))
        scores.append(lesson.inside(view).passing.probabilities[after])
    assert guess(lesson, view)[0] == after
    assert scores[-1] > 0.9 > 0.5 > scores[0]


def test_wherever_the_whole_digit_stands_the_network_sees_the_same(lesson):
    seen = []
    for by in ((0, 0), (3, -4), (-2, 3)):
        view = lesson.settled(DrawView(template=8, stroke=0))
        view = lesson.settled(moves.stroke_moved(lesson, view, *by))
        seen.append(lesson.inside(view).passing.pixels)
    assert (seen[0] == seen[1]).all()
    assert (seen[0] == seen[2]).all()


def drawn(lesson, drag, view, ways):
    for way in ways:
        view = drag(view, way)
    return guess(lesson, view)[0]


@pytest.mark.parametrize("digit", [2, 4, 9])
def test_a_digit_that_a_coarse_mouse_writes_as_people_do_is_read(lesson, drag, view, hand, digit):
    ways = hand(digit, np.random.default_rng(digit), in_pixels=False)
    assert drawn(lesson, drag, view, ways) == digit


@pytest.mark.slow
@pytest.mark.parametrize("in_pixels", [False, True])
def test_of_a_hundred_digits_that_a_mouse_writes_ninety_seven_are_read(
    lesson, drag, view, hand, in_pixels
):
    rng = np.random.default_rng(0)
    found = [
        drawn(lesson, drag, view, hand(digit, rng, in_pixels)) == digit
        for digit in list(range(10)) * 10
    ]
    assert sum(found) >= 97
