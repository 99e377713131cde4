import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.measure import Measurement
from rich.segment import Segment

from tuiconv.render.depth import ColorDepth, Display, make_console
from tuiconv.render.lines import Lines, block_width, line_width, paragraph, side_by_side, text_line


def texts(lines):
    return ["".join(segment.text for segment in line) for line in lines]


def test_a_wide_character_takes_two_cells():
    assert line_width([Segment("数字"), Segment("ab")]) == 6
    assert block_width([[Segment("a")], [Segment("数字")]]) == 4
    assert block_width([]) == 0


def test_text_is_cropped_or_filled_to_the_width():
    assert texts([text_line("abc", 5), text_line("abc", 2), text_line("abc")]) == [
        "abc  ",
        "ab",
        "abc",
    ]
    assert texts([text_line("数字", 3)]) == ["数 "]


def test_blocks_stand_side_by_side_with_their_tops_level():
    left = [[Segment("####")], [Segment("####")]]
    right = [[Segment("##")]]
    assert texts(side_by_side([left, right])) == [
        "####  ##",
        "####    ",
    ]


def test_a_paragraph_is_broken_between_words_and_indented_from_its_second_line_on():
    lines = paragraph("one two three four", 9, indent=2)
    assert [line[0].text for line in lines] == ["one two", "  three", "  four"]
    assert paragraph("", 9) == []


def test_no_blocks_are_no_lines():
    assert side_by_side([]) == []


@pytest.mark.parametrize("width", [3, 80])
def test_a_console_prints_every_line_once(width):
    stream = io.StringIO()
    console = make_console(Display(ColorDepth.NONE), stream, width=width)
    console.print(Lines([[Segment("abc")], [], [Segment("de"), Segment("f")]]))
    assert stream.getvalue() == "abc\n\ndef\n"


def test_lines_measure_as_wide_as_they_are():
    console = Console(file=io.StringIO(), width=80)
    lines = Lines([[Segment("abc")], [Segment("abcde")]])
    assert Measurement.get(console, console.options, lines) == (5, 5)


SEGMENTS = st.text("ab ▀数", max_size=4).map(Segment)
BLOCKS = st.lists(st.lists(st.lists(SEGMENTS, max_size=3), max_size=4), min_size=1, max_size=4)


@settings(max_examples=30)
@given(BLOCKS, st.integers(0, 4))
def test_lines_side_by_side_are_equally_wide(blocks, gap):
    lines = side_by_side(blocks, gap)
    assert len(lines) == max(map(len, blocks))
    assert len({line_width(line) for line in lines}) <= 1
