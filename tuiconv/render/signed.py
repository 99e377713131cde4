"""Numbers of both signs as a picture: blue below 0, orange above, and the scale below it."""

from typing import Final

import numpy as np
from rich.cells import cell_len
from rich.segment import Segment

from tuiconv.lessons.figures import figure
from tuiconv.lessons.planes import Numbers, strongest
from tuiconv.lessons.scene import Signed
from tuiconv.render.depth import Display
from tuiconv.render.heatmap import heatmap, quantise
from tuiconv.render.lines import Line, paragraph
from tuiconv.render.palettes import LEVELS, MIDDLE_LEVEL, Palette, palette_of
from tuiconv.render.picture import fitted

LEGEND: Final = 2
"""Lines below a map, at most."""
STRONGEST: Final = "strongest of each area"
"""How a map is made smaller."""
FEW: Final = 0.02
"""The share of the cells whose numbers may lie beyond the ends of the scale."""
FAR: Final = 2.0
"""They do if the largest is more than so many times what all others keep to."""
MANY: Final = 100
"""They do not if there are less numbers than these, as in a kernel: then each is looked at."""


def fit_signed(panel: Signed, columns: int, rows: int) -> Numbers:
    """The numbers in the size of a picture fitted to `columns` × `rows` cells.

    Where there is less room, an area is shown by the strongest of its numbers.
    """
    old_height, old_width = panel.values.shape
    height, width = fitted(old_height, old_width, columns, rows, panel.zoomed)
    if height < old_height or width < old_width:
        return strongest(panel.values, height, width)
    times = height // old_height
    return panel.values.repeat(times, axis=0).repeat(times, axis=1)


def end_of(panel: Signed, numbers: Numbers) -> tuple[float, bool]:
    """The end of the scale that a panel asks for, else of these numbers; as `limit_of`."""
    if panel.limits is None:
        return limit_of(numbers)
    end = max(map(abs, panel.limits))
    return end, bool((np.abs(numbers) > end).any())


def limit_of(numbers: Numbers) -> tuple[float, bool]:
    """The end of the scale, and whether some numbers lie beyond it.

    It is the largest magnitude, unless a few numbers are so far out that all others would look
    like 0: then it is what 98 of 100 of those that are not 0 keep to, in two digits.
    """
    magnitudes = np.abs(numbers[numbers != 0])
    if not magnitudes.size:
        return 0.0, False
    most, usual = float(magnitudes.max()), float(np.quantile(magnitudes, 1 - FEW))
    if magnitudes.size < MANY or most <= FAR * usual:
        return most, False
    digit = 10.0 ** (np.floor(np.log10(usual)) - 1)
    return float(np.ceil(usual / digit) * digit), True


def draw_signed(panel: Signed, width: int, rows: int, display: Display) -> list[Line]:
    """The map in at most `rows` lines of `width` cells, its scale, and how it was shrunk."""
    numbers = fit_signed(panel, width, rows)
    is_shrunk = numbers.size < panel.values.size
    limit, beyond = end_of(panel, numbers if is_shrunk else panel.values)
    legend = scale_of(limit, beyond, width, display)
    if is_shrunk:
        legend += paragraph(STRONGEST, width)
    return [*draw_map(numbers, limit, display), *legend]


def draw_map(numbers: Numbers, limit: float, display: Display) -> list[Line]:
    """The numbers as half-blocks, or a glyph each two: the stronger of them counts."""
    if not display.has_half_blocks:
        numbers = strongest(numbers, -(-len(numbers) // 2), numbers.shape[1]).repeat(2, axis=0)
    return heatmap(quantise(numbers, -limit, limit), signs(display), display)


def signs(display: Display) -> Palette:
    """The palette of numbers of both signs."""
    return palette_of("activations", True, display.palettes)


def scale_of(limit: float, beyond: bool, width: int, display: Display) -> list[Line]:
    """The legend: −limit, what is below 0, 0, what is above, and the limit; ≤ and ≥ if beyond.

    In too few columns only the numbers remain.
    """
    low, zero, high = scale_words(limit, beyond, display.unicode)
    room = (width - sum(map(cell_len, (low, zero, high))) - 4) // 2
    if room < 1:
        return paragraph(f"{low} {zero} {high}", width)
    half = min(room, MIDDLE_LEVEL)
    below = np.arange(half) * MIDDLE_LEVEL // half
    above = LEVELS - 1 - below[::-1]
    ramps = [
        heatmap(np.stack((ramp, ramp)).astype(np.uint8), signs(display), display)[0]
        for ramp in (below, above)
    ]
    return [[Segment(f"{low} "), *ramps[0], Segment(f" {zero} "), *ramps[1], Segment(f" {high}")]]


def scale_words(limit: float, beyond: bool, unicode: bool = True) -> tuple[str, str, str]:
    """What stands at the ends and the middle of a scale."""
    least, most = ("≤ ", "≥ ") if unicode else ("<= ", ">= ")
    low, high = figure(-limit), figure(limit)
    return (f"{least}{low}", "0", f"{most}{high}") if beyond else (low, "0", high)
