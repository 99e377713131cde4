"""Bent pictures, one pixel at a time."""

import math

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.checks import Array
from tuiconv_kernels.warping import REACH

Bytes = npt.NDArray[np.uint8]
Integers = npt.NDArray[np.int64]


def warp(images: Bytes, affine: Array, field: Array | None = None) -> Bytes:
    """For every new pixel find its place in the old picture, and mix the four pixels around."""
    out = np.empty_like(images)
    _, _, height, width = images.shape
    for n, c, i, j in np.ndindex(images.shape):
        y, x = i - (height - 1) / 2, j - (width - 1) / 2
        place = []
        for d, size in ((0, height), (1, width)):
            a = affine[n, d].tolist()
            at = a[0] * y + a[1] * x + a[2] + (size - 1) / 2
            if field is not None:
                at += float(field[n, d, i, j])
            place.append(min(at, size - 1.0) if at > 0 else 0.0)
        out[n, c, i, j] = math.floor(_between(images[n, c].tolist(), *place) + 0.5)
    return out


def _between(image: list[list[int]], y: float, x: float) -> float:
    """Bilinear interpolation."""
    top, left = math.floor(y), math.floor(x)
    below, right = min(top + 1, len(image) - 1), min(left + 1, len(image[0]) - 1)
    v, u = y - top, x - left
    upper = image[top][left] * (1 - u) + image[top][right] * u
    lower = image[below][left] * (1 - u) + image[below][right] * u
    return upper * (1 - v) + lower * v


def elastic_field(noise: Array, sigma: float, height: int, width: int) -> Array:
    """Add up the Gaussians of all nodes at every pixel."""
    count, _, rows, columns = noise.shape
    out = np.zeros((count, 2, height, width), noise.dtype)
    for n, d, i, j in np.ndindex(out.shape):
        down, across = _gaussians(sigma, i, height), _gaussians(sigma, j, width)
        out[n, d, i, j] = sum(
            down[k] * float(noise[n, d, k, m]) * across[m]
            for k in range(rows)
            for m in range(columns)
        )
    return out


def _gaussians(sigma: float, pixel: int, size: int) -> list[float]:
    """What each node contributes to a pixel; their squares add up to 1."""
    nodes = math.ceil((size - 1) / sigma) + 2 * REACH + 1
    heights = []
    for k in range(nodes):
        place = (size - 1) / 2 + (k - (nodes - 1) / 2) * sigma
        heights.append(math.exp(-((pixel - place) ** 2) / (2 * sigma**2)))
    length = math.sqrt(sum(h * h for h in heights))
    return [h / length for h in heights]


def beside(images: Bytes, others: Bytes, which: Integers, shifts: Integers) -> Bytes:
    """Every pixel is the brightest of those that come to lie on each other."""
    out = images.copy()
    width = images.shape[3]
    for n, c, i, j in np.ndindex(images.shape):
        for other, shift in zip(which[n].tolist(), shifts[n].tolist(), strict=True):
            if other >= 0 and 0 <= j - shift < width:
                out[n, c, i, j] = max(out[n, c, i, j], others[other, c, i, j - shift])
    return out
