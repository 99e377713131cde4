"""Between images as users have them (n c h w) and blocks of LANES images, images innermost."""

import numpy as np

from tuiconv_kernels.checks import Array
from tuiconv_kernels.geometry import Layout, Table, image_runs
from tuiconv_kernels.jit import exact_kernel
from tuiconv_kernels.lanes import LANES
from tuiconv_kernels.squares import load_columns, store_columns


def blocks_for(images: int) -> int:
    """How many blocks hold so many images."""
    return -(-images // LANES)


def to_blocks(x: Array, layout: Layout) -> Array:
    """Lay a batch out in blocks; margins, and lanes without an image, are 0."""
    data = layout.zeros(x.dtype)
    into_blocks(x, data, *image_runs(layout))
    return data


def from_blocks(data: Array, layout: Layout, images: int) -> Array:
    """Return the first images of some blocks as n c h w."""
    x = np.empty((images, layout.channels, layout.height, layout.width), data.dtype)
    out_of_blocks(data, *image_runs(layout), x)
    return x


@exact_kernel
def into_blocks(x: Array, data: Array, rows: Table, length: int) -> None:
    """Copy images into blocks, where rows of `length` pixels begin at `rows`; other lanes get 0."""
    images, flat = len(x), x.reshape(-1)
    size = x.shape[1] * x.shape[2] * x.shape[3]
    per_block = size // length
    for row in range(len(rows)):
        block, inner = divmod(row, per_block)
        first, to = block * LANES * size + inner * length, rows[row]
        if length < LANES or (block + 1) * LANES > images:
            for lane in range(LANES):
                present = block * LANES + lane < images
                for j in range(length):
                    pixel = flat[first + lane * size + j] if present else 0.0
                    data[to + j * LANES + lane] = pixel
            continue
        for begin in range(0, length, LANES):
            # the last square overlaps the one before, unless it ends with the row
            j = min(begin, length - LANES)
            load_columns(flat, first + j, size, data, to + j * LANES)


@exact_kernel
def out_of_blocks(data: Array, rows: Table, length: int, x: Array) -> None:
    """Copy images out of blocks, where rows of `length` pixels begin at `rows`."""
    images, flat = len(x), x.reshape(-1)
    size = x.shape[1] * x.shape[2] * x.shape[3]
    per_block = size // length
    for row in range(len(rows)):
        block, inner = divmod(row, per_block)
        first, at = block * LANES * size + inner * length, rows[row]
        if length < LANES or (block + 1) * LANES > images:
            for lane in range(min(LANES, images - block * LANES)):
                for j in range(length):
                    flat[first + lane * size + j] = data[at + j * LANES + lane]
            continue
        for begin in range(0, length, LANES):
            j = min(begin, length - LANES)
            store_columns(flat, first + j, size, data, at + j * LANES)
