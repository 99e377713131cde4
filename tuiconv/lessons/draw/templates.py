"""Digits to begin with, of which single strokes can be moved."""

from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np

from tuiconv.data.pen_paths import PEN_PATHS
from tuiconv.data.strokes import BOX, STEPS, Floats, stroke_paths
from tuiconv.lessons.draw.drawing import Strokes
from tuiconv.lessons.draw.view import SIDE

WAYS: Final = {1: 2}
"""Digits are written as most people do, but the 1 with a flag and a base that can be moved."""
EVERY: Final = 2
"""Of so many points of a path one is kept: as many as `STEPS` can be divided by."""


@cache
def template(digit: int) -> Strokes:
    """A digit in the middle of the canvas, as large as MNIST's, a stroke for each of its parts.

    Parts are what the pen writes without being lifted and without turning sharply.
    """
    way = WAYS.get(digit, 0)
    text = PEN_PATHS[digit][way][1]
    paths = parts_of(stroke_paths(digit, way), text)
    points = np.concatenate(paths)
    low, high = points.min(axis=0), points.max(axis=0)
    zoom = (BOX - 2) / float((high - low).max())
    placed = [(path - (low + high) / 2) * zoom + (SIDE - 1) / 2 for path in paths]
    return tuple(
        tuple((round(float(x), 1), round(float(y), 1)) for x, y in path[::EVERY]) for path in placed
    )


def parts_of(strokes: list[Floats], text: str) -> list[Floats]:
    """Strokes cut where the pen turns sharply, which their line of `PEN_PATHS` tells."""
    found = []
    for path, line in zip(strokes, text.split("|"), strict=True):
        aims = np.cumsum([len(part.split()) for part in line.split("/")])
        turns = [0, *((aims - 1) * STEPS).tolist()]
        found += [path[begin : end + 1] for begin, end in pairwise(turns)]
    return found
