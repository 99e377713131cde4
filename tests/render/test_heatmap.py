import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tuiconv.render.depth import ColorDepth, Display, make_console
from tuiconv.render.heatmap import (
    heatmap,
    minmax_range,
    quantise,
    scale_line,
    shrink,
)
from tuiconv.render.lines import Lines, line_width
from tuiconv.render.palettes import DIVERGING, GREY, NAN_LEVEL, PALETTES, SEQUENTIAL

TRUECOLOR = Display(ColorDepth.TRUECOLOR, unicode=True)
XTERM = Display(ColorDepth.EIGHT_BIT, unicode=True)
GLYPHS = Display(ColorDepth.NONE, unicode=True)
DISPLAYS = [Display(depth, unicode) for depth in ColorDepth for unicode in (True, False)]


def cells(line):
    """Every cell of a line by itself: (glyph, foreground, background)."""
    found = []
    for segment in line:
        color = segment.style and segment.style.color
        background = segment.style and segment.style.bgcolor
        found += [(glyph, color, background) for glyph in segment.text]
    return found


def rgb(color):
    return tuple(color.get_truecolor())


def text(line):
    return "".join(segment.text for segment in line)


def test_levels_worked_by_hand():
    # (value - low) / (high - low) · 62: 0 -> 0, 1/4 -> 15.5 -> 16 (to even), 1/2 -> 31, 1 -> 62
    values = np.array([[0.0, 1.0, 2.0, 4.0]])
    assert quantise(values, 0, 4).tolist() == [[0, 16, 31, 62]]


def test_zero_is_exactly_the_middle_of_a_signed_range():
    assert quantise(np.array([[-3.0, 0.0, 1.5]]), -3, 3)[0, 1] == 31


def test_infinities_are_at_the_ends_and_nan_has_its_own_level():
    values = np.array([[-np.inf, np.inf, np.nan, 0.5, -7, 7]])
    assert quantise(values, 0, 1).tolist() == [[0, 62, NAN_LEVEL, 31, 0, 62]]


@pytest.mark.parametrize("constant", [0.0, -2.5, 7e20])
def test_a_constant_map_is_in_the_middle(constant):
    values = np.full((2, 3), constant)
    assert (quantise(values, *minmax_range(values)) == 31).all()


def test_ranges_look_at_finite_values_only():
    values = np.array([np.nan, -np.inf, np.inf, -1.0, 5.0])
    assert minmax_range(values) == (-1, 5)
    assert minmax_range(np.array([np.nan])) == minmax_range(np.empty((0, 3))) == (0, 0)


@pytest.mark.parametrize(("low", "high"), [(1, 0), (np.nan, 1), (0, np.inf)])
def test_a_range_that_is_none_is_refused(low, high):
    with pytest.raises(ValueError, match=f"not {low} to {high}"):
        quantise(np.zeros((1, 1)), low, high)


def test_a_half_block_has_the_upper_pixel_in_front_and_the_lower_behind():
    levels = np.array([[0, 62], [31, NAN_LEVEL]], dtype=np.uint8)
    (line,) = heatmap(levels, DIVERGING, TRUECOLOR)
    (left_glyph, left_top, left_bottom), (_, right_top, right_bottom) = cells(line)
    assert left_glyph == "▀"
    assert rgb(left_top) == DIVERGING.truecolor[0]
    assert rgb(left_bottom) == DIVERGING.truecolor[31] == (242, 242, 242)
    assert rgb(right_top) == DIVERGING.truecolor[62]
    assert rgb(right_bottom) == (255, 0, 255)


def test_with_256_colours_the_indices_are_our_own_choice():
    levels = np.array([[0], [62]], dtype=np.uint8)
    (line,) = heatmap(levels, GREY, XTERM)
    ((_, top, bottom),) = cells(line)
    assert (top.number, bottom.number) == (16, 231)


def test_below_a_map_of_odd_height_the_terminal_shows_through():
    levels = np.array([[5, 6], [7, 8], [9, 10]], dtype=np.uint8)
    upper, lower = heatmap(levels, SEQUENTIAL, TRUECOLOR)
    assert all(background is not None for _, _, background in cells(upper))
    assert [rgb(color) for _, color, _ in cells(lower)] == list(SEQUENTIAL.truecolor[9:11])
    assert all(background is None for _, _, background in cells(lower))


def test_runs_of_equal_cells_are_one_segment_and_single_cells_are_shared():
    levels = np.array([[1, 1, 1, 2, 1]] * 2, dtype=np.uint8)
    first, second = heatmap(np.vstack((levels, levels)), SEQUENTIAL, TRUECOLOR)
    assert [segment.text for segment in first] == ["▀▀▀", "▀", "▀"]
    assert first[1] is second[1]
    assert first[0].style is first[2].style


def test_a_glyph_shows_the_mean_of_its_two_pixels():
    # means 31, 0, 62 and, for the odd last row, the pixel alone
    levels = np.array([[0, 0, 62], [62, 0, 62], [62, 0, 31]], dtype=np.uint8)
    upper, lower = heatmap(levels, SEQUENTIAL, GLYPHS)
    assert text(upper) == "▒ █"
    assert text(lower) == "█ ▒"


def test_nan_shows_through_in_a_glyph():
    levels = np.array([[NAN_LEVEL, 5, NAN_LEVEL], [5, NAN_LEVEL, NAN_LEVEL]], dtype=np.uint8)
    assert [text(line) for line in heatmap(levels, SEQUENTIAL, GLYPHS)] == ["???"]
    assert [text(line) for line in heatmap(levels[:1], SEQUENTIAL, GLYPHS)] == ["? ?"]


def test_minus_and_plus_differ_without_colour():
    levels = quantise(np.array([[-1.0, -0.5, -0.1, 0.0, 0.1, 0.5, 1.0]] * 2), -1, 1)
    assert [text(line) for line in heatmap(levels, DIVERGING, GLYPHS)] == ["≡=- ░▒█"]


def test_colours_without_unicode_paint_whole_cells():
    levels = np.array([[10], [20]], dtype=np.uint8)
    (line,) = heatmap(levels, GREY, Display(ColorDepth.TRUECOLOR, unicode=False))
    ((glyph, _, background),) = cells(line)
    assert glyph == " "
    assert rgb(background) == GREY.truecolor[15]


def printed(lines, display):
    stream = io.StringIO()
    make_console(display, stream, width=200).print(Lines(lines))
    return stream.getvalue()


def test_no_colour_means_no_escape_code():
    levels = np.arange(64, dtype=np.uint8).reshape(8, 8)
    output = printed(heatmap(levels, DIVERGING, GLYPHS), GLYPHS)
    assert "\x1b" not in output
    ascii_only = Display(ColorDepth.NONE, unicode=False)
    assert printed(heatmap(levels, DIVERGING, ascii_only), ascii_only).isascii()


@settings(max_examples=30)
@given(
    hnp.arrays(
        np.uint8, st.tuples(st.integers(0, 7), st.integers(0, 9)), elements=st.integers(0, 63)
    ),
    st.sampled_from(list(PALETTES.values())),
    st.sampled_from(DISPLAYS),
)
def test_every_map_has_half_as_many_lines_of_exactly_its_width(levels, palette, display):
    lines = heatmap(levels, palette, display)
    height, width = levels.shape
    assert len(lines) == -(-height // 2)
    assert all(line_width(line) == width for line in lines)


@settings(max_examples=30)
@given(hnp.arrays(np.float32, hnp.array_shapes(min_dims=2, max_dims=2, max_side=6)))
def test_levels_grow_with_values(values):
    most = float(np.abs(minmax_range(values)).max())
    for low, high in (minmax_range(values), (-most, most)):
        levels = quantise(values, low, high)
        assert np.array_equal(levels == NAN_LEVEL, np.isnan(values))
        order = np.argsort(values[~np.isnan(values)])
        assert (np.diff(levels[~np.isnan(values)][order].astype(int)) >= 0).all()


def test_a_thumbnail_is_the_mean_of_whole_blocks_and_of_what_the_edge_has():
    values = np.array([[1.0, 3.0, 10.0], [5.0, 7.0, 20.0], [2.0, 4.0, 30.0]])
    assert shrink(values, 2).tolist() == [[4, 15], [3, 30]]
    assert shrink(values, 1).tolist() == values.tolist()
    assert shrink(values, 9).tolist() == [[pytest.approx(82 / 9)]]
    colours = np.arange(24.0).reshape(4, 2, 3)
    assert shrink(colours, 2).tolist() == [[[4.5, 5.5, 6.5]], [[16.5, 17.5, 18.5]]]


def test_nothing_can_be_shrunk_by_zero():
    with pytest.raises(ValueError, match="not 0"):
        shrink(np.zeros((2, 2)), 0)


def test_a_legend_has_its_limits_at_the_ends():
    line = scale_line(("-1", "0.25"), 20, SEQUENTIAL, GLYPHS)
    assert text(line).startswith("-1 ")
    assert text(line).endswith("█ 0.25")
    ends = cells(scale_line(("0", "1"), 20, SEQUENTIAL, TRUECOLOR))
    assert rgb(ends[2][1]) == SEQUENTIAL.truecolor[0]
    assert rgb(ends[-3][1]) == SEQUENTIAL.truecolor[-1]


@given(st.floats(-1e9, 1e9), st.integers(24, 90), st.sampled_from(DISPLAYS))
@settings(max_examples=30)
def test_a_legend_has_exactly_its_width(low, width, display):
    assert line_width(scale_line((f"{low:.4g}", f"{low + 1:.4g}"), width, GREY, display)) == width
