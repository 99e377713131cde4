"""Ink: the greyscale picture that a round pen leaves along a path."""

import math

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.checks import Array, float_array, loop_ready, same_dtype, same_shape
from tuiconv_kernels.jit import exact_kernel

Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]


@exact_kernel
def _measure(points: Array, down: Flags, reach: float, nearest: Array) -> None:
    """The square of each pixel's distance from the path, as far as the ink reaches."""
    height, width = nearest.shape
    nearest[:] = reach * reach
    for k in range(len(down)):
        if not down[k]:
            continue
        x, y = points[k, 0], points[k, 1]
        dx, dy = points[k + 1, 0] - x, points[k + 1, 1] - y
        length = math.sqrt(dx * dx + dy * dy)
        ux, uy = (dx / length, dy / length) if length > 0 else (1.0, 0.0)
        left = max(0, math.floor(min(x, x + dx) - reach))
        right = min(width, math.ceil(max(x, x + dx) + reach))
        top = max(0, math.floor(min(y, y + dy) - reach))
        bottom = min(height, math.ceil(max(y, y + dy) + reach))
        # Pixel (row i, column j) has its centre at (j + 0.5, i + 0.5); seen from the middle of
        # the line it lies so far along the line, and so far across.
        px = left + 0.5 - (x + dx / 2)
        for i in range(top, bottom):
            py = i + 0.5 - (y + dy / 2)
            along, across = px * ux + py * uy, px * uy - py * ux
            for j in range(left, right):
                beyond = max(abs(along) - length / 2, 0.0)
                nearest[i, j] = min(nearest[i, j], beyond * beyond + across * across)
                along += ux
                across += uy


@exact_kernel
def _rasterize(points: Array, down: Flags, radius: Array, softness: Array, out: Bytes) -> None:
    nearest = np.empty(out.shape[1:])
    for n in range(len(out)):
        reach, full = radius[n] + softness[n] / 2, 255 / softness[n]
        _measure(points[n], down, reach, nearest)
        image = out[n]
        for i in range(image.shape[0]):
            for j in range(image.shape[1]):
                ink = min((reach - math.sqrt(nearest[i, j])) * full, 255.0)
                image[i, j] = int(ink + 0.5)


def rasterize(
    points: Array, down: Flags, radius: Array, softness: Array, size: tuple[int, int]
) -> Bytes:
    """Draw one path per image, each with a round pen of its own.

    A pixel whose centre lies at distance d from the path holds
    255 · clip((radius + softness / 2 − d) / softness, 0, 1), rounded: full ink inside, none
    outside, and a linear edge `softness` wide whose middle is at the pen's radius. Most of the
    cost is proportional to the area of ink, not to that of the image.

    Args:
        points: (n, points, 2) float32 or float64, x to the right and y down, in pixels;
            the image spans 0 ≤ x ≤ width, so that the first pixel's centre is at (0.5, 0.5).
        down: (points − 1,) bool, whether the pens write on the way from each point to the next.
        radius: (n,), the pens' radii in pixels, 0 or more.
        softness: (n,), width of the edge in pixels, above 0; 1 is plain antialiasing.
        size: (height, width) of the images, in pixels.

    Returns:
        (n, height, width) uint8, 0 for paper and 255 for ink.

    Raises:
        ValueError: A shape or dtype does not fit the points', a point is not finite, a radius
            is below 0, a softness is not above 0, or the size is empty.
    """
    points = float_array("rasterize", "points", points, "n,points,xy")
    radius = float_array("rasterize", "radius", radius)
    softness = float_array("rasterize", "softness", softness)
    same_dtype("rasterize", points=points, radius=radius, softness=softness)
    count, length, axes = points.shape
    if length < 2 or axes != 2:
        raise ValueError(f"rasterize: points has shape {points.shape}; (n, 2 or more, 2) is needed")
    down = loop_ready(down)
    if down.dtype != np.bool_:
        raise ValueError(f"rasterize: down is {down.dtype}; bool is needed")
    same_shape("rasterize", "down", down, (length - 1,))
    same_shape("rasterize", "radius", radius, (count,))
    same_shape("rasterize", "softness", softness, (count,))
    if not np.isfinite(points).all():
        raise ValueError("rasterize: points has NaN or infinity; finite pixels are needed")
    if not (radius >= 0).all():
        raise ValueError(f"rasterize: radius is {radius.min()}; 0 pixels or more are needed")
    if not (softness > 0).all():
        raise ValueError(f"rasterize: softness is {softness.min()}; above 0 pixels is needed")
    if min(size) < 1:
        raise ValueError(f"rasterize: size is {size}; height and width of 1 or more are needed")
    out = np.empty((count, *size), np.uint8)
    _rasterize(points, down, radius, softness, out)
    return out
