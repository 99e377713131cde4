"""How many windows fit along an axis."""

import math

from tuiconv_kernels.checks import Size


def both(value: Size) -> tuple[int, int]:
    """Return (vertical, horizontal) for a number that may stand for both."""
    return (value, value) if isinstance(value, int) else value


def windows(
    size: int, kernel: int, stride: int, padding: int, dilation: int, ceil_mode: bool = False
) -> int:
    """Slide a window until it leaves the padded input; with `ceil_mode`, let the last stick out."""
    steps = (size + 2 * padding - dilation * (kernel - 1) - 1) / stride
    if not ceil_mode:
        return math.floor(steps) + 1
    count = math.ceil(steps) + 1
    last_start = (count - 1) * stride - padding
    return count if last_start < size else count - 1
