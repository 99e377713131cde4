"""The kernels of filters in little room: written out if they are small, else in a few words."""

import math
from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

from tuiconv.images.filters.filter import Filter, Matrix, NamedFilter
from tuiconv.images.filters.kernel_text import kernel_text
from tuiconv.lessons.figures import figure
from tuiconv.lessons.scene import Text

SMALL: Final = 38
"""Columns that the kernels of one filter may take beside the result."""
ROWS: Final = 5
"""Rows of a kernel that stands beside the result."""


def kernel_summary(filters: Sequence[Filter]) -> Text:
    """The kernels written out if they are those of one filter and small; else what they are."""
    if len(filters) == 1 and filters[0].size[0] <= ROWS:
        blocks = [written(label, each) for label, each in filters[0].matrices.items()]
        lines = beside(blocks)
        if max(map(len, lines)) <= SMALL:
            return Text("kernel" if len(blocks) == 1 else "kernels", tuple(lines))
    return Text(
        "kernel" if len(filters) == 1 else "kernels",
        tuple(f"{each.name}: {'; '.join(facts(each))}" for each in filters),
    )


def written(label: str, kernel: Matrix) -> list[str]:
    """A kernel as lines, below its label if it has one."""
    lines = kernel_text(kernel).splitlines()
    return [label, *lines] if label else lines


def beside(blocks: Sequence[Sequence[str]]) -> list[str]:
    """Blocks of text from left to right, three columns apart."""
    widths = [max(map(len, block)) for block in blocks]
    rows = zip_longest(*blocks, fillvalue="")
    return ["   ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def facts(applied: Filter) -> list[str]:
    """`5×5, sum 1` of each kernel, with its label before it."""
    size = "×".join(map(str, applied.size))
    bias = f", bias {figure(bias_of(applied))}" if bias_of(applied) else ""
    return [
        f"{f'{label} ' if label else ''}{size}, sum {figure(math.fsum(kernel.flat))}{bias}"
        for label, kernel in applied.matrices.items()
    ]


def bias_of(applied: Filter) -> float:
    """What a filter adds to every sum."""
    return applied.bias if isinstance(applied, NamedFilter) else 0.0
