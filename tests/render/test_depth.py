import io

import pytest
from rich.segment import Segment
from rich.style import Style

from tuiconv.render.depth import (
    NARROWEST,
    ColorDepth,
    Display,
    detect,
    detect_stream,
    make_console,
)
from tuiconv.render.lines import Lines


def depth_of(platform="linux", is_terminal=True, **environ):
    display = detect(
        "auto", is_terminal=is_terminal, encoding="utf-8", environ=environ, platform=platform
    )
    return display.depth


@pytest.mark.parametrize(
    ("environ", "depth"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, ColorDepth.TRUECOLOR),
        ({"TERM": "xterm", "COLORTERM": "24bit"}, ColorDepth.TRUECOLOR),
        ({"TERM": "xterm-kitty"}, ColorDepth.TRUECOLOR),
        ({"TERM": "xterm-direct"}, ColorDepth.TRUECOLOR),
        ({"TERM": "xterm-256color"}, ColorDepth.EIGHT_BIT),
        ({"TERM": "screen-256color", "COLORTERM": "yes"}, ColorDepth.EIGHT_BIT),
        ({"TERM": "vt220"}, ColorDepth.STANDARD),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, ColorDepth.NONE),
        ({}, ColorDepth.NONE),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, ColorDepth.NONE),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, ColorDepth.EIGHT_BIT),
    ],
)
def test_the_environment_says_how_many_colours_there_are(environ, depth):
    assert depth_of(**environ) is depth


def test_windows_sets_no_term_and_has_all_colours():
    assert depth_of(platform="win32") is ColorDepth.TRUECOLOR


def test_a_file_gets_no_colours_unless_they_are_asked_for():
    environ = {"TERM": "xterm", "COLORTERM": "truecolor", "NO_COLOR": "1"}
    assert depth_of(is_terminal=False, **environ) is ColorDepth.NONE
    for depth in ColorDepth:
        asked = detect(depth.value, is_terminal=False, encoding="utf-8", environ=environ)
        assert asked.depth is depth


def test_an_unknown_depth_names_the_five_words():
    with pytest.raises(ValueError, match=r"'rainbow'.*auto, truecolor, 256, 16, none"):
        detect("rainbow", is_terminal=True, encoding="utf-8")


@pytest.mark.parametrize(
    ("encoding", "term", "unicode"),
    [
        ("utf-8", "xterm", True),
        ("ascii", "xterm", False),
        ("latin-1", "xterm", False),
        (None, "xterm", False),
        ("no-such-encoding", "xterm", False),
        ("utf-8", "linux", False),
    ],
)
def test_glyphs_are_ascii_where_others_cannot_be_printed(encoding, term, unicode):
    display = detect("auto", is_terminal=True, encoding=encoding, environ={"TERM": term})
    assert display.unicode is unicode


def test_half_blocks_need_colours_and_unicode():
    assert Display(ColorDepth.EIGHT_BIT, unicode=True).has_half_blocks
    assert not Display(ColorDepth.EIGHT_BIT, unicode=False).has_half_blocks
    assert not Display(ColorDepth.STANDARD, unicode=True).has_half_blocks


def test_a_text_stream_is_no_terminal():
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    assert detect_stream("auto", stream) == Display(ColorDepth.NONE, unicode=True)


def red():
    return Lines([[Segment("x", Style(color="rgb(250,10,10)", bold=True))]])


@pytest.mark.parametrize(
    ("depth", "printed"),
    [
        (ColorDepth.TRUECOLOR, "\x1b[1;38;2;250;10;10mx\x1b[0m\n"),
        (ColorDepth.EIGHT_BIT, "\x1b[1;38;5;196mx\x1b[0m\n"),
        (ColorDepth.NONE, "x\n"),
    ],
)
def test_a_console_prints_the_colours_of_its_display(monkeypatch, depth, printed):
    monkeypatch.setenv("NO_COLOR", "1")  # what was asked for wins
    stream = io.StringIO()
    make_console(Display(depth), stream, width=10).print(red())
    assert stream.getvalue() == printed


def test_what_looks_like_markup_is_printed_as_it_is():
    stream = io.StringIO()
    make_console(Display(ColorDepth.NONE), stream, width=20).print("[red]:smile: [/x]")
    assert stream.getvalue() == "[red]:smile: [/x]\n"


def test_without_colours_there_is_no_escape_code_even_if_rich_is_forced(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    stream = io.StringIO()
    make_console(Display(ColorDepth.NONE), stream, width=10).print(red())
    assert "\x1b" not in stream.getvalue()


def test_a_terminal_that_tells_of_no_columns_is_drawn_for_with_the_fewest(monkeypatch):
    monkeypatch.setenv("COLUMNS", "0")
    assert make_console(Display(ColorDepth.NONE), io.StringIO()).width == NARROWEST
    monkeypatch.setenv("COLUMNS", "90")
    assert make_console(Display(ColorDepth.NONE), io.StringIO()).width == 90
