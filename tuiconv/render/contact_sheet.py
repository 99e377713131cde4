"""The contact sheet: small pictures with their captions, in rows as wide as the terminal."""

from typing import Any, Final

import numpy.typing as npt

from tuiconv.lessons.scene import Scene, Signed
from tuiconv.render.depth import Display
from tuiconv.render.images import GAP, Image, images_in, shape, title_lines
from tuiconv.render.lines import Line, Lines, paragraph, side_by_side
from tuiconv.render.picture import Colours, fit, picture
from tuiconv.render.signed import draw_map, fit_signed, limit_of

TILE: Final = 24
"""Columns of a tile, at least, where there are so many."""
TALLEST: Final = 12
"""Lines of a picture."""
LOWEST: Final = 4
"""Lines that a wide picture has at least, as far as the terminal is wide enough."""


def tiles_in(width: int, least: int = TILE) -> tuple[int, int]:
    """How many tiles of so many columns at least stand in a row, and the columns of each."""
    count = max(1, (width + GAP) // (max(TILE, least) + GAP))
    return count, (width - GAP * (count - 1)) // count


def fit_tile(pixels: npt.NDArray[Any], width: int) -> Colours:
    """A picture small enough for every pixel to be seen in a tile, if it is not already."""
    height, columns = pixels.shape[:2]
    least = min(columns, 2 * LOWEST * columns // height)
    return fit(pixels, min(columns, tiles_in(width, least)[1]), min(-(-height // 2), TALLEST))


def draw_contact_sheet(scene: Scene, width: int, display: Display) -> Lines:
    """A scene of pictures and signed maps as tiles, and below them how maps are read."""
    images = images_in(scene.leaves)
    count, columns = tiles_in(width, max(shape(each)[1] for each in images))
    tiles = [draw_tile(each, columns, display) for each in images]
    lines = paragraph(scene.title, width)
    for start in range(0, len(tiles), count):
        lines += [[], *side_by_side(tiles[start : start + count], GAP)]
    return Lines([*lines, [], *paragraph(key(display), width)])


def draw_tile(image: Image, columns: int, display: Display) -> list[Line]:
    """A picture below its caption."""
    caption = title_lines(image.title, columns)
    if not isinstance(image, Signed):
        return [*caption, *picture(image.pixels, columns, TALLEST, display)]
    numbers = fit_signed(image, columns, TALLEST)
    return [*caption, *draw_map(numbers, limit_of(numbers)[0], display)]


def key(display: Display) -> str:
    """How the signs of a map are shown."""
    if display.has_palettes:
        below, above = "blue", "orange"
    else:
        below, above = ("-=≡", "░▒▓█") if display.unicode else ("-=N", ".+#@")
    return (
        "Where a filter makes flat areas 0, a map of its sums is shown on a scale of its own:"
        f" {below} below 0, {above} above. How steep the picture is (sobel, prewitt, scharr) is"
        " stretched from black to white."
    )
