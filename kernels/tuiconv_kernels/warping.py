"""Pictures bent out of shape: moved, turned, stretched, and with neighbours at their sides."""

import math

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.checks import Array, float_array, loop_ready, same_shape, whole
from tuiconv_kernels.jit import exact_kernel
from tuiconv_kernels.ranges import positive

Bytes = npt.NDArray[np.uint8]
Integers = npt.NDArray[np.int64]

REACH = 3
"""Standard deviations after which a Gaussian is taken to be 0."""


def warp(images: Bytes, affine: Array, field: Array | None = None) -> Bytes:
    """Take every pixel from another place of its picture, between four pixels if need be.

    With (y, x) measured in pixels from the picture's centre, y down and x to the right, the new
    picture's pixel at (y, x) is the old one's at

        y' = affine[n, 0, 0] · y + affine[n, 0, 1] · x + affine[n, 0, 2] + field[n, 0, i, j]
        x' = affine[n, 1, 0] · y + affine[n, 1, 1] · x + affine[n, 1, 2] + field[n, 1, i, j]

    by bilinear interpolation, rounded. What lies outside is as the nearest pixel of the edge: ink
    on paper stays on paper of its colour, and a photograph gets no frame.

    Args:
        images: (n, channels, height, width) uint8.
        affine: (n, 2, 3) float64 or float32.
        field: (n, 2, height, width) float32 or float64, further displacements in pixels.

    Returns:
        The shape of the images, uint8.

    Raises:
        ValueError: If a dtype or shape does not fit, or a number is not finite.
    """
    images = _pictures("warp", images)
    count, _, height, width = images.shape
    affine = float_array("warp", "affine", affine).astype(np.float64, copy=False)
    same_shape("warp", "affine", affine, (count, 2, 3))
    if field is None:
        field = np.zeros((count, 2, 0, 0), np.float32)
    else:
        field = float_array("warp", "field", field)
        same_shape("warp", "field", field, (count, 2, height, width))
    for name, array in (("affine", affine), ("field", field)):
        if not np.isfinite(array).all():
            raise ValueError(f"warp: {name} has NaN or infinity; finite numbers are needed")
    out = np.empty_like(images)
    _warp(images, affine, field, out)
    return out


@exact_kernel
def _warp(images: Bytes, affine: Array, field: Array, out: Bytes) -> None:
    count, _, height, width = images.shape
    bent = field.shape[2] > 0
    middle_y, middle_x = (height - 1) / 2, (width - 1) / 2
    from_y, from_x = np.empty(width), np.empty(width)
    for n in range(count):
        a = affine[n]
        for i in range(height):
            y = i - middle_y
            for j in range(width):
                x = j - middle_x
                old_y = a[0, 0] * y + a[0, 1] * x + a[0, 2] + middle_y
                old_x = a[1, 0] * y + a[1, 1] * x + a[1, 2] + middle_x
                if bent:
                    old_y += field[n, 0, i, j]
                    old_x += field[n, 1, i, j]
                # written so that NaN, which ∞ − ∞ leaves, is a place in the picture too
                from_y[j] = min(old_y, height - 1.0) if old_y > 0 else 0.0
                from_x[j] = min(old_x, width - 1.0) if old_x > 0 else 0.0
            for c in range(images.shape[1]):
                _mix(images[n, c], from_y, from_x, out[n, c, i])


@exact_kernel
def _mix(image: Bytes, from_y: Array, from_x: Array, row: Bytes) -> None:
    """A row of pixels, each from its place between four of the image's."""
    height, width = image.shape
    for j in range(width):
        top, left = np.int32(from_y[j]), np.int32(from_x[j])
        below, right = min(top + 1, height - 1), min(left + 1, width - 1)
        v, u = from_y[j] - top, from_x[j] - left
        upper = image[top, left] * (1 - u) + image[top, right] * u
        lower = image[below, left] * (1 - u) + image[below, right] * u
        row[j] = np.int32(upper * (1 - v) + lower * v + 0.5)


def elastic_field(noise: Array, sigma: float, height: int, width: int) -> Array:
    """Smooth random displacements: white noise, blurred by a Gaussian (Simard et al. 2003).

    The noise is on a lattice with a node every `sigma` pixels, which is as good as noise at every
    pixel once the Gaussian has blurred it, and asks for far fewer random numbers:

        field[n, d, i, j] = Σ_kl down[i, k] · noise[n, d, k, l] · across[j, l]
        down[i, k] = exp(−(i − y_k)² / 2σ²) / √(Σ_k exp(−(i − y_k)² / σ²)),   across likewise,

    with nodes y_k from 3σ above the first row to 3σ below the last. Noise of variance 1 gives a
    field of variance 1. Simard's strength of α = 34 at σ = 4 is a standard deviation of 1.4 pixels.

    Args:
        noise: (n, 2, rows, columns) float32 or float64, as many as `lattice` says.
        sigma: of the Gaussian, in pixels, above 0.
        height: of the field.
        width: of the field.

    Returns:
        (n, 2, height, width), the dtype of the noise.

    Raises:
        ValueError: If a dtype, shape or number does not fit.
    """
    noise = float_array("elastic_field", "noise", noise, "n,yx,rows,columns")
    rows, columns = lattice(sigma, height), lattice(sigma, width)
    same_shape("elastic_field", "noise", noise, (len(noise), 2, rows, columns))
    down, across = (
        _weights(sigma, size, nodes).astype(noise.dtype)
        for size, nodes in ((height, rows), (width, columns))
    )
    out = np.zeros((len(noise), 2, height, width), noise.dtype)
    _blur(noise, down, np.ascontiguousarray(across.T), out)
    return out


def lattice(sigma: float, size: int) -> int:
    """How many nodes, `sigma` pixels apart, reach 3·sigma beyond both ends of `size` pixels.

    Raises:
        ValueError: If sigma is not above 0, or size is below 1.
    """
    sigma = positive("elastic_field", "sigma", sigma)
    return math.ceil((whole("elastic_field", "size", size, 1) - 1) / sigma) + 2 * REACH + 1


def _weights(sigma: float, size: int, nodes: int) -> Array:
    """How strongly each pixel is moved by each node: (size, nodes), rows of length 1."""
    places = (np.arange(nodes) - (nodes - 1) / 2) * sigma + (size - 1) / 2
    distance = (np.arange(size)[:, None] - places) / sigma
    weights = np.exp(-(distance**2) / 2)
    of_length_1: Array = weights / np.sqrt((weights**2).sum(axis=1, keepdims=True))
    return of_length_1


@exact_kernel
def _blur(noise: Array, down: Array, across: Array, out: Array) -> None:
    rows, columns = noise.shape[2:]
    half = np.empty((rows, out.shape[3]), noise.dtype)
    for n in range(len(noise)):
        for d in range(2):
            half[:] = 0
            for k in range(rows):
                for m in range(columns):
                    for j in range(out.shape[3]):
                        half[k, j] += noise[n, d, k, m] * across[m, j]
            for i in range(out.shape[2]):
                for k in range(rows):
                    for j in range(out.shape[3]):
                        out[n, d, i, j] += down[i, k] * half[k, j]


def beside(images: Bytes, others: Bytes, which: Integers, shifts: Integers) -> Bytes:
    """Lay other pictures, moved sideways, over each; the brighter pixel wins.

        out[n, c, i, j] = max(images[n, c, i, j], others[which[n, k], c, i, j − shifts[n, k]], …)

    over all k; what would come from outside a picture is left out.

    Args:
        images: (n, channels, height, width) uint8, bright on dark.
        others: (m, channels, height, width) uint8; may be the images themselves.
        which: (n, k) int64, places in `others`; −1 for none.
        shifts: (n, k) int64, in columns, to the right above 0.

    Returns:
        The shape of the images, uint8.

    Raises:
        ValueError: If a dtype or shape does not fit, or there is no such picture.
    """
    images, others = _pictures("beside", images), _pictures("beside", others)
    same_shape("beside", "others", others, (len(others), *images.shape[1:]))
    which, shifts = loop_ready(which), loop_ready(shifts)
    for name, array in (("which", which), ("shifts", shifts)):
        if array.dtype != np.int64 or array.ndim != 2 or len(array) != len(images):
            raise ValueError(
                f"beside: {name} is {array.dtype} of shape {array.shape}; int64 of shape"
                f" ({len(images)}, k) is needed"
            )
    same_shape("beside", "shifts", shifts, which.shape)
    wrong = which[(which < -1) | (which >= len(others))]
    if wrong.size:
        raise ValueError(f"beside: which has {wrong[0]}; −1 to {len(others) - 1} are allowed")
    width = images.shape[3]
    out = images.copy()
    _beside(others, which, np.clip(shifts, -width, width), out)
    return out


@exact_kernel
def _beside(others: Bytes, which: Integers, shifts: Integers, out: Bytes) -> None:
    count, channels, height, width = out.shape
    for n in range(count):
        for k in range(which.shape[1]):
            other, shift = which[n, k], shifts[n, k]
            if other < 0:
                continue
            for c in range(channels):
                for i in range(height):
                    for j in range(max(0, shift), min(width, width + shift)):
                        out[n, c, i, j] = max(out[n, c, i, j], others[other, c, i, j - shift])


def _pictures(function: str, images: Bytes) -> Bytes:
    """The images, ready for a loop, if they are some."""
    images = loop_ready(images)
    if images.dtype != np.uint8 or images.ndim != 4 or 0 in images.shape[1:]:
        raise ValueError(
            f"{function}: images are {images.dtype} of shape {images.shape};"
            " uint8 (n, channels, height, width) is needed"
        )
    return images
