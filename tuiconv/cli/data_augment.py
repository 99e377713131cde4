"""`tuiconv data info --augment`: what distortions make of a data set's pictures."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from tuiconv.data.distortions import LIMITS, Distortions, recommended
from tuiconv.data.none import NONE, with_none

if TYPE_CHECKING:
    from tuiconv.data.dataset import Dataset, Images

SIDES = 0.5
"""Share of neighbours shown; the recommended distortions have none."""

DRAWN_FROM = 200
"""Digits that the eleventh class is made of."""

Row: TypeAlias = "tuple[str, Images]"
"""A heading, and pictures (n, channels, height, width)."""


def rows_of(dataset: "Dataset", count: int, seed: int) -> Iterator[Row]:
    """Some pictures as they are, with each distortion by itself, with all, and the class none.

    Args:
        dataset: the first picture of each class is taken, as far as there are `count`.
        count: pictures in a row.
        seed: where chance comes from.
    """
    rng = np.random.default_rng(seed)
    firsts = [np.flatnonzero(dataset.labels == k)[:1] for k in range(dataset.classes)]
    images = dataset.images[np.concatenate(firsts)][:count]
    yield "as they are", images
    amounts = shown(dataset)
    for name, amount in asdict(amounts).items():
        if amount and name != "smoothness":
            one = replace(Distortions(smoothness=amounts.smoothness), **{name: amount})
            yield f"{name} = {amount:g}  ({LIMITS[name][2]})", one(images, rng)
    yield "all together", amounts(images, rng)
    if amounts.sides:
        few = replace(
            dataset, images=dataset.images[:DRAWN_FROM], labels=dataset.labels[:DRAWN_FROM]
        )
        larger = with_none(few, 0.5, rng)
        none = larger.images[larger.labels == few.classes]
        spread = np.linspace(0, len(none) - 1, count).astype(int)
        yield f"an eleventh class, {NONE}: blanks, and digits at the sides", none[spread]


def shown(dataset: "Dataset") -> Distortions:
    """The recommended distortions and, for digits, neighbours."""
    channels, height, width = dataset.images.shape[1:]
    amounts = recommended((channels, height, width))
    return amounts if channels > 1 else replace(amounts, sides=SIDES)
