"""A lesson with controls: what all screens that show a scene have in common."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.timer import Timer

from tuiconv.files import replacing, unused
from tuiconv.lessons.scene import Scene
from tuiconv.lessons.view import command
from tuiconv.tui.frames import Frame
from tuiconv.tui.messages import (
    FileWritten,
    LeftLesson,
    LessonFailed,
    SceneReady,
    SheetReady,
    in_a_line,
)
from tuiconv.tui.screens.computed import ComputedScreen, V
from tuiconv.tui.screens.lesson_keys import KEYS
from tuiconv.tui.widgets.entry_line import EntryLine
from tuiconv.tui.widgets.scene_view import SceneView

if TYPE_CHECKING:
    from tuiconv.lessons.lesson import Lesson


class LessonScreen(ComputedScreen[V]):
    """Shows the scene of a view, and changes the view by keys and mouse."""

    NAME: ClassVar[str]
    """What `tuiconv show` calls the lesson."""

    HOVERS: ClassVar[bool] = False
    """Whether what the mouse is over is pointed at."""

    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def __init__(self) -> None:
        super().__init__()
        self.shown: SceneReady | None = None
        """The view and the scene that are drawn."""
        self.entry: EntryLine | None = None
        """Where a text of the view is written now."""
        self._unwritten = self.views
        """As they were before it was; the compute thread's, too."""
        self._frame = Frame(took=0.0)
        self._next_frame: Timer | None = None

    @property
    def sentences(self) -> tuple[str, ...]:
        return self.shown.scene.help if self.shown else ()

    def compose_lesson(self) -> ComposeResult:
        yield SceneView(self.explorer.depth, id="scene")

    def on_mount(self) -> None:
        self.query_one(SceneView).focus()
        self.watch(self.explorer, "depth", self.query_one(SceneView).show_with, init=False)

    def on_screen_resume(self) -> None:
        if not self._on_screen:  # which a new screen is told twice
            self._on_screen = True
            if self.shown is None:
                self.tell_of_wait()
            self.ask(lambda lesson: None)

    def tell_of_wait(self) -> None:
        """Say that the next scene takes a while."""
        self.heading = f"{self.HEADING} · getting ready …"

    def on_screen_suspend(self) -> None:
        self._on_screen = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what does something now is offered; everything, as long as that is not known yet."""
        if action == "move" and self.entry is not None and self.entry.has_focus_within:
            return parameters[0] != 0  # left and right are for the text
        if self.shown is None or self.shown.number != self._asked:
            return True
        match action:
            case "deeper" if self.entry is not None:
                return True
            case "deeper":
                return self.shown.view.depth != "number"
            case "back":
                return bool(self.views.past)
            case "forward":
                return bool(self.views.future)
            case "code":
                return bool(self.shown.scene.code)
            case _:
                return True

    def write_in(self, field: str, prompt: str) -> None:
        """Let a text of the view be written: every letter changes the view, until enter or escape.

        Args:
            field: of the view.
            prompt: what it is called.
        """
        if self.entry is not None:
            self.entry.remove()
        text = "" if self.shown is None else getattr(self.shown.view, field)
        self.ask(lambda lesson: setattr(self, "_unwritten", self.views))
        self.entry = EntryLine(field, prompt, text)
        self.mount(self.entry, before="#keys")

    @on(EntryLine.Changed)
    def show_written(self, event: EntryLine.Changed) -> None:
        """What is written has become another text: all of them are one step of the history."""

        def job(lesson: "Lesson[V]") -> None:
            view = lesson.settled(replace(self.view, **{event.field: event.text}))
            self.views = self._unwritten.on_to(view)

        self.ask(job)

    def end_entry(self) -> None:
        """Put the line to write in away."""
        if self.entry is not None:
            self.entry.remove()
            self.entry = None
            self.query_one(SceneView).focus()

    @on(SceneReady)
    def show_scene(self, event: SceneReady) -> None:
        """Draw what came back."""
        self._frame = Frame(event.took)
        self.shown = event
        self.heading = " › ".join((self.HEADING, *event.scene.path))
        self.query_one(SceneView).show(event.scene)
        if self.entry is not None:
            self.entry.begin_with(getattr(event.view, self.entry.field))
        self.refresh_bindings()
        if event.moves:
            self._ask_in(self.explorer.frame_time)

    def _ask_in(self, seconds: float) -> None:
        if self._next_frame is not None:
            self._next_frame.stop()
        self._next_frame = self.set_timer(seconds, self._ask_again)

    def _ask_again(self) -> None:
        """Ask for the next scene of one that moves, once training has had its share of the time."""
        if (rest := self._frame.rest()) > 0:
            self._ask_in(rest)
        elif self._on_screen:
            self.ask(lambda lesson: None)

    @on(LessonFailed)
    def tell_of_failure(self, event: LessonFailed) -> None:
        """Say what cannot be shown."""
        if self.shown is None:
            self.heading = self.HEADING
            self.query_one(SceneView).show(Scene(in_a_line(event.error), ()))
        if self.entry is not None:
            self.entry.tell(in_a_line(event.error))
            return
        self.notify(in_a_line(event.error), severity="error", timeout=10, markup=False)

    @on(FileWritten)
    def tell_of_file(self, event: FileWritten) -> None:
        """Say where it is, and what it is good for."""
        self.notify(f"wrote {event.path}; {event.use}", timeout=10, markup=False)

    @on(SceneView.Pointed)
    def point(self, event: SceneView.Pointed) -> None:
        """What was clicked is what is pointed at."""
        self.change(lambda lesson, view: lesson.pointed(view, event.key, event.index))

    @on(SceneView.Hovered)
    def hover(self, event: SceneView.Hovered) -> None:
        """What the mouse is over is pointed at, where a screen has it so."""
        if self.HOVERS:
            self.follow(lambda lesson, view: lesson.pointed(view, event.key, event.index))

    def action_deeper(self) -> None:
        if self.entry is not None:
            self.end_entry()
            return
        self.change(lambda lesson, view: lesson.deeper(view))

    def action_outer(self) -> None:
        if self.entry is not None:
            self.ask(lambda lesson: setattr(self, "views", self._unwritten))
            self.end_entry()
        elif self.shown is None:
            self.go_home()
        else:
            self.ask(self._outer)

    def _outer(self, lesson: "Lesson[V]") -> None:
        """In the compute thread, after all keys before: only it knows how far in one is then."""
        if self.view.depth == "overview":
            self.post_message(LeftLesson())
        else:
            self.views = self.views.on_to(lesson.settled(lesson.outer(self.view)))

    @on(LeftLesson)
    def go_home(self) -> None:
        """The way out of the overview."""
        if self._on_screen:
            self.app.switch_mode("home")

    def action_move(self, rows: int, columns: int) -> None:
        self.change(lambda lesson, view: lesson.moved(view, rows, columns))

    def action_go(
        self, move: str, first: str | int | None = None, second: int | None = None
    ) -> None:
        """Take one of the lesson's own ways; Textual counts the parameters, so there is no `*`."""
        self.change(self.going(move, *(each for each in (first, second) if each is not None)))

    def action_back(self) -> None:
        self.ask(lambda lesson: setattr(self, "views", self.views.back()))

    def action_forward(self) -> None:
        self.ask(lambda lesson: setattr(self, "views", self.views.forward()))

    def action_next_range(self) -> None:
        self.change(lambda lesson, view: lesson.ranged(view))

    def action_code(self) -> None:
        def found(lesson: "Lesson[V]", view: V) -> SheetReady:
            from tuiconv.lessons.code import code_of
            from tuiconv.tui.screens.code import CodeScreen

            code = [code_of(each) for each in lesson.scene(view).code]
            return SheetReady(partial(CodeScreen, code))

        self.tell(found)

    def action_command_line(self) -> None:
        from tuiconv.tui.screens.command_line import CommandLineScreen

        self.tell(lambda _, view: SheetReady(partial(CommandLineScreen, command(self.NAME, view))))

    @on(SheetReady)
    def show_sheet(self, event: SheetReady) -> None:
        """In front of the screen, if one is still there."""
        if self.is_current:
            self.app.push_screen(event.open())

    def action_write(self) -> None:
        width, palettes = self.size.width, self.explorer.depth.palettes

        def written(lesson: "Lesson[V]", view: V) -> FileWritten:
            from tuiconv.render.svg import svg

            path = unused(self.NAME, ".svg")
            with replacing(path) as file:
                file.write(svg(lesson.scene(view), width, palettes).encode())
            return FileWritten(path.resolve(), "it can be put on slides as it is")

        self.write(written)
