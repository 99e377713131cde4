import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuiconv.nn.evaluation import Evaluation, Mistake
from tuiconv.render.confusion import classes_table, confusion_lines, mistake_lines
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import line_width
from tuiconv.render.palettes import SEQUENTIAL

PLAIN = Display(ColorDepth.NONE)
ASCII = Display(ColorDepth.NONE, unicode=False)
TRUECOLOR = Display(ColorDepth.TRUECOLOR)
DISPLAYS = [Display(depth, unicode) for depth in ColorDepth for unicode in (True, False)]
COUNTS = np.array([[12, 4], [0, 3]])


def texts(lines):
    return ["".join(segment.text for segment in line) for line in lines]


def test_a_matrix_worked_by_hand():
    # Shares of the row: 3/4 and 1/4, square roots .87 and .5: glyphs 4 and 2 of " ░▒▓█"
    assert texts(confusion_lines(COUNTS, ("cat", "dog"), 12, PLAIN)) == [
        "      0   1 ",
        "cat █12 ▒ 4 ",
        "dog   · █ 3 ",
    ]


def test_in_ascii_zeros_and_weights_have_other_signs():
    _, cat, dog = texts(confusion_lines(COUNTS, ("cat", "dog"), 12, ASCII))
    assert cat == "cat %12 = 4 "
    assert dog == "dog   . @ 3 "


def test_colours_are_the_palettes_and_the_ink_can_be_read_on_them():
    *_, (_, none, all_of_them, *_) = confusion_lines(COUNTS, ("cat", "dog"), 12, TRUECOLOR)
    assert tuple(none.style.bgcolor.triplet) == SEQUENTIAL.truecolor[0]
    assert tuple(all_of_them.style.bgcolor.triplet) == SEQUENTIAL.truecolor[-1]
    assert (none.style.color.number, all_of_them.style.color.number) == (231, 16)


def test_without_room_for_the_counts_the_colours_stay():
    assert texts(confusion_lines(COUNTS, ("cat", "dog"), 9, PLAIN)) == ["cat ██▒▒ ", "dog   ██ "]


NAMES = st.lists(st.text(st.characters(categories=["L"]), max_size=9), min_size=1, max_size=12)


@settings(max_examples=30)
@given(NAMES, st.integers(0, 2000), st.integers(20, 90), st.sampled_from(DISPLAYS))
def test_every_line_has_exactly_the_width(names, most, width, display):
    cells = len(names) ** 2
    counts = np.linspace(0, most, cells).astype(np.int64).reshape(len(names), -1)
    lines = confusion_lines(counts, names, width, display)
    assert len(lines) - len(names) in (0, 1)
    assert {line_width(line) for line in lines} == {width}


def test_the_table_of_classes_has_their_precision_and_recall():
    table = classes_table(Evaluation(0.5, COUNTS, ()), ("cat", "dog"), PLAIN)
    cells = [list(column.cells) for column in table.columns]
    assert cells == [
        ["cat", "dog"],
        ["16", "3"],
        ["12", "7"],
        ["100.00%", "42.86%"],
        ["75.00%", "100.00%"],
    ]


def test_what_was_never_read_has_no_precision():
    table = classes_table(Evaluation(0.5, np.array([[2, 0], [1, 0]]), ()), "ab", PLAIN)
    assert list(table.columns[3].cells) == ["66.67%", "none"]


@pytest.mark.parametrize("channels", [1, 2, 3, 5])
def test_mistakes_are_drawn_three_in_a_row_with_their_story_below(channels):
    images = np.full((9, channels, 12, 12), 255, np.uint8)
    mistakes = [Mistake(index, 0, 1, 0.9876, 0.001) for index in (8, 2, 5, 1)]
    lines = texts(mistake_lines(mistakes, images, ("cat", "dog"), 80, PLAIN))
    first = next(i for i, line in enumerate(lines) if "#8" in line)
    assert [lines[first].count(f"#{k}: cat was read") for k in (8, 2, 5, 1)] == [1, 1, 1, 0]
    assert lines[first + 1].count("as dog (98.8%)") == 3
    assert lines[first - 1].count("█" * 24) == 3
    assert sum("#1: cat was read" in line for line in lines) == 1


def test_no_mistakes_are_no_lines():
    assert mistake_lines([], np.zeros((1, 1, 4, 4), np.uint8), "ab", 80, PLAIN) == []
