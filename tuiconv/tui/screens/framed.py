"""What every screen has: a line on top saying where one is, and the keys at the bottom."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Final, cast

from rich.cells import cell_len
from textual.app import ComposeResult, SystemCommand
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Static

from tuiconv.tui.widgets.key_line import KeyLine

if TYPE_CHECKING:
    from tuiconv.tui.app import TuiconvApp
    from tuiconv.tui.messages import WarmUp

LEAST_WIDTH: Final = 60
LEAST_HEIGHT: Final = 16
"""Cells of the smallest terminal in which a screen can be read."""
WIDTHS: Final = [(0, "-too-narrow"), (LEAST_WIDTH, "-wide-enough")]
HEIGHTS: Final = [(0, "-too-low"), (LEAST_HEIGHT, "-high-enough")]


class FramedScreen(Screen[None]):
    """A screen of the explorer."""

    HEADING: ClassVar[str]
    """What the screen is called."""

    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    heading: reactive[str] = reactive("")
    """What stands in the line on top: where one is."""

    waiting: reactive[str] = reactive("")
    """What stands behind it: what one waits for."""

    @property
    def explorer(self) -> "TuiconvApp":
        """The app, which owns the compute thread and knows the terminal."""
        return cast("TuiconvApp", self.app)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What there is to see, for the help."""
        return ()

    def commands(self) -> Iterable[SystemCommand]:
        """What the command palette offers on this screen besides its keys."""
        return ()

    def compose(self) -> ComposeResult:
        yield Static(id="top", markup=False)
        yield from self.compose_lesson()
        yield KeyLine(id="keys")
        yield Static(id="too-small", markup=False)

    def compose_lesson(self) -> ComposeResult:
        """The screen's own widgets."""
        yield from ()

    def on_mount(self) -> None:
        self.heading = self.HEADING
        self.watch(self.explorer, "warm_up", self.show_warm_up)

    def on_resize(self) -> None:
        width, height = self.size
        self._tell_where()
        self.query_one("#too-small", Static).update(
            f"This terminal has {width}×{height} cells.\n\n"
            f"tuiconv needs {LEAST_WIDTH}×{LEAST_HEIGHT}: make the\n"
            "window larger or the font smaller.\n\nq quits"
        )

    def watch_heading(self) -> None:
        self._tell_where()

    def watch_waiting(self) -> None:
        self._tell_where()

    def _tell_where(self) -> None:
        """Where one is, the innermost at least; and what one waits for, if that has room."""
        room = self.size.width - 2
        text, inner = f"tuiconv › {self.heading}", self.heading
        if cell_len(text + self.waiting) <= room:
            text += self.waiting
        while cell_len(text) > room and inner:
            text = f"… › {inner}"
            inner = inner.partition(" › ")[2]
        self.query_one("#top", Static).update(text, layout=False)

    def show_warm_up(self, warm_up: "WarmUp") -> None:
        """Say on top how far the compile is, as long as it goes on."""
        self.waiting = f" · {warm_up.doing} … {warm_up.share:.0%}" if warm_up.share < 1 else ""
