"""What the keys of the screen do: each takes the lesson and a settled view to the next."""

from dataclasses import replace

from tuiconv.data.load import NAMES, where
from tuiconv.errors import RequestError
from tuiconv.lessons.dynamic.lesson import LAST_LINE, DynamicLesson, longer
from tuiconv.lessons.dynamic.line import APART, COLUMNS, STEP, first_data
from tuiconv.lessons.dynamic.view import DynamicView


def other(lesson: DynamicLesson, view: DynamicView) -> DynamicView:
    """The line of digits instead of the units, or the other way round."""
    return replace(view, show="line" if view.show == "units" else "units", depth="overview")


def widened(lesson: DynamicLesson, view: DynamicView, answers: int) -> DynamicView:
    """So many answers more: four inputs, or four columns of the picture, for each."""
    if view.show == "units":
        return longer(view, STEP * answers)
    columns = lesson.passing(view).line.columns + STEP * answers
    return replace(view, columns=min(max(columns, COLUMNS[0]), COLUMNS[1]))


def spread(lesson: DynamicLesson, view: DynamicView, columns: int) -> DynamicView:
    """The digits farther apart, or closer together."""
    apart = min(max(view.apart + columns, APART[0]), APART[1])
    return replace(view, apart=apart, columns=None, place=None, label=None)


def next_line(lesson: DynamicLesson, view: DynamicView, step: int) -> DynamicView:
    """Other digits, or the same by another hand."""
    return replace(view, line=min(max(view.line + step, 0), LAST_LINE), place=None, label=None)


def next_data(lesson: DynamicLesson, view: DynamicView) -> DynamicView:
    """Digits from the other data set, if it is here."""
    if where("mnist") is None:
        raise RequestError("MNIST is not here; `tuiconv data get mnist` brings it")
    name = NAMES[1 - NAMES.index(view.data or first_data())]
    return replace(view, data=name, place=None, label=None)


def reset(lesson: DynamicLesson, view: DynamicView) -> DynamicView:
    """As at first: ten inputs, or the line as wide as its digits need."""
    first = DynamicView()
    if view.show == "units":
        return replace(view, length=first.length, layer=first.layer, unit=first.unit)
    return replace(view, digits="", line=0, apart=first.apart, columns=None, place=None, label=None)
