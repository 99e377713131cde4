"""What the network mixes up now: the confusion matrix of the first test images."""

from dataclasses import replace
from typing import Final

import numpy as np

from tuiconv.data.dataset import Dataset
from tuiconv.lessons.figures import share
from tuiconv.lessons.scene import Confusion, Panel, Text
from tuiconv.nn.evaluation import Counts, EvaluationError, evaluate
from tuiconv.nn.network import Network

FIRST: Final = 1000
"""Test images that are read: more would take longer than a learner waits between two frames."""


def confusion_panels(net: Network, test: Dataset, batches: int) -> tuple[Panel, ...]:
    """How the first test images are read: the counts, and in words what they come to.

    Args:
        net: as it is now.
        test: the whole test part.
        batches: how many it has learned from.
    """
    first = replace(test, images=test.images[:FIRST], labels=test.labels[:FIRST])
    count = len(first)
    which = f"the first {count:,} of {len(test):,} {test.name}, after {batches:,} batches"
    try:
        result = evaluate(net, first)
    except EvaluationError as error:
        return (Text("confusion matrix", (f"{which}: {error}",)),)
    lines = [
        f"{result.correct:,} of {count:,} are read right: {share(result.correct, count)}",
        "a row for every label, a column for what it was read as: the diagonal is right",
    ]
    pair = most_confused(result.confusion)
    if pair is None:
        lines.append("nothing is mixed up")
    else:
        label, read_as = (test.class_names[k] for k in pair)
        lines.append(f"most often mixed up: {label} read as {read_as}, {result.confusion[pair]:,}×")
    return (Confusion(which, test.class_names, result.confusion), Text("in words", tuple(lines)))


def most_confused(counts: Counts) -> tuple[int, int] | None:
    """The label and the class it was read as most often; None if nothing is mixed up."""
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    if not wrong.any():
        return None
    label, read_as = np.unravel_index(wrong.argmax(), wrong.shape)
    return int(label), int(read_as)
