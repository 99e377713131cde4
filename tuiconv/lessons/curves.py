"""The curves of a run: its losses and its accuracies, over epochs."""

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tuiconv.lessons.scene import Chart, Limits, Series
from tuiconv.runs.alerts import smoothing
from tuiconv.runs.watch import History

DOTS = 200
"""Steps that are drawn, at most: more than a screen has columns would hide the curve."""

LEAST_FACTOR = 4.0
"""Between the ends of the axis of losses."""

LOSS, MEAN, TEST = 0, 1, 2
"""The colours of what is of single batches, a mean over batches, and of the test images."""

Floats: TypeAlias = npt.NDArray[np.float64]
Indices: TypeAlias = npt.NDArray[np.intp]


def losses(history: History, dots: int = DOTS) -> Chart:
    """The loss of batches as dots, the mean over the last ones, and the test images'.

    Where the history has only every so many batches, the mean is over as much longer a time.
    """
    shown, began, count = steps_shown(history, dots)
    each = np.array(history.losses)
    mean = moving_mean(each, count, shown)
    test = np.array([epoch.test_loss for epoch in history.epochs])
    return Chart(
        "loss by epoch, log scale" if shown.size else "loss: no batch yet",
        (
            Series("batch", began, each[shown], joined=False, colour=LOSS),
            Series(f"mean {count * history.every}", began, mean, colour=MEAN),
            Series("test", epochs_of(history), test, colour=TEST),
        ),
        axis(np.concatenate((mean, test))),
        is_logarithmic=True,
    )


def axis(seen: Floats) -> Limits:
    """The ends of the axis for some losses: around them, and not so near that noise is a rise."""
    seen = seen[np.isfinite(seen) & (seen > 0)]
    low, high = (float(seen.min()), float(seen.max())) if len(seen) else (0.1, 10.0)
    # more than the largest number is none
    wider = math.sqrt(max(1.26, LEAST_FACTOR / min(high / low, LEAST_FACTOR)))
    return max(low / wider, 1e-300), min(high * wider, 1e300)


def accuracies(history: History, dots: int = DOTS) -> Chart:
    """The accuracy on the last batches, and on the test images after every epoch."""
    shown, began, count = steps_shown(history, dots)
    training = 100 * moving_mean(np.array(history.accuracies), count, shown)
    test = np.array([100 * epoch.test_accuracy for epoch in history.epochs])
    of_epochs = [100 * epoch.train_accuracy for epoch in history.epochs]
    # from the first epoch on, its accuracies are near the bottom: what matters is above them
    lowest = min([*test, *of_epochs] or training, default=0.0)
    low = max(0, math.floor(lowest - (100 - lowest) / 4 - 1e-9))
    return Chart(
        "accuracy in % by epoch",
        (
            Series("training", began, training, colour=MEAN),
            Series("test", epochs_of(history), test, colour=TEST),
        ),
        (low, 100.0),
    )


def epochs_of(history: History) -> Floats:
    """When the test images were read."""
    return np.array([float(epoch.epoch) for epoch in history.epochs])


def steps_shown(history: History, dots: int) -> tuple[Indices, Floats, int]:
    """The numbers of the steps to draw, when they began, and over how many to take means."""
    batches = history.last.batches if history.last else 1
    steps = len(history.at)
    shown = np.unique(np.linspace(0, steps - 1, min(steps, dots)).astype(np.intp))
    began = np.maximum(np.array(history.at)[shown] - 1 / batches, 0)
    return shown, began.round(4), smoothing(batches)


def moving_mean(values: Floats, count: int, at: Indices) -> Floats:
    """At each index the mean of the value there and those before it, `count` together at most."""
    first, end = np.maximum(0, at + 1 - count), at + 1
    bounds = np.stack((first, end), axis=1).ravel()
    # sums from each bound to the next: between a first and its end, then from there on, skipped
    return np.add.reduceat(np.append(values, 0.0), bounds)[::2] / (end - first)
