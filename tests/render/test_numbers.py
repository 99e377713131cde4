import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuiconv.lessons.scene import Columns, Numbers, Scene
from tuiconv.render.cells import inks
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import line_width
from tuiconv.render.numbers import draw_numbers, least_width, lines_used, steps
from tuiconv.render.palettes import DIVERGING, LEVELS, NAN_RGB, PALETTES, srgb_to_oklab
from tuiconv.render.scene import draw_scene

PLAIN = Display(ColorDepth.NONE)
DISPLAYS = [Display(depth, unicode) for depth in ColorDepth for unicode in (True, False)]
VALUES = np.array([[0.5, -1.25], [0.0, 1.0]])


def texts(lines):
    return ["".join(segment.text for segment in line) for line in lines]


def test_numbers_stand_below_their_columns_and_behind_their_rows():
    assert texts(draw_numbers(Numbers("patch", VALUES, decimals=2), 40, PLAIN).lines) == [
        "patch",
        "       0      1 ",
        "0   0.50  -1.25 ",
        "1   0.00   1.00 ",
    ]


def test_a_part_of_a_map_has_the_indices_of_the_map():
    panel = Numbers("patch", VALUES, decimals=2, origin=(9, 27), key="patch")
    drawing = draw_numbers(panel, 40, PLAIN)
    assert texts(drawing.lines)[1:] == [
        "       27     28 ",
        " 9   0.50  -1.25 ",
        "10   0.00   1.00 ",
    ]
    assert drawing.at(4, 2) == ("patch", (0, 0))


def test_the_chosen_number_stands_in_brackets_in_every_depth():
    for display in DISPLAYS:
        lines = draw_numbers(Numbers("", VALUES, chosen=(0, 1), decimals=2), 40, display).lines
        assert texts(lines)[-2:] == ["0   0.50 [-1.25]", "1   0.00   1.00 "]
        (chosen,) = (part for part in lines[-2] if "[" in part.text)
        assert chosen.style.bold


@pytest.mark.parametrize(
    ("values", "note"),
    [
        ([[1.0, 2.0]], ""),
        ([[0.5, 0.25]], ""),
        ([[0.5, 0.0625]], ", rounded to 3 decimals"),
        ([[0.5, 1e-9]], ", rounded to 3 decimals"),
        ([[0.05, 0.002]], ", in 1e-03"),
        ([[0.05, 0.0123456]], ", in 1e-03, rounded to 3 decimals"),
        ([[3e6, 1e6]], ", in 1e+06"),
        ([[np.nan, 0.5]], ""),
        ([[0.0, 0.0]], ""),
    ],
)
def test_it_is_said_what_is_rounded_and_what_power_of_ten_is_taken_out(values, note):
    (title, *_) = texts(draw_numbers(Numbers("n", np.array(values)), 60, PLAIN).lines)
    assert title == f"n{note}"


def test_what_is_written_times_the_power_of_ten_is_the_number():
    *_, line = texts(draw_numbers(Numbers("", np.array([[5e-5, -1.25e-4]])), 60, PLAIN).lines)
    assert line.split() == ["0", "50.000", "-125.000"]  # in 1e-06


def test_whole_numbers_have_no_decimals():
    *_, line = texts(draw_numbers(Numbers("", np.array([[255, 0]], np.uint8)), 60, PLAIN).lines)
    assert line.split() == ["0", "255", "0"]


def test_each_number_lies_on_its_colour_in_an_ink_that_can_be_read():
    panel = Numbers("", np.array([[-1.0, 0.0, 1.0, np.nan]]), limits=(-1, 1))
    *_, line = draw_numbers(panel, 60, Display()).lines
    _, *cells = line
    grounds = [tuple(cell.style.bgcolor.triplet) for cell in cells]
    assert grounds == [*(DIVERGING.truecolor[level] for level in (0, 31, 62)), NAN_RGB]
    assert [cell.style.color.number for cell in cells[:3]] == [231, 16, 231]


@pytest.mark.parametrize("palette", PALETTES.values(), ids=lambda palette: palette.name)
def test_inks_are_far_in_lightness_from_their_grounds(palette):
    light = srgb_to_oklab(palette.truecolor)[:, 0]
    ink = [1.0 if each.number == 231 else 0.0 for each in inks(palette)[:LEVELS]]
    assert np.abs(light - ink).min() >= 0.39


def test_of_too_many_columns_those_around_the_chosen_one_are_shown_and_said_to_be():
    panel = Numbers("row", np.arange(30.0)[None], chosen=(0, 20), key="row")
    drawing = draw_numbers(panel, 22, PLAIN)  # 2 for the index, 4 for every number
    lines = texts(drawing.lines)
    assert lines[:2] == ["row, columns 18 to 22", "of 0 to 29"]
    assert lines[-1] == "0  18  19 [20] 21  22 "
    assert drawing.at(2, 3) == ("row", (0, 18))


@pytest.mark.parametrize("shape", [(0, 0), (0, 2), (2, 0)])
def test_where_there_are_no_numbers_the_title_and_the_indices_are_left(shape):
    panel = Numbers("none", np.zeros(shape), origin=(4, 7))
    lines = texts(draw_numbers(panel, 40, PLAIN).lines)
    assert lines[0] == "none"
    assert " ".join(lines[1:]).split() == ["7", "8"][: shape[1]] + ["4", "5"][: shape[0]]
    assert least_width(panel) <= 40


@settings(max_examples=30)
@given(
    st.integers(1, 9), st.integers(1, 12), st.integers(20, 90), st.sampled_from(DISPLAYS), st.data()
)
def test_no_number_is_cut_and_a_spot_says_what_stands_there(rows, columns, width, display, data):
    values = np.arange(rows * columns).reshape(rows, columns) - 7
    place = data.draw(st.integers(0, rows - 1)), data.draw(st.integers(0, columns - 1))
    panel = Numbers("", values, chosen=place, key="n")
    drawing = draw_numbers(panel, width, display)
    assert max(map(line_width, drawing.lines)) <= width
    assert least_width(panel) <= width or "columns" in texts(drawing.lines)[0]
    for y, line in enumerate(texts(drawing.lines)):
        for x in range(len(line)):
            found = drawing.at(x, y)
            if found and line[x].isdigit():
                left = max(line.rfind(sign, 0, x) for sign in " [")
                right = min(k for sign in " ]" if (k := line.find(sign, x)) >= 0)
                assert int(line[left + 1 : right]) == values[found[1]]
    (lines,) = drawing.chosen
    assert f"[{values[place]}]" in texts(drawing.lines)[lines.start].replace(" ", "")


GRID = np.arange(6.0).reshape(2, 3)


def test_marked_neighbours_stand_between_bars_together_and_marked_ones_apart_by_themselves():
    panel = Numbers("n", GRID, marked=((0, 1), (0, 2), (1, 0), (1, 2)))
    assert texts(draw_numbers(panel, 40, PLAIN).lines)[2:] == ["0  0 │1  2│", "1 │3│ 4 │5│"]
    ascii_only = Display(ColorDepth.NONE, unicode=False)
    assert texts(draw_numbers(panel, 40, ascii_only).lines)[2:] == ["0  0 |1  2|", "1 |3| 4 |5|"]


def test_padding_what_no_window_reaches_and_what_is_not_written_yet_have_signs_of_their_own():
    panel = Numbers(
        "n", GRID, chosen=(1, 0), origin=(0, -1),
        padding=((0, 0), (1, 0)), unreached=((0, 2),), unwritten=((1, 1), (1, 2)),
    )  # fmt: skip
    for display in DISPLAYS:
        lines = texts(draw_numbers(panel, 70, display).lines)
        dot = "·" if display.unicode else "."
        assert lines[1:] == [
            "  -1  0  1 ",
            "0 (0) 1 /2/",
            f"1 [3] {dot}  {dot} ",
            f"( ) padding  / / under no window  {dot} not written yet",
        ]


def test_where_numbers_are_marked_only_they_lie_on_their_colour():
    panel = Numbers("n", GRID, marked=((0, 1), (0, 2)), padding=((0, 2),))
    _, _, first, second = draw_numbers(panel, 40, Display()).lines[:4]
    grounds = [part.style.bgcolor if part.style else None for part in (*first[1:], *second[1:])]
    assert [each is not None for each in grounds] == [False, True, True, False, False, False]


def test_what_reads_back_as_the_same_float32_is_not_called_rounded():
    values = np.array([[0.1, 0.25]])
    (title, *_) = texts(draw_numbers(Numbers("n", values.astype(np.float32)), 60, PLAIN).lines)
    assert title == "n"
    (title, *_) = texts(draw_numbers(Numbers("n", values, decimals=1), 60, PLAIN).lines)
    assert title == "n, rounded to 1 decimal"


def test_where_there_is_room_a_number_has_three_lines_and_is_pointed_at_in_all_of_them():
    panel = Numbers("n", GRID, chosen=(0, 0), marked=((0, 0), (0, 1)), key="n")
    drawing = draw_numbers(panel, 40, PLAIN, 1)
    assert texts(drawing.lines) == [
        "n",
        "     0      1      2   ",
        "  │            │       ",
        "0 │ [0]     1  │   2   ",
        "  │            │       ",
        "                       ",
        "1    3      4      5   ",
        "                       ",
    ]
    assert {drawing.at(3, y) for y in (2, 3, 4)} == {("n", (0, 0))}
    assert drawing.at(22, 7) == ("n", (1, 2))
    assert drawing.chosen == [range(2, 5)]


def test_grids_beside_each_other_grow_by_as_much_as_all_of_them_can():
    low, high = Numbers("n", GRID), Numbers("n", GRID.reshape(3, 2))
    assert [steps([(low, 40)], height) for height in (0, 7, 8, 11, 12, 60)] == [0, 0, 1, 1, 2, 2]
    assert [steps([(low, width)], 60) for width in (10, 22, 23, 34, 35)] == [0, 0, 1, 1, 2]
    assert [steps([(low, 40), (high, 40)], height) for height in (8, 11, 16, 17)] == [0, 1, 1, 2]
    assert lines_used(low, 40, 2) == len(draw_numbers(low, 40, PLAIN, 2).lines) == 12


def test_a_low_grid_grows_with_the_high_one_beside_it():
    low, high = Numbers("low", GRID), Numbers("high", GRID.reshape(3, 2))
    scene = Scene("", (Columns(((low,), (high,))),))
    for height, second in ((11, 4), (12, 7), (17, 7), (18, 10), (60, 10)):
        drawn = texts(draw_scene(scene, 80, PLAIN, height).lines)
        rows = [y for y, line in enumerate(drawn) if line.startswith("1 ")]
        assert rows == [second], height  # of both grids
        assert drawn[second].split().count("1") == 2
