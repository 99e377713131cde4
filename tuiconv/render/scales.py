"""The scale of a map: its ends, the palette of what the numbers are, and the heading with both."""

from textwrap import wrap
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from tuiconv.lessons.scene import Limits, Quantity
from tuiconv.render.depth import Display
from tuiconv.render.heatmap import Values, minmax_range, scale_line
from tuiconv.render.lines import Line, paragraph
from tuiconv.render.palettes import Palette, palette_of

RAMP: Final = 9
"""Cells of the scale in a heading: enough for every glyph of a signed one."""


def scale_of(
    values: Values, quantity: Quantity, limits: Limits | None, display: Display
) -> tuple[float, float, Palette]:
    """The ends and the palette: pixels as they are; with signs, zero in the middle."""
    low, high = limits or minmax_range(values)
    if quantity == "pixels":
        return low, high, palette_of(quantity, False, display.palettes)
    if low < 0:
        most = max(-low, high)
        return -most, most, palette_of(quantity, True, display.palettes)
    if limits is None or low == high:
        low, high = 0.0, high or 1.0
    return low, high, palette_of(quantity, False, display.palettes)


def ends_of(low: float, high: float) -> tuple[str, str]:
    """The limits of a scale, in four digits."""
    return f"{low:.4g}", f"{high:.4g}"


def heading(
    title: str,
    note: str,
    limits: tuple[str, str],
    palette: Palette,
    width: int,
    display: Display,
) -> list[Line]:
    """A title, a note, and the scale with its limits; on several lines where one is too short."""
    ends = cell_len("  ".join(limits))
    scale = scale_line(limits, RAMP + ends, palette, display)
    said = f"{title}  {note}" if note else title
    if cell_len(said) + 2 + RAMP + ends <= width:
        words = [Segment(f"{title}  ", Style(bold=True)), Segment(f"{note}  " if note else "")]
        return [[*words, *scale]]
    lines: list[Line] = [[Segment(line, Style(bold=True))] for line in wrap(said, width)]
    if RAMP + ends <= width:
        return [*lines, scale]
    return [*lines, *paragraph(" to ".join(limits), width)]
