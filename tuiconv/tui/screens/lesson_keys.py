"""The keys of every screen that shows a scene."""

from typing import Final

from textual.binding import Binding, BindingType

ARROWS: Final = (("up", -1, 0), ("down", 1, 0), ("left", 0, -1), ("right", 0, 1))
"""The arrow keys, and how many rows and columns they lead on."""

KEYS: Final[list[BindingType]] = [
    Binding(
        "enter",
        "deeper",
        "In",
        id="deeper",
        priority=True,
        tooltip="One level further in: from everything to one map, from a map to one number.",
    ),
    Binding(
        "escape",
        "outer",
        "Out",
        id="outer",
        key_display="esc",
        tooltip="One level back out, at last to the list of screens.",
    ),
    *(
        Binding(
            key,
            f"move({rows}, {columns})",
            "Move",
            id=key,
            show=key == "up",
            key_display="←↑↓→",
            priority=True,
            tooltip="Moves what is pointed at.",
        )
        for key, rows, columns in ARROWS
    ),
    Binding("left_square_bracket", "back", "Back", id="back", tooltip="What was shown before."),
    Binding(
        "right_square_bracket",
        "forward",
        "Forward",
        id="forward",
        tooltip="What you came back from.",
    ),
    Binding(
        "r",
        "next_range",
        "Range",
        id="range",
        tooltip="What shares a colour scale: one map (unit), a layer, everything (global); or "
        "the scale stays frozen as it is. Its two ends are written in four digits.",
    ),
    Binding(
        "c",
        "code",
        "Code",
        id="code",
        tooltip="The code that computed this, plain and compiled.",
    ),
    Binding(
        "y",
        "command_line",
        "Command",
        id="command-line",
        tooltip="The command line that prints the same, to copy.",
    ),
    Binding("w", "write", "SVG", id="write", tooltip="Writes a drawing of this for slides."),
]
