"""Nested boxes on an image, each filled with a letter of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from tuiconv.arithmetic.extents import LETTERS, Extent
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import Line

LARGEST_PIXEL = 4
"""Lines that a pixel takes at most; it takes twice as many cells across."""

OUTER, INNER = (28, 60, 110), (250, 205, 95)
"""The colours of the outermost and of the innermost box."""

XTERM = (17, 18, 25, 31, 37, 72, 107, 143, 179, 215, 221, 222)
"""The same in xterm's 256 colours."""

OUTSIDE, IMAGE = -2, -1
"""What a cell of the drawing shows if it is in none of the boxes."""


@dataclass(frozen=True)
class Page:
    """Which pixels the cells of a drawing show: the places of their middles, and the image's."""

    ys: list[float]
    xs: list[float]
    rows: range
    """The cells down and across that show the image."""
    columns: range

    @property
    def lines(self) -> int:
        """With the frame around the image."""
        return len(self.ys) + 2

    @property
    def width(self) -> int:
        """With the frame."""
        return len(self.xs) + 2

    def pixel(self, across: int, down: int) -> tuple[int, int] | None:
        """Row and column of the pixel that a cell of the drawing shows; None if it is none."""
        y, x = down - self.rows.start - 1, across - self.columns.start - 1
        if not (0 <= y < len(self.rows) and 0 <= x < len(self.columns)):
            return None
        return int(self.ys[self.rows[y]]), int(self.xs[self.columns[x]])


def page_of(
    boxes: Sequence[tuple[Extent, Extent]], image: Sequence[int], width: int, height: int
) -> Page:
    """The largest page for boxes and an image (height, width) in so many cells and lines."""
    frame = Extent(0, image[0]), Extent(0, image[1])
    all_rows, all_columns = (
        Extent(
            min(box[axis].begin for box in (frame, *boxes)),
            max(box[axis].end for box in (frame, *boxes)),
        )
        for axis in (0, 1)
    )
    high, wide = all_rows.end - all_rows.begin, all_columns.end - all_columns.begin
    pixel = min((width - 2) / (2 * wide), (height - 2) / high)
    if pixel >= 1:
        pixel = min(int(pixel), LARGEST_PIXEL)
    ys = middles(all_rows.begin, high, pixel)
    xs = middles(all_columns.begin, wide, 2 * pixel)
    return Page(ys, xs, frame[0].cells(ys), frame[1].cells(xs))


def draw_boxes(
    boxes: Sequence[tuple[Extent, Extent]],
    image: Sequence[int],
    width: int,
    height: int,
    display: Display,
) -> list[Line]:
    """Boxes, from the outermost on, each filled with its letter, and the frame of the image.

    Args:
        boxes: rows and columns of each.
        image: height and width of the image.
        width: cells across, at most.
        height: lines, at most.
        display: what the terminal can show.
    """
    page = page_of(boxes, image, width, height)
    shown = [[OUTSIDE] * len(page.xs) for _ in page.ys]
    for y in page.rows:
        for x in page.columns:
            shown[y][x] = IMAGE
    for number, (rows, columns) in enumerate(boxes):
        across = columns.cells(page.xs)
        for y in rows.cells(page.ys):
            shown[y][across.start : across.stop] = [number] * len(across)
    return framed(shown, page.rows, page.columns, len(boxes), display)


def middles(begin: float, length: float, cells_per_pixel: float) -> list[float]:
    """Where the middles of the cells are that a length is drawn with."""
    count = max(1, round(length * cells_per_pixel))
    return [begin + (number + 0.5) * length / count for number in range(count)]


def framed(
    shown: Sequence[Sequence[int]], rows: range, columns: range, boxes: int, display: Display
) -> list[Line]:
    """The cells as lines, with a frame around those that show the image."""
    styles = {number: style_of(number, boxes, display.depth) for number in range(boxes)}
    signs = {number: LETTERS[min(number, len(LETTERS) - 1)] for number in range(boxes)}
    signs |= {OUTSIDE: " ", IMAGE: "·" if display.unicode else "."}
    top, side, bottom = ("┌─┐", "│", "└─┘") if display.unicode else ("+-+", "|", "+-+")

    def part(cells: Sequence[int]) -> Line:
        return [
            Segment(signs[number] * len(list(run)), styles.get(number))
            for number, run in groupby(cells)
        ]

    def line(cells: Sequence[int], middle: Line) -> Line:
        return [*part(cells[: columns.start]), *middle, *part(cells[columns.stop :])]

    def edge(left: str, straight: str, right: str) -> Line:
        return [Segment(left + straight * len(columns) + right)]

    lines = []
    for y, cells in enumerate(shown):
        inside = cells[columns.start : columns.stop]
        middle = [Segment(side), *part(inside), Segment(side)]
        if y not in rows:
            middle = part([inside[0], *inside, inside[-1]])
        if y == rows.start:
            lines.append(line(cells, edge(*top)))
        lines.append(line(cells, middle))
        if y == rows.stop - 1:
            lines.append(line(cells, edge(*bottom)))
    return lines


def style_of(number: int, count: int, depth: ColorDepth) -> Style | None:
    """The colours of a box; with 16 or none the letters are enough."""
    share = number / max(count - 1, 1)
    ink = Color.from_ansi(15 if share < 0.5 else 16)
    match depth:
        case ColorDepth.TRUECOLOR:
            mixed = (round(a + (b - a) * share) for a, b in zip(OUTER, INNER, strict=True))
            return Style(color=ink, bgcolor=Color.from_rgb(*mixed))
        case ColorDepth.EIGHT_BIT:
            return Style(color=ink, bgcolor=Color.from_ansi(XTERM[round(share * (len(XTERM) - 1))]))
    return None
