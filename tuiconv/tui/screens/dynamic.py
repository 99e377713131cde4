"""Dynamic input length: a network grows with its inputs, unit by unit and over a line of digits."""

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from tuiconv.lessons.dynamic.view import DynamicView
from tuiconv.tui.screens.lesson import LessonScreen
from tuiconv.tui.widgets.scene_view import SceneView

if TYPE_CHECKING:
    from tuiconv.lessons.dynamic.lesson import DynamicLesson
    from tuiconv.lessons.lesson import Lesson


class DynamicScreen(LessonScreen[DynamicView]):
    """The arrow keys add and remove inputs or, over a line, choose what is looked at."""

    NAME = "dynamic"
    HEADING = "Dynamic input length"

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
            "line(1)",
            "Line",
            id="next",
            key_display="n N",
            tooltip="The next line, or the one before: other digits by chance, or other hands.",
        ),
        Binding("N", "line(-1)", "Line", id="previous", show=False),
        Binding(
            "plus,equals_sign",
            "apart(2)",
            "Apart",
            id="apart",
            key_display="+ −",
            tooltip="The digits farther apart, or closer together.",
        ),
        Binding("minus", "apart(-2)", "Apart", id="closer", show=False),
        Binding("d", "data", "Data", id="data", tooltip="Digits of MNIST, or drawn by strokes."),
    ]

    def first_view(self) -> DynamicView:
        return DynamicView()

    def make_lesson(self, view: DynamicView) -> "DynamicLesson":
        # It comes with Numba, for which the first paint does not wait.
        from tuiconv.lessons.dynamic.lesson import DynamicLesson

        return DynamicLesson()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What changes the line is offered where there is one."""
        is_known = self.shown is not None and self.shown.number == self._asked
        if is_known and action in ("write_digits", "line", "apart", "data"):
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

    def action_line(self, step: int) -> None:
        self.go("next_line", step)

    def action_apart(self, columns: int) -> None:
        self.go("spread", columns)

    def action_data(self) -> None:
        self.go("next_data")

    def action_go(self, move: str, how: int | None = None) -> None:
        self.go(move, *(() if how is None else (how,)))

    def go(self, move: str, *how: int) -> None:
        """Change the view by one of the lesson's moves."""

        def change(lesson: "Lesson[DynamicView]", view: DynamicView) -> DynamicView:
            from tuiconv.lessons.dynamic import moves

            moved: DynamicView = getattr(moves, move)(lesson, view, *how)
            return moved

        self.change(change)
