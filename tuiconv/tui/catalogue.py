"""The screens, in one place: what Home lists, number keys open and the command palette finds."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from textual.screen import Screen


@dataclass(frozen=True)
class Entry:
    """A screen, and how one gets there."""

    key: str
    mode: str
    """Its name among the modes of the app."""
    name: str
    about: str
    """What there is to see, in a line that Home has room for: tests/tui/test_app.py."""
    module: str
    """Imported when the screen is opened: the first screen is to be painted before that."""
    screen: str
    """The class in it."""

    def load(self) -> None:
        """Import what the screen needs."""
        import_module(self.module)

    def open(self) -> "Screen[Any]":
        """A new screen."""
        return cast("Screen[Any]", getattr(import_module(self.module), self.screen)())


SCREENS: Final = (
    Entry(
        "1",
        "convolution",
        "Convolution",
        "a window slides: every product, every sum, and back",
        "tuiconv.tui.screens.convolution",
        "ConvolutionScreen",
    ),
    Entry(
        "2",
        "filters",
        "Filters",
        "what a small kernel does to a picture",
        "tuiconv.tui.screens.filters",
        "FiltersScreen",
    ),
    Entry(
        "3",
        "network",
        "Network",
        "a trained network from inside, down to one unit",
        "tuiconv.tui.screens.network",
        "NetworkScreen",
    ),
    Entry(
        "4",
        "training",
        "Training",
        "a network learns digits: step by step, and back",
        "tuiconv.tui.screens.training",
        "TrainingScreen",
    ),
    Entry(
        "5",
        "arithmetic",
        "Arithmetic",
        "what a network's layers make, learn, cost and see",
        "tuiconv.tui.screens.arithmetic",
        "ArithmeticScreen",
    ),
    Entry(
        "6",
        "dynamic",
        "Dynamic input length",
        "one net for inputs of any length",
        "tuiconv.tui.screens.dynamic",
        "DynamicScreen",
    ),
    Entry(
        "7",
        "draw",
        "Draw",
        "write a digit, and it is read while you write",
        "tuiconv.tui.screens.draw",
        "DrawScreen",
    ),
)
"""In the order of their keys."""
