"""Training: a network learns, step by step, forward and back, and shows everything it does."""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType

from tuiconv.lessons.training.view import TrainingView
from tuiconv.tui.messages import FileWritten
from tuiconv.tui.screens.lesson import LessonScreen

if TYPE_CHECKING:
    from tuiconv.lessons.lesson import Lesson
    from tuiconv.lessons.training.lesson import TrainingLesson
    from tuiconv.runs.stepping.stepper import Grain


class TrainingScreen(LessonScreen[TrainingView]):
    """The run goes on in the compute thread, whether this screen shows it or not."""

    NAME = "training"
    HEADING = "Training"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "play", "Play", id="play", tooltip="Goes on by itself; or pauses."),
        Binding(
            "s",
            "step('operation')",
            "Operation",
            id="operation",
            tooltip="One operation: a layer forward, the loss, a layer backward, or the update.",
        ),
        Binding("b", "step('batch')", "Batch", id="batch", tooltip="Learns one batch."),
        Binding(
            "e", "step('epoch')", "Epoch", id="epoch", tooltip="Plays to the end of the epoch."
        ),
        Binding(
            "left_square_bracket",
            "back",
            "Back",
            id="back",
            tooltip="Undoes the last operation, batch or epoch: the same bits as before it.",
        ),
        Binding(
            "right_square_bracket",
            "forward",
            "Forward",
            id="forward",
            tooltip="Does again what was undone, bit for bit.",
        ),
        Binding(
            "full_stop",
            "choose(1)",
            "Setting",
            id="next-setting",
            key_display=", .",
            tooltip="Chooses the setting that + and − change: net, data, seed, optimiser, …",
        ),
        Binding("comma", "choose(-1)", "Setting", id="previous-setting", show=False),
        Binding(
            "plus,equals_sign",
            "set(1)",
            "Change",
            id="more",
            key_display="+ -",
            tooltip="Changes the chosen setting, from the next batch on; another net, other data or"
            " another seed begin anew.",
        ),
        Binding("minus", "set(-1)", "Change", id="less", show=False),
        Binding(
            "v",
            "panels",
            "View",
            id="panels",
            tooltip="Curves and maps, the chain rule in numbers, or what is mixed up.",
        ),
        Binding(
            "t",
            "show_next",
            "Show",
            id="show",
            tooltip="Of the layer: activations, their gradients, weights, theirs, or the last"
            " change.",
        ),
        Binding("n", "image(1)", "Image", id="next", key_display="n N", tooltip="The next image."),
        Binding("N", "image(-1)", "Image", id="previous", show=False),
        Binding("x", "begin_anew", "Reset", id="reset", tooltip="Begins anew with these settings."),
        Binding("k", "save", "Save", id="save", tooltip="Saves the network as a checkpoint."),
        Binding(
            "f",
            "run_file",
            "File",
            id="file",
            tooltip="Writes the run as a file for tuiconv train.",
        ),
    ]

    def first_view(self) -> TrainingView:
        return TrainingView()

    def make_lesson(self, view: TrainingView) -> "TrainingLesson":
        # It comes with Numba, for which the first paint does not wait.
        from tuiconv.lessons.training.lesson import TrainingLesson

        lesson = TrainingLesson(view, self.explorer.compute.stopped)
        lesson.settled(view)  # the run is made, or it is told why it cannot be
        self.explorer.compute.work = lesson
        return lesson

    def moves(self) -> bool:
        return self.lesson is not None and training(self.lesson).going

    def _send_scene(self, lesson: "Lesson[TrainingView]") -> None:
        # where the run is may have changed by itself
        self.views = self.views.on_to(lesson.settled(self.view))
        super()._send_scene(lesson)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("back", "forward"):  # through the run, not through the views
            return True
        return super().check_action(action, parameters)

    def take(self, how: "Callable[[TrainingLesson, TrainingView], TrainingView]") -> None:
        """Have the compute thread go one of the lesson's ways."""
        self.change(lambda lesson, view: how(training(lesson), view))

    def action_play(self) -> None:
        self.take(lambda lesson, view: lesson.played(view))

    def action_step(self, grain: "Grain") -> None:
        self.take(lambda lesson, view: lesson.stepped(view, grain))

    def action_back(self) -> None:
        self.take(lambda lesson, view: lesson.gone_back(view))

    def action_forward(self) -> None:
        self.take(lambda lesson, view: lesson.gone_forward(view))

    def action_choose(self, step: int) -> None:
        self.take(lambda lesson, view: lesson.chosen(view, step))

    def action_set(self, step: int) -> None:
        def how(lesson: "TrainingLesson", view: TrainingView) -> TrainingView:
            if lesson.begins_anew(view):
                self.call_later(self.tell_of_wait)
            return lesson.changed(view, step)

        self.take(how)

    def action_panels(self) -> None:
        self.take(lambda lesson, view: lesson.next_panels(view))

    def action_show_next(self) -> None:
        self.take(lambda lesson, view: lesson.next_shown(view))

    def action_image(self, step: int) -> None:
        self.take(lambda lesson, view: lesson.digit_moved(view, step))

    def action_begin_anew(self) -> None:
        self.tell_of_wait()
        self.take(lambda lesson, view: lesson.begun_anew(view))

    def action_save(self) -> None:
        self.write(lambda lesson, view: FileWritten(*training(lesson).save_checkpoint()))

    def action_run_file(self) -> None:
        self.write(lambda lesson, view: FileWritten(*training(lesson).write_run_file()))


def training(lesson: "Lesson[TrainingView]") -> "TrainingLesson":
    """The lesson as what `make_lesson` made."""
    return cast("TrainingLesson", lesson)
