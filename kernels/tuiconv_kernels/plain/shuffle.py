"""Pixel shuffle, one value at a time."""

import numpy as np

from tuiconv_kernels.checks import Array


def pixel_shuffle(x: Array, upscale_factor: int) -> Array:
    """Every output pixel: which square it lies in, and which pixel of the square it is."""
    images, channels, height, width = x.shape
    shape = images, channels // upscale_factor**2, height * upscale_factor, width * upscale_factor
    out = np.zeros(shape, x.dtype)
    for n, c, row, column in np.ndindex(shape):
        i, a = divmod(row, upscale_factor)
        j, b = divmod(column, upscale_factor)
        out[n, c, row, column] = x[n, (c * upscale_factor + a) * upscale_factor + b, i, j]
    return out


def pixel_shuffle_backward(grad_out: Array, x: Array, upscale_factor: int) -> Array:
    """The gradients go the way of their values, backwards."""
    return pixel_unshuffle(grad_out, upscale_factor)


def pixel_unshuffle(x: Array, downscale_factor: int) -> Array:
    """Every pixel: its square says where it goes, its place in the square to which channel."""
    images, channels, height, width = x.shape
    squares = height // downscale_factor, width // downscale_factor
    out = np.zeros((images, channels * downscale_factor**2, *squares), x.dtype)
    for n, c, row, column in np.ndindex(x.shape):
        i, a = divmod(row, downscale_factor)
        j, b = divmod(column, downscale_factor)
        out[n, (c * downscale_factor + a) * downscale_factor + b, i, j] = x[n, c, row, column]
    return out


def pixel_unshuffle_backward(grad_out: Array, x: Array, downscale_factor: int) -> Array:
    """The gradients go the way of their values, backwards."""
    return pixel_shuffle(grad_out, downscale_factor)
