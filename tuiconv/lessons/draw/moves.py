"""What keys and mouse do on the Draw screen: each takes the lesson and a view to the next view."""

from dataclasses import replace
from typing import Final

from tuiconv.lessons.draw.drawing import Point, touched, written
from tuiconv.lessons.draw.lesson import DrawLesson, outside, within
from tuiconv.lessons.draw.view import BROADEST, SIDE, THINNEST, DrawView
from tuiconv.lessons.network.models import MODELS
from tuiconv.lessons.network.moves import turned as field_turned
from tuiconv.lessons.network.view import Field
from tuiconv.lessons.ways import after, inside

FAR: Final = 4
"""Pixels of the larger movement."""
THICKER: Final = 0.4
"""Pixels by which a key changes the pen."""
DIGITS: Final = range(10)


def far(lesson: DrawLesson, view: DrawView, rows: int, columns: int) -> DrawView:
    """The larger movement of whatever the arrow keys move."""
    return lesson.moved(view, FAR * rows, FAR * columns)


def pen_turned(lesson: DrawLesson, view: DrawView) -> DrawView:
    """The pen put down, which begins a stroke, or lifted."""
    if view.down:
        return replace(view, down=False)
    row, column = view.pen
    strokes = (*lesson.strokes(view), ((column, row),))
    return replace(view, ink=written(strokes), down=True, stroke=None)


def next_template(lesson: DrawLesson, view: DrawView, step: int) -> DrawView:
    """The next digit to begin with, or (step −1) the one before; its first stroke can be moved."""
    first = DIGITS[0 if step > 0 else -1]
    digit = first if view.template is None else after(DIGITS, view.template, step)
    return replace(view, template=digit, ink="", stroke=0, down=False)


def next_stroke(lesson: DrawLesson, view: DrawView) -> DrawView:
    """The next stroke to be moved; behind the last one it is the pen again."""
    count = len(lesson.strokes(view))
    number = 0 if view.stroke is None else view.stroke + 1
    return replace(view, stroke=number if number < count else None, down=False)


def taken_back(lesson: DrawLesson, view: DrawView) -> DrawView:
    """The drawing without the chosen stroke or, if none is, without the last."""
    strokes = [*lesson.strokes(view)]
    if not strokes:
        return view
    del strokes[-1 if view.stroke is None else view.stroke]
    if not strokes:
        return cleared(lesson, view)
    return replace(view, ink=written(strokes), down=False)


def cleared(lesson: DrawLesson, view: DrawView) -> DrawView:
    """An empty canvas."""
    return replace(view, template=None, ink="", stroke=None, down=False)


def thicker(lesson: DrawLesson, view: DrawView, step: int) -> DrawView:
    """A broader pen, or (step −1) a thinner one, for all strokes."""
    wanted = round(view.thickness + step * THICKER, 1)
    return replace(view, thickness=min(max(wanted, THINNEST), BROADEST))


def next_layer(lesson: DrawLesson, view: DrawView, step: int) -> DrawView:
    """The layer behind, or (step −1) the one before."""
    return outside(view, lesson.inside(view).layer_moved(within(view), step))


def next_map(lesson: DrawLesson, view: DrawView, step: int) -> DrawView:
    """The next map of the layer, or (step −1) the one before."""
    return replace(view, map=(view.map or 0) + step, unit=None, part=0)


def turned(lesson: DrawLesson, view: DrawView, field: Field) -> DrawView:
    """What a unit reaches, or how strongly it sees, instead of what it sees; or back to that."""
    return outside(view, field_turned(lesson.inside(view), within(view), field))


def next_model(lesson: DrawLesson, view: DrawView) -> DrawView:
    """The next network."""
    return replace(
        view, model=after(MODELS, view.model), layer="", map=None, unit=None, part=0,
        depth="overview",
    )  # fmt: skip


def pressed(lesson: DrawLesson, view: DrawView, at: Point) -> DrawView:
    """The mouse pressed at (row, column): a stroke begins there, or is taken hold of."""
    row, column = at
    strokes = lesson.strokes(view)
    if view.stroke is not None:
        found = touched(strokes, (column, row))
        return view if found is None else replace(view, stroke=found)
    pen = inside((round(row), round(column)), (SIDE, SIDE))
    return replace(view, ink=written((*strokes, ((column, row),))), pen=pen, down=False)


def drawn_to(lesson: DrawLesson, view: DrawView, at: Point) -> DrawView:
    """The mouse moved on to (row, column) with its button down: the stroke goes there."""
    pen = inside((round(at[0]), round(at[1])), (SIDE, SIDE))
    return lesson.led_to(replace(view, pen=pen), *at)


def stroke_moved(lesson: DrawLesson, view: DrawView, rows: float, columns: float) -> DrawView:
    """The chosen stroke moved."""
    return lesson.stroke_moved(view, rows, columns)
