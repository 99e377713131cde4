"""The Arithmetic lesson: ways from view to view, and the scene of each."""

from dataclasses import replace
from typing import Final

from tuiconv.arithmetic import NetworkSpec
from tuiconv.arithmetic.comparing import paired
from tuiconv.arithmetic.memory import BYTES, REMEMBERED, memory
from tuiconv.arithmetic.units import sides
from tuiconv.lessons.arithmetic.compare_scene import comparison
from tuiconv.lessons.arithmetic.costs import FORWARD
from tuiconv.lessons.arithmetic.layer_scene import layer_scene
from tuiconv.lessons.arithmetic.number_scene import number_scene
from tuiconv.lessons.arithmetic.overview import overview
from tuiconv.lessons.arithmetic.reading import LISTING, TEXTS, Reading, read
from tuiconv.lessons.arithmetic.view import NUMBERS, SETTINGS, ArithmeticView
from tuiconv.lessons.checks import check_words
from tuiconv.lessons.scene import Scene
from tuiconv.lessons.ways import after, inward, outward, rung

KEPT: Final = 8
"""Texts whose meaning is kept to come back to."""
NETS: Final = tuple(TEXTS)[:-1]
"""The presets, which have no faults."""
BATCHES: Final = tuple(2**power for power in range(13))
OPTIMIZERS: Final = (FORWARD, *REMEMBERED)


class ArithmeticLesson:
    """Networks as texts, and what they mean."""

    def __init__(self) -> None:
        self._readings: dict[str, Reading] = {}

    def reading(self, text: str) -> Reading:
        """What a name or a text means."""
        if text not in self._readings:
            self._readings[text] = read(text)
            if len(self._readings) > KEPT:
                del self._readings[next(iter(self._readings))]
        return self._readings[text]

    def spec(self, view: ArithmeticView) -> NetworkSpec | None:
        """The network of a view, as far as its text can be read."""
        return self.reading(view.net).spec

    def settled(self, view: ArithmeticView) -> ArithmeticView:
        check_words(view, number=NUMBERS, setting=SETTINGS, training=OPTIMIZERS)
        if view.net.strip() == LISTING:
            view = replace(view, exercise=True)
        spec = self.spec(view)
        if spec is None:
            return replace(view, depth="overview", layer="", unit=None)
        memory(spec, view.batch, view.bytes)  # refuses what cannot be
        layer = spec.by_name.get(view.layer, spec.layers[min(1, len(spec) - 1)])
        height, width = sides(layer)
        row, column = view.unit or (height // 2, width // 2)
        unit = min(max(row, 0), height - 1), min(max(column, 0), width - 1)
        return replace(view, layer=layer.name, unit=unit)

    def counts(self, view: ArithmeticView) -> dict[str, tuple[int, ...]]:
        spec = self.spec(view)
        return {} if spec is None else {"unit": sides(spec.named(view.layer))}

    def scene(self, view: ArithmeticView) -> Scene:
        reading = self.reading(view.net)
        if view.depth == "overview" or reading.spec is None:
            if view.other.strip():
                return comparison(view, reading, self.reading(view.other))
            return overview(view, reading)
        return (layer_scene if view.depth == "map" else number_scene)(view, reading.spec)

    def deeper(self, view: ArithmeticView) -> ArithmeticView:
        return replace(view, depth=inward(view.depth))

    def outer(self, view: ArithmeticView) -> ArithmeticView:
        return replace(view, depth=outward(view.depth))

    def moved(self, view: ArithmeticView, rows: int, columns: int) -> ArithmeticView:
        match view.depth:
            case "map":
                row, column = view.unit or (0, 0)
                return replace(view, unit=(row + rows, column + columns))
            case "number" if columns:
                return self.next_number(view, columns)
        return self.at(view, rows + columns)

    def at(self, view: ArithmeticView, step: int) -> ArithmeticView:
        """Another layer, so many further on."""
        spec = self.spec(view)
        if spec is None:
            return view
        place = spec.layers.index(spec.named(view.layer)) + step
        layer = spec.layers[min(max(place, 0), len(spec) - 1)]
        return replace(view, layer=layer.name, unit=None)

    def pointed(self, view: ArithmeticView, key: str, index: tuple[int, ...]) -> ArithmeticView:
        spec = self.spec(view)
        if spec is None:
            return view
        match key:  # while a text is written, the layer of a row that was clicked may be gone
            case "layers" if index[0] < len(spec):
                return self.to_layer(view, spec.layers[index[0]].name)
            case "pairs":
                pairs = paired(spec, self.reading(view.other).spec or spec)
                place = pairs[index[0]][0] if index[0] < len(pairs) else None
                return view if place is None else self.to_layer(view, spec.layers[place].name)
            case "input":
                row, column = index
                return replace(view, unit=unit_over(spec, view.layer, (row, column)))
        return view

    def to_layer(self, view: ArithmeticView, layer: str) -> ArithmeticView:
        """Another layer; into it, if it is the one that is looked at."""
        if layer == view.layer:
            return self.deeper(view)
        return replace(view, layer=layer, unit=None)

    def ranged(self, view: ArithmeticView) -> ArithmeticView:
        return view

    def next_number(self, view: ArithmeticView, step: int) -> ArithmeticView:
        """The next of a layer's numbers."""
        return replace(view, number=after(NUMBERS, view.number, step))

    def next_net(self, view: ArithmeticView, step: int) -> ArithmeticView:
        """The next preset, or (step −1) the one before."""
        name = after(NETS, view.net.strip(), step)
        return replace(view, net=name, exercise=False, layer="", unit=None, depth="overview")

    def spelled(self, view: ArithmeticView) -> ArithmeticView:
        """The network as its text, to be written in; all of it is looked at."""
        reading = self.reading(view.net)
        self._readings.setdefault(reading.text, replace(reading, name=""))
        return replace(view, net=reading.text, depth="overview")

    def set_exercise(self, view: ArithmeticView) -> ArithmeticView:
        """The lecture's listing with its faults."""
        return replace(
            view, net=LISTING, exercise=True, layer="", unit=None, depth="overview", other=""
        )

    def chosen(self, view: ArithmeticView, step: int) -> ArithmeticView:
        """The setting beside the one that was chosen."""
        return replace(view, setting=after(SETTINGS, view.setting, step))

    def changed(self, view: ArithmeticView, step: int) -> ArithmeticView:
        """Another value of the chosen setting."""
        match view.setting:
            case "batch":
                return replace(view, batch=rung(BATCHES, view.batch, step))
            case "bytes":
                return replace(view, bytes=BYTES[0] if step < 0 else BYTES[1])
            case "training":
                return replace(view, training=after(OPTIMIZERS, view.training, step))


def unit_over(spec: NetworkSpec, name: str, pixel: tuple[int, int]) -> tuple[int, int]:
    """The unit of a layer the middle of whose receptive field is nearest to a pixel."""
    field = spec.named(name).receptive_field
    row, column = (
        round((at - start - (size - 1) / 2) / jump)
        for at, start, size, jump in zip(pixel, field.start, field.size, field.jump, strict=True)
    )
    return row, column
