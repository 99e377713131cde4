"""A lesson with controls: what all screens that show a scene have in common.

The compute thread owns the lesson and its view. A key asks it for a change; it makes the scene and
sends it here, where it is drawn. A screen that is not shown asks for nothing.
"""

from abc import abstractmethod
from collections.abc import Callable
from functools import partial
from math import inf
from time import perf_counter
from typing import TYPE_CHECKING, ClassVar, Final, Generic, TypeAlias, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.timer import Timer

from tuiconv.errors import UserError
from tuiconv.files import replacing, unused
from tuiconv.lessons.scene import Scene
from tuiconv.lessons.view import View, command
from tuiconv.tui.frames import Frame
from tuiconv.tui.history import History
from tuiconv.tui.messages import (
    FileWritten,
    LeftLesson,
    LessonFailed,
    SceneReady,
    SheetReady,
    in_a_line,
)
from tuiconv.tui.screens.framed import FramedScreen
from tuiconv.tui.screens.lesson_keys import KEYS
from tuiconv.tui.widgets.scene_view import SceneView

if TYPE_CHECKING:
    from tuiconv.lessons.lesson import Lesson

V = TypeVar("V", bound=View)
Change: TypeAlias = "Callable[[Lesson[V], V], V]"
"""From a lesson and its view to the next view; made in the compute thread."""

LONGEST: Final = 0.1
"""Seconds without a new scene, however fast requests follow each other: a key that is held down."""


class LessonScreen(FramedScreen, Generic[V]):
    """Shows the scene of a view, and changes the view by keys and mouse."""

    NAME: ClassVar[str]
    """What `tuiconv show` calls the lesson."""

    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def __init__(self) -> None:
        super().__init__()
        self.views: History[V] = History(self.first_view())
        """Only the compute thread changes it."""
        self.lesson: Lesson[V] | None = None
        """Made in the compute thread by the first job."""
        self.shown: SceneReady | None = None
        """The view and the scene that are drawn."""
        self._shown_views = self.views
        self._made = inf
        self._asked = self._doing = 0
        """Numbers of the last request, and of that which is being done."""
        self._on_screen = False
        self._frame = Frame(took=0.0)
        self._next_frame: Timer | None = None

    @abstractmethod
    def first_view(self) -> V:
        """What is shown when the screen is opened."""

    @abstractmethod
    def make_lesson(self, view: V) -> "Lesson[V]":
        """In the compute thread: the lesson for a view, with what it needs loaded."""

    def moves(self) -> bool:
        """In the compute thread: whether the scene changes by itself now, as in training."""
        return False

    @property
    def view(self) -> V:
        """What is looked at."""
        return self.views.now

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
        if self.shown is None or self.shown.number != self._asked:
            return True
        match action:
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

    def change(self, how: "Change[V]") -> None:
        """Have the compute thread change the view, remember the one before, and show it."""

        def job(lesson: "Lesson[V]") -> None:
            self.views = self.views.on_to(lesson.settled(how(lesson, self.view)))

        self.ask(job)

    def ask(self, job: "Callable[[Lesson[V]], object]") -> None:
        """Have the compute thread do something with the lesson, then show the view's scene.

        Of several requests that follow fast, the scene of the last is shown, and one every now and
        then. What is shown stays where one fails.
        """
        self._asked += 1
        number = self._asked
        self.explorer.compute.submit(lambda: self._do(job, number))

    def _do(self, job: "Callable[[Lesson[V]], object]", number: int) -> None:
        """In the compute thread: what was asked for, and the scene unless a newer request waits."""
        self._doing = number
        try:
            job(self._ready())
        except (UserError, OSError) as error:
            self.post_message(LessonFailed(error))
        late = perf_counter() > self._made + LONGEST
        if self.lesson is not None and self._on_screen and (late or number == self._asked):
            self._send_scene(self.lesson)

    def _ready(self) -> "Lesson[V]":
        """In the compute thread: the lesson, made when it is first asked for something."""
        if self.lesson is None:
            lesson = self.make_lesson(self.view)
            self.views = self._shown_views = History(lesson.settled(self.view))
            self.lesson = lesson
        return self.lesson

    def tell(self, what: "Callable[[Lesson[V], V], Message]") -> None:
        """Have the compute thread tell something of the view, after all that was asked before."""

        def job() -> None:
            try:
                lesson = self._ready()
                self.post_message(what(lesson, lesson.settled(self.view)))
            except (UserError, OSError) as error:
                self.post_message(LessonFailed(error))

        self.explorer.compute.submit(job)

    def _send_scene(self, lesson: "Lesson[V]") -> None:
        began = perf_counter()
        try:
            scene = lesson.scene(self.view)
        except (UserError, OSError) as error:
            self.views = self._shown_views
            self.post_message(LessonFailed(error))
        else:
            self._shown_views, self._made = self.views, perf_counter()
            took = self._made - began
            self.post_message(SceneReady(self.view, scene, self.moves(), took, self._doing))

    @on(SceneReady)
    def show_scene(self, event: SceneReady) -> None:
        """Draw what came back."""
        self._frame = Frame(event.took)
        self.shown = event
        self.heading = " › ".join((self.HEADING, *event.scene.path))
        self.query_one(SceneView).show(event.scene)
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
        self.notify(in_a_line(event.error), severity="error", timeout=10, markup=False)

    @on(FileWritten)
    def tell_of_file(self, event: FileWritten) -> None:
        """Say where it is, and what it is good for."""
        self.notify(f"wrote {event.path}; {event.use}", timeout=10, markup=False)

    @on(SceneView.Pointed)
    def point(self, event: SceneView.Pointed) -> None:
        """What was clicked is what is pointed at."""
        self.change(lambda lesson, view: lesson.pointed(view, event.key, event.index))

    def action_deeper(self) -> None:
        self.change(lambda lesson, view: lesson.deeper(view))

    def action_outer(self) -> None:
        if self.shown is None:
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

        self.tell(written)
