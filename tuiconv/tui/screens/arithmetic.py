"""Arithmetic: what a network's text means, layer by layer and number by number."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType

from tuiconv.lessons.arithmetic.view import ArithmeticView
from tuiconv.tui.screens.lesson import LessonScreen
from tuiconv.tui.screens.lesson_keys import ARROWS

if TYPE_CHECKING:
    from tuiconv.lessons.arithmetic.lesson import ArithmeticLesson

FAR = 10
"""Layers, or units, that shift and an arrow key go on by."""


class ArithmeticScreen(LessonScreen[ArithmeticView]):
    """The arrow keys choose a layer and, further in, a unit or a number."""

    NAME = "arithmetic"
    HEADING = "Arithmetic"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "e",
            "edit",
            "Edit",
            id="edit",
            tooltip="Opens a line to write the network in; the table follows every letter.",
        ),
        Binding("m", "net(1)", "Net", id="net", key_display="m M", tooltip="The next preset."),
        Binding("M", "net(-1)", "Net", id="previous-net", show=False),
        Binding(
            "x",
            "exercise",
            "Exercise",
            id="exercise",
            tooltip="A lecture's network with two faults to be found and mended; or once more.",
        ),
        Binding(
            "o",
            "compare",
            "Compare",
            id="compare",
            tooltip="Opens a line for a second network, which is put beside the first.",
        ),
        Binding(
            "t",
            "number(1)",
            "Number",
            id="number",
            tooltip="Which number is worked out: size, parameters, multiply-adds, memory, or what"
            " a unit sees.",
        ),
        Binding(
            "full_stop",
            "choose(1)",
            "Setting",
            id="next-setting",
            key_display=", .",
            tooltip="Chooses what + and − change: the batch, the bytes of a number, the optimiser.",
        ),
        Binding("comma", "choose(-1)", "Setting", id="previous-setting", show=False),
        Binding(
            "plus,equals_sign",
            "set(1)",
            "Change",
            id="more",
            key_display="+ -",
            tooltip="Changes the chosen setting, on which the memory depends.",
        ),
        Binding("minus", "set(-1)", "Change", id="less", show=False),
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

    def first_view(self) -> ArithmeticView:
        return ArithmeticView()

    def make_lesson(self, view: ArithmeticView) -> "ArithmeticLesson":
        from tuiconv.lessons.arithmetic.lesson import ArithmeticLesson

        return ArithmeticLesson()

    def take(self, how: "Callable[[ArithmeticLesson, ArithmeticView], ArithmeticView]") -> None:
        """Have the compute thread go one of the lesson's ways."""
        self.change(lambda lesson, view: how(cast("ArithmeticLesson", lesson), view))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "next_range":  # no colour stands for a number here
            return False
        return super().check_action(action, parameters)

    def action_edit(self) -> None:
        self.take(lambda lesson, view: lesson.spelled(view))
        self.write_in("net", "network")

    def action_compare(self) -> None:
        self.take(lambda lesson, view: replace(view, depth="overview"))
        self.write_in("other", "compare with")

    def action_net(self, step: int) -> None:
        self.take(lambda lesson, view: lesson.next_net(view, step))

    def action_exercise(self) -> None:
        self.take(lambda lesson, view: lesson.set_exercise(view))

    def action_number(self, step: int) -> None:
        self.take(lambda lesson, view: lesson.next_number(view, step))

    def action_choose(self, step: int) -> None:
        self.take(lambda lesson, view: lesson.chosen(view, step))

    def action_set(self, step: int) -> None:
        self.take(lambda lesson, view: lesson.changed(view, step))
