"""The Convolution lesson: ways from view to view, and the scene of each."""

from dataclasses import replace

from tuiconv.lessons.checks import check_words
from tuiconv.lessons.convolution.choices import SIZES, check, check_setting, settings_of
from tuiconv.lessons.convolution.look import Look
from tuiconv.lessons.convolution.number import count_terms, number_scene
from tuiconv.lessons.convolution.overview import overview
from tuiconv.lessons.convolution.sliding import sliding
from tuiconv.lessons.convolution.view import (
    AXES,
    EXAMPLES,
    OPERATIONS,
    PLACES,
    ConvolutionView,
    Pair,
)
from tuiconv.lessons.convolution.window import window_scene
from tuiconv.lessons.inside import extent
from tuiconv.lessons.ranges import next_range
from tuiconv.lessons.scene import Scene
from tuiconv.lessons.ways import inside, inward, outward


class ConvolutionLesson:
    """Looks at examples; the last look is kept, for the moves that follow."""

    def __init__(self) -> None:
        self._look: Look | None = None

    def look(self, view: ConvolutionView) -> Look:
        """What a settled view is of."""
        made = self._look
        if made is None or made.view != view:
            alike = made is not None and shape_of(made.view) == shape_of(view)
            self._look = Look(view, made.sliding if made and alike else sliding(view))
        assert self._look is not None
        return self._look

    def settled(self, view: ConvolutionView) -> ConvolutionView:
        check_words(view, example=EXAMPLES, operation=OPERATIONS, at=PLACES, axis=AXES)
        check_setting(view)
        check(view)
        if view.setting not in settings_of(view.operation):
            view = replace(view, setting="operation")
        look = self.look(view)
        if look.is_pool and view.at == "weight":
            view = replace(view, at="output")
        first = look.sliding.given.first if view.at == "output" else (0, 0)
        maps, channels = len(look.sliding.out), 1 if look.is_pool else len(look.sliding.x)
        view = replace(
            view,
            map=min(max(view.map, 0), maps - 1),
            channel=min(max(view.channel, 0), channels - 1),
            cell=inside(view.cell or first, self.look(view).size),
        )
        return replace(view, term=min(max(view.term, 0), max(self.count_terms(view) - 1, 0)))

    def count_terms(self, view: ConvolutionView) -> int:
        """How many products can be pointed at one by one."""
        return count_terms(self.look(view)) if view.depth == "number" else 0

    def counts(self, view: ConvolutionView) -> dict[str, tuple[int, ...]]:
        look = self.look(view)
        return {
            "map": (len(look.sliding.out),),
            "channel": (1 if look.is_pool else len(look.sliding.x),),
            "cell": look.size,
            **({"term": (terms,)} if (terms := self.count_terms(view)) else {}),
        }

    def scene(self, view: ConvolutionView) -> Scene:
        makers = {"overview": overview, "map": window_scene, "number": number_scene}
        return makers[view.depth](self.look(view))

    def deeper(self, view: ConvolutionView) -> ConvolutionView:
        return replace(view, depth=inward(view.depth), term=0)

    def outer(self, view: ConvolutionView) -> ConvolutionView:
        return replace(view, depth=outward(view.depth), term=0)

    def moved(self, view: ConvolutionView, rows: int, columns: int) -> ConvolutionView:
        if view.depth == "number" and rows:
            return replace(view, term=view.term + rows)
        row, column = self.look(view).cell
        return replace(view, cell=(row + rows, column + columns), term=0)

    def pointed(self, view: ConvolutionView, key: str, index: tuple[int, ...]) -> ConvolutionView:
        what, _, number = key.partition(":")
        look = self.look(view)
        match what:
            case "maps":
                return replace(view, map=index[0] - int(number or 0))
            case "terms":
                return replace(view, term=index[0] - int(number))
            case "channels":
                return replace(view, channel=index[0] - int(number))
            case "output":
                return replace(view, at="output", map=int(number), cell=pair(index), so_far=False)
            case "weight":
                map_, channel = map(int, number.split(","))
                return replace(view, at="weight", map=map_, channel=channel, cell=pair(index))
            case "input":
                origin = look.padded[1] if not view.backward else (0, 0)
                cell = index[0] + origin[0], index[1] + origin[1]
                if look.is_inside("input", cell):
                    view = replace(view, at="input", cell=cell, so_far=False)
                    if look.is_pool:
                        return replace(view, map=int(number))
                    return replace(view, channel=int(number))
        return view

    def ranged(self, view: ConvolutionView) -> ConvolutionView:
        return replace(view, range=next_range(view.range, extent([self.look(view).sliding.out])))


def shape_of(view: ConvolutionView) -> tuple[object, ...]:
    """What of a view its layer is made of."""
    sizes = (getattr(view, name) for name in SIZES)
    return view.example, view.operation, view.power, view.beta, *sizes


def pair(index: tuple[int, ...]) -> Pair:
    """A row and a column."""
    return index[0], index[1]
