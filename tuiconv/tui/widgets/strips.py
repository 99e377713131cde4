"""Drawn lines as Textual strips."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Final

from rich.cells import cell_len
from rich.console import COLOR_SYSTEMS, Console
from rich.style import Style
from textual.filter import ANSIToTruecolor, LineFilter
from textual.strip import Strip

from tuiconv.render.lines import Line, Painted, line_width

ANSI: Final = attrgetter("ansi")


class Coded(Strip):
    """A strip of painted segments, each of which knows its escape codes.

    Textual would look at the style of every cell.
    """

    def render(self, console: Console) -> str:
        return "".join(map(ANSI, self))


def to_strip(line: Line, width: int, base: Style) -> Strip:
    """A line of exactly `width` cells on the widget's background.

    Only segments without a background of their own take the widget's: half-blocks have thousands
    of styles, and adding one to each would cost more than drawing them.

    Args:
        line: what is drawn.
        width: cells.
        base: the widget's style, in colours that the terminal has.
    """
    parts = line
    if {*map(type, line)} != {Painted}:
        parts = [
            segment
            if type(segment) is Painted
            else Painted(segment.text, base if segment.style is None else base + segment.style)
            for segment in line
        ]
    taken = line_width(line)
    if taken > width:
        return Strip(parts, taken).adjust_cell_length(width)
    return Coded([*parts, Painted(" " * (width - taken), base)] if taken < width else parts, width)


def in_depth(style: Style, console: Console) -> Style:
    """A style in the colours nearest to its own that the terminal has."""
    system = COLOR_SYSTEMS[console.color_system or "truecolor"]
    color, ground = (each and each.downgrade(system) for each in (style.color, style.bgcolor))
    return style + Style(color=color, bgcolor=ground)


def without_truecolor_filter(filters: Sequence[LineFilter]) -> list[LineFilter]:
    """A widget's line filters, less the one that turns colours by number into true colours.

    The palettes are made for the terminal's depth already, and that filter's cache is smaller
    than the number of half-block styles.
    """
    return [each for each in filters if not isinstance(each, ANSIToTruecolor)]


def changed_span(old: Line, new: Line) -> range | None:
    """The cells in which a line differs from what stood there; None if in none."""
    if old == new:
        return None
    begin, end = 0, line_width(new)
    if line_width(old) != end:
        return range(max(line_width(old), end))
    first, last = 0, 1
    shorter = min(len(old), len(new))
    while first < shorter and old[first] == new[first]:
        begin += cell_len(new[first].text)
        first += 1
    while last <= shorter - first and old[-last] == new[-last]:
        end -= cell_len(new[-last].text)
        last += 1
    if first == len(new) - last == len(old) - last and old[first].style == new[first].style:
        before, after = old[first].text, new[first].text
        head = common_start(before, after)
        tail = common_start(before[head:][::-1], after[head:][::-1])
        begin += cell_len(after[:head])
        end -= cell_len(after[len(after) - tail :])
    return range(begin, end)


def common_start(one: str, other: str) -> int:
    """How many letters two texts have in common from the beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))
