"""What the terminal can show: how many colours, and whether more than ASCII."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal, TextIO

from rich.console import Console

from tuiconv.errors import RequestError


class ColorDepth(Enum):
    """How many colours there are; the values are those of the option `--color`."""

    TRUECOLOR = "truecolor"
    EIGHT_BIT = "256"
    STANDARD = "16"
    NONE = "none"


@dataclass(frozen=True)
class Display:
    """A terminal's abilities, which every function of this package draws by."""

    depth: ColorDepth = ColorDepth.TRUECOLOR
    """Colours. With 16 or none, maps are drawn with glyphs of growing weight."""
    unicode: bool = True
    """Whether block elements and braille can be printed; otherwise ASCII only."""
    palettes: str = "standard"
    """Which family of `tuiconv.render.palettes.FAMILIES` maps are drawn with."""

    @property
    def has_palettes(self) -> bool:
        """Whether there are colours enough to draw a map with."""
        return self.depth in (ColorDepth.TRUECOLOR, ColorDepth.EIGHT_BIT)

    @property
    def has_half_blocks(self) -> bool:
        """Whether one cell can show two pixels, one above the other."""
        return self.unicode and self.has_palettes


NARROWEST: Final = 20
"""Columns that are always drawn in: some terminals say that they have none."""

_NEEDED_GLYPHS: Final = "▀█░▒▓≡▏⣿│└"
_DEEP_TERMINALS: Final = ("-direct", "kitty", "alacritty", "wezterm", "ghostty", "foot")
_RICH_SYSTEMS: Final[dict[ColorDepth, Literal["truecolor", "256", "standard"] | None]] = {
    ColorDepth.TRUECOLOR: "truecolor",
    ColorDepth.EIGHT_BIT: "256",
    ColorDepth.STANDARD: "standard",
    ColorDepth.NONE: None,
}


def detect(
    color: str = "auto",
    *,
    is_terminal: bool,
    encoding: str | None,
    environ: Mapping[str, str] = os.environ,
    platform: str = sys.platform,
) -> Display:
    """What an output can show, by what was asked for and what the environment says of it.

    A depth that was asked for is taken as it is. "auto" gives no colour to files and pipes, to
    `TERM=dumb`, or where `NO_COLOR` is set (no-color.org); otherwise `COLORTERM` and `TERM` decide.

    Args:
        color: "auto", or a value of `ColorDepth`.
        is_terminal: whether the output is a terminal.
        encoding: the output's text encoding; None counts as ASCII.
        environ: environment variables.
        platform: as `sys.platform`.

    Raises:
        RequestError: a ValueError, if `color` is none of the five words.
    """
    if color == "auto":
        depth = _depth(environ, platform) if is_terminal else ColorDepth.NONE
    else:
        try:
            depth = ColorDepth(color)
        except ValueError:
            allowed = ", ".join(["auto", *(d.value for d in ColorDepth)])
            raise RequestError(f"color {color!r} is none of {allowed}") from None
    # The font of the Linux console has neither braille nor eighth blocks.
    plain = is_terminal and environ.get("TERM") in ("linux", "dumb")
    return Display(depth, _can_encode(encoding) and not plain)


def detect_stream(color: str, stream: TextIO) -> Display:
    """`detect` for an open text stream, such as `sys.stdout`."""
    return detect(color, is_terminal=stream.isatty(), encoding=stream.encoding)


def make_console(display: Display, stream: TextIO, width: int | None = None) -> Console:
    """A Rich console that prints exactly the display's colours, and no escape codes without any.

    Args:
        display: what to print with.
        stream: where to print.
        width: columns; by default the terminal's, or `NARROWEST` if it tells of fewer.
    """
    console = Console(
        file=stream,
        color_system=_RICH_SYSTEMS[display.depth],
        force_terminal=display.depth is not ColorDepth.NONE or None,
        no_color=display.depth is ColorDepth.NONE,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
        width=width,
    )
    if width is None and console.width < NARROWEST:
        console.width = NARROWEST
    return console


def _depth(environ: Mapping[str, str], platform: str) -> ColorDepth:
    term = environ.get("TERM", "").lower()
    if environ.get("NO_COLOR") or term == "dumb":
        return ColorDepth.NONE
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return ColorDepth.TRUECOLOR
    if any(name in term for name in _DEEP_TERMINALS):
        return ColorDepth.TRUECOLOR
    if "256color" in term:
        return ColorDepth.EIGHT_BIT
    if platform == "win32":  # Windows sets no TERM; its terminals of today have all colours
        return ColorDepth.TRUECOLOR
    return ColorDepth.STANDARD if term else ColorDepth.NONE


def _can_encode(encoding: str | None) -> bool:
    try:
        _NEEDED_GLYPHS.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
