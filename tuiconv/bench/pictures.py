"""Filters on a 4K picture in colour, against OpenCV, SciPy and Pillow."""

from collections.abc import Callable
from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

import tuiconv_kernels as kernels
from tuiconv.bench.cases import MILLISECONDS, OPENCV, PILLOW, SCIPY, Case, Side
from tuiconv.images.filters.catalog import FILTERS

SIZE = (2160, 3840)
"""Height and width."""

Picture: TypeAlias = npt.NDArray[np.uint8]
Matrix: TypeAlias = npt.NDArray[np.float64]

SHARPEN = FILTERS["sharpen"].matrices[""]
FULL_5 = FILTERS["unsharp-5x5"].matrices[""]
FULL_15 = np.random.default_rng(0).dirichlet(np.ones(15 * 15)).reshape(15, 15)
"""Positive weights that add up to 1, and no product of a column and a row."""
GAUSSIAN_ROW = np.array([1, 4, 6, 4, 1]) / 16
GAUSSIAN_5 = np.outer(GAUSSIAN_ROW, GAUSSIAN_ROW)


def cases() -> list[Case]:
    """A row for every filter, and for the first one a row for each peer."""
    return [
        Case("filter/3x3", MILLISECONDS, OPENCV, ours(SHARPEN), opencv(SHARPEN)),
        Case("filter/3x3/scipy", MILLISECONDS, SCIPY, ours(SHARPEN), scipy),
        Case("filter/3x3/pillow", MILLISECONDS, PILLOW, ours(SHARPEN), pillow),
        Case("filter/5x5", MILLISECONDS, OPENCV, ours(FULL_5), opencv(FULL_5)),
        Case("filter/15x15", MILLISECONDS, OPENCV, ours(FULL_15), opencv(FULL_15)),
        Case("filter/gaussian5", MILLISECONDS, OPENCV, ours(GAUSSIAN_5), opencv_gaussian),
    ]


@cache
def picture() -> Picture:
    """Noise in red, green and blue: (height, width, 3)."""
    return np.random.default_rng(0).integers(0, 256, (*SIZE, 3), np.uint8)


def ours(kernel: Matrix) -> Callable[[int], Side]:
    """Our filter2d."""
    return lambda threads: Side(
        lambda: kernels.filter2d(picture(), kernel, edge="reflect", threads=threads)
    )


def opencv(kernel: Matrix) -> Callable[[int], Side]:
    """OpenCV's filter2D."""

    def build(threads: int) -> Side:
        import cv2

        cv2.setNumThreads(threads)
        return Side(lambda: cv2.filter2D(picture(), -1, kernel, borderType=cv2.BORDER_REFLECT_101))

    return build


def opencv_gaussian(threads: int) -> Side:
    """OpenCV's two passes."""
    import cv2

    cv2.setNumThreads(threads)
    row, edge = GAUSSIAN_ROW, cv2.BORDER_REFLECT_101
    return Side(lambda: cv2.sepFilter2D(picture(), -1, row, row, borderType=edge))


def scipy(threads: int) -> Side:
    """SciPy's correlate, which knows neither threads nor clamping."""
    from scipy import ndimage

    return Side(lambda: ndimage.correlate(picture(), SHARPEN[:, :, np.newaxis], mode="mirror"))


def pillow(threads: int) -> Side:
    """Pillow's filter, which knows no threads and leaves the border as it is."""
    from PIL import Image, ImageFilter

    image = Image.fromarray(picture())
    kernel = ImageFilter.Kernel((3, 3), SHARPEN.ravel().tolist(), scale=1)
    return Side(lambda: image.filter(kernel))
