"""How steep a picture is: Sobel, Prewitt, Scharr, and the relief that a slope makes.

Each is a difference along one axis, [−1 0 1], times a weighted mean along the other, which keeps
noise down. x is positive where it gets brighter to the right, y where it gets brighter downwards,
as in SciPy and OpenCV; nothing is divided, so a slope of 1 a pixel gives twice the weights' sum.

Sources: J. Prewitt, "Object enhancement and extraction" (1970); I. Sobel and G. Feldman, "A 3×3
isotropic gradient operator for image processing" (1968); H. Scharr, "Optimale Operatoren in der
Digitalen Bildverarbeitung" (2000), in whole numbers.
"""

from typing import Final

import numpy as np

from tuiconv.images.filters.filter import Filter, Magnitude, NamedFilter
from tuiconv.images.filters.lecture import impulse

_DIFFERENCE = np.array([-1.0, 0.0, 1.0])


def _slopes(name: str, mean: tuple[int, int, int], about: str) -> tuple[Filter, ...]:
    """The filters along x and along y that smooth with `mean`, and the length of both."""
    weights = "[" + " ".join(map(str, mean)) + "]"
    x = NamedFilter(
        f"{name}-x",
        np.outer(mean, _DIFFERENCE),
        "Finds vertical edges: positive where it gets brighter to the right.",
        f"{weights}ᵀ · [−1 0 1]",
    )
    y = NamedFilter(
        f"{name}-y",
        np.outer(_DIFFERENCE, mean),
        "Finds horizontal edges: positive where it gets brighter downwards.",
        f"[−1 0 1]ᵀ · {weights}",
    )
    length = Magnitude(
        name,
        x,
        y,
        about,
        f"√(x² + y²) of {name}-x and {name}-y",
    )
    return x, y, length


_SOBEL = _slopes(
    "sobel", (1, 2, 1), "Finds edges of any direction: how steep it is; nearer pixels count more."
)
_PREWITT = _slopes(
    "prewitt", (1, 1, 1), "Finds edges of any direction: how steep it is; three pixels count alike."
)
_SCHARR = _slopes(
    "scharr",
    (3, 10, 3),
    "Finds edges of any direction: how steep it is, most nearly alike for all.",
)

_EMBOSS = NamedFilter(
    "emboss",
    impulse(3) + np.add.outer(_DIFFERENCE, _DIFFERENCE),
    "Makes a relief: bright where it gets brighter to the lower right.",
    "identity + prewitt-x + prewitt-y",
)

GRADIENT_FILTERS: Final[tuple[Filter, ...]] = (*_SOBEL, *_PREWITT, *_SCHARR, _EMBOSS)
