"""What `tuiconv apply-filter` tells of a picture: drawn, in words, or as JSON."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from tuiconv.cli.filter_outputs import STREAM, Target
from tuiconv.cli.filter_request import Change, Showing
from tuiconv.errors import printable
from tuiconv.images.apply import Filtered
from tuiconv.images.files.reading import STANDARD_INPUT
from tuiconv.images.filters.filter import Filter
from tuiconv.images.pictures import Picture
from tuiconv.lessons.filters import filter_scene
from tuiconv.lessons.scene import Scene

if TYPE_CHECKING:
    from rich.console import Console

    from tuiconv.render.lines import Lines

Told: TypeAlias = "str | Lines"
"""A line, or a drawing."""


@dataclass(frozen=True)
class Outcome:
    """What is told of a picture that is done."""

    told: tuple[Told, ...]
    """On stdout."""
    notes: tuple[str, ...]
    """On stderr: what had to change."""


def tell(picture: str, outcome: Outcome, console: "Console") -> None:
    """Tell it; a name with codes that a terminal would obey is told with these spelled."""
    name = STANDARD_INPUT if picture == STREAM else picture
    for note in outcome.notes:
        print(spelled(f"note: {name}: {note}"), file=sys.stderr)
    for each in outcome.told:
        if isinstance(each, str):
            print(spelled(each))
        else:
            console.print(each)


def spelled(text: str) -> str:
    """The text without signs that a terminal obeys; bytes of names that are no text are kept."""
    if text.isprintable():  # as all but a few are, and some are long
        return text
    return "".join(sign if "\udc80" <= sign <= "\udcff" else printable(sign) for sign in text)


def told_of(
    name: str,
    before: Picture,
    filtered: Filtered,
    change: Change,
    showing: Showing,
    target: Target,
) -> Iterator[Told]:
    """All that is asked for, for stdout.

    Raises:
        RequestError: there is no such pixel or part of the picture.
    """
    from tuiconv.lessons.filter_terms import explain

    terms = None if showing.explain is None else explain(filtered, *showing.explain)
    if showing.as_json:
        from tuiconv.cli.filter_json import filter_entry

        output = None if target is None else str(target)
        filters, settings = change.filters, change.settings
        flipped = change.is_flipped
        entry = filter_entry(name, before, filtered, filters, settings, terms, flipped, output)
        yield json.dumps(entry)
        return
    if showing.heads and showing.takes_lines:
        yield f"{name}:"
    if showing.draws:
        yield from drawn(before, filtered, change, showing)
    if terms is not None and showing.in_words:
        from tuiconv.lessons.filter_terms_text import terms_text

        yield from terms_text(terms)
    elif terms is not None:
        from tuiconv.render.filter_terms import draw_terms

        if showing.draws:
            yield ""
        yield draw_terms(terms, showing.width, showing.display)
    if showing.takes_lines:
        how = how_laid(change.filters, change.is_flipped)
        yield from [f"{how.capitalize()}."] if showing.in_words else ["", *wrap(how, showing.width)]


def drawn(before: Picture, filtered: Filtered, change: Change, showing: Showing) -> Iterator[Told]:
    """The picture before and after, or what of them is asked for."""
    if showing.in_words:
        from tuiconv.lessons.filter_sentences import plain_text

        yield from plain_text(before, filtered, change.filters, change.settings)
    else:
        from tuiconv.render.scene import draw_scene

        scene = scene_of(before, filtered, change, showing)
        yield draw_scene(scene, showing.width, showing.display, showing.height)


def as_svg(before: Picture, filtered: Filtered, change: Change, showing: Showing) -> str:
    """The drawing as a file."""
    from tuiconv.render.svg import svg

    return svg(scene_of(before, filtered, change, showing), showing.width)


def scene_of(before: Picture, filtered: Filtered, change: Change, showing: Showing) -> Scene:
    """What is to be drawn."""
    view, crop = showing.view, showing.crop
    return filter_scene(before, filtered, change.filters, view, showing.range, crop)


def how_laid(filters: Sequence[Filter], is_flipped: bool) -> str:
    """Whether this is correlation or convolution."""
    kernels = [kernel for each in filters for kernel in each.matrices.values()]
    if all(np.array_equal(kernel, kernel[::-1, ::-1]) for kernel in kernels):
        return "correlation and convolution agree: rotated by 180°, the kernel is the same"
    if is_flipped:
        return "convolution: kernels are laid on, and shown, rotated by 180°"
    return "correlation: kernels are laid on as they are; --flip for convolution"
