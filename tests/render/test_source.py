import pytest

from tuiconv.lessons.scene import Source
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.source import draw_source, lines_needed

PLAIN = Display(ColorDepth.NONE)
ASCII = Display(ColorDepth.NONE, unicode=False)
TEXT = "one two three four five six"


def drawn(text, caret=None, width=10, height=99, display=PLAIN):
    drawing = draw_source(Source("text", text, caret), width, height, display)
    return ["".join(segment.text for segment in line) for line in drawing.lines]


def test_a_text_is_broken_between_words():
    assert drawn(TEXT) == ["text", "one two", "three four", "five six"]


def test_the_caret_stands_below_the_letter_that_is_wrong():
    assert drawn(TEXT, TEXT.index("four"))[2:4] == ["three four", "      ▲"]
    assert drawn(TEXT, TEXT.index("five"), display=ASCII)[3:] == ["five six", "^"]


def test_behind_the_end_it_stands_behind_the_last_letter():
    assert drawn(TEXT, len(TEXT))[-2:] == ["five six", "        ▲"]
    assert drawn("0123456789", 10)[-1] == "         ▲"  # or below it, where there is no room
    assert drawn("", 0) == ["text", "", "▲"]


def test_lines_end_where_they_were_ended():
    assert drawn("one\ntwo\n\nthree", 4) == ["text", "one", "two", "▲", "", "three"]


def test_a_word_that_is_too_long_is_broken_and_wide_letters_count_as_two():
    assert drawn("0123456789abc") == ["text", "0123456789", "abc"]
    assert drawn("畳み込み畳み込み", 6, width=8) == ["text", "畳み込み", "畳み込み", "    ▲"]


def test_what_a_terminal_would_obey_is_not_sent():
    assert drawn("a\x1b[2Jb\tc") == ["text", "a?[2Jb?c"]


@pytest.mark.parametrize("word", [0, 5, 11])
def test_of_a_long_text_the_lines_around_the_caret_are_shown_and_which_these_are(word):
    text = " ".join(f"word{number:04}" for number in range(12))
    lines = drawn(text, text.index(f"word{word:04}"), width=24, height=4)
    assert len(lines) == 4
    caret = next(number for number, line in enumerate(lines) if "▲" in line)
    column = lines[caret].index("▲")
    assert lines[caret - 1][column : column + 8] == f"word{word:04}"
    assert "of 6" in lines[0]


def test_it_makes_use_of_no_more_lines_than_help_to_find_ones_way():
    long = lines_needed(Source("text", "word " * 500), 20)
    assert (long.least, long.most) == (3, 5)
    assert lines_needed(Source("text", "short", 2), 20).most == 3
