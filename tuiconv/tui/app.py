"""The explorer's frame: its screens, its keys, and the compute thread behind them."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from time import perf_counter
from typing import Any, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.reactive import var
from textual.screen import Screen

from tuiconv.errors import UserError
from tuiconv.render.depth import ColorDepth, Display, detect_stream
from tuiconv.tui.compute import Compute
from tuiconv.tui.messages import ComputeFailed, WarmUp
from tuiconv.tui.screens.filters import FiltersScreen
from tuiconv.tui.screens.home import HomeScreen
from tuiconv.tui.screens.training import PRESET, TrainingScreen
from tuiconv.tui.warm_up import compile_all

DEPTHS = {
    "truecolor": ColorDepth.TRUECOLOR,
    "256": ColorDepth.EIGHT_BIT,
    "standard": ColorDepth.STANDARD,
    "windows": ColorDepth.STANDARD,
}


class TuiconvApp(App[None]):
    """The explorer."""

    TITLE = "tuiconv"
    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = "app.tcss"

    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {
        "home": HomeScreen,
        "filters": FiltersScreen,
        "training": TrainingScreen,
    }
    DEFAULT_MODE = "home"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h,escape", "switch_mode('home')", "Home", id="home", key_display="esc"),
        Binding("2", "switch_mode('filters')", "Filters", id="filters", show=False),
        Binding("4", "switch_mode('training')", "Training", id="training", show=False),
        Binding("q", "quit", "Quit", id="quit", priority=True),
    ]

    warm_up: var[WarmUp] = var(WarmUp("starting", 0.0))
    """How far the compile has come, for the screens to watch."""

    def __init__(self) -> None:
        super().__init__()
        depth = DEPTHS.get(self.console.color_system or "", ColorDepth.NONE)
        # Colours are Textual's to detect: it writes them. Which signs there are is not.
        signs = detect_stream("auto", sys.__stdout__ or sys.stdout)
        self.depth = Display(ColorDepth.NONE if self.no_color else depth, signs.unicode)
        """What the terminal can show."""
        self.compute = Compute(lambda error: self.post_message(ComputeFailed(error)))
        """Everything slow is submitted to it."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Home does not offer the way home."""
        at_home = self.current_mode == "home"
        return not (action == "switch_mode" and parameters == ("home",) and at_home)

    def on_mount(self) -> None:
        self.compute.submit(partial(self._compile, compile_all(PRESET), perf_counter()))
        # Importing Numba takes a while: the first screen is painted before that begins.
        self.call_after_refresh(self.compute.start)

    def _compile(self, steps: Iterator[tuple[str, float]], began: float) -> None:
        """In the compute thread: compile a kernel that the screens need, and say how far it is.

        What the learner asks for in the meantime comes before the next kernel.
        """
        step = next(steps, None)
        if step is None:
            self.post_message(WarmUp(f"kernels ready in {perf_counter() - began:.1f} s", 1.0))
            return
        name, share = step
        self.post_message(WarmUp(f"compiling {name}", share))
        self.compute.submit(partial(self._compile, steps, began))

    def on_warm_up(self, message: WarmUp) -> None:
        self.warm_up = message

    def on_compute_failed(self, message: ComputeFailed) -> None:
        if not isinstance(message.error, UserError):
            raise message.error
        self.notify(str(message.error), severity="error", timeout=10)

    def on_unmount(self) -> None:
        self.compute.stop()
