"""Digits drawn by strokes: a data set that needs no download.

A digit is the path of a pen until it is rasterised. Its variations move the points of the path,
as a hand does, and never the pixels.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from tuiconv.data.pen_paths import PEN_PATHS
from tuiconv_kernels.raster import rasterize

Floats = npt.NDArray[np.float32]

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
    down: npt.NDArray[np.bool_]
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


def _distort(pen: _Pen, count: int, style: Style, rng: np.random.Generator) -> Floats:
    """`count` hands write the same path: (count, points, 2), in heights of the digit."""

    def normal(*shape: int) -> Floats:
        return rng.standard_normal((count, *shape), np.float32)

    # Each control point shares half of its movement with the next, so that curves stay curves.
    movement = normal(len(pen.controls) + 1, 2)
    movement = (movement[:, :-1] + movement[:, 1:]) / math.sqrt(2)
    controls = pen.controls - 0.5 + style.wobble * movement
    # einsum, not matmul: its sums do not depend on how many threads BLAS has.
    points = np.einsum("pk,nkx->npx", pen.basis, controls)

    # The field: plane waves with periods around two heights, of variance 1 in all.
    phase = np.einsum("npx,nxw->npw", points, 3 * normal(2, WAVES)) + 2 * math.pi * normal(1, WAVES)
    field = np.einsum("npw,nwx->npx", np.sin(phase), normal(WAVES, 2)) / math.sqrt(WAVES / 2)
    points += style.elastic * field

    x, y = points[:, :, 0], points[:, :, 1]
    mean, deviation = style.aspect
    x = np.exp(mean + deviation * normal(1)) * x
    mean, deviation = style.slant
    x = x - (mean + deviation * normal(1)) * y
    angle = style.rotation * normal(1)
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([cos * x - sin * y, sin * x + cos * y], axis=2)


def _fit(points: Floats, down: npt.NDArray[np.bool_], reach: Floats) -> Floats:
    """Scale paths until their ink fills the box, and put its centre of mass in mid-frame.

    `reach` (n,) is how far the ink spreads from the path, in pixels. `points` (n, points, 2) come
    in any unit and leave in pixels of the frame.
    """
    extent = np.ptp(points, axis=1).max(axis=1)
    points = points * ((BOX - 2 * reach) / extent)[:, None, None]
    steps = np.diff(points, axis=1)
    mass = np.sqrt((steps**2).sum(axis=2, keepdims=True)) * down[:, None]
    middles = points[:, :-1] + steps / 2
    centre = (mass * middles).sum(axis=1, keepdims=True) / mass.sum(axis=1, keepdims=True)
    points += FRAME / 2 - centre
    return points


def _write(pen: _Pen, count: int, style: Style, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """`count` pictures of the same path in different hands: (count, FRAME, FRAME)."""
    radius = rng.uniform(*style.pen_radius, count).astype(np.float32)
    softness = rng.uniform(*style.softness, count).astype(np.float32)
    points = _fit(_distort(pen, count, style, rng), pen.down, radius + softness * np.float32(0.5))
    points += style.shift * rng.standard_normal((count, 1, 2), np.float32)
    ink = rasterize(points, radius[:, None] * pen.down, softness, (FRAME, FRAME))
    return np.rint(255 * ink).astype(np.uint8)


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
    for digit, ways in PEN_PATHS.items():
        shares = np.array([share for share, _ in ways])
        places = np.flatnonzero(labels == digit)
        variants = rng.choice(len(ways), len(places), p=shares / shares.sum())
        for variant in range(len(ways)):
            here = places[variants == variant]
            images[here, 0, inside, inside] = _write(_pen(digit, variant), len(here), style, rng)
    return images, labels
