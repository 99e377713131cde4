"""Home: the list of screens, how far the compile is, and what this machine offers."""

import platform
from importlib.metadata import version
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.widgets import OptionList, ProgressBar, Static
from textual.widgets.option_list import Option

from tuiconv import __version__
from tuiconv.tui.screens.lesson import LessonScreen

if TYPE_CHECKING:
    from tuiconv.tui.messages import WarmUp

SCREENS = {
    "filters": ("2", "Filters", "what a small kernel does to a picture"),
    "training": ("4", "Training", "LeNet learns digits: loss, feature maps, guesses"),
}
"""By mode: the key, the name, and what there is to see."""

WELCOME = """\
Take a convolutional network apart with your own hands.

Everything is computed as you watch, on a real network.
Choose with a number, or with the arrow keys and Enter.
"""


class HomeScreen(LessonScreen):
    """The way to everything else."""

    HEADING = "Home"

    def compose_lesson(self) -> ComposeResult:
        yield Static(WELCOME, id="welcome", markup=False)
        yield OptionList(
            *(
                Option(f"{key}  {name:<10} {about}", id=mode)
                for mode, (key, name, about) in SCREENS.items()
            ),
            id="screens",
            markup=False,
        )
        yield Static(id="doing", markup=False)
        yield ProgressBar(total=1.0, show_eta=False, id="compiled")
        yield Static(id="environment", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    def on_resize(self) -> None:
        width, height = self.size
        self.query_one("#environment", Static).update(
            f"tuiconv {__version__} · Python {platform.python_version()} · Numba"
            f" {version('numba')} · {width}×{height}, colours: {self.explorer.depth.depth.value}"
        )

    def show_warm_up(self, warm_up: "WarmUp") -> None:
        self.query_one(ProgressBar).update(progress=warm_up.share)
        first = "" if warm_up.share == 1 else "  (kept for the next start)"
        self.query_one("#doing", Static).update(f"{warm_up.doing}{first}")

    @on(OptionList.OptionSelected)
    def open_screen(self, event: OptionList.OptionSelected) -> None:
        """Enter on a line opens its screen."""
        if event.option.id is not None:
            self.app.switch_mode(event.option.id)
