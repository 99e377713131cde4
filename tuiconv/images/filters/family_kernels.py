"""The families of filters: bell curves, their Laplacian, streaks, stripes, and means.

x counts pixels to the right of the centre, y pixels below it. Angles are in degrees and turn
against the clock, as they are drawn in a plane whose y points upwards: 0 is to the right, 90 up.
"""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from tuiconv.images.filters.families import Family, Parameter
from tuiconv.images.filters.filter import Matrix


def box(size: float) -> Matrix:
    """1 / n² everywhere."""
    side = int(size)
    return np.full((side, side), 1 / side**2)


def gaussian(sigma: float) -> Matrix:
    """exp(−(x² + y²) / 2σ²), up to ⌈3σ⌉ pixels from the centre, scaled to the sum 1."""
    return bell(math.ceil(3 * sigma), sigma)


def bell(radius: int, sigma: float) -> Matrix:
    """A sampled bell curve of two dimensions with the sum 1: a column times a row."""
    weights = np.exp(-(np.arange(-radius, radius + 1) ** 2) / (2 * sigma**2))
    weights /= weights.sum()
    kernel: Matrix = np.outer(weights, weights)
    return kernel


def laplacian_of_gaussian(sigma: float) -> Matrix:
    """(2σ² − x² − y²) / σ⁴ · the bell curve, up to ⌈4σ⌉ pixels from the centre, less the mean.

    It is minus the sum of the bell curve's second derivatives (Marr and Hildreth, "Theory of edge
    detection", 1980), with the sign of the lecture's 3×3 Laplacian: the centre is positive.
    """
    radius = math.ceil(4 * sigma)
    x = np.arange(-radius, radius + 1)
    squared = np.add.outer(x**2, x**2)
    kernel: Matrix = (2 * sigma**2 - squared) / sigma**4 * bell(radius, sigma)
    kernel -= kernel.mean()
    return kernel


def motion_blur(length: float, angle: float) -> Matrix:
    """L points, each 1 pixel from the next, on a line through the centre.

    Each is shared among the four pixels around it: a pixel at a distance d along an axis gets
    max(0, 1 − |d|) of it.
    """
    along = np.arange(length) - (length - 1) / 2
    right, up = direction(angle)
    kernel: Matrix = shares(-up * along) @ shares(right * along).T / length
    return kernel


def direction(angle: float) -> tuple[float, float]:
    """(to the right, upwards) of a step of length 1; exact for quarter turns."""
    radians = math.radians(angle)
    return round(math.cos(radians), 15), round(math.sin(radians), 15)


def shares(places: npt.NDArray[np.float64]) -> Matrix:
    """What of each point falls to each pixel of an axis: (pixels, points), symmetric pixels."""
    radius = math.ceil(abs(places).max())
    pixels = np.arange(-radius, radius + 1)
    shared: Matrix = np.maximum(0, 1 - np.abs(pixels[:, np.newaxis] - places))
    return shared


def gabor(theta: float, wavelength: float, sigma: float) -> Matrix:
    """2 · bell curve · (cos(2π(x cos θ − y sin θ) / λ) − c), up to ⌈3σ⌉ pixels from the centre.

    The bell curve is round; the cosine has its crest in the centre; c is the bell curve's mean of
    the cosine, so that the sum is 0 (D. Gabor, "Theory of communication", 1946; J. Daugman,
    "Uncertainty relation for resolution in space, spatial frequency, and orientation", 1985).
    """
    radius = math.ceil(3 * sigma)
    x = np.arange(-radius, radius + 1)
    right, up = direction(theta)
    wave = np.cos(2 * np.pi / wavelength * np.add.outer(-up * x, right * x))
    envelope = bell(radius, sigma)
    kernel: Matrix = 2 * envelope * (wave - (envelope * wave).sum())
    return kernel


_FAMILIES = (
    Family(
        "box-blur",
        (Parameter("size", "n", 3, 1, 101, "pixels a side", step=2),),
        "Blurs: the mean of a square of pixels, all counted alike.",
        "1/n² in each of n × n places",
        box,
    ),
    Family(
        "gaussian",
        (Parameter("sigma", "σ", 1, 0.1, 16, "the bell curve's width in pixels"),),
        "Blurs softly: a mean in which nearer pixels count more, by a bell curve.",
        "exp(−(x² + y²) / 2σ²), |x|, |y| ≤ ⌈3σ⌉, scaled to the sum 1",
        gaussian,
    ),
    Family(
        "log",
        (Parameter("sigma", "σ", 1, 0.5, 12, "the width of the blur, in pixels"),),
        "Finds edges and spots: the Laplacian of a Gaussian; bright spots are positive.",
        "(2σ² − x² − y²) / σ⁴ · g, g = exp(−(x² + y²) / 2σ²) scaled to the sum 1, |x|, |y| ≤ ⌈4σ⌉,"
        " less the mean: −∇²g",
        laplacian_of_gaussian,
    ),
    Family(
        "motion-blur",
        (
            Parameter("length", "L", 9, 1, 101, "pixels", step=1),
            Parameter("angle", "α", 0, -360, 360, "degrees, 0 to the right, 90 up"),
        ),
        "Smears along a line, as a moving camera does.",
        "1/L · Σ Λ(x − tᵢ cos α) · Λ(y + tᵢ sin α), Λ(d) = max(0, 1 − |d|),"
        " tᵢ = (1 − L)/2, (3 − L)/2, …, (L − 1)/2",
        motion_blur,
    ),
    Family(
        "gabor",
        (
            Parameter("theta", "θ", 0, -360, 360, "degrees, across the stripes"),
            Parameter("wavelength", "λ", 8, 2, 100, "pixels from stripe to stripe"),
            Parameter("sigma", "σ", 4, 0.5, 16, "the width of the patch of stripes, in pixels"),
        ),
        "Finds stripes of one width and direction; the bright ones are positive.",
        "2g · (cos(2π(x cos θ − y sin θ) / λ) − c), g = exp(−(x² + y²) / 2σ²) scaled to the sum 1,"
        " |x|, |y| ≤ ⌈3σ⌉, c such that the sum is 0",
        gabor,
    ),
)

FAMILIES: Final = {family.name: family for family in _FAMILIES}
"""Every family by name."""
