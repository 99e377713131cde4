import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuiconv.lessons.scene import Frame, Map
from tuiconv.render.cells import DARK_RGB, DARK_XTERM, LIGHT_RGB, LIGHT_XTERM
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.enlarged import count_lines, draw_map, grid_of
from tuiconv.render.lines import line_width
from tuiconv.render.palettes import SEQUENTIAL

PLAIN = Display(ColorDepth.NONE)
ASCII = Display(ColorDepth.NONE, unicode=False)
TRUECOLOR = Display()
DISPLAYS = [Display(depth, unicode) for depth in ColorDepth for unicode in (True, False)]
RING = {LIGHT_RGB, DARK_RGB}


def texts(lines):
    return ["".join(segment.text for segment in line) for line in lines]


def pixels(lines):
    """The pixels of half-blocks as (red, green, blue), None where the terminal shows through."""
    rows = []
    for line in lines:
        cells = [(glyph, part.style) for part in line for glyph in part.text]
        top, bottom = [], []
        for glyph, style in cells:
            ground = style and style.bgcolor and tuple(style.bgcolor.triplet)
            front = style and style.color and tuple(style.color.triplet)
            top.append(front if glyph == "▀" else None)
            bottom.append(ground if glyph == "▀" else front)
        rows += [top, bottom]
    return rows


def colour(level):
    return SEQUENTIAL.truecolor[level]


def test_a_map_takes_as_many_pixels_a_number_as_fit():
    # limits 0 and 1: 0, 0.5 and 1 are levels 0, 31 and 62
    panel = Map("map", np.array([[0.0, 0.5], [1.0, 0.0]]), limits=(0, 1))
    heading, upper, lower = draw_map(panel, 40, 3, TRUECOLOR).lines
    assert texts([heading])[0].startswith("map  ×2  0 ")
    assert pixels([upper]) == [[colour(0)] * 2 + [colour(31)] * 2] * 2
    assert pixels([lower]) == [[colour(62)] * 2 + [colour(0)] * 2] * 2


def test_a_map_that_is_too_large_is_shrunk_and_says_so():
    values = np.arange(16.0).reshape(4, 4)
    heading, line = draw_map(Map("map", values, limits=(0, 62)), 40, 2, TRUECOLOR).lines
    assert texts([heading])[0].startswith("map  at 1/2  0 ")
    # means of the quarters: (0 + 1 + 4 + 5) / 4 = 2.5 -> 2, 4.5 -> 4, 10.5 -> 10, 12.5 -> 12
    assert pixels([line]) == [[colour(2), colour(4)], [colour(10), colour(12)]]


def test_a_ring_lies_around_its_cells_and_hides_none_of_them():
    panel = Map("", np.full((4, 5), 1.0), frames=(Frame((1, 2), (2, 3)),))
    rows = pixels(draw_map(panel, 40, 4, TRUECOLOR).lines[1:])
    one = colour(62)
    # A margin of one pixel, then the map; the ring is around rows 1, 2 and columns 2, 3.
    is_ring = [[pixel in RING for pixel in row] for row in rows]
    assert [[x for x, ring in enumerate(row) if ring] for row in is_ring] == [
        [],
        [2, 3, 4, 5],
        [2, 5],
        [2, 5],
        [2, 3, 4, 5],
        [],
    ]
    assert [rows[y][x] for y in (2, 3) for x in (3, 4)] == [one] * 4
    assert rows[1][1] == rows[4][1] == one
    assert rows[0][0] is rows[1][0] is None


def test_a_ring_is_light_and_dark_in_turn_so_that_it_is_seen_on_any_ground():
    panel = Map("", np.zeros((8, 8)), frames=(Frame((1, 1), (6, 6)),))
    rows = pixels(draw_map(panel, 40, 6, TRUECOLOR).lines[1:])
    top = [pixel for pixel in rows[1] if pixel in RING]
    assert set(top) == RING
    assert not any(a == b == c for a, b, c in zip(top, top[1:], top[2:], strict=False))


@pytest.mark.parametrize("display", [Display(ColorDepth.EIGHT_BIT)])
def test_with_256_colours_a_ring_has_numbered_ones(display):
    panel = Map("", np.zeros((4, 4)), frames=(Frame((1, 1), (2, 2)),))
    lines = draw_map(panel, 40, 4, display).lines[1:]
    numbers = {
        each.number
        for line in lines
        for part in line
        if part.style
        for each in (part.style.color, part.style.bgcolor)
        if each
    }
    assert {LIGHT_XTERM, DARK_XTERM} <= numbers


def test_a_frame_that_reaches_into_padding_is_whole():
    panel = Map("", np.full((3, 3), 1.0), frames=(Frame((-1, -1), (1, 1)),))
    rows = pixels(draw_map(panel, 40, 4, TRUECOLOR).lines[1:])
    # The ring begins two pixels before the map; inside it, before the map, there is nothing.
    assert [x for x, pixel in enumerate(rows[0]) if pixel in RING] == [0, 1, 2, 3, 4]
    assert [x for x, pixel in enumerate(rows[4]) if pixel in RING] == [0, 1, 2, 3, 4]
    assert rows[1][1:4] == [None] * 3
    assert rows[2][1:4] == [None, colour(62), colour(62)]
    assert rows[2][0] in RING
    assert rows[2][4] in RING


def test_with_glyphs_a_ring_is_a_frame_and_a_number_is_two_cells():
    values = np.array([[0.0, 0.0, 0.0], [0.0, 1.0, 0.5], [0.0, 0.0, 1.0]])
    panel = Map("", values, frames=(Frame((1, 1), (1, 1)),))
    assert texts(draw_map(panel, 30, 6, PLAIN).lines[1:]) == [
        " " * 8,
        "  ┌──┐  ",
        "  │██│▒ ",
        "  └──┘█ ",
        " " * 8,
    ]
    assert texts(draw_map(panel, 30, 6, ASCII).lines[1:])[1:4] == [
        "  +--+  ",
        "  |@@|= ",
        "  +--+@ ",
    ]


def test_with_glyphs_a_sign_stands_for_more_numbers_where_there_is_less_room():
    panel = Map("map", np.ones((8, 8)))
    lines = texts(draw_map(panel, 60, 5, PLAIN).lines)
    assert lines[0].startswith("map  2×1 a sign  ")
    assert lines[1:] == ["█" * 8] * 4


@pytest.mark.parametrize("display", DISPLAYS, ids=str)
def test_without_frames_there_is_no_margin(display):
    panel = Map("", np.ones((6, 6)))
    assert grid_of(panel, 6, 3, display).width == 6


@settings(max_examples=30)
@given(
    shape=st.tuples(st.integers(1, 12), st.integers(1, 12)),
    place=st.tuples(st.integers(0, 11), st.integers(0, 11)),
    framed=st.booleans(),
    width=st.integers(40, 60),
    height=st.integers(6, 30),
    display=st.sampled_from(DISPLAYS),
)
def test_at_a_spot_is_the_number_that_is_drawn_there(shape, place, framed, width, height, display):
    """One number is 1 and all others are 0: where the 1 is drawn, the spot says its place."""
    values = np.zeros(shape)
    row, column = place[0] % shape[0], place[1] % shape[1]
    values[row, column] = 1.0
    frames = (Frame((row - 2, column), (row, column + 2)),) if framed else ()
    panel = Map("", values, limits=(0, 1), frames=frames, key="map")
    drawing = draw_map(panel, width, height, display)
    assert all(line_width(line) <= width for line in drawing.lines)
    grid = grid_of(panel, width, height - 1, display)
    assert len(drawing.lines) == 1 + grid.lines
    if grid.factor != (1, 1):
        return
    full = draw_map(Map("", np.ones((2, 1)), limits=(0, 1)), 24, 4, display).lines[-1][0]
    for y, line in enumerate(drawing.lines[1:], 1):
        x = 0
        for part in line:
            for glyph in part.text:
                found = drawing.at(x, y)
                upper = (glyph, part.style and part.style.color)
                is_one = upper == (full.text[0], full.style and full.style.color)
                if display.has_palettes and not display.unicode:
                    is_one = part.style is not None and part.style.bgcolor == full.style.bgcolor
                if is_one:
                    assert found == ("map", (row, column))
                if found == ("map", (row, column)) and grid.times[0] > 1:
                    assert is_one or grid.times[0] % 2 or framed
                x += 1


def test_beside_the_map_there_is_nothing_to_point_at():
    panel = Map("", np.ones((4, 4)), frames=(Frame((0, 0), (0, 0)),), key="map")
    drawing = draw_map(panel, 30, 4, TRUECOLOR)
    assert drawing.at(0, 1) is None  # the margin of the ring
    assert drawing.at(1, 1) == ("map", (0, 0))  # the upper half is margin, the lower the map
    assert drawing.at(6, 2) is None
    assert drawing.at(1, 0) is None  # the heading


def test_the_largest_map_has_numbers_of_eight_pixels():
    panel = Map("", np.ones((5, 5)))
    assert grid_of(panel, 500, 500, TRUECOLOR).times == (8, 8)
    assert grid_of(panel, 500, 500, PLAIN).times == (4, 8)
    assert count_lines(panel, 500, 500, TRUECOLOR) == 1 + 20
    assert count_lines(panel, 500, 20, TRUECOLOR) == 1 + 18
