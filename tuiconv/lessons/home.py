"""What Home shows: a small picture of every screen, computed here and now."""

from functools import cache
from importlib.resources import as_file, files
from typing import Final

import numpy as np
import numpy.typing as npt

from tuiconv.data.strokes import draw_digits
from tuiconv.images.apply import filter_picture
from tuiconv.images.files.reading import read_picture
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.lessons.scene import Chart, Columns, Map, Panel, Pixels, Series
from tuiconv.nn.shipped import SHIPPED, load_model

SIZE: Final = 32
"""Rows and columns of what is shown of a picture: as many as a digit has."""
DIGIT: Final = 3
MAP: Final = 2
"""Of the first layer's feature maps, one in which the digit is easy to see."""


def pictures(at: npt.ArrayLike, losses: npt.ArrayLike) -> Columns:
    """A picture of every screen, beside each other.

    Args:
        at: when the network in training learned its batches, in epochs; none before it began.
        losses: of each.
    """
    x, y = np.asarray(at), np.asarray(losses)
    curve = Chart("Training: loss by epoch", (Series("", x, y),))
    training = curve if len(x) > 1 else Pixels(f"Training: a {DIGIT} to learn", digit())
    return Columns(((filtered(),), (feature_map(),), (training,)))


@cache
def filtered() -> Panel:
    """The middle of the sample picture under a filter."""
    with as_file(files("tuiconv") / "assets" / "sample.png") as path:
        picture = read_picture(path)
    edges = filter_picture(picture, (FILTERS["edge-8"],)).picture.pixels
    top, left = ((size - SIZE) // 2 for size in edges.shape[:2])
    return Pixels("Filters: edges", edges[top : top + SIZE, left : left + SIZE])


@cache
def feature_map() -> Panel:
    """What a digit sets off in the first layer of the network that comes with the program."""
    net = load_model(SHIPPED)
    maps = net.forward(net.checked(net.preprocessing(digit()[None, None])))[1][0]
    return Map(f"Network: a {DIGIT} in {net.layers[0].name}", maps[MAP])


@cache
def digit() -> npt.NDArray[np.uint8]:
    """One drawn by strokes, (height, width)."""
    images, labels = draw_digits(10, np.random.default_rng(0))
    found: npt.NDArray[np.uint8] = images[labels == DIGIT][0, 0]
    return found
