"""Home: the list of screens, how far the compile is, and what there is to work with."""

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import OptionList, ProgressBar, Static
from textual.widgets.option_list import Option

from tuiconv.render.findings import Finding, data_sets, terminal
from tuiconv.tui.catalogue import SCREENS
from tuiconv.tui.messages import HomeReady
from tuiconv.tui.screens.framed import FramedScreen
from tuiconv.tui.visits import count_visit

if TYPE_CHECKING:
    from tuiconv.tui.compute import Work
    from tuiconv.tui.messages import WarmUp
    from tuiconv.tui.widgets.scene_view import SceneView

WELCOME: Final = "Take a convolutional network apart with your own hands."
HINT: Final = (
    "New here? Begin with 3 and look into a trained network: the arrow keys point, Enter goes in,"
    " Escape comes out, and ? explains what you see."
)
HINTED: Final = 3
"""Visits on which the hint is given."""
SECONDS: Final = 1.0
"""Between two pictures of a training that goes on."""


class ScreenList(OptionList):
    """The screens, to choose one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "cursor_up", "Choose", key_display="↑↓"),
        Binding("down", "cursor_down", "Choose", show=False),
        Binding("enter", "select", "Open"),
    ]


class HomeScreen(FramedScreen):
    """The way to everything else."""

    HEADING = "Home"

    sentences = (
        "tuiconv shows convolutional networks from inside: what every unit computes, how a network"
        " learns, what filters do to pictures. Nothing is drawn that was not computed just now.",
        "Choose a screen with its number, or with the arrow keys and Enter. On every screen there"
        " are three depths: everything, one map, one number as the sum that it is. Enter goes in,"
        " Escape comes out.",
        "The kernels are compiled when tuiconv starts the first time, which takes a while; they are"
        " kept for the next start. Screens can be opened in the meantime.",
    )

    def __init__(self) -> None:
        super().__init__()
        self._view: SceneView | None = None
        self._next_pictures: Timer | None = None

    def compose_lesson(self) -> ComposeResult:
        yield Static(WELCOME, id="welcome", markup=False)
        yield ScreenList(
            *(
                Option(f"{entry.key}  {entry.name:<10} {entry.about}", id=entry.mode)
                for entry in SCREENS
            ),
            id="screens",
            markup=False,
        )
        yield Static(HINT, id="hint", markup=False)
        with Horizontal(id="progress"):
            yield Static(id="doing", markup=False)
            yield ProgressBar(total=1.0, show_eta=False, id="compiled")
        yield Vertical(id="pictures")

    def on_mount(self) -> None:
        self.query_one(ScreenList).focus()
        self.query_one("#hint").display = count_visit() <= HINTED

    def on_screen_resume(self) -> None:
        self.ask()

    def on_resize(self) -> None:
        self.ask()

    def show_warm_up(self, warm_up: "WarmUp") -> None:
        is_ready = warm_up.share == 1
        self.query_one("#doing", Static).update(warm_up.doing)
        self.query_one(ProgressBar).update(progress=warm_up.share)
        self.query_one("#progress").display = not is_ready
        if is_ready:
            self.ask()

    def ask(self) -> None:
        """Have the compute thread look around, and make the pictures once it has the kernels."""
        if self.is_current:
            size, is_warm = self.size, self.explorer.warm_up.share == 1
            self.explorer.compute.submit(lambda: self._look(*size, is_warm))

    def _look(self, columns: int, lines: int, is_warm: bool) -> None:
        from tuiconv.lessons.scene import Columns, Scene, Text

        encoding = getattr(sys.__stdout__, "encoding", None) or "unknown"
        found = terminal(self.explorer.depth, columns, lines, encoding)
        here, data = Text("This terminal", told(found)), Text("Data sets", tuple(data_told()))
        texts = Columns(((here,), (data,)))
        work = self.explorer.compute.work
        if not is_warm:
            self.post_message(HomeReady(Scene("", (texts,))))
            return
        from tuiconv.lessons.home import pictures

        numbers, losses = loss_curve(work)
        scene = Scene("", (pictures(numbers, losses), texts))
        self.post_message(HomeReady(scene, moves=work is not None and work.going))

    @on(HomeReady)
    def show_pictures(self, event: HomeReady) -> None:
        """Draw what came back."""
        from tuiconv.tui.widgets.scene_view import SceneView  # with NumPy, after the first paint

        if self._view is None:
            self._view = SceneView(self.explorer.depth, id="scene")
            self.query_one("#pictures").mount(self._view)
            self.watch(self.explorer, "depth", self._view.show_with, init=False)
        self._view.show(event.scene)
        if self._next_pictures is not None:
            self._next_pictures.stop()
        if event.moves:
            self._next_pictures = self.set_timer(SECONDS, self.ask)

    @on(ScreenList.OptionSelected)
    def open_screen(self, event: ScreenList.OptionSelected) -> None:
        """Enter on a line opens its screen."""
        if event.option.id is not None:
            self.app.switch_mode(event.option.id)


def loss_curve(work: "Work | None") -> tuple[list[float], list[float]]:
    """When the network in training learned its batches, in epochs, and their losses."""
    if work is None:
        return [], []
    from tuiconv.lessons.training.lesson import TrainingLesson

    if not isinstance(work, TrainingLesson):
        return [], []
    history = work.stepper.history
    return [*history.at], [*history.losses]


def told(findings: Iterable[Finding]) -> tuple[str, ...]:
    """A line for everything that was found, with what to do about it."""
    return tuple(
        f"{each.name}: {each.found}{f'; {each.advice}' if each.advice else ''}" for each in findings
    )


def data_told() -> Iterator[str]:
    """Where the data sets are, and how one gets the others."""
    found = list(data_sets())
    yield from (f"{each.name}: {each.found}" for each in found if not each.advice)
    missing = [each.name for each in found if each.advice]
    if missing:
        yield f"not here: {', '.join(missing)}; `tuiconv data get NAME` fetches one"
