"""Options that several commands share."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tuiconv.errors import RequestError

if TYPE_CHECKING:
    from rich.console import Console

    from tuiconv.render.depth import Display

INTERRUPTED = 130
"""The exit status of a program stopped by Ctrl-C, as shells report it."""

Color = Annotated[
    str,
    typer.Option(help="Colours to draw with: auto, truecolor, 256, 16 or none.", metavar="WHEN"),
]
Width = Annotated[
    int | None, typer.Option(help="Columns to draw in; the terminal's by default.", min=20)
]
DataDir = Annotated[
    Path | None, typer.Option(help="Folder that holds the data set's folder, such as mnist/.")
]
Model = Annotated[
    str,
    typer.Argument(
        metavar="MODEL",
        help="A checkpoint (safetensors), or lenet5 for the network that comes with the program.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for another program to read.")]


def console_for(color: str, width: int | None) -> "tuple[Console, Display]":
    """A console on stdout with the colours asked for, and what it can show.

    Raises:
        RequestError: no such choice of colours.
    """
    from tuiconv.render.depth import detect_stream, make_console

    display = detect_stream(color, sys.stdout)
    return make_console(display, sys.stdout, width), display


def lines_to_draw_in(console: "Console") -> int:
    """The terminal's lines less five, for what is told besides; where there is none, as usual."""
    from tuiconv.render.scene import MOST_LINES

    return max(1, console.height - 5) if sys.stdout.isatty() else MOST_LINES


def at_most_one(options: Mapping[str, object]) -> None:
    """Raise RequestError if more than one of some options are given."""
    given = [name for name, value in options.items() if value]
    if len(given) > 1:
        raise RequestError(f"{' and '.join(given)}; expected at most one of {', '.join(options)}")
