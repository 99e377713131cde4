"""A line to write in, and below it what is wrong with what is written."""

from dataclasses import dataclass
from typing import Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

HINT: Final = "enter keeps it · esc puts back what was there"


class Entry(Input):
    """Takes what is pasted whole, its lines one behind the other, without what does not print."""

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        text = " ".join(event.text.splitlines())
        self.replace("".join(filter(str.isprintable, text)), *self.selection)


class EntryLine(Vertical):
    """Tells every change of a text; what becomes of it is the screen's.

    Args:
        field: the view's field that is written.
        prompt: what it is.
        text: what it was before.
    """

    DEFAULT_CSS = """
    EntryLine { height: auto; padding: 0 1; }
    EntryLine Horizontal { height: 1; }
    EntryLine #prompt { width: auto; text-style: bold; }
    EntryLine Entry { width: 1fr; }
    EntryLine #told { height: auto; min-height: 1; max-height: 4; color: $text-muted; }
    EntryLine.wrong #told { color: $text-error; }
    """

    @dataclass
    class Changed(Message):
        """A letter was added or taken away."""

        field: str
        text: str

    def __init__(self, field: str, prompt: str, text: str) -> None:
        super().__init__()
        self.field = field
        self._prompt = prompt
        self._first = text
        self._is_touched = False
        # Scenes, errors and keys may come before these are laid out.
        self._entry = Entry(text, compact=True, select_on_focus=False)
        self._told = Static(HINT, id="told", markup=False)

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(f"{self._prompt}: ", id="prompt", markup=False)
            yield self._entry
        yield self._told

    def on_mount(self) -> None:
        self._entry.focus()

    @property
    def has_focus_within(self) -> bool:
        """Whether letters are written here, and no keys of the screen."""
        return self._entry.has_focus

    def begin_with(self, text: str) -> None:
        """What the text was, if that was not yet known, and nothing was written."""
        if not self._is_touched and self._entry.value != text:
            with self.prevent(Input.Changed):
                self._entry.value = text
                self._entry.cursor_position = len(text)

    def tell(self, wrong: str) -> None:
        """Say what is wrong with what is written; "" if nothing is."""
        self._told.update(wrong or HINT)
        self.set_class(bool(wrong), "wrong")

    @on(Input.Changed)
    def pass_on(self, event: Input.Changed) -> None:
        """Tell the screen what is written now."""
        event.stop()
        if self._is_touched or event.value != self._first:
            self._is_touched = True
            self.tell("")
            self.post_message(self.Changed(self.field, event.value))
