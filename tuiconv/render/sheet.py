"""A sheet of small pictures, each with its caption, as many in a row as there is room for."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy.typing as npt

from tuiconv.render.depth import Display
from tuiconv.render.lines import Line, side_by_side, text_line
from tuiconv.render.picture import picture

COLUMNS: Final = 16
ROWS: Final = 8
"""Cells of a picture on the sheet."""
GAP: Final = 2


def draw_sheet(
    pictures: Sequence[tuple[str, npt.NDArray[Any]]], width: int, display: Display
) -> list[Line]:
    """The pictures in rows, the caption above each.

    Args:
        pictures: caption and pixels, as `tuiconv.render.picture.fit` takes them.
        width: cells across; at least one picture is drawn in a row.
        display: what the terminal can show.
    """
    count = per_row(width)
    lines: list[Line] = []
    for start in range(0, len(pictures), count):
        blocks = [
            [text_line(caption, COLUMNS), *picture(pixels, COLUMNS, ROWS, display)]
            for caption, pixels in pictures[start : start + count]
        ]
        lines += [*([[]] if start else []), *side_by_side(blocks, GAP)]
    return lines


def draw_row(pictures: Iterable[npt.NDArray[Any]], display: Display) -> list[Line]:
    """Pictures beside each other, without captions."""
    return side_by_side([picture(pixels, COLUMNS, ROWS, display) for pixels in pictures], GAP)


def per_row(width: int) -> int:
    """How many pictures stand in a row of so many cells; at least one."""
    return max(1, (width + GAP) // (COLUMNS + GAP))
