"""Small pictures without titles: what can be seen of a lesson at a glance."""

from collections.abc import Sequence

import numpy as np

from tuiconv.lessons.scene import Map, Pixels
from tuiconv.render.depth import Display
from tuiconv.render.heatmap import quantise
from tuiconv.render.lines import Line, side_by_side
from tuiconv.render.picture import Colours, picture
from tuiconv.render.scales import scale_of


def draw_glimpse(
    pictures: Sequence[Pixels | Map], width: int, height: int, display: Display
) -> list[Line]:
    """The pictures beside each other, a cell apart, in at most `width` × `height` cells."""
    columns = (width + 1) // len(pictures) - 1
    drawn = [picture(pixels_of(each, display), columns, height, display) for each in pictures]
    return side_by_side(drawn, gap=1)


def pixels_of(panel: Pixels | Map, display: Display) -> Colours:
    """A picture as it is, a map in the colours of its palette."""
    if isinstance(panel, Pixels):
        return panel.pixels
    low, high, palette = scale_of(panel.values, panel.quantity, panel.limits, display)
    return np.asarray(palette.truecolor, np.uint8)[quantise(panel.values, low, high)]
