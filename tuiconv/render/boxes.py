"""Nested boxes on an image, each filled with a letter of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from string import ascii_letters, digits

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import Line

LETTERS = ascii_letters + digits
"""One for each box; those further in than there are letters share the last."""

LARGEST_PIXEL = 4
"""Lines that a pixel takes at most; it takes twice as many cells across."""

OUTER, INNER = (28, 60, 110), (250, 205, 95)
"""The colours of the outermost and of the innermost box."""

XTERM = (17, 18, 25, 31, 37, 72, 107, 143, 179, 215, 221, 222)
"""The same in xterm's 256 colours."""

OUTSIDE, IMAGE = -2, -1
"""What a cell of the drawing shows if it is in none of the boxes."""


@dataclass(frozen=True)
class Extent:
    """Where something begins and ends along an axis, in pixels from the first edge of the image."""

    begin: float
    end: float

    def cells(self, places: Sequence[float]) -> range:
        """Which of some places are in it; the nearest one if it lies between two of them."""
        inside = [number for number, place in enumerate(places) if self.begin <= place < self.end]
        if not inside:
            middle = (self.begin + self.end) / 2
            inside = [min(range(len(places)), key=lambda number: abs(places[number] - middle))]
        return range(inside[0], inside[-1] + 1)


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
    shown = [[OUTSIDE] * len(xs) for _ in ys]
    for number, (rows, columns) in enumerate([frame, *boxes], start=IMAGE):
        for y in rows.cells(ys):
            for x in columns.cells(xs):
                shown[y][x] = number
    return framed(shown, frame[0].cells(ys), frame[1].cells(xs), len(boxes), display)


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
