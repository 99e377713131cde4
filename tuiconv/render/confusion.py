"""What a network mixes up: the confusion matrix, a table of classes, the worst mistakes drawn."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from rich import box
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from rich.table import Table

from tuiconv.render.cells import colours, inks
from tuiconv.render.depth import Display
from tuiconv.render.heatmap import Levels, quantise
from tuiconv.render.lines import Line, Painted, side_by_side, text_line
from tuiconv.render.palettes import palette_of
from tuiconv.render.picture import picture

if TYPE_CHECKING:
    from tuiconv.nn.evaluation import Counts, Evaluation, Mistake

IMAGE_COLUMNS, IMAGE_LINES = 24, 12
"""The room of a mistake's image: three beside each other in 80 columns, 24 × 24 pixels each."""
GAP = 2


def confusion_lines(
    confusion: "Counts", class_names: Sequence[str], width: int, display: Display
) -> list[Line]:
    """The counts as a heatmap: a row per label, a column per class it was read as.

    A cell's level is the square root of its share of the row, so that rare mistakes are seen
    beside a full diagonal. Where counts do not fit `width`, cells have their colour alone.
    """
    longest = max(map(cell_len, class_names))
    names = min(longest, max(1, width // 3))
    room = cell_width(confusion)
    counted = names + 1 + room * len(confusion) <= width
    if not counted:
        room = max(1, (width - names - 1) // len(confusion))
    totals = confusion.sum(axis=1, keepdims=True)
    levels = quantise(np.sqrt(confusion / np.maximum(totals, 1)), 0, 1)
    none = "·" if display.unicode else "."
    texts = [[f"{n}" if n else none for n in row] for row in confusion.tolist()]
    numbers = [set_cell_size(f"{k} ".rjust(room), room) for k in range(len(confusion))]
    lines = [text_line(" " * (names + 1) + "".join(numbers), width)] if counted else []
    for name, row, cells in zip(class_names, levels, texts, strict=True):
        written = [f"{text} " if counted else "" for text in cells]
        line = [Segment(set_cell_size(name, names) + " "), *heat(row, written, room, display)]
        lines.append(Segment.adjust_line_length(line, width))
    return lines


def cell_width(confusion: "Counts") -> int:
    """Cells of a count, or of a class's number above it, with a blank on both sides."""
    return max(len(f"{confusion.max()}"), len(f"{len(confusion) - 1}")) + 2


def confusion_width(confusion: "Counts", class_names: Sequence[str]) -> int:
    """Cells that the counts and whole names take."""
    return max(map(cell_len, class_names)) + 1 + cell_width(confusion) * len(confusion)


def heat(levels: Levels, texts: Sequence[str], room: int, display: Display) -> Line:
    """A cell for each level, `room` wide, its text on its colour or behind its glyph."""
    palette = palette_of("activations", False, display.palettes)
    if not display.has_palettes:
        glyphs = palette.glyphs(display.unicode)
        pairs = zip((glyphs[level] for level in levels), texts, strict=True)
        return [
            Segment(glyph + text.rjust(room - 1) if text else glyph * room) for glyph, text in pairs
        ]
    ink, paper = inks(palette), colours(palette, display.depth)
    return [
        Painted(text.rjust(room), Style(color=ink[level], bgcolor=paper[level]))
        for level, text in zip(levels.tolist(), texts, strict=True)
    ]


def classes_table(evaluation: "Evaluation", class_names: Sequence[str], display: Display) -> Table:
    """A row per class: how many images it has, its precision and its recall."""
    table = Table(
        box=box.SIMPLE_HEAD if display.unicode else box.ASCII2,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    table.add_column("class")
    for heading in ("images", "read as it", "precision", "recall"):
        table.add_column(heading, justify="right", no_wrap=True)
    columns = zip(
        class_names,
        evaluation.confusion.sum(axis=1).tolist(),
        evaluation.confusion.sum(axis=0).tolist(),
        evaluation.precision,
        evaluation.recall,
        strict=True,
    )
    for name, images, read, precision, recall in columns:
        table.add_row(name, f"{images:,}", f"{read:,}", percent(precision), percent(recall))
    return table


def percent(share: float | None) -> str:
    """`98.62%`, or `none` where there is nothing to take a share of."""
    return "none" if share is None else f"{share:.2%}"


def mistake_lines(
    mistakes: "Sequence[Mistake]",
    images: npt.NDArray[np.uint8],
    class_names: Sequence[str],
    width: int,
    display: Display,
) -> list[Line]:
    """Mistakes drawn in rows: the image, and below it the label and what it was read as.

    Args:
        mistakes: which to draw.
        images: the data set's (n, channels, height, width).
        class_names: the data set's.
        width: cells of the rows.
        display: what the terminal can show.
    """
    columns = min(IMAGE_COLUMNS, width)
    per_row = max(1, (width + GAP) // (columns + GAP))
    lines: list[Line] = []
    for start in range(0, len(mistakes), per_row):
        blocks = [
            [
                *picture(pixels_of(images[each.index]), columns, IMAGE_LINES, display),
                text_line(f"#{each.index}: {class_names[each.label]} was read", columns),
                text_line(f"as {class_names[each.read_as]} ({each.probability:.1%})", columns),
                text_line(""),
            ]
            for each in mistakes[start : start + per_row]
        ]
        lines += side_by_side(blocks, GAP)
    return lines


def pixels_of(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """An image (channels, height, width) as a picture: in colour, or else its first channel."""
    return np.moveaxis(image[:3] if len(image) >= 3 else image[:1], 0, 2)
