"""Filters as a lesson: all of them in a list, a picture pixel by pixel, and one pixel as a sum."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from importlib.resources import as_file, files
from typing import Final

from tuiconv.images.files.reading import read_picture
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.images.filters.recipes import parse_filters
from tuiconv.images.pictures import Picture
from tuiconv.lessons.filter_terms import explain
from tuiconv.lessons.filters_behind import Behind
from tuiconv.lessons.filters_scenes import (
    KERNEL,
    LIST,
    NAMES,
    limits_of,
    map_scene,
    overview_scene,
    part_around,
    pixel_of,
)
from tuiconv.lessons.filters_settings import cell_of, check, kernel_of, last, with_last
from tuiconv.lessons.filters_sum import sum_scene
from tuiconv.lessons.filters_view import FiltersView
from tuiconv.lessons.filters_work import Work, preview_of, work_on, work_on_rows
from tuiconv.lessons.ranges import frozen_range, next_range
from tuiconv.lessons.scene import Scene
from tuiconv.lessons.ways import inward, outward

LARGE: Final = 1 << 19
"""Pixels of a picture for whose filters a key would have to wait too long."""


class FiltersLesson:
    """What filters do to a picture; the last picture and what became of it are kept at hand.

    Args:
        ready: called, in another thread, when a large picture of which a preview was shown is
            filtered. Without it there are no previews: every scene waits for the whole.
    """

    def __init__(self, ready: Callable[[], object] | None = None) -> None:
        self._picture: tuple[str, Picture] | None = None
        self._preview: tuple[Picture, Picture] | None = None
        self._works: Behind[Work] = Behind(ready or (lambda: None))
        self._has_previews = ready is not None
        self._work: tuple[tuple[str, ...], Work] | None = None

    def settled(self, view: FiltersView) -> FiltersView:
        check(view)
        frozen_range(view.range)
        parse_filters(view.filter)
        pixel = pixel_of(view, self.picture(view.image))
        return replace(
            view, pixel=pixel, cell=cell_of(view, kernel_of(view)) if view.edit else None
        )

    def counts(self, view: FiltersView) -> dict[str, tuple[int, ...]]:
        picture = self.picture(view.image)
        counted: dict[str, tuple[int, ...]] = {"pixel": (picture.width, picture.height)}
        return counted | ({"cell": kernel_of(view).weights.shape} if view.edit else {})

    def scene(self, view: FiltersView) -> Scene:
        if view.depth == "overview":
            return overview_scene(view, self.whole(view))
        work = self.work(view)
        if view.depth == "map":
            return map_scene(view, work)
        height, width = work.filters[-1].size
        return sum_scene(explain(work.filtered, *pixel_of(view, work.before)), (height, width))

    def deeper(self, view: FiltersView) -> FiltersView:
        return replace(view, depth=inward(view.depth))

    def outer(self, view: FiltersView) -> FiltersView:
        return replace(view, depth=outward(view.depth))

    def moved(self, view: FiltersView, rows: int, columns: int) -> FiltersView:
        if view.depth != "overview":
            x, y = pixel_of(view, self.picture(view.image))
            return replace(view, pixel=(x + columns, y + rows))
        if view.edit:
            row, column = cell_of(view, kernel_of(view))
            return replace(view, cell=(row + rows, column + columns))
        name = last(view).partition("(")[0].strip()
        place = NAMES.index(name) if name in FILTERS else -1
        return with_last(view, NAMES[min(max(place + rows + columns, 0), len(NAMES) - 1)])

    def pointed(self, view: FiltersView, key: str, index: tuple[int, ...]) -> FiltersView:
        if key == LIST:
            return with_last(view, NAMES[index[0]])
        row, column = index
        if key == KERNEL:
            return replace(view, cell=(row, column), setting="weight")
        if view.depth == "overview":
            return replace(view, pixel=(column, row), depth="map")
        picture = self.picture(view.image)
        left, top, *_ = part_around(pixel_of(view, picture), picture)
        return replace(view, pixel=(left + column, top + row))

    def ranged(self, view: FiltersView) -> FiltersView:
        work = self.work(view)
        sums = work.filtered.statistics
        now = limits_of(view, work) or (sums.minimum, sums.maximum)
        return replace(view, range=next_range(view.range, now))

    def whole(self, view: FiltersView) -> Work:
        """What is seen of a whole picture: of a large one a preview, as long as it takes."""
        picture = self.picture(view.image)
        if not self._is_large(picture):
            return self.work(view)
        made = self._asked(view)
        if made.done():
            return made.result()
        if self._preview is None or self._preview[0] is not picture:
            self._preview = picture, preview_of(picture)
        filters, size = parse_filters(view.filter), (picture.height, picture.width)
        return work_on(self._preview[1], filters, view, size)

    def work(self, view: FiltersView) -> Work:
        """The picture of a view under its filters; of a large one, those rows that are shown.

        Raises:
            RequestError: there are no such filters.
            PictureError: there is no such picture.
        """
        picture, key = self.picture(view.image), made_of(view)
        if self._is_large(picture):
            made = self._asked(view)
            if made.done() or not needs_only_rows(view):
                return made.result()
            _, top, _, height = part_around(pixel_of(view, picture), picture)
            return work_on_rows(picture, parse_filters(view.filter), view, top, top + height)
        if self._work is None or self._work[0] != key:
            self._work = key, work_on(picture, parse_filters(view.filter), view)
        return self._work[1]

    def _is_large(self, picture: Picture) -> bool:
        """Whether previews are shown."""
        return self._has_previews and picture.height * picture.width > LARGE

    def _asked(self, view: FiltersView) -> Future[Work]:
        """A large picture under its filters, in time."""
        from tuiconv_kernels.cores import usable_cores  # with Numba, not before there is a picture

        picture, filters = self.picture(view.image), parse_filters(view.filter)
        threads = max(usable_cores() - 1, 1)  # one is left to previews
        return self._works.ask(
            made_of(view), lambda: work_on(picture, filters, view, threads=threads)
        )

    def picture(self, image: str) -> Picture:
        """The picture in a file, or the one that comes with the program."""
        if self._picture is None or self._picture[0] != image:
            self._picture = image, read_picture(image) if image else sample()
        return self._picture[1]


def needs_only_rows(view: FiltersView) -> bool:
    """Whether what is shown further in depends on no other pixels than those around."""
    is_alone = view.stored in ("auto", "clamp", "abs") and view.range != "layer"
    return is_alone and view.depth != "overview"


def made_of(view: FiltersView) -> tuple[str, ...]:
    """What decides what comes out, and what of it is shown."""
    return view.image, view.filter, view.edge, view.stored, view.show


def sample() -> Picture:
    """The picture that comes with the program."""
    with as_file(files("tuiconv") / "assets" / "sample.png") as path:
        return read_picture(path)
