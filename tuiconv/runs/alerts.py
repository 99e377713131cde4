"""What is going wrong in a run, why it probably does, and what to try."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tuiconv.runs.watch import History, duration

BEGINNING = 10
"""Steps whose mean loss stands for the loss that a run began with."""

ENOUGH = 100
"""Steps after which a loss should have fallen."""

FALLEN = 0.9
"""Of the loss at the beginning; above this it has not fallen."""

RISEN = 1.5
"""Times the loss at the beginning; above this it has risen."""

LEARNED = 0.6
"""Accuracy above which a loss that stays, or rises a little, may be as low as it gets."""

USUAL = 0.02
"""A learning rate that is not too large for most networks."""

LONG = 100.0
"""A gradient longer than this is exploding: in a healthy network it is 0.1 to 10."""

MANY_DEAD = 0.3
"""Share of a layer's units. A tenth is usual, in a new network too."""

GAP = 0.05
"""Between the accuracies on training and on test images."""

WORSE = 1.2
"""Times the lowest test loss; above this it has risen again."""

SILENT = 60.0
"""Seconds without a new line after which somebody may want to know."""


@dataclass(frozen=True)
class Alert:
    """Something that goes wrong."""

    kind: str
    """diverged, exploding_gradient, dead_units, constant_output, loss_not_falling, overfitting,
    silent or unreadable."""
    text: str
    """One sentence: what is seen, its likely cause, what to try."""


def alerts(history: History, silent: float = 0.0) -> list[Alert]:
    """What is wrong with a run, the gravest first; `silent`: seconds since its last line."""
    grave = [*too_large_steps(history), *dead_units(history), *constant_output(history)]
    return [
        *grave,
        *([] if grave else no_progress(history)),  # the cause has been named
        *overfitting(history),
        *the_log_itself(history, silent),
    ]


def too_large_steps(history: History) -> Iterator[Alert]:
    """A loss that is no number, a gradient that explodes, or a loss that rises."""
    health, losses = history.health, history.losses
    remedy = f"the steps are too large; try {gentler(history)}"
    if history.diverged:
        if history.last is None:
            cause = "before any step: the weights it began with are too large, or broken"
        else:
            cause = f"after batch {history.last.batch} of epoch {history.last.epoch}: {remedy}"
        yield Alert("diverged", f"the loss is no finite number {cause}")
    elif health and (health.gradient_norm is None or health.gradient_norm > LONG):
        norm = health.gradient_norm
        found = "of no finite length" if norm is None else f"{norm:,.0f} long"
        usual = "0.1 to 10 is usual"
        yield Alert("exploding_gradient", f"the gradient is {found}, where {usual}: {remedy}")
    elif len(losses) > BEGINNING and recent(history, history.accuracies) < LEARNED:
        began, now = mean(losses[:BEGINNING]), recent(history, losses)
        if now > RISEN * began:
            found = f"the loss has risen from {began:.4g} to {now:.4g}"
            yield Alert("exploding_gradient", f"{found}: {remedy}")


def dead_units(history: History) -> Iterator[Alert]:
    """Layers of which many units say the same to every image."""
    shares = history.health.dead_units if history.health else {}
    many = {name: share for name, share in shares.items() if share > MANY_DEAD}
    zero = {name: share for name, share in many.items() if name.startswith(("relu", "shrink"))}
    if zero:
        where = "0 or 6" if any(name.startswith("relu6_") for name in zero) else "0"
        yield Alert(
            "dead_units",
            f"units of {listed(zero)} are {where} for every image and learn nothing more: steps"
            f" that were too large have pushed them there; try {gentler(history)}, or begin with"
            " the initialiser he",
        )
    saturated = {name: share for name, share in many.items() if name not in zero}
    if saturated:
        yield Alert(
            "dead_units",
            f"units of {listed(saturated)} are at their limits for every image and hardly learn:"
            f" their weights are too large; try {gentler(history)}, or begin with the initialiser"
            " lecun",
        )


def constant_output(history: History) -> Iterator[Alert]:
    """The same answer to every image."""
    if history.health is None or not history.health.constant_output:
        return
    dead = [name for name, share in history.health.dead_units.items() if share == 1]
    if dead:
        cause = f"nothing of an image passes {dead[0]}, where all units are dead"
    else:
        cause = "the steps are too large, or the images hardly differ"
    yield Alert(
        "constant_output",
        f"every image is read as the same class with the same certainty: {cause}; try"
        f" {gentler(history)}, and begin anew",
    )


def no_progress(history: History) -> Iterator[Alert]:
    """A loss that stays where it was."""
    losses = history.losses
    if history.start is None or len(losses) < ENOUGH:
        return
    began, now = mean(losses[:BEGINNING]), recent(history, losses)
    if now > FALLEN * began and recent(history, history.accuracies) < LEARNED:
        lr, steps = history.start.lr, len(losses) + history.forgotten
        yield Alert(
            "loss_not_falling",
            f"the loss was {began:.4g} and is {now:.4g} after {steps:,} batches: the learning"
            f" rate ({lr:g}) does not suit the network, or the labels are not those of the images;"
            f" try lr = {10 * lr:g}, then {lr / 10:g}",
        )


def overfitting(history: History) -> Iterator[Alert]:
    """A network that learns its images by heart."""
    if not history.epochs:
        return
    last = history.epochs[-1]
    best = min(history.epochs, key=lambda epoch: epoch.test_loss)
    if last.train_accuracy - last.test_accuracy > GAP:
        found = (
            f"{last.train_accuracy:.1%} of the training images are read right, but"
            f" {last.test_accuracy:.1%} of the test images"
        )
    elif (
        last.test_loss > WORSE * best.test_loss
        and last.train_loss < best.train_loss
        and last.train_accuracy > last.test_accuracy
    ):
        found = (
            f"the test loss was lowest after epoch {best.epoch} ({best.test_loss:.4g}) and is"
            f" {last.test_loss:.4g}, while the training loss falls"
        )
    else:
        return
    yield Alert(
        "overfitting",
        f"{found}: the network learns its images by heart; try distortions, weight decay, dropout,"
        " a smaller network or more images",
    )


def the_log_itself(history: History, silent: float) -> Iterator[Alert]:
    """A log that does not grow, or has lines that are none."""
    if silent > SILENT and history.end is None:
        yield Alert(
            "silent",
            f"the log has had no new line for {duration(silent)}: the run is busy with something"
            " long, or was killed; tuiconv train --resume RUN goes on where that was",
        )
    if history.unreadable is not None:
        yield Alert(
            "unreadable",
            f"{history.unreadable}; it is passed over: the disk was full, or something else writes"
            " to the log; look at that line",
        )


def smoothing(batches: int) -> int:
    """Over how many batches a loss is averaged: a tenth of the batches of an epoch, or ten."""
    return max(10, batches // 10)


def recent(history: History, values: Sequence[float]) -> float:
    """The mean of the last batches."""
    return mean(values[-smoothing(history.last.batches if history.last else 0) :])


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean; NaN of nothing."""
    return sum(values) / len(values) if values else math.nan


def gentler(history: History) -> str:
    """What makes steps smaller."""
    if history.start is None:
        return "a smaller learning rate"
    clip = "" if history.start.clip is not None else " or clip = 1"
    return f"lr = {min(history.start.lr / 10, USUAL):g}{clip}"


def listed(shares: dict[str, float]) -> str:
    """Layers with the share of their units."""
    return ", ".join(f"{name} ({share:.0%})" for name, share in shares.items())
