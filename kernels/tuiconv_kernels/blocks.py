"""Between images as users have them (n c h w) and blocks of LANES images, images innermost."""

import numpy as np

from tuiconv_kernels.checks import Array
from tuiconv_kernels.geometry import Layout, Table, image_rows
from tuiconv_kernels.jit import kernel
from tuiconv_kernels.lanes import LANES


def blocks_for(images: int) -> int:
    """How many blocks hold so many images."""
    return -(-images // LANES)


def to_blocks(x: Array, layout: Layout) -> Array:
    """Lay a batch out in blocks; margins, and lanes without an image, are 0."""
    data = np.zeros(layout.size, x.dtype)
    into_blocks(x, data, image_rows(layout))
    return data


def from_blocks(data: Array, layout: Layout, images: int) -> Array:
    """Return the first images of some blocks as n c h w."""
    x = np.empty((images, layout.channels, layout.height, layout.width), data.dtype)
    out_of_blocks(data, image_rows(layout), x)
    return x


@kernel
def into_blocks(x: Array, data: Array, rows: Table) -> None:
    """Copy images into blocks; lanes without an image get 0."""
    # x n c y x', rows where each row (block c y) begins in data
    images, channels, height, width = x.shape
    planes = channels * height
    flat = x.reshape(-1)
    for row in range(len(rows)):
        block, inner = divmod(row, planes)
        base = rows[row]
        for lane in range(LANES):
            n = block * LANES + lane
            first = (n * planes + inner) * width
            for j in range(width):
                data[base + j * LANES + lane] = flat[first + j] if n < images else 0.0


@kernel
def out_of_blocks(data: Array, rows: Table, x: Array) -> None:
    """Copy images out of blocks."""
    images, channels, height, width = x.shape
    planes = channels * height
    flat = x.reshape(-1)
    for row in range(len(rows)):
        block, inner = divmod(row, planes)
        base = rows[row]
        for lane in range(min(LANES, images - block * LANES)):
            first = ((block * LANES + lane) * planes + inner) * width
            for j in range(width):
                flat[first + j] = data[base + j * LANES + lane]
