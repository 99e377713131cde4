"""Digits whose strokes can be moved."""

import pytest

from tuiconv.lessons.draw.templates import template


def test_a_seven_is_a_bar_and_a_leg_that_meet():
    bar, leg = template(7)
    assert bar[-1] == leg[0]
    assert bar[0][1] == pytest.approx(bar[-1][1], abs=2)
    assert leg[-1][1] - leg[0][1] == pytest.approx(18, abs=0.1)


@pytest.mark.parametrize(
    ("digit", "parts"),
    [(0, 1), (1, 3), (2, 2), (3, 2), (4, 3), (5, 3), (6, 1), (7, 2), (8, 1), (9, 2)],
)
def test_a_digit_has_a_stroke_for_every_piece_between_lifts_and_sharp_turns(digit, parts):
    assert len(template(digit)) == parts


@pytest.mark.parametrize("digit", range(10))
def test_a_digit_is_as_long_as_those_of_mnist_and_in_the_middle(digit):
    xs, ys = zip(*(point for stroke in template(digit) for point in stroke), strict=True)
    assert max(max(xs) - min(xs), max(ys) - min(ys)) == pytest.approx(18, abs=0.5)
    for each in (xs, ys):
        assert (min(each) + max(each)) / 2 == pytest.approx(13.5, abs=0.5)
