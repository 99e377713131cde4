"""Pictures and signed maps inside SVG, as PNG; single pixels stay squares with sharp edges."""

from base64 import b64encode
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow

from tuiconv.lessons.scene import Pixels
from tuiconv.render.heatmap import Levels, quantise
from tuiconv.render.images import Image
from tuiconv.render.palettes import DIVERGING, LEVELS
from tuiconv.render.picture import fit
from tuiconv.render.signed import STRONGEST, end_of, fit_signed, scale_words

COLUMN: Final = 8.5
"""How wide a letter is."""
SIDE: Final = 320
"""Pixels of a picture that are kept, either way: a slide has few more for one of two."""
LARGEST: Final = 32.0
"""How large a single pixel is shown."""
BAR: Final = (320.0, 12.0)
"""How wide a scale is at most, and how high."""
SPACE: Final = 4.0


@dataclass(frozen=True)
class Drawn:
    """Elements of SVG."""

    parts: list[str]
    height: float
    """What they take of the page."""
    legend: tuple[str, ...] = ()
    """Lines of text below them, which are not in the height."""


def draw_picture(image: Image, x: float, y: float, room: float) -> Drawn:
    """A picture, or a signed map with its scale, in a square of `room` units at x, y."""
    shape = (image.pixels if isinstance(image, Pixels) else image.values).shape
    columns, rows = min(shape[1], SIDE), -(-min(shape[0], SIDE) // 2)
    if isinstance(image, Pixels):
        colours = fit(image.pixels, columns, rows)
        part, height = placed(Pillow.fromarray(colours), x, y, room)
        return Drawn([part], height + SPACE)
    values = fit_signed(image, columns, rows)
    limit, beyond = end_of(image, values)
    part, height = placed(coloured(quantise(values, -limit, limit)), x, y, room)
    scale, length = np.arange(LEVELS, dtype=np.uint8)[np.newaxis], min(room, BAR[0])
    bar = embedded(coloured(scale), x, y + height + SPACE, length, BAR[1])
    words = spread(scale_words(limit, beyond), int(length / COLUMN))
    legend = (words, STRONGEST) if values.size < image.values.size else (words,)
    return Drawn([part, bar], height + 2 * SPACE + BAR[1], legend)


def spread(words: tuple[str, str, str], columns: int) -> str:
    """The first at the left, the second in the middle, the last at the right, if there is room."""
    low, zero, high = words
    sides = (columns - len(zero)) // 2
    if min(sides - len(low), sides - len(high)) < 1:
        return " … ".join(words)
    return low.ljust(sides) + zero + high.rjust(sides)


def placed(picture: Pillow.Image, x: float, y: float, room: float) -> tuple[str, float]:
    """A picture as large as there is room, and its height; small ones by whole factors."""
    scale = room / max(picture.size)
    scale = min(float(int(scale)), LARGEST) if scale >= 2 else scale
    height = picture.height * scale
    return embedded(picture, x, y, picture.width * scale, height), height


def embedded(picture: Pillow.Image, x: float, y: float, width: float, height: float) -> str:
    """A picture stretched to a size; a thin frame shows where white ends and the paper begins."""
    place = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"'
    frame = f'<rect {place} fill="none" stroke="#c8c8c8"/>'
    return stretched(picture, x, y, width, height) + frame


def stretched(picture: Pillow.Image, x: float, y: float, width: float, height: float) -> str:
    """A picture stretched to a size, in the file itself; where it is enlarged, without blur."""
    buffer = BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    sharp = ' style="image-rendering:pixelated"' if width >= 2 * picture.width else ""
    place = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"'
    return (
        f'<image {place}{sharp} preserveAspectRatio="none"'
        f' href="data:image/png;base64,{b64encode(buffer.getvalue()).decode()}"/>'
    )


def coloured(levels: Levels) -> Pillow.Image:
    """A map in the colours of its levels: blue below the middle, orange above."""
    colours: npt.NDArray[np.uint8] = np.array(DIVERGING.truecolor, np.uint8)
    return Pillow.fromarray(colours[levels])
