"""Ink: the greyscale picture that a round pen leaves along a path."""

import math

import numpy as np

from tuiconv_kernels.checks import Array, float_array, same_dtype, same_shape
from tuiconv_kernels.jit import kernel


@kernel
def _rasterize(points: Array, radius: Array, softness: Array, out: Array) -> None:
    height, width = out.shape[1], out.shape[2]
    for n in range(points.shape[0]):
        soft = softness[n]
        for k in range(points.shape[1] - 1):
            if radius[n, k] <= 0:
                continue
            x0, y0 = points[n, k, 0], points[n, k, 1]
            dx, dy = points[n, k + 1, 0] - x0, points[n, k + 1, 1] - y0
            squared_length = dx * dx + dy * dy
            inverse = 1 / squared_length if squared_length > 0 else squared_length
            reach = radius[n, k] + soft / 2
            # Pixel (row i, column j) has its centre at (j + 0.5, i + 0.5).
            left = max(0, math.floor(min(x0, x0 + dx) - reach))
            right = min(width, math.ceil(max(x0, x0 + dx) + reach))
            top = max(0, math.floor(min(y0, y0 + dy) - reach))
            bottom = min(height, math.ceil(max(y0, y0 + dy) + reach))
            for i in range(top, bottom):
                for j in range(left, right):
                    px, py = j + 0.5 - x0, i + 0.5 - y0
                    along = min(max((px * dx + py * dy) * inverse, 0), 1)
                    across_x, across_y = px - along * dx, py - along * dy
                    distance = math.sqrt(across_x * across_x + across_y * across_y)
                    ink = min((reach - distance) / soft, 1)
                    out[n, i, j] = max(out[n, i, j], ink)


def rasterize(points: Array, radius: Array, softness: Array, size: tuple[int, int]) -> Array:
    """Draw one path per image with a round pen.

    A pixel whose centre lies at distance d from the line between two consecutive points holds
    clip((radius + softness / 2 − d) / softness, 0, 1): full ink inside, none outside, and a
    linear edge `softness` wide whose middle is at the pen's radius. Where lines overlap, the
    darker one counts. The cost is proportional to the area of ink, not to that of the image.

    Args:
        points: (n, points, 2) float32 or float64, x to the right and y down, in pixels;
            the image spans 0 ≤ x ≤ width, so that the first pixel's centre is at (0.5, 0.5).
        radius: (n, points − 1), the pen's radius in pixels on the way from each point
            to the next; 0 where the pen is lifted.
        softness: (n,), width of the edge in pixels, above 0; 1 is plain antialiasing.
        size: (height, width) of the images, in pixels.

    Returns:
        (n, height, width), ink from 0 to 1, in the dtype of the points.

    Raises:
        ValueError: A shape or dtype does not fit the points', a point is not finite, a
            softness is not above 0, or the size is empty.
    """
    points = float_array("rasterize", "points", points, "n,points,xy")
    radius = float_array("rasterize", "radius", radius)
    softness = float_array("rasterize", "softness", softness)
    same_dtype("rasterize", points=points, radius=radius, softness=softness)
    count, length, axes = points.shape
    if length < 2 or axes != 2:
        raise ValueError(f"rasterize: points has shape {points.shape}; (n, 2 or more, 2) is needed")
    same_shape("rasterize", "radius", radius, (count, length - 1))
    same_shape("rasterize", "softness", softness, (count,))
    if not np.isfinite(points).all():
        raise ValueError("rasterize: points has NaN or infinity; finite pixels are needed")
    if not (softness > 0).all():
        raise ValueError(f"rasterize: softness is {softness.min()}; above 0 pixels is needed")
    if min(size) < 1:
        raise ValueError(f"rasterize: size is {size}; height and width of 1 or more are needed")
    out = np.zeros((count, *size), points.dtype)
    _rasterize(points, radius, softness, out)
    return out
