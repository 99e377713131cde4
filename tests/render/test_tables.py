import pytest

from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import block_width
from tuiconv.render.tables import Column, fitting, markdown_lines, table_lines, total_width

PLAIN = Display(ColorDepth.NONE)
ASCII = Display(ColorDepth.NONE, unicode=False)

COLUMNS = [
    Column("name", ["ant", "bee"], "all", is_text=True),
    Column("legs", ["6", "1,006"], "1,012"),
    Column("k", ["3", "5"], rank=2),
    Column("s", ["1", "2"], rank=2, gap=1),
    Column("food", ["leaves", ""], is_text=True, rank=1),
]


def text(lines):
    return ["".join(segment.text for segment in line) for line in lines]


def test_numbers_end_at_the_right_and_texts_begin_at_the_left():
    assert text(table_lines(COLUMNS, PLAIN)) == [
        "name   legs  k s  food",
        "────────────────────────",
        "ant       6  3 1  leaves",
        "bee   1,006  5 2",
        "────────────────────────",
        "all   1,012",
    ]


def test_without_anything_below_there_is_no_second_rule():
    lines = text(table_lines([Column("name", ["ant"], is_text=True)], ASCII))
    assert lines == ["name", "----", "ant"]


def test_a_table_is_as_wide_as_its_columns_and_the_gaps_between_them():
    assert total_width(COLUMNS) == block_width(table_lines(COLUMNS, PLAIN)) == 24
    assert total_width([]) == 0


@pytest.mark.parametrize(
    ("width", "names"),
    [
        (24, "name legs k s food"),
        (23, "name legs food"),
        (19, "name legs food"),
        (18, "name legs k s"),  # what is needed less may fit where the other does not
        (16, "name legs k s"),
        (15, "name legs"),
        (1, "name legs"),
    ],
)
def test_whole_columns_go_where_there_is_no_room_those_of_a_rank_together(width, names):
    assert [column.name for column in fitting(COLUMNS, width)] == names.split()


def test_the_first_column_that_is_left_has_no_gap_before_it():
    assert text(table_lines(COLUMNS[1:2], PLAIN))[2] == "    6"


def test_a_styled_column_keeps_its_style_to_itself():
    from rich.style import Style

    red = Style(color="red")
    line = table_lines([COLUMNS[0], Column("x", ["##", "#"], is_text=True, style=red)], PLAIN)[2]
    assert [segment.text for segment in line if segment.style == red] == ["  ##"]


def test_markdown_has_every_column_and_says_which_are_numbers():
    assert markdown_lines(COLUMNS[:2]) == [
        "| name |  legs |",
        "| ---- | ----: |",
        "| ant  |     6 |",
        "| bee  | 1,006 |",
        "| all  | 1,012 |",
    ]


def test_markdown_takes_signs_of_its_own_as_they_are():
    lines = markdown_lines([Column("a", ["| b", "c*d"], is_text=True), Column("", ["→", "→"])])
    assert lines == ["| a   |", "| --- |", "| \\| b |", "| c\\*d |"]
