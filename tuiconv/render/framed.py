"""A picture pixel by pixel in its colours, and rings around what is pointed at."""

import numpy as np

from tuiconv.lessons.scene import Map, Pixels
from tuiconv.render.cells import DARK_RGB, LIGHT_RGB, NOTHING
from tuiconv.render.depth import Display
from tuiconv.render.drawing import Drawing
from tuiconv.render.enlarged import DARK, LIGHT, draw_map, grid_of, note_of, page_of, spot_of
from tuiconv.render.enlarged import count_lines as map_lines
from tuiconv.render.heatmap import shrink
from tuiconv.render.images import title_lines
from tuiconv.render.picture import LUMA, codes_of, fit, half_blocks


def draw_framed(panel: Pixels, width: int, height: int, display: Display) -> Drawing:
    """A picture below its title, laid out as a map of its greys, which it is without colours."""
    colours, greys = colours_of(panel)
    if not display.has_half_blocks:
        return draw_map(greys, width, height, display)
    grid = grid_of(greys, width, height - len(title_lines(f"{panel.title}  ×10", width)), display)
    title = title_lines(f"{panel.title}  {note_of(grid)}", width)
    shown = np.rint(shrink(colours, *grid.factor)).astype(np.uint8)
    codes = codes_of(shown, display.depth).repeat(grid.times[0], 0).repeat(grid.times[1], 1)
    rings = page_of(np.full(codes.shape, NOTHING), grid, display)
    top, left, *_ = grid.extent
    page = np.full(rings.shape, -1)
    page[-top : len(codes) - top, -left : codes.shape[1] - left] = codes
    ring_colours = codes_of(np.array([[LIGHT_RGB, DARK_RGB]], np.uint8), display.depth)
    for code, colour in zip((LIGHT, DARK), ring_colours[0], strict=True):
        page[rings == code] = colour
    spots = [spot_of(panel.key, grid, len(title))] if panel.key else []
    return Drawing([*title, *half_blocks(page, display.depth)], spots)


def count_lines(panel: Pixels, width: int, height: int, display: Display) -> int:
    """Lines of the largest picture, with its title, that fits the width and so many lines."""
    _, greys = colours_of(panel)
    if not display.has_half_blocks:
        return map_lines(greys, width, height, display)
    title = len(title_lines(f"{panel.title}  ×10", width))
    return title + grid_of(greys, width, height - title, display).lines


def colours_of(panel: Pixels) -> "tuple[np.ndarray, Map]":
    """A picture as opaque RGB, and the map of its greys."""
    height, width = panel.pixels.shape[:2]
    colours = fit(panel.pixels, width, -(-height // 2))
    greys = colours @ LUMA
    return colours, Map(panel.title, greys, "pixels", (0.0, 255.0), panel.frames, panel.key)
