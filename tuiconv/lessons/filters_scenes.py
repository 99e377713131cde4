"""What there is to see of a picture and a filter: the whole of it, or the pixels around one."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from tuiconv.images.apply import Filtered
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.images.filters.filter import Filter
from tuiconv.images.pictures import Picture
from tuiconv.lessons.filter_terms import Terms, explain
from tuiconv.lessons.filter_terms_text import number
from tuiconv.lessons.filters import filter_scene, place
from tuiconv.lessons.filters_view import FiltersView
from tuiconv.lessons.inside import frozen_range
from tuiconv.lessons.planes import Box, difference
from tuiconv.lessons.scene import (
    Columns,
    Frame,
    Limits,
    Map,
    Panel,
    Pixels,
    Scene,
    Signed,
    Table,
    Text,
)

NAMES: Final = tuple(FILTERS)
"""Of the filters in the list, in its order."""
LIST: Final = "filters"
"""The key of the list."""
BEFORE: Final = "before"
AFTER: Final = "after"
"""Keys of the pictures."""
PART: Final = (25, 17)
"""Columns and rows of pixels that are shown around one: two such parts fit a small terminal."""
RANGE: Final = (
    "Sums that may be below 0 have a colour scale. It goes as far as those in sight (unit), as all"
    " of the picture (layer), or as pixels do (global)."
)


@dataclass(frozen=True, eq=False)
class Work:
    """A picture under some filters."""

    before: Picture
    filters: tuple[Filter, ...]
    filtered: Filtered

    @property
    def name(self) -> str:
        """What the filters are called."""
        return " | ".join(each.name for each in self.filters)

    @property
    def after(self) -> Picture:
        """What came out."""
        return self.filtered.picture


def overview_scene(view: FiltersView, work: Work) -> Scene:
    """All filters, and the whole picture before and after the one that is chosen."""
    shown = filter_scene(work.before, work.filtered, work.filters, view.show)
    panels = [scaled(each, view, work) for each in shown.leaves]
    pictures = [each for each in panels if not isinstance(each, Text)]
    texts = [each for each in panels if isinstance(each, Text)]
    return Scene(
        shown.title,
        (Columns(((filter_list(view),), *((each,) for each in pictures))), *texts),
        help=(
            "A filter lays a small grid of weights, its kernel, over every pixel in turn. The"
            " numbers under it are multiplied by the weights and added up; the sum is the new"
            " pixel.",
            "Weights that add up to 1 keep flat areas as they are. Weights that add up to 0 make"
            " them 0, so that only edges remain: such sums are drawn blue below 0, orange above.",
            "↑ and ↓ choose a filter. Enter, or a click on a picture, shows single pixels.",
            RANGE,
        ),
        code=("filter2d",),
    )


def filter_list(view: FiltersView) -> Table:
    """All filters by name, with the sizes of their kernels."""
    rows = tuple((name, "×".join(map(str, each.size))) for name, each in FILTERS.items())
    chosen = NAMES.index(view.filter) if view.filter in FILTERS else None
    return Table("filters", ("name", "kernel"), rows, chosen, LIST)


def map_scene(view: FiltersView, work: Work) -> Scene:
    """The pixels around one, before and after, and its numbers."""
    x, y = pixel_of(view, work)
    terms = explain(work.filtered, x, y)
    box = part_around((x, y), work.after)
    shown = filter_scene(work.before, work.filtered, work.filters, view.show, crop=box)
    panels = (framed(scaled(each, view, work), terms, box) for each in shown.leaves)
    pictures = (each for each in panels if not isinstance(each, Text))
    return Scene(
        shown.title,
        (Columns(tuple((each,) for each in pictures)), numbers_of_pixel(work, terms, box)),
        path=(work.name,),
        help=(
            "Before, the frame is around what the kernel lies on; after, around the pixel that"
            " its sum becomes.",
            "The arrow keys move it. Enter shows how the sum comes about.",
            RANGE,
        ),
        code=("filter2d",),
    )


def pixel_of(view: FiltersView, work: Work) -> tuple[int, int]:
    """Column and row that a view points at, within the picture; its middle where none is given."""
    width, height = work.after.width, work.after.height
    x, y = view.pixel or (width // 2, height // 2)
    return min(max(x, 0), width - 1), min(max(y, 0), height - 1)


def part_around(pixel: tuple[int, int], after: Picture) -> Box:
    """As much of a picture as is shown with a pixel, as far as can be in its middle."""
    sizes = [min(most, size) for most, size in zip(PART, (after.width, after.height), strict=True)]
    x, y = (
        min(max(place - size // 2, 0), whole - size)
        for place, size, whole in zip(pixel, sizes, (after.width, after.height), strict=True)
    )
    return x, y, sizes[0], sizes[1]


def scaled(panel: Panel, view: FiltersView, work: Work) -> Panel:
    """Pictures with a key to be pointed at, and sums with the scale of the view's range."""
    if view.show == "kernel" or not isinstance(panel, Pixels | Signed):
        return panel
    key = BEFORE if panel.title.startswith(BEFORE) else AFTER
    if isinstance(panel, Pixels):
        return replace(panel, key=key)
    return replace(panel, key=key, limits=limits_of(view, work))


def limits_of(view: FiltersView, work: Work) -> Limits | None:
    """The scale of sums: of those in sight, or of all, or as far as pixels go; or as it is frozen.

    Raises:
        RequestError: there is no such range.
    """
    frozen = frozen_range(view.range)
    if frozen is not None or view.range == "unit":
        return frozen
    most = float(work.filtered.scale.most)
    if view.range == "layer" and view.show == "difference":
        most = float(np.abs(difference(work.before, work.after).numbers()).max())
    elif view.range == "layer":
        sums = work.filtered.statistics
        most = max(-sums.minimum, sums.maximum)
    return -most, most


def framed(panel: Panel, terms: Terms, box: Box) -> Panel:
    """A part of a picture with a frame around the pixel, or around what its kernel lies on."""
    if not isinstance(panel, Pixels | Signed) or not panel.zoomed:
        return panel
    places = terms.channels[0].sums[0].terms
    first = last = (terms.y, terms.x)
    if panel.key == BEFORE:
        first, last = ((each.row, each.column) for each in (places[0], places[-1]))
    left, top, *_ = box
    corners = ((row - top, column - left) for row, column in (first, last))
    title, frames = panel.title.replace(f" {place(box)}", ""), (Frame(*corners),)
    if isinstance(panel, Pixels):
        return replace(panel, title=title, frames=frames)
    return Map(title, panel.values, limits=panel.limits, frames=frames, key=panel.key)


def numbers_of_pixel(work: Work, terms: Terms, box: Box) -> Table:
    """What the pixel was, its sums, and what it is; and which part of the picture is shown."""
    names = [each.name for each in terms.channels]
    old = work.before.pixels[terms.y, terms.x].reshape(-1)[: len(names)].tolist()
    sums = (number(each.sum) for each in terms.channels)
    return Table(
        f"pixel {terms.x},{terms.y} in the part {place(box)}",
        ("", *names),
        (
            ("before", *map(str, old)),
            ("sum", *sums),
            ("after", *(str(each.stored) for each in terms.channels)),
        ),
    )
