"""The nine filters of the lectures (R, "image kernels"), in the order taught there.

A filter is a small matrix laid over every pixel: the products are added up and the sum becomes
the new pixel. Each kernel is built from its factors where these say why it does what it does.
"""

import math
from typing import Final

import numpy as np

from tuiconv.images.filters.filter import Matrix, NamedFilter


def _binomial(order: int) -> Matrix:
    """A row of Pascal's triangle scaled to sum 1: the discrete bell curve, [1, 2, 1] / 4 for 2."""
    return np.array([math.comb(order, i) for i in range(order + 1)]) / 2.0**order


def impulse(size: int) -> Matrix:
    """1 in the centre, 0 elsewhere: the kernel that changes nothing."""
    kernel = np.zeros((size, size))
    kernel[size // 2, size // 2] = 1.0
    return kernel


# Minus the second difference: how far a pixel stands above the mean of its two neighbours.
_STANDS_OUT = np.array([-1.0, 2.0, -1.0])
_MIDDLE = np.array([0.0, 1.0, 0.0])
_LEFT_MINUS_RIGHT = np.array([1.0, 0.0, -1.0])

_EDGE_4 = np.outer(_MIDDLE, _STANDS_OUT) + np.outer(_STANDS_OUT, _MIDDLE)
_GAUSSIAN_5X5 = np.outer(_binomial(4), _binomial(4))

LECTURE_FILTERS: Final[tuple[NamedFilter, ...]] = (
    NamedFilter(
        "identity",
        impulse(3),
        "Copies the picture: every pixel times one.",
        "[0 1 0]ᵀ · [0 1 0]",
    ),
    NamedFilter(
        "edge-diagonal",
        np.outer(_LEFT_MINUS_RIGHT, _LEFT_MINUS_RIGHT),
        "Finds diagonal edges and corners; straight and flat parts turn black.",
        "[1 0 −1]ᵀ · [1 0 −1]",
    ),
    NamedFilter(
        "edge-4",
        _EDGE_4,
        "Finds edges: 4 times a pixel, less its neighbours (minus the Laplacian).",
        "[0 1 0]ᵀ · [−1 2 −1] + [−1 2 −1]ᵀ · [0 1 0]",
    ),
    NamedFilter(
        "edge-8",
        9 * impulse(3) - np.ones((3, 3)),
        "Finds edges in all directions: 8 times a pixel, less its neighbours.",
        "9 · identity − [1 1 1]ᵀ · [1 1 1]",
    ),
    NamedFilter(
        "sharpen",
        impulse(3) + _EDGE_4,
        "Makes edges crisper: the picture plus its edges.",
        "identity + edge-4",
    ),
    NamedFilter(
        "box-blur",
        np.ones((3, 3)) / 9,
        "Blurs: the mean of nine pixels, all counted alike.",
        "1/9 · [1 1 1]ᵀ · [1 1 1]",
    ),
    NamedFilter(
        "gaussian-3x3",
        np.outer(_binomial(2), _binomial(2)),
        "Blurs softly: a mean in which nearer pixels count more.",
        "1/16 · [1 2 1]ᵀ · [1 2 1]",
    ),
    NamedFilter(
        "gaussian-5x5",
        _GAUSSIAN_5X5,
        "Blurs softly over a wider area.",
        "1/256 · [1 4 6 4 1]ᵀ · [1 4 6 4 1]",
    ),
    NamedFilter(
        "unsharp-5x5",
        2 * impulse(5) - _GAUSSIAN_5X5,
        "Makes edges crisper: the picture plus what a wide blur takes away.",
        "2 · identity − gaussian-5x5",
    ),
)
