import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tuiconv.lessons.scene import Maps
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import line_width
from tuiconv.render.maps import SMALLEST, draw_maps, scale_of, shrink_factor
from tuiconv.render.palettes import DIVERGING, GREY, SEQUENTIAL

PLAIN = Display(ColorDepth.NONE)
DISPLAYS = [Display(depth, unicode) for depth in ColorDepth for unicode in (True, False)]


def zeros(*shape: int) -> Maps:
    return Maps("some", np.zeros(shape))


def texts(lines):
    return ["".join(segment.text for segment in line) for line in lines]


@pytest.mark.parametrize(
    ("shape", "width", "most_lines", "factor"),
    [
        # 28 wide: one map a row; six rows of 14 lines and five blank lines are 89 lines.
        ((6, 28, 28), 51, 89, 1),
        # 14 wide: three a row; two rows of 7 lines and a blank one are 15 lines.
        ((6, 28, 28), 51, 88, 2),
        ((6, 28, 28), 51, 15, 2),
        # ⌈28 / 3⌉ = 10 wide: four a row; two rows of 5 lines and a blank one are 11 lines.
        ((6, 28, 28), 51, 14, 3),
        ((6, 28, 28), 51, 11, 3),
        # 28 / 7 = 4 pixels a side are as small as maps become, fit or not.
        ((6, 28, 28), 51, 1, 7),
        # Six maps of 28 in one row take 6 · 28 + 5 = 173 cells.
        ((6, 28, 28), 173, 14, 1),
        ((6, 28, 28), 172, 14, 2),
        # Maps of 7 × 7 and less are never shrunk.
        ((16, 5, 5), 20, 1, 1),
        ((2, 7, 7), 8, 1, 1),
        # 32 wide does not fit 31 cells, however many lines there are.
        ((1, 32, 32), 31, 1000, 2),
        ((120, 1, 1), 30, 1, 1),
    ],
)
def test_maps_are_shrunk_by_the_smallest_factor_that_fits(shape, width, most_lines, factor):
    assert shrink_factor(zeros(*shape), width, most_lines) == factor


def test_the_heading_says_how_far_maps_are_shrunk_and_the_limits_of_the_scale():
    maps = np.zeros((6, 28, 28))
    maps[0, 0, 0] = -2.5
    lines = draw_maps(Maps("conv1", maps), 60, 11, PLAIN)
    assert texts(lines)[0].startswith("conv1  at 1/3  -2.5 ")
    assert texts(lines)[0].rstrip().endswith(" 2.5")
    whole = texts(draw_maps(Maps("conv1", maps), 60, 1000, PLAIN))
    assert whole[0].startswith("conv1  -2.5 ")


def test_maps_stand_in_rows_with_a_blank_between_them():
    maps = np.stack([np.full((2, 2), value) for value in (1.0, 0.0, 1.0)])
    assert texts(draw_maps(Maps("", maps), 5, 10, PLAIN))[1:] == ["██   ", "     ", "██   "]
    assert texts(draw_maps(Maps("", maps), 8, 10, PLAIN))[1:] == ["██    ██"]


def test_units_take_a_cell_each_and_fill_the_lines():
    units = np.array([1.0, 0.0, 1.0, 1.0, 0.0]).reshape(5, 1, 1)
    assert texts(draw_maps(Maps("fc1", units), 3, 1, PLAIN))[1:] == ["█ █", "█  "]


def test_both_halves_of_a_units_cell_have_its_colour():
    units = np.array([1.0, -1.0]).reshape(2, 1, 1)
    _, line = draw_maps(Maps("fc1", units), 2, 1, Display())
    assert [segment.text for segment in line] == ["▀", "▀"]
    assert all(segment.style.color == segment.style.bgcolor for segment in line)
    assert line[0].style.color.triplet == DIVERGING.truecolor[-1]
    assert line[1].style.color.triplet == DIVERGING.truecolor[0]


def test_a_picture_keeps_its_greys():
    assert scale_of(Maps("digit", np.array([[[3.0, 9.0]]]), grey=True)) == (0, 255, GREY)


def test_maps_with_signs_have_zero_in_the_middle():
    assert scale_of(Maps("conv1", np.array([[[-3.0, 2.0]]]))) == (-3, 3, DIVERGING)
    assert scale_of(Maps("conv1", np.array([[[-3.0, -2.0]]]))) == (-3, 3, DIVERGING)
    assert scale_of(Maps("conv1", np.array([[[-3.0, 7.0]]]))) == (-7, 7, DIVERGING)


def test_maps_without_signs_begin_at_zero():
    assert scale_of(Maps("relu1", np.array([[[2.0, 7.0]]]))) == (0, 7, SEQUENTIAL)


def test_a_layer_in_which_nothing_is_set_off_looks_like_zero():
    *_, line = draw_maps(Maps("relu1", np.zeros((1, 2, 2))), 2, 4, Display())
    assert {segment.style.color.triplet for segment in line} == {SEQUENTIAL.truecolor[0]}


@pytest.mark.parametrize("unicode", [True, False])
def test_without_colours_glyphs_tell_minus_from_plus(unicode):
    maps = Maps("conv1", np.array([[[-1.0, -0.4, 0.0, 0.4, 1.0]] * 2]))
    _, line = texts(draw_maps(maps, 5, 4, Display(ColorDepth.NONE, unicode)))
    strong_minus, weak_minus, zero, weak_plus, strong_plus = line
    assert zero == " "
    assert len({strong_minus, weak_minus, weak_plus, strong_plus}) == 4
    assert {strong_minus, weak_minus} <= set("-=≡N")
    assert not {strong_plus, weak_plus} & set("-=≡N")


@pytest.mark.parametrize("display", [PLAIN, Display(ColorDepth.STANDARD)], ids=["none", "16"])
def test_the_scale_shows_every_glyph_that_the_maps_can_have(display):
    maps = Maps("conv1", np.linspace(-6.395, 6.395, 32).reshape(1, 4, 8))
    heading = texts(draw_maps(maps, 60, 10, display))[0]
    assert set(DIVERGING.glyphs(unicode=True)) - {" "} <= set(heading)


def test_numbers_that_are_none_show_as_such():
    maps = Maps("conv1", np.full((1, 2, 2), np.nan))
    assert texts(draw_maps(maps, 2, 4, PLAIN))[1:] == ["??"]


@settings(max_examples=60)
@given(
    maps=st.tuples(st.integers(1, 7), st.integers(1, 20), st.integers(1, 20)).flatmap(
        lambda shape: arrays(np.float32, shape, elements=st.floats(-9, 9, width=32))
    ),
    width=st.integers(1, 90),
    most_lines=st.integers(1, 60),
    display=st.sampled_from(DISPLAYS),
    grey=st.booleans(),
)
def test_every_line_is_exactly_as_wide_as_asked(maps, width, most_lines, display, grey):
    panel = Maps("a layer  数", maps, grey)
    lines = draw_maps(panel, width, most_lines, display)
    assert {line_width(line) for line in lines} == {width}
    factor = shrink_factor(panel, width, most_lines)
    could_be_smaller = min(maps.shape[1:]) // (factor + 1) >= SMALLEST
    assert len(lines) >= 2
    assert len(lines) <= most_lines + 1 or not could_be_smaller
