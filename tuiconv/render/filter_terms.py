"""The terms of a pixel as tables: what stands under the window, every product, and the sums."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import Final, TypeAlias

from rich.color import Color
from rich.style import Style

from tuiconv.lessons.filter_terms import Channel, Term, Terms, WeightedSum
from tuiconv.lessons.filter_terms_text import (
    end,
    heading,
    notes,
    number_column,
    origin,
    products,
    terms_text,
    title,
)
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import Line, Lines, block_width, paragraph, side_by_side, text_line
from tuiconv.render.tables import BOLD, Column, row_line

Block: TypeAlias = list[Line]

GAP: Final = 3

_SIGNS: Final[dict[ColorDepth, tuple[Style | None, Style | None]]] = {
    ColorDepth.TRUECOLOR: (
        Style(color=Color.from_rgb(90, 150, 215)),
        Style(color=Color.from_rgb(230, 140, 60)),
    ),
    ColorDepth.EIGHT_BIT: (Style(color=Color.from_ansi(68)), Style(color=Color.from_ansi(208))),
    ColorDepth.STANDARD: (Style(color=Color.from_ansi(4)), Style(color=Color.from_ansi(3))),
    ColorDepth.NONE: (None, None),
}
"""Of products that take away from the sum, and of those that add to it, as in signed maps."""


def draw_terms(terms: Terms, width: int, display: Display) -> Lines:
    """A line for every product, and below them how the sums become what is stored.

    All channels stand beside each other if there is room for them, else the sums of each channel,
    else none. Where there is no room for a single table, the terms are told in words.

    Args:
        terms: of a pixel.
        width: cells across.
        display: what the terminal can show.
    """
    places = places_block(terms.channels[0].sums[0].terms)
    most = terms.scale.most
    tables = [[block(one, each, most, display) for each in one.sums] for one in terms.channels]
    every = list(chain.from_iterable(tables))

    def fits(blocks: Sequence[Block]) -> bool:
        return sum(GAP + block_width(each) for each in blocks) + block_width(places) <= width

    if not all(fits([each]) for each in every):
        return Lines([each for told in terms_text(terms) for each in paragraph(told, width, 2)])
    lines = paragraph(title(terms), width, style=BOLD)
    lines += [line for note in notes(terms) for line in paragraph(note, width)]
    ends = [paragraph(end(channel, terms), width, indent=2) for channel in terms.channels]
    if fits(every):
        tables, ends = [every], [list(chain.from_iterable(ends))]
    for blocks, below in zip(tables, ends, strict=True):
        for group in [blocks] if fits(blocks) else [[each] for each in blocks]:
            lines += [[], *side_by_side([places, *group], GAP)]
        lines += below
    return Lines(lines)


def places_block(terms: Sequence[Term]) -> Block:
    """Rows and columns, and whose number stands where there is only padding."""
    columns = [
        Column("row", number_column(term.row for term in terms)),
        Column("column", number_column(term.column for term in terms)),
    ]
    if not all(term.is_inside for term in terms):
        columns += [Column("taken from", [origin(term) for term in terms], is_text=True)]
    return [[], *table(columns, [None] * len(terms))]


def block(channel: Channel, each: WeightedSum, most: int, display: Display) -> Block:
    """The products of one sum, below what they are of."""
    terms = each.terms
    signs = {"weight": "×", "product": "="}
    columns = []
    for name, cells in products(each, most).items():
        if name in signs:
            columns += [Column(signs[name], [signs[name]] * len(terms), gap=1)]
        columns += [Column(name, cells, gap=1 if name in signs else 2)]
    styles = [sign_style(term.product, display) for term in terms]
    return [text_line(heading(channel, each), style=BOLD), *table(columns, styles)]


def table(columns: Sequence[Column], styles: Sequence[Style | None]) -> list[Line]:
    """Headings, and a line for every term; products have a style each."""
    widths = [column.width for column in columns]
    styled = {
        style: [replace(each, style=style) if each.name == "product" else each for each in columns]
        for style in set(styles)
    }
    rows = zip(styles, zip(*(column.cells for column in columns), strict=True), strict=True)
    return [
        row_line(columns, widths, [column.name for column in columns], BOLD),
        *(row_line(styled[style], widths, texts) for style, texts in rows),
    ]


def sign_style(product: float, display: Display) -> Style | None:
    """Of what takes away from the sum, and of what adds to it."""
    negative, positive = _SIGNS[display.depth]
    return positive if product > 0 else negative if product < 0 else None
