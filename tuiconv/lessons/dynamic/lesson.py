"""The lesson of dynamic input length: ways from view to view, and the scene of each."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Final, get_args

from tuiconv.errors import RequestError
from tuiconv.lessons.checks import check_words
from tuiconv.lessons.dynamic.cost import costs, measure
from tuiconv.lessons.dynamic.line import (
    APART,
    COLUMNS,
    check_digits,
    first_data,
    read_digits,
    write_line,
)
from tuiconv.lessons.dynamic.line_scenes import limits_of, one_place, one_share, overview
from tuiconv.lessons.dynamic.passing import Passing
from tuiconv.lessons.dynamic.pyramid import LENGTHS, Pyramid, network
from tuiconv.lessons.dynamic.pyramid_scenes import pyramid_scene
from tuiconv.lessons.dynamic.view import DynamicView, Shown
from tuiconv.lessons.ranges import next_range
from tuiconv.lessons.scene import Scene
from tuiconv.lessons.ways import inward, outward
from tuiconv.nn.network import Network
from tuiconv.nn.shipped import SHIPPED, load_model

LAST_LINE: Final = 10**6
"""Lines are counted up to it."""


class DynamicLesson:
    """The network, digits and lines at hand, as they are asked for."""

    def __init__(self) -> None:
        self.dataset = lru_cache(read_digits)
        self._measured = lru_cache(lambda columns: measure(self.net, columns))
        self._passing = lru_cache(8)(self._pass)

    @cached_property
    def net(self) -> Network:
        """LeNet-5 with its eleventh class, which comes trained."""
        return load_model(SHIPPED)

    def line_ahead(self) -> list[Callable[[], object]]:
        """What the first look at a line takes, in short jobs that can be done before it."""

        def passing() -> Passing:
            return self.passing(DynamicView(data=first_data()))

        return [
            lambda: self.net,
            lambda: self.dataset(first_data()),
            passing,
            lambda: self._measured(passing().line.columns),
        ]

    def _pass(self, data: str, digits: str, line: int, apart: int, columns: int | None) -> Passing:
        written = write_line(self.dataset(data), digits, line, apart, columns)
        return Passing(self.net, written)

    def passing(self, view: DynamicView) -> Passing:
        """The line of a view, and what is read in it."""
        return self._passing(view.data, view.digits, view.line, view.apart, view.columns)

    def settled(self, view: DynamicView) -> DynamicView:
        check_words(view, show=get_args(Shown))
        return settled_units(view) if view.show == "units" else self.settled_line(view)

    def settled_line(self, view: DynamicView) -> DynamicView:
        """The view with the data filled in, and a place and a class that there are."""
        check_digits(view.digits)
        within("line", view.line, (0, LAST_LINE))
        within("apart", view.apart, APART)
        if view.columns is not None:
            within("columns", view.columns, COLUMNS)
        view = replace(view, data=view.data or first_data())
        labels, places = self.passing(view).p.shape
        place, label = view.place, view.label
        return replace(
            view,
            place=None if place is None else min(max(place, 0), places - 1),
            label=None if label is None else min(max(label, 0), labels - 1),
        )

    def counts(self, view: DynamicView) -> dict[str, tuple[int, ...]]:
        if view.show == "units":
            is_of_all = view.depth == "overview"
            return {} if is_of_all else {"unit": (Pyramid(view.length).count(view.layer),)}
        labels, places = self.passing(view).p.shape
        return {"place": (places,), "label": (labels,)}

    def scene(self, view: DynamicView) -> Scene:
        if view.show == "units":
            return pyramid_scene(view)
        passing = self.passing(view)
        match view.depth:
            case "map":
                return one_place(view, passing)
            case "number":
                return one_share(view, passing)
        columns = passing.line.columns
        return overview(view, passing, costs(self.net, columns), self._measured(columns))

    def deeper(self, view: DynamicView) -> DynamicView:
        return replace(view, depth=inward(view.depth))

    def outer(self, view: DynamicView) -> DynamicView:
        return replace(view, depth=outward(view.depth))

    def moved(self, view: DynamicView, rows: int, columns: int) -> DynamicView:
        if view.show == "units":
            return moved_units(view, rows, columns)
        label, place = self.passing(view).chosen(view)
        if rows:
            return replace(view, label=label + rows)
        return replace(view, place=place + columns)

    def pointed(self, view: DynamicView, key: str, index: tuple[int, ...]) -> DynamicView:
        if key == "units" and view.show == "units":
            layer, unit = network().spec.layers[index[0]].name, index[1]
            is_same = view.depth != "overview" and (layer, unit) == (view.layer, view.unit)
            view = replace(view, layer=layer, unit=unit)
            return self.deeper(view) if is_same or view.depth == "overview" else view
        if key == "places" and view.show == "line":
            return self.on_place(view, index)
        return view

    def on_place(self, view: DynamicView, index: tuple[int, ...]) -> DynamicView:
        """The view with a place of the line, and the class if a score was pointed at."""
        label = index[0] if len(index) > 1 else view.label
        now = self.settled(replace(view, place=index[-1], label=label))
        passing = self.passing(view)
        return self.deeper(view) if passing.chosen(now) == passing.chosen(view) else now

    def ranged(self, view: DynamicView) -> DynamicView:
        if view.show == "units":
            return view
        return replace(view, range=next_range(view.range, limits_of(view, self.passing(view))))


def settled_units(view: DynamicView) -> DynamicView:
    """The view with a layer and a unit that there are: the last layer, if its own has no units."""
    within("length", view.length, LENGTHS)
    spec = Pyramid(view.length).spec
    layer = network().spec.named(view.layer).name
    if view.depth != "overview" and layer not in spec.by_name:
        layer = spec.layers[-1].name
    last = Pyramid(view.length).count(layer) - 1
    return replace(view, layer=layer, unit=max(min(view.unit, last), 0))


def within(name: str, value: int, ends: tuple[int, int]) -> None:
    """Raise RequestError unless a setting is between two numbers."""
    if not ends[0] <= value <= ends[1]:
        raise RequestError(f"{name} {value}; expected {ends[0]} to {ends[1]}")


def longer(view: DynamicView, inputs: int) -> DynamicView:
    """So many inputs more, if there may be."""
    return replace(view, length=min(max(view.length + inputs, LENGTHS[0]), LENGTHS[1]))


def moved_units(view: DynamicView, rows: int, columns: int) -> DynamicView:
    """← and → change the inputs, further in the unit; ↑ and ↓ go up and down the layers."""
    names = [layer.name for layer in network().spec]
    if rows:
        last = len(Pyramid(view.length).spec if view.depth != "overview" else names) - 1
        place = min(max(names.index(view.layer) - rows, 0), last)
        return replace(view, layer=names[place])
    if view.depth == "overview":
        return longer(view, columns)
    return replace(view, unit=view.unit + columns)
