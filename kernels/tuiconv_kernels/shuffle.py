"""Pixel shuffle: channels laid out as pixels of a finer grid, and back (Shi et al. 2016).

A convolution that computes factor² maps for every output map, followed by the shuffle, enlarges an
image by `factor` at the cost of a small one. No value changes, so each is the other's gradient.
"""

from tuiconv_kernels.checks import Array, float_array, same_dtype, same_shape, whole


def pixel_shuffle(x: Array, upscale_factor: int) -> Array:
    """Cut every pixel's channels into squares of upscale_factor × upscale_factor pixels.

        out[n, c, i·factor + a, j·factor + b] = x[n, c·factor² + a·factor + b, i, j]

    Args:
        x: (n, channels · factor², height, width), float32 or float64.
        upscale_factor: How many times as high and wide the output is.

    Returns:
        (n, channels, height · factor, width · factor), the dtype of x.

    Raises:
        ValueError: If a dtype or shape does not fit, or the channels cannot be divided.
    """
    return _shuffle(*_checked_shuffle("pixel_shuffle", x, upscale_factor))


def pixel_shuffle_backward(grad_out: Array, x: Array, upscale_factor: int) -> Array:
    """Carry every gradient back to where its value came from: unshuffle it.

    Args:
        grad_out: ∂loss/∂out, in the shape that `pixel_shuffle` returns.
        x: As given to `pixel_shuffle`; so is the factor.
        upscale_factor: How many times as high and wide the output is.

    Returns:
        The gradient of x, in its shape.

    Raises:
        ValueError: As `pixel_shuffle`, and if `grad_out` has another shape or dtype.
    """
    name = "pixel_shuffle_backward"
    x, factor = _checked_shuffle(name, x, upscale_factor)
    images, channels, height, width = x.shape
    shape = (images, channels // factor**2, height * factor, width * factor)
    return _unshuffle(_checked_grad(name, grad_out, x, shape), factor)


def pixel_unshuffle(x: Array, downscale_factor: int) -> Array:
    """Stack the pixels of every downscale_factor × downscale_factor square as channels.

        out[n, c·factor² + a·factor + b, i, j] = x[n, c, i·factor + a, j·factor + b]

    Args:
        x: (n, channels, height · factor, width · factor), float32 or float64.
        downscale_factor: How many times as high and wide the input is.

    Returns:
        (n, channels · factor², height, width), the dtype of x.

    Raises:
        ValueError: If a dtype or shape does not fit, or height or width cannot be divided.
    """
    return _unshuffle(*_checked_unshuffle("pixel_unshuffle", x, downscale_factor))


def pixel_unshuffle_backward(grad_out: Array, x: Array, downscale_factor: int) -> Array:
    """Carry every gradient back to where its value came from: shuffle it.

    Args:
        grad_out: ∂loss/∂out, in the shape that `pixel_unshuffle` returns.
        x: As given to `pixel_unshuffle`; so is the factor.
        downscale_factor: How many times as high and wide the input is.

    Returns:
        The gradient of x, in its shape.

    Raises:
        ValueError: As `pixel_unshuffle`, and if `grad_out` has another shape or dtype.
    """
    name = "pixel_unshuffle_backward"
    x, factor = _checked_unshuffle(name, x, downscale_factor)
    images, channels, height, width = x.shape
    shape = (images, channels * factor**2, height // factor, width // factor)
    return _shuffle(_checked_grad(name, grad_out, x, shape), factor)


def _shuffle(x: Array, factor: int) -> Array:
    images, channels, height, width = x.shape
    # n c a b i j -> n c i a j b
    cut = x.reshape(images, channels // factor**2, factor, factor, height, width)
    laid = cut.transpose(0, 1, 4, 2, 5, 3).copy()
    return laid.reshape(images, channels // factor**2, height * factor, width * factor)


def _unshuffle(x: Array, factor: int) -> Array:
    images, channels, height, width = x.shape
    # n c i a j b -> n c a b i j
    cut = x.reshape(images, channels, height // factor, factor, width // factor, factor)
    stacked = cut.transpose(0, 1, 3, 5, 2, 4).copy()
    return stacked.reshape(images, channels * factor**2, height // factor, width // factor)


def _checked_shuffle(function: str, x: Array, upscale_factor: int) -> tuple[Array, int]:
    x = float_array(function, "x", x, "n,c,h,w")
    factor = whole(function, "upscale_factor", upscale_factor, 1)
    if x.shape[1] % factor**2:
        raise ValueError(
            f"{function}: x has {x.shape[1]} channels; a multiple of upscale_factor² = {factor}² "
            f"= {factor**2} is needed"
        )
    return x, factor


def _checked_unshuffle(function: str, x: Array, downscale_factor: int) -> tuple[Array, int]:
    x = float_array(function, "x", x, "n,c,h,w")
    factor = whole(function, "downscale_factor", downscale_factor, 1)
    if x.shape[2] % factor or x.shape[3] % factor:
        raise ValueError(
            f"{function}: x has height {x.shape[2]} and width {x.shape[3]}; multiples of "
            f"downscale_factor = {factor} are needed"
        )
    return x, factor


def _checked_grad(function: str, grad_out: Array, x: Array, shape: tuple[int, ...]) -> Array:
    grad_out = float_array(function, "grad_out", grad_out, "n,c,h,w")
    same_dtype(function, grad_out=grad_out, x=x)
    same_shape(function, "grad_out", grad_out, shape)
    return grad_out
