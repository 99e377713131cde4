"""The Network lesson: ways from view to view, and the scene of each."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeVar, get_args

import numpy as np

from tuiconv.data.dataset import Dataset, Images
from tuiconv.data.load import load_dataset
from tuiconv.data.none import NONE
from tuiconv.errors import RequestError
from tuiconv.lessons.checks import check_words
from tuiconv.lessons.network.facts import is_last
from tuiconv.lessons.network.look import Look
from tuiconv.lessons.network.map_scene import map_scene
from tuiconv.lessons.network.models import Model, fitted, read_model
from tuiconv.lessons.network.number import count_parts, number_scene
from tuiconv.lessons.network.overview import overview
from tuiconv.lessons.network.passing import Passing
from tuiconv.lessons.network.shown import CHUNK, Wrong, disturbed
from tuiconv.lessons.network.softmax import classes_shown
from tuiconv.lessons.network.view import MOST_NOISE, Field, NetworkView, Shown
from tuiconv.lessons.ranges import next_range
from tuiconv.lessons.scene import Scene
from tuiconv.lessons.ways import inside, inward, outward

KEPT: Final = 4
"""Networks, data sets and images in a network that are kept to come back to."""

NO_DIGIT: Final = "The class none is for images that show no digit."

T = TypeVar("T")
K = TypeVar("K")


class NetworkLesson:
    """Networks and images at hand, as they are asked for."""

    def __init__(self) -> None:
        self._models: dict[str, Model] = {}
        self._data: dict[str, Dataset] = {}
        self._passings: dict[tuple[object, ...], Passing] = {}
        self._wrong: dict[tuple[str, str], Wrong] = {}

    def model(self, view: NetworkView) -> Model:
        """The network of a view."""
        return kept(self._models, view.model, lambda: read_model(view.model))

    def dataset(self, view: NetworkView) -> Dataset:
        """The test images of a view."""
        return kept(self._data, view.data, lambda: load_dataset(view.data).test)

    def wrong(self, view: NetworkView) -> Wrong:
        """Which of the images the network reads wrong."""
        net, dataset = self.model(view).net, self.dataset(view)

        def make() -> Wrong:
            places = np.array([label_in(net.class_names, each) for each in dataset.class_names])
            return Wrong(net, dataset, places[dataset.labels])

        return kept(self._wrong, (view.model, view.data), make)

    def look(self, view: NetworkView) -> Look:
        """What a settled view is of."""
        model, dataset = self.model(view), self.dataset(view)
        spec = model.net.spec
        clean, how = fitted(dataset.images[view.digit], spec)
        pixels, told = disturbed(clean, view.noise, view.shift, view.occlude)
        name = dataset.class_names[dataset.labels[view.digit]]
        label = label_in(model.net.class_names, name)

        def passing(shown: Images, at: NetworkView) -> Passing:
            key = (at.model, at.data, at.digit, at.noise, at.shift, at.occlude)
            return kept(
                self._passings,
                key,
                lambda: Passing(model.net, shown, None if label < 0 else label),
            )

        seen = model.net.preprocessing
        about = (
            f"Image {view.digit:,} of {len(dataset):,} {dataset.name} is of class {name}.",
            f"{how} Each becomes (pixel / 255 − {seen.mean:g}) / {seen.std:g}.",
            *((NO_DIGIT,) if NONE in model.net.class_names else ()),
            *told,
        )
        before = passing(clean, undisturbed(view)) if told else None
        return Look(view, model, passing(pixels, view), before, about)

    def settled(self, view: NetworkView) -> NetworkView:
        check_words(view, show=get_args(Shown), field=get_args(Field))
        if np.isnan(view.noise):
            raise RequestError(f"noise {view.noise}; expected 0 to {MOST_NOISE:g}")
        net, dataset = self.model(view).net, self.dataset(view)
        if not len(dataset):
            raise RequestError(f"{dataset.name}: there are no images")
        view = replace(
            view,
            digit=view.digit % len(dataset),
            layer=net.spec.named(view.layer or net.spec.layers[min(1, len(net.layers))].name).name,
        )
        if view.wrong:
            view = self.on_wrong(view)
        view = within_image(view, net.spec.input[1:])
        return self.on_map(view)

    def on_wrong(self, view: NetworkView) -> NetworkView:
        """The view with this image if it is read wrong, else with the next that is."""
        wrong = self.wrong(view)
        if view.digit in wrong.of_chunk(view.digit // CHUNK):
            return view
        found = wrong.next(view.digit, 1)
        if found is None:
            raise RequestError(
                f"behind image {view.digit:,} none was found that is read wrong; ask again to look"
                " further, or begin at a later image"
            )
        return replace(view, digit=found)

    def on_map(self, view: NetworkView) -> NetworkView:
        """The view with map, unit and part filled in and inside of what there is."""
        look = self.look(view)
        maps = look.maps(look.place)
        if not len(maps):
            return replace(view, depth="overview", map=0, unit=None, part=0)
        number = view.map
        if number is None:  # of the last layers, what the image is read as
            number = look.passing.guess if is_last(look.spec, look) else 0
        number = min(max(number, 0), len(maps) - 1)
        one = maps[number]
        unit = view.unit
        if unit is None and view.depth != "overview":
            strength = np.nan_to_num(np.abs(one), nan=-1.0)
            row, column = np.unravel_index(int(strength.argmax()), one.shape)
            unit = int(row), int(column)
        if unit is not None:
            unit = inside(unit, one.shape)
        view = replace(view, map=number, unit=unit)
        parts = count_parts(self.look(view)) if view.depth == "number" else 0
        return replace(view, part=min(max(view.part, 0), max(parts - 1, 0)))

    def counts(self, view: NetworkView) -> dict[str, tuple[int, ...]]:
        look = self.look(view)
        maps = look.maps(look.place)
        found: dict[str, tuple[int, ...]] = {
            "digit": (len(self.dataset(view)),),
            "map": maps.shape[:1],
            "unit": maps.shape[1:],
            "occlude": look.passing.pixels.shape[1:],
        }
        parts = count_parts(look) if view.depth == "number" else 0
        return found | ({"part": (parts,)} if parts else {})

    def scene(self, view: NetworkView) -> Scene:
        makers = {"overview": overview, "map": map_scene, "number": number_scene}
        return makers[view.depth](self.look(view))

    def deeper(self, view: NetworkView) -> NetworkView:
        return replace(view, depth=inward(view.depth), part=0)

    def outer(self, view: NetworkView) -> NetworkView:
        return replace(view, depth=outward(view.depth), part=0)

    def moved(self, view: NetworkView, rows: int, columns: int) -> NetworkView:
        if view.depth == "number" and count_parts(self.look(view)):
            return replace(view, part=view.part + rows + columns)
        if view.depth == "overview" and rows:
            layers = self.model(view).net.spec.layers
            place = [layer.name for layer in layers].index(view.layer) + rows
            return self.at_layer(view, layers[min(max(place, 0), len(layers) - 1)].name)
        look = self.look(view)
        if view.depth == "overview" or look.map.size == 1:
            return replace(view, map=(view.map or 0) + rows + columns, unit=None)
        row, column = view.unit or (0, 0)
        return replace(view, unit=(row + rows, column + columns))

    def at_layer(self, view: NetworkView, layer: str) -> NetworkView:
        """Another layer; the map with the same number where there are as many."""
        before, after = (self.look(replace(view, layer=each)) for each in (view.layer, layer))
        as_many = len(before.maps(before.place)) == len(after.maps(after.place))
        return replace(view, layer=layer, map=view.map if as_many else None, unit=None)

    def pointed(self, view: NetworkView, key: str, index: tuple[int, ...]) -> NetworkView:
        what, _, rest = key.partition(":")
        match what:
            case "layers":
                layers = self.model(view).net.spec.layers
                if index[0] < len(layers):  # else it is a row of the network before this one
                    return self.at_layer(view, layers[index[0]].name)
            case "maps":
                number = int(rest) + index[0]
                if number == view.map and view.depth == "overview":
                    return self.deeper(view)
                return replace(view, map=number, unit=None)
            case "map":
                cell = index[0], index[1]
                return self.deeper(view) if cell == view.unit else replace(view, unit=cell)
            case "at":
                layer, _, number_text = rest.partition(":")
                if not number_text:
                    return replace(view, layer=layer, map=index[0], unit=None)
                return replace(view, layer=layer, map=int(number_text), unit=(index[0], index[1]))
            case "classes":
                shown = classes_shown(self.look(view).passing, view.map or 0)
                if index[0] < len(shown):  # else it is the row of the others, or the sum
                    return replace(view, map=shown[index[0]], unit=None)
            case "parts":
                return replace(view, part=index[0] - int(rest))
        return view

    def ranged(self, view: NetworkView) -> NetworkView:
        look = self.look(view)
        maps = look.maps(look.place)
        if not len(maps):
            return view
        return replace(view, range=next_range(view.range, look.limits(look.place, look.map)))


def kept(store: dict[K, T], key: K, make: Callable[[], T]) -> T:
    """What is kept under a key, made if it is not; of many the oldest is forgotten."""
    if key not in store:
        store[key] = make()
        if len(store) > KEPT:
            del store[next(iter(store))]
    return store[key]


def label_in(names: tuple[str, ...], name: str) -> int:
    """The number of a class in a network; −1 if it does not have it."""
    return names.index(name) if name in names else -1


def undisturbed(view: NetworkView) -> NetworkView:
    """The view without noise, shift and occlusion."""
    return replace(view, noise=0.0, shift=(0, 0), occlude=None)


def within_image(view: NetworkView, size: tuple[int, ...]) -> NetworkView:
    """The view with noise, shift and occlusion brought within bounds."""
    down, right = (min(max(by, -most), most) for by, most in zip(view.shift, size, strict=True))
    return replace(
        view,
        noise=round(min(max(view.noise, 0.0), MOST_NOISE), 3),
        shift=(down, right),
        occlude=None if view.occlude is None else inside(view.occlude, size),
    )
