"""`c`: the code that computed what a screen shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.highlight import highlight
from textual.message import Message
from textual.widgets import Static

from tuiconv.lessons.code import Code
from tuiconv.tui.screens.sheet import Sheet

if TYPE_CHECKING:
    from tuiconv.tui.app import TuiconvApp

WIDE: Final = 170
"""Columns from which the two ways to compute it stand beside each other."""
WIDTHS: Final = [(0, "-one"), (WIDE, "-both")]


class Source(Static):
    """Python to read; its colours take a while, and come later."""

    @dataclass
    class Coloured(Message):
        """The same in colours."""

        content: Content

    def __init__(self, python: str, classes: str) -> None:
        super().__init__(python, classes=classes, markup=False)
        self._python = python

    def on_mount(self) -> None:
        compute = cast("TuiconvApp", self.app).compute
        self.call_after_refresh(compute.submit, self._colour)  # to be read first

    def _colour(self) -> None:
        """In the compute thread."""
        if self.is_running:
            self.post_message(self.Coloured(highlight(self._python, language="python")))

    @on(Coloured)
    def show_coloured(self, event: Coloured) -> None:
        """Instead of the plain text, which takes as much room."""
        self.update(event.content, layout=False)


class CodeScreen(Sheet):
    """The plain twin of every operation, and beside it, or after tab, its compiled kernels."""

    DEFAULT_CSS = """
    CodeScreen .operation { height: auto; margin-bottom: 1; }
    CodeScreen .source { width: 1fr; padding-right: 2; display: none; }
    CodeScreen.-both .source, CodeScreen.-plain .plain, CodeScreen.-compiled .compiled {
        display: block;
    }
    """
    HORIZONTAL_BREAKPOINTS = WIDTHS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,c", "dismiss", "Close", key_display="esc c"),
        Binding("tab", "other", "Plain or compiled", key_display="tab", priority=True),
    ]

    def __init__(self, operations: Sequence[Code]) -> None:
        super().__init__("the code that computed this")
        self._operations = operations
        self.add_class("-plain")

    def compose_sheet(self) -> ComposeResult:
        if not self._operations:
            yield Static("no operation of tuiconv_kernels")
        for each in self._operations:
            plain = f"# {each.operation}, plain: loops to read\n\n{each.plain}"
            compiled = f"# {each.operation}, compiled by Numba: what runs\n\n{each.compiled}"
            with Horizontal(classes="operation"):
                yield Source(plain, "source plain")
                yield Source(compiled, "source compiled")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where both are seen there is nothing to change."""
        return not (action == "other" and self.has_class("-both"))

    def action_other(self) -> None:
        self.toggle_class("-plain", "-compiled")
