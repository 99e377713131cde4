"""Horizontal bars: class probabilities, and other short lists of labelled numbers."""

import math
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import Line

_EIGHTHS = " ▏▎▍▌▋▊▉"


def bar_list(
    labels: Sequence[str],
    values: Sequence[float],
    width: int,
    display: Display,
    chosen: int | None = None,
    full: float = 1.0,
    earlier: Sequence[float] | None = None,
) -> list[Line]:
    """One line for each value: its label, a bar, and the number with three decimals.

    A bar is as long as its value's share of `full`, to an eighth of a cell. The chosen line has a
    pointer in front of it, besides its bold type and colour.

    Args:
        labels: one for each value; long ones are cropped to a third of the width.
        values: numbers; negative ones and NaN have no bar.
        width: cells of every line.
        display: what the terminal can show.
        chosen: index of the line to point out.
        full: the value whose bar fills its space.
        earlier: what the values were before, written in front of them.

    Raises:
        ValueError: if there are not as many labels as values, or `full` is not above 0.
    """
    if len(labels) != len(values):
        raise ValueError(f"{len(labels)} labels for {len(values)} values; one each is needed")
    if not full > 0:
        raise ValueError(f"the value of a full bar must be above 0, not {full}")
    numbers = [f"{value:.3f}" for value in values]
    if earlier is not None:
        arrow = "→" if display.unicode else "->"
        numbers = [f"{was:.3f} {arrow} {is_}" for was, is_ in zip(earlier, numbers, strict=True)]
    label_width = min(max(map(cell_len, labels), default=0), width // 3)
    number_width = max(map(len, numbers), default=0)
    pointer = "▶" if display.unicode else ">"
    lines = []
    for i, (label, value, number) in enumerate(zip(labels, values, numbers, strict=True)):
        before = f"{pointer if i == chosen else ' '} {set_cell_size(label, label_width)} "
        after = " " + number.rjust(number_width)
        room = width - cell_len(before) - cell_len(after)
        style = Style(bold=True) if i == chosen else None
        if room < 1:
            lines.append([Segment(set_cell_size(before + number, width), style)])
            continue
        colour = _colour(display.depth, i == chosen)
        drawn = Segment(bar(value / full, room, display.unicode), colour)
        lines.append([Segment(before, style), drawn, Segment(after, style)])
    return lines


def bar(share: float, room: int, unicode: bool) -> str:
    """A bar of a share, 0 to 1, of so many cells, to an eighth of one; the rest is space."""
    share = 0.0 if math.isnan(share) else min(max(share, 0.0), 1.0)
    if not unicode:
        return ("#" * round(share * room)).ljust(room)
    full, eighths = divmod(round(share * room * 8), 8)
    return ("█" * full + _EIGHTHS[eighths] * (full < room)).ljust(room)


def _colour(depth: ColorDepth, chosen: bool) -> Style | None:
    match depth:
        case ColorDepth.TRUECOLOR:
            return Style(color=Color.from_rgb(*((230, 140, 60) if chosen else (90, 150, 215))))
        case ColorDepth.EIGHT_BIT:
            return Style(color=Color.from_ansi(208 if chosen else 68))
        case ColorDepth.STANDARD:
            return Style(color=Color.from_ansi(3 if chosen else 4))
        case ColorDepth.NONE:
            return None
