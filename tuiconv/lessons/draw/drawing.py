"""A drawing is the path of a pen: strokes, until it is rasterised.

It is written as points `x,y` in pixels, x to the right and y down from the middle of the first
pixel, with `|` where the pen is lifted: `8,6 20,6 12,24 | 10,14 18,14`.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from math import inf
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from tuiconv.errors import RequestError
from tuiconv.lessons.draw.view import SIDE
from tuiconv_kernels.raster import rasterize

Point: TypeAlias = tuple[float, float]
"""(x, y)."""
Stroke: TypeAlias = tuple[Point, ...]
Strokes: TypeAlias = tuple[Stroke, ...]

FARTHEST: Final = 100
"""Pixels that a point may lie from the first pixel."""
MOST_POINTS: Final = 20_000
ROUND: Final = 2.0
"""Pixels before and behind a corner within which the pen rounds it, as a hand does."""
BEND: Final = 4
"""Straight lines that such a corner is drawn with."""
SOFTNESS: Final = 1.0
"""Pixels over which the edge of the ink fades."""
REACH: Final = 3.0
"""Pixels beside a stroke within which it can be taken hold of."""


@lru_cache(maxsize=64)
def read(text: str) -> Strokes:
    """The strokes of a text.

    Raises:
        RequestError: it is none of a drawing.
    """
    strokes = tuple(tuple(map(read_point, stroke.split())) for stroke in text.split("|"))
    if sum(map(len, strokes)) > MOST_POINTS:
        raise RequestError(f"ink has {sum(map(len, strokes)):,} points; at most {MOST_POINTS:,}")
    return tuple(filter(None, strokes))


def read_point(word: str) -> Point:
    """`14,3.5`."""
    if re.fullmatch(r"-?\d+(\.\d+)?,-?\d+(\.\d+)?", word, re.ASCII):
        x, y = map(float, word.split(","))
        if max(abs(x), abs(y)) <= FARTHEST:
            return x, y
    raise RequestError(
        f'ink: "{word[:40]}" is no point; expected x,y in pixels up to {FARTHEST:g}, such as'
        ' "8,6 20,6 12,24 | 10,14 18,14", with | where the pen is lifted'
    )


def written(strokes: Iterable[Stroke]) -> str:
    """The text of some strokes, to a tenth of a pixel."""
    return " | ".join(" ".join(map(written_point, stroke)) for stroke in strokes)


def written_point(point: Point) -> str:
    """`14,3.5`."""
    return ",".join(f"{round(each, 1) + 0:g}" for each in point)


def grown(stroke: Stroke, point: Point) -> Stroke:
    """A stroke led on to a point; straight on, its last piece becomes longer."""
    if point == stroke[-1]:
        return stroke
    if len(stroke) > 1:
        (a, b), (c, d) = stroke[-2:]
        ahead, aside = (
            (c - a) * (point[0] - c) + (d - b) * (point[1] - d),
            (c - a) * (point[1] - d) - (d - b) * (point[0] - c),
        )
        if ahead > 0 and aside == 0:
            return (*stroke[:-1], point)
    return (*stroke, point)


def shifted(stroke: Stroke, down: float, right: float) -> Stroke:
    """A stroke at another place, of which the canvas keeps the middle at least."""
    (left, top), (far, low) = box(stroke)
    across, along = (left + far) / 2, (top + low) / 2
    right = min(max(across + right, 0), SIDE - 1) - across
    down = min(max(along + down, 0), SIDE - 1) - along
    return tuple((x + right, y + down) for x, y in stroke)


def box(stroke: Stroke) -> tuple[Point, Point]:
    """The corners of the rectangle that a stroke fills."""
    xs, ys = zip(*stroke, strict=True)
    return (min(xs), min(ys)), (max(xs), max(ys))


def pixels(strokes: Strokes, thickness: float) -> npt.NDArray[np.uint8]:
    """The ink on the canvas: (height, width), 0 for paper and 255 for ink.

    Args:
        strokes: in pixels of the canvas.
        thickness: pixels across of the pen.
    """
    if not strokes:
        return np.zeros((SIDE, SIDE), np.uint8)
    paths = [rounded(stroke) for stroke in strokes]
    points = np.concatenate(paths) + 0.5  # the middle of the first pixel
    down = np.ones(len(points) - 1, np.bool_)
    down[np.cumsum([len(path) for path in paths])[:-1] - 1] = False
    radius, softness = np.array([[thickness / 2], [SOFTNESS]])
    ink: npt.NDArray[np.uint8] = rasterize(points[None], down, radius, softness, (SIDE, SIDE))[0]
    return ink


def rounded(stroke: Stroke) -> npt.NDArray[np.float64]:
    """The way of the pen along a stroke, (points, 2): corners are cut by parabolas."""
    path = np.array(stroke if len(stroke) > 1 else stroke * 2)
    steps = np.diff(path, axis=0)
    length = np.maximum(np.hypot(*steps.T), 1e-9)[:, None]
    cut = steps * np.minimum(0.5, ROUND / length)
    corner, before, behind = path[1:-1, None], cut[:-1, None], cut[1:, None]
    t = np.linspace(0, 1, BEND + 1)[:, None]
    bends = corner - before * (1 - t) ** 2 + behind * t**2  # corners t xy
    return np.concatenate([path[:1], bends.reshape(-1, 2), path[-1:]])


def touched(strokes: Strokes, point: Point) -> int | None:
    """The stroke that lies under a point, or near it; of several the nearest."""
    distances = [distance(stroke, point) for stroke in strokes]
    nearest = min(distances, default=inf)
    return distances.index(nearest) if nearest <= REACH else None


def distance(stroke: Stroke, point: Point) -> float:
    """How far a point is from the way of the pen, in pixels."""
    path = rounded(stroke)
    start, step = path[:-1], np.diff(path, axis=0)
    square = np.maximum((step**2).sum(axis=1), 1e-18)
    along = np.clip(((point - start) * step).sum(axis=1) / square, 0, 1)[:, None]
    return float(np.hypot(*(start + along * step - point).T).min())
