"""A training run under the learner's hands: it belongs to the compute thread."""

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event as CancelToken

import numpy as np

from tuiconv.data.load import load_dataset
from tuiconv.errors import UserError
from tuiconv.lessons.scene import Scene
from tuiconv.lessons.training import training_scene
from tuiconv.nn.events import BatchDone, EpochDone, Event, RunEnd
from tuiconv.nn.network import Network
from tuiconv.nn.training import Trainer

EPOCHS = 1_000
"""More than anyone watches."""


@dataclass(frozen=True, eq=False)
class Frame:
    """What the Training screen shows at one moment."""

    scene: Scene
    data: str
    playing: bool
    lr: float
    digit: int
    digits: int
    """How many digits there are to look at."""
    last: BatchDone | None
    tested: EpochDone | None


class TrainingSession:
    """A network, its trainer and the digit that is looked at.

    Args:
        preset: the network's name.
        data: the data set's name.
        lr: the learning rate to begin with.
        cancel: set when the program ends.
    """

    def __init__(self, preset: str, data: str, lr: float, cancel: CancelToken) -> None:
        rng = np.random.default_rng(0)
        self.data = data
        self.train, self.test = load_dataset(data, seed=rng)
        self.net = Network.preset(preset, rng)
        self.trainer = Trainer(self.net, lr=lr, seed=rng)
        self.playing = False
        self.over = False
        self.digit = 0
        self.losses: list[float] = []
        self.last: BatchDone | None = None
        self.failure: UserError | None = None
        self.tested: EpochDone | None = None
        self._events: Iterator[Event] = self.trainer.run(self.train, self.test, EPOCHS, cancel)
        next(self._events)

    @property
    def going(self) -> bool:
        """Whether training runs by itself."""
        return self.playing

    def advance(self) -> None:
        """Learn from one batch; after an epoch's last one, read the test digits too."""
        try:
            if self.failure is not None:
                raise self.failure
            event = next(self._events, None)
            if isinstance(event, RunEnd):
                next(self._events, None)  # raises what made training diverge
        except UserError as error:
            self.playing, self.failure = False, error
            raise
        if isinstance(event, BatchDone):
            self.last = event
            self.losses.append(event.loss)
        elif isinstance(event, EpochDone):
            self.tested = event
        else:
            self.playing, self.over = False, True

    def one_batch(self) -> None:
        """Pause, and learn from one batch more."""
        self.playing = False
        before = len(self.losses)
        while len(self.losses) == before and not self.over:
            self.advance()

    def look_at(self, digit: int) -> None:
        """Choose the test digit to look at, counted round."""
        self.digit = digit % len(self.test)

    def frame(self) -> Frame:
        """What there is to see now, as copies that training does not change."""
        return Frame(
            scene=training_scene(self.net, self.losses, self.test, self.digit),
            data=self.data,
            playing=self.playing,
            lr=self.trainer.lr,
            digit=self.digit,
            digits=len(self.test),
            last=self.last,
            tested=self.tested,
        )
