"""A screen whose view lives in the compute thread: what it asks for, and what comes back.

The compute thread owns the lesson and its view. A key asks it for a change; it makes the scene and
sends it here. A screen that is not shown asks for nothing.
"""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib import import_module
from math import inf
from time import perf_counter
from typing import TYPE_CHECKING, ClassVar, Final, Generic, TypeAlias, TypeVar

from textual.message import Message

from tuiconv.errors import UserError
from tuiconv.lessons.view import View
from tuiconv.tui.history import History
from tuiconv.tui.messages import FileWritten, LessonFailed, SceneReady
from tuiconv.tui.screens.framed import FramedScreen

if TYPE_CHECKING:
    from tuiconv.lessons.lesson import Lesson

V = TypeVar("V", bound=View)
Change: TypeAlias = "Callable[[Lesson[V], V], V]"
"""From a lesson and its view to the next view; made in the compute thread."""

LONGEST: Final = 0.1
"""Seconds without a new scene, however fast requests follow each other: a key that is held down."""


class ComputedScreen(FramedScreen, Generic[V]):
    """Has the compute thread change a view, and make the scene of it."""

    MOVES: ClassVar[str] = ""
    """The module of the lesson's own ways from view to view, which its keys take by their names."""

    def __init__(self) -> None:
        super().__init__()
        self.views: History[V] = History(self.first_view())
        """Only the compute thread changes it."""
        self.lesson: Lesson[V] | None = None
        """Made in the compute thread by the first job."""
        self._shown_views = self.views
        self._made = inf
        self._asked = self._doing = 0
        """Numbers of the last request, and of that which is being done."""
        self._on_screen = False

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

    def going(self, move: str, *how: object) -> "Change[V]":
        """One of the lesson's own ways; its module comes with Numba, so it is loaded over there."""

        def change(lesson: "Lesson[V]", view: V) -> V:
            moved: V = getattr(import_module(self.MOVES), move)(lesson, view, *how)
            return moved

        return change

    def change(self, how: "Change[V]") -> None:
        """Have the compute thread change the view, remember the one before, and show it."""

        def job(lesson: "Lesson[V]") -> None:
            self.views = self.views.on_to(lesson.settled(how(lesson, self.view)))

        self.ask(job)

    def follow(self, how: "Change[V]") -> None:
        """As `change`, for what changes all the time: the view before it is not remembered."""

        def job(lesson: "Lesson[V]") -> None:
            self.views = replace(self.views, now=lesson.settled(how(lesson, self.view)))

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
        self.explorer.compute.submit(partial(self._tell, what))

    def write(self, what: "Callable[[Lesson[V], V], FileWritten]") -> None:
        """As `tell`, of a file: it is written also if the explorer is quitted right afterwards."""
        self.explorer.compute.promise(partial(self._tell, what))

    def _tell(self, what: "Callable[[Lesson[V], V], Message]") -> None:
        """In the compute thread."""
        try:
            lesson = self._ready()
            self.post_message(what(lesson, lesson.settled(self.view)))
        except (UserError, OSError) as error:
            self.post_message(LessonFailed(error))

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
