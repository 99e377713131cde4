"""Home: the screens, how far the compile is, and what there is to work with."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.timer import Timer
from textual.widgets import Static

from tuiconv.render.findings import terminal
from tuiconv.tui.catalogue import SCREENS
from tuiconv.tui.messages import HomeReady
from tuiconv.tui.screens.framed import HEIGHTS, WIDTHS, FramedScreen
from tuiconv.tui.screens.lesson_keys import ARROWS
from tuiconv.tui.visits import count_visit
from tuiconv.tui.widgets.card import Card

if TYPE_CHECKING:
    from tuiconv.tui.compute import Work
    from tuiconv.tui.messages import WarmUp

WELCOME: Final = "Take a convolutional network apart with your own hands."
HINT: Final = "New here? Press 3: arrows point, Enter goes in, Esc out, ? explains."
HINTED: Final = 3
"""Visits on which the hint is given."""
ROOMY_WIDTHS: Final = [*WIDTHS, (80, "-wide")]
ROOMY_HEIGHTS: Final = [*HEIGHTS, (24, "-high")]
"""With both there is room for pictures."""
SECONDS: Final = 1.0
"""Between two pictures of a training that goes on."""


class HomeScreen(FramedScreen):
    """The way to everything else."""

    HEADING = "Home"
    HORIZONTAL_BREAKPOINTS = ROOMY_WIDTHS
    VERTICAL_BREAKPOINTS = ROOMY_HEIGHTS

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(
                key,
                f"choose({rows}, {columns})",
                "Choose",
                show=key == "up",
                key_display="←↑↓→",
            )
            for key, rows, columns in ARROWS
        ),
        Binding("enter", "open", "Open"),
    ]

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
        self._next_pictures: Timer | None = None
        self.chosen = 0
        """The card that is pointed at."""

    def compose_lesson(self) -> ComposeResult:
        yield Static(WELCOME, id="welcome", markup=False)
        with Container(id="screens"):
            yield from map(Card, SCREENS)
            yield Static(id="here", markup=False)

    def on_mount(self) -> None:
        self.query(Card).first().choose(True)
        self.watch(self.explorer, "depth", self.ask, init=False)
        if count_visit() <= HINTED:
            self.query_one("#welcome", Static).update(HINT)

    def on_screen_resume(self) -> None:
        self.ask()

    def on_resize(self) -> None:
        self.ask()

    def show_warm_up(self, warm_up: "WarmUp") -> None:
        super().show_warm_up(warm_up)
        if warm_up.share == 1:
            self.ask()

    def ask(self) -> None:
        """Have the compute thread look around, and make the pictures once it has the kernels."""
        if self.is_current:
            size, is_warm = self.size, self.explorer.warm_up.share == 1
            self.explorer.compute.submit(lambda: self._look(*size, is_warm))

    def _look(self, columns: int, lines: int, is_warm: bool) -> None:
        encoding = getattr(sys.__stdout__, "encoding", None) or "unknown"
        depth = self.explorer.depth
        here = f"Terminal: {columns}×{lines}, {depth.depth.value}, {encoding}"
        found = terminal(depth, columns, lines, encoding)
        advice = [each.advice for each in found if each.advice]
        told = "\n".join((here, data_told(), *advice))
        if not is_warm:
            self.post_message(HomeReady(told))
            return
        from tuiconv.lessons.home import glimpses

        work = self.explorer.compute.work
        moves = work is not None and work.going
        self.post_message(HomeReady(told, glimpses(*loss_curve(work)), moves))

    @on(HomeReady)
    def show_pictures(self, event: HomeReady) -> None:
        """Draw what came back."""
        self.query_one("#here", Static).update(event.told)
        for card in self.query(Card):
            if card.entry.mode in event.glimpses:
                card.show(event.glimpses[card.entry.mode], self.explorer.depth)
        if self._next_pictures is not None:
            self._next_pictures.stop()
        if event.moves:
            self._next_pictures = self.set_timer(SECONDS, self.ask)

    def action_choose(self, rows: int, columns: int) -> None:
        """Go on to another card; those of a row are beside each other."""
        cards = [*self.query(Card)]
        beside = sum(card.region.y == cards[0].region.y for card in cards)
        there = self.chosen + beside * rows + columns
        if 0 <= there < len(cards):
            cards[self.chosen].choose(False)
            cards[there].choose(True)
            self.chosen = there

    def action_open(self) -> None:
        self.app.switch_mode(SCREENS[self.chosen].mode)

    @on(Card.Clicked)
    def open_clicked(self, event: Card.Clicked) -> None:
        """A click on a card opens its screen."""
        self.app.switch_mode(event.entry.mode)


def loss_curve(work: "Work | None") -> tuple[list[float], list[float]]:
    """When the network in training learned its batches, in epochs, and their losses."""
    if work is None:
        return [], []
    from tuiconv.lessons.training.lesson import TrainingLesson

    if not isinstance(work, TrainingLesson):
        return [], []
    history = work.stepper.history
    return [*history.at], [*history.losses]


def data_told() -> str:
    """Where the data sets are, and how one gets the others."""
    from tuiconv.data.load import where  # with NumPy, after the first paint
    from tuiconv.data.sources import SOURCES

    folders = {name: where(name) for name in SOURCES}
    names = dict[Path, list[str]]()
    for name, folder in folders.items():
        if folder is not None:
            names.setdefault(folder.parent, []).append(name)
    told = ["Data: strokes", *(f"{', '.join(here)} in {at}" for at, here in names.items())]
    missing = [name for name, folder in folders.items() if folder is None]
    if missing:
        told.append(f"`tuiconv data get` fetches {', '.join(missing)}")
    return "; ".join(told)
