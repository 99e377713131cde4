"""What the compute thread tells the screens."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from tuiconv.lessons.scene import Scene
    from tuiconv.tui.session import Frame


@dataclass
class WarmUp(Message):
    """The kernels are being compiled, or (share 1) all are ready."""

    doing: str
    share: float

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, WarmUp)


@dataclass
class FrameReady(Message):
    """The moment of training that was asked for."""

    frame: "Frame"


@dataclass
class RunFileWritten(Message):
    """What the Training screen does is in a file for `tuiconv train`."""

    path: Path


@dataclass
class PictureFiltered(Message):
    """The picture under the filter that was asked for."""

    scene: "Scene"


@dataclass
class ComputeFailed(Message):
    """A job could not be done."""

    error: Exception
