#!/usr/bin/env python3
"""Draws a picture of every screen of the explorer, as a learner meets it after some keys.

    python samples/make_screens.py            # samples/screens/*.svg
    python samples/make_screens.py --only network --into .

The explorer is opened without a terminal, the keys are pressed, and what it shows is written as SVG
by the program's own means. The files are as small as the text on them.
"""

import argparse
import asyncio
import os
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from textual.pilot import Pilot

from tuiconv.files import replacing
from tuiconv.render.svg import FONTS, LINE, draw_lines
from tuiconv.render.svg_pictures import COLUMN
from tuiconv.tui.app import TuiconvApp

SIZE = COLUMNS, LINES = 100, 34
INK, PAPER = "#e0e0e0", "#121212"
PRESSED = {
    "home": "",
    "convolution": "`1` `→` 2×",
    "filters": "`2` `↑`",
    "network": "`3` `↓` 3× `→` 3× `Enter`",
    "training": "`4` `b` 40×",
    "arithmetic": "`5` `↓` 3×",
    "dynamic": "`6` `shift+→`",
    "draw": "`7` `n` 2×",
}
"""The keys that lead to each picture, as the README says them."""
NAMES = {
    "Enter": "enter",
    "Esc": "escape",
    "Backspace": "backspace",
    "↑": "up",
    "↓": "down",
    "←": "left",
    "→": "right",
    "+": "plus",
    "-": "minus",
    ",": "comma",
    ".": "full_stop",
    "[": "left_square_bracket",
    "]": "right_square_bracket",
}
"""What Textual calls a key; the others as they are written here."""
SURROUNDINGS = {"COLORTERM": "truecolor", "TERM": "xterm-256color", "TUICONV_DATA_DIR": ""}


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw all screens, or one."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--into", type=Path, default=Path(__file__).with_name("screens"))
    parser.add_argument("--only", choices=PRESSED, help="one of the screens")
    asked = parser.parse_args(arguments)
    os.environ.update(SURROUNDINGS)
    os.environ.pop("NO_COLOR", None)
    asked.into.mkdir(exist_ok=True)
    for name in [asked.only] if asked.only else PRESSED:
        with TemporaryDirectory() as state, replacing(asked.into / f"{name}.svg") as file:
            # on Linux, where visits are counted and data sets looked for: all is as at the first
            os.environ["XDG_STATE_HOME"] = os.environ["XDG_DATA_HOME"] = state
            file.write(asyncio.run(picture(name)).encode())


async def picture(name: str) -> str:
    """A screen as SVG, after its keys."""
    app = TuiconvApp()
    async with app.run_test(size=SIZE) as pilot:
        while app.warm_up.share < 1:
            await pilot.pause(0.1)
        for key in keys_in(PRESSED[name]):
            await pilot.press(key)
            await all_done(app, pilot)
        await all_done(app, pilot)
        # as `App.export_screenshot` does, which writes a rectangle for every cell
        lines = [list(strip) for strip in app.screen._compositor.render_strips()]
    width, height = COLUMNS * COLUMN, LINES * LINE
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}"'
            f' width="{width:g}" height="{height:g}" role="img" font-family="{FONTS}"'
            f' font-size="14" fill="{INK}">',
            f"<title>tuiconv: {name}</title>",
            f'<rect width="{width:g}" height="{height:g}" fill="{PAPER}"/>',
            *draw_lines(lines, 0, 0).parts,
            "</svg>\n",
        )
    )


def keys_in(words: str) -> list[str]:
    """The keys that a text names: `n` 3× is three of them, what one is to type its letters."""
    keys: list[str] = []
    for typed, written, times in re.findall(r"(type )?`([^`]+)`(?: (\d+)×)?", words):
        if typed:
            keys += written
            continue
        *shift, key = re.split(r"(?<=shift)\+", written)
        keys += ["+".join((*shift, NAMES.get(key, key)))] * int(times or 1)
    return keys


async def all_done(app: TuiconvApp, pilot: Pilot[None]) -> None:
    """Wait until the compute thread has done what the keys asked for, and it shows."""
    done = Event()
    app.compute.submit(done.set)
    while not done.is_set():
        await pilot.pause(0.01)
    await pilot.pause()


if __name__ == "__main__":
    main()
