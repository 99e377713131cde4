"""What the keys of the Convolution screen do: from a lesson and a settled view to the next."""

from dataclasses import replace

from tuiconv.lessons.convolution.choices import beside, neighbour
from tuiconv.lessons.convolution.lesson import ConvolutionLesson
from tuiconv.lessons.convolution.view import AXES, EXAMPLES, PLACES, ConvolutionView
from tuiconv.lessons.ways import after


def next_place(lesson: ConvolutionLesson, view: ConvolutionView) -> ConvolutionView:
    """The cursor in the next grid: outputs, weights unless it is a pool, inputs.

    It goes to the first place there that the place here meets.
    """
    look = lesson.look(view)
    at = after(PLACES, view.at)
    if at == "weight" and look.is_pool:
        at = after(PLACES, at)
    met = [getattr(each, at) for each in look.chosen]
    cell = next((each for each in met if look.is_inside(at, each)), (0, 0))
    return replace(view, at=at, cell=cell, term=0, so_far=False)


def turned(lesson: ConvolutionLesson, view: ConvolutionView) -> ConvolutionView:
    """The gradients; or the numbers again."""
    return replace(view, backward=not view.backward, term=0)


def next_example(lesson: ConvolutionLesson, view: ConvolutionView, step: int) -> ConvolutionView:
    """The next example, or (step −1) the one before, with its own settings."""
    return ConvolutionView(
        example=after(EXAMPLES, view.example, step), setting=view.setting, depth=view.depth
    )


def as_first(lesson: ConvolutionLesson, view: ConvolutionView) -> ConvolutionView:
    """The example as it was first."""
    return ConvolutionView(example=view.example, depth=view.depth)


def chosen(lesson: ConvolutionLesson, view: ConvolutionView, step: int) -> ConvolutionView:
    """The next setting chosen, or (step −1) the one before."""
    return beside(view, step)


def changed(lesson: ConvolutionLesson, view: ConvolutionView, step: int) -> ConvolutionView:
    """The chosen setting with its next value, or (step −1) the one before."""
    return replace(neighbour(view, step), term=0)


def next_axis(lesson: ConvolutionLesson, view: ConvolutionView) -> ConvolutionView:
    """Settings change along both axes, along rows, along columns."""
    return replace(view, axis=after(AXES, view.axis))


def elsewhere(
    lesson: ConvolutionLesson, view: ConvolutionView, rows: int, columns: int
) -> ConvolutionView:
    """Another map of the output, and another channel of the input."""
    return replace(view, map=view.map + columns, channel=view.channel + rows, term=0)


def begun(lesson: ConvolutionLesson, view: ConvolutionView) -> ConvolutionView:
    """The window where it is, or else at the first output; none behind it is written yet."""
    look = lesson.look(view)
    last = tuple(size - 1 for size in look.size_of("output"))
    stays = view.at == "output" and look.cell != last
    return replace(view, at="output", cell=view.cell if stays else (0, 0), so_far=True)


def slid(lesson: ConvolutionLesson, view: ConvolutionView) -> ConvolutionView:
    """The window at the next output, in the order of reading; behind the last all are written."""
    look = lesson.look(view)
    height, width = look.size_of("output")
    row, column = look.cell
    if look.cell == (height - 1, width - 1) or view.at != "output":
        return replace(view, so_far=False)
    following = (row, column + 1) if column + 1 < width else (row + 1, 0)
    return replace(view, cell=following, term=0)
