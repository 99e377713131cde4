"""A picture and, below each place that a network slid over, what it says there."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from tuiconv.lessons.scene import Frame, Sweep
from tuiconv.render.cells import NOTHING, STATES, Codes, half_blocks, lines_of, whole_lines
from tuiconv.render.depth import Display
from tuiconv.render.drawing import Drawing, Index, Spot
from tuiconv.render.enlarged import Grid, drawn
from tuiconv.render.heatmap import quantise, shrink
from tuiconv.render.layout import Need
from tuiconv.render.lines import Line
from tuiconv.render.maps import around
from tuiconv.render.palettes import palette_of
from tuiconv.render.scales import ends_of, heading

EDGE: Final = 1
"""Cells of the ring on either side of the picture."""
CLEAR: Final = 2
"""Pixels to a cell at which digits can still be read well."""
READ: Final = "read"
"""Stands before what is read out."""


@dataclass(frozen=True)
class Page:
    """How a sweep is laid out."""

    factor: int
    """Columns of the picture to a cell."""
    per_line: int
    """Labels to a line: two, one above the other, where there is little room."""
    hidden: tuple[int, int]
    """Lines that are left out above and below: the ring's, and edges without ink."""
    lines: int
    """Lines without the heading."""


def draw_sweep(panel: Sweep, width: int, height: int, display: Display) -> Drawing:
    """The heading with the scale, the picture with a ring around what the chosen place sees.

    Below it come the number of that place, a row for each label, and what is read out, all of them
    below the middle of what was seen. Where not all of it fits, the part around the chosen place is
    shown.
    """
    margin = margin_of(panel)
    page = page_of(panel, width, height, display)
    shown, first = part_of(panel, width, page)
    lines = titled(panel, width, page, display)
    indent = Segment(" " * margin)
    picture = [[indent, *line] for line in picture_lines(shown, page, display)]
    pointer = f"{'▼' if display.unicode else 'v'}{panel.chosen[1]}"
    at = middle(shown, page, shown.chosen[1])
    picture.append([indent, *around(pointer, at, width - margin)])
    scores = score_lines(shown, page, margin, display)
    begin = len(lines) + len(picture)
    spots = []
    if panel.key:
        spots = [
            picture_spot(panel, shown, first, page, len(lines), len(picture)),
            scores_spot(shown, first, page, begin, len(scores)),
        ]
    lines += [*picture, *scores, read_line(shown, page, margin, width)]
    row = begin + panel.chosen[0] // page.per_line
    return Drawing(lines, spots, [range(row, row + 1)])


def margin_of(panel: Sweep) -> int:
    """Cells of the labels before their rows, two of them on a line at most."""
    pairs = (" ".join(panel.labels[at : at + 2]) for at in range(0, len(panel.labels), 2))
    return max(map(cell_len, (READ, *panel.labels, *pairs)))


def titled(panel: Sweep, width: int, page: Page, display: Display) -> list[Line]:
    """The title with what is shown, and the scale; on several lines where one is too short."""
    shown, first = part_of(panel, width, page)
    palette = palette_of("activations", False, display.palettes)
    note = note_of(panel, shown, first, page)
    return heading(panel.title, note, ends_of(*panel.limits), palette, width, display)


def page_of(panel: Sweep, width: int, height: int, display: Display) -> Page:
    """The largest way that fits, but none with a picture so small that digits are hard to see.

    That is at most half as large as its pixels, unless the page is too narrow for it; then it may
    be higher than there is room for.
    """
    room = width - margin_of(panel)
    *_, last = pages_of(panel, display)
    pages = [each for each in pages_of(panel, display) if cells(panel, each.factor) <= room]
    clear = next((each.factor for each in pages if each.factor >= CLEAR), last.factor)
    pages = [each for each in pages if each.factor <= clear] or [last]
    fitting = (each for each in pages if lines_on(panel, width, each, display) <= height)
    return next(fitting, pages[-1])


def lines_on(panel: Sweep, width: int, page: Page, display: Display) -> int:
    """How many lines a page has with its heading."""
    return len(titled(panel, width, page, display)) + page.lines


def pages_of(panel: Sweep, display: Display) -> Iterator[Page]:
    """The ways to lay a sweep out, from the largest to the smallest."""
    size, labels = panel.pixels.shape[0], len(panel.labels)
    factor = 1
    while factor <= panel.step:
        if display.has_half_blocks:  # the ring takes a pixel above and one below
            high = -(-(-(-size // factor) + 2 * EDGE) // 2)
            ways = [(1, (0, 0)), (2, (0, 0))]
        else:
            high = -(-size // (2 * factor)) + 2 * EDGE
            ways = [(1, (0, 0)), (1, edges_of(panel, factor, display))]
        for per_line, hidden in ways:  # and the pointer, and what is read
            lines = high - sum(hidden) + -(-labels // per_line) + 2
            yield Page(factor, per_line, hidden, lines)
        factor *= 2


def edges_of(panel: Sweep, factor: int, display: Display) -> tuple[int, int]:
    """Lines above and below in which nothing but the ring can be seen."""
    glyphs = palette_of("pixels", False, display.palettes).glyphs(display.unicode)
    faintest = 0 if display.has_palettes else glyphs.rindex(" ")
    levels = quantise(shrink(panel.pixels, 2 * factor, factor), 0, 255)
    if len(levels) < 3:
        return EDGE, EDGE
    return EDGE + int(levels[0].max() <= faintest), EDGE + int(levels[-1].max() <= faintest)


def cells(panel: Sweep, factor: int) -> int:
    """Cells that the picture takes across."""
    columns: int = panel.pixels.shape[1]
    return -(-columns // factor) + 2 * EDGE


def most_cells(panel: Sweep) -> int:
    """Cells of all at its largest."""
    return margin_of(panel) + cells(panel, 1)


def lines_needed(panel: Sweep, width: int, display: Display) -> Need:
    """The fewest lines for a sweep of such a width, and those of the largest."""
    pages = (page_of(panel, width, lines, display) for lines in (0, 10_000))
    least, most = (lines_on(panel, width, page, display) for page in pages)
    return Need(least, most)


def lines_used(panel: Sweep, width: int, height: int, display: Display) -> int:
    """How many of so many lines the drawing takes."""
    return lines_on(panel, width, page_of(panel, width, height, display), display)


def part_of(panel: Sweep, width: int, page: Page) -> tuple[Sweep, int]:
    """As much of a sweep as there is room for on a page, and its first place."""
    columns = (width - margin_of(panel) - 2 * EDGE) * page.factor
    seen, step = panel.pixels.shape[0], panel.step
    places = panel.shares.shape[1]
    if panel.pixels.shape[1] <= columns:
        return panel, 0
    count = max((columns - seen) // step + 1, 1)
    first = min(max(panel.chosen[1] - count // 2, 0), places - count)
    end = first + count
    shown = replace(
        panel,
        pixels=panel.pixels[:, first * step : (end - 1) * step + seen],
        shares=panel.shares[:, first:end],
        chosen=(panel.chosen[0], panel.chosen[1] - first),
        read=tuple((at - first, name) for at, name in panel.read if first <= at <= end - 1),
    )
    return shown, first


def note_of(panel: Sweep, shown: Sweep, first: int, page: Page) -> str:
    """How far the picture is shrunk, and which part of it is shown."""
    notes = [f"at 1/{page.factor}"] if page.factor > 1 else []
    if shown is not panel:
        last = first + shown.shares.shape[1] - 1
        notes.append(f"places {first} to {last} of 0 to {panel.shares.shape[1] - 1}")
    return ", ".join(notes)


def per_place(panel: Sweep, page: Page) -> int:
    """Cells that a place takes in the rows of scores."""
    return panel.step // page.factor


def offset(panel: Sweep, page: Page) -> int:
    """The cell of the picture at which the rows of scores begin: below the middle of a window."""
    seen: int = panel.pixels.shape[0]
    return (seen - panel.step) // 2 // page.factor


def middle(panel: Sweep, page: Page, place: float) -> int:
    """The cell of a place, from the ring's first on."""
    return EDGE + offset(panel, page) + int((place + 0.5) * per_place(panel, page))


def picture_lines(panel: Sweep, page: Page, display: Display) -> list[Line]:
    """The picture with its ring."""
    height, place = panel.pixels.shape[0], panel.chosen[1]
    frame = Frame((0, place * panel.step), (height - 1, place * panel.step + height - 1))
    factor, per_line = (page.factor, page.factor), 2
    if not display.has_half_blocks:
        factor, per_line = (2 * page.factor, page.factor), 1
    width = panel.pixels.shape[1]
    grid = Grid((height, width), (frame,), (1, 1), factor, per_line)
    levels = quantise(shrink(panel.pixels, *factor), 0, 255).astype(np.intp)
    lines = drawn(levels, grid, palette_of("pixels", False, display.palettes), display)
    above, below = page.hidden
    return lines[above : len(lines) - below]


def picture_spot(panel: Sweep, shown: Sweep, first: int, page: Page, y: int, lines: int) -> Spot:
    """The picture, to be pointed at: a cell stands for the place that has it in its middle."""
    places, begin = panel.shares.shape[1], EDGE + offset(shown, page)

    def index(across: int, down: int) -> Index:
        at = first + (across - begin) // per_place(shown, page)
        return (min(max(at, 0), places - 1),)

    return Spot(margin_of(panel), y, cells(shown, page.factor), lines, panel.key, index)


def scores_spot(shown: Sweep, first: int, page: Page, y: int, lines: int) -> Spot:
    """The rows of scores, to be pointed at: a label and a place."""

    def index(across: int, down: int) -> Index:
        label = min(down * page.per_line, len(shown.labels) - 1)
        return label, first + across // per_place(shown, page)

    x = margin_of(shown) + EDGE + offset(shown, page)
    across = shown.shares.shape[1] * per_place(shown, page)
    return Spot(x, y, across, lines, shown.key, index)


def score_lines(panel: Sweep, page: Page, margin: int, display: Display) -> list[Line]:
    """A row for each label, or for two."""
    palette = palette_of("activations", False, display.palettes)
    levels = quantise(panel.shares, *panel.limits).astype(np.intp)
    codes: Codes = levels.repeat(per_place(panel, page), axis=1)
    if page.per_line == 1:
        rows = whole_lines(codes, palette, display)
    else:
        odd = np.full((len(codes) % 2, codes.shape[1]), NOTHING)
        codes = np.concatenate((codes, odd))
        blocks = half_blocks(palette, display.depth)
        codes = blocks.alike[codes]
        rows = lines_of(codes[0::2] * STATES + codes[1::2], blocks)
    indent = Segment(" " * (EDGE + offset(panel, page)))
    lines = []
    for place, row in enumerate(rows):
        names = panel.labels[place * page.per_line : (place + 1) * page.per_line]
        is_chosen = panel.chosen[0] // page.per_line == place
        style = Style(bold=True, reverse=True) if is_chosen else None
        lines.append([Segment(" ".join(names).rjust(margin), style), indent, *row])
    return lines


def read_line(panel: Sweep, page: Page, margin: int, width: int) -> Line:
    """What is read out, each name below the middle of its places."""
    signs = [" "] * (width - margin)
    for at, name in panel.read:
        begin = middle(panel, page, at) - (len(name) - 1) // 2
        signs[begin : begin + len(name)] = name
    text = READ.rjust(margin) + "".join(signs[: width - margin])
    return [Segment(text, Style(bold=True))]
