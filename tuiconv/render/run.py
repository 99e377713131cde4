"""A run of training as one screenful: progress, last figures, curves, and what is going wrong."""

import math
import textwrap
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from tuiconv.lessons.curves import accuracies, losses
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.lines import Line, side_by_side, text_line
from tuiconv.render.panels import draw_chart
from tuiconv.runs.alerts import Alert, recent, smoothing
from tuiconv.runs.watch import History, duration

LEAST_CHART = 6
"""Lines below which curves are left out."""

ROOMY = 30
"""Lines from which on the parts have an empty line between them."""

REASONS = {
    "epochs": "ended: all epochs are done",
    "until": "ended: its condition holds",
    "cancelled": "ended: stopped by hand",
    "diverged": "ended: the loss is no number any more",
}
"""Why a run has ended."""


def run_lines(
    history: History,
    about: str,
    found: Sequence[Alert],
    footer: str,
    width: int,
    height: int,
    display: Display,
) -> list[Line]:
    """A run in at most `height` lines of at most `width` cells.

    What does not fit is left out in this order: the curves, then the last lines.

    Args:
        history: the run so far.
        about: what is trained on what: a line that is cut to fit, and lines that are wrapped.
        found: what is wrong with it.
        footer: the last line, if there is one.
        width: cells across.
        height: lines.
        display: what the terminal can show.
    """
    roomy = height >= ROOMY
    gap: list[Line] = [[]] if roomy else []
    first, *more = about.splitlines() or [""]
    top = [text_line(cropped(first, width, display), style=Style(bold=True))]
    top += [text_line(line) for line in wrapped(" ".join(more), width, display)[:2]]
    top += [*gap, *progress(history, width, display), *figures(history, width, display)]
    bottom = [*gap, *warnings(found, width, display)]
    if footer:
        bottom += [*gap, text_line(cropped(footer, width, display))]
    room = height - len(top) - len(bottom) - len(gap)
    curves = [*gap, *charts(history, width, room, display)] if room >= LEAST_CHART else []
    return [*top, *curves, *bottom][:height]


def progress(history: History, width: int, display: Display) -> list[Line]:
    """How far the run is: epoch, a bar, the share done, and the time left or why it has ended."""
    if history.start is None:
        return []
    share = min(1.0, history.done / history.start.epochs)
    if history.end is not None:
        after = f"{REASONS[history.end.reason]}, after {duration(history.end.seconds)}"
    elif history.seconds_left is not None:
        after = f"about {duration(history.seconds_left)} left"
    else:
        after = "begins"
    epoch = min(math.floor(history.done) + 1, history.start.epochs)
    before = f"epoch {epoch} of {history.start.epochs:,} "
    after = f" {share:.0%}, {after}"
    room = min(40, width - cell_len(before) - cell_len(after))
    if room < 4:
        return [text_line(cropped(before.strip() + "," + after, width, display))]
    full = round(share * room)
    done, left = ("█", "░") if display.unicode else ("#", "-")
    bar = Segment(done * full + left * (room - full), colour(display.depth, (86, 180, 233), 74, 6))
    return [[Segment(before), bar, Segment(after)]]


def figures(history: History, width: int, display: Display) -> list[Line]:
    """The last figures of the steps, of the epochs, and the best of these."""
    texts = []
    if history.last is not None:
        batches = min(smoothing(history.last.batches), len(history.losses))
        over = "last batch" if batches == 1 else f"last {batches:,} batches"
        texts.append(
            f"{over}: loss {recent(history, history.losses):.4g}, accuracy"
            f" {recent(history, history.accuracies):.1%}; lr {history.last.lr:.4g};"
            f" {history.last.images_per_second:,.0f} images/s"
        )
    if history.best is not None:
        last, best = history.epochs[-1], history.best
        texts.append(
            f"epoch {last.epoch}: test accuracy {last.test_accuracy:.2%}, loss"
            f" {last.test_loss:.4g}; training {last.train_accuracy:.2%}, loss"
            f" {last.train_loss:.4g}"
        )
        if best is not last:
            texts.append(f"best: test accuracy {best.test_accuracy:.2%} after epoch {best.epoch}")
    return [text_line(line) for text in texts for line in wrapped(text, width, display)]


def charts(history: History, width: int, height: int, display: Display) -> list[Line]:
    """Two charts beside each other, over epochs: the loss, and the accuracy."""
    left = width * 11 // 20 - 1
    widths = (left, width - left - 2)
    blocks = [
        [
            text_line(chart.title, room, Style(bold=True)),
            *draw_chart(chart, room, height - 1, display),
        ]
        for chart, room in zip((losses(history), accuracies(history)), widths, strict=True)
    ]
    return side_by_side(blocks, gap=2)


def warnings(found: Sequence[Alert], width: int, display: Display) -> list[Line]:
    """The alerts, each with its kind in front; or that there are none."""
    style = colour(display.depth, (240, 120, 70), 209, 1)
    texts = [f"! {alert.kind.replace('_', ' ')}: {alert.text}" for alert in found]
    lines = [
        text_line(line, style=style) for text in texts for line in wrapped(text, width, display)
    ]
    return lines or [text_line("nothing looks wrong")]


def wrapped(text: str, width: int, display: Display) -> list[str]:
    """A text in lines, all but the first indented."""
    lines = textwrap.wrap(text, width, subsequent_indent="  ")
    return [cropped(line, width, display) for line in lines]  # signs may be two cells wide


def cropped(text: str, width: int, display: Display) -> str:
    """A text that fits a line, with dots where it was cut."""
    if cell_len(text) <= width:
        return text
    dots = "…" if display.unicode else "..."
    return set_cell_size(text, width - len(dots)) + dots


def colour(depth: ColorDepth, rgb: tuple[int, int, int], xterm: int, ansi: int) -> Style | None:
    """A colour where there are colours."""
    match depth:
        case ColorDepth.TRUECOLOR:
            return Style(color=Color.from_rgb(*rgb))
        case ColorDepth.EIGHT_BIT:
            return Style(color=Color.from_ansi(xterm))
        case ColorDepth.STANDARD:
            return Style(color=Color.from_ansi(ansi))
        case ColorDepth.NONE:
            return None
