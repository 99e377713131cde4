"""Pictures and signed maps with their titles, as large as the room beside or below each other."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Final, TypeAlias

from rich.style import Style

from tuiconv.lessons.figures import share
from tuiconv.lessons.scene import Columns, Panel, Pixels, Signed
from tuiconv.render.depth import Display
from tuiconv.render.drawing import Drawing, Spot, below, beside
from tuiconv.render.lines import Line, text_line
from tuiconv.render.picture import fitted, picture
from tuiconv.render.signed import LEGEND, draw_signed

Image: TypeAlias = Pixels | Signed

GAP: Final = 2
NARROWEST: Final = 24
"""Columns that a picture beside another must have."""
LARGER: Final = 1.5
"""Pictures stand below each other if that makes them so many times as wide."""


def images_in(panels: Sequence[Panel | Columns]) -> list[Image]:
    """The panels that are pictures, without frames, or signed maps."""
    return [
        panel
        for panel in panels
        if isinstance(panel, Signed) or (isinstance(panel, Pixels) and not panel.frames)
    ]


def draw_images(images: Sequence[Image], width: int, height: int, display: Display) -> Drawing:
    """Pictures in about `height` lines; in more where single pixels are to be seen.

    They stand side by side, unless that leaves little room or makes one much smaller.
    """
    count = len(images)
    columns, lines = (width - GAP * (count - 1)) // count, (height - count + 1) // count
    titles = max(len(heading(each, columns, height)) for each in images)
    rows = height - titles - max(map(legend, images))
    if count == 1 or columns < NARROWEST or are_larger(images, width, lines, columns, rows):
        return below([draw_image(each, width, lines, display) for each in images], gap=1)
    drawn = [draw_rows(each, columns, rows, display, titles) for each in images]
    return beside(drawn, [0] * count, GAP)


def are_larger(images: Sequence[Image], width: int, lines: int, columns: int, rows: int) -> bool:
    """Whether a picture is much larger in `width` × `lines` cells than in `columns` × `rows`.

    Its title and legend are among the lines, but not among the rows.
    """
    for each in images:
        room = lines - len(heading(each, width, lines)) - legend(each)
        if size_in(each, width, room)[1] >= LARGER * size_in(each, columns, rows)[1]:
            return True
    return False


def draw_image(image: Image, width: int, height: int, display: Display) -> Drawing:
    """A picture below its title, which says how far it is shrunk or enlarged to fit."""
    rows = height - len(heading(image, width, height)) - legend(image)
    return draw_rows(image, width, rows, display)


def draw_rows(image: Image, columns: int, rows: int, display: Display, titles: int = 1) -> Drawing:
    """A picture in `rows` lines; above it its title in `titles` or more, below it its legend."""
    title = heading(image, columns, rows)
    title += [text_line("")] * (titles - len(title))
    rows = enough(image, columns, rows)
    spots = [spot_of(image, columns, rows, len(title))] if image.key else []
    if isinstance(image, Signed):
        return Drawing([*title, *draw_signed(image, columns, rows, display)], spots)
    return Drawing([*title, *picture(image.pixels, columns, rows, display, image.zoomed)], spots)


def spot_of(image: Image, columns: int, rows: int, y: int) -> Spot:
    """The picture, to be pointed at, below so many lines; a cell stands for its upper pixel."""
    height, width = plane(image)
    new_height, new_width = size_in(image, columns, rows)

    def index(across: int, down: int) -> tuple[int, int]:
        return 2 * down * height // new_height, across * width // new_width

    return Spot(0, y, new_width, -(-new_height // 2), image.key, index)


def heading(image: Image, columns: int, rows: int) -> list[Line]:
    """The title, and how far the picture is shrunk to fit into so many cells, or enlarged."""
    height, width = plane(image)
    new_height, new_width = size_in(image, columns, rows)
    title = image.title
    if new_height > height:
        title += f", ×{new_height // height}"
    elif (new_height, new_width) != (height, width):
        by_width = columns * height <= 2 * enough(image, columns, rows) * width
        title += f", at {share(new_width, width) if by_width else share(new_height, height)}"
    return title_lines(title, columns)


def title_lines(title: str, width: int) -> list[Line]:
    """A title in bold, broken between words; every line takes the whole width."""
    return [text_line(line, width, Style(bold=True)) for line in wrap(title, width)]


def size_in(image: Image, columns: int, rows: int) -> tuple[int, int]:
    """(height, width) in pixels at which a picture is drawn in so many cells."""
    return fitted(*shape(image), columns, enough(image, columns, rows), image.zoomed)


def enough(image: Image, columns: int, rows: int) -> int:
    """As many lines as there are, or as many as it takes to show single pixels."""
    if not image.zoomed:
        return max(1, rows)
    height, width = shape(image)
    return max(1, rows, -(-height * min(width, columns) // (2 * width)))


def shape(image: Image) -> tuple[int, int]:
    """(height, width) of what is to be drawn."""
    height, width = (image.values if isinstance(image, Signed) else image.pixels).shape[:2]
    return height, width


def plane(image: Image) -> tuple[int, int]:
    """(height, width) of the picture, of which a panel may have fewer pixels."""
    return image.size or shape(image)


def legend(image: Image) -> int:
    """Lines that may be needed below the picture."""
    return LEGEND if isinstance(image, Signed) else 0
