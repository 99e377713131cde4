import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tuiconv.lessons.scene import Maps
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import line_width
from tuiconv.render.maps import SMALLEST, count_lines, wall_of
from tuiconv.render.maps import draw_maps as drawing_of_maps
from tuiconv.render.palettes import DIVERGING, SEQUENTIAL

PLAIN = Display(ColorDepth.NONE)
DISPLAYS = [Display(depth, unicode) for depth in ColorDepth for unicode in (True, False)]


def draw_maps(*args):
    return drawing_of_maps(*args).lines


def texts(lines):
    return ["".join(segment.text for segment in line) for line in lines]


@pytest.mark.parametrize(
    ("shape", "width", "most_lines", "size"),
    [
        # 28 wide: one map a row; six rows of 14 lines and six lines of numbers are 90 lines.
        ((6, 28, 28), 51, 90, (1, 1)),
        # 14 wide: three a row; two rows of 7 lines and of numbers are 16 lines.
        ((6, 28, 28), 51, 89, (1, 2)),
        ((6, 28, 28), 51, 16, (1, 2)),
        # ⌈28 / 3⌉ = 10 wide: four a row; two rows of 5 lines and of numbers are 12 lines.
        ((6, 28, 28), 51, 15, (1, 3)),
        ((6, 28, 28), 51, 12, (1, 3)),
        # 28 / 7 = 4 pixels a side are as small as maps become, fit or not.
        ((6, 28, 28), 51, 1, (1, 7)),
        # Six maps of 28 in one row take 6 · 28 + 5 = 173 cells.
        ((6, 28, 28), 173, 15, (1, 1)),
        ((6, 28, 28), 172, 15, (1, 2)),
        # Maps of 7 × 7 and less are never shrunk.
        ((16, 5, 5), 20, 1, (1, 1)),
        ((2, 7, 7), 8, 1, (1, 1)),
        # 32 wide does not fit 31 cells, however many lines there are; a single map has no number.
        ((1, 32, 32), 31, 1000, (1, 2)),
        ((1, 32, 32), 32, 16, (1, 1)),
        ((1, 32, 32), 64, 32, (2, 1)),
        # 5 · 4 = 20 wide: four a row of 10 lines and their numbers; 15 wide: 5 a row of 8.
        ((16, 5, 5), 83, 44, (4, 1)),
        ((16, 5, 5), 83, 43, (3, 1)),
        ((120, 1, 1), 30, 4, (1, 1)),
        # 10 units of 4 cells with blanks between them are 49 wide and 4 high below their numbers.
        ((10, 1, 1), 49, 5, (4, 1)),
        ((10, 1, 1), 48, 5, (3, 1)),
    ],
)
def test_maps_are_as_large_as_they_fit(shape, width, most_lines, size):
    wall = wall_of(shape, width, most_lines)
    assert (wall.times, wall.factor) == size


def test_the_heading_says_how_far_maps_are_shrunk_or_enlarged_and_the_limits_of_the_scale():
    maps = np.zeros((6, 28, 28))
    maps[0, 0, 0] = -2.5
    lines = draw_maps(Maps("conv1", maps), 60, 12, PLAIN)
    assert texts(lines)[0].startswith("conv1  at 1/3  -2.5 ")
    assert texts(lines)[0].rstrip().endswith(" 2.5")
    whole = texts(draw_maps(Maps("conv1", maps), 60, 90, PLAIN))
    assert whole[0].startswith("conv1  -2.5 ")
    large = texts(draw_maps(Maps("conv1", maps), 200, 60, PLAIN))
    assert large[0].startswith("conv1  ×2  -2.5 ")


def test_maps_stand_in_rows_with_their_numbers_above_them():
    maps = np.stack([np.full((2, 2), value) for value in (1.0, 0.0, 1.0)])
    lines = texts(draw_maps(Maps("", maps), 5, 4, PLAIN))
    assert lines[-4:] == ["0  1 ", "██   ", "2    ", "██   "]
    assert texts(draw_maps(Maps("", maps), 8, 2, PLAIN))[-2:] == ["0  1  2 ", "██    ██"]


def test_a_number_that_has_no_room_is_left_out():
    lines = texts(draw_maps(Maps("", np.ones((102, 2, 2))), 305, 2, PLAIN))
    assert lines[-2].split() == [f"{number}" for number in range(100)]


def test_the_chosen_map_has_a_pointer_and_a_bar_above_it_in_reverse():
    maps = np.zeros((3, 4, 4))
    line = draw_maps(Maps("", maps, chosen=1), 40, 3, PLAIN)[-3]
    assert texts([line])[0].rstrip() == "0    ▼1   2"
    (bar,) = (part for part in line if part.style and part.style.reverse)
    assert bar.text == "▼1  "
    ascii_line = draw_maps(Maps("", maps, chosen=1), 40, 3, Display(ColorDepth.NONE, False))[-3]
    assert texts([ascii_line])[0].rstrip() == "0    v1   2"


def test_the_chosen_unit_has_a_pointer_above_its_cell_and_its_number_beside_it():
    units = np.ones((6, 1, 1))
    assert texts(draw_maps(Maps("", units, chosen=4), 3, 2, PLAIN))[-3:] == ["███", " ▼4", "███"]
    assert texts(draw_maps(Maps("", units, chosen=2), 3, 2, PLAIN))[-3:] == [" 2▼", "███", "███"]


def test_units_take_a_cell_each_and_fill_the_lines():
    units = np.array([1.0, 0.0, 1.0, 1.0, 0.0]).reshape(5, 1, 1)
    assert texts(draw_maps(Maps("fc1", units), 3, 1, PLAIN))[-2:] == ["█ █", "█  "]


def test_both_halves_of_a_units_cell_have_its_colour():
    units = np.array([1.0, -1.0]).reshape(2, 1, 1)
    *_, line = draw_maps(Maps("fc1", units), 2, 1, Display())
    assert [segment.text for segment in line] == ["▀", "▀"]
    assert all(segment.style.color == segment.style.bgcolor for segment in line)
    assert line[0].style.color.triplet == DIVERGING.truecolor[-1]
    assert line[1].style.color.triplet == DIVERGING.truecolor[0]


def test_a_layer_in_which_nothing_is_set_off_looks_like_zero():
    *_, line = draw_maps(Maps("relu1", np.zeros((1, 2, 2))), 2, 4, Display())
    assert {segment.style.color.triplet for segment in line} == {SEQUENTIAL.truecolor[0]}


@pytest.mark.parametrize("unicode", [True, False])
def test_without_colours_glyphs_tell_minus_from_plus(unicode):
    maps = Maps("conv1", np.array([[[-1.0, -0.4, 0.0, 0.4, 1.0]] * 2]))
    *_, line = texts(draw_maps(maps, 5, 1, Display(ColorDepth.NONE, unicode)))
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
    assert texts(draw_maps(maps, 2, 1, PLAIN))[-1] == "??"


@settings(max_examples=30)
@given(
    maps=st.tuples(st.integers(1, 7), st.integers(1, 20), st.integers(1, 20)).flatmap(
        lambda shape: arrays(np.float32, shape, elements=st.floats(-9, 9, width=32))
    ),
    width=st.integers(1, 90),
    most_lines=st.integers(1, 60),
    display=st.sampled_from(DISPLAYS),
    quantity=st.sampled_from(["pixels", "activations"]),
)
def test_every_line_is_exactly_as_wide_as_asked(maps, width, most_lines, display, quantity):
    panel = Maps("a layer  数", maps, quantity)
    lines = draw_maps(panel, width, most_lines, display)
    assert {line_width(line) for line in lines} == {width}
    wall = wall_of(maps.shape, width, most_lines)
    could_be_smaller = min(maps.shape[1:]) // (wall.factor + 1) >= SMALLEST
    assert wall.side <= width or not could_be_smaller
    assert wall.height <= most_lines or not could_be_smaller
    assert len(lines) > wall.height


@settings(max_examples=30)
@given(
    count=st.integers(1, 30),
    side=st.integers(1, 9),
    chosen=st.integers(0, 29),
    width=st.integers(20, 90),
    lines=st.integers(1, 40),
    display=st.sampled_from(DISPLAYS),
)
def test_at_a_spot_is_the_map_that_is_drawn_there(count, side, chosen, width, lines, display):
    """All maps but one are empty: where something is drawn is that one, and nothing else is."""
    maps = np.zeros((count, side, side))
    maps[chosen % count] = 1.0
    panel = Maps("", maps, limits=(0, 1), key="maps")
    drawing = drawing_of_maps(panel, width, lines, display)
    full = draw_maps(Maps("", np.ones((1, 1, 1))), 20, 1, display)[-1][0]
    found = 0
    for y, line in enumerate(drawing.lines):
        cells = [(glyph, part.style) for part in line for glyph in part.text]
        for x, (glyph, style) in enumerate(cells):
            pointed = drawing.at(x, y)
            if pointed is None:
                continue
            key, (index,) = pointed
            assert key == "maps"
            assert 0 <= index < count
            if side % 2 == 0:  # otherwise the last line of a map has half a cell
                assert (index == chosen % count) == ((glyph, style) == (full.text[0], full.style))
            found += index == chosen % count
    assert (
        found
        == min(wall_of(maps.shape, width, lines).side, width)
        * wall_of(maps.shape, width, lines).lines
    )


def test_the_lines_of_what_is_chosen_are_told():
    panel = Maps("conv1", np.zeros((6, 8, 8)), chosen=5)
    drawing = drawing_of_maps(panel, 26, 10, PLAIN)
    (lines,) = drawing.chosen
    assert texts(drawing.lines)[lines.start].startswith("3        4        ▼5")
    assert len(lines) == 1 + 4


def test_as_many_lines_are_counted_as_are_drawn():
    for shape in ((6, 28, 28), (16, 5, 5), (84, 1, 1), (1, 32, 32)):
        panel = Maps("a", np.zeros(shape))
        for most in (1, 10, 40):
            assert count_lines(panel, 100, most) == len(draw_maps(panel, 100, most, PLAIN))


def test_maps_with_scales_of_their_own_say_how_far_each_goes():
    maps = np.stack([np.linspace(-most, most, 400).reshape(20, 20) for most in (1.0, 25.0)])
    drawing = drawing_of_maps(Maps("m", maps, apart=True, limits=(-9, 9)), 60, 11, PLAIN)
    heading, numbers, *lines = texts(drawing.lines)
    assert heading.startswith("m  -max ")
    assert heading.rstrip().endswith(" max")
    assert numbers.split("  ")[0] == "0 max 1"
    assert "1 max 25" in numbers
    assert all(line[:20] == line[21:41] for line in lines)  # each over its whole scale


def test_a_map_of_zeros_has_a_scale_of_its_own_too():
    drawing = drawing_of_maps(Maps("m", np.zeros((2, 9, 9)), apart=True), 60, 6, PLAIN)
    assert set("".join(texts(drawing.lines)[2:])) == {" "}


def test_a_part_of_the_maps_has_their_numbers():
    drawing = drawing_of_maps(
        Maps("m", np.zeros((3, 8, 8)), origin=64, chosen=1, key="maps"), 30, 5, PLAIN
    )
    assert texts(drawing.lines)[1].split() == ["64", "▼65", "66"]
    assert drawing.at(9, 2) == ("maps", (1,))
