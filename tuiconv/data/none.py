"""The eleventh class, "none of the above": what a window sees between two digits of a line.

A network that is moved over a line of digits also looks where no digit stands. LeNet-5 learned to
say so from blanks and from digits at the sides (lecture N).
"""

from dataclasses import replace

import numpy as np

from tuiconv.data.dataset import Dataset, Images
from tuiconv.data.distortions import ink_between
from tuiconv.errors import RequestError
from tuiconv_kernels import beside

NONE = "none"
"""The class's name."""

BLANKS = 0.25
"""Share of the class that is empty; in the rest, digits stand at one side or at both."""

ALONE = 0.2
"""Probability that a side is empty, as at the ends of a line."""

NOISE = 48
"""Of 255: the most that a speckle of a blank may be bright; every second blank has some."""

NEAREST = 5 / 32
"""Of the width: from the middle to the middle of a digit, which nearer would be one to be read."""

FARTHEST = 1 / 4
"""Of the width: further away, and the most between two digits of a side."""


def with_none(dataset: Dataset, share: float, rng: np.random.Generator) -> Dataset:
    """Add pictures of no digit, as a class `none` behind the others.

    Args:
        dataset: digits, bright on dark; their own pictures are not changed.
        share: of the pictures returned that are none, above 0 and at most 0.9.
        rng: where chance comes from.

    Raises:
        RequestError: a share outside its limits, no ink in any picture, or a class `none` already.
    """
    if not 0 < share <= 0.9:
        raise RequestError(f"a share of {share} for {NONE}; expected above 0 to 0.9")
    if NONE in dataset.class_names:
        raise RequestError(f"{dataset.name} have a class {NONE} already")
    count = round(len(dataset) * share / (1 - share))
    blanks = round(count * BLANKS)
    nothing = np.concatenate(
        (blank(blanks, dataset.images, rng), between(count - blanks, dataset.images, rng))
    )
    labels = np.full(count, dataset.classes)
    return replace(
        dataset,
        images=np.concatenate((dataset.images, nothing)),
        labels=np.concatenate((dataset.labels, labels)),
        class_names=(*dataset.class_names, NONE),
    )


def blank(count: int, like: Images, rng: np.random.Generator) -> Images:
    """Empty pictures, every second with faint speckles."""
    images = np.zeros((count, *like.shape[1:]), np.uint8)
    for image in images[::2]:
        image[...] = rng.integers(0, rng.integers(1, NOISE + 1), image.shape, endpoint=True)
    return images


def between(count: int, digits: Images, rng: np.random.Generator) -> Images:
    """Empty in the middle, with up to two digits at each side as in a line.

    Raises:
        RequestError: no digit has any ink.
    """
    width = digits.shape[3]
    first, end = ink_between(digits)
    written = np.flatnonzero(first < end)
    if len(written) == 0:
        raise RequestError("no digit has any ink; expected bright digits on dark")
    which = rng.choice(written, (4, count))
    # one after the other, from the middle outwards: to the left, then to the right
    far = rng.integers(0, max(1, round(FARTHEST * width)), (4, count), endpoint=True)
    widths = (end - first)[which]
    near = np.maximum(0, round(NEAREST * width) - widths[::2] // 2)
    middle = width // 2
    left = middle - near[0] - far[0]
    right = middle + near[1] + far[2]
    shifts = np.stack(
        (
            left - end[which[0]],
            left - widths[0] - 1 - far[1] - end[which[1]],
            right - first[which[2]],
            right + widths[2] + 1 + far[3] - first[which[3]],
        ),
        axis=1,
    )
    empty = rng.random((2, count)) < ALONE
    which[:2, empty[0]] = -1
    which[2:, empty[1] & ~empty[0]] = -1
    none = np.zeros((count, *digits.shape[1:]), np.uint8)
    return beside(none, digits, np.ascontiguousarray(which.T), shifts)
