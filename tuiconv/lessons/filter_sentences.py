"""What filters did to a picture in whole sentences: to be read aloud, with nothing to be seen."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from tuiconv.images.apply import Filtered, Settings
from tuiconv.images.filters.filter import Filter, Matrix
from tuiconv.images.filters.kernel_text import integer_kernel
from tuiconv.images.pictures import Picture
from tuiconv.images.stages import Stage
from tuiconv.lessons.figures import figure, minus
from tuiconv.lessons.filter_figures import (
    black_and_white,
    clipped,
    is_first_frame,
    too_small_or_large,
)
from tuiconv.lessons.filter_kernels import bias_of, facts

if TYPE_CHECKING:
    from tuiconv_kernels.filtering import Edge

READ_OUT: Final = 7
"""Rows and columns of a kernel that one can listen to."""
FRAMES: Final = "These are the numbers of all frames; both pictures are the first of them."
BEYOND: "Final[dict[Edge, str]]" = {
    "zero": "black",
    "replicate": "its outermost pixels, again and again",
    "reflect": "the picture mirrored, its outermost pixels being the mirror",
    "wrap": "the picture again, from the opposite side",
}


def plain_text(
    before: Picture, filtered: Filtered, filters: Sequence[Filter], settings: Settings
) -> list[str]:
    """The picture, the filters row by row, and the numbers that came out, one sentence a line."""
    sums = filtered.statistics
    lines = [about("before", before)]
    for place, (each, stage) in enumerate(zip(filters, filtered.stages, strict=True), 1):
        number = f"Filter {place} of {len(filters)}" if len(filters) > 1 else "Filter"
        lines.append(f"{number}: {each.name}. {each.description}")
        lines += [*kernels(each), how_far(stage)]
    return [
        *lines,
        f"Beyond the border of the picture stands {BEYOND[settings.edge]} (edge {settings.edge}).",
        f"The sums go from {figure(sums.minimum)} to {figure(sums.maximum)}, "
        f"their mean is {figure(sums.mean)}.",
        f"Range {settings.range}: {'; '.join(too_small_or_large(filtered))}.",
        f"{clipped(sums).capitalize()}.",
        *(f"{line.capitalize()}." for line in black_and_white(filtered.scale, sums)),
        *([FRAMES] if is_first_frame(filtered) else []),
        about("after", filtered.picture),
    ]


def about(name: str, picture: Picture) -> str:
    """Size, mode and numbers of a picture; alpha does not count."""
    colours = picture.pixels.reshape(picture.height, picture.width, -1)[:, :, : picture.colours]
    return (
        f"The picture {name} has {picture.width:,} by {picture.height:,} pixels, mode"
        f" {picture.mode}; its numbers go from {colours.min():,} to {colours.max():,}, their mean"
        f" is {figure(float(colours.mean()))}."
    )


def kernels(applied: Filter) -> Iterator[str]:
    """The kernels of a filter, row by row, and how they come about."""
    if applied.formula:
        yield f"How it comes about: {applied.formula}."
    for (_, kernel), fact in zip(applied.matrices.items(), facts(applied), strict=True):
        yield f"Kernel {fact}:"
        yield from rows_of(kernel)
    if bias_of(applied):
        yield f"To every sum, {figure(bias_of(applied))} is added."


def rows_of(kernel: Matrix) -> Iterator[str]:
    """`Row 1: 0, −1, 0.` and so on, or from where to where the weights go if there are many."""
    if max(kernel.shape) > READ_OUT:
        low, high = minus(f"{kernel.min():.6g}"), minus(f"{kernel.max():.6g}")
        yield f"Its {kernel.size:,} weights go from {low} to {high}."
        return
    exact = integer_kernel(kernel)
    for number, row in enumerate(kernel if exact is None else exact[0], 1):
        yield minus(f"Row {number}: {', '.join(f'{weight:.6g}' for weight in row)}.")
    if exact is not None and exact[1] != 1:
        yield f"All of them are divided by {exact[1]:,}."


def how_far(stage: Stage) -> str:
    """How the window moves, and what comes out."""
    (down, across), (above, left) = stage.window.stride, stage.window.before
    return (
        f"Stride {down} down and {across} across, padding {above} above and below, {left} left and"
        f" right: {stage.width:,} by {stage.height:,} windows."
    )
