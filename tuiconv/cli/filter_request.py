"""What `tuiconv apply-filter` is asked for."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tuiconv.cli.options import at_most_one
from tuiconv.errors import RequestError
from tuiconv.images.apply import Settings
from tuiconv.images.filters.filter import Filter
from tuiconv.images.filters.kernel_reading import custom_filter, parse_kernel, read_kernel_file
from tuiconv.images.filters.number_text import quoted
from tuiconv.images.filters.recipes import parse_filters
from tuiconv.images.ranges import Range
from tuiconv.lessons.filters import View
from tuiconv.lessons.planes import Box

if TYPE_CHECKING:
    from tuiconv.render.depth import Display


@dataclass(frozen=True)
class Change:
    """What becomes of every picture: one channel or its greys, through the filters."""

    filters: tuple[Filter, ...]
    settings: Settings
    is_flipped: bool
    """Whether the kernels have been turned by 180°: true convolution."""
    channel: str | None
    """The only channel that is filtered."""
    grey: bool
    """Whether the greys are filtered."""
    large: bool
    """Whether pictures of any size are read."""


@dataclass(frozen=True)
class Showing:
    """What is told of every picture on stdout, and how."""

    heads: bool
    """Whether what is told of a picture begins with its name."""
    draws: bool
    """Whether the pictures are drawn."""
    view: View
    """What of them."""
    range: Range | None
    """How sums are drawn, if that was asked for."""
    crop: Box | None
    """The part that is drawn."""
    explain: tuple[int, int] | None
    """Column and row of the pixel whose sum is told."""
    as_json: bool
    in_words: bool
    """Whether everything is told in words, for screen readers."""
    svg: Path | None
    """The drawing as a file."""
    width: int
    """Columns to draw in."""
    height: int
    """Lines to draw in."""
    display: "Display"
    """What to draw with."""

    @property
    def takes_lines(self) -> bool:
        """Whether of every picture more is told than a line."""
        return not self.as_json and (self.draws or self.explain is not None)


def pictures_and_filter(words: Sequence[str], *kernels: object) -> tuple[list[str], str]:
    """The pictures, and the filter behind them; all are pictures if there is a kernel.

    Raises:
        RequestError: the filter is missing, or there is one beside a kernel.
    """
    *pictures, text = words
    if any(kernel is not None for kernel in kernels):
        if is_filter(text) and not os.path.isfile(text):  # noqa: PTH113 - a Path objects to very long names
            raise RequestError(
                f"{quoted(text)} is a filter; with --kernel, --kernel-file or --conv1 expected"
                " pictures only"
            )
        return list(words), ""
    if not pictures:
        raise RequestError(
            f"{quoted(text)} alone; expected IMAGE and FILTER, such as photo.png sharpen"
        )
    return pictures, text


def filters_asked(
    text: str,
    kernel: str | None,
    kernel_file: Path | None,
    conv1: str | None,
    divide: float | None,
    bias: float | None,
    flip: bool,
) -> tuple[Filter, ...]:
    """The filters by name, or instead the one of one's own or of a network.

    Raises:
        RequestError: there is no such filter, or more than one way is taken to name it.
    """
    own = {"--kernel": kernel, "--kernel-file": kernel_file, "--conv1": conv1}
    at_most_one({option: value is not None for option, value in own.items()})
    if kernel is None and kernel_file is None:
        for option, value in (("--divide", divide), ("--bias", bias)):
            if value is not None:
                raise RequestError(f"{option} {value:g} needs --kernel or --kernel-file")
    divide_by = 1.0 if divide is None else divide
    filters: tuple[Filter, ...]
    if conv1 is not None:
        from tuiconv.lessons.learned_filters import learned_filter

        filters = (learned_filter(conv1),)
    elif kernel is not None:
        filters = (custom_filter(parse_kernel(kernel), divide_by, bias or 0.0),)
    elif kernel_file is not None:
        filters = (custom_filter(read_kernel_file(kernel_file), divide_by, bias or 0.0),)
    else:
        filters = named_filters(text)
    return tuple(each.flipped() for each in filters) if flip else filters


def is_filter(text: str) -> bool:
    """Whether a text names filters."""
    try:
        parse_filters(text)
    except RequestError:
        return False
    return True


def named_filters(text: str) -> tuple[Filter, ...]:
    """The filters that a text names.

    Raises:
        RequestError: it names none; if it is a file, it stands where the filter should.
    """
    try:
        return parse_filters(text)
    except RequestError as error:
        if os.path.isfile(text):  # noqa: PTH113 - a Path objects to very long names
            raise RequestError(
                f"{quoted(text)} is a file; expected a FILTER behind the pictures, such as sharpen"
            ) from error
        raise
