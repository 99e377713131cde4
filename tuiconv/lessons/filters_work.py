"""A picture under its filters, and what is shown of the whole of it."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from tuiconv.images.apply import Filtered, Settings, filter_picture, filter_rows
from tuiconv.images.filters.filter import Filter
from tuiconv.images.pictures import Picture
from tuiconv.images.ranges import Range
from tuiconv.lessons.filters import filter_scene
from tuiconv.lessons.filters_view import FiltersView, Shown
from tuiconv.lessons.planes import difference
from tuiconv.lessons.scene import Panel, Pixels
from tuiconv.lessons.shrinking import shrunk

SIDE: Final = 512
"""Pixels a side that are kept of a picture that is seen as a whole: no screen shows more."""
PREVIEW: Final = 256
"""Pixels a side of a preview, which has to be there at once."""


@dataclass(frozen=True, eq=False)
class Work:
    """A picture under some filters."""

    before: Picture
    filters: tuple[Filter, ...]
    filtered: Filtered
    show: Shown
    """What is shown of the whole picture."""
    drawn: Range | None
    """How sums are drawn; None for the sums themselves where flat areas become 0."""
    full: tuple[int, int] | None = None
    """(height, width) of the picture that this is a preview of; None if it is no preview."""

    @property
    def name(self) -> str:
        """What the filters are called."""
        return " | ".join(each.name for each in self.filters)

    @property
    def after(self) -> Picture:
        """What came out."""
        return self.filtered.picture

    @cached_property
    def panels(self) -> tuple[Panel, ...]:
        """The whole picture, and what came out in numbers."""
        scene = filter_scene(self.before, self.filtered, self.filters, self.show, self.drawn)
        return tuple(small(each) if isinstance(each, Pixels) else each for each in scene.leaves)

    @cached_property
    def largest_difference(self) -> float:
        """Of all pixels, before and after; both have as many colours."""
        return float(np.abs(difference(self.before, self.after).numbers()).max())


def work_on(
    picture: Picture,
    filters: tuple[Filter, ...],
    view: FiltersView,
    full: tuple[int, int] | None = None,
    threads: int | None = None,
) -> Work:
    """Filter a picture, and make what is shown of it: all that takes long."""
    filtered = filter_picture(picture, filters, replace(settings_of(view), threads=threads))
    work = Work(picture, filters, filtered, view.show, drawn_in(view), full)
    assert work.panels
    return work


def work_on_rows(
    picture: Picture, filters: tuple[Filter, ...], view: FiltersView, first: int, end: int
) -> Work:
    """Filter the rows from `first` to `end` − 1; the whole cannot be shown."""
    filtered = filter_rows(picture, filters, settings_of(view), first, end)
    return Work(picture, filters, filtered, view.show, drawn_in(view))


def drawn_in(view: FiltersView) -> Range | None:
    """How sums are drawn; None for as themselves where flat areas become 0."""
    return None if view.stored == "auto" else view.stored


def settings_of(view: FiltersView) -> Settings:
    """How a view's filters are applied."""
    return Settings(edge=view.edge, range="clamp" if view.stored == "auto" else view.stored)


def small(panel: Pixels) -> Pixels:
    """A picture in as many pixels as a screen shows."""
    size = panel.pixels.shape[:2]
    times = -(-max(size) // SIDE)
    return panel if times == 1 else replace(panel, pixels=shrunk(panel.pixels, times), size=size)


def preview_of(picture: Picture) -> Picture:
    """The picture in few pixels."""
    times = -(-max(picture.height, picture.width) // PREVIEW)
    return replace(picture, pixels=shrunk(picture.pixels, times))
