import numpy as np
import pytest

from tuiconv.lessons.scene import Signed
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import line_width
from tuiconv.render.palettes import DIVERGING
from tuiconv.render.signed import STRONGEST, draw_signed, fit_signed, limit_of

TRUECOLOR, PLAIN = Display(), Display(ColorDepth.NONE)
ASCII = Display(ColorDepth.NONE, unicode=False)
DISPLAYS = [Display(depth, unicode) for depth in ColorDepth for unicode in (True, False)]


def texts(lines):
    return ["".join(segment.text for segment in line) for line in lines]


def test_zero_is_neutral_and_equal_magnitudes_are_equally_far_from_it():
    map_, scale = draw_signed(Signed("sums", np.array([[-9.0, 0.0, 9.0]])), 24, 1, TRUECOLOR)
    colours = [tuple(part.style.color.triplet) for part in map_ for _ in part.text]
    ends, middle = DIVERGING.truecolor, DIVERGING.truecolor[31]
    assert colours == [ends[0]] * 2 + [middle] * 2 + [ends[-1]] * 2
    assert texts([scale]) == ["−9 " + "▀" * 8 + " 0 " + "▀" * 8 + " 9"]


def test_without_colours_the_sign_is_in_the_glyph():
    values = np.array([[-9.0, -3.0, 0.0, 3.0, 9.0]] * 2)
    lines = texts(draw_signed(Signed("sums", np.repeat(values, 20, axis=0)), 5, 20, PLAIN))
    assert set(lines[:20]) == {"≡- ▒█"}
    ascii_lines = texts(draw_signed(Signed("sums", np.repeat(values, 20, axis=0)), 5, 20, ASCII))
    assert set(ascii_lines[:20]) == {"N- +@"}


def test_a_cell_of_two_numbers_shows_the_stronger_and_not_their_mean():
    (line, _) = texts(
        draw_signed(Signed("edge", np.array([[7.0] * 40, [-9.0] * 40])), 40, 1, PLAIN)
    )
    assert line == "≡" * 40


def test_where_there_is_less_room_an_area_is_shown_by_its_strongest_number():
    values = np.zeros((40, 40))
    values[7, 33], values[8, 33] = 5.0, -8.0
    panel = Signed("edge", values)
    small = fit_signed(panel, 4, 2)
    assert small.tolist()[0] == [0, 0, 0, -8]
    assert not small[1:].any()
    assert " ".join(texts(draw_signed(panel, 9, 2, PLAIN))[-3:]) == STRONGEST
    assert STRONGEST not in texts(draw_signed(panel, 40, 20, PLAIN))


def test_a_small_map_is_enlarged_by_a_whole_factor():
    assert (
        fit_signed(Signed("kernel", np.array([[1.0, 2.0]])), 7, 2).tolist()
        == [[1, 1, 1, 2, 2, 2]] * 3
    )


def test_the_scale_ends_at_the_largest_magnitude():
    assert limit_of(np.array([[-7.0, 3.0], [0.0, 5.0]])) == (7.0, False)


def test_a_few_numbers_far_out_do_not_make_all_others_pale():
    numbers = np.full((50, 50), 10.4)
    numbers[0, :3] = -900.0
    numbers[1:3] = 0.0  # does not count: a page that is white but for some letters is not pale
    assert limit_of(numbers) == (11.0, True)
    line = texts(draw_signed(Signed("sums", numbers), 60, 25, PLAIN))[-1]
    assert line.startswith("≤ −11 ")
    assert line.endswith(" ≥ 11")
    assert texts(draw_signed(Signed("sums", numbers), 60, 25, ASCII))[-1].endswith(" >= 11")


def test_where_numbers_are_few_the_largest_is_the_end_of_the_scale():
    kernel = np.full((9, 9), -0.04)
    kernel[4, 4] = 0.32
    assert limit_of(kernel) == (0.32, False)
    enlarged = texts(draw_signed(Signed("kernel", kernel), 80, 20, PLAIN))[-1]
    assert enlarged.endswith(" 0.32")
    assert "≥" not in enlarged


def test_a_map_of_nothing_but_0_has_a_scale_too():
    lines = texts(draw_signed(Signed("sums", np.zeros((3, 40))), 40, 5, PLAIN))
    assert lines[0] == " " * 40
    assert lines[-1].split()[0] == "0"


@pytest.mark.parametrize("display", DISPLAYS, ids=str)
@pytest.mark.parametrize("width", [1, 5, 9, 12, 20, 39, 80, 200])
def test_the_numbers_of_a_scale_are_whole_in_any_width(width, display):
    values = np.array([[-1722.67, 12.0]] * 2)
    lines = draw_signed(Signed("sums", values), width, 9, display)
    words = " ".join(texts(lines)[-3:]).split()
    assert {"−1,722.67", "0", "1,722.67"} <= set(words) or width < len("−1,722.67")
    if width >= len("−1,722.67"):
        assert max(map(line_width, lines)) <= width


def test_limits_that_are_asked_for_are_the_ends_of_the_scale_as_far_as_the_farther():
    values = np.array([[-2.0, 0.0, 2.0]])
    (_, scale) = texts(draw_signed(Signed("sums", values, limits=(-1.0, 4.0)), 24, 1, TRUECOLOR))
    assert (scale.split()[0], scale.split()[-1]) == ("−4", "4")
    (_, scale) = texts(draw_signed(Signed("sums", values, limits=(-1.0, 1.0)), 24, 1, TRUECOLOR))
    assert (scale[:4], scale[-3:]) == ("≤ −1", "≥ 1")
