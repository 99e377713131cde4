"""The explorer's frame: its screens, its keys, and the compute thread behind them."""

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from threading import Thread
from time import perf_counter, sleep
from typing import Any, ClassVar, Final

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.driver import Driver
from textual.events import Event, Key
from textual.reactive import var
from textual.screen import Screen
from textual.widgets import Input

from tuiconv.errors import UserError
from tuiconv.render.depth import ColorDepth, Display, detect_stream
from tuiconv.tui.catalogue import SCREENS
from tuiconv.tui.compute import Compute
from tuiconv.tui.keys import keys_of
from tuiconv.tui.messages import ComputeFailed, WarmUp, in_a_line
from tuiconv.tui.screens.framed import FramedScreen
from tuiconv.tui.screens.help import HelpScreen
from tuiconv.tui.screens.home import HomeScreen
from tuiconv.tui.warm_up import compile_all

DEPTHS = {
    "truecolor": ColorDepth.TRUECOLOR,
    "256": ColorDepth.EIGHT_BIT,
    "standard": ColorDepth.STANDARD,
    "windows": ColorDepth.STANDARD,
}

PATIENCE: Final = 0.5
"""Seconds that the step in hand may take to end when the explorer is quitted."""

GRACE: Final = {"SIGTERM": 10.0, "SIGHUP": 1.0}
"""Seconds to end in when told to: to give the terminal back takes long on a busy machine; from one
that has hung up there is nothing to give back."""


class TuiconvApp(App[None]):
    """The explorer.

    Args:
        animated: whether what moves is drawn as often as drawing leaves time for the rest;
            otherwise once a second, for slow lines.
    """

    TITLE = "tuiconv"
    CSS_PATH = "app.tcss"

    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {
        "home": HomeScreen,
        **{entry.mode: entry.open for entry in SCREENS},
    }
    DEFAULT_MODE = "home"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h,0", "home", "Home", id="home", tooltip="The list of screens."),
        *(
            Binding(entry.key, f"switch_mode('{entry.mode}')", entry.name, show=False)
            for entry in SCREENS
        ),
        *(
            Binding(key, f"no_screen({key!r})", show=False)
            for key in set("123456789") - {entry.key for entry in SCREENS}
        ),
        Binding(
            "p",
            "next_palettes",
            "Palettes",
            id="palettes",
            tooltip="Other colours for the maps: standard, night or greys.",
        ),
        Binding(
            "question_mark",
            "help",
            "Help",
            id="help",
            tooltip="Explains this screen, with all its keys.",
        ),
        Binding(
            "ctrl+p",
            "command_palette",
            "Commands",
            id="palette",
            show=False,
            tooltip="Finds every screen and everything that can be done here by a few letters.",
        ),
        Binding(
            "ctrl+z",
            "suspend_process",
            "Suspend",
            show=False,
            tooltip="To the shell; `fg` comes back.",
        ),
        Binding("q", "quit", "Quit", id="quit", priority=True, tooltip="Ends tuiconv at once."),
    ]

    warm_up: var[WarmUp] = var(WarmUp("starting", 0.0))
    """How far the compile has come, for the screens to watch."""

    depth: var[Display] = var(Display())
    """What the terminal can show, and with which palettes."""

    def __init__(self, *, animated: bool = True) -> None:
        # Textual's monochrome is greys; with the terminal's own colours it sends none at all.
        super().__init__(ansi_color="NO_COLOR" in os.environ or None)
        self.frame_time = 1 / 20 if animated else 1.0
        """Seconds that a scene which moves stands still at least."""
        if not animated:
            self.animation_level = "none"
        depth = DEPTHS.get(self.console.color_system or "", ColorDepth.NONE)
        # Colours are Textual's to detect: it writes them. Which signs there are is not.
        signs = detect_stream("auto", sys.__stdout__ or sys.stdout)
        self.depth = Display(ColorDepth.NONE if self.no_color else depth, signs.unicode)
        self.compute = Compute(lambda error: self.post_message(ComputeFailed(error)))
        """Everything slow is submitted to it."""

    def get_driver_class(self) -> type[Driver]:
        """Textual's for the terminal; our own for a page in a browser."""
        driver = super().get_driver_class()
        if driver.__name__ == "WebDriver":
            from tuiconv.tui.page import PageDriver

            return PageDriver
        return driver

    def on_mount(self) -> None:
        self.compute.submit(partial(self._compile, compile_all(), perf_counter()))
        # Importing Numba takes a while: the first screen is painted before that begins.
        self.call_after_refresh(self.compute.start)

    def _compile(self, steps: Iterator[tuple[str, float]], began: float) -> None:
        """In the compute thread: compile a kernel that the screens need, and say how far it is.

        What the learner asks for in the meantime comes before the next kernel.
        """
        step = next(steps, None)
        if step is None:
            # what is loaded by now stays: to look for garbage in it would stop all threads at once
            gc.freeze()
            self.post_message(WarmUp(f"kernels ready in {perf_counter() - began:.1f} s", 1.0))
            return
        name, share = step
        self.post_message(WarmUp(name, share))
        self.compute.submit(partial(self._compile, steps, began))

    def on_warm_up(self, message: WarmUp) -> None:
        self.warm_up = message

    def on_compute_failed(self, message: ComputeFailed) -> None:
        if not isinstance(message.error, UserError | OSError):
            raise message.error
        self.notify(in_a_line(message.error), severity="error", timeout=10, markup=False)

    def on_unmount(self) -> None:
        self.compute.stop()

    async def on_event(self, event: Event) -> None:
        """Quit by q also where a command is looked for, but not in the middle of a word."""
        is_q = isinstance(event, Key) and event.key == "q"
        # there is no screen to have the focus when the first and the last events come
        entry = self.focused if is_q else None
        is_empty = isinstance(entry, Input) and not entry.value
        if entry is not None and is_empty and isinstance(entry.screen, CommandPalette):
            self.exit()
        else:
            await super().on_event(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what does something now is offered."""
        if action == "home":
            return self.current_mode != "home"
        if action == "next_palettes":
            return self.depth.has_palettes
        return True

    def get_key_display(self, binding: Binding) -> str:
        """As keys are called: ctrl+p, not ^p."""
        is_with_ctrl = binding.key.startswith("ctrl+") and not binding.key_display
        return binding.key if is_with_ctrl else super().get_key_display(binding)

    def action_home(self) -> None:
        self.switch_mode("home")

    def action_no_screen(self, key: str) -> None:
        """A number that no screen has."""
        there = ", ".join(f"{entry.key} {entry.name}" for entry in SCREENS)
        self.notify(f"there is no screen {key}; there are {there}", timeout=4, markup=False)

    def action_next_palettes(self) -> None:
        from tuiconv.render.palettes import FAMILIES

        names = list(FAMILIES)
        following = names[(names.index(self.depth.palettes) + 1) % len(names)]
        self.depth = replace(self.depth, palettes=following)
        self.notify(f"palettes: {following}", timeout=2)

    def action_help(self) -> None:
        screen = self.screen
        if isinstance(screen, FramedScreen):
            self.push_screen(HelpScreen(screen.heading, screen.sentences, keys_of(screen)))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the command palette offers: the screens, and all that can be done on this one."""
        for entry in SCREENS:
            title = f"{entry.name} ({entry.key})"
            yield SystemCommand(title, entry.about, partial(self.switch_mode, entry.mode))
        if isinstance(screen, FramedScreen):
            yield from screen.commands()
        for keys in keys_of(screen):
            if keys.sentence and len(keys.actions) == 1 and keys.actions != ("command_palette",):
                press = partial(self.run_action, keys.actions[0], keys.node)
                yield SystemCommand(f"{keys.name} ({keys.keys})", keys.sentence, press)
        yield SystemCommand("Theme", "Other colours around the pictures.", self.action_change_theme)


def run_explorer(*, animated: bool) -> int:
    """Open the explorer, and come back when it is quitted.

    Returns:
        The exit status.
    """
    app = TuiconvApp(animated=animated)
    end_by_signals(app)
    app.run()
    status = app.return_code or 0
    if app.compute.ident:  # it may be ended before its first paint
        app.compute.join(PATIENCE)
    if app.compute.is_alive() and app.compute.owes:
        with suppress(OSError):  # the terminal may be gone
            sys.stderr.write("a file is still being written; Ctrl-C gives it up\n")
        try:
            app.compute.join()
        except KeyboardInterrupt:
            status = 128 + signal.SIGINT
    if app.compute.is_alive():
        # A compile cannot be interrupted, and crashes when the interpreter goes away under it.
        sys.stdout.flush()
        os._exit(status)
    return status


def end_by_signals(app: TuiconvApp) -> None:
    """Quit when the program is told to end, or its terminal is gone."""

    def end(number: int, frame: object) -> None:
        grace = GRACE[signal.Signals(number).name]
        Thread(target=quit_with, args=(app, 128 + number, grace), daemon=True).start()

    for name in GRACE:
        if hasattr(signal, name):  # Windows has no hang-up
            signal.signal(getattr(signal, name), end)


def quit_with(app: TuiconvApp, status: int, grace: float) -> None:
    """From another thread: quit; or just end, where the terminal takes nothing any more."""
    app.call_later(app.exit, return_code=status)
    sleep(grace)
    os._exit(status)
