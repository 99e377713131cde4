"""Dynamic input length: a network grows with its inputs, unit by unit and over a line of digits."""

from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType

from tuiconv.errors import UserError
from tuiconv.lessons.dynamic.view import DynamicView
from tuiconv.tui.screens.lesson import LessonScreen
from tuiconv.tui.widgets.scene_view import SceneView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tuiconv.lessons.dynamic.lesson import DynamicLesson
    from tuiconv.lessons.lesson import Lesson


OF_LINE: Final = ("next_line", "spread", "next_data")
"""Ways that only a view of a line of digits has."""


class DynamicScreen(LessonScreen[DynamicView]):
    """The arrow keys add and remove inputs or, over a line, choose what is looked at."""

    NAME = "dynamic"
    HEADING = "Dynamic input length"
    MOVES = "tuiconv.lessons.dynamic.moves"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "t",
            "go('other')",
            "Show",
            id="show",
            tooltip="A small network unit by unit, or LeNet-5 on a line of digits.",
        ),
        *(
            Binding(
                f"shift+{key}",
                f"go('widened', {answers})",
                "Length",
                id=f"length-{key}",
                show=key == "left",
                key_display="shift+←→",
                tooltip="Four inputs, or columns, less or more: one answer, as the stride is four.",
            )
            for key, answers in (("left", -1), ("right", 1))
        ),
        Binding("x", "go('reset')", "Reset", id="reset", tooltip="The length as it was at first."),
        Binding(
            "e", "write_digits", "Write", id="write-digits", tooltip="Write the line's digits."
        ),
        Binding(
            "n",
            "go('next_line', 1)",
            "Line",
            id="next",
            key_display="n N",
            tooltip="The next line, or the one before: other digits by chance, or other hands.",
        ),
        Binding("N", "go('next_line', -1)", "Line", id="previous", show=False),
        Binding(
            "plus,equals_sign",
            "go('spread', 2)",
            "Apart",
            id="apart",
            key_display="+ −",
            tooltip="The digits farther apart, or closer together.",
        ),
        Binding("minus", "go('spread', -2)", "Apart", id="closer", show=False),
        Binding(
            "d",
            "go('next_data')",
            "Data",
            id="data",
            tooltip="Digits of MNIST, or drawn by strokes.",
        ),
    ]

    def first_view(self) -> DynamicView:
        return DynamicView()

    def make_lesson(self, view: DynamicView) -> "DynamicLesson":
        # It comes with Numba, for which the first paint does not wait.
        from tuiconv.lessons.dynamic.lesson import DynamicLesson

        lesson = DynamicLesson()
        self.do_ahead(lesson.line_ahead())
        return lesson

    def do_ahead(self, jobs: "Sequence[Callable[[], object]]") -> None:
        """In the compute thread: have jobs done one by one, each after all keys that wait then."""
        if not jobs:
            return

        def job() -> None:
            with suppress(UserError, OSError):  # told when a line is asked for
                jobs[0]()
            self.do_ahead(jobs[1:])

        self.explorer.compute.submit(job)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What changes the line is offered where there is one."""
        is_known = self.shown is not None and self.shown.number == self._asked
        is_of_line = action == "write_digits" or (action == "go" and parameters[0] in OF_LINE)
        if is_known and is_of_line:
            return self.view.show == "line"
        return super().check_action(action, parameters)

    @on(SceneView.Hovered)
    def look_at(self, event: SceneView.Hovered) -> None:
        """What the mouse comes over is pointed at; but a look at all units stays one at all."""

        def change(lesson: "Lesson[DynamicView]", view: DynamicView) -> DynamicView:
            pointed = lesson.pointed(view, event.key, event.index)
            return pointed if pointed.depth == view.depth else view

        self.follow(change)

    def action_write_digits(self) -> None:
        self.write_in("digits", "digits, or nothing for five by chance")
