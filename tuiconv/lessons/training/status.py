"""Where a run stands, in words: the first lines of every scene of training."""

from typing import Final

from tuiconv.lessons.scene import Text
from tuiconv.lessons.training.choices import BEGINNING, NAMES
from tuiconv.lessons.training.operations import operations_row, told
from tuiconv.lessons.training.view import TrainingView
from tuiconv.runs.alerts import alerts
from tuiconv.runs.settings import Settings
from tuiconv.runs.stepping.apart import InHand
from tuiconv.runs.stepping.stepper import Stepper

SPEAKING: Final = ("net", "data", "optimizer")
"""Settings whose values say what they are."""

IN_FULL: Final = {
    "lr": "learning rate",
    "batch_size": "batch size",
    "weight_decay": "weight decay",
}
"""Settings that are called by more than their name in the row, where there is room."""


def where(stepper: Stepper) -> str:
    """Epoch, batch and images so far, and whether it goes on by itself."""
    at = stepper.position
    state = "playing" if stepper.playing else "paused"
    if stepper.to_repeat:
        state = "going back"
    if stepper.failure is not None:
        state = "diverged"
    batch = f"batch {at.batch:,} of {at.of:,} learned" if at.batch else f"{at.of:,} batches ahead"
    return f"epoch {at.epoch:,} · {batch} · {images_seen(stepper):,} images seen · {state}"


def status(stepper: Stepper, view: TrainingView, hand: InHand | None) -> Text:
    """How well it does, the settings, the operations of a batch, and what is wrong.

    Further in, where room is dear, what can be done is left out.

    Args:
        stepper: the run.
        view: what is looked at.
        hand: the batch that is taken apart, or whose update was the last operation.
    """
    lines: list[str] = []
    if view.depth == "overview":
        lines.append(settings_row(settings_now(stepper), view.setting))
    if hand is not None:
        lines += hand_lines(stepper, hand)
    elif view.depth == "overview":
        lines += next_lines(stepper, view.setting)
    return Text(figures(stepper), (*lines, *trouble(stepper)))


def figures(stepper: Stepper) -> str:
    """The figures of the last batch and of the last test."""
    last = stepper.last
    if last is None:
        return "nothing learned yet: these are the first random weights"
    parts = [
        f"last batch: loss {last.loss:.4f}, {last.accuracy:.1%} right",
        f"{last.images_per_second:,.0f} images/s",
    ]
    tests = stepper.tests
    if tests:
        epoch = tests[-1].epoch
        parts.insert(1, f"test {epoch.test_accuracy:.2%} (epoch {epoch.epoch})")
    return " · ".join(parts)


def settings_now(stepper: Stepper) -> dict[str, str | float | None]:
    """The values of the settings that keys can change, by name."""
    settings, optimizer = stepper.settings, stepper.settings.optimizer
    return {
        "net": settings.net or "",
        "data": settings.data.name,
        "seed": settings.seed,
        "optimizer": optimizer.name,
        "lr": optimizer.lr,
        "momentum": optimizer.momentum,
        "batch_size": settings.batch_size,
        "weight_decay": optimizer.weight_decay,
    }


def settings_row(values: dict[str, str | float | None], chosen: str) -> str:
    """The settings beside each other, the chosen one in brackets."""
    shown = []
    for name, value in values.items():
        text = f"{value:g}" if isinstance(value, float) else "none" if value is None else str(value)
        called = text if name in SPEAKING else f"{NAMES[name]} {text}"
        shown.append(f"[{called}]" if name == chosen else called)
    return ", ".join(shown)


def next_lines(stepper: Stepper, setting: str) -> tuple[str, str]:
    """What can be done between two batches, in 78 cells."""
    effect = "begin anew with another" if setting in BEGINNING else "change the"
    name = IN_FULL.get(setting, NAMES[setting])
    change = f", . choose a setting · + − {effect} {name} · ? tells all keys"
    if stepper.to_repeat:
        count = f"{stepper.to_repeat:,} batches to repeat from a snapshot"
        return f"going back: {count} · space stops here", change
    if stepper.playing:
        return "space pauses", change
    ways = ["space plays", "s operation", "b batch", "e epoch"]
    if stepper.can_go_back:
        ways.append(f"[ back 1 {stepper.grain}")
    if stepper.can_go_forward:
        ways.append("] forward")
    return " · ".join(ways), change


def hand_lines(stepper: Stepper, hand: InHand) -> tuple[str, str]:
    """The operations of a batch, and what the last one did."""
    at = stepper.position.operation
    done = len(stepper.operations) if at is None else at + 1
    last, rule = stepper.operations[done - 1], rule_of(stepper.settings)
    sentence = told(last, stepper.net, len(hand.images), hand.loss, rule)
    return f"operation {operations_row(stepper.operations, done)}", sentence


def rule_of(settings: Settings) -> str:
    """`sgd, lr 0.02, momentum 0.9`."""
    optimizer = settings.optimizer
    parts = [optimizer.name, f"lr {optimizer.lr:g}"]
    if optimizer.momentum:
        parts.append(f"momentum {optimizer.momentum:g}")
    if optimizer.weight_decay:
        parts.append(f"weight decay {optimizer.weight_decay:g}")
    return ", ".join(parts)


def trouble(stepper: Stepper) -> list[str]:
    """What goes wrong, as `tuiconv watch` words it, and what can be done here."""
    lines = [f"! {each.kind.replace('_', ' ')}: {each.text}" for each in alerts(stepper.history)]
    if stepper.failure is not None:
        lines = [
            f"! {stepper.failure}",
            "[ goes back, then + − change the settings; x begins anew",
        ]
    return lines


def images_seen(stepper: Stepper) -> int:
    """Training images learned from since the beginning, those of every epoch counted."""
    return (stepper.position.epoch - 1) * len(stepper.train) + stepper.run.learned
