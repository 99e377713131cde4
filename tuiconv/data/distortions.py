"""Training pictures that are never twice the same, so that a network learns what does not matter.

LeNet-5 was trained on digits moved, resized, sheared and with others at their sides (lecture N;
LeCun et al. 1998, sections III.D and VII); elastic distortions came with Simard et al. 2003, "Best
practices for convolutional neural networks".
"""

import math
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from tuiconv.data.dataset import Images
from tuiconv.errors import RequestError
from tuiconv_kernels import beside, elastic_field, warp
from tuiconv_kernels.warping import lattice

Floats = npt.NDArray[np.float64]

INK = 64
"""Of 255: from here on a pixel is ink when neighbours are given their places."""

WIDEST_GAP = 1 / 4
"""Between a digit and its neighbour, in widths of the picture; the narrowest is a pixel."""

LIMITS = {
    "shift": (0, 1000, "pixels"),
    "rescale": (0, 0.9, "as a share"),
    "rotate": (0, 180, "degrees"),
    "shear": (0, 80, "degrees"),
    "elastic": (0, 1000, "pixels"),
    "smoothness": (1, 1000, "pixels"),
    "sides": (0, 1, "as a share"),
    "flip": (0, 1, "as a share"),
}
"""Least, most and unit of each setting."""


@dataclass(frozen=True)
class Distortions:
    """How strongly pictures are changed; 0 leaves a kind of change out.

    Called with pictures it returns them changed, each by chance and by itself. Where something
    comes in from outside a picture, it is as the nearest pixel of the edge.

    Raises:
        RequestError: a ValueError for a setting outside its limits.
    """

    shift: float = 0.0
    """Pixels: up to so many down or up and, by themselves, to the right or left. They are whole if
    nothing else bends the pictures, which stay as sharp as those of a test."""
    rescale: float = 0.0
    """Share: height and width, each by itself, are multiplied by 1 − rescale to 1 + rescale."""
    rotate: float = 0.0
    """Degrees: up to so many to either side, about the centre."""
    shear: float = 0.0
    """Degrees: upright strokes lean by up to so many to either side."""
    elastic: float = 0.0
    """Pixels: standard deviation of a random displacement of every pixel along each axis."""
    smoothness: float = 4.0
    """Pixels: standard deviation of the Gaussian that makes neighbours move alike."""
    sides: float = 0.0
    """Share of pictures with part of another digit of the batch at the left; likewise right."""
    flip: float = 0.0
    """Share of pictures that are mirrored, left for right: for photographs, not for digits."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value, (least, most, unit) = getattr(self, field.name), LIMITS[field.name]
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not (number and math.isfinite(value) and least <= value <= most):
                raise RequestError(
                    f"{field.name} is {value!r}; expected {least:g} to {most:g}, {unit}"
                )

    def __call__(self, images: Images, rng: np.random.Generator) -> Images:
        """Change pictures; the same state of `rng` gives the same ones.

        Args:
            images: (n, channels, height, width) uint8, any size; digits bright on dark for `sides`.
            rng: where chance comes from.

        Returns:
            New pictures of the same shape.
        """
        if self.sides:
            images = beside(images, images, *neighbours(images, self.sides, rng))
        affine = self._affine(len(images), rng)
        if not self.elastic:
            return warp(images, affine)
        height, width = images.shape[2:]
        nodes = lattice(self.smoothness, height), lattice(self.smoothness, width)
        noise = rng.standard_normal((len(images), 2, *nodes), np.float32)
        noise *= np.float32(self.elastic)
        return warp(images, affine, elastic_field(noise, self.smoothness, height, width))

    def _affine(self, count: int, rng: np.random.Generator) -> Floats:
        """From where each picture takes its pixels, as `warp` asks: (count, 2, 3).

        A pixel is moved back, turned back, straightened and brought back to size, in this order.
        """
        down, right, taller, wider, turned, leaning = rng.uniform(-1, 1, (6, count))
        cos, sin = (
            np.cos(turned * np.radians(self.rotate)),
            np.sin(turned * np.radians(self.rotate)),
        )
        lean = np.tan(leaning * np.radians(self.shear))
        size = 1 + self.rescale * np.array([taller, wider])
        mirrored = np.where(rng.random(count) < self.flip, -1, 1)
        linear = np.array([[cos, -sin], [sin + lean * cos, cos - lean * sin]]) / size[:, None]
        linear[:, 1] *= mirrored
        moved = self.shift * np.array([down, right])
        if not (self.rescale or self.rotate or self.shear or self.elastic):
            moved = np.rint(moved)
        back = -np.einsum("abn,bn->an", linear, moved)
        affine: Floats = np.concatenate((linear, back[:, None]), axis=1).transpose(2, 0, 1).copy()
        return affine


def recommended(shape: tuple[int, int, int]) -> Distortions:
    """Amounts that help, in proportion to the pictures' width.

    Grey pictures are taken to be digits. Photographs are moved and mirrored, as is usual for
    CIFAR-10 (He et al. 2016, section 4.2).

    Args:
        shape: of one picture: channels, height, width.
    """
    channels, _, width = shape
    pixels = width / 32
    if channels > 1:
        return Distortions(shift=4 * pixels, flip=0.5)
    return Distortions(
        shift=2 * pixels,
        rescale=0.15,
        rotate=10,
        shear=10,
        elastic=0.7 * pixels,
        smoothness=max(1, 4 * pixels),
    )


def neighbours(
    images: Images, share: float, rng: np.random.Generator
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Which digits of a batch stand at the left and at the right of each, and where.

    Between the ink of two neighbours is a gap of at least a pixel, as in a line of digits.

    Args:
        images: (n, channels, height, width).
        share: the probability of a neighbour at the left, and of one at the right.
        rng: where chance comes from.

    Returns:
        Their places in the batch, −1 for none, and by how many columns they are to be moved: both
        (n, 2), as `beside` asks.
    """
    count, _, _, width = images.shape
    others = rng.integers(0, max(1, count), (count, 2))
    wanted = rng.random((count, 2)) < share
    gap = rng.integers(1, max(1, round(WIDEST_GAP * width)) + 1, (count, 2))
    first, end = ink_between(images)
    shifts = np.stack(
        (first - gap[:, 0] - end[others[:, 0]], end + gap[:, 1] - first[others[:, 1]]), axis=1
    )
    written = first < end
    return np.where(wanted & written[:, None] & written[others], others, -1), shifts


def ink_between(images: Images) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The first column with ink of each picture, and the one after the last; 0 and 0 if empty."""
    ink = images.max(axis=(1, 2)) >= INK
    first, last = ink.argmax(axis=1), images.shape[3] - ink[:, ::-1].argmax(axis=1)
    return first, np.where(ink.any(axis=1), last, 0)
