"""The overview: the canvas, what the network sees of it, the scores, and all layers."""

from dataclasses import dataclass, replace
from typing import Final

from tuiconv.lessons.draw.drawing import Strokes, pixels
from tuiconv.lessons.draw.inside import Inside
from tuiconv.lessons.draw.view import DrawView
from tuiconv.lessons.draw.words import EMPTY, OVERVIEW
from tuiconv.lessons.network.look import Look
from tuiconv.lessons.network.overview import about_model, bars, picture, read_as
from tuiconv.lessons.network.passing import Passing
from tuiconv.lessons.network.words import kernels_of
from tuiconv.lessons.scene import Canvas, Columns, Maps, Panel, Pixels, Scene, Text

STAGE: Final = 3
"""Layers below each other: a convolution, its nonlinearity, its pooling."""
MOST_CELLS: Final = 200_000
"""Of the maps of all layers that are shown: they are drawn anew as fast as one draws."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """What the overview is made of; the view is settled."""

    view: DrawView
    strokes: Strokes
    on: Inside
    look: Look
    """At the chosen layer."""
    before: Passing | None
    """The template that was changed."""


def overview(drawn: Drawn) -> Scene:
    """The drawing, and all that it sets off."""
    look = drawn.look
    return Scene(
        title=title(drawn),
        panels=(
            Columns(((canvas(drawn),), (seen(drawn),), (bars(look),))),
            layers(drawn),
        ),
        help=(*OVERVIEW, about_model(look)),
        code=kernels_of(look),
    )


def title(drawn: Drawn) -> str:
    """How the drawing is read."""
    view = drawn.view
    if not drawn.strokes:
        return EMPTY
    found = f"{view.model} reads {read_as(drawn.look.passing)}"
    if drawn.before is not None:
        found += f"; before as {read_as(drawn.before)}"
    return found


def canvas(drawn: Drawn) -> Canvas:
    """The drawing with the pen, or with the chosen stroke."""
    view, ink = drawn.view, drawn.on.ink
    if view.stroke is not None:
        title = f"canvas · stroke {view.stroke} of {len(drawn.strokes)}"
        chosen = pixels(drawn.strokes[view.stroke : view.stroke + 1], view.thickness)
        return Canvas(title, ink, chosen, key="canvas")
    row, column = view.pen
    title = f"canvas · pen {'DOWN' if view.down else 'up'} at {row},{column}"
    return Canvas(title, ink, None, view.pen, view.down, key="canvas")


def seen(drawn: Drawn) -> Pixels:
    """The drawing as the network sees it."""
    return replace(picture(drawn.look), zoomed=True)


def layers(drawn: Drawn) -> Columns:
    """All layers between the image and the probabilities, and how the ink got to the first."""
    look = drawn.look
    net = look.passing.net
    places = range(1, len(net.spec) - net.ends_in_softmax)
    walls = [wall(drawn, place, MOST_CELLS // len(places)) for place in places]
    panels: list[Panel] = [*walls, centred(drawn)]
    return Columns(tuple(tuple(panels[k : k + STAGE]) for k in range(0, len(panels), STAGE)))


def wall(drawn: Drawn, place: int, most: int) -> Maps:
    """The maps of a layer; of more cells than `most`, some with the chosen one."""
    view, look = drawn.view, drawn.look
    name, maps = look.passing.net.spec.layers[place].name, look.maps(place)
    chosen = view.map if name == view.layer else None
    page = max(1, min(len(maps), most // maps[0].size))
    begin = (chosen or 0) // page * page
    shown = maps[begin : begin + page]
    return Maps(
        name if page == len(maps) else f"{name}, {len(shown)} of {len(maps)} maps",
        shown,
        limits=look.limits(place, maps[0]),
        apart=view.range == "unit",
        origin=begin,
        chosen=None if chosen is None else chosen - begin,
        key=f"wall:{name}:{begin}",
    )


def centred(drawn: Drawn) -> Text:
    """What became of the ink."""
    found = drawn.on.centring
    return Text("centred as MNIST was", found.lines if found else ("There is no ink.",))
