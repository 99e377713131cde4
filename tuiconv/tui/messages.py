"""What the compute thread tells the screens."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual.message import Message

from tuiconv.errors import UserError, printable
from tuiconv.lessons.view import View

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import ModalScreen

    from tuiconv.lessons.home import Glimpse
    from tuiconv.lessons.scene import Scene


@dataclass
class WarmUp(Message):
    """The kernels are being compiled, or (share 1) all are ready."""

    doing: str
    share: float

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, WarmUp)


@dataclass
class SceneReady(Message):
    """What a lesson shows now."""

    view: View
    scene: "Scene"
    moves: bool = False
    """Whether it changes by itself, so that the next is worth asking for."""
    took: float = 0.0
    """Seconds that it took to make."""
    number: int = 0
    """Of the request that it answers."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, SceneReady)


@dataclass
class HomeReady(Message):
    """What Home shows."""

    told: str
    """Of the terminal and the data."""
    glimpses: "dict[str, Glimpse]" = field(default_factory=dict)
    """The pictures, by the modes of their screens, once there are kernels to make them."""
    moves: bool = False
    """As in `SceneReady`."""


@dataclass
class LessonFailed(Message):
    """What was asked of a lesson cannot be done."""

    error: UserError | OSError


@dataclass
class SheetReady(Message):
    """Something to read, in front of the screen."""

    open: "Callable[[], ModalScreen[None]]"
    """Makes it."""


@dataclass
class LeftLesson(Message):
    """The way out was asked for where there is no level further out."""


@dataclass
class FileWritten(Message):
    """What was asked for is in a file."""

    path: Path
    use: str = ""
    """What it is good for, in a sentence."""


@dataclass
class ComputeFailed(Message):
    """A job could not be done."""

    error: Exception


LONGEST: Final = 400
"""Signs of a line that tells what is wrong, before its middle is left out."""


def in_a_line(error: Exception) -> str:
    """What is wrong, for someone who can mend it."""
    told = str(error)
    if isinstance(error, OSError):
        told = f"{error.filename or 'output'}: {error.strerror or error}"
    if len(told) > LONGEST:  # such as a path that is too long
        told = f"{told[: LONGEST // 2]} … {told[-LONGEST // 2 :]}"
    return printable(told)
