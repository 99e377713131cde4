"""What this terminal can show, and which data is where; with what to do about what is amiss."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tuiconv.render.depth import Display


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    name: str
    found: str
    advice: str = ""
    """What to do about it; empty when all is well."""


def terminal(display: "Display", columns: int, lines: int, encoding: str) -> Iterator[Finding]:
    """The size, colours and characters of a terminal."""
    from tuiconv.render.depth import ColorDepth

    small = columns < 80 or lines < 24
    yield Finding("size", f"{columns}×{lines}", "make the window at least 80×24" if small else "")
    advice = {
        ColorDepth.TRUECOLOR: "",
        ColorDepth.EIGHT_BIT: "for smooth maps, export COLORTERM=truecolor if it can do that",
        ColorDepth.STANDARD: "maps are drawn with glyphs; try TERM=xterm-256color",
        ColorDepth.NONE: "" if os.environ.get("NO_COLOR") else "set TERM to your terminal's type",
    }[display.depth]
    term = os.environ.get("TERM", "not set")
    yield Finding("colours", f"{display.depth.value} (TERM {term})", advice)
    yield characters(display, encoding)


def characters(display: "Display", encoding: str) -> Finding:
    """Whether more than ASCII can be printed."""
    from locale import getlocale

    advice = "" if display.unicode else "use a UTF-8 locale, such as LANG=C.UTF-8"
    return Finding("characters", f"{encoding}, locale {getlocale()[0] or 'C'}", advice)


def data_sets() -> Iterator[Finding]:
    """The data sets that can be trained on."""
    from tuiconv.data.load import data_dirs, where
    from tuiconv.data.sources import SOURCES

    yield Finding("strokes", "drawn on the spot")
    looked = ", ".join(map(str, data_dirs()))
    for name in SOURCES:
        folder = where(name)
        if folder is not None:
            yield Finding(name, f"in {folder}")
        else:
            yield Finding(
                name,
                f"not found in {looked}",
                f"`tuiconv data get {name}` fetches it, or set TUICONV_DATA_DIR",
            )
