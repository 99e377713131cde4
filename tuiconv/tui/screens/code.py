"""`c`: the code that computed what a screen shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message

from tuiconv.lessons.code import Code
from tuiconv.tui.screens.sheet import Sheet
from tuiconv.tui.widgets.code_view import CodeView, Source

if TYPE_CHECKING:
    from tuiconv.tui.app import TuiconvApp


class CodeScreen(Sheet):
    """The plain twin of every operation, and beside it, or after tab, its compiled kernels."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,c", "dismiss", "Close", key_display="esc c"),
        Binding("tab", "other", "Plain or compiled", key_display="tab", priority=True),
    ]

    @dataclass
    class Coloured(Message):
        """The sources of a kind in colours."""

        kind: int
        sources: list[Source]

    def __init__(self, operations: Sequence[Code]) -> None:
        super().__init__("the code that computed this")
        plain = [f"# {each.operation}, plain: loops to read\n\n{each.plain}" for each in operations]
        compiled = [
            f"# {each.operation}, compiled by Numba: what runs\n\n{each.compiled}"
            for each in operations
        ]
        none = ["# no operation of tuiconv_kernels"]
        self._kinds = (plain or none, compiled or none)

    def compose_sheet(self) -> ComposeResult:
        yield CodeView(self._kinds)

    def on_mount(self) -> None:
        self.query_one(CodeView).focus()
        compute = cast("TuiconvApp", self.app).compute
        for kind in range(len(self._kinds)):  # to be read first, before it has its colours
            self.call_after_refresh(compute.submit, lambda kind=kind: self._colour(kind))

    def _colour(self, kind: int) -> None:
        """In the compute thread."""
        if self.is_running:
            from rich.syntax import Syntax

            syntax = Syntax("", "python", theme="ansi_dark")
            texts = [syntax.highlight(source) for source in self._kinds[kind]]
            self.post_message(self.Coloured(kind, [[*each.split("\n")] for each in texts]))

    @on(Coloured)
    def show_coloured(self, event: Coloured) -> None:
        """Instead of the plain text, which takes as much room."""
        for view in self.query(CodeView):
            view.colour(event.kind, event.sources)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where both are seen there is nothing to change."""
        return not (action == "other" and any(view.shows_all for view in self.query(CodeView)))

    def action_other(self) -> None:
        for view in self.query(CodeView):  # there is none before the first paint
            view.show_next()
