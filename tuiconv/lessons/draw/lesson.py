"""The Draw lesson: ways from view to view, and the scene of each."""

from dataclasses import replace
from typing import get_args

from tuiconv.errors import RequestError
from tuiconv.lessons.checks import check_words
from tuiconv.lessons.draw.drawing import Strokes, grown, pixels, read, shifted, written
from tuiconv.lessons.draw.inside import Inside
from tuiconv.lessons.draw.overview import Drawn, overview
from tuiconv.lessons.draw.templates import template
from tuiconv.lessons.draw.view import BROADEST, SIDE, THINNEST, DrawView
from tuiconv.lessons.network.lesson import kept
from tuiconv.lessons.network.map_scene import map_scene
from tuiconv.lessons.network.models import Model, read_model
from tuiconv.lessons.network.number import number_scene
from tuiconv.lessons.network.view import Field, NetworkView
from tuiconv.lessons.scene import Scene
from tuiconv.lessons.ways import inside


class DrawLesson:
    """Drawings and networks at hand, as they are asked for."""

    def __init__(self) -> None:
        self._models: dict[str, Model] = {}
        self._insides: dict[tuple[str, Strokes, float], Inside] = {}

    def strokes(self, view: DrawView) -> Strokes:
        """The drawing: what was drawn, or the template as it is."""
        if view.ink or view.template is None:
            return read(view.ink)
        return template(view.template)

    def model(self, view: DrawView) -> Model:
        """The network of a view."""
        return kept(self._models, view.model, lambda: read_model(view.model))

    def inside(self, view: DrawView, strokes: Strokes | None = None) -> Inside:
        """The network on the drawing, or on other strokes."""
        strokes = self.strokes(view) if strokes is None else strokes
        return kept(
            self._insides,
            (view.model, strokes, view.thickness),
            lambda: Inside(self.model(view), pixels(strokes, view.thickness)),
        )

    def settled(self, view: DrawView) -> DrawView:
        check_words(view, field=get_args(Field))
        if not THINNEST <= view.thickness <= BROADEST:
            raise RequestError(
                f"thickness {view.thickness:g}; expected {THINNEST:g} to {BROADEST:g} pixels"
            )
        if view.template is not None:
            view = replace(view, template=min(max(view.template, 0), 9))
        strokes = self.strokes(view)
        stroke = view.stroke
        if stroke is not None:
            stroke = min(max(stroke, 0), len(strokes) - 1) if strokes else None
        view = replace(
            view,
            ink=written(strokes) if view.ink else "",
            pen=inside(view.pen, (SIDE, SIDE)),
            down=view.down and stroke is None,
            stroke=stroke,
        )
        return outside(view, self.inside(view).settled(within(view)))

    def counts(self, view: DrawView) -> dict[str, tuple[int, ...]]:
        found = self.inside(view).counts(within(view))
        return {
            "template": (10,),
            "pen": (SIDE, SIDE),
            "stroke": (len(self.strokes(view)),),
        } | {name: found[name] for name in ("map", "unit", "part") if name in found}

    def scene(self, view: DrawView) -> Scene:
        strokes, on = self.strokes(view), self.inside(view)
        look = on.look(within(view))
        match view.depth:
            case "map":
                return map_scene(look)
            case "number":
                return number_scene(look)
        before = None
        if view.template is not None and view.ink:
            before = self.inside(view, template(view.template)).passing
        return overview(Drawn(view, strokes, on, look, before))

    def deeper(self, view: DrawView) -> DrawView:
        return outside(view, self.inside(view).deeper(within(view)))

    def outer(self, view: DrawView) -> DrawView:
        return outside(view, self.inside(view).outer(within(view)))

    def moved(self, view: DrawView, rows: int, columns: int) -> DrawView:
        if view.depth != "overview":
            return outside(view, self.inside(view).moved(within(view), rows, columns))
        if view.stroke is not None:
            return self.stroke_moved(view, rows, columns)
        pen = inside((view.pen[0] + rows, view.pen[1] + columns), (SIDE, SIDE))
        view = replace(view, pen=pen)
        return self.led_to(view, *pen) if view.down else view

    def stroke_moved(self, view: DrawView, rows: float, columns: float) -> DrawView:
        """The chosen stroke at another place."""
        strokes = [*self.strokes(view)]
        if view.stroke is None or not strokes:
            return view
        strokes[view.stroke] = shifted(strokes[view.stroke], rows, columns)
        return replace(view, ink=written(strokes))

    def led_to(self, view: DrawView, row: float, column: float) -> DrawView:
        """The last stroke led on to a point."""
        *before, last = self.strokes(view) or (((column, row),),)
        return replace(view, ink=written([*before, grown(last, (column, row))]))

    def pointed(self, view: DrawView, key: str, index: tuple[int, ...]) -> DrawView:
        what, _, rest = key.partition(":")
        if what != "wall":
            return outside(view, self.inside(view).pointed(within(view), key, index))
        layer, _, begin = rest.partition(":")
        number = int(begin) + index[0]
        if (layer, number) == (view.layer, view.map):
            return self.deeper(view)
        return replace(view, layer=layer, map=number, unit=None, part=0)

    def ranged(self, view: DrawView) -> DrawView:
        return outside(view, self.inside(view).ranged(within(view)))


def within(view: DrawView) -> NetworkView:
    """What is looked at in the network."""
    return NetworkView(
        model=view.model,
        layer=view.layer,
        map=view.map,
        unit=view.unit,
        part=view.part,
        field=view.field,
        depth=view.depth,
        range=view.range,
    )


def outside(view: DrawView, at: NetworkView) -> DrawView:
    """The view with what is looked at in the network."""
    return replace(
        view,
        layer=at.layer,
        map=at.map,
        unit=at.unit,
        part=at.part,
        field=at.field,
        depth=at.depth,
        range=at.range,
    )
