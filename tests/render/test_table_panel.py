import pytest

from tuiconv.lessons.scene import Table
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import line_width
from tuiconv.render.table_panel import LEAST_ROWS, draw_table, lines_needed, widths

PLAIN = Display(ColorDepth.NONE)
LAYERS = Table(
    "layers",
    ("layer", "shape", "learns"),
    (("input", "1×32×32", ""), ("conv1", "6×28×28", "156"), ("conv2", "16×10×10", "2,416")),
    chosen=1,
    key="layers",
)
LONG = Table("long", ("row", "value"), tuple((f"{i}", f"{i * i}") for i in range(40)), 30, "long")


def texts(lines):
    return ["".join(segment.text for segment in line) for line in lines]


def test_names_stand_to_the_left_numbers_to_the_right_and_a_pointer_before_the_chosen_row():
    assert texts(draw_table(LAYERS, 40, PLAIN).lines) == [
        "layers",
        "  layer     shape  learns",
        "  ───────────────────────",
        "  input   1×32×32",
        "▶ conv1   6×28×28     156",
        "  conv2  16×10×10   2,416",
    ]
    ascii_lines = texts(draw_table(LAYERS, 40, Display(ColorDepth.NONE, unicode=False)).lines)
    assert ascii_lines[4].startswith("> conv1")


def test_without_a_chosen_row_there_is_no_margin():
    lines = texts(draw_table(Table("", ("a", "b"), (("x", "1"), ("y", "22"))), 40, PLAIN).lines)
    assert lines == ["a   b", "─────", "x   1", "y  22"]


def test_the_chosen_row_is_in_reverse():
    drawing = draw_table(LAYERS, 40, Display())
    reverse = [y for y, line in enumerate(drawing.lines) if line[0].style and line[0].style.reverse]
    assert reverse == [4]
    assert list(drawing.chosen) == [range(4, 5)]


def test_columns_that_do_not_fit_go_on_below_with_the_first_one_repeated():
    lines = texts(draw_table(LAYERS, 18, PLAIN).lines)
    assert lines == [
        "layers",
        "  layer     shape",
        "  ───────────────",
        "  input   1×32×32",
        "▶ conv1   6×28×28",
        "  conv2  16×10×10",
        "  layer  learns",
        "  ─────────────",
        "  input",
        "▶ conv1     156",
        "  conv2   2,416",
    ]


@pytest.mark.parametrize("width", range(16, 60, 5))
def test_no_number_is_lost_at_any_width(width):
    lines = texts(draw_table(LAYERS, width, PLAIN).lines)
    assert max(map(len, lines)) <= max(width, widths(LAYERS).least)
    for row in LAYERS.rows:
        for cell in row:
            assert any(cell in line for line in lines)


def test_every_cell_of_a_row_points_at_it():
    drawing = draw_table(LAYERS, 18, PLAIN)
    for first in (3, 8):
        for row in range(3):
            assert drawing.at(0, first + row) == drawing.at(17, first + row) == ("layers", (row,))
    assert drawing.at(0, 2) is drawing.at(0, 6) is drawing.at(0, 0) is None


def test_around_the_chosen_row_as_many_are_shown_as_there_are_lines_for():
    drawing = draw_table(LONG, 40, PLAIN, 13)
    lines = texts(drawing.lines)
    assert len(lines) == 13
    assert lines[0] == "long, 25 to 34 of 40"
    assert lines[3].split() == ["25", "625"]
    assert lines[8] == "▶  30    900"
    assert drawing.at(0, 3) == ("long", (25,))
    assert list(drawing.chosen) == [range(8, 9)]


def test_the_lines_that_a_table_needs_are_those_it_takes():
    for table in (LAYERS, LONG):
        for width in (20, 40):
            need = lines_needed(table, width)
            assert need.most == len(draw_table(table, width, PLAIN).lines)
            assert need.least == len(draw_table(table, width, PLAIN, 0).lines)
    assert lines_needed(LONG, 40).least == 3 + LEAST_ROWS


def test_a_table_is_as_wide_as_its_columns():
    assert widths(LAYERS).least == max(map(line_width, draw_table(LAYERS, 99, PLAIN).lines)) == 25


SUMS = Table(
    "costs",
    ("layer", "learns", "costs", "more"),
    tuple((f"layer{number}", str(number), str(10 * number), "0") for number in range(30)),
    20,
    "layers",
    ("total", "435", "4350", "0"),
    spare=(3, 1),
)


def test_a_last_row_of_sums_stands_below_a_rule_whichever_rows_are_shown():
    for height in (10, 14, 99):
        lines = texts(draw_table(SUMS, 80, PLAIN, height).lines)
        assert lines[-1].split() == ["total", "435", "4350", "0"]
        assert set(lines[-2].strip()) == {"─"}
        assert any(line.startswith("▶ layer20") for line in lines)
        assert len(lines) <= max(height, lines_needed(SUMS, 80).least)
    assert lines_needed(SUMS, 80).most == len(draw_table(SUMS, 80, PLAIN).lines)


def test_columns_to_spare_are_left_out_where_they_have_no_room():
    room = widths(SUMS)
    assert (room.least, room.most) == (16, 30)
    for width, head in (
        (30, ["layer", "learns", "costs", "more"]),
        (29, ["layer", "learns", "costs"]),
        (16, ["layer", "costs"]),
    ):
        lines = texts(draw_table(SUMS, width, PLAIN).lines)
        assert [line.split() for line in lines if "layer " in line] == [head]


@pytest.mark.parametrize("height", [10, 12, 20, 44])
def test_a_title_that_needs_another_line_to_tell_the_rows_takes_it_from_the_rows(height):
    panel = Table("a long title", ("row",), LONG.rows, 30, "long")
    width = len("a long title")
    assert lines_needed(panel, width).least <= 10
    drawing = draw_table(panel, width, PLAIN, height)
    assert len(drawing.lines) <= height
    assert any(line.split() == ["▶", "30"] for line in texts(drawing.lines))
