"""Strokes: written and read, grown, moved, taken hold of, and turned into pixels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuiconv.errors import RequestError
from tuiconv.lessons.draw.drawing import grown, pixels, read, rounded, shifted, touched, written

SEVEN = "8,6 20,6 12,24 | 10,14 18,14"
tenths = st.integers(-990, 990).map(lambda tenth: tenth / 10)
points = st.lists(st.tuples(tenths, tenths), min_size=1, max_size=5)
strokes = st.lists(points.map(tuple), max_size=3).map(tuple)


def test_a_seven_is_two_strokes_of_three_and_two_points():
    assert read(SEVEN) == (((8, 6), (20, 6), (12, 24)), ((10, 14), (18, 14)))
    assert written(read(SEVEN)) == SEVEN


@settings(max_examples=30)
@given(strokes)
def test_what_was_written_is_read_as_it_was(drawing):
    assert read(written(drawing)) == drawing


def test_nothing_between_two_lifts_is_no_stroke():
    assert read(" | 3,4 | ") == (((3, 4),),)
    assert read("") == ()


@pytest.mark.parametrize(
    "text", ["8", "8,", "8;6", "8,6,4", "a,b", "nan,1", "1e3,2", "101,2", "٣,1"]
)
def test_what_is_no_point_is_named_with_one_that_is(text):
    with pytest.raises(RequestError, match="is no point; expected x,y in pixels up to 100"):
        read(f"8,6 {text}")


def test_a_drawing_of_too_many_points_is_refused():
    with pytest.raises(RequestError, match="ink has 20,001 points; at most 20,000"):
        read("1,1 " * 20_001)


def test_straight_on_a_stroke_gets_longer_and_elsewhere_it_gets_a_point():
    stroke = ((4, 4),)
    for point in ((4, 5), (4, 6), (4, 6), (5, 6), (6, 6)):
        stroke = grown(stroke, point)
    assert stroke == ((4, 4), (4, 6), (6, 6))
    assert grown(stroke, (5, 6)) == (*stroke, (5, 6))  # back the way it came


def test_a_stroke_is_moved_as_far_as_its_middle_stays_on_the_canvas():
    stroke = ((4, 4), (8, 6))
    assert shifted(stroke, 2, -1) == ((3, 6), (7, 8))
    assert shifted(stroke, -100, 100) == ((25, -1), (29, 1))


def test_a_dot_is_as_broad_as_the_pen_and_its_edge_is_half_ink():
    # the middle is whole; at a distance d there is 255 · (1 + 0.5 − d) for a pen 2 pixels broad
    ink = pixels(read("4,4"), 2)
    assert ink[4, 4] == 255
    assert ink[4, 5] == ink[3, 4] == 128
    assert ink[3, 3] == round(255 * (1.5 - np.sqrt(2)))
    assert ink[4, 6] == 0


def test_a_line_inks_the_pixels_between_its_ends_and_none_where_the_pen_was_lifted():
    ink = pixels(read("4,4 10,4 | 14,4 18,4"), 2)
    assert (ink[4, 4:11] == 255).all()
    assert not ink[:, 12:13].any()
    assert (ink[4, 14:19] == 255).all()


def test_without_strokes_there_is_no_ink_and_outside_of_the_canvas_none_either():
    assert not pixels((), 2).any()
    assert not pixels(read("-20,-20 -10,-40"), 2).any()


def test_stairs_of_arrow_keys_become_a_line():
    stairs = read("4,4 5,4 5,5 6,5 6,6 7,6 7,7 8,7 8,8")[0]
    x, y = rounded(stairs)[2:-2].T
    assert np.abs((x - y) - (x - y).mean()).max() < 0.3


def test_a_corner_is_cut_two_pixels_before_it_and_no_earlier():
    way = rounded(read("4,4 14,4 14,14")[0])
    assert {tuple(point) for point in way} >= {(4, 4), (12, 4), (14, 6), (14, 14)}
    assert tuple(way[len(way) // 2]) == (13.5, 4.5)  # the middle of the parabola


def test_the_nearest_stroke_is_taken_hold_of_and_far_from_all_none():
    drawing = read("4,4 14,4 | 4,20 14,20")
    assert touched(drawing, (9, 6)) == 0
    assert touched(drawing, (9, 18)) == 1
    assert touched(drawing, (16, 20)) == 1
    assert touched(drawing, (9, 12)) is None
    assert touched((), (9, 12)) is None
