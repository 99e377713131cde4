"""Filters: a picture before and after, its pixels one by one, and how each comes about."""

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tuiconv.lessons.filters_view import FIRST, SHOWN, FiltersView
from tuiconv.tui.screens.lesson import LessonScreen
from tuiconv.tui.screens.lesson_keys import ARROWS

if TYPE_CHECKING:
    from tuiconv.lessons.filters_lesson import FiltersLesson

PEAK = (44, 23)
"""The pixel of the program's own picture that is pointed at first: there is an edge."""
FAR = 8
"""Pixels, or filters of the list, that shift and an arrow key go on by."""


class FiltersScreen(LessonScreen[FiltersView]):
    """The arrow keys choose a filter and, further in, a pixel."""

    NAME = "filters"
    HEADING = "Filters"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "t",
            "show_next",
            "Show",
            id="show",
            tooltip="Both pictures, only the one before or after, what has changed, or the kernel.",
        ),
        *(
            Binding(
                f"shift+{key}",
                f"move({FAR * rows}, {FAR * columns})",
                "Far",
                id=f"far_{key}",
                show=key == "up",
                key_display="shift+←↑↓→",
                tooltip=f"Moves {FAR} times as far.",
            )
            for key, rows, columns in ARROWS
        ),
    ]

    def first_view(self) -> FiltersView:
        return replace(FIRST, pixel=PEAK)

    def make_lesson(self, view: FiltersView) -> "FiltersLesson":
        # It comes with Numba, for which the first paint does not wait.
        from tuiconv.lessons.filters_lesson import FiltersLesson

        return FiltersLesson()

    def action_show_next(self) -> None:
        """Both pictures, or one of them, what has changed, or the kernel."""
        self.change(
            lambda lesson, view: replace(view, show=SHOWN[SHOWN.index(view.show) + 1 - len(SHOWN)])
        )
