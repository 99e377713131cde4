"""A drawing as the one who draws sees it: ink and pen, and the stroke that moves."""

from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from rich.color import Color
from rich.segment import Segment

from tuiconv.lessons.scene import Canvas
from tuiconv.render.cells import NOTHING, STATES, Cells, lines_of, two_pixels
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.drawing import Drawing, Place, Spot
from tuiconv.render.heatmap import quantise, shrink
from tuiconv.render.images import title_lines
from tuiconv.render.layout import Need
from tuiconv.render.lines import Line, text_line
from tuiconv.render.palettes import GREY
from tuiconv.render.picture import nearest_xterm

LARGEST: Final = 4
"""Pixels a side that one of the drawing may take."""
PAPER, INK = (30, 34, 48), (255, 255, 255)
CHOSEN: Final = (255, 160, 50)
"""The ink of the chosen stroke."""
PEN_UP, PEN_DOWN = (80, 210, 255), (255, 70, 60)
SHADES: Final = 32
"""From paper to full ink: with those of the chosen stroke and the pen, fewer than `STATES`."""
SIGNS: Final = ("·", ".")
"""Paper without colours, in Unicode and in ASCII."""
STRONG: Final = 170
"""Ink from which on a sign of the chosen stroke is a large one."""
SOME: Final = 60
"""Ink from which on a sign is of the chosen stroke."""

Plane = npt.NDArray[Any]


def draw_canvas(panel: Canvas, width: int, height: int, display: Display) -> Drawing:
    """The title, and below it the drawing as large as it fits, one pixel for each of its own."""
    title = title_lines(panel.title, width)
    times, factor = size_in(panel, width, height - len(title))
    lines = in_colours(panel, times, factor, display)
    if not display.has_half_blocks:
        lines = in_signs(panel, times, factor, display.unicode)
    rows = [at * times // (2 * factor) + len(title) for at in pointed_rows(panel)]
    chosen = [range(rows[0], rows[-1] + 1)] if rows else []
    return Drawing([*title, *lines], [spot_of(panel, times, factor, len(title))], chosen)


def pointed_rows(panel: Canvas) -> list[int]:
    """The rows of the chosen stroke, or that of the pen."""
    if panel.chosen is not None:
        found: list[int] = np.flatnonzero(panel.chosen.any(axis=1)).tolist()
        return found
    return [] if panel.pen is None else [panel.pen[0]]


def size_in(panel: Canvas, width: int, lines: int) -> tuple[int, int]:
    """Pixels a side that one of the drawing takes and, where it has to shrink, those it is of."""
    rows, columns = panel.ink.shape
    times = min(width // columns, 2 * lines // rows, LARGEST)
    return max(times, 1), -(-columns // width)


def lines_needed(panel: Canvas, width: int) -> Need:
    """The lines of a drawing that fills such a width, which `cells_needed` chose."""
    lines = lines_used(panel, width, 10_000)
    return Need(lines, lines)


def lines_used(panel: Canvas, width: int, height: int) -> int:
    """How many of so many lines the drawing takes, with its title."""
    title = len(title_lines(panel.title, width))
    times, factor = size_in(panel, width, height - title)
    return title - (-len(panel.ink) * times // (2 * factor))


def cells_needed(panel: Canvas, height: int) -> Need:
    """The cells across of the largest drawing that has room in so many lines."""
    rows, columns = panel.ink.shape
    times = min(max(2 * (height - 1) // rows, 1), LARGEST)
    return Need(columns * times, columns * times)


def in_colours(panel: Canvas, times: int, factor: int, display: Display) -> list[Line]:
    """Half-blocks: the chosen stroke and the pen have colours of their own."""
    ink = shrink(panel.ink, factor)
    codes = np.rint(ink / 255 * (SHADES - 1)).astype(np.intp)
    if panel.chosen is not None:
        codes[2 * shrink(panel.chosen, factor) > ink] += SHADES
    if panel.pen is not None:
        row, column = panel.pen
        codes[row // factor, column // factor] = 2 * SHADES + panel.is_down
    codes = codes.repeat(times, axis=0).repeat(times, axis=1)
    if len(codes) % 2:
        codes = np.concatenate((codes, np.full((1, codes.shape[1]), NOTHING)))
    cells = cells_of(display.depth)
    codes = cells.alike[codes]
    return lines_of(codes[0::2] * STATES + codes[1::2], cells)


@cache
def cells_of(depth: ColorDepth) -> Cells:
    """Cells of two pixels: shades of ink, shades of the chosen stroke, the pen up and down."""
    share = np.linspace(0, 1, SHADES)[:, np.newaxis]
    ramps = [PAPER + (np.array(full) - PAPER) * share for full in (INK, CHOSEN)]
    rgb = np.rint(np.concatenate([*ramps, [PEN_UP, PEN_DOWN]])).astype(np.uint8)
    pixels: list[Color | None] = [None] * STATES
    if depth is ColorDepth.TRUECOLOR:
        pixels[: len(rgb)] = [Color.from_rgb(*each) for each in rgb.tolist()]
    else:
        pixels[: len(rgb)] = map(Color.from_ansi, nearest_xterm(rgb).tolist())

    def make(code: int) -> Segment:
        top, bottom = divmod(code, STATES)
        return two_pixels(pixels[top], pixels[bottom])

    return Cells(make, pixels)


def in_signs(panel: Canvas, times: int, factor: int, unicode: bool) -> list[Line]:
    """A sign for two pixels, one above the other: what has colours otherwise has letters."""

    def cells(plane: Plane) -> Plane:
        large = shrink(plane, factor).repeat(times, axis=0).repeat(times, axis=1)
        return shrink(large, 2, 1)

    ink = cells(panel.ink)
    signs = np.array(list(GREY.glyphs(unicode)))[quantise(ink, 0, 255)]
    signs[signs == " "] = SIGNS[0 if unicode else 1]
    if panel.chosen is not None:
        chosen = cells(panel.chosen)
        signs[chosen >= SOME] = "o"
        signs[chosen >= STRONG] = "O"
    if panel.pen is not None:
        under = np.zeros(panel.ink.shape)
        under[panel.pen] = 1
        signs[cells(under) > 0] = "x" if panel.is_down else "+"
    return [text_line("".join(row)) for row in signs]


def spot_of(panel: Canvas, times: int, factor: int, y: int) -> Spot:
    """The drawing, to be drawn on; a cell stands for its upper pixel."""
    rows, columns = panel.ink.shape

    def place(across: float, down: float) -> Place:
        return 2 * down * factor / times - 0.5, across * factor / times - 0.5

    def index(across: int, down: int) -> tuple[int, int]:
        return (
            min(2 * down * factor // times, rows - 1),
            min(across * factor // times, columns - 1),
        )

    wide, high = -(-columns * times // factor), -(-rows * times // (2 * factor))
    return Spot(0, y, wide, high, panel.key, index, place)
