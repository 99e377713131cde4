"""Where windows lie on an image, and a memory layout that makes sliding them one long loop.

A padded plane is cut into stride × stride *phases*: phase (a, b) holds the pixels whose row is a
and whose column is b modulo the stride. Inside a phase, the pixels that one tap (u, v) of the
window meets as the window slides are neighbours. So, with the rows of a phase read as one long
line, output pixel p = i·pitch + j meets that tap at p + offset(u, v): one loop with unit stride
runs over the whole map, whatever stride and dilation are. The price is the few columns between
the last window of a row and the first of the next: they are computed and thrown away.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tuiconv_kernels.checks import Array, output_size

Pair = tuple[int, int]
"""(vertical, horizontal)."""


@dataclass(frozen=True)
class Windows:
    """All positions of a window on one image."""

    out: Pair
    """How many windows lie below and beside each other."""
    stride: Pair
    padding: Pair
    phase: Pair
    """Height and width of one phase; the width is the pitch of its line."""
    offsets: npt.NDArray[np.int64]
    """For each tap of the window, row by row: where output pixel 0 meets it."""

    @property
    def grid(self) -> Pair:
        """Shape of the output with the columns that are thrown away: (out_height, pitch)."""
        return self.out[0], self.phase[1]

    @property
    def length(self) -> int:
        """Positions from the first output pixel to the last."""
        return (self.out[0] - 1) * self.phase[1] + self.out[1]


def lay_windows(
    function: str,
    shape: tuple[int, ...],
    kernel: tuple[int, ...],
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    ceil_mode: bool = False,
) -> Windows:
    """Place windows of `kernel` taps on an input of `shape`, of both the last two axes.

    Raises:
        ValueError: In the name of `function`, if not one window fits.
    """
    out, phase = [], []
    for axis, size, taps, step, pad, gap in zip(
        ("height", "width"), shape[-2:], kernel[-2:], stride, padding, dilation, strict=True
    ):
        count = output_size(function, axis, size, taps, step, pad, gap, ceil_mode)
        extent = max((count - 1) * step + (taps - 1) * gap + 1, pad + size)
        out.append(count)
        phase.append(-(-extent // step))
    u = np.arange(kernel[-2])[:, np.newaxis] * dilation[0]
    v = np.arange(kernel[-1]) * dilation[1]
    phase_index = (u % stride[0]) * stride[1] + v % stride[1]
    offsets = (phase_index * phase[0] + u // stride[0]) * phase[1] + v // stride[1]
    return Windows(
        out=(out[0], out[1]),
        stride=stride,
        padding=padding,
        phase=(phase[0], phase[1]),
        offsets=offsets.reshape(-1).astype(np.int64),
    )


def to_phases(x: Array, windows: Windows, fill: float = 0.0) -> Array:
    """Pad x with `fill` and lay its phases end to end: (n, c, height, width) -> (n, c, p)."""
    images, channels, height, width = x.shape
    (rows, pitch), (down, right) = windows.phase, windows.stride
    top, left = windows.padding
    padded = x
    if (rows * down, pitch * right) != (height, width):
        padded = np.full((images, channels, rows * down, pitch * right), fill, x.dtype)
        padded[:, :, top : top + height, left : left + width] = x
    cut = padded.reshape(images, channels, rows, down, pitch, right).transpose(0, 1, 3, 5, 2, 4)
    return np.ascontiguousarray(cut).reshape(images, channels, down * right * rows * pitch)


def from_phases(planes: Array, shape: tuple[int, ...], windows: Windows) -> Array:
    """Undo `to_phases`: (n, c, p) -> (n, c, height, width), the padding cut off."""
    images, channels, height, width = shape
    (rows, pitch), (down, right) = windows.phase, windows.stride
    top, left = windows.padding
    phases = planes.reshape(images, channels, down, right, rows, pitch)
    padded = np.empty((images, channels, rows * down, pitch * right), planes.dtype)
    for a, b in np.ndindex(down, right):
        padded[:, :, a::down, b::right] = phases[:, :, a, b]
    return np.ascontiguousarray(padded[:, :, top : top + height, left : left + width])


def to_lines(out: Array, windows: Windows) -> Array:
    """Lay an output on its grid, 0 between the rows: (n, c, i, j) -> (n, c, i·pitch + j)."""
    images, channels, height, width = out.shape
    lines = np.zeros((images, channels, *windows.grid), out.dtype)
    lines[..., :width] = out
    return lines.reshape(images, channels, height * windows.phase[1])
