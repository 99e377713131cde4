import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuiconv.render.chart import Series, line_chart
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import line_width

PLAIN = Display(ColorDepth.NONE, unicode=True)
ASCII = Display(ColorDepth.NONE, unicode=False)
COLOURED = Display(ColorDepth.TRUECOLOR, unicode=True)
DISPLAYS = [Display(depth, unicode) for depth in ColorDepth for unicode in (True, False)]


def texts(lines):
    return ["".join(segment.text for segment in line) for line in lines]


def test_a_rising_line_in_braille_dot_by_dot():
    # 4 cells are 8 × 4 dots; y from 0 to 3 rises one dot row every two dot columns
    (line,) = line_chart([Series("", [0, 1, 2, 3], [0, 7 / 3, 14 / 3, 7])], 4, 1, PLAIN)
    rows = [3, 3, 2, 2, 1, 1, 0, 0]  # row of the dot in each column, from the top
    bits = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
    expected = [
        chr(0x2800 + bits[0][rows[left]] + bits[1][rows[left + 1]]) for left in (0, 2, 4, 6)
    ]
    assert texts([line]) == ["".join(expected)] == ["⣀⠤⠒⠉"]


def test_a_chart_with_all_its_parts():
    # 9 columns of plot: y falls by 3 rows over 8 steps, row round(3 · c / 8) = 0 0 1 1 2 2 2 3 3
    assert texts(line_chart([Series("loss", [1.0, 0.0])], 14, 6, ASCII)) == [
        "**** loss     ",
        "  1 +**       ",
        "    |  **     ",
        "    |    ***  ",
        "  0 +       **",
        "    +0       1",
    ]


def test_an_odd_number_of_rows_has_a_label_in_the_middle():
    chart = texts(line_chart([Series("", [2.0, 4.0])], 12, 4, ASCII))
    assert [text[:3] for text in chart] == ["4 +", "3 +", "2 +", "  +"]


def test_a_gap_stays_open_and_a_lone_point_is_one_dot():
    y = [1.0, 1.0, np.nan, 1.0, np.inf, 1.0, 1.0]
    (line,) = line_chart([Series("", y)], 7, 1, ASCII)
    assert texts([line]) == ["** * **"]


def test_x_places_the_points():
    (line,) = line_chart([Series("", [5, np.nan, 5], [0, 1, 6])], 7, 1, ASCII)
    assert texts([line]) == ["*     *"]


@pytest.mark.parametrize("y", [[], [np.nan], [np.inf, -np.inf]])
def test_a_chart_of_nothing_is_its_axes(y):
    chart = texts(line_chart([Series("", y)], 12, 4, PLAIN))
    assert chart == ["  1 ┤       ", "0.5 ┤       ", "  0 ┤       ", "    └0     1"]


def test_one_point_and_a_constant_are_in_the_middle():
    one = texts(line_chart([Series("", [3.0])], 12, 4, ASCII))
    assert one == ["4.5 +       ", "  3 +*      ", "1.5 +       ", "    +0      "]
    flat = texts(line_chart([Series("", [0.0, 0.0])], 12, 4, ASCII))
    assert flat == [" 1 +        ", " 0 +********", "-1 +        ", "   +0      1"]


def test_a_given_range_crops_the_curve_even_far_outside():
    chart = texts(line_chart([Series("", [0.5, 0.5, 1e30])], 9, 3, ASCII, y_range=(0, 1)))
    assert chart[0][:4] == chart[2][:4] == "    "
    assert chart[1][:5] == "*****"


def test_curves_differ_in_colour_and_in_dashes():
    series = [Series("train", [1] * 9), Series("test", [2] * 9)]
    legend, top, *_, bottom, _ = line_chart(series, 40, 6, COLOURED)
    train, test = legend[0], legend[2]
    assert train.style.color != test.style.color
    assert train.text != test.text
    assert bottom[1].style == train.style
    assert top[1].style == test.style
    assert "⠀" not in bottom[1].text
    assert " " in texts([top])[0][6:-1]


def test_in_ascii_each_curve_has_its_own_mark():
    chart = texts(line_chart([Series("a", [1] * 9), Series("b", [2] * 9)], 20, 6, ASCII))
    assert chart[0].startswith("**** a   oooo b")
    assert "ooo" in chart[1]
    assert "***" in chart[4]


def test_a_short_dashed_curve_is_never_invisible():
    long = Series("long", np.zeros(100))
    short = Series("short", [1.0, 1.0], [96, 97])
    _, top, *_ = texts(line_chart([long, short], 60, 8, PLAIN))
    assert any("\u2800" < glyph <= "\u28ff" for glyph in top)


def test_lengths_ranges_and_sizes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="'a': 2 x values for 1 y values"):
        line_chart([Series("a", [1], [1, 2])], 20, 6, PLAIN)
    with pytest.raises(ValueError, match=r"\(1, 1\)"):
        line_chart([], 20, 6, PLAIN, y_range=(1, 1))
    with pytest.raises(ValueError, match="20 × 0"):
        line_chart([], 20, 0, PLAIN)


@settings(max_examples=30)
@given(
    st.lists(st.lists(st.floats(width=32), max_size=20), max_size=5),
    st.integers(1, 60),
    st.integers(1, 12),
    st.sampled_from(DISPLAYS),
    st.booleans(),
)
def test_a_chart_is_exactly_as_wide_and_high_as_asked(curves, width, height, display, labelled):
    series = [Series(f"curve {i}" * labelled, y) for i, y in enumerate(curves)]
    lines = line_chart(series, width, height, display)
    assert len(lines) == height
    assert all(line_width(line) == width for line in lines)


def test_points_that_are_not_joined_are_dots():
    series = [Series("", [0, 3, 0], [0, 3, 6], joined=False), Series("", [1, 1], [0, 6])]
    assert texts(line_chart(series, 7, 4, ASCII, y_range=(0, 3)))[:3] == [
        "   *   ",
        "       ",
        "ooooooo",
    ]


def test_dots_take_no_dashes_from_the_curves():
    def last(*series):
        return texts(line_chart([*series], 20, 1, PLAIN))[0]

    curve = Series("", [0.0, 0.0])
    dots = Series("", [], [], joined=False)
    assert last(dots, curve) == last(curve)
    assert last(Series("", [], []), curve) != last(curve)


def test_a_series_may_have_the_colour_of_another_place():
    def colours(*series):
        lines = line_chart(series, 10, 3, COLOURED)
        return {segment.style.color for line in lines for segment in line if segment.style}

    (third,) = colours(Series("", []), Series("", []), Series("", [1.0]))
    assert colours(Series("", [1.0], colour=2)) == {third}
    assert colours(Series("", [1.0])) != {third}


def test_values_can_be_labelled_as_wished():
    chart = line_chart([Series("", [-1, 1])], 12, 4, ASCII, y_label=lambda y: f"{10**y:g}")
    assert [text[:5] for text in texts(chart)] == [" 10 +", "  1 +", "0.1 +", "    +"]
