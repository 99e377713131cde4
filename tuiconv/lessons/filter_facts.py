"""What is told of filters: all of them in a list, and one with everything about its weights."""

import math
from collections.abc import Iterator
from textwrap import wrap
from typing import Final

from tuiconv.images.filters.families import Family
from tuiconv.images.filters.family_kernels import FAMILIES
from tuiconv.images.filters.filter import Filter, Matrix, NamedFilter
from tuiconv.images.filters.gradients import GRADIENT_FILTERS
from tuiconv.images.filters.kernel_text import kernel_text, rounded_rows, separated_text, whole_text
from tuiconv.images.filters.lecture import LECTURE_FILTERS
from tuiconv.lessons.figures import figure
from tuiconv.lessons.filter_kernels import beside
from tuiconv.lessons.scene import Scene, Signed, Text

INDENT: Final = "    "
DRAWN: Final = 5
"""Rows or columns beyond which a kernel is drawn too: its numbers alone are not seen through."""


def catalog_lines(width: int) -> Iterator[str]:
    """Every filter with its kernel, in groups."""
    yield "The filters of the lectures"
    for of_lecture in LECTURE_FILTERS:
        yield from listed(of_lecture.name, of_lecture, width)
    yield from ("", "Gradients: how steep the picture is")
    for gradient in GRADIENT_FILTERS:
        yield from listed(gradient.name, gradient, width)
    yield from ("", "With numbers to choose")
    for family in FAMILIES.values():
        yield from listed(signature(family), family.with_values({}), width)
        for parameter in family.parameters:
            line = f"{parameter.name}: {parameter.allowed}, {parameter.meaning}"
            yield from wrap(line, width, initial_indent=INDENT, subsequent_indent=INDENT + "  ")


def signature(family: Family) -> str:
    """`gabor(theta=0, wavelength=8, sigma=4)`: what a family takes, with its defaults."""
    numbers = ", ".join(f"{each.name}={figure(each.default)}" for each in family.parameters)
    return f"{family.name}({numbers})"


def listed(heading: str, named: Filter, width: int) -> Iterator[str]:
    """One line, or more where there is no room, on what a filter does; how; and its kernel."""
    yield ""
    yield from wrap(f"{heading}: {named.description}", width, subsequent_indent=INDENT)
    if isinstance(named, NamedFilter):
        for line in written(named.kernel, width - len(INDENT)):
            yield INDENT + line
    yield from wrap(
        named.formula, width, initial_indent=f"{INDENT}= ", subsequent_indent=f"{INDENT}  "
    )


def written(kernel: Matrix, width: int) -> tuple[str, ...]:
    """A kernel in as many digits as there is room for; if it is too wide, its middle row."""
    for text in (*(kernel_text(kernel, digits) for digits in (6, 4)), whole_text(kernel, 3)):
        lines = text.splitlines()
        if max(map(len, lines)) <= width:
            return tuple(lines)
    middle = " ".join(rounded_rows(kernel, 3)[len(kernel) // 2])
    size = "×".join(map(str, kernel.shape))
    text = f"{size}, too wide to be written here; its middle row: {middle}"
    return tuple(wrap(text, width, subsequent_indent="  "))


def filter_about(named: Filter, width: int) -> Scene:
    """One filter: its kernels, drawn if they are large, how they come about, and their sums."""
    drawn = [
        Signed(label or "kernel", kernel)
        for label, kernel in named.matrices.items()
        if max(kernel.shape) > DRAWN
    ]
    blocks = [
        [*([label] if label else []), *written(kernel, width)]
        for label, kernel in named.matrices.items()
    ]
    numbers = beside(blocks)
    if max(map(len, numbers)) > width:
        numbers = [line for block in blocks for line in block]
    kernels = Text("kernel" if len(blocks) == 1 else "kernels", tuple(numbers))
    facts = [line for label, kernel in named.matrices.items() for line in told(label, kernel)]
    return Scene(
        f"{named.name}: {named.description}",
        (*drawn, kernels, Text("how it comes about", (named.formula, *facts))),
    )


def told(label: str, kernel: Matrix) -> Iterator[str]:
    """Size and sum of a kernel, what becomes of flat areas, and its factors if it has any."""
    height, width = kernel.shape
    total = math.fsum(kernel.flat)
    flat = {0: ": flat areas become 0", 1: ": flat areas stay as they are"}
    near = next((told for whole, told in flat.items() if abs(total - whole) < 1e-9), "")
    yield f"{f'{label}: ' if label else ''}{height}×{width} weights, sum {figure(total)}{near}"
    if height > 1 and width > 1 and (factors := separated_text(kernel)):
        yield (
            f"separable, {height + width} products a pixel instead of {height * width}: {factors}"
        )
