"""A scene as SVG for slides: pictures as they are and not as cells, and text that can be searched.

Everything is in the file: the pictures as PNG; the font is any whose letters have one width. It
lies on white paper of its own, so that it can be read on slides of any colour.
"""

import re
from collections.abc import Iterator
from textwrap import wrap
from typing import Final
from xml.sax.saxutils import escape

from tuiconv.lessons.scene import Scene
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.images import GAP, Image, images_in
from tuiconv.render.lines import Line, line_width
from tuiconv.render.scene import draw_row, rows_of
from tuiconv.render.svg_pictures import COLUMN, Drawn, draw_picture

LINE: Final = 19.0
MARGIN: Final = 16.0
FONTS: Final = "DejaVu Sans Mono, Menlo, Consolas, Liberation Mono, monospace"
TEXT: Final = Display(ColorDepth.NONE)


def svg(scene: Scene, width: int) -> str:
    """The scene as an SVG document; the same scene gives the same text.

    Args:
        scene: what is to be shown.
        width: columns of text; pictures beside each other share them.
    """
    parts, y = [], MARGIN
    for line in wrap(scene.title, width):
        parts.append(text(line, MARGIN, y, bold=True))
        y += LINE
    for row in rows_of(scene.panels):
        y += LINE / 2
        images = images_in(row)
        drawn = (
            draw_images(images, width, y)
            if images
            else draw_lines(draw_row(row, width, TEXT) or [], y)
        )
        parts += drawn.parts
        y += drawn.height
    size = f"{width * COLUMN + 2 * MARGIN:g}", f"{y + MARGIN:g}"
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]} {size[1]}"'
            f' width="{size[0]}" height="{size[1]}" role="img" font-family="{FONTS}"'
            ' font-size="14" fill="#1c1c1c">',
            f"<title>{plain(scene.title)}</title>",
            f'<rect width="{size[0]}" height="{size[1]}" rx="8" fill="#ffffff"/>',
            *parts,
            "</svg>\n",
        )
    )


def draw_images(images: list[Image], width: int, y: float) -> Drawn:
    """Pictures side by side, each below its title in its share of the width."""
    share = (width - GAP * (len(images) - 1)) // len(images)
    titles = [wrap(each.title, share) for each in images]
    top = LINE * max(map(len, titles))
    parts, height = [], 0.0
    for place, (each, title) in enumerate(zip(images, titles, strict=True)):
        x = MARGIN + place * (share + GAP) * COLUMN
        parts += [text(line, x, y + i * LINE, bold=True) for i, line in enumerate(title)]
        drawn = draw_picture(each, x, y + top, share * COLUMN)
        parts += drawn.parts
        legend = [
            text(words, x, y + top + drawn.height + i * LINE)
            for i, words in enumerate(drawn.legend)
        ]
        parts += legend
        height = max(height, top + drawn.height + len(legend) * LINE)
    return Drawn(parts, height)


def draw_lines(lines: list[Line], y: float) -> Drawn:
    """Lines of text, every piece where its column is."""
    return Drawn(list(texts(lines, y)), LINE * len(lines))


def texts(lines: list[Line], y: float) -> Iterator[str]:
    """The pieces of lines that are not blank."""
    for number, line in enumerate(lines):
        for place, segment in enumerate(line):
            if segment.text.strip():
                x = MARGIN + COLUMN * line_width(line[:place])
                is_bold = segment.style is not None and bool(segment.style.bold)
                yield text(segment.text.rstrip(), x, y + number * LINE, is_bold)


def text(words: str, x: float, y: float, bold: bool = False) -> str:
    """A line of text whose upper left corner is at x, y; its spaces are kept."""
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:g}" y="{y + 14:g}"{weight} xml:space="preserve">{plain(words)}</text>'


def plain(words: str) -> str:
    """Words as XML has them, without the signs that it has no way to write."""
    return escape(re.sub("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", words))
