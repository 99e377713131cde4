"""The colours in which one sees a picture, whatever its mode."""

from typing import Any

import numpy as np
import numpy.typing as npt


def as_seen(pixels: npt.NDArray[Any], mode: str) -> npt.NDArray[Any]:
    """The pixels as grey or RGB, with alpha if they have it: of inks, the light they leave.

    Inks are held as light: what a colour leaves times what black leaves.
    """
    if mode != "CMYK":
        return pixels
    light = pixels[:, :, :3].astype(np.uint16) * pixels[:, :, 3:]
    seen: npt.NDArray[np.uint8] = ((light + 127) // 255).astype(np.uint8)
    return seen
