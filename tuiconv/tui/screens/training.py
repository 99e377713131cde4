"""Training: LeNet learns, and one digit shows what it makes of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from tuiconv.data.load import NAMES
from tuiconv.lessons.scene import Bars, Curve, Maps
from tuiconv.tui.messages import FrameReady, RunFileWritten
from tuiconv.tui.screens.lesson import LessonScreen
from tuiconv.tui.widgets.panel import PanelView
from tuiconv.tui.widgets.wall import MapsWall

if TYPE_CHECKING:
    from tuiconv.tui.session import Frame, TrainingSession

PRESET = "lenet5"
FRAMES_PER_SECOND = 10
RATES = (0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""The learning rates that the keys + and − step through."""
FIRST_RATE = RATES.index(0.02)


class TrainingScreen(LessonScreen):
    """Asks the compute thread for a frame at a time, and draws it."""

    HEADING = f"Training {PRESET}"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "play", "Play", id="play"),
        Binding("b", "one_batch", "Batch", id="one-batch"),
        Binding("left", "digit(-1)", "Digit", id="digit-before", key_display="←→", priority=True),
        Binding("right", "digit(1)", "Digit", id="digit-after", show=False, priority=True),
        Binding("plus,equals_sign", "rate(1)", "Rate", id="faster", key_display="+-"),
        Binding("minus", "rate(-1)", "Rate", id="slower", show=False),
        Binding("z", "full_size", "Size", id="full-size"),
        Binding("d", "next_data", "Data", id="data"),
        Binding("r", "restart", "Redo", id="restart"),
        Binding("f", "run_file", "File", id="run-file", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._session: TrainingSession | None = None
        self._data = NAMES[0]
        self._rate = FIRST_RATE
        self._asked = False
        self._playing = False

    def compose_lesson(self) -> ComposeResult:
        yield Static("waiting for the kernels …", id="numbers", markup=False)
        with Horizontal():
            with Vertical(id="side"):
                yield PanelView(self.explorer.depth, id="loss")
                yield PanelView(self.explorer.depth, id="probabilities")
            yield MapsWall(self.explorer.depth, id="maps")

    def on_mount(self) -> None:
        self.query_one(MapsWall).focus()
        self.start(self._data)
        self.set_interval(1 / FRAMES_PER_SECOND, self.ask_while_playing)

    def start(self, data: str) -> None:
        """Have the compute thread make a new network and read the data."""
        self.query_one("#numbers", Static).update(f"{data}: getting the digits ready …")

        def job() -> None:
            from tuiconv.tui.session import TrainingSession  # with Numba, after the first paint

            compute = self.explorer.compute
            try:
                session = TrainingSession(PRESET, data, RATES[self._rate], compute.stopped)
                compute.work = self._session = session
                self._data = data
            finally:
                # Without the data the network before goes on.
                if self._session is not None:
                    self.post_message(FrameReady(self._session.frame()))

        self.explorer.compute.submit(job)

    def tell(self, change: "Callable[[TrainingSession], None]") -> None:
        """Have the compute thread change something about the session, then show it."""

        def job() -> None:
            if self._session is not None:
                change(self._session)
                self.post_message(FrameReady(self._session.frame()))

        self.explorer.compute.submit(job)

    def ask_while_playing(self) -> None:
        """Ask for the next frame, once the last one asked for is there."""
        if self._playing and not self._asked and self.is_current:
            self._asked = True
            self.tell(lambda session: None)

    @on(FrameReady)
    def show_frame(self, event: FrameReady) -> None:
        """Draw what came back."""
        frame = event.frame
        self._asked, self._playing = False, frame.playing
        state = "playing" if frame.playing else "paused"
        self.heading = f"Training {PRESET} · {frame.data} · {state}"
        self.query_one("#numbers", Static).update(numbers(frame))
        wall = []
        for panel in frame.scene.panels:
            match panel:
                case Curve():
                    self.query_one("#loss", PanelView).show(panel)
                case Bars():
                    self.query_one("#probabilities", PanelView).show(panel)
                case Maps():
                    wall.append(panel)
        self.query_one(MapsWall).show(wall)

    def action_play(self) -> None:
        def change(session: "TrainingSession") -> None:
            session.playing = not session.playing

        self.tell(change)

    def action_one_batch(self) -> None:
        self.tell(lambda session: session.one_batch())

    def action_digit(self, step: int) -> None:
        self.tell(lambda session: session.look_at(session.digit + step))

    def action_rate(self, step: int) -> None:
        self._rate = min(max(self._rate + step, 0), len(RATES) - 1)
        rate = RATES[self._rate]

        def change(session: "TrainingSession") -> None:
            session.trainer.lr = rate

        self.tell(change)

    def action_next_data(self) -> None:
        self.start(NAMES[(NAMES.index(self._data) + 1) % len(NAMES)])

    def action_full_size(self) -> None:
        self.query_one(MapsWall).toggle_full_size()

    def action_restart(self) -> None:
        self.start(self._data)

    def action_run_file(self) -> None:
        data, lr = self._data, RATES[self._rate]

        def job() -> None:
            from tuiconv.tui.run_file import write_run_file  # with NumPy, after the first paint

            self.post_message(RunFileWritten(write_run_file(PRESET, data, lr)))

        self.explorer.compute.submit(job)

    @on(RunFileWritten)
    def tell_of_run_file(self, event: RunFileWritten) -> None:
        """Say where it is, and what it is good for."""
        self.notify(f"wrote {event.path}; next: tuiconv train {event.path}", timeout=10)


def numbers(frame: "Frame") -> str:
    """The line of numbers on top."""
    parts = [f"lr {frame.lr:g}"]
    if frame.last is None:
        parts.append("untrained: space trains, b takes one batch, f writes a run file")
    else:
        last = frame.last
        parts += [
            f"epoch {last.epoch} batch {last.batch}/{last.batches}",
            f"loss {last.loss:.3f}",
            f"{last.images_per_second:,.0f} images/s",
        ]
    if frame.tested is not None:
        parts.append(f"test {frame.tested.test_accuracy:.1%}")
    return " · ".join(parts)
