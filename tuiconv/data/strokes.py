"""Digits drawn by strokes: a data set that needs no download.

A digit is the path of a pen until it is rasterised. Its variations move the points of the path,
as a hand does, and never the pixels.
"""

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from tuiconv.data.pen_paths import PEN_PATHS
from tuiconv_kernels.cores import usable_cores
from tuiconv_kernels.jit import exact_kernel
from tuiconv_kernels.raster import rasterize

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

STEPS: Final = 6
"""Straight lines between two neighbouring control points."""

WAVES: Final = 4
"""Plane waves in the random field of an elastic distortion."""

FRAME: Final = 28
"""Height and width of the frame that holds the ink, in pixels; MNIST's image size."""

BOX: Final = 20
"""Longer side of the ink's bounding box, in pixels, as in MNIST."""

BORDER: Final = 2
"""Empty pixels around the frame, which make 32 x 32: the input of LeNet-5."""


@dataclass(frozen=True)
class Style:
    """How strongly handwriting varies: standard deviations unless said otherwise."""

    wobble: float = 0.06
    """Movement of each control point, in heights of the digit."""
    elastic: float = 0.03
    """Displacement by a smooth random field over the page, in heights of the digit."""
    rotation: float = 0.12
    """Angle, in radians."""
    slant: tuple[float, float] = (0.16, 0.25)
    """Mean and deviation of the lean to the right: x gained per y climbed."""
    aspect: tuple[float, float] = (-0.2, 0.2)
    """Mean and deviation of the natural logarithm of width over height."""
    shift: float = 0.8
    """Distance from the centre of mass to the centre of the frame along each axis, in pixels."""
    pen_radius: tuple[float, float] = (0.75, 1.9)
    """Thinnest and thickest pen, uniformly, in pixels."""
    softness: tuple[float, float] = (0.8, 1.4)
    """Sharpest and softest edge of the ink, uniformly, in pixels."""


STYLE: Final = Style()


@dataclass(frozen=True)
class _Pen:
    """One way of writing a digit; `basis @ controls` are the points of its path."""

    controls: Floats
    """(controls, 2): the points the writer aims at, in the unit box."""
    basis: Floats
    """(points, controls): the spline through them."""
    down: Flags
    """(points - 1,): whether the pen writes on the way to the next point."""


def _spline(controls: int) -> Floats:
    """Weights of the Catmull-Rom spline through a run of points: (points, controls).

    Half-way it passes at (-a + 9b + 9c - d) / 16 between the neighbours b and c; the missing
    neighbour at either end is the mirror image of the next but one.
    """
    padded = np.zeros((controls + 2, controls), np.float32)
    padded[1:-1] = np.eye(controls)
    padded[0] = 2 * padded[1] - padded[2]
    padded[-1] = 2 * padded[-2] - padded[-3]
    u = np.linspace(0, 1, STEPS, endpoint=False, dtype=np.float32)
    cubic = 0.5 * np.stack(
        [-u + 2 * u**2 - u**3, 2 - 5 * u**2 + 3 * u**3, u + 4 * u**2 - 3 * u**3, u**3 - u**2], 1
    )
    pieces = [cubic @ padded[k : k + 4] for k in range(controls - 1)]
    return np.concatenate([*pieces, padded[-2:-1]])


@cache
def _pen(digit: int, variant: int) -> _Pen:
    """Read one line of PEN_PATHS."""
    text = PEN_PATHS[digit][variant][1]
    pairs = [pair.split(",") for pair in text.replace("/", " ").replace("|", " ").split()]
    controls = np.array(pairs, np.float32) / np.float32(100)
    rows, down = [], []
    first = 0
    for stroke in text.split("|"):
        for number, part in enumerate(stroke.split("/")):
            # A run after a turn starts at the point where the last one ended.
            joined = int(number > 0)
            length = len(part.split())
            run = _spline(length + joined)
            weights = np.zeros((len(run), len(controls)), np.float32)
            weights[:, first - joined : first + length] = run
            rows.append(weights[joined:])
            down += [True] * (len(run) - 1)
            first += length
        down.append(False)
    return _Pen(controls, np.concatenate(rows), np.array(down[:-1]))


def stroke_paths(digit: int, variant: int = 0) -> list[Floats]:
    """The pen paths of a digit, undistorted: one (points, 2) array a stroke.

    x runs to the right and y down, both from 0 to about 1. Variant 0 is the commonest way of
    writing the digit; `len(PEN_PATHS[digit])` says how many there are.

    Raises:
        ValueError: There is no such digit or variant.
    """
    if digit not in PEN_PATHS:
        raise ValueError(f"digit must be 0 to 9, got {digit}")
    if not 0 <= variant < len(PEN_PATHS[digit]):
        allowed = f"0 to {len(PEN_PATHS[digit]) - 1} for the digit {digit}"
        raise ValueError(f"variant must be {allowed}, got {variant}")
    pen = _pen(digit, variant)
    return np.split(pen.basis @ pen.controls, np.flatnonzero(~pen.down) + 1)


class _Hands(NamedTuple):
    """What sets `n` digits apart that are written the same way; lengths in heights of the digit."""

    controls: Floats
    """(n, controls, 2): the points aimed at, as they were met, about the middle of the box."""
    frequency: Floats
    """(n, 2, waves): the plane waves of the elastic distortion, in radians per height."""
    phase: Floats
    """(n, waves): in radians."""
    push: Floats
    """(n, waves, 2): how far the crest of each wave moves the pen."""
    shape: Floats
    """(n, 2, 2): the linear map that gives a digit its width, slant and angle."""
    centre: Floats
    """(n, 2): the centre of mass, in pixels of the frame."""
    radius: Floats
    """(n,): the pen's, in pixels."""
    softness: Floats
    """(n,): of the ink's edge, in pixels."""


def _hands(pen: _Pen, count: int, style: Style, rng: np.random.Generator) -> _Hands:
    """Everything about `count` digits that is left to chance."""

    def normal(*shape: int) -> Floats:
        return rng.standard_normal((count, *shape), np.float32)

    radius = rng.uniform(*style.pen_radius, count).astype(np.float32)
    softness = rng.uniform(*style.softness, count).astype(np.float32)
    # Each control point shares half of its movement with the next, so that curves stay curves.
    movement = normal(len(pen.controls) + 1, 2)
    movement = (movement[:, :-1] + movement[:, 1:]) / math.sqrt(2)
    # The field: plane waves with periods around two heights, of variance 1 in all.
    frequency, phase = 3 * normal(2, WAVES), 2 * math.pi * normal(WAVES)
    push = style.elastic / math.sqrt(WAVES / 2) * normal(WAVES, 2)
    width = np.exp(style.aspect[0] + style.aspect[1] * normal())
    slant = style.slant[0] + style.slant[1] * normal()
    angle = style.rotation * normal()
    cos, sin = np.cos(angle), np.sin(angle)
    shape = [[cos * width, -cos * slant - sin], [sin * width, -sin * slant + cos]]
    return _Hands(
        pen.controls - 0.5 + style.wobble * movement,
        frequency,
        phase,
        push,
        np.array(shape).transpose(2, 0, 1).copy(),
        FRAME / 2 + style.shift * normal(2),
        radius,
        softness,
    )


@exact_kernel
def _trace(basis: Floats, hands: _Hands, n: int, points: Floats) -> None:
    """The path of hand `n`: (points, 2), in heights of the digit."""
    controls, frequency, shape = hands.controls[n], hands.frequency[n], hands.shape[n]
    for p in range(len(points)):
        x = y = np.float32(0)
        for k in range(len(controls)):
            x += basis[p, k] * controls[k, 0]
            y += basis[p, k] * controls[k, 1]
        moved_x, moved_y = x, y
        for w in range(WAVES):
            wave = math.sin(frequency[0, w] * x + frequency[1, w] * y + hands.phase[n, w])
            moved_x += wave * hands.push[n, w, 0]
            moved_y += wave * hands.push[n, w, 1]
        points[p, 0] = shape[0, 0] * moved_x + shape[0, 1] * moved_y
        points[p, 1] = shape[1, 0] * moved_x + shape[1, 1] * moved_y


@exact_kernel
def _fit(points: Floats, down: Flags, reach: float, centre: Floats) -> None:
    """Scale a path until its ink fills the box, and move the ink's centre of mass to `centre`.

    `reach` is how far the ink spreads from the path, in pixels. `points` (points, 2) come in any
    unit and leave in pixels of the frame.
    """
    left = right = points[0, 0]
    top = bottom = points[0, 1]
    mass, x, y = 0.0, 0.0, 0.0
    for k in range(len(down)):
        if down[k]:
            dx, dy = points[k + 1, 0] - points[k, 0], points[k + 1, 1] - points[k, 1]
            length = math.sqrt(dx * dx + dy * dy)
            mass += length
            x += length * (points[k, 0] + dx / 2)
            y += length * (points[k, 1] + dy / 2)
        left, right = min(left, points[k + 1, 0]), max(right, points[k + 1, 0])
        top, bottom = min(top, points[k + 1, 1]), max(bottom, points[k + 1, 1])
    scale = (BOX - 2 * reach) / max(right - left, bottom - top)
    for p in range(len(points)):
        points[p, 0] = (points[p, 0] - x / mass) * scale + centre[0]
        points[p, 1] = (points[p, 1] - y / mass) * scale + centre[1]


@exact_kernel
def _write(basis: Floats, down: Flags, hands: _Hands, paths: Floats) -> None:
    """The paths of all hands: (n, points, 2), in pixels of the frame."""
    for n in range(len(paths)):
        _trace(basis, hands, n, paths[n])
        _fit(paths[n], down, hands.radius[n] + hands.softness[n] / 2, hands.centre[n])


def _groups(
    labels: npt.NDArray[np.int64], style: Style, rng: np.random.Generator
) -> Iterator[tuple[_Pen, _Hands, npt.NDArray[np.intp]]]:
    """For every way of writing, the hands that write so and the places of their digits."""
    for digit, ways in PEN_PATHS.items():
        shares = np.array([share for share, _ in ways])
        places = np.flatnonzero(labels == digit)
        variants = rng.choice(len(ways), len(places), p=shares / shares.sum())
        for variant in range(len(ways)):
            pen, here = _pen(digit, variant), places[variants == variant]
            yield pen, _hands(pen, len(here), style, rng), here


def draw_digits(
    count: int, rng: np.random.Generator, style: Style = STYLE
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Draw `count` handwritten-looking digits, laid out as MNIST padded to 32 x 32.

    Each digit picks one of the ways of writing it, a hand and a pen (`style`); its ink fills a
    box of 20 pixels whose centre of mass lies in the middle of the image, give or take the shift,
    and keeps out of a border of 2 pixels. The same state of `rng` draws the same digits.

    Returns:
        images (count, 1, 32, 32) uint8, 0 for paper and 255 for ink, and labels (count,) int64:
        every class as often as the others, give or take one, in random order.

    Raises:
        ValueError: count is below 1.
    """
    if count < 1:
        raise ValueError(f"count must be at least 1 digit, got {count}")
    labels = rng.permutation(np.arange(count, dtype=np.int64) % 10)
    images = np.zeros((count, 1, FRAME + 2 * BORDER, FRAME + 2 * BORDER), np.uint8)
    inside = slice(BORDER, BORDER + FRAME)

    def draw(group: tuple[_Pen, _Hands, npt.NDArray[np.intp]]) -> None:
        pen, hands, here = group
        paths = np.empty((len(here), len(pen.basis), 2), np.float32)
        _write(pen.basis, pen.down, hands, paths)
        ink = rasterize(paths, pen.down, hands.radius, hands.softness, (FRAME, FRAME))
        images[here, 0, inside, inside] = ink

    # Chance is asked in this thread, in order; the rest may be done in any.
    with ThreadPoolExecutor(usable_cores()) as pool:
        list(pool.map(draw, _groups(labels, style, rng)))
    return images, labels
