"""A scene as SVG for slides: pictures as they are and not as cells, and text that can be searched.

Everything is in the file: the pictures as PNG; the font is any whose letters have one width. It
lies on white paper of its own, so that it can be read on slides of any colour.
"""

import re
from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Final, TypeAlias
from xml.sax.saxutils import escape

import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow
from rich.cells import cell_len
from rich.color import Color
from rich.style import Style

from tuiconv.lessons.scene import Columns, Panel, Scene
from tuiconv.render.chart import DOTS
from tuiconv.render.depth import Display
from tuiconv.render.images import GAP, Image, images_in
from tuiconv.render.layout import GAP as BETWEEN
from tuiconv.render.lines import Line, block_width
from tuiconv.render.scene import bands_of, groups, rows_of
from tuiconv.render.svg_pictures import COLUMN, Drawn, draw_picture, stretched

LINE: Final = 19.0
MARGIN: Final = 16.0
FONTS: Final = "DejaVu Sans Mono, Menlo, Consolas, Liberation Mono, monospace"
INK: Final = "#1c1c1c"
PAPER: Final = "#ffffff"
HALVES: Final = ("▀", "▄")
Dots: TypeAlias = npt.NDArray[np.uint8]

PANEL_LINES: Final = 24
"""As high as maps and charts are at most."""


def svg(scene: Scene, width: int, palettes: str = "standard") -> str:
    """The scene as an SVG document; the same scene gives the same text.

    Args:
        scene: what is to be shown.
        width: columns of text; pictures beside each other share them.
        palettes: as in `Display`.
    """
    display = Display(palettes=palettes)
    parts, y = [], MARGIN
    for line in wrap(scene.title, width):
        parts.append(text(line, MARGIN, y, bold=True))
        y += LINE
    drawn = draw_parts(scene.panels, width, MARGIN, y + LINE / 2, display)
    size = f"{width * COLUMN + 2 * MARGIN:g}", f"{y + LINE / 2 + drawn.height + MARGIN:g}"
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]} {size[1]}"'
            f' width="{size[0]}" height="{size[1]}" role="img" font-family="{FONTS}"'
            f' font-size="14" fill="{INK}">',
            f"<title>{plain(scene.title)}</title>",
            f'<rect width="{size[0]}" height="{size[1]}" rx="8" fill="{PAPER}"/>',
            *parts,
            *drawn.parts,
            "</svg>\n",
        )
    )


def draw_parts(
    panels: Sequence[Panel | Columns], width: int, x: float, y: float, display: Display
) -> Drawn:
    """Panels below each other, half a line between them; columns beside each other."""
    parts: list[str] = []
    top = y
    for place, group in enumerate(groups(panels)):
        y += LINE / 2 if place else 0
        if images := images_in(group):
            drawn = draw_images(images, width, x, y)
        elif isinstance(group[0], Columns):
            drawn = draw_columns(group[0], width, x, y, display)
        else:
            (row,) = rows_of(group, width, None, display)
            drawn = draw_lines(row.draw(PANEL_LINES).lines, x, y)
        parts += drawn.parts
        y += drawn.height
    return Drawn(parts, y - top)


def draw_columns(part: Columns, width: int, x: float, y: float, display: Display) -> Drawn:
    """Columns beside each other as far as there is room, the others in a row below."""
    parts: list[str] = []
    top = y
    for band in bands_of(part, width, PANEL_LINES, display):
        place, height = x, 0.0
        for panels, cells in band:
            drawn = draw_parts(panels, cells, place, y, display)
            parts += drawn.parts
            place += (cells + BETWEEN) * COLUMN
            height = max(height, drawn.height)
        y += height + LINE / 2
    return Drawn(parts, y - LINE / 2 - top)


def draw_images(images: list[Image], width: int, x: float, y: float) -> Drawn:
    """Pictures side by side, each below its title in its share of the width."""
    share = (width - GAP * (len(images) - 1)) // len(images)
    titles = [wrap(each.title, share) for each in images]
    top = LINE * max(map(len, titles))
    parts, height = [], 0.0
    for each, title in zip(images, titles, strict=True):
        parts += [text(line, x, y + i * LINE, bold=True) for i, line in enumerate(title)]
        drawn = draw_picture(each, x, y + top, share * COLUMN)
        parts += drawn.parts
        legend = [
            text(words, x, y + top + drawn.height + i * LINE)
            for i, words in enumerate(drawn.legend)
        ]
        parts += legend
        height = max(height, top + drawn.height + len(legend) * LINE)
        x += (share + GAP) * COLUMN
    return Drawn(parts, height)


def draw_lines(lines: Sequence[Line], x: float, y: float) -> Drawn:
    """Lines of text, every piece where its column is, and what is made of dots as a picture."""
    dots = dots_of(lines)
    parts = list(texts(lines, x, y))
    if dots.any():
        across, high = block_width(lines) * COLUMN, len(lines) * LINE
        parts.insert(0, stretched(Pillow.fromarray(dots), x, y, across, high))
    return Drawn(parts, LINE * len(lines))


def dots_of(lines: Sequence[Line]) -> Dots:
    """The 4 × 2 dots of every cell with half-blocks or braille, and nothing elsewhere.

    Returns:
        uint8 (4 · lines, 2 · cells, 4): red, green, blue, and 255 where there is a dot.
    """
    dots = np.zeros((4 * len(lines), 2 * block_width(lines), 4), np.uint8)
    for number, line in enumerate(lines):
        column = 0
        for segment in line:
            place = dots[4 * number : 4 * number + 4, 2 * column :]
            style = segment.style or Style()
            if is_braille(segment.text):
                for cell, sign in enumerate(segment.text):
                    is_set = (DOTS & ord(sign)) > 0
                    place[:, 2 * cell : 2 * cell + 2][is_set] = opaque(style.color)
            elif segment.text[:1] in HALVES:
                halves = style.color, style.bgcolor
                top, bottom = halves if segment.text[0] == "▀" else halves[::-1]
                place[:2, : 2 * len(segment.text)] = opaque(top) if top else 0
                place[2:, : 2 * len(segment.text)] = opaque(bottom) if bottom else 0
            column += cell_len(segment.text)
    return dots


def is_braille(text: str) -> bool:
    """Whether these are braille signs, which a curve is made of, and blanks."""
    return "\u2800" <= text[:1] <= "\u28ff"


def opaque(color: Color | None) -> tuple[int, int, int, int]:
    """A colour, or that of text, as a dot."""
    red, green, blue = (color or Color.parse(INK)).get_truecolor()
    return red, green, blue, 255


def texts(lines: Sequence[Line], x: float, y: float) -> Iterator[str]:
    """The pieces of lines that are not blank, on their grounds."""
    for number, line in enumerate(lines):
        column, top = x, y + number * LINE
        for segment in line:
            words, style = segment.text, segment.style or Style()
            across = cell_len(words) * COLUMN
            ink, ground = (hexadecimal(each) for each in (style.color, style.bgcolor))
            if words[:1] not in HALVES and not is_braille(words):
                if style.reverse:
                    ink, ground = ground or PAPER, ink or INK
                if ground:
                    place = f'x="{column:g}" y="{top:g}" width="{across:g}" height="{LINE:g}"'
                    yield f'<rect {place} fill="{ground}"/>'
                if words.strip():
                    yield text(words.rstrip(), column, top, bool(style.bold), ink)
            column += across


def hexadecimal(color: Color | None) -> str:
    """A colour as SVG has it; nothing for none."""
    return "" if color is None else color.get_truecolor().hex


def text(words: str, x: float, y: float, bold: bool = False, ink: str = "") -> str:
    """A line of text whose upper left corner is at x, y; its spaces are kept."""
    style = ' font-weight="bold"' * bold + (f' fill="{ink}"' if ink else "")
    return f'<text x="{x:g}" y="{y + 14:g}"{style} xml:space="preserve">{plain(words)}</text>'


def plain(words: str) -> str:
    """Words as XML has them, without the signs that it has no way to write."""
    return escape(re.sub("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", words))
