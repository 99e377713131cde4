"""Drawn lines as Textual strips."""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.filter import ANSIToTruecolor, LineFilter
from textual.strip import Strip

from tuiconv.render.lines import Line


def to_strip(line: Line, width: int, base: Style) -> Strip:
    """A line of exactly `width` cells on the widget's background.

    Only segments without a background of their own take the widget's: half-blocks have thousands
    of styles, and adding one to each would cost more than drawing them.
    """
    painted = [
        segment
        if segment.style is not None and segment.style.bgcolor is not None
        else Segment(segment.text, base if segment.style is None else base + segment.style)
        for segment in line
    ]
    return Strip(painted).adjust_cell_length(width, base)


def without_truecolor_filter(filters: Sequence[LineFilter]) -> list[LineFilter]:
    """A widget's line filters, less the one that turns colours by number into true colours.

    The palettes are made for the terminal's depth already, and that filter's cache is smaller
    than the number of half-block styles.
    """
    return [each for each in filters if not isinstance(each, ANSIToTruecolor)]
