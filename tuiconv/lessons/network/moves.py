"""What the keys of the Network screen do: each takes the lesson and a settled view to the next."""

from dataclasses import replace
from typing import Final, TypeVar, get_args

from tuiconv.arithmetic.units import Unit, seen_by
from tuiconv.data.catalog import CATALOG
from tuiconv.data.load import where
from tuiconv.errors import RequestError
from tuiconv.lessons.network.lesson import NetworkLesson
from tuiconv.lessons.network.models import MODELS
from tuiconv.lessons.network.view import Cell, Field, NetworkView, Shown
from tuiconv.lessons.ways import after

NOISE: Final = 0.1
"""How much more or less noise a key makes."""

T = TypeVar("T")


def next_image(lesson: NetworkLesson, view: NetworkView, step: int) -> NetworkView:
    """The next image, or (step −1) the one before; of those read wrong, if only they are shown."""
    if not view.wrong:
        return replace(view, digit=view.digit + step)
    found = lesson.wrong(view).next(view.digit, step)
    if found is None:
        raise RequestError("none was found that is read wrong; ask again to look further")
    return replace(view, digit=found)


def only_wrong(lesson: NetworkLesson, view: NetworkView) -> NetworkView:
    """Only images that are read wrong; or, again, all."""
    return replace(view, wrong=not view.wrong)


def next_shown(lesson: NetworkLesson, view: NetworkView) -> NetworkView:
    """Activations, weights where there are any, gradients, and again."""
    look = lesson.look(view)
    shown: Shown = after(get_args(Shown), view.show)
    if shown == "weights" and not (look.layer is not None and look.layer.parameters):
        shown = after(get_args(Shown), shown)
    if "weights" not in (view.show, shown):
        return replace(view, show=shown)
    other = lesson.look(replace(view, show=shown))
    # a map has a kernel for every channel that it sees
    number = (view.map or 0) * len(other.maps(look.place)) // max(len(look.maps(look.place)), 1)
    return replace(view, show=shown, map=number, unit=None, part=0)


def turned(lesson: NetworkLesson, view: NetworkView, field: Field) -> NetworkView:
    """What a unit reaches, or how strongly it sees, instead of what it sees; or back to that."""
    return replace(view, field="seen" if view.field == field else field)


def noisier(lesson: NetworkLesson, view: NetworkView, step: int) -> NetworkView:
    """More noise, or (step −1) less."""
    return replace(view, noise=view.noise + step * NOISE)


def shifted(lesson: NetworkLesson, view: NetworkView, rows: int, columns: int) -> NetworkView:
    """The image moved on."""
    return replace(view, shift=(view.shift[0] + rows, view.shift[1] + columns))


def occluded(lesson: NetworkLesson, view: NetworkView) -> NetworkView:
    """A black square in the middle of what the unit under the cursor sees; or, again, none."""
    middle = seen_middle(lesson, view)
    return replace(view, occlude=None if view.occlude == middle else middle)


def seen_middle(lesson: NetworkLesson, view: NetworkView) -> Cell:
    """The pixel in the middle of what the unit sees; without a unit that of the image."""
    spec = lesson.model(view).net.spec
    _, height, width = spec.input
    row, column = height // 2, width // 2
    if view.unit is not None and view.show != "weights":
        seen = seen_by(spec, Unit(view.layer, *view.unit))
        box = next(iter(seen.values())).inside
        if box is not None:
            row, column = (
                (one + other) // 2 for one, other in zip(box.first, box.last, strict=True)
            )
    return row, column


def next_data(lesson: NetworkLesson, view: NetworkView) -> NetworkView:
    """The next data set whose files are there."""
    there = [name for name in CATALOG if name == "strokes" or where(name) is not None]
    if there == [view.data]:
        raise RequestError(
            "no other data set is here; `tuiconv data get mnist` brings one, and `tuiconv data"
            " list` names all"
        )
    return replace(view, data=after(there, view.data), digit=0, wrong=False)


def next_model(lesson: NetworkLesson, view: NetworkView) -> NetworkView:
    """The next network."""
    return replace(
        view, model=after(MODELS, view.model), layer="", map=None, unit=None, part=0,
        depth="overview", wrong=False,
    )  # fmt: skip
