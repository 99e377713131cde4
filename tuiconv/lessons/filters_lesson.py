"""Filters as a lesson: all of them in a list, a picture pixel by pixel, and one pixel as a sum."""

from dataclasses import replace
from importlib.resources import as_file, files
from typing import Final

from tuiconv.images.apply import filter_picture
from tuiconv.images.files.reading import read_picture
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.images.filters.recipes import parse_filters
from tuiconv.images.pictures import Picture
from tuiconv.lessons.filter_terms import explain
from tuiconv.lessons.filters_scenes import (
    LIST,
    NAMES,
    Work,
    limits_of,
    map_scene,
    overview_scene,
    part_around,
    pixel_of,
)
from tuiconv.lessons.filters_sum import sum_scene
from tuiconv.lessons.filters_view import FiltersView
from tuiconv.lessons.inside import next_range
from tuiconv.lessons.scene import Scene
from tuiconv.lessons.view import Depth

DEPTHS: Final[tuple[Depth, ...]] = ("overview", "map", "number")


class FiltersLesson:
    """What filters do to a picture; the last picture and what became of it are kept at hand."""

    def __init__(self) -> None:
        self._picture: tuple[str, Picture] | None = None
        self._work: tuple[tuple[str, str], Work] | None = None

    def settled(self, view: FiltersView) -> FiltersView:
        work = self.work(view)
        limits_of(view, work)
        return replace(view, pixel=pixel_of(view, work))

    def counts(self, view: FiltersView) -> dict[str, tuple[int, ...]]:
        after = self.work(view).after
        return {"pixel": (after.width, after.height)}

    def scene(self, view: FiltersView) -> Scene:
        work = self.work(view)
        if view.depth == "overview":
            return overview_scene(view, work)
        if view.depth == "map":
            return map_scene(view, work)
        height, width = work.filters[-1].size
        return sum_scene(explain(work.filtered, *pixel_of(view, work)), (height, width))

    def deeper(self, view: FiltersView) -> FiltersView:
        return self.to_depth(view, 1)

    def outer(self, view: FiltersView) -> FiltersView:
        return self.to_depth(view, -1)

    def to_depth(self, view: FiltersView, step: int) -> FiltersView:
        """Further in or out."""
        place = DEPTHS.index(view.depth) + step
        return replace(view, depth=DEPTHS[min(max(place, 0), len(DEPTHS) - 1)])

    def moved(self, view: FiltersView, rows: int, columns: int) -> FiltersView:
        if view.depth == "overview":
            place = NAMES.index(view.filter) if view.filter in FILTERS else -1
            return replace(view, filter=NAMES[min(max(place + rows + columns, 0), len(NAMES) - 1)])
        x, y = pixel_of(view, self.work(view))
        return replace(view, pixel=(x + columns, y + rows))

    def pointed(self, view: FiltersView, key: str, index: tuple[int, ...]) -> FiltersView:
        if key == LIST:
            return replace(view, filter=NAMES[index[0]])
        row, column = index
        if view.depth == "overview":
            return replace(view, pixel=(column, row), depth="map")
        work = self.work(view)
        left, top, *_ = part_around(pixel_of(view, work), work.after)
        return replace(view, pixel=(left + column, top + row))

    def ranged(self, view: FiltersView) -> FiltersView:
        work = self.work(view)
        sums = work.filtered.statistics
        now = limits_of(view, work) or (sums.minimum, sums.maximum)
        return replace(view, range=next_range(view.range, now))

    def work(self, view: FiltersView) -> Work:
        """The picture of a view under its filters.

        Raises:
            RequestError: there are no such filters.
            PictureError: there is no such picture.
        """
        asked = view.image, view.filter
        if self._work is None or self._work[0] != asked:
            filters, picture = parse_filters(view.filter), self.picture(view.image)
            self._work = asked, Work(picture, filters, filter_picture(picture, filters))
        return self._work[1]

    def picture(self, image: str) -> Picture:
        """The picture in a file, or the one that comes with the program."""
        if self._picture is None or self._picture[0] != image:
            self._picture = image, read_picture(image) if image else sample()
        return self._picture[1]


def sample() -> Picture:
    """The picture that comes with the program."""
    with as_file(files("tuiconv") / "assets" / "sample.png") as path:
        return read_picture(path)
