import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import line_width
from tuiconv.render.picture import fit, nearest_xterm, picture

TRUECOLOR = Display(ColorDepth.TRUECOLOR, unicode=True)
DISPLAYS = [Display(depth, unicode) for depth in ColorDepth for unicode in (True, False)]


def grey(rows):
    return np.array(rows, dtype=np.uint8)


def channel(pixels, c=0):
    return pixels[:, :, c].tolist()


def test_a_pixel_of_a_smaller_picture_is_the_mean_of_its_area():
    # 33 × 2 pixels onto 11 × 1: three by two pixels each
    pixels = np.zeros((2, 33), dtype=np.uint8)
    pixels[:, 0:3] = [[60, 0, 0], [30, 30, 0]]  # mean 20
    small = fit(pixels, columns=11, rows=1)
    assert small.shape == (1, 11, 3)
    assert channel(small)[0][:2] == [20, 0]


def test_areas_that_cut_through_pixels_take_their_share_of_them():
    # 3 × 3 onto 2 × 2: the middle row and column count half for each side
    # upper left: (0·1 + 90·½ + 90·½ + 90·¼) / 2.25 = 50
    pixels = grey([[0, 90, 0], [90, 90, 90], [0, 90, 0]])
    assert channel(fit(pixels, columns=2, rows=5)) == [[50, 50], [50, 50]]


def test_two_pixel_rows_share_a_line_of_cells():
    assert fit(np.zeros((100, 40), np.uint8), columns=80, rows=10).shape == (20, 8, 3)
    assert len(picture(np.zeros((100, 40), np.uint8), 80, 10, TRUECOLOR)) == 10


def test_a_picture_is_not_enlarged_unless_it_is_tiny():
    assert fit(np.zeros((33, 20), np.uint8), columns=200, rows=100).shape == (33, 20, 3)
    assert channel(fit(grey([[1, 2]]), columns=5, rows=9)) == [[1, 1, 2, 2], [1, 1, 2, 2]]


def test_a_very_long_picture_keeps_at_least_one_row():
    assert fit(np.zeros((2, 4000), np.uint8), columns=10, rows=10).shape == (1, 10, 3)


def test_transparent_pixels_are_middle_grey():
    pixels = np.array([[[255, 255], [255, 0], [0, 51]]], dtype=np.uint8)
    # 0 · 1/5 + 128 · 4/5 = 102.4
    assert channel(fit(pixels, columns=3, rows=1)) == [[255, 128, 102]]
    colour = np.array([[[10, 20, 30, 255], [10, 20, 30, 0]]], dtype=np.uint8)
    assert fit(colour, columns=2, rows=1).tolist() == [[[10, 20, 30], [128, 128, 128]]]


def test_sixteen_bits_are_shown_as_eight():
    pixels = np.array([[0, 257 * 100, 65535]], dtype=np.uint16)
    assert channel(fit(pixels, columns=3, rows=1)) == [[0, 100, 255]]


def test_half_blocks_have_the_picture_s_own_colours():
    pixels = np.array([[[1, 2, 3]], [[4, 5, 6]], [[7, 8, 9]]], dtype=np.uint8)
    lines = picture(pixels, columns=1, rows=2, display=TRUECOLOR)
    ((upper,), (lower,)) = lines
    assert upper.text == lower.text == "▀"
    assert tuple(upper.style.color.triplet) == (1, 2, 3)
    assert tuple(upper.style.bgcolor.triplet) == (4, 5, 6)
    assert tuple(lower.style.color.triplet) == (7, 8, 9)
    assert lower.style.bgcolor is None


def test_equal_cells_are_made_once():
    pixels = np.full((2, 3, 3), 77, dtype=np.uint8)
    (first,), (second,) = (picture(pixels, 3, 1, TRUECOLOR) for _ in range(2))
    assert first[0] is first[2] is second[1]


def test_with_256_colours_every_xterm_colour_is_its_own_nearest():
    pixels = np.array([[[0, 95, 135], [255, 255, 255], [8, 8, 8], [238, 238, 238], [0, 0, 0]]])
    assert nearest_xterm(pixels.astype(np.uint8)).tolist() == [[24, 231, 232, 255, 16]]
    (line,) = picture(np.array([[[255, 0, 0]]], np.uint8), 1, 1, Display(ColorDepth.EIGHT_BIT))
    assert line[0].style.color.number == 196


def test_without_colours_lightness_decides_the_glyph():
    (line,) = picture(grey([[0, 128, 255]] * 2), 3, 1, Display(ColorDepth.NONE))
    assert "".join(segment.text for segment in line) == " ▒█"
    assert all(segment.style is None for segment in line)


@pytest.mark.parametrize(
    ("pixels", "words"),
    [
        (np.zeros(4, np.uint8), r"\(4,\)"),
        (np.zeros((2, 2, 5), np.uint8), r"\(2, 2, 5\)"),
        (np.zeros((0, 2), np.uint8), r"\(0, 2\)"),
        (np.zeros((2, 2)), "float64"),
    ],
)
def test_an_array_that_is_no_picture_is_refused(pixels, words):
    with pytest.raises(ValueError, match=words):
        fit(pixels, 4, 4)


def test_no_room_at_all_is_refused():
    with pytest.raises(ValueError, match="0 × 4"):
        fit(np.zeros((2, 2), np.uint8), 0, 4)


SHAPES = st.tuples(st.integers(1, 50), st.integers(1, 50)) | st.tuples(
    st.integers(1, 50), st.integers(1, 50), st.integers(1, 4)
)


@settings(max_examples=30)
@given(
    hnp.arrays(np.uint8, SHAPES, elements=st.sampled_from([0, 90, 255]), fill=st.just(17)),
    st.integers(1, 40),
    st.integers(1, 20),
    st.sampled_from(DISPLAYS),
)
def test_a_picture_never_leaves_its_room_and_its_lines_are_even(pixels, columns, rows, display):
    lines = picture(pixels, columns, rows, display)
    widths = {line_width(line) for line in lines}
    assert 1 <= len(lines) <= rows
    assert len(widths) == 1
    assert 1 <= widths.pop() <= columns


@settings(max_examples=30)
@given(st.integers(0, 255), st.integers(33, 70), st.integers(1, 30))
def test_an_even_picture_stays_even_at_any_size(value, side, columns):
    pixels = np.full((side, side), value, dtype=np.uint8)
    assert (fit(pixels, columns, 40) == value).all()


def test_a_cell_of_true_colours_is_sent_as_its_style_says():
    pixels = np.random.default_rng(2).integers(0, 256, (6, 5, 3), np.uint8)
    cells = [cell for line in picture(pixels, 5, 3, TRUECOLOR) for cell in line]
    assert len(cells) == 15
    for cell in cells:
        assert cell.ansi == cell.style.render(cell.text)
