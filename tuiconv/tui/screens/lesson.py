"""What every screen has: a line on top saying where one is, and the keys at the bottom."""

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Footer, Static

if TYPE_CHECKING:
    from tuiconv.tui.app import TuiconvApp
    from tuiconv.tui.messages import WarmUp


class LessonScreen(Screen[None]):
    """A screen of the explorer."""

    HEADING: ClassVar[str]
    """What the screen is called."""

    heading: reactive[str] = reactive("")
    """What stands in the line on top: where one is."""

    waiting: reactive[str] = reactive("")
    """What stands behind it: what one waits for."""

    @property
    def explorer(self) -> "TuiconvApp":
        """The app, which owns the compute thread and knows the terminal."""
        return cast("TuiconvApp", self.app)

    def compose(self) -> ComposeResult:
        yield Static(id="top", markup=False)
        yield from self.compose_lesson()
        yield Footer(show_command_palette=False, compact=True)

    def compose_lesson(self) -> ComposeResult:
        """The screen's own widgets."""
        yield from ()

    def on_mount(self) -> None:
        self.heading = self.HEADING
        self.watch(self.explorer, "warm_up", self.show_warm_up)

    def watch_heading(self) -> None:
        self.query_one("#top", Static).update(f"tuiconv › {self.heading}{self.waiting}")

    def watch_waiting(self) -> None:
        self.watch_heading()

    def show_warm_up(self, warm_up: "WarmUp") -> None:
        """Say on top how far the compile is, as long as it goes on."""
        self.waiting = f" · {warm_up.doing} … {warm_up.share:.0%}" if warm_up.share < 1 else ""
