"""The data of a run: a data set, what is left of it, and what is added to it."""

from dataclasses import replace

import numpy as np

from tuiconv.data.dataset import Dataset, Splits
from tuiconv.data.load import blank, load_dataset
from tuiconv.data.none import NONE, with_none
from tuiconv.data.reduce import reduced, shrink
from tuiconv.runs.settings import DataSettings


def read(data: DataSettings, rng: np.random.Generator) -> Splits:
    """Both parts, as the settings want them; `rng` draws strokes, images and what is no digit.

    Raises:
        RequestError: there is no such data set, or less of it than is asked for.
        DataError: its files are missing or damaged.
    """
    splits = reduced(
        load_dataset(data.name, data.dir, rng),
        rng,
        train=data.train,
        test=data.test,
        size=data.size,
        held_out=data.held_out,
        positions=data.positions,
    )
    if data.none is None:
        return splits
    return Splits(*(with_none(part, data.none, rng) for part in splits))


def example(data: DataSettings) -> Dataset:
    """One empty image laid out as `read` will give them, of a data set that has a name.

    Raises:
        RequestError: its images are smaller than asked for.
    """
    image = blank(data.name)
    if data.size is not None:
        image = shrink(image, data.size)
    if data.none is not None:
        image = replace(image, class_names=(*image.class_names, NONE))
    return image
