"""Labelled images as they are stored, and what a network sees of them."""

import math
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from tuiconv.errors import UserError

Images: TypeAlias = npt.NDArray[np.uint8]
Labels: TypeAlias = npt.NDArray[np.int64]


class DataError(UserError):
    """A data set that is missing or damaged."""


@dataclass(frozen=True)
class Preprocessing:
    """How stored pixels become the numbers a network sees: (pixel / 255 − mean) / std."""

    mean: float
    std: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.mean) and math.isfinite(self.std) and self.std > 0):
            raise ValueError(f"mean {self.mean}, std {self.std}; expected numbers, std above 0")
        if (1 + abs(self.mean)) / self.std > float(np.finfo(np.float32).max):
            raise ValueError(
                f"mean {self.mean}, std {self.std}: (1 + mean) / std is too large for float32"
            )

    def __call__(self, images: Images) -> npt.NDArray[np.float32]:
        """Normalise uint8 images of any shape to float32."""
        scale, shift = np.float32(1 / (255 * self.std)), np.float32(self.mean / self.std)
        return images * scale - shift


MNIST_STATISTICS = Preprocessing(mean=0.1307, std=0.3081)
"""Mean and standard deviation of MNIST's 28×28 training pixels, on the scale from 0 to 1."""

DIGITS = tuple("0123456789")

HELD_OUT = 6
"""Where a data set has no test part, every sixth image of each class is held out for it."""


def statistics(images: Images) -> Preprocessing:
    """Mean and standard deviation of all pixels of training images, on the scale from 0 to 1.

    They are counted exactly, from a histogram of the 256 values.

    Raises:
        DataError: all pixels are equal, so that there is nothing to divide by.
    """
    counts = np.zeros(256, np.int64)
    for some in np.array_split(images, 1 + images.size // 1_000_000):
        counts += np.bincount(some.ravel(), minlength=256)
    values, shares = np.arange(256) / 255, counts / max(1, images.size)
    mean = float(shares @ values)
    std = math.sqrt(shares @ (values - mean) ** 2)
    if np.count_nonzero(counts) < 2:
        raise DataError(f"all {images.size:,} training pixels are equal; nothing can be learned")
    return Preprocessing(mean, std)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images with labels."""

    name: str
    images: Images
    """(n, channels, height, width), 0 … 255."""
    labels: Labels
    """(n,), an index into `class_names`."""
    class_names: tuple[str, ...] = DIGITS
    preprocessing: Preprocessing = MNIST_STATISTICS

    def __post_init__(self) -> None:
        if len(self.images) != len(self.labels):
            raise DataError(
                f"{self.name}: {len(self.images)} images but {len(self.labels)} labels;"
                " expected a label for every image"
            )
        if len(self.labels) and not 0 <= self.labels.min() <= self.labels.max() < self.classes:
            bad = self.labels[(self.labels < 0) | (self.labels >= self.classes)][0]
            raise DataError(f"{self.name}: label {bad}; expected 0 to {self.classes - 1}")
        try:
            check_names(self.class_names)
        except ValueError as error:
            raise DataError(f"{self.name}: {error}") from error

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return len(self.class_names)


class Splits(NamedTuple):
    """A data set's two parts."""

    train: Dataset
    test: Dataset


def make_splits(
    name: str,
    train: tuple[Images, Labels],
    test: tuple[Images, Labels] | None,
    class_names: tuple[str, ...],
) -> Splits:
    """Both parts of a user's own images, normalised by the statistics of the training part.

    Without a test part every sixth image of each class becomes one.

    Args:
        name: what to call the images, such as `flowers` or a path.
        train: images (n, channels, height, width) and labels (n,).
        test: the same, or None.
        class_names: one for every label.

    Raises:
        DataError: a label without a class, a single class, or too few images to hold some out.
    """
    if len(train[0]) == 0:
        raise DataError(f"{name}: no training images; expected at least one of every class")
    if len(class_names) < 2:
        raise DataError(f"{name}: a single class ({', '.join(class_names)}); expected two or more")
    whole = Dataset(f"{name}: training images", *train, class_names)
    if test is None:
        held = hold_out(whole)
        train, test = (
            (whole.images[~held], whole.labels[~held]),
            (whole.images[held], whole.labels[held]),
        )
    seen = statistics(train[0])
    return Splits(
        train=Dataset(f"{name}: training images", *train, class_names, seen),
        test=Dataset(f"{name}: test images", *test, class_names, seen),
    )


def hold_out(dataset: Dataset) -> npt.NDArray[np.bool_]:
    """Which images to test on: in each class the 6th, the 12th, …, in their order.

    Raises:
        DataError: a class has fewer than six.
    """
    held = np.zeros(len(dataset), np.bool_)
    for label, name in enumerate(dataset.class_names):
        places = np.flatnonzero(dataset.labels == label)
        if len(places) < HELD_OUT:
            raise DataError(
                f"{dataset.name}: {len(places)} of class {name}; expected at least {HELD_OUT},"
                " to hold every sixth out for the test, or a test part of their own"
            )
        held[places[HELD_OUT - 1 :: HELD_OUT]] = True
    return held


def check_names(names: Iterable[str]) -> None:
    """Raise ValueError for a class name that a terminal would obey, or could not print."""
    for name in names:
        bad = next((sign for sign in name if unicodedata.category(sign) in ("Cc", "Cs")), None)
        if bad is not None:
            raise ValueError(f"class name {name!a} contains {bad!a}; expected printable text")
