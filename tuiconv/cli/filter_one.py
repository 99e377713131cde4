"""One picture of `tuiconv apply-filter`: read, filtered, told of and saved."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import wrap
from typing import Final, Literal

from tuiconv.cli.filter_outputs import STREAM, Target
from tuiconv.cli.filter_request import Change, Showing
from tuiconv.cli.filter_told import Outcome, as_svg, told_of
from tuiconv.files import replacing
from tuiconv.images.apply import filter_frames, load_kernels
from tuiconv.images.channels import grey, one_channel
from tuiconv.images.files.reading import read_picture_file
from tuiconv.images.files.writing import encode, write_picture_file
from tuiconv.images.pictures import Picture, PictureFile
from tuiconv.images.statistics import Statistics, together
from tuiconv.lessons.filter_figures import clipped

USUAL_INTERVAL: Final = sys.getswitchinterval()
"""Seconds that a thread may keep Python's lock. To decode a picture is to ask for it some hundred
times, which with all of that time would take longer than to load Numba."""


@dataclass(frozen=True)
class Job:
    """What is done with every picture."""

    change: Change
    showing: Showing

    def __call__(self, source: str, target: Target) -> Outcome:
        """Filter a picture with all its frames, and save it if there is a target.

        Nothing is written before all that is to be told of it could be.

        Raises:
            UserError: it cannot be read, filtered, explained or written.
            OSError: it cannot be written to stdout, nor its drawing to a file.
        """
        change, showing = self.change, self.showing
        content = sys.stdin.buffer.read() if source == STREAM else source
        with loading_kernels():
            file = read_picture_file(content, change.large)
        before = [as_asked(frame, change) for frame in file.frames]
        filtered = filter_frames(before, change.filters, change.settings)
        # of several frames the first is shown, with the numbers of all
        sums = together([each.statistics for each in filtered])
        shown = replace(filtered[0], statistics=sums)
        told = list(told_of(source, before[0], shown, change, showing, target))
        slide = "" if showing.svg is None else as_svg(before[0], shown, change, showing)
        notes = [file.note, mode_note(file.frames[0], before[0])]
        saved = []
        if target is not None:
            after = replace(file, frames=tuple(each.picture for each in filtered))
            notes.append(store(after, target))
            saved += self.saved(target, sums)
        if showing.svg is not None:
            with replacing(showing.svg) as out:
                out.write(slide.encode())
            saved.append(f"saved {showing.svg}")
        if target == STREAM:
            notes += saved
        elif not showing.as_json:
            told += saved
        return Outcome(tuple(told), tuple(filter(None, notes)))

    def saved(self, target: Target, sums: Statistics) -> list[str]:
        """What is said of saving; and what did not fit, if no drawing has said so."""
        lost, showing = self.lost(sums), self.showing
        if target == STREAM:
            return [clipped(sums), lost]
        if showing.draws and showing.view != "kernel":
            return [*wrap(lost, self.showing.width), f"saved {target}"]
        return ["; ".join(filter(None, (f"saved {target}", clipped(sums), lost)))]

    def lost(self, sums: Statistics) -> str:
        """What would keep the signs that nobody wanted to lose; empty if there are none."""
        if self.showing.range is not None or not self.change.filters[-1].zero_sum or not sums.below:
            return ""
        return f"{sums.below:,} numbers below 0 are saved as 0; --range signed keeps them"


@contextmanager
def loading_kernels() -> Iterator[None]:
    """Numba is loaded beside what is done meanwhile."""
    sys.setswitchinterval(USUAL_INTERVAL / 50)
    try:
        with ThreadPoolExecutor(1, "tuiconv-kernels") as pool:
            pool.submit(load_kernels)
            yield
    finally:
        sys.setswitchinterval(USUAL_INTERVAL)


def as_asked(picture: Picture, change: Change) -> Picture:
    """The channel, or the greys, that are to be filtered.

    Raises:
        RequestError: there is no such channel.
    """
    if change.channel is not None:
        return one_channel(picture, change.channel)
    return grey(picture) if change.grey else picture


def mode_note(read: Picture, filtered: Picture) -> str:
    """That there are less channels because that was asked for."""
    return "" if filtered.mode == read.mode else f"mode {read.mode} → {filtered.mode}, as asked"


def store(file: PictureFile, target: Path | Literal["-"]) -> str:
    """Save what came out; returns what the format could not keep.

    Raises:
        PictureError: the format cannot hold it, or it cannot be written.
        OSError: it cannot be written to stdout.
    """
    if isinstance(target, Path):
        return write_picture_file(target, file)
    encoded = encode(file, file.format)
    sys.stdout.buffer.write(encoded.content)
    return encoded.note
