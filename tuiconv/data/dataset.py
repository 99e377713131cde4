"""Labelled images as they are stored, and what a network sees of them."""

import math
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

    def __call__(self, images: Images) -> npt.NDArray[np.float32]:
        """Normalise uint8 images of any shape to float32."""
        scale, shift = np.float32(1 / (255 * self.std)), np.float32(self.mean / self.std)
        return images * scale - shift


MNIST_STATISTICS = Preprocessing(mean=0.1307, std=0.3081)
"""Mean and standard deviation of MNIST's 28×28 training pixels, on the scale from 0 to 1."""

DIGITS = tuple("0123456789")


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
